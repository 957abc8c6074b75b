"""How tightly CI fixes what it takes from elsewhere: actions, images, includes, orbs, pipes.

In: a `Used`. Out: `RefPin` with the reason. Only a whole commit or digest fixes; a published orb
of three numbers cannot be replaced and counts as fixed too.
Sources: https://docs.github.com/en/actions/reference/security/secure-use#using-third-party-actions,
https://docs.gitlab.com/ci/pipeline_security/, https://circleci.com/docs/orbs/use/orb-concepts/
"""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import StrEnum

from holdshort.checks.facts.ci_values import Used
from holdshort.checks.facts.image_names import ImagePin, image_pin


class RefPin(StrEnum):
    """What a reference does, tightest first."""

    LOCAL = "local"
    FIXED = "fixed"
    NOTED = "noted"  # an image around a job, by an exact tag
    TRUSTED = "trusted"  # a tag of those who run the CI, or one that a project requires
    UNKNOWN = "unknown"
    FLOATING = "floating"


FIRST_PARTY = frozenset({"actions", "github"})
"""Owners whose tags only warn: GitHub's own organisations."""

_COMMIT = re.compile(r"[0-9a-fA-F]{40}([0-9a-fA-F]{24})?")
_VERSION = re.compile(r"(?:[\w.-]{0,40}[-@])?v?\d+(\.\d+)*([-+.][\w.-]+)?")
_SHORT = re.compile(r"[0-9a-f]{7,39}")
_WHOLE_VERSION = re.compile(r"\d+\.\d+\.\d+")
_ADDRESS = re.compile(r"https?://[^/]+/")


def ref_pin(used: Used) -> tuple[RefPin, str]:
    """Return how something is fixed, and what leaves it open."""
    return _BY_KIND[used.kind](used.text)


def _action(text: str) -> tuple[RefPin, str]:
    if text.startswith(("./", "../")):
        return RefPin.LOCAL, ""
    if text.startswith("docker://"):
        pin, why = image_pin(text.removeprefix("docker://"))
        return (RefPin.FIXED, "") if pin is ImagePin.DIGEST else (RefPin.FLOATING, why)
    name, at, ref = _ADDRESS.sub("", text).rpartition("@")
    if not at:
        return RefPin.FLOATING, "no version at all"
    if "$" in text:
        return RefPin.UNKNOWN, "an expression decides"
    if _COMMIT.fullmatch(ref):
        return RefPin.FIXED, ""
    if name.startswith("slsa-framework/slsa-github-generator/.github/workflows/"):
        return RefPin.TRUSTED, "a tag, which its verifier requires"
    what = _described(ref)
    if name.partition("/")[0].lower() in FIRST_PARTY and what != "a branch":
        return RefPin.TRUSTED, f"{what} of GitHub's own"
    return RefPin.FLOATING, f"{what}, which its owner can move"


def _described(ref: str) -> str:
    if _VERSION.fullmatch(ref):
        return "a tag"
    return "an abbreviated commit" if _SHORT.fullmatch(ref) else "a branch"


def _container(text: str) -> tuple[RefPin, str]:
    pin, why = image_pin(text)
    if pin is ImagePin.DIGEST:
        return RefPin.FIXED, ""
    if pin is ImagePin.MOVING:
        return RefPin.TRUSTED, f"image of a job: {why}"
    return RefPin.NOTED, f"image of a job: {why}"


def _include(text: str) -> tuple[RefPin, str]:
    if "://" in text:
        address, _, integrity = text.partition("#")
        fixed = integrity.startswith("sha256-") or re.search(r"/[0-9a-f]{40}/", address)
        return (RefPin.FIXED, "") if fixed else (RefPin.FLOATING, "an address without integrity")
    ref = text.rpartition("@")[2]
    if _COMMIT.fullmatch(ref):
        return RefPin.FIXED, ""
    if _VERSION.fullmatch(ref):
        return RefPin.TRUSTED, "a tag of another project"
    if "$" in ref:
        return RefPin.UNKNOWN, "a variable decides"
    return RefPin.FLOATING, "a branch of another project" if ref else "the default branch"


def _orb(text: str) -> tuple[RefPin, str]:
    owner, _, version = text.partition("@")
    if _WHOLE_VERSION.fullmatch(version):
        return RefPin.FIXED, ""
    if owner.startswith("circleci/") and version[:1].isdigit():
        return RefPin.TRUSTED, "part of a version of CircleCI's own"
    return RefPin.FLOATING, "no whole version"


def _pipe(text: str) -> tuple[RefPin, str]:
    pin, why = image_pin(text.removeprefix("docker://"))
    if pin is ImagePin.DIGEST:
        return RefPin.FIXED, ""
    if text.startswith("atlassian/") and pin is ImagePin.TAG:
        return RefPin.TRUSTED, "a tag of Atlassian's own"
    return RefPin.FLOATING, why


_BY_KIND: dict[str, Callable[[str], tuple[RefPin, str]]] = {
    "action": _action,
    "container": _container,
    "include": _include,
    "orb": _orb,
    "pipe": _pipe,
}

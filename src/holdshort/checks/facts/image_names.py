"""Names of container images, and how tightly each is fixed.

In: a name as written after FROM, `image:` or `docker://`, variables filled in as far as known.
Out: `ImagePin` with the reason. Only a digest fixes an image; a tag can be moved, and one without
a version is made to be. Source: https://github.com/distribution/reference, reference.go
"""

from __future__ import annotations

import re
from enum import StrEnum

from holdshort.checks.facts.words import words


class ImagePin(StrEnum):
    """How much freedom a name leaves, tightest first."""

    DIGEST = "digest"
    TAG = "tag"
    UNKNOWN = "unknown"  # a variable decides
    MOVING = "moving"


_DIGEST = re.compile(r"@(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$")
_VARIABLE = re.compile(r"\$|\{\{|\{%|<%|%\w+%")
_MOVING_PARTS = words("latest nightly edge rolling canary main master snapshot head")
_DATED = re.compile(r"20\d\d[-_.]?[01]\d[-_.]?[0-3]\d|[0-9a-f]{12,}")
_RELEASES = words(
    "buster bullseye bookworm trixie forky stretch jessie bionic focal jammy noble xenial trusty"
)


def image_pin(name: str) -> tuple[ImagePin, str]:
    """Return how an image is fixed, and what leaves it open."""
    name = name.strip().strip("\"'")
    if _DIGEST.search(name):
        return ImagePin.DIGEST, ""
    if "{{" in name:
        return ImagePin.UNKNOWN, "an expression decides which image"
    base, at, digest = name.rpartition("@")
    if at and not _VARIABLE.search(digest):
        return ImagePin.MOVING, "what follows @ is no whole digest"
    if at:
        return ImagePin.UNKNOWN, "a variable holds the digest"
    _, colon, tag = (base or name).rpartition("/")[2].partition(":")
    if _VARIABLE.search(tag) or (not colon and _VARIABLE.search(name)):
        return ImagePin.UNKNOWN, "a variable decides which image"
    if not tag:
        return ImagePin.MOVING, "no tag, which means latest"
    return _tag_pin(tag)


def without_tag(name: str) -> str:
    """Return the name of an image without its tag and digest."""
    path, slash, last = name.partition("@")[0].rpartition("/")
    return path + slash + last.partition(":")[0]


def _tag_pin(tag: str) -> tuple[ImagePin, str]:
    parts = set(re.split(r"[-_.]", tag.lower()))
    if not _MOVING_PARTS.isdisjoint(parts) and not _DATED.search(tag):
        return ImagePin.MOVING, f"the tag {tag} moves with every release"
    if re.search(r"\d", tag) or not _RELEASES.isdisjoint(parts):
        return ImagePin.TAG, "a tag, no digest"
    return ImagePin.MOVING, f"the tag {tag} names no version"

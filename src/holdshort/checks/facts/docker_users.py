"""As whom a container runs, and which secrets its image keeps.

In: a `Dockerfile`. Out: `FinalUser`, and `BakedSecret` values; never the value of a secret.
Sources: https://docs.docker.com/reference/dockerfile/#user,
https://docs.docker.com/reference/build-checks/secrets-used-in-arg-or-env/
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from holdshort.checks.facts.docker_stages import Dockerfile, Setting, Stage, filled
from holdshort.checks.facts.secret_patterns import find_secrets


class Identity(StrEnum):
    """Who a container runs as."""

    ROOT = "root"
    OTHER = "other"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class FinalUser:
    """The user of the last stage, and the line that decides it."""

    identity: Identity
    line: int
    why: str


@dataclass(frozen=True, slots=True)
class BakedSecret:
    """A setting that keeps a secret in the image.

    Attributes:
        literal: its value is written in the file; otherwise it comes in from outside.
        certain: whether the value looks drawn.
    """

    line: int
    name: str
    kind: str
    literal: bool
    certain: bool


_ROOTS = frozenset({"root", "0", "containeradministrator"})
_SET_ROOTLESS = re.compile(r"^(gcr\.io/)?distroless/|^gcr\.io/distroless/")
_OFTEN_ROOTLESS = re.compile(
    r"^((quay\.io|docker\.io)/)?(jupyter|bitnami|mambaorg|apache)/|^cgr\.dev/"
    r"|^registry\.(access\.)?redhat\.(com|io)/ubi\d+/python"
)
_SECRET_NAME = re.compile(
    r"(?:^|_)(?:PASS(?:WORD|WD|PHRASE)?|PWD|SECRET|TOKEN|API_?KEY|ACCESS_?KEY(?:_ID)?|SECRET_?KEY"
    r"|PRIVATE_?KEY|CREDENTIALS?|AUTH)$",
    re.IGNORECASE,
)
_HARMLESS = re.compile(r"|[\d.]+|true|false|yes|no|none|null|/.*|\./.*|~/.*|<.*>|x+", re.IGNORECASE)
_NO_SECRET = frozenset({"pwd", "oldpwd"})


def final_user(dockerfile: Dockerfile) -> FinalUser:
    """Return as whom the last stage ends."""
    last = dockerfile.stages[-1]
    for stage in dockerfile.lineage(last):
        for step in reversed(stage.steps):
            if step.instruction.name == "USER":
                text = step.instruction.plain.strip("\"'")
                return _user(filled(text, step.variables), step.instruction.line)
        origin = stage
    return _user_of_image(origin)


def _user(name: str, line: int) -> FinalUser:
    user = name.partition(":")[0].strip()
    if "$" in user or "{{" in user:
        return FinalUser(Identity.UNKNOWN, line, "USER depends on a variable")
    if not user:
        return FinalUser(Identity.UNKNOWN, line, "USER without a name")
    is_root = user.lower() in _ROOTS or re.fullmatch(r"0+", user) is not None
    return FinalUser(Identity.ROOT if is_root else Identity.OTHER, line, f"USER {user}")


def _user_of_image(stage: Stage) -> FinalUser:
    """Return the user of an image for which no USER is written: root unless it sets another."""
    image = stage.image.lower()
    if _SET_ROOTLESS.search(image) and "nonroot" in image.rpartition(":")[2]:
        return FinalUser(Identity.OTHER, stage.line, "the image runs as nonroot")
    if _OFTEN_ROOTLESS.search(image):
        return FinalUser(Identity.UNKNOWN, stage.line, "no USER; the base image may set one")
    return FinalUser(Identity.ROOT, stage.line, "no USER: root, unless the base image sets one")


def baked_secrets(dockerfile: Dockerfile) -> Iterator[BakedSecret]:
    """Yield the ARG and ENV settings that hold a secret, or let one in."""
    for setting in dockerfile.settings:
        value = setting.value
        certain = None if value is None else _looks_secret(setting.name, value)
        outside = _comes_from_outside(setting)
        named = _SECRET_NAME.search(setting.name) and setting.name.lower() not in _NO_SECRET
        if certain is None and not (named and (outside or not _HARMLESS.fullmatch(value or ""))):
            continue
        literal = certain is not None or not outside
        yield BakedSecret(setting.line, setting.name, setting.kind, literal, certain is True)


def _looks_secret(name: str, value: str) -> bool | None:
    """Return whether a value is surely a secret, None when it is not taken for one."""
    plain = value.replace('"', "").replace("'", "")
    found = list(find_secrets(f'{name}="{plain}"', assignments=True, bare=False))
    return any(one.certain for one in found) if found else None


def _comes_from_outside(setting: Setting) -> bool:
    if setting.value is None:
        return setting.kind == "ARG"
    return setting.value.startswith("$") or setting.value.startswith("{{")

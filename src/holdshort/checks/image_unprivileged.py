"""Containers do not run as root, and their images keep no secret.

Reads the USER that the last stage of a Dockerfile ends with, in the stages it starts from if need
be, and the values that ARG and ENV write into an image. The value of a secret is never shown.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from holdshort.checks.base import Check, Verdict, place
from holdshort.checks.facts.docker_repository import dockerfiles
from holdshort.checks.facts.docker_users import (
    BakedSecret,
    FinalUser,
    Identity,
    baked_secrets,
    final_user,
)
from holdshort.checks.facts.repository import Repository
from holdshort.model.finding import Confidence, Level, Outcome, Place


@dataclass(frozen=True, slots=True)
class _Image:
    path: str
    user: FinalUser
    secrets: tuple[BakedSecret, ...]


def look(repository: Repository) -> Verdict:
    """Judge the end of every Dockerfile."""
    found = repository.once(dockerfiles)
    images = [
        _Image(path, final_user(one), tuple(baked_secrets(one))) for path, one in found.items()
    ]
    places = sorted((p for image in images for p in _places(image)), key=_strength)
    outcome = _outcome(places, has_errors=repository.has_errors())
    return Verdict(
        outcome=outcome,
        confidence=Confidence.LIKELY,
        headline=_headline(images) + repository.unread_note(),
        evidence=tuple(places),
        facts={
            "runs_as_root": _runs_as_root(images),
            "root": [image.path for image in images if image.user.identity is Identity.ROOT],
            "secrets": [
                {"name": one.name, "path": image.path, "line": one.line}
                for image in images
                for one in image.secrets
                if one.literal
            ],
        },
        remediation=_REMEDIATION if outcome in {Outcome.WARN, Outcome.FAIL} else "",
    )


_REMEDIATION = (
    "At the end of the last stage:\n"
    "RUN useradd --create-home --uid 10001 app\n"
    "USER app\n"
    "A secret that a build needs, without a trace in the image:\n"
    "RUN --mount=type=secret,id=token TOKEN=$(cat /run/secrets/token) ./fetch.sh"
)


def _places(image: _Image) -> Iterator[Place]:
    level = Level.PASS if image.user.identity is Identity.OTHER else Level.WARN
    yield place(image.path, image.user.line, level, image.user.why)
    for one in image.secrets:
        yield _secret(image.path, one)


def _secret(path: str, found: BakedSecret) -> Place:
    if not found.literal:
        why = f"{found.kind} {found.name}: a secret that comes in this way stays in the image"
        return place(path, found.line, Level.WARN, why)
    if found.certain:
        why = f"{found.kind} {found.name}: a secret written out (not shown)"
        return place(path, found.line, Level.FAIL, why)
    return place(path, found.line, Level.WARN, f"{found.kind} {found.name}: a literal (not shown)")


def _outcome(places: list[Place], *, has_errors: bool) -> Outcome:
    levels = {found.level for found in places}
    if Level.FAIL in levels:
        return Outcome.FAIL
    if Level.WARN in levels:
        return Outcome.WARN
    if has_errors:
        return Outcome.UNKNOWN
    return Outcome.PASS if places else Outcome.NOT_APPLICABLE


def _runs_as_root(images: list[_Image]) -> bool | None:
    identities = {image.user.identity for image in images}
    if Identity.ROOT in identities:
        return True
    return False if identities == {Identity.OTHER} else None


def _headline(images: list[_Image]) -> str:
    if not images:
        return "Found no Dockerfile that could be read"
    count = "1 Dockerfile" if len(images) == 1 else f"{len(images)} Dockerfiles"
    roots = sum(image.user.identity is Identity.ROOT for image in images)
    literals = sum(one.literal for image in images for one in image.secrets)
    secrets = f", {literals} literal secrets in ARG or ENV" if literals else ""
    return f"Found {count}, {roots} ending as root{secrets}"


def _strength(found: Place) -> tuple[int, str, int]:
    order = (Level.FAIL, Level.WARN, Level.INFO, Level.PASS).index(found.level)
    return order, found.path, found.line


CHECK = Check(
    id="image-unprivileged",
    version="1",
    title="image user",
    statement="Containers do not run as root, and their images keep no secret.",
    outcomes={
        Outcome.PASS: "the last USER of every Dockerfile's last stage is not root",
        Outcome.WARN: (
            "root, no USER, or a variable decides; a secret let in by ARG or ENV, or a weak literal"
        ),
        Outcome.FAIL: "a secret written out in ARG or ENV",
        Outcome.NOT_APPLICABLE: "no Dockerfile",
        Outcome.UNKNOWN: "a Dockerfile cannot be read or has no FROM, and the others end well",
    },
    rules=(
        "USER 0, root and 0:0 are root; a variable counts by its default.",
        "Without a USER the stage or image below decides; an image is taken for root's.",
        "Only the last stage counts: earlier ones are not what runs.",
        "A secret is known by its shape, or by a name such as API_TOKEN; its value is not shown.",
    ),
    facts={
        "runs_as_root": "true, false, or null (no Dockerfile, or a variable or image decides)",
        "root": "the Dockerfiles that end as root",
        "secrets": "name, path and line of each literal in ARG or ENV that sounds like a secret",
    },
    not_checked="whether the entry point changes the user, and how the container is started",
    look=look,
)

"""Every image is built from a base that is fixed by a digest.

Reads the stages of Dockerfiles. A tag is a name that its owner points at another image whenever
one is published; only a digest is the image itself.
"""

from __future__ import annotations

from dataclasses import dataclass

from holdshort.checks.base import Check, Verdict, place
from holdshort.checks.facts.docker_repository import composed_images, dockerfiles
from holdshort.checks.facts.image_names import ImagePin, image_pin
from holdshort.checks.facts.repository import Repository
from holdshort.model.finding import Level, Outcome, Place


@dataclass(frozen=True, slots=True)
class _Base:
    """What one stage starts from."""

    path: str
    line: int
    image: str
    pin: ImagePin
    why: str


_LEVELS = {
    ImagePin.DIGEST: Level.PASS,
    ImagePin.TAG: Level.WARN,
    ImagePin.UNKNOWN: Level.WARN,
    ImagePin.MOVING: Level.FAIL,
}


def look(repository: Repository) -> Verdict:
    """Judge every FROM."""
    found = repository.once(dockerfiles)
    bases = [
        _base(path, stage.line, stage.image)
        for path, dockerfile in found.items()
        for stage in dockerfile.stages
        if stage.parent is None
    ]
    outcome = _outcome(bases, has_errors=repository.has_errors())
    return Verdict(
        outcome=outcome,
        headline=_headline(bases, len(found)) + repository.unread_note(),
        evidence=(*_places(bases), *_composed(repository)),
        facts={
            "base_pinned": _pinned(bases),
            "images": len(bases),
            "unpinned": [
                {"image": one.image, "path": one.path, "line": one.line}
                for one in bases
                if one.pin is not ImagePin.DIGEST
            ],
        },
        remediation=_REMEDIATION if outcome in {Outcome.WARN, Outcome.FAIL} else "",
    )


_REMEDIATION = (
    "Keep the tag for people and add the digest for the build:\n"
    "FROM python:3.11.9-slim-bookworm@sha256:<64 digits>\n"
    "The digest of a tag: docker buildx imagetools inspect python:3.11.9-slim-bookworm"
)


def _base(path: str, line: int, image: str) -> _Base:
    if image.lower() == "scratch":
        return _Base(path, line, image, ImagePin.DIGEST, "")
    pin, why = image_pin(image)
    return _Base(path, line, image, pin, why)


def _outcome(bases: list[_Base], *, has_errors: bool) -> Outcome:
    levels = {_LEVELS[base.pin] for base in bases}
    if Level.FAIL in levels:
        return Outcome.FAIL
    if Level.WARN in levels:
        return Outcome.WARN
    if has_errors:
        return Outcome.UNKNOWN
    return Outcome.PASS if bases else Outcome.NOT_APPLICABLE


def _pinned(bases: list[_Base]) -> bool | None:
    """Return whether all are fixed; None without any, or when only a variable leaves it open."""
    pins = {base.pin for base in bases}
    if not pins.isdisjoint({ImagePin.TAG, ImagePin.MOVING}):
        return False
    return True if pins == {ImagePin.DIGEST} else None


def _headline(bases: list[_Base], files: int) -> str:
    if not files:
        return "Found no Dockerfile that could be read"
    count = "1 Dockerfile" if files == 1 else f"{files} Dockerfiles"
    noun = "base image" if len(bases) == 1 else "base images"
    fixed = sum(base.pin is ImagePin.DIGEST for base in bases)
    return f"Found {count} with {len(bases)} {noun}, {fixed} fixed by a digest"


def _places(bases: list[_Base]) -> list[Place]:
    rows = [one for one in bases if one.pin is not ImagePin.DIGEST]
    rows.sort(key=lambda one: (_LEVELS[one.pin] is not Level.FAIL, one.path, one.line))
    return [place(o.path, o.line, _LEVELS[o.pin], f"{o.image}: {o.why}") for o in rows]


def _composed(repository: Repository) -> list[Place]:
    """Return the images that Compose pulls beside the model, which inform only."""
    return [
        place(path, line, Level.INFO, f"{image}: {why}")
        for path, line, image in composed_images(repository)
        if (why := image_pin(image)[1])
    ]


CHECK = Check(
    id="base-image-pinned",
    version="1",
    title="base images",
    statement="Every image is built from a base that is fixed by a digest.",
    outcomes={
        Outcome.PASS: "every FROM names a digest, scratch, or another stage",
        Outcome.WARN: "a tag with a version, or a build argument decides",
        Outcome.FAIL: "no tag, latest, or a tag that names no version",
        Outcome.NOT_APPLICABLE: "no Dockerfile",
        Outcome.UNKNOWN: "a Dockerfile cannot be read or has no FROM, and the others are fixed",
    },
    rules=(
        "A digest is whole: sha256 with 64 digits; the tag beside it does not matter then.",
        "Build arguments count by the defaults written before the first FROM.",
        "Names of stages are read without regard to case; a port is no tag.",
        "nightly, edge and the like move even with a number beside, unless it is a date.",
        "Images of Compose services only inform; Dockerfiles in test folders are left out.",
    ),
    facts={
        "base_pinned": "true, false, or null (no FROM, or only build arguments decide)",
        "images": "how many stages start from an image",
        "unpinned": "image, path and line of each that no digest fixes",
    },
    not_checked="whether the digest is that of the tag beside it, and what the image holds",
    look=look,
)

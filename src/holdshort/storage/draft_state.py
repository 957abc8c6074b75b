"""The state of a draft, and the steps of its journal that lead to it.

In: steps as `storage.journal` reads them. Out: a `DraftState`; and the other way, the step that
records a change. A step that this version does not understand is refused, never skipped: the
draft was written by another version.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from holdshort.errors import BadInputError
from holdshort.model.canonical import Strict, plain
from holdshort.model.review import Change, History
from holdshort.storage.documents import build
from holdshort.storage.journal import Step


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftKey(Strict):
    """What a draft belongs to; found again from a fresh clone or another worktree."""

    root_commit: str
    model: str
    release: str
    checklist: str
    reviewer: str

    @property
    def folder(self) -> str:
        """The folder's name: readable, and unique by digest."""
        parts = (self.root_commit, self.model, self.release, self.checklist, self.reviewer)
        digest = hashlib.sha256("\0".join(parts).encode()).hexdigest()[:12]
        return f"{self.model}-{self.release}-{self.reviewer}-{digest}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place(Strict):
    """Where the person is: question id and filter."""

    question: str = ""
    filter: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftState:
    """Everything a journal says."""

    key: DraftKey
    profile: str
    started_at: str
    history: History = field(default_factory=History)
    place: Place = field(default_factory=Place)


def opening_step(state: DraftState) -> Step:
    """Return the first step of a draft."""
    key = plain(state.key)
    names = key if isinstance(key, dict) else {}
    return {"op": "open", "profile": state.profile, "started_at": state.started_at, **names}


def change_step(change: Change) -> Step:
    """Return the step that records a change; here None means removed and is kept."""

    def rows(items: Mapping[str, object]) -> Step:
        return {key: None if item is None else plain(item) for key, item in items.items()}

    return {
        "op": "change",
        "label": change.label,
        "at": change.at,
        "question": change.question,
        "noted": change.noted,
        "outcomes": rows(change.outcomes),
        "answers": rows(change.answers),
        "waivers": rows(change.waivers),
        "facets": rows(change.facets),
    }


def replayed(steps: tuple[Step, ...], where: str) -> DraftState:
    """Return the state that the steps of a journal lead to.

    Raises:
        BadInputError: a step that this version does not know, or does not understand.
    """
    state: DraftState | None = None
    number = 0
    try:
        for step in steps:
            number += 1
            state = _applied(state, step) if state else _opened(step)
    except (ValueError, KeyError) as error:
        raise BadInputError(
            f"{where}:{number}: a step this version does not understand",
            "It was left as it is: another version of holdshort wrote it. Use that one, or move "
            "the file away to begin anew.",
        ) from error
    if state is None:
        raise BadInputError(f"{where}:1: an empty journal")
    return state


def _opened(step: Step) -> DraftState:
    names = {name: value for name, value in step.items() if name != "op"}
    profile, started = str(names.pop("profile")), str(names.pop("started_at"))
    if step["op"] != "open":
        raise ValueError(step["op"])
    return DraftState(key=build(DraftKey, names), profile=profile, started_at=started)


def _applied(state: DraftState, step: Step) -> DraftState:
    match step:
        case {"op": "change", **change}:
            return replace(state, history=state.history.record(build(Change, change)))
        case {"op": "undo"}:
            return replace(state, history=state.history.undo())
        case {"op": "redo"}:
            return replace(state, history=state.history.redo())
        case {"op": "profile", "profile": str(profile)}:
            return replace(state, profile=profile)
        case {"op": "place", **place}:
            return replace(state, place=build(Place, place))
    raise ValueError(step.get("op"))

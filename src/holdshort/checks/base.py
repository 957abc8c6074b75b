"""What a check is, which checks there are, and how they are run.

In: a `RepoView` and the ids wanted. Out: one `Finding` per id, in the order of the registry, as
each is ready. Modules are imported only when their check runs. A check that crashes, or needs
longer than its budget, is `unknown` with the reason; the others go on.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from importlib import import_module
from typing import TYPE_CHECKING

from holdshort.checks.facts.fact_cache import FactCache, key_of
from holdshort.checks.facts.view import Entry, RepoView
from holdshort.model.finding import MAX_PLACES, Confidence, Finding, Level, Outcome, Place
from holdshort.model.text import one_line, visible, visible_lines

if TYPE_CHECKING:
    from holdshort.checks.facts.repository import (
        Repository,  # noqa: TC004 - a dataclass evaluates no annotation, and IDS stay cheap
    )

__all__ = [
    "IDS",
    "Check",
    "Entry",
    "RepoView",
    "Verdict",
    "harmless",
    "load",
    "look_at",
    "look_with",
    "place",
    "run",
]

CHECK_SECONDS = 10.0
"""Longest time for one check. Source: docs/promises.md, G9."""

ALL_SECONDS = 60.0
"""Longest time for all checks together. Source: docs/promises.md, G9."""

MAX_REMEDY_CHARS = 4_000
"""Longest remedy of a check that is not ours, in characters. Source: our own limit."""

IDS = (
    "dependencies-declared",
    "dependencies-pinned",
    "lockfile-fresh",
    "lockfile-tracked",
    "python-version-declared",
    "imports-declared",
    "package-index-safe",
    "seeds-set",
    "splits-seeded",
    "estimators-seeded",
    "deterministic-mode",
    "dataloader-seeded",
    "no-absolute-paths",
    "configuration-separated",
    "tests-present",
    "tests-cover-model",
    "tests-run-in-ci",
    "ci-present",
    "actions-pinned",
    "workflow-permissions",
    "base-image-pinned",
    "image-installs-pinned",
    "image-unprivileged",
    "data-versioned",
    "downloads-verified",
    "split-before-fit",
    "model-artifacts-tracked",
    "no-unsafe-loading",
    "pretrained-pinned",
    "model-card-present",
    "license-present",
    "readme-present",
    "changelog-present",
    "notebooks-clean",
    "secrets-absent",
    "monitoring-described",
    "rollback-described",
    "drift-described",
    "alerts-described",
)
"""Every check, in the order of reports. The module is the id with underscores."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What one look at a repository came to; the runner makes it a `Finding`."""

    outcome: Outcome
    headline: str
    confidence: Confidence = Confidence.CERTAIN
    evidence: tuple[Place, ...] = ()
    facts: Mapping[str, object] = field(default_factory=dict)
    remediation: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One statement that a repository makes true or false.

    Attributes:
        id: the name of the module, with hyphens.
        version: grows when the same bytes may give another outcome.
        title: two or three words for a list.
        statement: the sentence that is true when the check passes.
        outcomes: what each outcome means here.
        rules: the edge rules that decide trust, one sentence each.
        facts: the keys of `Finding.facts`, with what they hold.
        not_checked: one phrase naming what this check cannot see.
        look: reads the repository and comes to a verdict.
        tracked_only: whether the tracked files alone decide, so that a finding may be kept.
    """

    id: str
    version: str
    title: str
    statement: str
    outcomes: Mapping[Outcome, str]
    rules: tuple[str, ...]
    facts: Mapping[str, str]
    not_checked: str
    look: Callable[[Repository], Verdict]
    tracked_only: bool = True


def load(check_id: str) -> Check:
    """Return a check by its id, importing its module.

    Raises:
        KeyError: no check has this id.
    """
    if check_id not in IDS:
        raise KeyError(check_id)
    module = import_module(f"holdshort.checks.{check_id.replace('-', '_')}")
    check: Check = module.CHECK
    return check


def run(
    view: RepoView,
    ids: Iterable[str] | None = None,
    clock: Callable[[], float] = time.monotonic,
    cache: FactCache | None = None,
) -> Iterator[Finding]:
    """Yield one finding per requested check, in registry order, each as soon as it is known.

    `cache` holds facts and findings of earlier runs; None makes all of them anew.

    Raises:
        KeyError: an id that no check has.
    """
    wanted = set(IDS if ids is None else ids)
    for unknown in sorted(wanted.difference(IDS)):
        raise KeyError(unknown)
    state = view.state() if cache else ""
    keys = {name: key_of("finding", name, state) for name in wanted if state}
    kept = cache.get(keys.values()) if cache else {}
    repository: Repository | None = None
    end_s = clock() + ALL_SECONDS
    for check_id in (name for name in IDS if name in wanted):
        finding = _kept(kept.get(keys.get(check_id, b"")))
        if finding is None:
            repository = repository or _repository(view, clock, cache)
            finding, is_settled = _timed(check_id, repository, clock, end_s)
            if cache and state and is_settled and load(check_id).tracked_only:
                cache.put({keys[check_id]: json.dumps(finding.to_json()).encode()})
        yield finding


def look_at(
    repository: Repository, ids: Iterable[str], clock: Callable[[], float] = time.monotonic
) -> Iterator[tuple[Finding, bool]]:
    """Yield one finding per check, and whether the same files will always give the same.

    The view must be of a commit, where no check can see more than the tracked files.

    Raises:
        KeyError: an id that no check has.
    """
    end_s = clock() + ALL_SECONDS
    for check_id in ids:
        yield _timed(check_id, repository, clock, end_s)


def look_with(check: Check, view: RepoView, clock: Callable[[], float] = time.monotonic) -> Finding:
    """Return what one check finds, which need not be one of ours."""
    repository = _repository(view, clock, None)
    repository.begin(clock() + CHECK_SECONDS)
    return harmless(_finding(check, repository)[0])


def harmless(finding: Finding) -> Finding:
    """Return a finding of somebody else's check with every text short and harmless to show."""
    coverage = finding.coverage
    return replace(
        finding,
        headline=one_line(finding.headline, 200),
        evidence=tuple(
            replace(one, path=visible(one.path), why=one_line(one.why, 80))
            for one in finding.evidence[:MAX_PLACES]
        ),
        facts={visible(str(key)): _harmless(value) for key, value in finding.facts.items()},
        coverage=replace(
            coverage,
            errors=tuple(one_line(one, 200) for one in coverage.errors[:MAX_PLACES]),
            not_checked=one_line(coverage.not_checked, 200),
        ),
        remediation=visible_lines(finding.remediation[:MAX_REMEDY_CHARS]),
    )


def _timed(
    check_id: str, repository: Repository, clock: Callable[[], float], end_s: float
) -> tuple[Finding, bool]:
    repository.begin(clock() + CHECK_SECONDS, end_s)
    return _finding(load(check_id), repository)


def _repository(view: RepoView, clock: Callable[[], float], cache: FactCache | None) -> Repository:
    from holdshort.checks.facts.repository import Repository  # noqa: PLC0415 - IDS stay cheap

    return Repository(view, clock, cache)


def _kept(row: bytes | None) -> Finding | None:
    try:
        return Finding.from_json(json.loads(row)) if row else None
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def place(
    path: str, line: int, level: Level, why: str, *, end_line: int = 0, cell: int = 0
) -> Place:
    """Return a place whose foreign text is harmless to show."""
    end = end_line or line
    shown = one_line(why, 80)
    return Place(path=visible(path), line=line, end_line=end, level=level, why=shown, cell=cell)


def _finding(check: Check, repository: Repository) -> tuple[Finding, bool]:
    """Return what a check found, and whether the same files will always give the same."""
    settled = True
    try:
        verdict = check.look(repository)
    except TimeoutError:
        settled = False
        verdict = _undecided(
            f"Stopped after {CHECK_SECONDS:.0f} s of its own or {ALL_SECONDS:.0f} s of all"
        )
    # A defect in one check must not hide what the others found; here, and only here.
    except Exception as error:  # noqa: BLE001 - turned into an unknown outcome with its reason
        settled = False
        verdict = _undecided(f"The check itself failed: {type(error).__name__}")
    settled &= repository.used.isdisjoint(repository.missing)
    finding = Finding(
        id=check.id,
        version=check.version,
        outcome=verdict.outcome,
        confidence=verdict.confidence,
        headline=one_line(verdict.headline, 200),
        evidence=verdict.evidence[:MAX_PLACES],
        facts={key: _harmless(value) for key, value in verdict.facts.items()},
        coverage=repository.coverage(check.not_checked),
        remediation=verdict.remediation,
    )
    return finding, settled


def _harmless(value: object) -> object:
    """Return a fact with the names of files and packages made harmless to show and to hash."""
    if isinstance(value, str):
        return visible(value)
    if isinstance(value, dict):
        return {visible(str(key)): _harmless(item) for key, item in value.items()}
    return [_harmless(item) for item in value] if isinstance(value, list) else value


def _undecided(headline: str) -> Verdict:
    return Verdict(outcome=Outcome.UNKNOWN, confidence=Confidence.UNSURE, headline=headline)

"""The beginning: what the repository proves, which drafts there are, and the review to walk.

The checks run here, before the first question, so that nothing is printed while a person types.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from holdshort.errors import UsageError
from holdshort.model.exceptions import idle
from holdshort.model.finding import Finding, Outcome
from holdshort.model.progress import Need
from holdshort.model.text import is_slug
from holdshort.plain import said
from holdshort.plain.voice import Voice
from holdshort.walkthrough.session import Walkthrough
from holdshort.walkthrough.visit import Visit
from holdshort.walkthrough.wanted import Wanted, release_name

_GROUPS = (
    ("Contradicts", (Outcome.FAIL,)),
    ("Cannot say", (Outcome.WARN, Outcome.UNKNOWN)),
    ("Proves", (Outcome.PASS,)),
)


def mode(reason: str) -> str:
    """Return the first line: the mode and why."""
    return f"Plain mode: on ({reason}). Type ? for help, b back, q quit. Everything is saved."


def look(visit: Visit, voice: Voice) -> None:
    """Run the checks and say what the repository proves, and which drafts there are."""
    branch = f"branch {visit.branch}" if visit.branch else "a detached HEAD"
    voice.say(
        f"Repository {visit.repo.root.name}, {branch}, commit {visit.commit[:7]}.",
        f"Running {len(visit.check_ids)} checks. Nothing of the repository is executed.",
    )
    visit.run_checks()
    voice.say(*findings(visit.findings.values()))
    voice.say(*map(said.exception, (*visit.checks.notes, *idle(visit.findings.values()))))
    for one in visit.drafts:
        key, last = one.state.key, one.state.history.undoable
        step = f"last: {last.label}, {last.at[:10]}" if last else "no answer yet"
        voice.say(f"Draft: {key.model} {key.release}, profile {one.state.profile}, {step}.")


def findings(found: Iterable[Finding]) -> Iterator[str]:
    """Yield what the repository contradicts, cannot say and proves, one finding a line."""
    known = tuple(found)
    for label, outcomes in _GROUPS:
        for one in known:
            if one.outcome in outcomes:
                yield f"{label}: {one.id}. {said.sentence(one.shown)} {_where(one)}"
    if idle := [one.id for one in known if one.outcome is Outcome.NOT_APPLICABLE]:
        yield f"Nothing on: {', '.join(idle)}."


def begin(visit: Visit, wanted: Wanted, voice: Voice) -> Walkthrough:
    """Open or resume the review, asking for the release when nothing names it.

    Raises:
        HoldshortError: as `Visit.begin`.
        EOFError: the person leaves.
    """
    try:
        return visit.begin(wanted)
    except UsageError as error:
        if is_slug(wanted.release or visit.release):
            raise
        voice.refused(error)
    walk = voice.until_taken(
        "Release, such as 1.4.0, q quit",
        lambda typed: visit.begin(replace(wanted, release=release_name(typed))),
    )
    if walk is None:
        raise EOFError
    return walk


def opening(walk: Walkthrough) -> Iterator[str]:
    """Yield what is reviewed, what no check can say, and what an earlier session left."""
    review, views, draft = walk.review, walk.views(), walk.draft
    mine = [view for view in views if view.mine]
    minutes = max(round(sum(view.question.minutes for view in mine)), 1)
    yield (
        f"Review: {review.model} {review.release}, profile {walk.profile}, "
        f"{said.several(len(mine), 'question')}, about {said.several(minutes, 'minute')}."
    )
    alone = [view.question.id for view in mine if not view.question.checks]
    if alone:
        yield f"Cannot say: {', '.join(alone)}. No check looks at these."
    if others := [view.question.id for view in views if not view.mine]:
        yield f"For other roles, not asked of you: {', '.join(others)}."
    if draft.holder:
        yield f"Read only: {draft.holder} writes this draft. Nothing can be changed here."
    if draft.damage:
        yield f"Damaged: {draft.damage}"
    if walk.resumed and (last := draft.state.history.undoable):
        recovered = said.several(walk.progress().answered, "answer")
        yield f"Recovered {recovered}; last: {last.label}."
    if again := [view.question.id for view in views if Need.AGAIN in view.needs]:
        yield f"Changed since you answered, answer again: {', '.join(again)}."


def _where(finding: Finding) -> str:
    """Return the strongest place, and how many more there are."""
    if not finding.evidence:
        return ""
    more = len(finding.evidence) - 1
    rest = f" and {said.several(more, 'more place')}" if more else ""
    return f"See {said.place(finding.evidence[0])}{rest}."

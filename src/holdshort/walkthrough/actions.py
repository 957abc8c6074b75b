"""The shortest list of actions that makes a release ready, cheapest first.

In: an open review, or the reviews signed so far. Out: actions with the exact command or change
to paste, and for other roles the message to send. Nothing is written.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from datetime import timedelta

from holdshort.errors import HoldshortError
from holdshort.model.action import Action, ActionKind
from holdshort.model.checklist import AnswerType, EvidenceNeed, Severity
from holdshort.model.dossier import FINE, Dossier, QuestionState, fold
from holdshort.model.finding import Finding
from holdshort.model.policy import ANY_ROLE
from holdshort.model.progress import Need, QuestionView, asked_of
from holdshort.model.review import Verdict
from holdshort.model.suggestion import against
from holdshort.storage.records import RecordPath, parse
from holdshort.walkthrough.reading import Reading
from holdshort.walkthrough.visit import MAX_SHOWN_BYTES, Visit
from holdshort.walkthrough.wanted import Wanted

WAIVER_DAYS = 30
"""How long the waiver in a pasted line runs, unless the policy allows less."""

_WORDS = {
    Verdict.MET: "yes",
    Verdict.PARTLY: "partly",
    Verdict.UNMET: "no",
    Verdict.NOT_APPLICABLE: "na",
    Verdict.UNKNOWN: "unknown",
}
_PLACEHOLDERS = {
    AnswerType.NUMBER: "NUMBER",
    AnswerType.CHOICE: "CHOICE",
    AnswerType.TEXT: "TEXT",
    AnswerType.LIST: "ITEM",
}


def actions(walk: Reading) -> tuple[Action, ...]:
    """Return what is left to do for an open review, in the order of `ActionKind`."""
    dossier, views = walk.gate(), walk.views()
    mine = [view for view in views if view.mine]
    found = [*_accept(walk, mine), *_answer(walk, mine, dossier), *_complete(walk, mine)]
    found += [*_fix(walk, mine, dossier), *_waive(walk, mine, dossier), _sign(walk)]
    roles = walk.review.reviewer.roles
    return (*found, *_ask(walk.base.release, dossier, roles))


def actions_after_signing(visit: Visit, wanted: Wanted, place: RecordPath) -> tuple[Action, ...]:
    """Return what is left to do once this reviewer has signed.

    Raises:
        HoldshortError: the record or the checklist cannot be read.
    """
    mine = parse(visit.repo.read_blob_at(visit.commit, str(place), MAX_SHOWN_BYTES), str(place))
    checklist, review = visit.checklist(wanted.checklist), mine.review
    who = review.reviewer
    policy = visit.policy_for(checklist, who.id, who.id, who.principal)
    profile = visit.default_profile(checklist)
    reviews = (*(one.review for one in visit.others(place)), review)
    today = visit.now().date()
    dossier = fold(checklist, profile, policy, reviews, today)
    unmet = tuple(
        Action(
            kind=ActionKind.FIX,
            questions=(row.id,),
            owner=row.role,
            why=f"{row.severity} {row.state.value.replace('_', ' ')}: {row.note or row.text}",
            fix="Cure it, commit, and review the next release: holdshort review --release NEXT",
        )
        for row in dossier.against
        if row.state is not QuestionState.UNANSWERED
    )
    return (*unmet, *_ask(place.release, dossier, who.roles))


def _accept(walk: Reading, views: list[QuestionView]) -> Iterator[Action]:
    """Everything the checks suggest, as one line to paste."""
    ready = [view for view in views if not view.answered and view.suggestion.acceptable]
    if ready:
        ids = tuple(view.question.id for view in ready)
        yield Action(
            kind=ActionKind.ACCEPT,
            questions=ids,
            owner=_owner(ready),
            why=f"{len(ids)} suggested by checks that pass; read each before you accept it",
            place=ready[0].suggestion.places[0].where if ready[0].suggestion.places else "",
            fix=" && ".join(_command(walk, "answer", one, "--accept") for one in ids),
        )


def _answer(walk: Reading, views: list[QuestionView], dossier: Dossier) -> Iterator[Action]:
    for view in views:
        open_now = not view.answered and not view.suggestion.acceptable
        if (open_now and not _is_cured_first(view)) or Need.AGAIN in view.needs:
            yield _action(ActionKind.ANSWER, view, view.question.text, _answer_line(walk, view))
    asked = {view.question.id for view in walk.views()}
    deeper = tuple(
        row.id
        for row in dossier.of(QuestionState.UNANSWERED)
        if row.id not in asked
        and asked_of(walk.checklist.by_id[row.id], walk.review.reviewer.roles)
    )
    if deeper:
        depth = walk.visit.default_profile(walk.checklist)
        yield Action(
            kind=ActionKind.ANSWER,
            questions=deeper,
            owner=ANY_ROLE,
            why=f"the policy asks for the profile {depth}, this review is {walk.profile}",
            fix=_command(walk, "review", "--profile", depth),
        )


def _complete(walk: Reading, views: list[QuestionView]) -> Iterator[Action]:
    for view in views:
        if not view.answered or Need.AGAIN in view.needs:
            continue
        for need in view.needs:
            words = {
                Need.EVIDENCE: ("--evidence", _reference(view)),
                Need.VALUE: ("--value", _PLACEHOLDERS.get(view.question.answer.type, "VALUE")),
            }.get(need, ("--note", "WHY"))
            why = f"answered {view.verdict.word if view.verdict else ''}, needs {need.value}"
            line = _command(walk, "answer", view.question.id, *words)
            yield _action(ActionKind.COMPLETE, view, why, line)


def _fix(walk: Reading, views: list[QuestionView], dossier: Dossier) -> Iterator[Action]:
    """One action for each failing check with a remedy, whatever number of questions it settles."""
    bad = _against(dossier)
    by_check: dict[str, list[QuestionView]] = {}
    for view in views:
        if view.question.id in bad and (finding := _curable(view)):
            by_check.setdefault(finding.id, []).append(view)
    for check, settled in by_check.items():
        finding = walk.findings[check]
        yield Action(
            kind=ActionKind.FIX,
            questions=tuple(view.question.id for view in settled),
            owner=_owner(settled),
            why=f"{check}: {finding.headline}",
            place=finding.evidence[0].where if finding.evidence else "",
            fix=finding.remediation,
        )


def _waive(walk: Reading, views: list[QuestionView], dossier: Dossier) -> Iterator[Action]:
    """A waiver for each blocker that is answered, not fine, and has no remedy at hand."""
    last = walk.today() + timedelta(days=min(WAIVER_DAYS, walk.policy.waivers.max_days))
    bad = _against(dossier)
    for view in views:
        question = view.question
        is_blocking = question.severity in walk.policy.blocks.severities and question.id in bad
        if is_blocking and view.answered and not view.waived and not _curable(view):
            said = f"waivers: [{{question: {question.id}, reason: WHY, owner: WHO, "
            line = shlex.quote(f"{said}expires: {last}}}]")
            why = f"{question.severity} answered {view.verdict.word if view.verdict else ''}"
            paste = f"echo {line} | {_command(walk, 'review', '--answers', '-')}"
            yield _action(ActionKind.WAIVE, view, f"{why}: cure it, or waive it by name", paste)


def _sign(walk: Reading) -> Action:
    dossier = walk.gate()
    return Action(
        kind=ActionKind.SIGN,
        owner=ANY_ROLE,
        why=f"not signed yet; as it stands the gate would say {dossier.verdict.words}",
        fix=_command(walk, "sign"),
    )


def _ask(release: str, dossier: Dossier, roles: tuple[str, ...]) -> Iterator[Action]:
    """One message for each role whose questions or approval are missing."""
    for role in dossier.missing:
        rows = [row for row in dossier.of(QuestionState.UNANSWERED) if row.role == role]
        if rows and (ANY_ROLE in roles or role in roles):
            continue
        option = [] if role == ANY_ROLE else ["--role", role]
        line = shlex.join(["holdshort", "review", "--release", release, *option])
        what = f"{len(rows)} questions wait for {role}" if rows else f"an approval by {role}"
        listed = "".join(f"\n- {row.text} ({row.id}, {row.severity})" for row in rows)
        yield Action(
            kind=ActionKind.ASK,
            questions=tuple(row.id for row in rows),
            owner=role,
            why=f"{what} is missing" if not rows else what,
            fix=line,
            message=f"Release {release} waits for {role}.{listed}\nPlease run: {line}",
        )


def _action(kind: ActionKind, view: QuestionView, why: str, fix: str) -> Action:
    places = view.suggestion.places
    return Action(
        kind=kind,
        questions=(view.question.id,),
        owner=view.question.role,
        why=why,
        place=places[0].where if places else "",
        fix=fix,
    )


def _answer_line(walk: Reading, view: QuestionView) -> str:
    """Return the command for the answer that stands or that checks lean to, else for any."""
    question = view.question
    words = ["answer", question.id]
    if question.facet:
        return _command(walk, *words, "--value", _PLACEHOLDERS[question.answer.type])
    verdict = view.verdict or view.suggestion.verdict
    words.append(_WORDS[verdict] if verdict else "VERDICT")
    if verdict in {None, Verdict.MET}:
        if question.answer.type is not AnswerType.VERDICT and not (
            view.answer and view.answer.value
        ):
            words += ["--value", _PLACEHOLDERS[question.answer.type]]
        has_evidence = bool(view.answer and view.answer.evidence)
        if question.evidence.need is EvidenceNeed.REQUIRED and not has_evidence:
            words += ["--evidence", _reference(view)]
    elif not (view.answer and view.answer.note) and not against(question, walk.findings):
        words += ["--note", "WHY"]
    return _command(walk, *words)


def _reference(view: QuestionView) -> str:
    places = [one for one in view.suggestion.places if not one.cell]
    return places[0].where if places else "FILE:LINE"


def _command(walk: Reading, *words: str) -> str:
    """Return a command line that means this very review, with no more options than needed."""
    visit, base = walk.visit, walk.base
    options: list[str] = []
    if base.release != visit.release:
        options += ["--release", base.release]
    if base.model != visit.model:
        options += ["--model", base.model]
    if base.checklist.id != _default_checklist(visit):
        options += ["--checklist", base.checklist.id]
    return shlex.join(["holdshort", *words, *options])


def _default_checklist(visit: Visit) -> str:
    try:
        return visit.checklist().id
    except HoldshortError:
        return ""


def _curable(view: QuestionView) -> Finding | None:
    """Return the failing check that stands against a yes, when it knows a remedy."""
    if view.question.severity is Severity.MINOR or view.waived:
        return None
    found = {finding.id: finding for finding in view.findings}
    return next((one for one in against(view.question, found) if one.remediation), None)


def _is_cured_first(view: QuestionView) -> bool:
    return _curable(view) is not None


def _against(dossier: Dossier) -> set[str]:
    return {row.id for row in dossier.rows if row.state not in FINE}


def _owner(views: list[QuestionView]) -> str:
    roles = {view.question.role for view in views}
    return roles.pop() if len(roles) == 1 else ANY_ROLE

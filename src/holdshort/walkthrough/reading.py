"""One open review as the reviewer meets it: questions, findings, progress, what the gate would say.

The reading half of the walkthrough; the steps that change it are in `session`. Every value is
derived from the draft, the findings so far and the reviewed commit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from holdshort.errors import UsageError
from holdshort.model.checklist import Checklist, Question
from holdshort.model.dossier import Dossier, fold
from holdshort.model.finding import Finding
from holdshort.model.policy import Policy
from holdshort.model.progress import Filter, Progress, QuestionView, asked_of, needs
from holdshort.model.review import Answer, Decision, Review
from holdshort.model.suggestion import related, suggest
from holdshort.model.text import one_line
from holdshort.storage.drafts import Draft, Place
from holdshort.storage.records import Record
from holdshort.walkthrough.evidence import is_current

if TYPE_CHECKING:
    from collections.abc import Callable

    from holdshort.walkthrough.visit import Visit


class Reading:
    """An open review; begin one with `Visit.begin`.

    Attributes:
        base: the review before any change of the draft.
        findings: what the checks have said so far, by check id.
        others: other reviewers' sealed records of this release, as they stand at the commit.
    """

    def __init__(
        self,
        *,
        visit: Visit,
        checklist: Checklist,
        policy: Policy,
        base: Review,
        draft: Draft,
        others: Sequence[Record],
    ) -> None:
        """Keep the parts; `Visit.begin` has checked that they fit."""
        self.visit = visit
        self.checklist = checklist
        self.policy = policy
        self.base = base
        self.others = tuple(others)
        self.skipped: set[str] = set()
        self._draft = draft
        self.resumed = draft.state.history.cursor
        self._views: tuple[QuestionView, ...] = ()
        self._seen: object = None

    # What there is

    @property
    def review(self) -> Review:
        """The review with every counted change folded in, at the draft's depth."""
        asked = replace(self.base.checklist, profile=self.profile)
        return self._draft.state.history.applied_to(replace(self.base, checklist=asked))

    @property
    def findings(self) -> Mapping[str, Finding]:
        """What the checks have said so far, as it counts today."""
        today = self.today().isoformat()
        return {name: one.on(today) for name, one in self.visit.findings.items()}

    @property
    def profile(self) -> str:
        """The depth of this review; the default when the checklist has lost the draft's."""
        kept = self._draft.state.profile
        known = kept in self.checklist.profiles
        return kept if known else self.visit.default_profile(self.checklist)

    @property
    def now(self) -> Callable[[], datetime]:
        """The clock."""
        return self.visit.now

    @property
    def draft(self) -> Draft:
        """The journal behind this review."""
        return self._draft

    def views(self) -> tuple[QuestionView, ...]:
        """Return the questions that apply, in asking order; others' roles come last."""
        seen = (
            self._draft.state.history,
            self.profile,
            frozenset(self.skipped),
            tuple(self.findings.values()),
        )
        if seen != self._seen:
            self._views, self._seen = tuple(self._fresh_views()), seen
        return self._views

    def _fresh_views(self) -> Iterator[QuestionView]:
        review, findings = self.review, self.findings
        questions = self.checklist.questions(self.profile, review.facets)
        roles = review.reviewer.roles
        ordered = sorted(questions, key=lambda one: not asked_of(one, roles))
        for number, question in enumerate(ordered, 1):
            yield self._view(question, number, review, findings)

    def view(self, question: str) -> QuestionView:
        """Return one question.

        Raises:
            UsageError: it is not among the questions asked.
        """
        for one in self.views():
            if one.question.id == question:
                return one
        known = question in self.checklist.by_id
        raise UsageError(
            f"{one_line(question, 80)!r} is not asked in the profile {self.profile!r}"
            if known
            else f"the checklist has no question {one_line(question, 80)!r}",
            "List them with: holdshort status",
        )

    def progress(self) -> Progress:
        """Return the counts over the questions asked of this reviewer."""
        return Progress.of(self.views())

    def gate(self, decision: Decision = Decision.APPROVE) -> Dossier:
        """Return what the gate would say if this review were signed now."""
        mine = replace(self.review, decision=decision)
        pinned = (one.profile for one in self.policy.checklists if one.id == self.checklist.id)
        return fold(
            self.checklist,
            next(pinned, self.profile),
            self.policy,
            (*(one.review for one in self.others), mine),
            self.today(),
        )

    def today(self) -> date:
        """Return the date in UTC."""
        return self.now().astimezone(UTC).date()

    # Where the person is

    @property
    def current(self) -> str:
        """The question to show: where the person was, else the first open one."""
        ids = [view.question.id for view in self.views()]
        if self._draft.state.place.question in ids:
            return self._draft.state.place.question
        return self.following("", self.filters) or ids[0]

    @property
    def filters(self) -> frozenset[Filter]:
        """The filters in force."""
        return frozenset(map(Filter, self._draft.state.place.filter.split()))

    def go(self, question: str) -> None:
        """Remember the question as the one in view."""
        self._draft.move(replace(self._draft.state.place, question=question))

    def narrow(self, filters: Iterable[Filter]) -> None:
        """Remember the filters."""
        kept = " ".join(sorted(set(filters)))
        self._draft.move(Place(question=self._draft.state.place.question, filter=kept))

    def following(self, question: str, filters: frozenset[Filter] = frozenset()) -> str | None:
        """Return the next open question of this reviewer after one, wrapping round.

        Open is what has no answer, or must be answered again; under the filter for needs, also
        what still needs something.
        """
        views = self.views()
        at = next((view.number for view in views if view.question.id == question), 0)
        ahead = (*views[at:], *views[: max(at - 1, 0)])
        fresh = [one for one in ahead if one.mine and _is_open(one, filters)]
        unskipped = [one for one in fresh if not one.skipped]
        return next((one.question.id for one in unskipped or fresh), None)

    def skip(self, question: str) -> str | None:
        """Put a question off and return the next open one."""
        self.skipped.add(question)
        return self.following(question, self.filters)

    def _view(
        self, question: Question, number: int, review: Review, findings: Mapping[str, Finding]
    ) -> QuestionView:
        answer = review.answers.get(question.id)
        if question.facet and (value := review.facets.get(question.id)):
            answer = Answer(asked=question.text, severity=question.severity, value=value)
        stale = self._is_stale(question, answer)
        return QuestionView(
            question=question,
            section=self.checklist.section_of[question.id].title,
            number=number,
            answer=answer,
            needs=needs(question, answer, findings, stale=stale),
            suggestion=suggest(question, findings),
            findings=related(question, findings),
            pending=tuple(one.id for one in question.checks if self._is_pending(one.id)),
            mine=asked_of(question, review.reviewer.roles),
            skipped=question.id in self.skipped,
            stale=stale,
            waived=review.waiver(question.id) is not None,
        )

    def _is_pending(self, check: str) -> bool:
        """Tell whether a check will still report; one that this version lacks never does."""
        return check in self.visit.check_ids and check not in self.findings

    def _is_stale(self, question: Question, answer: Answer | None) -> bool:
        if answer is None or answer.verdict is None:
            return False
        if answer.asked != question.text:
            return True
        if not all(is_current(one, self.visit, self.findings) for one in answer.evidence):
            return True
        then = self._draft.state.history.outcomes_of(question.id)
        return any(
            then.get(one.id, one.outcome) is not one.outcome
            for one in related(question, self.findings)
        )


def _is_open(view: QuestionView, filters: frozenset[Filter]) -> bool:
    is_wanted = Filter.NEEDS in filters and bool(view.needs)
    return view.passes(filters) and (not view.answered or view.stale or is_wanted)

"""Values to lines of text for a terminal or a log: one fact a line, the verdict first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from holdshort.model.dossier import FINE, Dossier
from holdshort.model.progress import Progress, QuestionView
from holdshort.model.review import Review
from holdshort.model.text import one_line
from holdshort.model.verification import DutyState, RecordReport, RecordState, Verification

MAX_CHARS = 400
"""Longest line of foreign text. Source: our own limit; five lines of a terminal."""

_DUTY = {
    DutyState.OK: "ok  ",
    DutyState.FAILED: "FAIL",
    DutyState.UNDETERMINED: "??  ",
    DutyState.NOT_PERFORMED: "--  ",
}


def verification_lines(result: Verification) -> Iterator[str]:
    """Yield the result of `verify` for one release."""
    yield _safe(result.headline)
    if result.gate_words:
        yield result.gate_words
    yield from (f"  - {_safe(reason)}" for reason in result.why)
    yield f"Judged as git holds it at {result.commit[:10]}; the work tree is not read."
    yield from ("", "Records")
    for record in result.records:
        yield from _record_lines(record)
    yield from ("", "Duties")
    for duty in result.duties:
        yield f"  {_DUTY[duty.state]} {duty.number}  {duty.title}"
        yield from (f"         {_safe(detail)}" for detail in duty.details)
    if result.left_out:
        yield f"Left out of the source by policy: {_safe(', '.join(result.left_out))}"


def _record_lines(record: RecordReport) -> Iterator[str]:
    said = f"{record.state.words}, {record.decision}" if record.decision else record.state.words
    yield f"  {_safe(record.reviewer) or '?'}  {said}  {_safe(record.path)}"
    if record.why and record.state is not RecordState.COUNTED:
        yield f"      {_safe(record.why)}"
    if record.fingerprint:
        yield f"      signed by {_safe(record.principal)}, {record.fingerprint}"
    yield from (f"      {_safe(note)}" for note in record.notes)


def _safe(text: str) -> str:
    return log_safe(one_line(text, MAX_CHARS))


def log_safe(line: str) -> str:
    """Return a line that no CI log takes for a command.

    Source: actions/runner, ActionCommand.cs: `::` first on a line after blanks, `##[` anywhere.
    """
    line = line.replace("##[", "# #[")
    return line.replace("::", ": :") if line.lstrip().startswith("::") else line


def status_lines(
    review: Review, progress: Progress, views: Sequence[QuestionView], dossier: Dossier
) -> Iterator[str]:
    """Yield where an open review stands."""
    yield (
        f"{review.model} {review.release}  {review.checklist.id} {review.checklist.version}"
        f"  profile {review.checklist.profile}  reviewer {review.reviewer.id}"
    )
    yield f"{progress.answered} of {progress.total} answered, {progress.needs} need more"
    yield ""
    for view in views:
        yield _question_line(view)
    yield ""
    yield gate_line(dossier)


def gate_line(dossier: Dossier) -> str:
    """Return the one line on what the gate would answer now."""
    against = [row for row in dossier.rows if row.state not in FINE]
    if not against and not dossier.missing:
        return f"If signed now: {dossier.verdict.words.upper()}"
    counts = {row.state: 0 for row in against}
    for row in against:
        counts[row.state] += 1
    said = ", ".join(f"{number} {state.value}" for state, number in counts.items())
    return f"If signed now: {dossier.verdict.words.upper()}: {said}"


def _question_line(view: QuestionView) -> str:
    said = view.verdict.word if view.verdict else ("set" if view.answered else "")
    mark = {"yes": "[x]", "no": "[!]", "partly": "[~]", "not applicable": "[-]", "": "[ ]"}
    needs = f"  needs {', '.join(view.needs)}" if view.answered and view.needs else ""
    other = "" if view.mine else f"  for {view.question.role}"
    head = f"{mark.get(said, '[?]')} {view.question.id:<24} {view.question.severity:<8}"
    return f"{head} {said:<14}{needs}{other}".rstrip()

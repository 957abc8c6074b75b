"""Values to GitHub-flavoured Markdown: the verdict first, blockers first, nothing active.

Foreign text is escaped: no HTML, no links of its own making, no mentions, no table breaks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from holdshort.model.checklist import Severity
from holdshort.model.review import Answer, Review, Verdict
from holdshort.model.text import one_line
from holdshort.model.verification import Verification

_ACTIVE = re.compile(r"([\\`*_\[\]<>#|~&@])")
_ORDER = {Severity.BLOCKER: 0, Severity.MAJOR: 1, Severity.MINOR: 2}


def verification_markdown(results: Sequence[Verification]) -> str:
    """Return the result of `verify`."""
    return "\n".join(line for one in results for line in _verification(one)) + "\n"


def reviews_markdown(reviews: Sequence[Review]) -> str:
    """Return signed reviews for reading, one after another."""
    return "\n".join(line for one in reviews for line in _review(one)) + "\n"


def escaped(text: str, limit: int = 0) -> str:
    """Return foreign text on one line, with everything Markdown would act on made plain."""
    shown = _ACTIVE.sub(r"\\\1", one_line(text, limit))
    shown = shown.replace("\\<", "&lt;").replace("\\>", "&gt;")
    return shown.replace("\\@", "@<!-- -->")


def _verification(result: Verification) -> Iterator[str]:
    yield f"## {escaped(result.headline)}"
    yield ""
    if result.gate_words:
        yield result.gate_words
        yield ""
    for reason in result.why:
        yield f"- {escaped(reason)}"
    yield ""
    yield "| record | state | decision | key |"
    yield "|---|---|---|---|"
    for record in result.records:
        why = f" ({escaped(record.why, 300)})" if record.why else ""
        yield (
            f"| {escaped(record.path)} | {record.state.words}{why} | {record.decision}"
            f" | {escaped(record.fingerprint)} |"
        )
    yield ""
    yield "| duty | state | |"
    yield "|---|---|---|"
    for duty in result.duties:
        details = "<br>".join(escaped(one, 300) for one in duty.details)
        yield f"| {duty.number} {duty.title} | {duty.state.value.replace('_', ' ')} | {details} |"
    yield ""


def _review(review: Review) -> Iterator[str]:
    decision = review.decision or "draft"
    title = f"{review.model} {review.release}: {decision} by {review.reviewer.id}"
    yield f"## {escaped(title)}"
    yield ""
    if review.subject:
        source = review.subject.source_sha256[:16]
        yield f"Commit `{review.subject.commit[:10]}`, source `{source}`."
    yield f"Sealed {escaped(review.sealed_at)}, {escaped(review.checklist.id)}"
    yield ""
    yield "| question | severity | answer | note and evidence |"
    yield "|---|---|---|---|"
    for question, answer in sorted(review.answers.items(), key=_rank):
        verdict = answer.verdict.word if answer.verdict else ""
        asked = f"{escaped(answer.asked)} ({escaped(question)})"
        yield f"| {asked} | {answer.severity} | {verdict} | {_said(answer)} |"
    for waiver in review.waivers:
        yield ""
        yield (
            f"Waived until {escaped(waiver.expires)} by {escaped(waiver.owner)}:"
            f" {escaped(waiver.question)}, {escaped(waiver.reason)}"
        )
    yield ""


def _rank(row: tuple[str, Answer]) -> tuple[bool, int]:
    answer = row[1]
    fine = answer.verdict in {Verdict.MET, Verdict.NOT_APPLICABLE}
    return fine, _ORDER[answer.severity]


def _said(answer: Answer) -> str:
    value = answer.value if isinstance(answer.value, str) else ", ".join(answer.value)
    parts = [
        f"value {value}" if value else "",
        answer.note,
        *(one.where for one in answer.evidence),
    ]
    return "<br>".join(escaped(part, 1000) for part in parts if part)

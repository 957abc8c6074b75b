"""Paints what a signature would claim, and what has been committed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from textual.content import Content

from holdshort.model.checklist import Severity
from holdshort.model.dossier import FINE, QuestionRow, ReleaseVerdict
from holdshort.model.review import Decision, Review
from holdshort.tui.paint import words
from holdshort.tui.text import (
    EMPTY,
    block,
    cell,
    fit,
    flowing,
    join,
    labelled,
    on_click,
    selected,
    stack,
    text,
)

if TYPE_CHECKING:
    from holdshort.walkthrough.sealing import Claims, Committed

INDENT = 12
_OPEN_ROWS = 4
_DECISIONS = (
    (Decision.APPROVE, "a", "approve"),
    (Decision.REJECT, "r", "reject"),
    (Decision.COMMENT, "k", "comment"),
)
_GOOD = frozenset({ReleaseVerdict.READY, ReleaseVerdict.READY_WITH_WAIVERS})


def open_rows(claimed: Claims) -> tuple[QuestionRow, ...]:
    """Return the questions that stand against a ready release or against this decision."""
    needed = {question for question, _ in claimed.open}
    return tuple(
        row
        for row in claimed.dossier.rows
        if row.id in needed or (row.severity is Severity.BLOCKER and row.state not in FINE)
    )


def sign_page(
    claimed: Claims, review: Review, decision: Decision, *, focus: int, key: str, width: int
) -> Content:
    """Return the page between heading and notice."""
    return stack(_page(claimed, review, decision, focus, key, width))


def _page(
    claimed: Claims, review: Review, decision: Decision, focus: int, key: str, width: int
) -> Iterator[Content]:
    dossier = claimed.dossier
    style = "$hs-pass bold" if dossier.verdict in _GOOD else "$hs-warn bold"
    gate = join((text(dossier.verdict.words.upper(), style), text("; ".join(dossier.reasons))))
    yield from labelled(_label("Gate says"), gate, width, indent=INDENT, limit=2)
    yield from flowing(_label("Decision"), _decisions(decision), width, indent=INDENT)
    given = [
        (n, text(f"{n} {one.word}", words.VERDICTS[one][4]))
        for one, n in claimed.by_verdict.items()
    ]
    counts = join([shown for n, shown in given if n]) or text("none", "$hs-muted")
    via = ", ".join(f"{n} {one.value}" for one, n in claimed.by_via.items() if n)
    said = join((counts, text(via, "$hs-muted")), "   ")
    yield from labelled(_label("Answers"), said, width, indent=INDENT)
    if claimed.contradicted:
        against = text(", ".join(claimed.contradicted), "$hs-fail")
        yield from labelled(_label("Contradicts"), against, width, indent=INDENT, limit=2)
    if claimed.mutable_links:
        links = text("  ".join(claimed.mutable_links), "$hs-warn")
        yield from labelled(_label("May change"), links, width, indent=INDENT, limit=2)
    yield from _open(claimed, focus, width)
    yield EMPTY
    yield from labelled(_label("Writes"), text(claimed.path), width, indent=INDENT)
    subject, _, rest = claimed.message.partition("\n")
    yield from labelled(_label("Message"), text(subject, "bold"), width, indent=INDENT)
    for line in [one for one in rest.splitlines() if one][:1]:
        yield cell(EMPTY, INDENT) + fit(text(line, "$hs-muted"), width - INDENT)
    roles = ", ".join(review.reviewer.roles)
    who = f"{review.reviewer.id} <{review.reviewer.principal}>  role {roles}"
    yield from labelled(_label("As"), text(who), width, indent=INDENT, limit=2)
    yield from labelled(_label("Key"), text(key), width, indent=INDENT, limit=2)
    yield EMPTY
    yield fit(text("I confirm these answers are my own judgement for this commit."), width)
    yield fit(
        text("One file is committed. Hooks are not run, nothing is pushed.", "$hs-muted"), width
    )


def _decisions(chosen: Decision) -> list[Content]:
    parts = []
    for decision, key, word in _DECISIONS:
        mark = text("(o)", "$hs-key") if decision is chosen else text("( )", "$hs-muted")
        name = text(word, "bold" if decision is chosen else "$hs-muted")
        parts.append(on_click(join((mark, text(key, "$hs-key bold"), name), " "), word))
    return parts


def _open(claimed: Claims, focus: int, width: int) -> Iterator[Content]:
    found = open_rows(claimed)
    needs = dict(claimed.open)
    for number, row in enumerate(_around(found, focus)):
        at = row is found[focus]
        why = (
            f"needs {words.needed((needs[row.id],))}"
            if row.id in needs
            else row.state.replace("_", " ")
        )
        parts = (
            text(">" if at else " ", "$hs-key bold"),
            text(row.id, "$hs-key"),
            text(why, "$hs-warn"),
            text(row.note or row.text, "$hs-muted"),
        )
        line = cell(_label("Open" if number == 0 else ""), INDENT) + join(parts, " ")
        yield selected(line, width) if at else fit(line, width)
    if len(found) > _OPEN_ROWS:
        yield cell(EMPTY, INDENT) + text(f"  {len(found)} in all", "$hs-muted")


def _around(found: Sequence[QuestionRow], focus: int) -> Sequence[QuestionRow]:
    first = min(max(focus - _OPEN_ROWS // 2, 0), max(len(found) - _OPEN_ROWS, 0))
    return found[first : first + _OPEN_ROWS]


def done_page(done: Committed, release: str, width: int) -> Content:
    """Return the last screen: what stands in git, and the next steps."""
    lines = [
        EMPTY,
        text(f"Committed {done.commit[:10]} and verified.", "$hs-pass bold"),
        EMPTY,
        *labelled(_label("Record"), text(done.path), width, indent=INDENT),
    ]
    if done.push:
        lines += labelled(_label("Publish it"), text(done.push, "bold"), width, indent=INDENT)
    lines += labelled(
        _label("Check it"),
        text(f"holdshort verify --release {release}", "bold"),
        width,
        indent=INDENT,
    )
    return stack(lines)


def record_page(yaml: str) -> Content:
    """Return the record as it would be written."""
    return stack(block(line) for line in yaml.splitlines())


def _label(word: str) -> Content:
    return text(word, "$hs-muted")

"""The evidence picker: what the checks point at first, then any tracked file, commit or link.

Everything typed goes into the one line; Up and Down choose, Tab marks several, Enter attaches.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.timer import Timer
from textual.widgets import Input, Static

from holdshort.errors import HoldshortError
from holdshort.model.progress import QuestionView
from holdshort.tui.actions import Action, Place, actions_of, bindings_of
from holdshort.tui.keybar import painted
from holdshort.tui.screens.line import Line
from holdshort.tui.search import PathSearch
from holdshort.tui.text import EMPTY, fit, join, selected, spread, stack, text, window

if TYPE_CHECKING:
    from holdshort.walkthrough.session import Step, Walkthrough

FOUND = 200
PREVIEW_AFTER_S = 0.1
PREVIEW_ROWS = 5
_LINES = re.compile(r"(?P<query>.*?)(?:[ :]|#L)(?P<lines>[0-9]{1,7}(?:-[0-9]{1,7})?)")
_COMMIT = re.compile(r"[0-9a-f]{7,64}")


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that can be attached: what is typed for it, and what is said of it."""

    ref: str
    said: str
    path: str = ""
    line: int = 0
    attached: int = 0


class EvidenceWindow(ModalScreen["Step | None"]):
    """Asks for evidence of one question."""

    BINDINGS = bindings_of(Place.PICKER)

    def __init__(self, walk: Walkthrough, view: QuestionView) -> None:
        """Offer what the checks beside the question point at."""
        super().__init__()
        self._walk = walk
        self._view = view
        visit = walk.visit
        mentioned = {place.path for finding in view.findings for place in finding.evidence}
        files = [path for path in visit.entries if visit.blob_of(path)]
        self._files = len(files)
        self._search = PathSearch(files, tuple(mentioned))
        self._rows: Sequence[Row] = ()
        self._marked: dict[str, None] = {}
        self._focus = 0
        self._timer: Timer | None = None

    def compose(self) -> ComposeResult:
        """Lay out the line, the rows, a look into the file and the keys."""
        with Vertical(classes="window -tall-window"):
            yield Static(text(f"Evidence for {self._view.question.id}", "bold"), classes="title")
            yield Line(placeholder="path, path:88-95, commit or link", id="line")
            yield Static(EMPTY, id="rows")
            yield Static(EMPTY, id="preview")
            yield Static(EMPTY, id="problem")
            yield Static(EMPTY, id="window-keys")

    def on_mount(self) -> None:
        """Show what is offered."""
        self._timer = self.set_interval(PREVIEW_AFTER_S, self._preview, pause=True)
        self._find("")

    def on_resize(self) -> None:
        """Fit the rows to the window."""
        self.call_after_refresh(self._paint)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._find(event.value)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_submit()

    @on(Line.Several)
    def _pasted(self, event: Line.Several) -> None:
        event.stop()
        self._take(event.lines)

    # Actions

    def action_submit(self) -> None:
        """Attach what is marked and what was typed since, else the row in focus or the line."""
        typed = self.query_one("#line", Input).value.strip()
        if self._marked:
            focused = [self._rows[self._focus].ref] if typed and self._rows else []
            self._take("\n".join(dict.fromkeys((*self._marked, *focused))))
        elif self._rows:
            self._take(self._rows[self._focus].ref)
        else:
            self._take(self.query_one("#line", Input).value)

    def action_cancel(self) -> None:
        """Close without attaching anything."""
        self.dismiss(None)

    def action_down(self) -> None:
        """Go to the next row."""
        self._focus = min(self._focus + 1, max(len(self._rows) - 1, 0))
        self._paint()

    def action_up(self) -> None:
        """Go to the previous row."""
        self._focus = max(self._focus - 1, 0)
        self._paint()

    def action_mark(self) -> None:
        """Mark the row in focus, or take its mark away."""
        if self._rows and not self._rows[self._focus].attached:
            ref = self._rows[self._focus].ref
            if ref in self._marked:
                del self._marked[ref]
            else:
                self._marked[ref] = None
            self.action_down()

    def action_remove(self) -> None:
        """Take an attached evidence off."""
        row = self._rows[self._focus] if self._rows else None
        if row and row.attached:
            self._finish(lambda: self._walk.detach(self._view.question.id, row.attached))

    # The rows

    def _find(self, typed: str) -> None:
        self._rows = tuple(self._found(typed.strip()))[:FOUND]
        self._focus = 0
        self._paint()

    def _found(self, typed: str) -> Iterator[Row]:
        if "://" in typed:
            yield Row(typed, "a link")
            return
        if not typed:
            yield from self._offered()
        if _COMMIT.fullmatch(typed):
            yield Row(typed, "a commit")
        for finding in self._view.findings:
            if typed and typed in finding.id:
                yield Row(finding.id, f"what the check said: {finding.headline}")
        named = _LINES.fullmatch(typed)
        query, lines = (named["query"], named["lines"]) if named else (typed, "")
        for path in self._search.find(query, FOUND):
            line = int(lines.partition("-")[0] or 0)
            yield Row(f"{path}:{lines}" if lines else path, "", path, line)

    def _offered(self) -> Iterator[Row]:
        answer = self._view.answer
        for place in self._view.suggestion.places:
            line = 0 if place.cell else place.line
            ref = f"{place.path}:{line}" if line else place.path
            yield Row(ref, place.said, place.path, line)
        for number, one in enumerate(answer.evidence if answer else (), 1):
            line = int(one.lines.partition("-")[0] or 0)
            yield Row(
                one.where, "attached, ^x removes it", one.ref if one.blob else "", line, number
            )

    # Painting

    def _paint(self) -> None:
        width = max(self.query_one("#rows").size.width, 30)
        height = max(self.query_one("#rows").size.height, 1)
        lines = [
            self._line(row, number == self._focus, width) for number, row in enumerate(self._rows)
        ]
        nothing = [text("Nothing fits; Enter takes it as it is typed.", "$hs-muted")]
        self.query_one("#rows", Static).update(stack(window(lines, self._focus, height) or nothing))
        marked = f"{len(self._marked)} marked, " if self._marked else ""
        files = text(f"{marked}{self._files} files", "$hs-muted")
        keys = painted(self._legal(), max(width - files.cell_length - 2, 1))
        self.query_one("#window-keys", Static).update(spread(keys, files, width))
        if self._timer:
            self._timer.reset()
            self._timer.resume()

    def _legal(self) -> Iterator[Action]:
        on_attached = bool(self._rows and self._rows[self._focus].attached)
        return (one for one in actions_of(Place.PICKER) if one.id != "remove" or on_attached)

    def _line(self, row: Row, focused: bool, width: int) -> Content:
        mark = text("[x]", "$hs-pass") if row.ref in self._marked or row.attached else text("   ")
        name = text(row.ref, "$hs-key" if focused else "")
        line = join((text(">" if focused else " ", "$hs-key bold"), mark, name), " ")
        whole = join((line, text(row.said, "$hs-muted")))
        return selected(whole, width) if focused else fit(whole, width)

    def _preview(self) -> None:
        """Show the lines of the row in focus once nobody has typed for a moment."""
        if self._timer:
            self._timer.pause()
        row = self._rows[self._focus] if self._rows else None
        lines: list[str] = []
        if row and row.path:
            try:
                lines = self._walk.visit.text_of(row.path).splitlines()
            except OSError as error:
                lines = [f"{row.path}: {error}"]
        at = row.line if row else 0
        first = max(at - PREVIEW_ROWS // 2, 1)
        width = max(self.query_one("#rows").size.width, 30)
        shown = []
        for number in range(first, min(first + PREVIEW_ROWS, len(lines) + 1)):
            here = number == at
            mark = text(f"{'>' if here else ' '}{number:>5} ", "$hs-key" if here else "$hs-muted")
            shown.append(fit(mark + text(lines[number - 1].replace("\t", "    ")), width))
        self.query_one("#preview", Static).update(stack(shown))

    # Attaching

    def _take(self, refs: str) -> None:
        self._finish(lambda: self._walk.attach(self._view.question.id, refs))

    def _finish(self, verb: Callable[[], Step]) -> None:
        try:
            self.dismiss(verb())
        except HoldshortError as error:
            problem = (text(error.message, "$hs-fail"), text(error.hint, "$hs-muted"))
            self.query_one("#problem", Static).update(stack(one for one in problem if one))

"""The first screen: what the repository proves before anything was set up, and how to begin."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.widgets import Static

from holdshort.errors import UsageError
from holdshort.model.text import is_slug, one_line
from holdshort.tui.actions import Place, bindings_of
from holdshort.tui.paint import home as paint
from holdshort.tui.screens.line import LineWindow
from holdshort.tui.screens.shell import Pane, Shell
from holdshort.tui.text import EMPTY, join, spread, stack, text

if TYPE_CHECKING:
    from holdshort.walkthrough.visit import Visit
    from holdshort.walkthrough.wanted import Wanted


class HomeScreen(Shell):
    """Proof above, the review to open below."""

    PLACE = Place.HOME
    BINDINGS = bindings_of(Place.HOME)

    def __init__(self, visit: Visit, wanted: Wanted) -> None:
        """Offer what is wanted, and the reviews begun here."""
        super().__init__()
        self._visit = visit
        self._checklist = visit.checklist(wanted.checklist)
        self._wanted = replace(
            wanted,
            model=wanted.model or visit.model,
            release=wanted.release or visit.release or visit.now().date().isoformat(),
            profile=wanted.profile or visit.default_profile(self._checklist),
        )
        self._drafts = visit.drafts
        self._focus = 0

    def body(self) -> ComposeResult:
        """Lay out drafts, proof and the review to open."""
        yield Static(EMPTY, id="drafts")
        yield Pane(id="pane", classes="pane")
        yield Static(EMPTY, id="wanted")

    def on_screen_resume(self) -> None:
        """Look for drafts again: one may have been begun or signed under another screen."""
        self._drafts = self._visit.drafts
        self._focus = min(self._focus, len(self._drafts))
        super().on_screen_resume()

    def redraw(self) -> None:
        """Paint everything; findings stream in."""
        visit, checking = self._visit, self.hold.checking
        self._paint_heading()
        pane = self.query_one("#pane", Pane)
        running = bool(checking and checking.running)
        wanted, width = self._wanted, self.columns
        beside = self._checklist.checks_beside(wanted.profile)
        proof = paint.proof(
            visit.findings,
            sorted(visit.check_ids, key=lambda one: one not in beside),
            running=running,
            width=pane.columns,
            notes=visit.checks.notes,
        )
        pane.paint(proof)
        self.query_one("#wanted", Static).update(
            stack(
                (
                    paint.wanted(wanted.model, wanted.release, width),
                    paint.effort(self._checklist, wanted.profile, visit.findings, width),
                )
            )
        )
        drafts = self.query_one("#drafts", Static)
        drafts.display = bool(self._drafts)
        if self._drafts:
            today = visit.now().astimezone()
            drafts.update(paint.drafts(self._rows(), self._focus, today, width))

    def _paint_heading(self) -> None:
        visit = self._visit
        signed = sum(path.startswith("reviews/") for path in visit.entries)
        said = f"{signed} signed" if signed else "no review yet"
        title = (
            text("holdshort", "$hs-brand bold"),
            text(visit.repo.root.name, "bold"),
            text(f"{visit.branch or 'detached HEAD'} @ {visit.commit[:7]}", "$hs-muted"),
        )
        facts = text(f"{said}   {len(visit.entries)} files", "$hs-muted")
        self.paint_heading(spread(join(title, "   "), facts, self.columns))

    def _rows(self) -> list[paint.DraftRow]:
        rows = []
        for info in self._drafts:
            key, history = info.state.key, info.state.history
            answers = {
                question: answer
                for change in history.changes[: history.cursor]
                for question, answer in change.answers.items()
            }
            profile = self._checklist.profiles.get(info.state.profile)
            rows.append(
                paint.DraftRow(
                    name=f"{key.model} {key.release}",
                    reviewer=key.reviewer,
                    profile=info.state.profile,
                    answered=sum(bool(one and one.verdict) for one in answers.values()),
                    total=len(profile.questions) if profile else 0,
                    saved_at=datetime.fromtimestamp(info.saved_at, UTC).astimezone(),
                )
            )
        return rows

    # Actions

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer to move only where there is something to move through."""
        del parameters
        if action == "follow":
            return bool(self.hold.warning)
        return action not in {"up", "down"} or bool(self._drafts)

    def action_start(self) -> None:
        """Open the review in focus, else the one named below."""
        self.attempt(lambda: self.hold.begin(self._chosen()))
        self.refresh_all()

    def action_fixes(self) -> None:
        """Show what is left to do for the review in focus."""
        wanted = self._chosen()

        def chosen(question: str | None) -> None:
            if question:
                self.attempt(lambda: self.hold.begin(wanted, question))
                self.refresh_all()

        self.attempt(lambda: self.hold.open_fixes(wanted, chosen))
        self.refresh_all()

    def _chosen(self) -> Wanted:
        if self._focus >= len(self._drafts):
            return self._wanted
        key = self._drafts[self._focus].state.key
        return replace(
            self._wanted, model=key.model, release=key.release, checklist=key.checklist, profile=""
        )

    def action_rename(self) -> None:
        """Name what is reviewed: a release, or a model and a release."""
        window = LineWindow(
            "Release, or model and release",
            self._rename,
            value=f"{self._wanted.model} {self._wanted.release}",
            hint="such as 1.4.0 or churn 1.4.0",
        )
        self.app.push_screen(window, lambda _: self.refresh_all())

    def _rename(self, typed: str) -> bool:
        names = typed.split()
        if not 1 <= len(names) <= len(("model", "release")):
            raise UsageError("one or two names: the release, or the model and the release")
        names[-1] = names[-1].removeprefix("v")
        for name in names:
            if not is_slug(name):
                raise UsageError(f"{one_line(name, 40)!r} is no name: use a-z, 0-9, dot, dash")
        model = names[0] if len(names) > 1 else self._wanted.model
        self._wanted = replace(self._wanted, model=model, release=names[-1])
        self._focus = len(self._drafts)
        return True

    def action_follow(self) -> None:
        """Look at the new HEAD."""
        self.attempt(self.hold.follow_head)
        if self.hold.visit:
            self._visit = self.hold.visit
        self.refresh_all()

    def action_profile(self) -> None:
        """Take the next profile of the checklist."""
        names = list(self._checklist.profiles)
        at = names.index(self._wanted.profile) if self._wanted.profile in names else -1
        self._wanted = replace(self._wanted, profile=names[(at + 1) % len(names)])
        self._focus = len(self._drafts)
        self.refresh_all()

    def action_down(self) -> None:
        """Go to the next draft."""
        self.action_pick(self._focus + 1)

    def action_up(self) -> None:
        """Go to the previous draft."""
        self.action_pick(self._focus - 1)

    def action_pick(self, number: int) -> None:
        """Put the focus on a row."""
        self._focus = min(max(number, 0), len(self._drafts))
        self.refresh_all()

    def action_checks(self) -> None:
        """Show what the checks found."""
        self.hold.open_checks()

"""What a signature would claim; Enter seals, signs, verifies and commits the one file.

A step that fails comes back here with the program's own words; nothing was written and the
draft is as it was. Git and ssh-keygen run in a thread; only a passphrase or a touch gets the
terminal.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from holdshort.errors import HoldshortError
from holdshort.model.review import Decision, Review
from holdshort.tui.actions import Place, bindings_of
from holdshort.tui.editor import on_terminal
from holdshort.tui.paint import sign as paint
from holdshort.tui.screens.shell import Pane, Shell
from holdshort.tui.text import EMPTY, join, spread, text

if TYPE_CHECKING:
    from holdshort.walkthrough.keys import SigningKey
    from holdshort.walkthrough.sealing import Claims, Committed
    from holdshort.walkthrough.session import Walkthrough

Next = Callable[[], None] | None
"""What is to be done on the interface's own thread once slow work is done."""

WAIVER_DAYS = 30
"""Days a waiver is offered for. Source: our own choice; the policy's limit is 90 by default."""


class SignScreen(Shell):
    """The last look before signing."""

    PLACE = Place.SIGN
    BINDINGS = bindings_of(Place.SIGN)

    def __init__(self, walk: Walkthrough) -> None:
        """Begin with approve."""
        super().__init__()
        self._walk = walk
        self._decision = Decision.APPROVE
        self._focus = 0
        self._key: SigningKey | None = None
        self._key_words = "looking for it..."
        self._record = ""
        self._busy = False

    def on_mount(self) -> None:
        """Look for the key beside the interface."""
        self._in_thread(self._find_key, keys_wait=False)

    def redraw(self) -> None:
        """Paint the claims, or the record that would be written."""
        review, visit = self._walk.review, self._walk.visit
        name = join((text("Sign", "bold"), text(review.model), text(review.release)), " ")
        head = f"{visit.branch or 'detached HEAD'} @ {visit.commit[:7]}"
        self.paint_heading(
            spread(
                join((name, text(self._walk.profile, "$hs-muted"))),
                text(head, "$hs-muted"),
                self.columns,
            ),
        )
        pane = self.query_one("#pane", Pane)
        if self._record:
            pane.paint(paint.record_page(self._record))
            return
        claimed = self._claims()
        self._focus = min(self._focus, max(len(paint.open_rows(claimed)) - 1, 0))
        page = paint.sign_page(
            claimed,
            review,
            self._decision,
            focus=self._focus,
            key=self._key_words,
            width=pane.columns,
        )
        pane.paint(page)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Tell whether an action does something now."""
        del parameters
        if self.has_class("-tiny"):
            return action == "quit"
        if self._busy:
            return action in {"help", "palette"}
        if action in {"waive", "up", "down"}:
            return bool(paint.open_rows(self._claims()))
        return True

    def _claims(self) -> Claims:
        from holdshort.walkthrough.sealing import claims  # noqa: PLC0415 - loaded by the engine

        return claims(self._walk, self._decision)

    # Actions

    def action_back(self) -> None:
        """Close the record, else the screen; nothing was written."""
        if self._record:
            self._record = ""
            self.refresh_all()
        else:
            self.dismiss(None)

    def action_approve(self) -> None:
        """Decide to approve."""
        self._decide(Decision.APPROVE)

    def action_reject(self) -> None:
        """Decide to reject."""
        self._decide(Decision.REJECT)

    def action_comment(self) -> None:
        """Sign without a decision."""
        self._decide(Decision.COMMENT)

    def action_down(self) -> None:
        """Go to the next open question."""
        self._focus += 1
        self.refresh_all()

    def action_up(self) -> None:
        """Go to the previous open question."""
        self._focus = max(self._focus - 1, 0)
        self.refresh_all()

    def action_record(self) -> None:
        """Show the record that would be written, or close it."""
        if self._record:
            self.action_back()
            return
        from holdshort.walkthrough.sealing import preview  # noqa: PLC0415 - loaded by the engine

        def work() -> None:
            self._record = preview(self._walk, self._decision)

        self._run(work, "Writing it out...")

    def action_waive(self) -> None:
        """Accept the open question in focus until a date."""
        from holdshort.tui.screens.waiver import WaiverWindow  # noqa: PLC0415 - on first use

        question = paint.open_rows(self._claims())[self._focus].id

        def save(reason: str, owner: str, expires: str) -> None:
            self._walk.waive(question, reason=reason, owner=owner, expires=expires)
            self.hold.mark_saved()

        expires = self._walk.today() + timedelta(days=WAIVER_DAYS)
        owner = self._walk.review.reviewer.id
        window = WaiverWindow(question, save, owner=owner, expires=expires.isoformat())
        self.app.push_screen(window, lambda _: self.refresh_all())

    def action_commit(self) -> None:
        """Seal, sign and commit."""
        if self.hold.checking and self.hold.checking.running:
            self.say(text("Some checks have not reported yet; Enter again when they have."))
            self.refresh_all()
            return
        self._run(self._sign_quietly, "Signing...")

    # Signing, step by step

    def _find_key(self) -> None:
        from holdshort.walkthrough.keys import signing_key  # noqa: PLC0415 - loaded by the engine

        try:
            self._key = signing_key(self._walk.visit)
            self._key_words = self._key.name
        except HoldshortError as error:
            self._key_words = error.message
            raise

    def _sign_quietly(self) -> Next:
        """Sign without the terminal: by the agent, or with a key that has no passphrase."""
        from holdshort.walkthrough.keys import LockedKeyError  # noqa: PLC0415 - as above
        from holdshort.walkthrough.sealing import seal, sign_review  # noqa: PLC0415 - as above

        if self._key is None:
            self._find_key()
        sealed = seal(self._walk, self._decision)
        try:
            signed = sign_review(sealed, self._key) if self._key else sealed
        except LockedKeyError:
            return partial(self._sign_on_terminal, sealed)
        return self._commit(signed)

    def _sign_on_terminal(self, sealed: Review) -> None:
        """Give the terminal to the signing program, which asks for passphrase or touch."""
        from holdshort.walkthrough.sealing import sign_review  # noqa: PLC0415 - as above

        key = self._key
        signed = self.attempt(
            lambda: on_terminal(
                self.app, lambda: key and sign_review(sealed, key, interactive=True)
            )
        )
        if signed:
            self._run(lambda: self._commit(signed), "Committing...")
        self.refresh_all()

    def _commit(self, signed: Review) -> Next:
        from holdshort.walkthrough.sealing import commit_review  # noqa: PLC0415 - as above

        return partial(self._finish, commit_review(self._walk, signed))

    def _finish(self, done: Committed) -> None:
        from holdshort.tui.screens.done import DoneScreen  # noqa: PLC0415 - on first use

        release = self._walk.review.release
        self.hold.finished()
        self.app.push_screen(DoneScreen(done, release))

    # Beside the interface

    def _run(self, work: Callable[[], Next], said: str) -> None:
        self.say(text(said, "$hs-muted"))
        self._in_thread(work)
        self.refresh_all()

    def _in_thread(self, work: Callable[[], Next], *, keys_wait: bool = True) -> None:
        """Do slow work, then what it says comes next; with `keys_wait` no key acts till then."""
        following: list[Next] = []
        problem: list[HoldshortError] = []
        self._busy = self._busy or keys_wait

        def guarded() -> None:
            try:
                following.append(work())
            except HoldshortError as error:
                problem.append(error)

        def then() -> None:
            if keys_wait:
                self._busy = False
                self.say(EMPTY)
            for error in problem:
                self.tell(error)
            self.refresh_all()
            for step in following:
                if step:
                    step()

        self.hold.in_thread(guarded, then, finish=keys_wait)

    def _decide(self, decision: Decision) -> None:
        self._decision, self._record = decision, ""
        self.say(EMPTY)
        self.refresh_all()

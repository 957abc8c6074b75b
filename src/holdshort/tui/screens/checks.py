"""What the checks found, one row each, the one in focus with its places."""

from __future__ import annotations

from collections.abc import Iterator

from textual.content import Content

from holdshort.model.exceptions import idle
from holdshort.model.finding import Finding, Outcome
from holdshort.tui.actions import Place, bindings_of
from holdshort.tui.paint import rows, words
from holdshort.tui.screens.listed import Listed
from holdshort.tui.text import block, fit, join, labelled, spread, text, wrapped

_PLACES = 4


class ChecksScreen(Listed):
    """The list of checks above the details of one."""

    PLACE = Place.CHECKS
    BINDINGS = bindings_of(Place.CHECKS)

    def count(self) -> int:
        """Return how many checks there are."""
        return len(self.ids)

    @property
    def ids(self) -> tuple[str, ...]:
        """Every check, in the order shown."""
        return self.hold.visit.check_ids if self.hold.visit else ()

    @property
    def finding(self) -> Finding | None:
        """What the check in focus said, if it has reported."""
        return self._findings().get(self.ids[self.focus_at]) if self.ids else None

    def redraw(self) -> None:
        """Paint list and details."""
        findings, checking = self._findings(), self.hold.checking
        running = checking.running if checking else set[str]()
        counts = [
            text(
                f"{sum(f.outcome is one for f in findings.values())} {one.replace('_', ' ')}",
                words.outcome_style(one),
            )
            for one in Outcome
            if any(f.outcome is one for f in findings.values())
        ]
        title = join(
            (text("Checks", "bold"), text(f"{len(findings)} of {len(self.ids)} done"), *counts)
        )
        spent = text(f"{checking.elapsed_s:.1f} s" if checking else "", "$hs-muted")
        self.paint_heading(spread(title, spent, self.columns))
        lines = []
        for number, name in enumerate(self.ids):
            focused = number == self.focus_at
            if found := findings.get(name):
                lines.append(rows.finding_row(found, self.columns, focused=focused, number=number))
            else:
                lines.append(
                    rows.waiting_row(
                        name, self.columns, focused=focused, running=name in running, number=number
                    )
                )
        self.paint_list(lines, list(self._detail()))

    def _findings(self) -> dict[str, Finding]:
        return self.hold.visit.findings if self.hold.visit else {}

    def _detail(self) -> Iterator[Content]:
        finding, width = self.finding, self.columns
        if finding is None:
            return
        yield from wrapped(text(finding.shown, "bold"), width, 2)
        for place in finding.evidence[:_PLACES]:
            yield fit(join((text(f"  {place.where}", "$hs-key"), text(place.said))), width)
        if len(finding.evidence) > _PLACES:
            yield text(f"  and {len(finding.evidence) - _PLACES} more places", "$hs-muted")
        for said in idle([finding]):
            yield from wrapped(text(said, "$hs-warn"), width, 2)
        if finding.coverage.not_checked:
            yield fit(text(f"Not looked at: {finding.coverage.not_checked}", "$hs-muted"), width)
        if finding.coverage.errors:
            yield fit(text(f"Not read: {', '.join(finding.coverage.errors)}", "$hs-warn"), width)
        if finding.remediation:
            to_do = block(finding.remediation)
            yield from labelled(text("To do", "$hs-muted"), to_do, width, indent=7, limit=3)

    # Actions

    def action_go(self) -> None:
        """Go to the question the check in focus stands beside."""
        walk = self.hold.walk
        name = self.ids[self.focus_at] if self.ids else ""
        beside = [
            view.question.id
            for view in (walk.views() if walk else ())
            if any(one.id == name for one in view.question.checks)
        ]
        if beside:
            self.dismiss(beside[0])
        else:
            self.say(text("No question asked here rests on this check.", "$hs-muted"))
            self.refresh_all()

    def action_open_file(self) -> None:
        """Open the first place of the check in focus in the editor."""
        places = self.finding.evidence if self.finding else ()
        if places:
            line = 0 if places[0].cell else places[0].line
            self.attempt(lambda: self.hold.edit(places[0].path, line))
        else:
            self.say(text("This check names no place.", "$hs-muted"))
        self.refresh_all()

    def action_rerun(self) -> None:
        """Run the check in focus again."""
        if self.ids:
            self.hold.run_checks((self.ids[self.focus_at],))
        self.refresh_all()

    def action_rerun_all(self) -> None:
        """Run every check again."""
        self.hold.run_checks()
        self.refresh_all()

    def action_checks(self) -> None:
        """Close, as the same key opened it."""
        self.dismiss(None)

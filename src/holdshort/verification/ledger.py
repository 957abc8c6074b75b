"""The ledger of duties: what each has to say, gathered while verification goes on.

A duty that fails does so in one of two ways. `fail`: something was forged, changed or is not
what it says, which no gate forgives (exit code 4). `block`: everything is genuine, and the
answer is no (exit code 1).
"""

from __future__ import annotations

from holdshort.model.verification import DUTIES, Duty, DutyState

_WORSE = (DutyState.OK, DutyState.NOT_PERFORMED, DutyState.UNDETERMINED, DutyState.FAILED)


class Ledger:
    """Every duty starts as ok and can only get worse."""

    def __init__(self) -> None:
        """Open a page for each duty."""
        self._states = dict.fromkeys(DUTIES, DutyState.OK)
        self._details: dict[int, list[str]] = {number: [] for number in DUTIES}
        self._broken = False

    def note(self, number: int, detail: str) -> None:
        """Add a remark, once."""
        if detail not in self._details[number]:
            self._details[number].append(detail)

    def fail(self, number: int, detail: str) -> None:
        """A duty does not hold, because something is not what it says."""
        self._broken = True
        self._worsen(number, DutyState.FAILED, detail)

    def block(self, number: int, detail: str) -> None:
        """A duty does not hold, and nobody did anything forbidden."""
        self._worsen(number, DutyState.FAILED, detail)

    def undetermined(self, number: int, detail: str) -> None:
        """A duty cannot be decided."""
        self._worsen(number, DutyState.UNDETERMINED, detail)

    def not_performed(self, number: int, detail: str) -> None:
        """A duty was not carried out, and why."""
        self._worsen(number, DutyState.NOT_PERFORMED, detail)

    def failed(self, number: int) -> bool:
        """Tell whether a duty does not hold."""
        return self._states[number] is DutyState.FAILED

    @property
    def broken(self) -> bool:
        """Whether anything was forged, changed or is not what it says."""
        return self._broken

    @property
    def blocked(self) -> bool:
        """Whether any duty does not hold."""
        return DutyState.FAILED in self._states.values()

    @property
    def undecided(self) -> bool:
        """Whether any duty could not be decided."""
        return DutyState.UNDETERMINED in self._states.values()

    def duties(self) -> tuple[Duty, ...]:
        """Return every duty in order."""
        return tuple(
            Duty(number=number, state=state, details=tuple(self._details[number]))
            for number, state in self._states.items()
        )

    def _worsen(self, number: int, state: DutyState, detail: str) -> None:
        if _WORSE.index(state) > _WORSE.index(self._states[number]):
            self._states[number] = state
        self.note(number, detail)

"""What is known of the states of a line, and what one look tells about its neighbours.

A state is a run of commits with the very same files. A look at one holds for every state with the
same tree, and for neighbours that differ only in the content of files which no check read: there
the checks would be given the same. Files that come or go always count, for checks read the list.
"""

from __future__ import annotations

from itertools import pairwise

from holdshort.model.history import Look
from holdshort.storage.line import Line, Step


class Known:
    """The looks at a line so far, by number of state, oldest state 0.

    Attributes:
        line: the commits.
        starts: where on the line each state begins.
        looks: what is known of each state, None where nothing is.
        looked: how many states the checks were run at.
    """

    def __init__(self, line: Line) -> None:
        """Know nothing yet."""
        trees = line.trees
        changes = [at for at in range(1, len(trees)) if trees[at] != trees[at - 1]]
        self.line = line
        self.starts = (0, *changes)
        self.looks: list[Look | None] = [None] * len(self.starts)
        self.looked = 0
        self._ends = (*(at - 1 for at in changes), len(trees) - 1)
        self._same: dict[str, list[int]] = {}
        for state, at in enumerate(self.starts):
            self._same.setdefault(trees[at], []).append(state)

    def add(self, state: int, look: Look) -> None:
        """Take what a look at a state found, for all that it holds for."""
        self.looked += 1
        self.looks[state] = look
        if look.is_settled:
            for same in self._same[self.line.trees[self.starts[state]]]:
                for near in self.reach(same, look):
                    self.looks[near] = self.looks[near] or look

    def reach(self, state: int, look: Look) -> range:
        """Return the states around one at which the checks would find the same."""
        first = last = state
        if look.is_settled:
            while first > 0 and not self._matters(first, look):
                first -= 1
            while last + 1 < len(self.starts) and not self._matters(last + 1, look):
                last += 1
        return range(first, last + 1)

    def unknown(self) -> list[int]:
        """Return the states of which nothing is known, oldest first."""
        return [state for state, look in enumerate(self.looks) if look is None]

    def gaps(self) -> list[tuple[int, int]]:
        """Return neighbours among the known states with unknown ones between, oldest first."""
        known = [state for state, look in enumerate(self.looks) if look is not None]
        return [(one, two) for one, two in pairwise(known) if two - one > 1]

    def differs(self, one: int, two: int) -> bool:
        """Tell whether any check has another outcome at two known states."""
        outcomes = (
            {name: seen.outcome for name, seen in look.seen.items()} if look else {}
            for look in (self.looks[one], self.looks[two])
        )
        return next(outcomes) != next(outcomes)

    def expected_looks(self) -> int:
        """Estimate how many looks it takes to know every state."""
        known = [state for state, look in enumerate(self.looks) if look is not None]
        if not known or known[0] or known[-1] + 1 < len(self.looks):
            return len(self.unknown())
        return sum(
            self._matters(state, look)
            for one, two in self.gaps()
            if (look := self.looks[one])
            for state in range(one + 1, two)
        )

    def moments(self, state: int) -> tuple[int, int]:
        """Return the places on the line of the first and last commit of a state."""
        return self.starts[state], self._ends[state]

    def _matters(self, state: int, look: Look) -> bool:
        """Tell whether what changed into a state may change what a look beside it found."""
        step = self.line.steps[self.starts[state]]
        return step is None or _touches(step, look.read)


def _touches(step: Step, read: frozenset[str]) -> bool:
    return any(one.old_mode != one.new_mode or one.path in read for one in step)

"""The command palette: the same actions as the keys, found by name."""

from __future__ import annotations

from functools import partial

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from holdshort.tui.actions import Action
from holdshort.tui.screens.shell import Shell
from holdshort.tui.text import text


class Commands(Provider):
    """What can be done on the screen below."""

    async def discover(self) -> Hits:
        """Yield everything before anything is typed."""
        for action in self._actions():
            yield DiscoveryHit(
                self._shown(action), partial(self._run, action), action.name, action.help
            )

    async def search(self, query: str) -> Hits:
        """Yield what fits the words typed."""
        matcher = self.matcher(query)
        for action in self._actions():
            score = matcher.match(f"{action.name} {action.help}")
            if score > 0:
                shown = self._shown(action)
                yield Hit(score, shown, partial(self._run, action), action.name, action.help)

    def _actions(self) -> list[Action]:
        screen = self.screen
        return (
            [one for one in screen.legal() if one.id != "palette"]
            if isinstance(screen, Shell)
            else []
        )

    def _shown(self, action: Action) -> Content:
        return text(f"{action.name}  ") + text(action.shown, "$hs-key")

    async def _run(self, action: Action) -> None:
        await self.screen.run_action(action.call(action.keys[0]))

"""The footer: one line of keys that work right now, never wider than the window."""

from __future__ import annotations

from collections.abc import Iterable

from textual.content import Content

from holdshort.tui.actions import Action
from holdshort.tui.text import EMPTY, on_click, text


def painted(actions: Iterable[Action], width: int) -> Content:
    """Return the footer for the actions that are legal; the least important give way."""
    groups: list[list[Action]] = []
    for action in actions:
        if not action.hint:
            continue
        if groups and groups[-1][0].hint == action.hint:
            groups[-1].append(action)
        else:
            groups.append([action])
    while groups:
        line = Content("  ").join([_entry(group) for group in groups])
        if line.cell_length <= width:
            return line
        groups.remove(max(reversed(groups), key=lambda group: group[0].rank))
    return EMPTY


def _entry(group: list[Action]) -> Content:
    keys = Content(" ").join(
        [on_click(text(_first(one), "$hs-key bold"), one.call(one.keys[0])) for one in group]
    )
    hint = text(f" {group[0].hint}", "$hs-muted")
    return keys + (on_click(hint, group[0].call(group[0].keys[0])) if len(group) == 1 else hint)


def _first(action: Action) -> str:
    return action.shown.split(" ")[0]

"""The list of actions to ready, as lines of text or as the body of an issue."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from holdshort.model.action import Action, ActionKind
from holdshort.model.text import one_line, visible_lines
from holdshort.reports.markdown import escaped

_TITLES = {
    ActionKind.ACCEPT: "Accept what the checks suggest",
    ActionKind.ANSWER: "Answer",
    ActionKind.COMPLETE: "Complete",
    ActionKind.FIX: "Fix",
    ActionKind.WAIVE: "Waive, or cure",
    ActionKind.SIGN: "Sign",
    ActionKind.ASK: "Ask",
}


def action_lines(actions: Sequence[Action]) -> Iterator[str]:
    """Yield the actions, numbered, each with what to paste."""
    for number, action in enumerate(actions, 1):
        named = ", ".join(action.questions)
        owner = f"  [{action.owner}]" if action.owner != "any" else ""
        yield f"{number:>2}. {_TITLES[action.kind]}{': ' * bool(named)}{named}{owner}"
        yield f"    {one_line(action.why, 300)}"
        if action.place:
            yield f"    at {action.place}"
        shown = action.message or action.fix
        yield from (f"      {line}" for line in visible_lines(shown).split("\n") if shown)
    if not actions:
        yield "Nothing is left to do here. Check it: holdshort verify"


def actions_markdown(actions: Sequence[Action], *, title: str) -> str:
    """Return the body of an issue: a box to tick for each action."""
    return "\n".join(_markdown(actions, title)) + "\n"


def _markdown(actions: Sequence[Action], title: str) -> Iterator[str]:
    yield f"## {escaped(title)}"
    yield ""
    for action in actions:
        named = ", ".join(f"`{one}`" for one in action.questions)
        head = f"**{_TITLES[action.kind]}**" + (f" {named}" if named else "")
        owner = f" ({escaped(action.owner)})" if action.owner != "any" else ""
        place = f", {escaped(action.place)}" if action.place else ""
        yield f"- [ ] {head}{owner}: {escaped(action.why, 300)}{place}"
        if shown := action.message or action.fix:
            yield ""
            yield from (f"      {line}" for line in visible_lines(shown).split("\n"))
            yield ""
    if not actions:
        yield "Nothing is left to do."

"""The one table of what a person can do: it feeds keys, footer, palette, help and docs/keys.md.

A row names a method `action_<id>` of the screens it works on. A key has one meaning per screen,
and `y n p x i u` mean the same wherever a question is shown. Letters are typed as they are, so
`S` is Shift and s; Textual calls a few keys by name, `KEY_NAMES` translates them for people.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from textual.binding import Binding, BindingType


class Place(StrEnum):
    """Where keys work: the screens, then the windows above them."""

    HOME = "Home"
    QUESTION = "Question"
    OVERVIEW = "Overview"
    SIGN = "Sign"
    CHECKS = "Checks"
    FIXES = "Fix list"
    DONE = "Done"
    HELP = "Help"
    LINE = "A line to type"
    PICKER = "Evidence"
    FILTER = "Filter"
    WAIVER = "Waiver"


WINDOWS = frozenset({Place.LINE, Place.PICKER, Place.FILTER, Place.WAIVER})
"""The windows above a screen; the first two and the last are for typing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One thing a person can do.

    Attributes:
        id: the method's name without `action_`; the same action may stand in several rows.
        keys: Textual's names, the first is the one shown.
        name: two or three words, for palette and help.
        help: one sentence.
        places: where it works.
        hint: the word in the footer, empty to leave it out; neighbours with one word share it.
        rank: footer entries with a higher rank give way first.
        keyed: the method takes the key as its argument.
    """

    id: str
    keys: tuple[str, ...]
    name: str
    help: str
    places: tuple[Place, ...]
    hint: str = ""
    rank: int = 5
    keyed: bool = False

    @property
    def shown(self) -> str:
        """The keys as a person reads them."""
        if self.keys == _DIGITS:
            return "1-9"
        return " ".join(KEY_NAMES.get(key, key) for key in self.keys)

    def call(self, key: str) -> str:
        """Return what Textual runs for one of the keys."""
        return f"{self.id}('{key}')" if self.keyed else self.id


_DIGITS = tuple("123456789")

KEY_NAMES = {
    "enter": "Enter",
    "escape": "Esc",
    "up": "Up",
    "down": "Down",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "question_mark": "?",
    "slash": "/",
    "exclamation_mark": "!",
    "equals_sign": "=",
    "tab": "Tab",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "ctrl+e": "^e",
    "ctrl+p": "^p",
    "ctrl+q": "^q",
    "ctrl+r": "^r",
    "ctrl+x": "^x",
}

_BY_LETTER = {
    "H": Place.HOME,
    "Q": Place.QUESTION,
    "O": Place.OVERVIEW,
    "S": Place.SIGN,
    "C": Place.CHECKS,
    "F": Place.FIXES,
    "D": Place.DONE,
    "?": Place.HELP,
    "l": Place.LINE,
    "p": Place.PICKER,
    "f": Place.FILTER,
    "w": Place.WAIVER,
}


def _act(
    places: str, keys: str, action: str, name: str, said: str, hint: str = "", rank: int = 5
) -> Action:
    return Action(
        id=action,
        keys=_DIGITS if keys == "1-9" else tuple(keys.split()),
        name=name,
        help=said,
        places=tuple(_BY_LETTER[letter] for letter in places),
        hint=hint,
        rank=rank,
        keyed=action in _KEYED,
    )


_ALL = "HQOSCFD?"
_KEYED = frozenset({"number", "switch"})

ACTIONS = (
    _act("H", "enter", "start", "Start", "Open the review named here.", "Start", 1),
    _act("H", "m", "rename", "Change", "Name another model or release.", "Change", 3),
    _act("H", "x", "fixes", "Fix list", "What is left to do, cheapest first.", "Fix list", 4),
    _act("H", "N", "profile", "Other profile", "Ask more or fewer questions.", "Profile", 6),
    _act("Q", "y", "yes", "Yes", "Answer yes and go on.", "Answer", 1),
    _act("Q", "n", "no", "No", "Answer no; a failing check becomes the note.", "Answer", 1),
    _act("Q", "p", "partly", "Partly", "Answer partly.", "Answer", 1),
    _act("Q", "x", "not_applicable", "Not applicable", "The note says why.", "Answer", 1),
    _act("Q", "i", "cannot_tell", "I cannot tell", "The note says why.", "Answer", 1),
    _act("Q", "enter", "accept", "Accept", "Take a suggested yes with its evidence.", "Accept", 2),
    _act("Q", "1-9", "number", "Choose", "Attach what stands under the digit."),
    _act("Q", "e", "evidence", "Evidence", "Attach a file, a commit or a link.", "Evidence", 2),
    _act("Q", "c", "note", "Note", "Write a note.", "Note", 2),
    _act("Q", "s", "skip", "Skip", "Put the question off and go on.", "Skip", 7),
    _act("Q", "g", "guidance", "Guidance", "Show all of the guidance, or less."),
    _act("QCF", "E", "open_file", "Editor", "Open the first evidence or place in $EDITOR."),
    _act("HQOCF", "j down", "down", "Next", "Go to the next question or row.", "Move", 5),
    _act("HQOCF", "k up", "up", "Previous", "Go to the previous question or row.", "Move", 5),
    _act("S", "down", "down", "Next", "Go to the next open question."),
    _act("S", "up", "up", "Previous", "Go to the previous open question."),
    _act("QO", "J", "next_section", "Next section", "Go to the next section."),
    _act("QO", "K", "previous_section", "Previous section", "Go to the previous section."),
    _act("O", "enter", "go", "Go", "Go to the question in focus.", "Go", 1),
    _act("C", "enter", "go", "Go", "Go to the question of the check in focus.", "Go", 1),
    _act("F", "enter", "go", "Go", "Begin the review at the question in focus.", "Go", 1),
    _act("C", "v", "rerun", "Again", "Run the check in focus again.", "Again", 3),
    _act("C", "r", "rerun_all", "All again", "Run every check again.", "All again", 4),
    _act("S", "enter", "commit", "Sign", "Sign, and commit this one file.", "Sign and commit", 1),
    _act("S", "a", "approve", "Approve", "Decide to approve.", "Decide", 2),
    _act("S", "r", "reject", "Reject", "Decide to reject.", "Decide", 2),
    _act("S", "k", "comment", "Comment", "Sign without a decision.", "Decide", 2),
    _act("S", "equals_sign", "record", "Record", "Show what would be written.", "Record", 3),
    _act("S", "W", "waive", "Waiver", "Accept an open question until a date.", "Waiver", 4),
    _act("QO", "u", "undo", "Undo", "Take the last step back, without limit.", "Undo", 6),
    _act("QO", "ctrl+r", "redo", "Redo", "Bring back what was undone."),
    _act("QO", "f", "filter", "Filter", "Choose which questions to stop at.", "Filter", 7),
    _act("QO?", "slash", "find", "Find", "Find text in ids, questions and notes.", "Find", 8),
    _act("QO", "right_square_bracket", "next_hit", "Next hit", "Go to the next one found."),
    _act("QO", "left_square_bracket", "previous_hit", "Last hit", "Go to the one found before."),
    _act("O", "X", "bulk", "Section n/a", "Answer a section with one reason.", "Section n/a", 7),
    _act("QO", "o", "overview", "Overview", "Show all questions, or go back.", "Overview", 3),
    _act("HQOC", "t", "checks", "Checks", "Show the checks, or go back.", "Checks", 6),
    _act("QO", "S", "sign", "Sign", "See what a signature would claim.", "Sign", 3),
    _act("HQO", "H", "follow", "Follow HEAD", "Look at the new HEAD."),
    _act("HQOSCF?", "pagedown", "page_down", "Page down", "Scroll down."),
    _act("HQOSCF?", "pageup", "page_up", "Page up", "Scroll up."),
    _act("QOSCF?", "escape", "back", "Back", "Go back; nothing is lost.", "Back", 3),
    _act("D", "enter", "quit", "Finish", "Leave; everything is committed.", "Finish", 1),
    _act(_ALL, "question_mark", "help", "Help", "Show the keys of this screen.", "Help", 0),
    _act(_ALL, "ctrl+p", "palette", "Commands", "Find a command by its name."),
    _act(_ALL, "q ctrl+q", "quit", "Quit", "Leave; everything is saved.", "Quit", 1),
    _act("lw", "enter", "submit", "Keep", "Keep the line; a list ends with an empty one.", "Keep"),
    _act("p", "enter", "submit", "Attach", "Attach what is marked or in focus.", "Attach", 1),
    _act("p", "tab", "mark", "Mark", "Mark several to attach together.", "Mark several", 3),
    _act("p", "down", "down", "Next", "Go to the next row."),
    _act("p", "up", "up", "Previous", "Go to the previous row."),
    _act("p", "ctrl+x", "remove", "Remove", "Take the evidence in focus off.", "Remove", 4),
    _act("l", "ctrl+e", "editor", "Editor", "Write the text in $EDITOR.", "Editor", 3),
    _act("f", "u m b w s exclamation_mark", "switch", "Filter", "Put a filter on or off."),
    _act("f", "0", "clear", "Clear", "Show all questions.", "All questions", 2),
    _act("f", "enter f", "close", "Close", "Keep the filters as shown.", "Keep", 1),
    _act("lpfw", "escape", "cancel", "Close", "Close; nothing is changed.", "Close", 2),
)
"""Every action, in the order of footer and help."""


def actions_of(place: Place) -> Iterator[Action]:
    """Yield what can be done at a place."""
    return (one for one in ACTIONS if place in one.places)


def bindings_of(place: Place) -> list[BindingType]:
    """Return Textual's bindings of a place."""
    return [
        Binding(
            key,
            one.call(key),
            one.name,
            show=False,
            priority=place in WINDOWS and key != "enter",  # before the line that is typed in
            id=f"{place.lower()}.{one.id}.{key}".replace(" ", "-"),
        )
        for one in actions_of(place)
        for key in one.keys
    ]


def keys_page() -> str:
    """Return docs/keys.md: every place with its keys."""
    lines = ["# Keys", "", "Generated from `holdshort.tui.actions`; a test compares the two.", ""]
    for place in Place:
        lines += [f"## {place}", "", "| key | what | |", "|---|---|---|"]
        lines += [f"| `{one.shown}` | {one.name} | {one.help} |" for one in actions_of(place)]
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"

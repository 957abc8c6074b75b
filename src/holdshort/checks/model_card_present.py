"""A model card says what the model is for, what it was made from and how well it does.

Reads cards that are documents of their own, READMEs with the metadata of a model on the Hugging
Face Hub, and a section of the README called so. A template that nobody filled in is no card.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass

from holdshort.checks.base import Check, Verdict, place
from holdshort.checks.facts import foreign_yaml
from holdshort.checks.facts import model_cards as facts
from holdshort.checks.facts.documents import front_matter, read_document
from holdshort.checks.facts.inventory import File, is_test_path
from holdshort.checks.facts.model_cards import Card, State
from holdshort.checks.facts.python_source import UnreadableSourceError
from holdshort.checks.facts.repository import Repository
from holdshort.model.finding import Level, Outcome, Place

MAX_FILES = 200
"""Most READMEs, and most cards, that are read. Source: our own limit."""

_README = re.compile(r"(?:.*/)?readme\.(?:md|markdown)", re.IGNORECASE)
_ROOT_README = re.compile(r"readme\.(?:md|markdown|rst)", re.IGNORECASE)
_TITLE = re.compile(r"\bmodel[- ]?cards?\b", re.IGNORECASE)
_LINK = re.compile(
    r"\[[^\[\]\n]{0,60}model[- ]?card[^\[\]\n]{0,60}\]{1,2}\((?P<to>[^)\s]{1,300})", re.IGNORECASE
)
_ORDER = (State.FILLED, State.SHORT, State.PLACEHOLDER, State.EMPTY)


@dataclass(frozen=True, slots=True)
class _Hint:
    """What may stand for a card: its place, what it is, and the fact it gives."""

    path: str
    line: int
    why: str
    fact: str


def look(repository: Repository) -> Verdict:
    """Collect every card and report the worst of them."""
    if not repository.inventory.files and not repository.inventory.skipped:
        headline = "Found no tracked file"
        return Verdict(
            outcome=Outcome.NOT_APPLICABLE, headline=headline, facts=_facts([], value=False)
        )
    cards = _without_templates([*_own_documents(repository), *_readmes(repository)])
    cards = cards or list(_section_of_readme(repository))
    if not cards:
        return _without_card(repository)
    doubts = tuple(found for card in cards for found in _doubts(card))
    unread = repository.has_errors()
    doubtful = Outcome.UNKNOWN if unread else Outcome.PASS
    good = tuple(place(c.path, c.line, Level.PASS, _gist(c)) for c in cards if _is_filled(c))
    best = min((card.state for card in cards), key=_ORDER.index)
    value: object = True if best in {State.FILLED, State.SHORT} else str(best)
    return Verdict(
        outcome=Outcome.WARN if doubts else doubtful,
        headline=_headline(cards) + repository.unread_note(),
        evidence=(*doubts, *good),
        facts=_facts(cards, value=value),
        remediation=_REMEDIATION if doubts else "",
    )


_REMEDIATION = (
    "Write a MODEL_CARD.md and fill in every heading:\n"
    "# Model card\n"
    "## Intended use\n"
    "## Limitations and risks\n"
    "## Training data\n"
    "## Evaluation\n"
    "## Who answers for it"
)


def _own_documents(repository: Repository) -> Iterator[Card]:
    named = [f for f in _untested(repository) if facts.is_card_name(f.path)]
    for file in named:
        if not facts.is_readable(file.path):
            repository.note_error(file.path, "no text, so it was not read")
    readable = [file for file in named if facts.is_readable(file.path)]
    for file, text in repository.texts(readable[:MAX_FILES]):
        try:
            yield facts.card_of_text(file.path, text)
        except UnreadableSourceError as error:
            repository.note_error(file.path, str(error))


def _readmes(repository: Repository) -> Iterator[Card]:
    """Yield the READMEs whose metadata are those of a model."""
    named = [f for f in _untested(repository) if _README.fullmatch(f.path)]
    named.sort(key=lambda file: file.path.count("/"))
    for file, text in repository.texts(named[:MAX_FILES]):
        metadata, _, _ = front_matter(text)
        if metadata and not facts.is_card_name(file.path):
            keys = _keys(repository, file.path, metadata)
            if facts.is_model_metadata(keys, nested="/" in file.path):
                described = facts.describes_model(keys)
                yield facts.card_of_text(file.path, text, described=described)


def _untested(repository: Repository) -> list[File]:
    return [file for file in repository.inventory.files if not is_test_path(file.path)]


def _keys(repository: Repository, path: str, metadata: str) -> frozenset[str]:
    try:
        return frozenset(key for key, _ in foreign_yaml.items(foreign_yaml.compose(metadata)))
    except UnreadableSourceError as error:
        repository.note_error(path, f"its metadata: {error}")
        return frozenset()


def _section_of_readme(repository: Repository) -> Iterator[Card]:
    for path in _root_readmes(repository):
        _, body, first_line = front_matter(repository.text(path) or "")
        section = read_document(body, facts.BLANKS, first_line).under(_TITLE)
        if section is not None and (len(section.sections) > 1 or not _links(repository)):
            yield facts.card_of_document(path, section, section.sections[0].line)


def _root_readmes(repository: Repository) -> list[str]:
    return sorted(path for path in repository.paths if _ROOT_README.fullmatch(path))


def _without_templates(cards: list[Card]) -> list[Card]:
    """Leave out the files that are templates by name when there is another card."""
    return [card for card in cards if not facts.is_template_name(card.path)] or cards


def _without_card(repository: Repository) -> Verdict:
    hints = [*_links(repository)]
    hints += [
        _Hint(file.path, 0, "describes a model under another name", "partial")
        for file in _untested(repository)
        if facts.is_related_name(file.path)
    ]
    if hints:
        places = tuple(place(h.path, h.line, Level.WARN, h.why) for h in hints)
        outcome, headline = Outcome.WARN, f"Found no model card; {places[0].where} {hints[0].why}"
    elif repository.has_errors():
        places = ()
        outcome, headline = Outcome.UNKNOWN, "Found no model card in the files that could be read"
    else:
        places = ()
        count = len(repository.paths)
        outcome, headline = Outcome.FAIL, f"Found no model card beside {count} files"
    return Verdict(
        outcome=outcome,
        headline=headline,
        evidence=places,
        facts=_facts([], value=hints[0].fact if hints else False),
        remediation="" if outcome is Outcome.UNKNOWN else _REMEDIATION,
    )


def _links(repository: Repository) -> list[_Hint]:
    """Return where the README sends the reader for a model card."""
    found = []
    for path in _root_readmes(repository):
        text = repository.text(path) or ""
        for number, line in enumerate(text.split("\n"), 1):
            link = _LINK.search(line[:2000])
            if link and not link["to"].startswith("#"):
                target = posixpath.normpath(link["to"].partition("#")[0])
                here = target in repository.paths
                why = f"points to {target}" if here else "points to one elsewhere"
                found.append(_Hint(path, number, why, "partial" if here else "elsewhere"))
    return found[:5]


def _is_filled(card: Card) -> bool:
    return card.state is State.FILLED


def _doubts(card: Card) -> Iterator[Place]:
    if _is_filled(card):
        return
    if not card.words and not card.blanks:
        yield place(card.path, card.line, Level.WARN, "is empty")
        return
    if facts.is_template_name(card.path):
        yield place(card.path, 0, Level.WARN, "is a template by its name")
    for line in card.blanks:
        yield place(card.path, line, Level.WARN, "waits to be filled in")
    for title, line in card.bare:
        yield place(card.path, line, Level.WARN, f"nothing under the heading {title}")
    for missing in _missing(card):
        yield place(card.path, card.line, Level.WARN, f"no filled heading speaks of {missing}")


def _missing(card: Card) -> Iterator[str]:
    if {"use", "limits"}.isdisjoint(card.topics):
        yield "intended use or limits"
    if {"data", "evaluation"}.isdisjoint(card.topics):
        yield "data or evaluation"


def _gist(card: Card) -> str:
    return f"{card.filled} filled headings, on {', '.join(card.topics)}"


def _headline(cards: list[Card]) -> str:
    if len(cards) == 1:
        (card,) = cards
        blanks = f", {len(card.blanks)} lines to fill in" if card.blanks else ""
        bare = f", {len(card.bare)} without text" if card.bare else ""
        return f"{card.path} has {card.filled} filled headings{bare}{blanks}"
    filled = sum(map(_is_filled, cards))
    return f"Found {len(cards)} model cards, {filled} of them filled in"


def _facts(cards: list[Card], *, value: object) -> dict[str, object]:
    return {
        "model_card": value,
        "cards": [
            {
                "path": card.path,
                "line": card.line,
                "state": str(card.state),
                "filled": card.filled,
                "topics": list(card.topics),
            }
            for card in cards
        ],
    }


CHECK = Check(
    id="model-card-present",
    version="1",
    title="model card",
    statement="A model card says what the model is for, what it was made from, how well it does.",
    outcomes={
        Outcome.PASS: (
            "every card is filled in: a heading on use or limits, one on data or evaluation, no"
            " heading without text, no blank of a template"
        ),
        Outcome.WARN: (
            "a template, an empty card, headings without text, a link to a card elsewhere, a"
            " document about the model under another name"
        ),
        Outcome.FAIL: "no model card",
        Outcome.NOT_APPLICABLE: "no tracked file",
        Outcome.UNKNOWN: "a card could not be read",
    },
    rules=(
        "A file named model card counts wherever it is, tests, guides and code excepted.",
        (
            "A README is a card when its metadata are those of a model on the Hugging Face Hub;"
            " those of a dataset, a Space or a web page are not."
        ),
        "[More Information Needed], {{ … }}, TODO and [your …] are blanks; in code they are not.",
        "A template by name does not count beside another card.",
        "With several cards the worst decides.",
    ),
    facts={
        "model_card": (
            "true, false, placeholder, empty, partial (under another name) or elsewhere (a link)"
        ),
        "cards": "path, line, state, filled headings and topics of each card",
    },
    not_checked="whether what it says is true, and of which version of the model",
    look=look,
)

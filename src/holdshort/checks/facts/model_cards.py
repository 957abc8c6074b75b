"""Model cards: which files are one, and what each says.

In: paths, and the text of a file. Out: whether it is a card, and a `Card`. A card is a document
of its own, or a README whose metadata are those of a model on the Hugging Face Hub.
Sources: Mitchell et al. 2019, https://arxiv.org/abs/1810.03993;
https://huggingface.co/docs/hub/model-cards
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

import yaml

from holdshort.checks.facts import foreign_yaml
from holdshort.checks.facts.documents import (
    MAX_LINE,
    Document,
    Section,
    count_words,
    front_matter,
    read_document,
)
from holdshort.checks.facts.words import words


class State(StrEnum):
    """How far a card is filled in."""

    FILLED = "filled"
    SHORT = "short"
    PLACEHOLDER = "placeholder"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class Card:
    """What one model card says.

    Attributes:
        path: of the file.
        line: where the card begins in it, 0 for the whole file.
        filled: how many headings have something under them.
        bare: the headings with nothing under them, with their lines.
        blanks: lines where a template waits to be filled in.
        topics: of `TOPICS`, those that a filled heading speaks of.
        words: how many stand under its headings.
        described: metadata at its top say what the model is.
    """

    path: str
    line: int
    filled: int
    bare: tuple[tuple[str, int], ...]
    blanks: tuple[int, ...]
    topics: tuple[str, ...]
    words: int
    described: bool = False

    @property
    def state(self) -> State:
        """How far it is filled in."""
        if self.blanks or is_template_name(self.path):
            return State.PLACEHOLDER
        if not self.words:
            return State.SHORT if self.described else State.EMPTY
        has_use = not {"use", "limits"}.isdisjoint(self.topics)
        has_proof = not {"data", "evaluation"}.isdisjoint(self.topics)
        return State.FILLED if has_use and has_proof and not self.bare else State.SHORT


TOPICS = {
    "use": r"\buses?\b|usage|intended|applications?\b|use[- ]cases?|out[- ]of[- ]scope|purpose",
    "limits": (
        r"limit|\bbias|\brisk|caveat|ethic|safety|fairness|mitigation|consideration|\bharm"
        r"|implication|responsib|warning"
    ),
    "data": r"\bdata|dataset|corpus|corpora|training",
    "evaluation": (
        r"evaluat|result|metric|performance|benchmark|accuracy|\btest(s|ing)?\b|validation"
    ),
}
"""What a heading of a card speaks of. Source: the sections of Mitchell et al. 2019, figure 1."""

_NAME = re.compile(
    r"(?:.*/)?[^/]*model[-_ ]?cards?(?:[-_. ][^/]*?)?"
    r"(?:\.(?:md|markdown|rst|txt|adoc|org|ya?ml|json|pdf|docx?|html?))?"
    r"|(?:.*/)?model[-_ ]?cards?/(?:[^/]+/)?[^/]+\.(?:md|markdown|rst|txt|adoc|pdf)",
    re.IGNORECASE,
)
_NO_CARD = re.compile(
    r"\.(?:py|ipynb|js|tsx?|sh|j2|jinja2?|css|svg|png|jpe?g|gif|lock|toml|cfg|ini)$"
    r"|^\.github/|(?:^|/)docs?/(?:.*/)?(?:guides?|tutorials?|how-?tos?|api|reference)/",
    re.IGNORECASE,
)
_RELATED = re.compile(
    r"(?:.*/)?model[-_ ]?(?:description|documentation|details|info|facts?|report|sheet)"
    r"\.(?:md|markdown|rst|txt|adoc|pdf)",
    re.IGNORECASE,
)
_TEMPLATE = re.compile(r"template|\.tmpl\b|skeleton|(?:^|[/_-])example[_.-]", re.IGNORECASE)
_UNREADABLE = re.compile(r"\.(?:pdf|docx?)$", re.IGNORECASE)

BLANKS = re.compile(
    r"more information needed|lorem ipsum|^\W*(?:tbd|tba|todo|coming soon)\W*$|(?-i:\bTODO\b)"
    r"|\{\{-?[ ]*[A-Za-z_][\w. ]*(?:\|[^{}]{0,200})?-?\}\}|\{%[^%]{1,200}%\}"
    r"|\[(?:insert|your|add|fill in|describe|todo|tbd|model name|name of)\b[^\]\n]{0,80}\](?!\()"
    r"|<(?:insert|your|add|fill|describe|todo|tbd|model name)\b[^<>\n]{0,80}>",
    re.IGNORECASE,
)
"""What stands where a card of a template waits to be filled in.
Source: https://github.com/huggingface/huggingface_hub, templates/modelcard_template.md"""

_OF_MODEL = words(
    "pipeline_tag library_name model-index base_model base_model_relation model_name model_type"
    " widget inference"
)
_OF_HUB = words("license license_name tags datasets metrics thumbnail")
_OF_OTHERS = words(
    "sdk app_file colorFrom colorTo emoji app_port task_categories task_ids size_categories"
    " dataset_info annotations_creators source_datasets configs layout permalink nav_order"
    " sidebar sidebar_position slug weight date author title"
)


def is_card_name(path: str) -> bool:
    """Tell whether a path is that of a model card."""
    return _NAME.fullmatch(path) is not None and not _NO_CARD.search(path)


def is_related_name(path: str) -> bool:
    """Tell whether a path is that of a document about a model under another name."""
    return _RELATED.fullmatch(path) is not None


def is_template_name(path: str) -> bool:
    """Tell whether a path is that of a template, by its name."""
    return _TEMPLATE.search(path) is not None


def is_readable(path: str) -> bool:
    """Tell whether a card is a text."""
    return not _UNREADABLE.search(path)


def is_model_metadata(keys: frozenset[str], *, nested: bool) -> bool:
    """Tell whether the keys of a README's metadata are those of a model.

    Args:
        keys: of the metadata.
        nested: the README is not at the root, where a licence alone means nothing.
    """
    if describes_model(keys):
        return keys.isdisjoint(words("sdk app_file dataset_info task_categories size_categories"))
    return not nested and not _OF_HUB.isdisjoint(keys) and keys.isdisjoint(_OF_OTHERS)


def card_of_text(path: str, text: str, *, described: bool = False) -> Card:
    """Return the card that a file is; `described` tells that its metadata say what the model is.

    Raises:
        UnreadableSourceError: a card in YAML or JSON that is neither.
    """
    if path.lower().endswith((".yaml", ".yml", ".json")):
        return card_of_document(path, Document(tuple(_of_mapping(text))))
    metadata, body, first_line = front_matter(text)
    rows = enumerate(metadata.split("\n"), 2)
    blanks = tuple(number for number, row in rows if BLANKS.search(row[:MAX_LINE]))
    card = card_of_document(path, read_document(body, BLANKS, first_line))
    return replace(card, blanks=blanks + card.blanks, described=described)


def card_of_document(path: str, document: Document, line: int = 0) -> Card:
    """Return the card that a document, or a section of one, is."""
    filled = document.filled()
    titles = " / ".join(section.title for section in filled)
    topics = tuple(t for t, form in TOPICS.items() if re.search(form, titles, re.IGNORECASE))
    return Card(
        path=path,
        line=line,
        filled=len(filled),
        bare=tuple((section.title, section.line) for section in document.bare()),
        blanks=document.blanks,
        topics=topics,
        words=document.words,
    )


def describes_model(keys: frozenset[str]) -> bool:
    """Tell whether the keys of metadata say what the model is, and not its licence alone."""
    return not _OF_MODEL.isdisjoint(keys)


def _of_mapping(text: str) -> Iterator[Section]:
    """Yield the keys of a card in YAML or JSON as headings, two levels deep."""
    yield Section("", 0, 1)
    for key, node in foreign_yaml.items(foreign_yaml.compose(text)):
        inner = list(foreign_yaml.items(node))
        yield _section(key, 1, node, 0 if inner else _words_in(node))
        for name, below in inner:
            yield _section(name, 2, below, _words_in(below))


def _section(key: str, level: int, node: yaml.Node, count: int) -> Section:
    line = foreign_yaml.line_of(node)
    blank = isinstance(node, yaml.ScalarNode) and BLANKS.search(node.value)
    title = re.sub(r"[_-]+", " ", key)
    return Section(title, level, line, 0 if blank else count, [line] if blank else [])


def _words_in(node: yaml.Node) -> int:
    if isinstance(node, yaml.ScalarNode):
        return 0 if node.value in {"null", "~"} else count_words(node.value)
    children = node.value if isinstance(node.value, list) else []
    flat = [n for child in children for n in (child if isinstance(child, tuple) else (child,))]
    return sum(isinstance(n, yaml.ScalarNode) and bool(n.value) for n in flat) or len(flat)

"""Notebooks are tracked without outputs, and were run from top to bottom.

Reads what running left in each notebook, whatever its language: outputs, errors, credentials in
outputs, and the execution counts. A count proves the order in which cells were run last, not that
the notebook runs again.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from shlex import quote

from holdshort.checks.base import Check, Verdict, place
from holdshort.checks.facts.foreign_yaml import compose, elements, get, line_of, text_of
from holdshort.checks.facts.inventory import File, Kind, is_test_path
from holdshort.checks.facts.notebook_runs import NotebookFacts, Order
from holdshort.checks.facts.python_source import UnreadableSourceError
from holdshort.checks.facts.repository import Repository
from holdshort.checks.facts.text_notebooks import pairing_of
from holdshort.model.finding import Level, Outcome, Place
from holdshort.model.text import visible

_HOOKS = re.compile(
    r"nbstripout|nb-clean|nb_clean|jupyter-nb-clear-output|clear-notebooks?-outputs?|nbdev[-_]clean"
    r"|--clear-output|ClearOutputPreprocessor"
)
_FILTER = re.compile(r"^[^#\n]*\.ipynb[^#\n]*\bfilter=[\w-]{1,60}", re.MULTILINE)
_BOOK = re.compile(r"(^|/)(_toc\.yml|myst\.yml|jupytext\.toml|\.jupytext(\.\w+)?)$")
_MAX_MARKDOWN = 300
_ERRORS_SHOWN = 5


@dataclass(frozen=True, slots=True)
class _Notebook:
    file: File
    facts: NotebookFacts

    @property
    def aside(self) -> bool:
        """Whether it is an input of a test."""
        return is_test_path(self.file.path)

    @property
    def errors(self) -> int:
        """How many cells failed that were not meant to."""
        return sum(not left.expected for left in self.facts.errors)

    @property
    def order_breach(self) -> str:
        """What is wrong with the execution counts, empty when nothing is."""
        return _BREACHES.get(self.facts.order, "")


_BREACHES = {
    Order.OUT_OF_ORDER: "run out of order: a cell above was run after this one or again",
    Order.PARTIALLY_RUN: "not run, though other cells were",
    Order.GAPS: "numbers left out before this cell: more was run than stands here",
}


def look(repository: Repository) -> Verdict:
    """Read every notebook."""
    notebooks = [_Notebook(file, facts) for file, facts in repository.notebooks()]
    unread = repository.has_errors()
    texts = tuple(_kept_as_text(repository, notebooks))
    hooks = tuple(_stripping(repository)) if notebooks else ()
    found = sorted(
        (*_places(notebooks), *texts, *hooks, *_checkpoints(repository)),
        key=lambda one: (_LEVELS.index(one.level), one.path, one.cell),
    )
    facts = _facts(notebooks, texts, hooks)
    return Verdict(
        outcome=_outcome(notebooks, found, has_texts=bool(texts), unread=unread),
        headline=_headline(notebooks, len(texts)) + repository.unread_note(),
        evidence=tuple(found),
        facts=facts,
        remediation=_remediation(notebooks),
    )


_LEVELS = (Level.FAIL, Level.WARN, Level.INFO, Level.PASS)


def _outcome(
    notebooks: list[_Notebook], found: list[Place], *, has_texts: bool, unread: bool
) -> Outcome:
    levels = {one.level for one in found}
    if Level.FAIL in levels:
        return Outcome.FAIL
    if Level.WARN in levels:
        return Outcome.WARN
    if unread:
        return Outcome.UNKNOWN
    with_code = any(one.facts.cells for one in notebooks)
    return Outcome.PASS if with_code or has_texts else Outcome.NOT_APPLICABLE


def _places(notebooks: list[_Notebook]) -> Iterator[Place]:
    for one in notebooks:
        path, facts = one.file.path, one.facts
        against = Level.WARN if one.aside else Level.FAIL
        for left in facts.secrets:
            why = f"an output shows what looks like a credential: {left.what}"
            yield place(path, 1, against, why, cell=left.cell)
        failed = [left for left in facts.errors if not left.expected]
        for left in failed[:_ERRORS_SHOWN]:
            yield place(path, 1, against, f"the output is an error: {left.what}", cell=left.cell)
        for left in (left for left in facts.errors if left.expected):
            why = f"meant to fail, and did: {left.what}"
            yield place(path, 1, Level.INFO, why, cell=left.cell)
        if facts.outputs:
            why = f"{len(facts.outputs)} of {facts.cells} code cells have outputs, from here"
            yield place(path, 1, Level.WARN, why, cell=facts.outputs[0])
        if one.order_breach:
            yield place(path, 1, Level.WARN, one.order_breach, cell=facts.breach)
        if not facts.outputs and not one.order_breach and facts.cells:
            yield place(path, 0, Level.PASS, _clean(facts))


def _clean(facts: NotebookFacts) -> str:
    run = "never run" if facts.order is Order.NOT_RUN else "run from top to bottom"
    return f"{facts.cells} code cell{'s' if facts.cells > 1 else ''} without outputs, {run}"


def _kept_as_text(repository: Repository, notebooks: list[_Notebook]) -> Iterator[Place]:
    """Yield each notebook that is kept as text only, and so cannot hold outputs."""
    known = {_stem(one.file.path) for one in notebooks}
    for file, formats in repository.text_notebooks():
        if "ipynb" not in formats or _stem(file.path) not in known:
            known.add(_stem(file.path))
            yield place(file.path, 0, Level.INFO, "a notebook kept as text, it holds no outputs")
    for file in _markdown(repository):
        if _stem(file.path) not in known:
            known.add(_stem(file.path))
            why = "a notebook kept as text, it holds no outputs; its code is not checked"
            yield place(file.path, 0, Level.INFO, why)


def _markdown(repository: Repository) -> Iterator[File]:
    """Yield the Markdown notebooks; of plain `.md` files few are looked into, unless told to."""
    files = repository.inventory.of(Kind.TEXT)
    yield from (file for file in files if file.path.lower().endswith((".rmd", ".qmd")))
    told = any(_BOOK.search(path) for path in repository.paths)
    plain = [file for file in files if file.path.lower().endswith(".md")]
    for file in [file for file in plain if told or "notebook" in file.folder][:_MAX_MARKDOWN]:
        text = repository.text(file.path)
        if text and pairing_of(text.encode(errors="replace")) is not None:
            yield file


def _stem(path: str) -> str:
    return path.rpartition("/")[2].partition(".")[0]


def _stripping(repository: Repository) -> Iterator[Place]:
    """Yield where removing outputs is set up."""
    if ".pre-commit-config.yaml" in repository.paths:
        text = repository.text(".pre-commit-config.yaml") or ""
        try:
            root = compose(text)
        except UnreadableSourceError as error:
            repository.note_error(".pre-commit-config.yaml", str(error))
            root = None
        for repo in elements(get(root, "repos")):
            for hook in elements(get(repo, "hooks")):
                words = (get(hook, "id"), get(hook, "entry"), *elements(get(hook, "args")))
                if any(_HOOKS.search(text_of(word)) for word in words):
                    why = "a hook that removes outputs on commit"
                    yield place(".pre-commit-config.yaml", line_of(hook), Level.INFO, why)
    for file in repository.inventory.files:
        if file.name == ".gitattributes":
            text = repository.text(file.path) or ""
            for found in _FILTER.finditer(text):
                line = text.count("\n", 0, found.start()) + 1
                why = "a filter for notebooks; each clone has to install it"
                yield place(file.path, line, Level.INFO, why)


def _checkpoints(repository: Repository) -> Iterator[Place]:
    for path, _ in repository.inventory.skipped:
        if ".ipynb_checkpoints/" in path:
            yield place(path, 0, Level.INFO, "an autosaved copy is tracked, it was not read")


def _facts(
    notebooks: list[_Notebook], texts: tuple[Place, ...], hooks: tuple[Place, ...]
) -> dict[str, object]:
    orders = Counter(str(one.facts.order) for one in notebooks if one.facts.cells)
    with_outputs = sum(bool(one.facts.outputs) for one in notebooks)
    return {
        "notebooks": len(notebooks),
        "text_notebooks": len(texts),
        "with_outputs": with_outputs,
        "outputs_committed": with_outputs > 0 if notebooks else None,
        "execution_order": max(orders, key=list(map(str, Order)).index, default=None),
        "orders": dict(sorted(orders.items())),
        "errors": sum(one.errors for one in notebooks),
        "secrets": sum(len(one.facts.secrets) for one in notebooks),
        "languages": dict(sorted(Counter(one.facts.language for one in notebooks).items())),
        "stripping": bool(hooks),
    }


def _headline(notebooks: list[_Notebook], texts: int) -> str:
    if not notebooks:
        return f"Found {texts} notebooks kept as text" if texts else "Found no notebook"
    counts = (
        (sum(bool(one.facts.outputs) for one in notebooks), "with outputs"),
        (sum(one.errors > 0 for one in notebooks), "with errors"),
        (sum(bool(one.facts.secrets) for one in notebooks), "with a credential in an output"),
        (sum(one.facts.order is Order.OUT_OF_ORDER for one in notebooks), "run out of order"),
        (sum(one.facts.order is Order.PARTIALLY_RUN for one in notebooks), "run in part"),
        (sum(one.facts.order is Order.GAPS for one in notebooks), "with gaps in the counts"),
    )
    parts = [f"{count} {what}" for count, what in counts if count]
    as_text = f", and {texts} kept as text" if texts else ""
    noun = "notebook" if len(notebooks) == 1 else "notebooks"
    said = ", ".join(parts or ["no outputs, none run out of order"])
    return f"Found {len(notebooks)} {noun}: {said}{as_text}"


def _remediation(notebooks: list[_Notebook]) -> str:
    steps = []
    if any(one.facts.secrets for one in notebooks):
        steps.append("Revoke the credential first: history keeps it.")
    doubtful = [one for one in notebooks if one.errors or one.order_breach]
    if doubtful:
        path = quote(visible(doubtful[0].file.path))
        steps.append(
            "Run it from top to bottom, and see whether it says the same:\n"
            f"jupyter nbconvert --to notebook --execute --inplace {path}"
        )
    if any(one.facts.outputs for one in notebooks):
        steps.append(
            "Remove outputs before each commit, in .pre-commit-config.yaml:\n"
            "- repo: https://github.com/kynan/nbstripout\n"
            "  rev: 0.8.1\n"
            "  hooks: [{id: nbstripout}]"
        )
    return "\n".join(steps)


CHECK = Check(
    id="notebooks-clean",
    version="2",
    title="notebooks",
    statement="Notebooks are tracked without outputs, and were run from top to bottom.",
    outcomes={
        Outcome.PASS: "no notebook has outputs, and counts are absent or 1, 2, 3",
        Outcome.WARN: "outputs, gaps in the counts, cells run out of order or only in part",
        Outcome.FAIL: "an output is an error nobody announced, or looks like a credential",
        Outcome.NOT_APPLICABLE: "no notebook with code",
        Outcome.UNKNOWN: "a notebook could not be read, and the others are clean",
    },
    rules=(
        "Notebooks of any language count; formats 3 and 4 are read.",
        (
            "Counts are in order only when they are 1, 2, 3 …; a repeated or smaller count is out"
            " of order; empty cells and cells of comments need no count."
        ),
        "A cell tagged raises-exception is meant to fail.",
        "In test folders an error or a credential is doubtful.",
        "A Jupytext file paired with a notebook is the same notebook; alone it holds no outputs.",
        "An unresolved merge conflict, broken JSON and a Git LFS pointer are named as not read.",
        "A hook or a filter that removes outputs is mentioned; what is tracked decides.",
    ),
    facts={
        "notebooks": "notebooks read",
        "text_notebooks": "notebooks kept as text only",
        "with_outputs": "notebooks with at least one output",
        "outputs_committed": "whether any has outputs; null without notebooks",
        "execution_order": (
            "the worst of not_run, in_order, gaps, partially_run, out_of_order; null without code"
        ),
        "orders": "how many notebooks stand in each order",
        "errors": "cells that failed and were not meant to",
        "secrets": "outputs that look like a credential, by cell and kind",
        "languages": "how many notebooks are in each language",
        "stripping": "whether a hook or filter removes outputs",
    },
    not_checked="whether the notebooks run, and whether their outputs are still true",
    look=look,
)

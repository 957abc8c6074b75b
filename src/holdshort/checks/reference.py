"""What the checks say about themselves, as text for a terminal and as `docs/checks.md`.

Both come from the same `Check` values, so the reference cannot drift from the code.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence

from holdshort.checks.base import ALL_SECONDS, CHECK_SECONDS, IDS, Check, load
from holdshort.checks.plugins import Plugin
from holdshort.model.description import Description
from holdshort.model.relation import Beside
from holdshort.model.text import wrapped

_INTRODUCTION = f"""\
# Auto-checks

Generated from the checks themselves by `python -m holdshort.checks.reference`; a test fails when
it differs from them.

An auto-check never answers a question. It shows what the repository proves, with file and line,
and suggests; a person answers. Checks read tracked files as bytes and never run, import or
unpickle anything. What could not be looked at is `unknown`, never `pass`.

`holdshort check` reads the work tree as it stands, `--commit REV` a commit. It says first what
contradicts a statement, then what nobody can tell from the files alone, then what is proved, each
with the questions of the checklist it stands beside. `holdshort check ID` shows every place and the
whole remedy, `holdshort explain ID` what decides, `holdshort check --list` every check with its
statement. Installed packages may bring checks of their own ([plugins](plugins.md)). Limits: 2 MB a
file, 10 MB a notebook and a text searched for credentials, {CHECK_SECONDS:.0f} s a check,
{ALL_SECONDS:.0f} s for all and for what they share.

## The contract `holdshort/findings/v1`

`holdshort check --format json` prints one object: `schema`, `commit`, `dirty`, and `checks`, a
list with one finding per check: `id`, `version`, `outcome` (`pass`, `warn`, `fail`,
`not_applicable`, `unknown`), `confidence` (`certain`, `likely`, `unsure`), `headline`, `evidence`
(`path`, `line` counted from 1 with 0 for the file, `end_line`, `level`, `why`; in a notebook also
`cell`, counted over code cells), `facts`, `coverage` (`read`, `skipped`, `errors`,
`not_checked`) and `remediation`. The same commit and version give the same bytes.

Where [exceptions](exceptions.md) name a check, its finding also has `exceptions` (`line`, `path`,
`reason`, `owner`, `expires`, `expired`, `places`), and a place they cover has `excepted`, the
finding itself where it names no failing place. While all
that fails is covered, `outcome` is `warn`, `proved` is `fail` and `excepted_until` is the last such
day; `--on DAY` asks for another day than today. `notes` beside `checks` says what is wrong with the
file of exceptions.

Exit code: 0 when nothing fails, 1 when something does, 3 when a check asked for by id is
unknown. `--stream` prints each finding as one line as soon as it is ready. `--list --format json`
prints `schema: holdshort/checks/v1` and `checks`, with `id`, `version`, `title`, `statement`,
`outcomes`, `facts`, `not_checked` and `questions` (`id` and `relation`).

## SARIF and Markdown

`--format sarif` prints a SARIF 2.1.0 log for code scanning. Each place against a statement is a
result: `error` in a place that fails, `warning` in one that warns. A check that could not tell is a
result of kind `open`, which SARIF gives the level `none`. What passes or does not apply is no
result; every outcome stands in the properties of the run. Paths are relative to the repository;
a finding without a place points at the repository itself (`.`). Fingerprints do not change when
lines move. A log has at most 25,000 results and 10 MB; what matters least is left out first, and a
notification says how many. Files that could not be read are notifications too.

`--format markdown` prints one comment for a pull request, below 65,536 characters: each group
folds, no row is cut, and rows without room are counted.
"""


def explained(about: Description, beside: Sequence[Beside] = (), width: int = 80) -> str:
    """Return what a check means and which questions it stands beside, for a terminal."""
    lines = [about.id, "", *wrapped(about.statement, width), ""]
    for paragraph in about.paragraphs:
        lines += [*wrapped(paragraph, width), ""]
    for title, rows in (
        ("Outcomes", _table(about.outcomes, width)),
        ("Rules", (x for rule in about.rules for x in wrapped(rule, width, "  - ", "    "))),
        ("Facts", _table(about.facts, width)),
    ):
        if said := list(rows):
            lines += [title, *said, ""]
    if beside:
        questions = ", ".join(one.words for one in beside)
        lines += [*wrapped(f"Beside the questions: {questions}", width, rest="  "), ""]
    return "\n".join(lines + wrapped(f"Not checked: {about.not_checked}", width, rest="  "))


def listed(described: Iterable[Description], width: int = 80) -> str:
    """Return checks with their statements, for a terminal."""
    lines = (
        line
        for about in described
        for line in wrapped(about.statement, width, f"{about.id:<25} ", " " * 26)
    )
    return "\n".join(lines)


_PLUGIN = (
    "It is not part of holdshort and runs in a process of its own. `verify` runs it only when the "
    "policy names it under `plugins`."
)


def described_plugin(plugin: Plugin) -> Description:
    """Return what can be said of a plugin's check without running its code."""
    return Description(
        id=plugin.id,
        version="",
        title=plugin.id,
        statement=f"A check of the installed package {plugin.package}.",
        paragraphs=(_PLUGIN,),
        not_checked="what its own documentation says",
    )


def described(check: Check) -> Description:
    """Return what a check says about itself."""
    return Description(
        id=check.id,
        version=check.version,
        title=check.title,
        statement=check.statement,
        paragraphs=tuple(_paragraphs(check)),
        outcomes={str(one): meaning for one, meaning in check.outcomes.items()},
        rules=check.rules,
        facts=check.facts,
        not_checked=check.not_checked,
    )


def document() -> str:
    """Return the whole reference as Markdown."""
    return "\n".join([_INTRODUCTION, *(line for id_ in IDS for line in _section(load(id_)))])


def _section(check: Check) -> Iterator[str]:
    yield from (f"## {check.id}", "", f"**{check.statement}**", "", *_looks(check), "")
    yield from ("| outcome | when |", "|---|---|")
    yield from (f"| `{outcome}` | {meaning} |" for outcome, meaning in check.outcomes.items())
    yield from ("", *(f"- {rule}" for rule in check.rules), "", "Facts:", "")
    yield from (f"- `{key}`: {meaning}" for key, meaning in check.facts.items())
    yield from ("", f"Not checked: {check.not_checked}. Version {check.version}.", "")


def _table(rows: Mapping[str, str], width: int) -> Iterator[str]:
    for key, meaning in rows.items():
        yield from wrapped(meaning, width, f"  {key:<15} ", " " * 18)


def _paragraphs(check: Check) -> Iterator[str]:
    for paragraph in "\n".join(_looks(check)).split("\n\n"):
        if paragraph.strip():
            yield " ".join(paragraph.split())


def _looks(check: Check) -> list[str]:
    """Return the paragraphs of the module's docstring after its first line."""
    text = inspect.getdoc(sys.modules[check.look.__module__]) or ""
    return text.partition("\n")[2].strip().splitlines()


if __name__ == "__main__":
    sys.stdout.write(document())

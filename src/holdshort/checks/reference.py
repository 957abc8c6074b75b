"""What the checks say about themselves, as text for a terminal and as `docs/checks.md`.

Both come from the same `Check` values, so the reference cannot drift from the code.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator

from holdshort.checks.base import ALL_SECONDS, CHECK_SECONDS, IDS, Check, load

_INTRODUCTION = f"""\
# Auto-checks

Generated from the checks themselves by `python -m holdshort.checks.reference`; a test fails when
it differs from them.

An auto-check never answers a question. It shows what the repository proves, with file and line,
and suggests; a person answers. Checks read tracked files as bytes and never run, import or
unpickle anything. What could not be looked at is `unknown`, never `pass`.

`holdshort check` reads the work tree as it stands, `--commit REV` a commit. Limits: 2 MB a file,
{CHECK_SECONDS:.0f} s a check, {ALL_SECONDS:.0f} s for all.

## The contract `holdshort/findings/v1`

`holdshort check --format json` prints one object: `schema`, `commit`, `dirty`, and `checks`, a
list with one finding per check: `id`, `version`, `outcome` (`pass`, `warn`, `fail`,
`not_applicable`, `unknown`), `confidence` (`certain`, `likely`, `unsure`), `headline`, `evidence`
(`path`, `line` counted from 1 with 0 for the file, `end_line`, `level`, `why`; in a notebook also
`cell`, counted over code cells), `facts`, `coverage` (`read`, `skipped`, `errors`,
`not_checked`) and `remediation`. The same commit and version give the same bytes.

Exit code: 0 when nothing fails, 1 when something does, 3 when a check asked for by id is
unknown. `--stream` prints each finding as one line as soon as it is ready.
"""


def explained(check: Check) -> str:
    """Return what a check means, for a terminal."""
    lines = [check.id, "", check.statement, "", *_looks(check), "", "Outcomes"]
    lines += [f"  {outcome:<15} {meaning}" for outcome, meaning in check.outcomes.items()]
    lines += ["", "Rules", *(f"  - {rule}" for rule in check.rules), "", "Facts"]
    lines += [f"  {key:<15} {meaning}" for key, meaning in check.facts.items()]
    return "\n".join([*lines, "", f"Not checked: {check.not_checked}"])


def listed() -> str:
    """Return every check with its statement, for a terminal."""
    return "\n".join(f"{check.id:<26}{check.statement}" for check in map(load, IDS))


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


def _looks(check: Check) -> list[str]:
    """Return the paragraphs of the module's docstring after its first line."""
    text = inspect.getdoc(sys.modules[check.look.__module__]) or ""
    return text.partition("\n")[2].strip().splitlines()


if __name__ == "__main__":
    sys.stdout.write(document())

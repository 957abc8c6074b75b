"""The tasks that a project names for its runner: pdm, poe, hatch, rye, taskipy, pixi.

In: text of pyproject.toml or pixi.toml. Out: task name to shell lines.
Sources: https://poethepoet.natn.io/, https://pdm-project.org/en/latest/usage/scripts/,
https://hatch.pypa.io/latest/config/environment/overview/#scripts,
https://pixi.sh/latest/workspace/advanced_tasks/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from holdshort.checks.facts.foreign_toml import Table, load, table

_TABLES = (
    ("tool", "pdm", "scripts"),
    ("tool", "poe", "tasks"),
    ("tool", "rye", "scripts"),
    ("tool", "taskipy", "tasks"),
    ("tool", "pixi", "tasks"),
    ("tasks",),
)
_ENVIRONMENTS = (
    (("tool", "hatch", "envs"), "scripts"),
    (("tool", "pixi", "feature"), "tasks"),
    (("feature",), "tasks"),
)
_KEYS = ("cmd", "shell", "script", "call", "composite", "sequence", "chain", "ref", "expr")
_NEEDED = ("deps", "depends-on", "depends_on")
_DEEPEST = 4


def project_tasks(text: str) -> Mapping[str, tuple[str, ...]]:
    """Return every task with its lines; a line may be the name of another task.

    Raises:
        UnreadableSourceError: not TOML.
    """
    document = load(text)
    tables = [table(document, *keys) for keys in _TABLES]
    for keys, leaf in _ENVIRONMENTS:
        parent = table(document, *keys)
        tables += [table(parent, name, leaf) for name in parent]
    found: dict[str, tuple[str, ...]] = {}
    for one in tables:
        for name, task in one.items():
            found[name] = found.get(name, ()) + tuple(_lines(task, _DEEPEST))
    return found


def _lines(task: object, deepest: int) -> Iterator[str]:
    if isinstance(task, str):
        yield task
    elif isinstance(task, list) and deepest:
        for one in task:
            yield from _lines(one, deepest - 1)
    elif isinstance(task, Mapping) and deepest:
        yield from _of_table(task, deepest - 1)


def _of_table(task: Table, deepest: int) -> Iterator[str]:
    cmd = task.get("cmd")
    if isinstance(cmd, list):
        yield " ".join(word for word in cmd if isinstance(word, str))
    for key in (*_NEEDED, *_KEYS):
        if key != "cmd" or not isinstance(cmd, list):
            yield from _lines(task.get(key), deepest)

"""A Python file as the calls it makes: plain values that outlive the syntax tree.

Made by `python_calls`, followed across files by `programs`. Targets are dotted:
`numpy.random.rand`; `.utils.seed` relative; `:Trainer.fit` defined in the same file; `?.sample`
on a receiver nobody can name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from holdshort.checks.facts.python_values import Source

MAIN = "__main__"
"""The scope of what stands under the guard `if __name__ == "__main__"`."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call, with where each argument comes from.

    Attributes:
        target: what is called.
        line: 1-based, within the cell in a notebook: where the argument about chance stands,
            else where the name of the function ends.
        args: sources of the positional arguments.
        keywords: sources of the named ones; a `**` argument is named `**`.
        compared: lower-case names and numbers on the other side when the result is compared.
        bound: the names that the value of this statement is assigned to.
        texts: constants that decide whether a call uses chance at all, by argument.
    """

    target: str
    line: int
    args: tuple[Source, ...] = ()
    keywords: tuple[tuple[str, Source], ...] = ()
    compared: str = ""
    bound: tuple[str, ...] = ()
    texts: tuple[tuple[str, str], ...] = ()
    cell: int = 0

    def source_of(self, keyword: str, position: int = -1) -> Source | None:
        """Return the source of an argument by name, else by position, else None."""
        for name, source in self.keywords:
            if name == keyword:
                return source
        return self.args[position] if 0 <= position < len(self.args) else None

    def text_of(self, keyword: str) -> str | None:
        """Return a constant that decides whether chance is used, else None."""
        return next((text for name, text in self.texts if name == keyword), None)

    @property
    def has_hidden_arguments(self) -> bool:
        """Whether `**` or `*` may bring arguments nobody can see."""
        return any(name == "**" for name, _ in self.keywords) or "*" in self.args


@dataclass(frozen=True, slots=True)
class Import:
    """A module imported at this point, which runs its top level."""

    target: str
    line: int
    cell: int = 0


@dataclass(frozen=True, slots=True)
class Scope:
    """The body of a function, a method or the module (`name` is empty).

    Attributes:
        name: `f`, `Trainer.fit`, `outer.inner`.
        line: where the definition starts.
        parameters: names in order, without `self` and `cls`.
        defaults: sources of the defaults.
        events: what happens, in order.
        names: every name and attribute read in it, separated by blanks.
    """

    name: str
    line: int
    parameters: tuple[str, ...]
    defaults: tuple[tuple[str, Source], ...]
    events: tuple[Call | Import, ...]
    names: str = ""

    @property
    def key(self) -> str:
        """The name by which others mention it: the class of a method, else its own."""
        return self.name.partition(".")[0]


@dataclass(frozen=True, slots=True)
class Program:
    """Everything one Python file says about what it calls.

    Attributes:
        scopes: the module, under the empty name, and each definition.
        imports: local name to dotted target, module level.
        classes: names of the classes defined.
        options: where a named setting gets its value by default (`--seed`, class fields).
        is_script: whether it has a `__main__` guard.
    """

    scopes: Mapping[str, Scope]
    imports: Mapping[str, str]
    classes: frozenset[str]
    options: Mapping[str, Source]
    is_script: bool

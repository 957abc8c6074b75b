"""Test functions and classes as pytest and unittest would collect them, told from the tree.

In: a syntax tree. Out: `TestFacts`. Names follow pytest's defaults, except that a lower-case
letter right after `test` (`testit`) is no test: it is how command-line helpers are named.
Source: https://docs.pytest.org/en/stable/explanation/goodpractices.html#test-discovery
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_Function = ast.FunctionDef | ast.AsyncFunctionDef
_TEST_NAME = re.compile(r"test($|[_A-Z0-9])")
_ASSERTING = re.compile(r"assert|raises|warns|fail|verify|check|expect|expectation", re.IGNORECASE)
_SKIPS = frozenset({"skip"})


@dataclass(frozen=True, slots=True)
class TestFunction:
    """One function that could be collected.

    Attributes:
        name: the bare name.
        owner: the class around it, empty at module level.
        line: where it starts.
        skipped: skipped whatever happens.
        asserts: whether it claims anything; not asked of functions without `test` in the name.
        unittest: whether its class is a `TestCase`.
    """

    __test__ = False

    name: str
    owner: str
    line: int
    skipped: bool
    asserts: bool
    unittest: bool

    @property
    def is_test_name(self) -> bool:
        """Whether pytest's default patterns collect it."""
        if self.unittest:
            return self.name.startswith("test")
        in_class = not self.owner or self.owner.startswith("Test")
        return in_class and _TEST_NAME.match(self.name) is not None


@dataclass(frozen=True, slots=True)
class TestFacts:
    """The functions of one file at module level and in its classes, and whether pytest is used."""

    __test__ = False

    functions: tuple[TestFunction, ...] = ()
    uses_pytest: bool = False


NO_TESTS = TestFacts()


def read_tests(tree: ast.Module) -> TestFacts:
    """Return the candidates for tests in a file."""
    all_skipped = any(_marks_skip(node) or _skips_module(node) for node in tree.body)
    cases: set[str] = set()
    functions = tuple(_functions(tree.body, "", cases, skipped=all_skipped, unittest=False))
    return TestFacts(functions, any(_imports_pytest(node) for node in tree.body))


def _functions(
    body: Iterable[ast.stmt], owner: str, cases: set[str], *, skipped: bool, unittest: bool
) -> Iterator[TestFunction]:
    """Yield functions and methods; `cases` gathers the classes of the file that are test cases."""
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            skip = skipped or _has_skip(node.decorator_list)
            asserts = "test" not in node.name or _asserts(node)
            yield TestFunction(node.name, owner, node.lineno, skip, asserts, unittest)
        elif isinstance(node, ast.ClassDef) and not owner:
            yield from _methods(node, cases, skipped=skipped)
        elif isinstance(node, ast.If):
            inner = [*node.body, *node.orelse]
            yield from _functions(inner, owner, cases, skipped=skipped, unittest=unittest)
        elif isinstance(node, ast.Try):
            yield from _functions(node.body, owner, cases, skipped=skipped, unittest=unittest)


def _methods(node: ast.ClassDef, cases: set[str], *, skipped: bool) -> Iterator[TestFunction]:
    bases = [_last_name(base) for base in node.bases]
    is_case = any("TestCase" in base or base in cases for base in bases)
    if is_case:
        cases.add(node.name)
    constructed = any(isinstance(n, _FUNCTIONS) and n.name == "__init__" for n in node.body)
    if constructed and not is_case:
        return
    skip = skipped or _has_skip(node.decorator_list) or any(_marks_skip(n) for n in node.body)
    yield from _functions(node.body, node.name, cases, skipped=skip, unittest=is_case)


_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def _marks_skip(node: ast.stmt) -> bool:
    if not isinstance(node, ast.Assign):
        return False
    named = any(isinstance(t, ast.Name) and t.id == "pytestmark" for t in node.targets)
    marks = node.value.elts if isinstance(node.value, ast.List | ast.Tuple) else [node.value]
    return named and _has_skip(marks)


def _skips_module(node: ast.stmt) -> bool:
    """Tell whether a statement is `pytest.skip(..., allow_module_level=True)`, unconditionally."""
    call = node.value if isinstance(node, ast.Expr) else None
    return (
        isinstance(call, ast.Call)
        and _last_name(call) in _SKIPS
        and any(keyword.arg == "allow_module_level" for keyword in call.keywords)
    )


def _has_skip(expressions: Iterable[ast.expr]) -> bool:
    return any(_last_name(one) in _SKIPS or _is_never(one) for one in expressions)


def _is_never(mark: ast.expr) -> bool:
    """Tell whether a mark is `skipif(True)`, of pytest or unittest."""
    if not isinstance(mark, ast.Call) or _last_name(mark).lower() != "skipif" or not mark.args:
        return False
    condition = mark.args[0]
    return isinstance(condition, ast.Constant) and bool(condition.value)


def _last_name(node: ast.expr) -> str:
    while isinstance(node, ast.Call):
        node = node.func
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _asserts(function: _Function) -> bool:
    for node in ast.walk(function):
        if isinstance(node, ast.Assert):
            return True
        if isinstance(node, ast.Call) and _ASSERTING.search(_last_name(node)):
            return True
    return False


def _imports_pytest(node: ast.stmt) -> bool:
    if isinstance(node, ast.Import):
        return any(alias.name == "pytest" for alias in node.names)
    return isinstance(node, ast.ImportFrom) and node.module == "pytest"

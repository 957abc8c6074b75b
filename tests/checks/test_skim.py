"""What is left of a file when the bodies that tell nothing are left out."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from holdshort.checks.facts.large_python import skimmed_facts, skimmed_tests
from holdshort.checks.facts.python_facts import python_facts
from holdshort.checks.facts.skim import skim

SEEDS = (b"seed(",)
OURS = sorted(
    path
    for path in Path(__file__).parents[2].glob("src/holdshort/**/*.py")
    if path.name != "skim.py"  # triple quotes inside of texts hide the definition after them
)


def skimmed(text: str, *words: bytes) -> str:
    return skim(text.encode(), words or SEEDS).decode()


def test_an_idle_function_becomes_one_statement() -> None:
    assert skimmed("def f(x):\n    a = x\n    return a\n\ny = 1\n") == (
        "def f(): pass\n\n\n\ny = 1\n"
    )


def test_a_body_with_a_word_stays_as_it_is() -> None:
    text = "def f(x):\n    a = x\n    seed(a)\n"
    assert skimmed(text) == text


def test_a_body_that_calls_one_that_stays_stays_too() -> None:
    text = (
        "def main():\n    a = 1\n    prepare()\n\ndef prepare():\n    b = 2\n    seed(b)\n\n"
        "def other():\n    c = 3\n    return c\n"
    )
    left = skimmed(text)
    assert "prepare()\n" in left
    assert "b = 2" in left
    assert "c = 3" not in left


def test_making_an_object_keeps_who_makes_it() -> None:
    text = (
        "class T:\n    def fit(self):\n        a = 1\n        seed(a)\n\n"
        "def main():\n    a = 1\n    T().run()\n"
    )
    assert "T().run()" in skimmed(text)


def test_a_name_that_a_telling_line_imports_tells_too() -> None:
    text = "from pickle import load as read\n\ndef f(x):\n    a = 1\n    return read(x)\n"
    assert skimmed(text, b"pickle") == text


def test_a_docstring_neither_counts_nor_is_kept() -> None:
    text = 'def f():\n    """Call seed(1) first.\n\n    seed(2)\n    """\n    a = 1\n    return a\n'
    left = skimmed(text)
    assert "seed" not in left
    assert left.count("\n") == text.count("\n")
    assert ast.parse(left)


def test_a_signature_over_several_lines_goes_with_its_body() -> None:
    text = "def f(\n    a=dict(b=1),\n    *,\n    c: int = 2,\n) -> int:\n    d = a\n    return d\n"
    assert skimmed(text) == "def f(): pass" + "\n" * text.count("\n")


def test_the_signature_of_what_stays_is_kept_whole() -> None:
    text = "def f(\n    a=dict(b=1),\n    c: int = 2,\n) -> int:\n    d = a\n    seed(d)\n"
    assert skimmed(text) == text


def test_a_text_that_comes_back_to_the_margin_does_not_end_a_body() -> None:
    text = 'def f():\n    a = """\nfree text\n"""\n    seed(a)\n\nb = 1\n'
    assert skimmed(text) == text


def test_what_hangs_on_tabs_is_left_alone() -> None:
    text = "def f():\n\ta = 1\n\treturn a\n"
    assert skimmed(text) == text


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.name)
def test_our_own_code_stays_python_with_the_same_definitions(path: Path) -> None:
    data = path.read_bytes()
    left = skim(data, SEEDS)
    assert left.count(b"\n") == data.count(b"\n")
    assert _definitions(left) == _definitions(data)


def _definitions(data: bytes) -> set[tuple[str, int]]:
    """Return the definitions outside of functions, with their lines."""
    found = set()
    tree = ast.parse(data)
    for node in [
        *tree.body,
        *(n for c in tree.body if isinstance(c, ast.ClassDef) for n in c.body),
    ]:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add((node.name, node.lineno))
    return found


def test_skimming_finds_the_seed_and_the_draw_that_parsing_finds() -> None:
    data = (
        b"import numpy as np\nimport os\n\ndef idle():\n    a = 1\n    return a\n\n"
        b"def main():\n    np.random.seed(1)\n    idle()\n    return np.random.rand(2)\n\n"
        b"if __name__ == '__main__':\n    main()\n"
    )
    whole, part = python_facts(data), skimmed_facts(data)
    assert whole.code is not None
    assert part.code is not None
    assert part.code.program.scopes["main"] == whole.code.program.scopes["main"]
    assert part.code.imports == whole.code.imports


def test_a_file_without_a_telling_word_tells_its_imports_only() -> None:
    facts = skimmed_facts(b"import os, sys as s\nfrom a.b import c\n\ndef f():\n    import late\n")
    assert facts.code is None
    assert [(one.module, one.line) for one in facts.margin] == [("os", 1), ("sys", 1), ("a.b", 2)]


def test_a_file_that_cannot_be_cut_is_parsed_whole() -> None:
    data = b"def f():\n    seed(1)\n" + b"def g(a=')'):\n    b = 1\n    return b\n"
    assert skimmed_facts(data).code is not None


def test_python_2_is_named_whether_skimmed_or_not() -> None:
    data = b"def f():\n    seed(1)\n    print 'x'\n"
    assert skimmed_facts(data).error == python_facts(data).error == "Python 2 (line 3)"


def test_skimmed_tests_are_the_same_tests() -> None:
    data = (
        b"import pytest\n\ndef test_a():\n    x = 1\n    assert x\n\ndef test_b():\n    x = 1\n"
        b"    print(x)\n\nclass TestC:\n    def test_d(self):\n        with pytest.raises(E):\n"
        b"            f()\n"
    )
    facts = skimmed_tests(data)
    assert facts.tests == python_facts(data).tests
    assert [one.asserts for one in facts.tests.functions] == [True, False, True]

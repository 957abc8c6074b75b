"""Shell scripts come apart into commands as a shell would take them apart."""

from __future__ import annotations

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdshort.checks.facts.shell_syntax import JOINT, shell_commands

PLAIN = st.text("abcXYZ019_./=-", min_size=1, max_size=8).filter(
    lambda word: not word.endswith("=") and word not in {"do", "fi", "if"}
)


def words(text: str) -> list[list[str]]:
    return [list(command.words) for command in shell_commands(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a b # c && d", [["a", "b"]]),
        ("a 'b && c' \"d; e\"", [["a", "b && c", "d; e"]]),
        ("a \\\n  b\nc", [["a", "b"], ["c"]]),
        ("a > b 2>&1 < c", [["a"]]),
        ("pip install numpy>=1.0", [["pip", "install", "numpy"]]),
        ("if a; then b; else c; fi", [["a"], ["b"], ["c"]]),
        ("for x in a b; do c $x; done", [["c", "$x"]]),
        ("case $x in\n a|b) c ;;\n *) d ;;\nesac", [["c"], ["d"]]),
        ("f() { a; }", [["a"]]),
        ("a $(b -c) `d`", [["a", "$(b -c)", "`d`"], ["b", "-c"], ["d"]]),
        ("x=$((1 << 2)); ((y << 3)); a", [["x=$((1 << 2))"], ["a"]]),
        ("A=(b c); d", [["A=(b c)"], ["d"]]),
        ("echo ${a:-b c} $'d'", [["echo", "${a:-b c}", "d"]]),
        ("a #b\nc#d", [["a"], ["c#d"]]),
        ("! a && time b", [["a"], ["b"]]),
        ("a\r\nb", [["a"], ["b"]]),
        ("", []),
    ],
)
def test_a_script_comes_apart(text: str, expected: list[list[str]]) -> None:
    assert words(text) == expected


def test_operators_stand_on_both_sides() -> None:
    first, second, third = shell_commands("a && b | c; ")
    assert (first.before, first.after) == ("", "&&")
    assert (second.before, second.after) == ("&&", "|")
    assert (third.before, third.after) == ("|", ";")


def test_lines_are_counted_through_quotes_and_continuations() -> None:
    found = shell_commands(f"a 'x\ny' \\\n b\nc {JOINT} d{JOINT}e\nf", line=10)
    assert [(c.line, c.words) for c in found] == [
        (10, ("a", "x\ny", "b")),
        (13, ("c", "de")),
        (16, ("f",)),
    ]


def test_a_here_document_is_no_command() -> None:
    (cat, bash, after) = shell_commands("cat <<'E' | bash\npytest\nE\nafter")
    assert (cat.words, cat.heredocs[0].text, cat.heredocs[0].line) == (("cat",), "pytest", 2)
    assert (bash.words, after.words, after.line) == (("bash",), ("after",), 4)


def test_a_comment_on_a_joined_line_swallows_the_rest_of_it() -> None:
    assert words(f"a # b {JOINT} c\nd") == [["a"], ["d"]]


def test_subshells_have_a_depth() -> None:
    assert [c.depth for c in shell_commands("a; (b; (c)); d")] == [0, 1, 2, 0]


def test_an_open_quote_hides_nothing() -> None:
    assert words("echo don't\npytest -q") == [["echo", "don", "t"], ["pytest", "-q"]]


@given(st.lists(st.lists(PLAIN, min_size=1, max_size=4), max_size=6))
def test_quoted_commands_come_back(rows: list[list[str]]) -> None:
    text = "\n".join(" ".join(f'"{word}"' for word in row) for row in rows)
    assert words(text) == rows
    assert words("\n".join(shlex.join(["x", *row]) for row in rows)) == [["x", *r] for r in rows]


@given(st.text("ab '\"`$(){}<>|&;#\\\n=!" + JOINT, max_size=60))
def test_any_text_ends_with_lines_inside_of_it(text: str) -> None:
    last = 1 + text.count("\n") + text.count(JOINT)
    assert all(1 <= c.line <= c.end_line <= last and c.words for c in shell_commands(text))

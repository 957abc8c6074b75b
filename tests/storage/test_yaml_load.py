"""What the guarded loader reads, and what it refuses, each with its place."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from holdshort.errors import BadInputError
from holdshort.storage.yaml_load import MAX_BYTES, MAX_DEPTH, MAX_NODES, load

CORPUS = Path(__file__).parent.parent / "corpus" / "yaml"
REFUSED = {
    "alias-without-anchor": "1:8: aliases",
    "anchor": "1:8: anchors",
    "anchor-on-a-key": "1:1: anchors",
    "anchor-on-a-mapping": "1:8: anchors",
    "billion-laughs": "1:4: anchors",
    "byte-that-is-not-utf-8": "2:12: byte 23 is not UTF-8",
    "control-character": "1:11: the character U+001B",
    "delete-character": "1:11: the character U+007F",
    "directive-tag": "1:1: directives",
    "directive-unknown": "1:6: not YAML",
    "directive-yaml": "1:1: directives",
    "document-empty": "1:1: a document is a mapping",
    "document-of-a-list": "1:1: a document is a mapping",
    "document-of-a-text": "1:1: a document is a mapping",
    "document-of-comments": "1:1: a document is a mapping",
    "document-second": "2:1: a second document",
    "flow-never-closed": "2:1: not YAML",
    "indentation-wrong": "3:2: not YAML",
    "key-empty": "2:1: a key is empty",
    "key-missing": "2:1: not YAML",
    "key-of-a-list": "1:3: a key must be plain text",
    "key-of-a-mapping": "2:1: a key must be plain text",
    "key-twice": "3:1: key 'first' stands twice, first in line 1",
    "key-twice-by-escape": "2:1: key 'first' stands twice, first in line 1",
    "key-twice-deep": "5:5: key 'b' stands twice, first in line 3",
    "merge-key": "2:3: merge keys",
    "merge-key-quoted": "2:3: merge keys",
    "nul": "2:10: the character U+0000",
    "quote-never-closed": "3:1: not YAML",
    "tab-as-indentation": "2:1: not YAML",
    "tag-local": "1:8: tags",
    "tag-non-specific": "1:8: tags",
    "tag-on-a-list": "1:8: tags",
    "tag-on-a-mapping": "1:8: tags",
    "tag-python": "1:8: tags",
    "tag-standard": "2:9: tags",
    "utf-16-big-endian": "1:1: byte 0 is not UTF-8",
    "utf-16-little-endian": "1:1: byte 0 is not UTF-8",
    "utf-16-without-mark": "1:2: the character U+0000",
    "utf-32": "1:1: byte 0 is not UTF-8",
    "utf-8-surrogate": "1:8: byte 7 is not UTF-8",
}


def refusal(data: bytes) -> str:
    with pytest.raises(BadInputError) as caught:
        load(data, "file.yaml")
    return caught.value.message


def test_every_file_of_the_corpus_is_judged() -> None:
    assert {path.stem for path in CORPUS.glob("*.yaml")} == set(REFUSED)


@pytest.mark.parametrize("defect", REFUSED)
def test_a_defect_is_refused_with_its_place(defect: str) -> None:
    said = refusal((CORPUS / f"{defect}.yaml").read_bytes())

    assert said.startswith(f"file.yaml:{REFUSED[defect]}")
    assert "\n" not in said
    assert said.isprintable()


def test_a_text_is_never_taken_for_anything_else() -> None:
    words = ["no", "y", "010", "0123", "1e3", "12:30:45", "2024-01-02", "~", "null", "0o17"]
    data = "".join(f"k{at}: {word}\n" for at, word in enumerate(words)).encode()

    assert list(load(data, "f").value.values()) == words


def test_only_a_bare_empty_scalar_is_empty() -> None:
    assert load(b"a:\nb: ''\nc: \"\"\nd: |-\n", "f").value == {"a": None, "b": "", "c": "", "d": ""}


@pytest.mark.parametrize(
    "data", [b"\xef\xbb\xbfa: b\n", b"a: b\r\n", b"a: b\r", b"---\na: b\n...\n"]
)
def test_mark_line_ends_and_document_marks_change_nothing(data: bytes) -> None:
    assert load(data, "f").value == {"a": "b"}


def test_a_place_is_that_of_the_value_or_of_what_holds_it() -> None:
    document = load("a:\n  é😀: {c: d}\n".encode(), "f")

    assert document.place(("a", "é😀", "c")) == "f:2:11"
    assert document.place(("a", "é😀", "missing", "deeper")) == "f:2:7"
    assert document.place_of_key(("a", "é😀")) == "f:2:3"
    assert document.place_of_key(("gone",)) == "f:1:1"


def test_a_name_that_would_drive_the_terminal_is_shown_harmless() -> None:
    assert load(b"a: b\n", "\x1b]0;x\x07.yaml").name == "^[]0;x^G.yaml"


def nested(depth: int) -> bytes:
    return b"a: " + b"[" * (depth - 1) + b"]" * (depth - 1) + b"\n"


def test_depth_is_limited() -> None:
    assert load(nested(MAX_DEPTH), "f").value
    assert f"nested deeper than {MAX_DEPTH} levels" in refusal(nested(MAX_DEPTH + 1))


def test_a_hundred_thousand_brackets_are_refused_and_crash_nothing() -> None:
    assert "nested deeper" in refusal(b"a: " + b"[" * 100_000)
    assert "nested deeper" in refusal(b"a: " + b"{a: " * 100_000)
    assert "nested deeper" in refusal(b"- " * 100_000)


def test_the_number_of_values_is_limited() -> None:
    assert len(load(b"a:\n" + b"- b\n" * (MAX_NODES - 3), "f").value["a"] or "") == MAX_NODES - 3
    assert f"more than {MAX_NODES:,} values" in refusal(b"a:\n" + b"- b\n" * MAX_NODES)


def test_a_scalar_of_ten_megabytes_is_not_even_read() -> None:
    assert f"larger than {MAX_BYTES:,} bytes" in refusal(b"a: " + b"b" * 10_000_000)


def test_a_document_of_exactly_the_limit_is_read() -> None:
    assert load(b"a: " + b"b" * (MAX_BYTES - 4) + b"\n", "f").value


def test_what_is_refused_is_refused_quickly() -> None:
    began = time.process_time()
    refusal(b"a: " + b"[" * (MAX_BYTES - 3))
    refusal((b"? " * 40 + b"a\n") * 9_000)
    refusal((CORPUS / "billion-laughs.yaml").read_bytes())

    assert time.process_time() - began < 10


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("# first\na: b\n", 1, 1),
        ("a: b # after\n", 1, 6),
        ("a: b\n# last", 2, 1),
        ("a: b\n...\n# after the end\n", 3, 1),
        ("--- # at the start\na: b\n", 1, 5),
        ("a: | # in a header\n  text\n", 1, 6),
        ("a: |-  # in a header\n  # text\n", 1, 8),
        ("a: > # in a header at the end", 1, 6),
        ("a: |\n# under a header\nb: c\n", 2, 1),
        ("a: |\n    text\n  # less indented\nb: c\n", 3, 3),
        ("a: 'x'# stuck to a quote\n", 1, 7),
        ("a: [b, # in a list\n c]\n", 1, 8),
        ("a: {b: c # in a mapping\n }\n", 1, 10),
        ("a: # before a value\n  b\n", 1, 4),
        ("? a # in a long key\n: b\n", 1, 5),
        ("a:\n- b\n-  # in an empty item\n", 3, 4),
        ("a: 'it''s # not one'\nb: c # one\n", 2, 6),
        ("é: 😀 # after wide text\n", 1, 6),
        ("a: b\r\nc: d # after CRLF\r\n", 2, 6),
    ],
)
def test_a_comment_is_found_wherever_it_hides(text: str, line: int, column: int) -> None:
    found = load(text.encode(), "f").comment

    assert found is not None
    assert (found.line, found.column) == (line, column)


@pytest.mark.parametrize(
    "text",
    [
        "a: b#c\n",
        "a: 'b # c'\n",
        'a: "b # c"\n',
        "a: |\n  # text\n  text # text\n",
        "a: |2-\n   # text\n\n  # text\n",
        "a: >\n  text\n  # text\n",
        "'# key': b\n",
        "a: text that\n  goes on#here\n",
    ],
)
def test_a_hash_inside_a_text_is_no_comment(text: str) -> None:
    assert load(text.encode(), "f").comment is None

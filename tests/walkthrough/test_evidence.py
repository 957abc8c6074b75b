"""What a person types becomes a pinned reference, or is refused with what would do."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from holdshort.errors import UsageError
from holdshort.model.finding import Level, Outcome, Place
from holdshort.model.review import Evidence, EvidenceKind
from holdshort.walkthrough.evidence import is_current, pin, pin_again, pin_place, quote
from holdshort.walkthrough.visit import Visit

from .conftest import commit, finding, write

Git = Callable[..., str]
Look = Callable[..., Visit]


def pinned(visit: Visit, typed: str) -> Evidence:
    return pin(typed, visit, visit.findings)


def refusal(visit: Visit, typed: str) -> str:
    with pytest.raises(UsageError) as caught:
        pinned(visit, typed)
    assert caught.value.message.isprintable()
    return caught.value.message


FILES = {
    "a b.py": "one\ntwo\nthree\nfour\nfive\nsix\nseven\n",
    "colon:5.py": "one\ntwo\n",
    "colon": "1\n2\n3\n4\n5\n6\n",
    "colon:3": "1\n2\n",
    "über/größe.md": "é\nß\n",
    "deadbeef": "named like a commit\n",
    "tests-present": "named like a check\n",
    "book.ipynb": '{\n "cells": []\n}\n',
    "feed.c": "one\x0cstill one\ntwo\x0b\x1c\x85\u2028still two\n",
    "windows.txt": "one\r\ntwo\r\n",
    "unended.txt": "one\ntwo",
    "empty.txt": "",
    "-rf": "dash\n",
}


@pytest.mark.parametrize(
    ("typed", "ref", "lines", "quoted"),
    [
        ("a b.py", "a b.py", "", ""),
        ("  a b.py:2  ", "a b.py", "2", "two"),
        ("a b.py 2", "a b.py", "2", "two"),
        ("a b.py:2-3", "a b.py", "2-3", "two\nthree"),
        ("a b.py#L2-L3", "a b.py", "2-3", "two\nthree"),
        ("a b.py:1-7", "a b.py", "1-7", "one\ntwo\nthree\nfour\nfive"),
        ("colon:5.py", "colon:5.py", "", ""),
        ("colon:5.py:2", "colon:5.py", "2", "two"),
        ("colon:3", "colon:3", "", ""),
        ("colon:3:2", "colon:3", "2", "2"),
        ("colon:4", "colon", "4", "4"),
        ("über/größe.md:2", "über/größe.md", "2", "ß"),
        ("deadbeef", "deadbeef", "", ""),
        ("tests-present", "tests-present", "", ""),
        ("book.ipynb:2", "book.ipynb", "2", ' "cells": []'),
        ("feed.c:1", "feed.c", "1", "one^Lstill one"),
        ("windows.txt:2", "windows.txt", "2", "two"),
        ("unended.txt:2", "unended.txt", "2", "two"),
        ("-rf:1", "-rf", "1", "dash"),
    ],
)
def test_a_file_is_pinned_to_its_blob_and_quoted(
    visit: Look, project: Path, git: Git, typed: str, ref: str, lines: str, quoted: str
) -> None:
    write(project, FILES)
    commit(git, project)
    found = pinned(visit(), typed)

    assert (found.kind, found.ref, found.lines, found.quote) == (
        EvidenceKind.FILE,
        ref,
        lines,
        quoted,
    )
    assert found.blob == git(project, "rev-parse", f"HEAD:{ref}")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "evidence is one line"),
        ("a b.py:0", "is not a file of the reviewed commit"),
        ("a b.py:8", "a b.py has 7 lines, so not 8-8"),
        ("a b.py:3-2", "a b.py has 7 lines, so not 3-2"),
        ("feed.c:3", "feed.c has 2 lines"),
        ("empty.txt:1", "empty.txt has 0 lines"),
        ("gone.py:1", "'gone.py' is not a file"),
        ("../../etc/passwd", "is not a file"),
        ("/etc/passwd", "is not a file"),
        ("reviews", "is not a file"),
        ("a\x1b[31mb", "holds a character that a signed record may not hold"),
        ("a\u202eb", "holds a character"),
        ("gro\u0308sse.md", "holds a character"),
        ("0123456", "no commit is called '0123456' here"),
    ],
)
def test_what_names_nothing_is_refused(
    visit: Look, project: Path, git: Git, typed: str, said: str
) -> None:
    write(project, FILES)
    commit(git, project)

    assert said in refusal(visit(), typed)


def test_only_what_is_committed_is_evidence(visit: Look, project: Path) -> None:
    write(project, {"new.py": "x\n"})

    assert "is not a file of the reviewed commit" in refusal(visit(), "new.py")


def test_a_link_and_a_submodule_are_no_files(visit: Look, project: Path, git: Git) -> None:
    (project / "link.py").symlink_to("train.py")
    head = git(project, "rev-parse", "HEAD")
    git(project, "update-index", "--add", "--cacheinfo", f"160000,{head},vendored")
    git(project, "add", "link.py")
    git(project, "commit", "--quiet", "--message=Links")

    for typed in ("link.py", "link.py:1", "vendored"):
        assert "is not a file" in refusal(visit(), typed)


def test_a_binary_or_large_file_is_pinned_whole_and_has_no_lines(
    visit: Look, project: Path, git: Git
) -> None:
    (project / "model.bin").write_bytes(b"\x00\x01" * 100)
    (project / "large.txt").write_bytes(b"line\n" * 600_000)
    commit(git, project)

    assert pinned(visit(), "model.bin").blob
    assert "has no lines" in refusal(visit(), "model.bin:1")
    assert pinned(visit(), "large.txt").blob
    assert "large.txt: 3000000 bytes, more than" in refusal(visit(), "large.txt:1")


def test_bytes_that_are_no_text_are_quoted_harmless(visit: Look, project: Path, git: Git) -> None:
    (project / "latin.txt").write_bytes(b"caf\xe9\x1b[31m\n")
    commit(git, project)

    assert pinned(visit(), "latin.txt:1").quote == "caf\ufffd^[[31m"


def test_a_path_that_no_record_can_hold_is_refused(visit: Look, project: Path, git: Git) -> None:
    (project / "cafe\u0301.py").write_text("x\n", "utf-8")
    (project / os.fsdecode(b"bad\xff.py")).write_text("x\n", "utf-8")
    commit(git, project)
    seen = visit()

    for path in ("cafe\u0301.py", "bad\udcff.py", "new\nline.py"):
        with pytest.raises(UsageError, match="cannot be written in a signed record"):
            pin_place(Place(path=path, level=Level.PASS, why="x"), seen)


def test_a_place_in_a_notebook_is_the_whole_file(visit: Look, project: Path, git: Git) -> None:
    write(project, FILES)
    commit(git, project)
    place = Place(path="book.ipynb", line=2, end_line=2, cell=3, level=Level.FAIL, why="x")

    assert pin_place(place, visit()).where == "book.ipynb"


def test_a_commit_is_pinned_by_its_full_id(visit: Look, project: Path, git: Git) -> None:
    head = git(project, "rev-parse", "HEAD")
    found = pinned(visit(), head[:10])

    assert (found.kind, found.ref) == (EvidenceKind.COMMIT, head)
    tree = git(project, "rev-parse", "HEAD^{tree}")
    assert "no commit is called" in refusal(visit(), tree)


def test_a_check_is_pinned_by_what_it_says(visit: Look) -> None:
    found = pinned(visit(finding(Outcome.PASS, headline="Found\u202e 1\x1b")), "seeds-set")

    assert (found.kind, found.ref) == (EvidenceKind.FINDING, "seeds-set")
    assert found.quote == "Found<U+202E> 1^["


@pytest.mark.parametrize(
    "link",
    [
        "https://example.org/run/7",
        "http://localhost:8080/a?b=c#d",
        "HTTPS://EXAMPLE.ORG/x",
        "https://example.org/tokens/list?page=2&sort=key",
    ],
)
def test_a_link_is_kept_and_never_fetched(visit: Look, link: str) -> None:
    assert pinned(visit(), link) == Evidence(kind=EvidenceKind.URL, ref=link)


@pytest.mark.parametrize(
    ("link", "said"),
    [
        ("javascript:alert(1)", "only http and https"),
        ("JavaScript://example.org/%0aalert(1)", "only http and https"),
        ("data:text/html,x", "only http and https"),
        ("file:///etc/passwd", "only http and https"),
        ("ftp://example.org/x", "only http and https"),
        ("https://", "only http and https"),
        ("https://[::1", "only http and https"),
        ("https://example.org/a b", "only http and https"),
        ("https://ada:geheim@example.org/", "user name or password"),
        ("https://ada@example.org/", "user name or password"),
        ("https://example.org/?access_token=abc", "an access token"),
        ("https://example.org/?a=b&X-Amz-Signature=abc", "an access token"),
        ("https://example.org/x?sv=1&sig=abc", "an access token"),
        ("https://example.org/?API_KEY=abc", "an access token"),
        ("https://example.org/#id_token=abc", "an access token"),
        ("https://example.org/?password=abc", "an access token"),
    ],
)
def test_a_link_that_could_harm_or_tell_a_secret_is_refused(
    visit: Look, link: str, said: str
) -> None:
    assert said in refusal(visit(), link)
    assert "geheim" not in refusal(visit(), link)


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("password = 'hunter22'", "password = '[masked]'"),
        ('{"api_key": "abcdef123"}', '{"api_key": "[masked]"}'),
        ("AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI", "AWS_SECRET_ACCESS_KEY=[masked]"),
        ("url = postgres://ada:geheim@db/x", "url = postgres://ada:[masked]@db/x"),
        ("x = 'AKIAIOSFODNN7EXAMPLE'", "x = '[masked]'"),
        ("ghp_abcdefghijklmnop", "[masked]"),
        ("github_pat_abcdefghijklmnop", "[masked]"),
        ("Authorization: Bearer abcdefgh12345678", "Authorization: [masked]"),
        ("MIIEowIBAAKCAQEA75Bkf4rD1Qe1gB0lq1M7r8Sg1n3yq9mC", "[masked]"),
        ("random.seed(42)", "random.seed(42)"),
        ("numpy==1.26.4 --hash=sha256:" + "a" * 64, "numpy==1.26.4 --hash=sha256:" + "a" * 64),
    ],
)
def test_secrets_are_masked_in_quotes(line: str, shown: str) -> None:
    assert quote(f"{line}\nnext\n", 1, 1) == shown


def test_a_quote_is_five_lines_and_four_hundred_characters() -> None:
    assert quote("x\n" * 9, 2, 9) == "x\nx\nx\nx\nx"
    long = quote("y " * 500, 1, 1)
    assert len(long) == 400
    assert long.endswith("...")


def test_evidence_is_current_until_what_it_rests_on_changes(
    visit: Look, project: Path, git: Git
) -> None:
    before = visit(finding(Outcome.PASS))
    file, told = pinned(before, "train.py:3"), pinned(before, "seeds-set")
    link, head = pinned(before, "https://example.org"), pinned(before, before.commit)
    write(project, {"train.py": "\n\nseed(9)\n"})
    commit(git, project)
    after = visit(finding(Outcome.FAIL, headline="Other"))

    assert [is_current(one, before, before.findings) for one in (file, told, link, head)] == [
        True
    ] * 4
    assert not is_current(file, after, after.findings)
    assert not is_current(told, after, after.findings)
    assert is_current(told, after, {})
    assert pin_again(link, after, after.findings) == link
    assert pin_again(head, after, after.findings) == head
    assert pin_again(file, after, after.findings) == pinned(after, "train.py:3")
    assert pin_again(told, after, after.findings) == pinned(after, "seeds-set")


def test_a_whole_file_is_pinned_again_as_a_whole(visit: Look, project: Path, git: Git) -> None:
    before = visit()
    whole, line = pinned(before, "train.py"), pinned(before, "train.py:4")
    write(project, {"train.py": "short\n"})
    commit(git, project)
    after = visit()

    again = pin_again(whole, after, after.findings)
    assert again == pinned(after, "train.py")
    assert pin_again(line, after, after.findings) is None

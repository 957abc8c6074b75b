"""The append-only journal: old or new, never a mixture, and nothing behind a torn line."""

from __future__ import annotations

import errno
import os
import resource
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdshort.errors import BadInputError
from holdshort.storage.journal import Journal

CORPUS = Path(__file__).parent.parent / "corpus" / "drafts"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    place = tmp_path / "a" / "b" / "c"
    place.mkdir(parents=True)
    return place / "journal.jsonl"


def filled(path: Path, *numbers: int) -> bytes:
    journal = Journal(path)
    for number in numbers:
        journal.append({"n": number})
    journal.close()
    return path.read_bytes()


def numbers(path: Path, *, repair: bool = False) -> list[object]:
    return [step["n"] for step in Journal(path).read(repair=repair).steps]


@contextmanager
def room_for(size_bytes: int) -> Iterator[None]:
    """Let no file of this process grow over a size: the kernel refuses, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_nothing_is_made_by_reading(path: Path) -> None:
    assert Journal(path).read(repair=True).steps == ()
    assert not path.exists()


def test_steps_come_back_in_order(path: Path) -> None:
    filled(path, 1, 2, 3)

    assert numbers(path) == [1, 2, 3]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_journal_that_was_read_goes_on(path: Path) -> None:
    filled(path, 1)
    journal = Journal(path)
    journal.read()
    journal.append({"n": 2})
    journal.close()
    journal.close()

    assert numbers(path) == [1, 2]


def test_an_empty_file_is_a_new_journal(path: Path) -> None:
    path.touch()

    assert numbers(path, repair=True) == []
    filled(path, 1)
    assert numbers(path) == [1]


@given(cut=st.integers(min_value=0))
def test_a_cut_anywhere_loses_only_the_line_it_cut(
    tmp_path_factory: pytest.TempPathFactory, cut: int
) -> None:
    path = tmp_path_factory.mktemp("cut", numbered=True) / "journal.jsonl"
    data = filled(path, *range(5))
    kept = data[: cut % (len(data) + 1)]
    path.write_bytes(kept)

    assert numbers(path, repair=True) == list(range(kept.count(b"\n")))
    journal = Journal(path)
    journal.read()
    journal.append({"n": "new"})
    journal.close()
    assert numbers(path) == [*range(kept.count(b"\n")), "new"]
    assert list(path.parent.glob("journal.damaged*")) == []


def test_a_torn_line_is_left_alone_when_reading_only(path: Path) -> None:
    torn = filled(path, 1, 2)[:-3]
    path.write_bytes(torn)

    assert numbers(path) == [1]
    assert path.read_bytes() == torn


def test_a_power_cut_that_leaves_zeros_behind_loses_no_line(path: Path) -> None:
    path.write_bytes(filled(path, 1, 2) + bytes(4096))

    assert numbers(path, repair=True) == [1, 2]
    assert Journal(path).read().damage == ""


@given(at=st.integers(min_value=0), bit=st.integers(0, 7))
def test_a_flipped_bit_is_never_read_as_a_step(
    tmp_path_factory: pytest.TempPathFactory, at: int, bit: int
) -> None:
    path = tmp_path_factory.mktemp("flip", numbered=True) / "journal.jsonl"
    data = bytearray(filled(path, *range(5)))
    first = data.index(b"\n") + 1
    at = first + at % (len(data) - first)
    data[at] ^= 1 << bit
    path.write_bytes(data)
    steps = Journal(path).read().steps

    assert [step["n"] for step in steps] == list(range(bytes(data[:at]).count(b"\n")))


def damaged(path: Path) -> bytes:
    lines = filled(path, 1, 2, 3).splitlines(keepends=True)
    lines[1] = lines[1].replace(b":2", b":7")
    path.write_bytes(b"".join(lines))
    return b"".join(lines)


def test_damage_in_the_middle_is_told_set_aside_and_cut_off(path: Path) -> None:
    data = damaged(path)
    found = Journal(path).read(repair=True)
    aside = path.with_name("journal.damaged-1")

    assert found.damage.startswith(f"{path}:2: damaged; ")
    assert [step["n"] for step in found.steps] == [1]
    assert aside.read_bytes() == data
    assert stat.S_IMODE(aside.stat().st_mode) == 0o600
    assert Journal(path).read().damage == ""


def test_damage_twice_keeps_both_copies(path: Path) -> None:
    first = damaged(path)
    Journal(path).read(repair=True)
    path.unlink()
    damaged(path)
    Journal(path).read(repair=True)

    assert path.with_name("journal.damaged-1").read_bytes() == first
    assert path.with_name("journal.damaged-2").exists()


def test_a_damaged_line_before_a_torn_one_is_told_too(path: Path) -> None:
    lines = filled(path, 1, 2, 3).splitlines(keepends=True)
    path.write_bytes(lines[0] + lines[1].replace(b":2", b":7") + lines[2][:-4])

    assert "damaged" in Journal(path).read().damage


def test_damage_is_only_told_when_reading_only(path: Path) -> None:
    data = damaged(path)

    assert "damaged" in Journal(path).read().damage
    assert path.read_bytes() == data
    assert list(path.parent.iterdir()) == [path]


REFUSED = {
    "checksum-wrong.jsonl": ":1: not a draft journal",
    "no-checksum.jsonl": ":1: not a draft journal",
    "text.jsonl": ":1: not a draft journal",
    "zeros.jsonl": ":1: not a draft journal",
    "list.jsonl": ":1: not a draft journal",
}


def test_every_file_of_the_corpus_is_judged() -> None:
    assert {path.name for path in CORPUS.iterdir()} == set(REFUSED)


@pytest.mark.parametrize("name", REFUSED)
def test_what_does_not_begin_as_a_journal_is_left_as_it_is(path: Path, name: str) -> None:
    data = (CORPUS / name).read_bytes()
    path.write_bytes(data)

    with pytest.raises(BadInputError) as caught:
        Journal(path).read(repair=True)
    assert caught.value.message == f"{path}{REFUSED[name]}"
    assert "Move it away" in caught.value.hint
    assert path.read_bytes() == data


def test_a_linked_journal_is_neither_read_nor_written(path: Path, tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.write_text("precious\n", "utf-8")
    path.symlink_to(target)

    with pytest.raises(BadInputError, match="symbolic link"):
        Journal(path).read()
    with pytest.raises(OSError) as caught:  # noqa: PT011 - the number is what counts
        Journal(path).append({"n": 1})
    assert caught.value.errno == errno.ELOOP
    assert target.read_text("utf-8") == "precious\n"


def test_a_pipe_or_a_folder_is_no_journal(path: Path) -> None:
    os.mkfifo(path)
    with pytest.raises(BadInputError, match="no regular file"):
        Journal(path).read()
    path.unlink()
    path.mkdir()
    with pytest.raises((BadInputError, OSError)):
        Journal(path).read()


@pytest.mark.parametrize("room_bytes", [0, 1, 10, 20])
def test_a_full_disk_saves_nothing_of_a_step_and_goes_on_later(path: Path, room_bytes: int) -> None:
    journal = Journal(path)
    journal.append({"n": 1})
    size = path.stat().st_size
    with room_for(size + room_bytes):
        for _ in range(2):
            with pytest.raises(OSError):  # noqa: PT011 - ENOSPC or EFBIG, as the kernel likes
                journal.append({"n": 2})
    assert path.stat().st_size == size
    journal.append({"n": 3})
    journal.close()

    assert numbers(path) == [1, 3]


def test_a_full_disk_at_the_first_step_leaves_a_journal_that_can_begin(path: Path) -> None:
    journal = Journal(path)
    with room_for(5), pytest.raises(OSError):  # noqa: PT011 - ENOSPC or EFBIG
        journal.append({"n": 1})
    journal.append({"n": 2})
    journal.close()

    assert numbers(path) == [2]


def test_a_full_disk_while_setting_damage_aside_changes_nothing(path: Path) -> None:
    data = damaged(path)
    with room_for(10), pytest.raises(OSError):  # noqa: PT011 - ENOSPC or EFBIG
        Journal(path).read(repair=True)
    assert path.read_bytes() == data


def test_a_journal_that_somebody_else_wrote_to_is_not_gone_on_with(path: Path) -> None:
    journal = Journal(path)
    journal.append({"n": 1})
    with path.open("ab") as file:
        file.write(b"more\n")

    with pytest.raises(OSError, match="another program"):
        journal.append({"n": 2})
    journal.close()
    assert path.read_bytes().endswith(b"more\n")


def test_a_journal_that_was_deleted_is_not_written_to(path: Path) -> None:
    journal = Journal(path)
    journal.append({"n": 1})
    path.unlink()

    with pytest.raises(OSError, match="deleted meanwhile"):
        journal.append({"n": 2})
    journal.close()


def test_a_step_without_flush_is_written_too(path: Path) -> None:
    journal = Journal(path)
    journal.append({"n": 1}, flush=False)

    assert numbers(path) == [1]
    journal.close()

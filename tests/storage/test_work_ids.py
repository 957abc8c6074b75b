"""Blob ids of work files are kept only while nothing can have changed."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from holdshort.storage.work_ids import KEPT_S, WorkIds

OLD_S = 1_700_000_000


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.fixture
def old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file that was written long before it is looked at."""
    place = tmp_path / "train.py"
    place.write_text("x = 1\n")
    written = place.stat().st_ctime_ns
    monkeypatch.setattr("time.time_ns", lambda: written + 3_000_000_000)
    return place


def keep(cache: Path, place: Path, blob: str) -> None:
    ids = WorkIds(cache, place.parent, "sha1")
    ids.put("train.py", place.stat(), blob)
    ids.save()


def kept(cache: Path, place: Path, algorithm: str = "sha1") -> str:
    return WorkIds(cache, place.parent, algorithm).get("train.py", place.stat())


def test_an_untouched_file_keeps_its_id(cache: Path, old: Path) -> None:
    keep(cache, old, "abc")
    assert kept(cache, old) == "abc"


def written_again(place: Path) -> None:
    place.write_text("y = 2\n")


def given_its_old_time_back(place: Path) -> None:
    before = place.stat()
    place.write_text("y = 2\n")
    os.utime(place, ns=(before.st_atime_ns, before.st_mtime_ns))


def replaced(place: Path) -> None:
    other = place.with_name("other")
    other.write_text("y = 2\n")
    other.replace(place)


@pytest.mark.parametrize("change", [written_again, given_its_old_time_back, replaced])
def test_a_file_that_may_have_changed_is_hashed_again(
    cache: Path, old: Path, change: Callable[[Path], None]
) -> None:
    keep(cache, old, "abc")
    change(old)
    assert not kept(cache, old)


def test_a_file_written_just_now_is_not_kept(cache: Path, tmp_path: Path) -> None:
    place = tmp_path / "train.py"
    place.write_text("x = 1\n")
    keep(cache, place, "abc")
    assert not kept(cache, place)


def test_object_formats_do_not_mix(cache: Path, old: Path) -> None:
    keep(cache, old, "abc")
    assert not kept(cache, old, "sha256")


@pytest.mark.parametrize(
    "rubbish",
    ["", "[]", "{", '{"form": 1}', '{"form": 2, "ids": {}}', '{"form": 1, "ids": {"train.py": 5}}'],
)
def test_a_file_of_ids_that_is_none_is_ignored(cache: Path, old: Path, rubbish: str) -> None:
    keep(cache, old, "abc")
    (place,) = cache.iterdir()
    place.write_text(rubbish)
    assert not kept(cache, old)
    keep(cache, old, "abc")
    assert kept(cache, old) == "abc"


def test_an_id_that_is_no_text_is_ignored(cache: Path, old: Path) -> None:
    keep(cache, old, "abc")
    (place,) = cache.iterdir()
    value = json.loads(place.read_text())
    value["ids"]["train.py"][-1] = 7
    place.write_text(json.dumps(value))
    assert not kept(cache, old)


def test_a_folder_that_cannot_be_written_is_no_error(tmp_path: Path, old: Path) -> None:
    (tmp_path / "file").write_text("x")
    keep(tmp_path / "file" / "cache", old, "abc")
    assert not kept(tmp_path / "file" / "cache", old)


def test_ids_of_work_trees_nobody_looks_at_go(cache: Path, old: Path) -> None:
    cache.mkdir()
    stale = cache / "stale.json"
    stale.write_text("{}")
    long_ago = OLD_S - KEPT_S
    os.utime(stale, (long_ago, long_ago))
    keep(cache, old, "abc")
    assert not stale.exists()

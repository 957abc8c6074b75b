"""What is kept between runs, and that nothing unsound ever comes back."""

from __future__ import annotations

import multiprocessing
import os
import sqlite3
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from holdshort.checks.base import RepoView, run
from holdshort.checks.facts import fact_cache
from holdshort.checks.facts.fact_cache import FactCache, key_of
from holdshort.model.finding import Finding

KEY = key_of("fact", "a")


MakeView = Callable[[Mapping[str, str]], Any]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "facts.sqlite3"


def fill(place: Path, rows: Mapping[bytes, bytes]) -> None:
    cache = FactCache(place)
    cache.put(rows)
    cache.close()


def test_what_was_put_is_there_for_the_next_run(place: Path) -> None:
    fill(place, {KEY: b"value"})
    assert FactCache(place).get([KEY, key_of("other")]) == {KEY: b"value"}


def test_many_keys_at_once(place: Path) -> None:
    rows = {key_of(str(number)): b"%d" % number for number in range(2000)}
    fill(place, rows)
    assert FactCache(place).get(rows) == rows


def test_without_a_place_nothing_is_kept() -> None:
    cache = FactCache(None)
    cache.put({KEY: b"value"})
    assert not cache
    assert cache.get([KEY]) == {}


def test_keys_depend_on_our_own_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fact_cache, "_CODE", ["another version"])
    assert key_of("fact", "a") != KEY


def test_parts_of_a_key_do_not_run_together() -> None:
    assert key_of("ab", "c") != key_of("a", "bc")


@pytest.mark.parametrize("rubbish", [b"", b"no database", os.urandom(5000), b"SQLite format 3\0"])
def test_a_file_that_is_no_database_is_made_anew(place: Path, rubbish: bytes) -> None:
    place.parent.mkdir()
    place.write_bytes(rubbish)
    cache = FactCache(place)
    assert cache.get([KEY]) == {}
    cache.put({KEY: b"value"})
    cache.close()
    assert FactCache(place).get([KEY]) == {KEY: b"value"}


def test_a_database_with_torn_pages_is_thrown_away(place: Path) -> None:
    rows = {key_of(str(number)): b"x" * 500 for number in range(400)}
    fill(place, rows)
    data = bytearray(place.read_bytes())
    data[4096:] = os.urandom(len(data) - 4096)
    place.write_bytes(bytes(data))
    assert FactCache(place).get(rows) == {}
    fill(place, {KEY: b"value"})
    assert FactCache(place).get([KEY]) == {KEY: b"value"}


def test_a_changed_value_is_not_believed(place: Path) -> None:
    fill(place, {KEY: b"fail"})
    database = sqlite3.connect(place)
    with database:
        database.execute("UPDATE kept SET value = ?", (b"pass",))
    database.close()
    assert FactCache(place).get([KEY]) == {}


def test_a_value_moved_to_another_key_is_not_believed(place: Path) -> None:
    fill(place, {key_of("pass"): b"pass"})
    database = sqlite3.connect(place)
    with database:
        database.execute("UPDATE kept SET key = ?", (KEY,))
    database.close()
    assert FactCache(place).get([KEY]) == {}


def test_a_table_of_another_shape_is_made_anew(place: Path) -> None:
    place.parent.mkdir()
    database = sqlite3.connect(place)
    with database:
        database.execute("CREATE TABLE kept (a)")
    database.close()
    assert FactCache(place).get([KEY]) == {}
    FactCache(place).put({KEY: b"value"})


def test_a_folder_that_cannot_be_made_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    cache = FactCache(tmp_path / "file" / "facts.sqlite3")
    cache.put({KEY: b"value"})
    assert cache.get([KEY]) == {}


def test_a_locked_file_is_not_waited_for_long(place: Path) -> None:
    fill(place, {KEY: b"value"})
    other = sqlite3.connect(place, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    cache = FactCache(place)
    cache.put({key_of("more"): b"more"})
    other.execute("ROLLBACK")
    other.close()
    assert FactCache(place).get([KEY]) == {KEY: b"value"}


def test_it_never_grows_past_its_bound(place: Path) -> None:
    bound = 400_000
    for number in range(30):
        cache = FactCache(place, bound)
        cache.put({key_of(str(number), str(n)): os.urandom(1000) for n in range(50)})
        cache.close()
    database = sqlite3.connect(place)
    held = database.execute("SELECT sum(length(value)) FROM kept").fetchone()[0]
    database.close()
    assert held <= bound


def test_two_processes_write_side_by_side(place: Path) -> None:
    context = multiprocessing.get_context("fork")
    workers = [
        context.Process(target=fill, args=(place, {key_of(name, str(n)): b"x" for n in range(50)}))
        for name in ("one", "two")
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    keys = [key_of(name, str(n)) for name in ("one", "two") for n in range(50)]
    assert len(FactCache(place).get(keys)) >= 50


FILES = {
    f"part{number}.py": f"import numpy as np\nnp.random.rand({number})\n" for number in range(30)
}


def found(view: RepoView, place: Path) -> list[Finding]:
    cache = FactCache(place)
    try:
        return list(run(view, cache=cache))
    finally:
        cache.close()


def test_a_second_run_reads_no_file(place: Path, view: MakeView) -> None:
    first = found(view(FILES), place)
    again = view(FILES)
    assert found(again, place) == first
    assert again.reads == []


def test_another_state_is_another_finding(place: Path, view: MakeView) -> None:
    before = found(view(FILES), place)
    after = found(view({**FILES, "seed.py": "import numpy as np\nnp.random.seed(1)\n"}), place)
    assert before != after
    assert after == list(run(view({**FILES, "seed.py": "import numpy as np\nnp.random.seed(1)\n"})))


def test_a_change_of_ten_files_reads_ten_files(place: Path, view: MakeView) -> None:
    found(view(FILES), place)
    changed = {**FILES, **{path: FILES[path] + "x = 1\n" for path in sorted(FILES)[:10]}}
    again = view(changed)
    findings = found(again, place)
    assert set(again.reads) == set(sorted(FILES)[:10])
    assert findings == list(run(view(changed)))

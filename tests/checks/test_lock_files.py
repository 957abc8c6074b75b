"""Long locks, which are read line by line, say the same as short ones."""

from __future__ import annotations

import pytest

from holdshort.checks.facts.lock_files import MAX_COMPOSED, read_lock
from holdshort.checks.facts.python_source import UnreadableSourceError

CONDA_LOCK = """- category: main
  dependencies:
    python: '>=3.11'
  hash:
    md5: 00000000000000000000000000000000
  manager: conda
  name: alpha_{n}
  platform: linux-64
  url: https://example.org/conda-forge/linux-64/alpha_{n}-1.{n}-py311_0.conda
  version: '1.{n}'
"""
PIXI = """- conda: https://example.org/conda-forge/linux-64/alpha-{n}-1.{n}-py311_0.conda
  sha256: 0000000000000000000000000000000000000000000000000000000000000000
  depends:
  - python >=3.11
- pypi: https://example.org/packages/bravo_{n}-2.{n}-py3-none-any.whl
  name: bravo-{n}
  version: 2.{n}
"""
HEADS = {
    "conda-lock.yml": (
        "version: 1\nmetadata:\n  channels:\n  - url: conda-forge\npackage:\n",
        CONDA_LOCK,
    ),
    "pixi.lock": ("version: 6\nenvironments:\n  default:\n    packages:\n      linux-64:\n", PIXI),
}


@pytest.mark.parametrize("name", HEADS)
def test_a_long_lock_is_read_like_a_short_one(name: str) -> None:
    head, row = HEADS[name]
    head += "packages:\n" if name == "pixi.lock" else ""
    short = read_lock(head + "".join(row.format(n=n) for n in range(3)), name).versions
    text = head + "".join(row.format(n=n) for n in range(2000))
    assert len(text) > MAX_COMPOSED
    long = read_lock(text, name).versions
    assert short == {key: long[key] for key in short}
    assert len(long) == 2000 * (len(short) // 3)
    assert long["alpha-7"] == ("1.7",)


def test_a_long_file_of_something_else_is_no_lock() -> None:
    with pytest.raises(UnreadableSourceError):
        read_lock("a: b\n" * 100_000, "conda-lock.yml")

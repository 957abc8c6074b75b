"""Ignore rules decide as git decides."""

from __future__ import annotations

import itertools
import subprocess
from pathlib import Path

from holdshort.checks.facts.ignore_rules import deciding_rule

PATHS = ("uv.lock", "a/uv.lock", "a/b/uv.lock", "b/uv.lock", "b/c/d/uv.lock")
RULES = (
    *("uv.lock", "*.lock", "/uv.lock", "a/uv.lock", "a/", "**/uv.lock", "a/**", "a/*", "u?.lock"),
    *("[tuv]v.lock", "[!a]v.lock", "# uv.lock", "uv.lock ", "uv.lock\\ ", "b/**/uv.lock", "**/b"),
    *("*", "!*.lock", "/*", "!/a", "a/b/", "*v*.l*k", "[a-z]*.lock", "\\!uv.lock", "uv.lock/"),
)
BACK = ("!uv.lock", "!a/", "!/a", "!*.lock", "!a/b/uv.lock", "!b/**")


def ignored_by_git(root: Path, paths: list[str]) -> set[str]:
    asked = ["git", "-C", str(root), "check-ignore", "--no-index", "--stdin"]
    said = subprocess.run(
        asked, input="\n".join(paths), capture_output=True, text=True, check=False
    )
    return set(said.stdout.split())


def test_a_rule_decides_as_git_decides(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    expected: set[str] = set()
    asked: list[str] = []
    for number, (one, other) in enumerate(itertools.product(RULES, BACK)):
        texts = {f"{number}": f"{one}\n{other}\n", f"{number}/a": f"{other}\n"}
        for folder, text in texts.items():
            (tmp_path / folder).mkdir()
            (tmp_path / folder / ".gitignore").write_text(text)
        paths = [f"{number}/{path}" for path in PATHS]
        asked += paths
        expected |= {path for path in paths if deciding_rule(path, texts)}
    assert expected == ignored_by_git(tmp_path, asked)


def test_a_pattern_of_stars_ends() -> None:
    assert deciding_rule("a" * 200, {"": "*a" * 90 + "b\n"}) is None


def test_the_rule_is_named_with_its_line() -> None:
    rule = deciding_rule("x/uv.lock", {"": "# locks\n\n*.lock\n", "x": "other\n"})
    assert rule is not None
    assert (rule.path, rule.line, rule.pattern) == (".gitignore", 3, "*.lock")

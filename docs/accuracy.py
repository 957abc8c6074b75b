"""How often the checks are right: counted over labelled cases and labelled public repositories.

Run: `make accuracy CLONES=folder`, a folder of clones named `owner+name` (or `name`). Clones that
are absent are named and left out. Writes docs/accuracy.md, which tells what the words mean.
"""

from __future__ import annotations

import argparse
import json
import runpy
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from holdshort.checks.base import IDS, run
from holdshort.checks.child import own_command, own_environment

ROOT = Path(__file__).parents[1]
CORPUS = ROOT / "tests" / "corpus"
TARGET = ROOT / "docs" / "accuracy.md"
FINE = frozenset({"pass", "not_applicable"})
EITHER = "either"


@dataclass(frozen=True, slots=True)
class Judged:
    """One label beside what the check said.

    Attributes:
        where: the case or the repository.
        labels: the outcomes a person finds right; several where people may differ.
    """

    check: str
    where: str
    labels: tuple[str, ...]
    outcome: str
    headline: str

    @property
    def word(self) -> str:
        """What the comparison comes to."""
        if len(self.labels) > 1:
            return "arguable"
        label = self.labels[0]
        if self.outcome == "fail":
            return "found" if label == "fail" else "false alarm"
        if label == "fail":
            return "passed over" if self.outcome in FINE else "left to the person"
        if label in FINE:
            return "fine" if self.outcome in FINE else "asked without need"
        return "asked" if self.outcome not in FINE else "not asked"


def over_cases() -> Iterator[Judged]:
    """Run each check on its labelled cases, in memory."""
    corpus = runpy.run_path(str(ROOT / "tests" / "checks" / "test_corpus.py"))
    view = runpy.run_path(str(ROOT / "tests" / "checks" / "conftest.py"))["MemoryView"]
    for check_id in IDS:
        for case in corpus["labelled"](check_id):
            world = view(corpus["files_of"](case), untracked=case.get("untracked", ()))
            (found,) = run(world, [check_id])
            label = (str(case["outcome"]),)
            yield Judged(check_id, case["name"], label, str(found.outcome), found.headline)


def over_repositories(clones: Path) -> tuple[list[Judged], list[str]]:
    """Run every check on each labelled repository that is there; return also those that are not."""
    judged: list[Judged] = []
    absent: list[str] = []
    for row in yaml.safe_load((CORPUS / "repositories.yaml").read_text(encoding="utf-8")):
        name = row["repository"]
        found = _findings(clones, name, row["commit"])
        if found is None:
            absent.append(f"{name} {row['commit'][:10]}")
            continue
        for check_id, label in row["labels"].items():
            if check_id in found:
                outcome, headline = found[check_id]
                labels = tuple(label[1:-1]) if label[0] == EITHER else (label[0],)
                judged.append(Judged(check_id, name, labels, outcome, headline))
    return judged, absent


def _findings(clones: Path, name: str, commit: str) -> Mapping[str, tuple[str, str]] | None:
    places = (clones / name.replace("/", "+"), clones / name.partition("/")[2])
    folder = next((place for place in places if place.is_dir()), None)
    if folder is None:
        return None
    words = ["--repo", str(folder), "check", "--commit", commit, "--format", "json", "--no-cache"]
    done = subprocess.run(  # noqa: S603 - our own program
        [*own_command(), *words], env=own_environment(), capture_output=True, check=False
    )
    if not done.stdout:
        return None
    return {
        one["id"]: (one["outcome"], one["headline"]) for one in json.loads(done.stdout)["checks"]
    }


def _ratio(part: int, whole: int) -> str:
    return f"{part / whole:.2f}" if whole else "-"


def _rows(judged: Iterable[Judged]) -> Iterator[str]:
    rows = list(judged)
    for check_id in [one for one in IDS if any(row.check == one for row in rows)] + ["all"]:
        mine = [row for row in rows if check_id in (row.check, "all")]
        count = Counter(row.word for row in mine)
        problems = count["found"] + count["passed over"] + count["left to the person"]
        alarms = count["found"] + count["false alarm"]
        yield (
            f"| {check_id} | {len(mine)} | {problems} | {_ratio(count['found'], alarms)}"
            f" | {_ratio(count['found'], problems)} | {count['left to the person']}"
            f" | {count['asked']} | {count['asked without need']} | {count['arguable']}"
            f" | {count['false alarm'] + count['passed over']} |"
        )


HEAD = (
    "| check | labels | problems | precision | recall | left to the person | asked rightly"
    " | asked without need | arguable | wrong |\n| --- |" + " --: |" * 9
)


def document(cases: list[Judged], repositories: list[Judged], absent: list[str]) -> str:
    """Return the page."""
    looked = len({one.where for one in repositories})
    wrong = [one for one in repositories if one.word in {"false alarm", "passed over"}]
    missed = [one for one in repositories if one.word in {"left to the person", "not asked"}]
    parts = [
        TEXT.format(cases=len(cases), looked=looked, labels=len(repositories)),
        "## Public repositories\n",
        f"{looked} repositories; absent: {', '.join(absent) or 'none'}.\n",
        HEAD,
        *_rows(repositories),
        "\n### Where a check was wrong\n",
        *_listed(wrong),
        "\n### Where a check saw less than the person\n",
        *_listed(missed),
        "\n## Labelled cases\n",
        CASES,
        HEAD,
        *_rows(cases),
    ]
    return "\n".join(parts) + "\n"


def _listed(rows: list[Judged]) -> Iterator[str]:
    for one in rows:
        label = " or ".join(one.labels)
        yield f"- {one.check}, {one.where}: {one.outcome}, labelled {label}. “{one.headline}”"
    if not rows:
        yield "Nowhere."


TEXT = """# How often the checks are right

Made by `make accuracy CLONES=folder`; nothing here is written by hand.

Two sets of labels. {labels} labels of {looked} public repositories, each at one commit, were given
by a person who read the files before a check had run on them (`tests/corpus/repositories.yaml`,
with the places, and the two labels widened since). They are the honest figure, and a small one:
what is wrong there gets mended, so the next table is better than the next unknown repository.
{cases} labelled cases (`tests/corpus/checks/`, `tests/corpus/cases/`) are what the checks were
written against: a figure below 1 there is a failing test.

- **problem**: the label is fail. **precision**: of what a check called fail, the share that is a
  problem. **recall**: of the problems, the share that was called fail.
- **left to the person**: a problem that got warn or unknown: nobody is misled, somebody has to
  look.
- **asked rightly**, **asked without need**: warn or unknown where the label says so, and where all
  is fine.
- **arguable**: people may differ; counted as neither right nor wrong.
- **wrong**: fail where there is no problem, or pass where there is one.
"""

CASES = """A check is a row once it has labelled cases.
"""


def main() -> int:
    """Write the page; return 1 when a labelled case went wrong."""
    parser = argparse.ArgumentParser(description="Count how often the checks are right.")
    parser.add_argument("--clones", type=Path, default=Path("clones"))
    options = parser.parse_args()
    cases = list(over_cases())
    repositories, absent = over_repositories(options.clones)
    TARGET.write_text(document(cases, repositories, absent), encoding="utf-8")
    wrong = [one for one in cases if (one.outcome,) != one.labels]
    for one in wrong:
        sys.stderr.write(f"{one.check}, {one.where}: {one.outcome}, labelled {one.labels[0]}\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

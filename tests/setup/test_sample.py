"""The sample is small, believable and honest, and reads from an installed package."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
import yaml

import holdshort
from holdshort.model.checklist import AnswerType, EvidenceNeed
from holdshort.model.dossier import Dossier, QuestionState, ReleaseVerdict, fold
from holdshort.model.policy import ChecklistPin, Person, Policy
from holdshort.model.review import (
    Answer,
    ChecklistRef,
    Decision,
    EvidenceKind,
    Review,
    Reviewer,
    Verdict,
    Waiver,
)
from holdshort.setup.sample import MODEL, RELEASE, sample_history, sample_review
from holdshort.storage import catalog
from holdshort.storage.documents import build
from holdshort.storage.yaml_load import load

TODAY = date(2027, 3, 1)
CHECKLIST = catalog.find(catalog.DEFAULT)
HISTORY = sample_history()
TREE = {path: data for commit in HISTORY for path, data in commit.files.items()}
SCRIPT = load(sample_review(TODAY), "sample_review.yaml").value
PACKAGE = Path(holdshort.__file__).parent


def answers() -> dict[str, Answer]:
    given = SCRIPT["answers"]
    assert isinstance(given, dict)
    return {key: build(Answer, {**shown(key), **as_mapping(value)}) for key, value in given.items()}


def shown(question: str) -> dict[str, object]:
    one = CHECKLIST.by_id[question]
    return {"asked": one.text, "severity": one.severity}


def as_mapping(value: object) -> Mapping[str, object]:
    assert isinstance(value, dict)
    return value


def waivers() -> tuple[Waiver, ...]:
    return build(tuple[Waiver, ...], SCRIPT["waivers"])


def outcome_of_the_review() -> Dossier:
    review = Review(
        project=MODEL,
        model=MODEL,
        release=RELEASE,
        checklist=ChecklistRef(
            id=CHECKLIST.id, version=CHECKLIST.version, sha256=CHECKLIST.sha256, profile="quick"
        ),
        reviewer=Reviewer(id="ada", principal="ada@example.com", roles=("any",)),
        decision=Decision(str(SCRIPT["decision"])),
        answers=answers(),
        waivers=waivers(),
    )
    pin = ChecklistPin(id=CHECKLIST.id, version=CHECKLIST.version, sha256="0", profile="quick")
    policy = Policy(
        project=MODEL,
        model=MODEL,
        people={"ada": Person(name="Ada", principals=("ada@example.com",))},
        checklists=(pin,),
    )
    return fold(CHECKLIST, "quick", policy, [review], TODAY)


def test_every_stored_file_is_committed_and_the_whole_stays_small() -> None:
    stored = [
        path.relative_to(PACKAGE / "setup" / "sample_files").as_posix().replace("dot-", ".")
        for path in (PACKAGE / "setup" / "sample_files").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    ]
    assert sorted(TREE) == sorted(stored)
    assert sum(map(len, TREE.values())) < 40_000


def test_earlier_files_differ_from_what_they_became() -> None:
    rewritten = [
        path for commit in HISTORY for path, data in commit.files.items() if data != TREE[path]
    ]
    assert sorted(rewritten) == ["config/params.yaml", "metrics.json", "requirements.txt"]


def test_history_is_two_invented_people_over_one_autumn() -> None:
    assert {commit.email for commit in HISTORY} == {"ines@example.com", "jonas@example.com"}
    times = [datetime.fromisoformat(commit.date) for commit in HISTORY]
    assert times == sorted(set(times))
    assert {time.year for time in times} == {2026}
    assert all(time.tzinfo for time in times)


def test_messages_are_imperative_subjects_of_one_line() -> None:
    subjects = [commit.message.partition("\n")[0] for commit in HISTORY]
    assert all(0 < len(subject) <= 72 for subject in subjects)
    assert not [subject for subject in subjects if subject.endswith(".")]


def test_only_the_last_commit_is_tagged() -> None:
    assert [commit.tag for commit in HISTORY] == [""] * (len(HISTORY) - 1) + [f"v{RELEASE}"]


@pytest.mark.parametrize("path", [path for path in TREE if path.endswith(".py")])
def test_python_files_parse(path: str) -> None:
    assert ast.parse(TREE[path]).body


def test_notebook_is_nbformat_4_with_parsable_cells() -> None:
    notebook = json.loads(TREE["notebooks/late_payers.ipynb"])
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert all(ast.parse("".join(cell["source"])).body for cell in cells)
    assert len({cell["id"] for cell in notebook["cells"]}) == len(notebook["cells"])


def test_workflow_is_yaml_with_actions_pinned_to_a_commit() -> None:
    workflow = yaml.safe_load(TREE[".github/workflows/tests.yml"])
    steps = workflow["jobs"]["pytest"]["steps"]
    pins = [step["uses"].partition("@")[2] for step in steps if "uses" in step]
    assert len(pins) == 2
    assert all(len(pin) == 40 for pin in pins)


def test_the_model_reaches_the_minimum_that_was_agreed() -> None:
    metrics = json.loads(TREE["metrics.json"])
    assert metrics["baseline"]["auc"] < metrics["minimum_auc"] < metrics["test"]["auc"]
    assert yaml.safe_load(TREE["config/params.yaml"])["minimum_auc"] == metrics["minimum_auc"]


def test_the_script_answers_exactly_the_quick_profile_in_its_order() -> None:
    assert tuple(answers()) == CHECKLIST.profiles["quick"].questions


def test_the_scripted_review_ends_ready_with_one_waiver() -> None:
    dossier = outcome_of_the_review()
    assert dossier.verdict is ReleaseVerdict.READY_WITH_WAIVERS
    assert [row.id for row in dossier.of(QuestionState.WAIVED)] == ["rollback-tested"]
    assert [row.id for row in dossier.of(QuestionState.UNMET)] == ["deps-pinned", "split-seeded"]
    assert [row.id for row in dossier.of(QuestionState.PARTLY)] == ["python-version"]


def test_the_waiver_always_runs_thirty_days_from_the_day_of_the_demo() -> None:
    assert [waiver.expires for waiver in waivers()] == [str(TODAY + timedelta(days=30))]


def test_a_yes_has_its_evidence_and_anything_else_a_note() -> None:
    for name, answer in answers().items():
        if answer.verdict is not Verdict.MET:
            assert answer.note, name
        elif CHECKLIST.by_id[name].evidence.need is EvidenceNeed.REQUIRED:
            assert answer.evidence, name


def test_a_number_is_given_where_one_is_asked() -> None:
    for name, answer in answers().items():
        assert bool(answer.value) is (CHECKLIST.by_id[name].answer.type is AnswerType.NUMBER)
    tested = json.loads(TREE["metrics.json"])["test"]["auc"]
    assert answers()["holdout-result"].value == str(tested)


QUOTED = {
    "requirements.txt:2-3": "jupyterlab",
    ".github/workflows/tests.yml:14": '["3.11"]',
    ".github/workflows/tests.yml:2-4": "push:",
    "src/churn/train.py:44": "np.random.seed(",
    "MODEL_CARD.md:17": "about 0.02 AUC",
    "MODEL_CARD.md:24-25": "both agreed",
    "tests/test_features.py:21-22": "FEATURES",
    "tests/test_train.py:25-30": "assert runs[0] == runs[1]",
    "metrics.json:12": "0.8214",
    "config/params.yaml:3": "minimum_auc: 0.80",
    "docs/leakage.md:3-10": "duplicates across the sets",
    "data/README.md:5-10": "checked by legal",
    "docs/rollback.md:7-8": "old scheduler",
}


def test_evidence_points_at_the_lines_it_means() -> None:
    given = [
        evidence
        for answer in answers().values()
        for evidence in answer.evidence
        if evidence.kind is EvidenceKind.FILE
    ]
    assert {evidence.where for evidence in given} == set(QUOTED)
    for evidence in given:
        first, _, last = evidence.lines.partition("-")
        lines = TREE[evidence.ref].decode().splitlines()[int(first) - 1 : int(last or first)]
        assert QUOTED[evidence.where] in "\n".join(lines)


def test_findings_named_as_evidence_stand_beside_their_question() -> None:
    for name, answer in answers().items():
        beside = {check.id for check in CHECKLIST.by_id[name].checks}
        named = {one.ref for one in answer.evidence if one.kind is EvidenceKind.FINDING}
        assert named <= beside


def test_the_sample_reads_from_a_package_that_is_not_on_disk(tmp_path: Path) -> None:
    archive = tmp_path / "holdshort.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for path in (PACKAGE / "__init__.py", *(PACKAGE / "setup").rglob("*")):
            packed.write(path, path.relative_to(PACKAGE.parent))
    code = (
        "import datetime; from holdshort.setup.sample import *; "
        "print(len(sample_history()), len(sample_review(datetime.date(2027, 3, 1))))"
    )
    command = [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(archive)!r}); {code}"]
    result = subprocess.run(command, capture_output=True, text=True, check=True, cwd=tmp_path)
    assert result.stdout.split() == [str(len(HISTORY)), str(len(sample_review(TODAY)))]

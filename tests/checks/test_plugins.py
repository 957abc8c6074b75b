"""Checks of other packages: real installed ones, contained, and never out of the repository."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

import holdshort
from holdshort.checks import child
from holdshort.checks.base import harmless
from holdshort.checks.child import CheckRun
from holdshort.checks.plugins import installed
from holdshort.cli.main import main
from holdshort.model.finding import Finding, Level, Outcome, Place
from holdshort.walkthrough.visit import Visit

Git = Callable[..., str]
Installing = Callable[..., Path]
DAY = date(2026, 11, 20)
CHECK = """\
from holdshort.checks.base import Check, Verdict, place
from holdshort.model.finding import Level, Outcome


def look(repository):
    {body}


CHECK = Check(
    id="whatever", version="3", title="signed", statement="The model is signed.",
    outcomes={{one: "so" for one in Outcome}}, rules=(), facts={{}}, not_checked="by whom",
    look=look,
)
"""
FAILS = """\
    found = [path for path in sorted(repository.paths) if path.endswith(".bin")]
    return Verdict(
        outcome=Outcome.FAIL, headline=f"Found {len(found)} models",
        evidence=tuple(place(path, 0, Level.FAIL, "is not signed") for path in found),
        remediation="Sign it:\\nsign model.bin",
    )
"""
ID = "acme-checks/model-signed"


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Installing:
    """Lay an installed package out in a folder on the path, as an installer does."""

    def lay(
        body: str = FAILS.strip(),
        *,
        top: str = "",
        folder: Path | None = None,
        target: str = "acme_checks.signed:CHECK",
        name: str = "model-signed",
    ) -> Path:
        site = folder or tmp_path / "site"
        info = site / "Acme_Checks-1.2.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: Acme_Checks\nVersion: 1.2\n")
        (info / "entry_points.txt").write_text(f"[holdshort.checks]\n{name} = {target}\n")
        (site / "acme_checks").mkdir()
        (site / "acme_checks" / "__init__.py").write_text("")
        (site / "acme_checks" / "signed.py").write_text(top + CHECK.format(body=body))
        monkeypatch.syspath_prepend(str(site))
        return site

    return lay


@pytest.fixture
def models(repository: Path, git: Git) -> Path:
    """Commit a repository with one model."""
    (repository / "model.bin").write_bytes(b"\0")
    git(repository, "add", ".")
    git(repository, "commit", "-qm", "Model")
    return repository


def ran(root: Path, git: Git, check_id: str = ID) -> Finding:
    (found,) = CheckRun(root, git(root, "rev-parse", "HEAD"), (check_id,), day=DAY)
    return found


def test_an_installed_check_runs_beside_ours(
    models: Path, install: Installing, capsys: pytest.CaptureFixture[str]
) -> None:
    install()
    assert main(["--repo", str(models), "check", "--format", "json"]) == 1
    found = json.loads(capsys.readouterr().out)["checks"][-1]
    assert (found["id"], found["version"], found["outcome"]) == (ID, "3", "fail")
    assert [one["path"] for one in found["evidence"]] == ["model.bin"]
    assert found["coverage"]["not_checked"] == "by whom"
    assert main(["--repo", str(models), "check", ID]) == 1
    assert "- model.bin: is not signed" in capsys.readouterr().out


def test_it_is_listed_explained_and_can_be_left_out_without_being_loaded(
    models: Path, install: Installing, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    install(top=f"open({str(tmp_path / 'ran')!r}, 'w')\n")
    assert main(["--repo", str(models), "check", "--list"]) == 0
    assert f"{ID} " in capsys.readouterr().out
    assert main(["--repo", str(models), "explain", ID]) == 0
    assert "A check of the installed package acme-checks 1.2." in capsys.readouterr().out
    main(["--repo", str(models), "check", "--no-plugins", "--format", "json"])
    assert ID not in capsys.readouterr().out
    assert not (tmp_path / "ran").exists()
    assert main(["--repo", str(models), "check", "--format", "sarif"]) == 1
    rules = json.loads(capsys.readouterr().out)["runs"][0]["tool"]["driver"]["rules"]
    assert rules[-1]["id"] == ID
    assert (tmp_path / "ran").exists()


def test_a_review_runs_it_too(
    models: Path, install: Installing, tmp_path: Path, clock: Callable[..., object]
) -> None:
    install()
    visit = Visit.open(models, state=tmp_path / "state", now=clock)  # type: ignore[arg-type]  # the fake clock
    assert visit.check_ids[-1] == ID
    visit.run_checks((ID,))
    assert visit.findings[ID].outcome is Outcome.FAIL


def test_exceptions_hold_for_it(models: Path, install: Installing, git: Git) -> None:
    install()
    (models / ".holdshort").mkdir()
    (models / ".holdshort" / "exceptions.yaml").write_text(
        "schema: holdshort/exceptions/v1\nexceptions:\n"
        f"- {{check: {ID}, path: model.bin, reason: a toy, owner: ada, expires: 2026-12-31}}\n"
    )
    git(models, "add", ".")
    git(models, "commit", "-qm", "Except")
    assert (ran(models, git).outcome, ran(models, git).said) == (Outcome.WARN, Outcome.FAIL)


@pytest.mark.parametrize(
    ("top", "body", "said"),
    [
        ("", "raise ValueError('x')", "The check itself failed: ValueError"),
        ("", "return None", "acme-checks 1.2 cannot be used: AttributeError"),
        (
            "",
            "return Verdict(outcome=Outcome.PASS, headline='x', facts={'x': object()})",
            "acme-checks 1.2 cannot be used: TypeError",
        ),
        ("", "raise SystemExit(0)", "Not checked: the check process ended before"),
        ("", "import os; os._exit(0)", "Not checked: the check process ended before"),
        ("", "import os; os.kill(os.getpid(), 9)", "Not checked: the check process ended before"),
        ("raise ImportError('gone')\n", "pass", "acme-checks 1.2 cannot be used: ImportError"),
        ("import no_such_thing\n", "pass", "acme-checks 1.2 cannot be used: ModuleNotFound"),
    ],
)
def test_what_it_breaks_is_its_own_finding(
    models: Path, install: Installing, git: Git, top: str, body: str, said: str
) -> None:
    install(body, top=top)
    found = ran(models, git)
    assert (found.id, found.outcome) == (ID, Outcome.UNKNOWN)
    assert said in found.headline


@pytest.mark.parametrize("target", ["acme_checks.signed:look", "acme_checks.signed:gone"])
def test_a_target_that_is_no_check_is_named(
    models: Path, install: Installing, git: Git, target: str
) -> None:
    install(target=target)
    assert "is no Check" in ran(models, git).headline


def test_what_it_prints_goes_nowhere(models: Path, install: Installing, git: Git) -> None:
    noise = "import os, sys; print('x' * 9); sys.stderr.write('y'); os.write(1, b'{}\\n'); "
    install(noise + "return Verdict(outcome=Outcome.PASS, headline='Quiet')", top="print('z')\n")
    assert ran(models, git).headline == "Quiet"
    process = subprocess.run(
        [sys.executable, "-P", "-m", "holdshort", "--repo", str(models), "check", ID],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (source(), sys.path[0])))},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "xxx" not in process.stdout + process.stderr
    assert "Quiet" in process.stdout


def source() -> Path:
    return Path(holdshort.__file__).parent.parent


def test_one_that_hangs_is_ended_with_all_it_started(
    models: Path, install: Installing, git: Git, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(child, "PLUGIN_S", 4.0)
    mark = tmp_path / "pid"
    install(
        "import subprocess, time; p = subprocess.Popen(['sleep', '60']); "
        f"open({str(mark)!r}, 'w').write(str(p.pid)); time.sleep(60)"
    )
    started = time.monotonic()
    assert ran(models, git).outcome is Outcome.UNKNOWN
    assert time.monotonic() - started < 30
    with pytest.raises(ProcessLookupError):
        wait_for_end(int(mark.read_text()))


def wait_for_end(process: int) -> None:
    """Raise ProcessLookupError as soon as a process is gone, or return after a while."""
    for _ in range(50):
        state = Path(f"/proc/{process}/stat")
        if state.exists() and state.read_text().split()[2] == "Z":
            raise ProcessLookupError  # ended, and nobody has asked for its code yet
        os.kill(process, 0)
        time.sleep(0.1)


def test_our_checks_go_on_beside_a_broken_one(models: Path, install: Installing, git: Git) -> None:
    install("raise SystemExit(3)")
    head = git(models, "rev-parse", "HEAD")
    found = list(CheckRun(models, head, ("seeds-set", ID, "tests-present"), day=DAY))
    assert [one.id for one in found] == ["seeds-set", "tests-present", ID]
    assert found[0].version


def test_a_plugin_that_is_not_installed_is_unknown(models: Path, git: Git) -> None:
    assert "Not checked" in ran(models, git, "acme-checks/gone").headline
    assert main(["--repo", str(models), "check", "acme-checks/gone"]) == 2


def test_nothing_in_the_repository_is_a_plugin(
    models: Path, install: Installing, git: Git, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    install(top=f"open({str(tmp_path / 'ran')!r}, 'w')\n", folder=models / "src")
    git(models, "add", "--force", ".")
    git(models, "commit", "-qm", "Trap")
    assert installed(models) == ()
    assert [one.id for one in installed(tmp_path / "elsewhere")] == [ID]
    main(["--repo", str(models), "check"])
    assert ran(models, git).outcome is Outcome.UNKNOWN
    assert ID not in capsys.readouterr().out
    assert not (tmp_path / "ran").exists()


def test_a_package_whose_code_is_in_the_repository_is_not_loaded(
    models: Path, install: Installing, git: Git, tmp_path: Path
) -> None:
    site = install(top=f"open({str(tmp_path / 'ran')!r}, 'w')\n")
    (site / "acme_checks").rename(models / "acme_checks")
    (site / "acme_checks").symlink_to(models / "acme_checks")
    assert "its code lies in the repository under review" in ran(models, git).headline
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("name", ["Not A Slug", "a/b"])
def test_a_name_that_is_no_slug_is_passed_over(
    install: Installing, tmp_path: Path, name: str
) -> None:
    install(name=name)
    assert installed(tmp_path / "elsewhere") == ()


GUIDE = Path(__file__).parents[2] / "docs" / "plugins.md"


def test_the_worked_example_of_the_guide_works(models: Path, install: Installing, git: Git) -> None:
    guide = GUIDE.read_text(encoding="utf-8")
    (example,) = re.findall(r"```python\n(.*?)```", guide, re.DOTALL)
    (named,) = re.findall(r'^([\w-]+) = "(acme_checks\S+)"$', guide, re.MULTILINE)
    site = install(name=named[0], target=named[1])
    (site / "acme_checks" / "data_owner.py").write_text(example)
    wanted = f"acme-checks/{named[0]}"
    for card, outcome in (
        (None, Outcome.NOT_APPLICABLE),
        ("# Card\n", Outcome.FAIL),
        ("# Card\n\nData owner: Ada\n", Outcome.PASS),
    ):
        if card is not None:
            (models / "MODEL_CARD.md").write_text(card)
            git(models, "add", ".")
            git(models, "commit", "-qm", "Card")
        assert ran(models, git, wanted).outcome is outcome
    assert ran(models, git, wanted).evidence[0].line == 3


def test_what_it_says_is_short_and_harmless() -> None:
    loud = "\x1b]0;x\x07" + "y" * 500
    found = harmless(
        Finding(
            id=ID,
            version="1",
            outcome=Outcome.FAIL,
            headline=loud,
            evidence=tuple(Place(path=loud, level=Level.FAIL, why=loud) for _ in range(300)),
            facts={loud: [loud]},
            remediation=loud * 100,
        )
    )
    assert (len(found.headline), len(found.evidence), len(found.evidence[0].why)) == (200, 100, 80)
    assert "\x1b" not in json.dumps(found.to_json()).encode().decode("unicode_escape")
    assert len(found.remediation) <= 5_000

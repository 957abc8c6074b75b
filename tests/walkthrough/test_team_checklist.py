"""A team's own checklist, with a profile of its own name, and no policy yet."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from holdshort.model.dossier import ReleaseVerdict
from holdshort.model.review import Verdict
from holdshort.walkthrough.visit import Visit
from holdshort.walkthrough.wanted import Wanted

TEAM = """\
schema: holdshort/checklist/v1
id: team
version: '1.0.0'
title: Team
roles: {ml_engineer: ML engineer}
profiles: {ours: {title: Ours, questions: [one]}}
sections:
- id: only
  title: Only
  questions:
  - {id: one, text: Is it so?, role: ml_engineer}
"""


def test_the_assumed_policy_takes_the_profile_the_checklist_has(
    repository: Path, git: Callable[..., str], clock: Callable[..., object], tmp_path: Path
) -> None:
    (repository / "checklists").mkdir()
    (repository / "checklists" / "team.yaml").write_text(TEAM, encoding="utf-8")
    git(repository, "add", "--all")
    git(repository, "commit", "--quiet", "--message=Ask our own question")
    visit = Visit.open(repository, state=tmp_path / "state", now=clock)  # type: ignore[arg-type]  # the fixture is a callable clock

    with (walk := visit.begin(Wanted(checklist="team", release="1"))).draft:
        walk.answer("one", Verdict.MET)
        assert walk.profile == "ours"
        assert walk.gate().verdict is ReleaseVerdict.READY

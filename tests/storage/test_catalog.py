"""Finding and reading checklists: bundled ones, the team's own, and defective ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from holdshort.errors import ExitCode, HoldshortError
from holdshort.storage.catalog import DEFAULT, Source, bundled, find, parse, rendered

CORPUS = Path(__file__).parent.parent / "corpus" / "checklists"
REFUSED = {
    "answer-type-unknown": "20:13: sections.0.questions.0.answer.type: ",
    "choice-without-choices": "16:5: sections.0.questions.0: question 'one' is a choice without",
    "depends-on-no-facet": "20:17: question 'one' depends on 'elsewhere', not a facet",
    "facet-that-is-no-choice": "16:5: sections.0.questions.0: question 'one' is a facet",
    "id-is-no-slug": "2:5: checklist id 'Our Team' is not a slug",
    "key-unknown": "19:5: unknown key 'sections.0.questions.0.colour'",
    "minutes-are-no-number": "19:14: sections.0.questions.0.minutes: ",
    "no-sections": "1:1: sections: Field required",
    "profile-empty": "8:3: profile 'quick' has no questions",
    "profile-names-a-question-twice": "8:3: profile 'quick' names a question twice",
    "profile-names-an-unknown-question": "12:7: profile 'quick' names the unknown question 'two'",
    "question-id-is-no-slug": "16:5: sections.0.questions.0: question id 'One' is not a slug",
    "question-twice": "19:9: question id 'one' stands twice",
    "question-without-text": "16:5: sections.0.questions.0: question 'one' has no text",
    "role-unknown": "18:11: question 'one' names the unknown role 'astronaut'",
    "schema-newer": "1:9: the schema 'holdshort/checklist/v2' is not known to this version",
    "severity-unknown": "19:15: sections.0.questions.0.severity: ",
    "text-is-a-list": "17:11: sections.0.questions.0.text: ",
    "yaml-tab": "19:1: not YAML",
}
TEAM = """\
schema: holdshort/checklist/v1
id: team
version: '1.0.0'
title: Team
roles: {ml_engineer: ML engineer}
profiles: {quick: {title: Quick, questions: [one]}}
sections:
- id: only
  title: Only
  questions:
  - {id: one, text: Is it so?, role: ml_engineer}
"""


def source(name: str) -> Source:
    return Source(f"checklists/{name}.yaml", (CORPUS / f"{name}.yaml").read_bytes())


FOREIGN = {"no-schema", "schema-of-another-kind"}


def test_every_file_of_the_corpus_is_judged() -> None:
    assert {path.stem for path in CORPUS.glob("*.yaml")} == set(REFUSED) | FOREIGN


@pytest.mark.parametrize("name", sorted(FOREIGN))
def test_a_file_that_is_no_checklist_of_ours_bars_nothing(name: str) -> None:
    assert find(DEFAULT, (source(name),)).id == DEFAULT


@pytest.mark.parametrize("defect", REFUSED)
def test_a_defect_is_refused_with_its_place(defect: str) -> None:
    with pytest.raises(HoldshortError) as caught:
        find("anything", (source(defect),))

    assert caught.value.message.startswith(f"checklists/{defect}.yaml:{REFUSED[defect]}")
    newer = defect == "schema-newer"
    assert caught.value.exit_code is (ExitCode.UNDETERMINED if newer else ExitCode.BAD_INPUT)


def test_the_bundled_checklist_is_found_by_its_id() -> None:
    assert find(DEFAULT).id == DEFAULT


def test_the_teams_own_checklist_is_found() -> None:
    assert find("team", (Source("checklists/team.yaml", TEAM.encode()),)).title == "Team"


def test_the_teams_own_wins_over_a_bundled_one() -> None:
    own = TEAM.replace("id: team", f"id: {DEFAULT}")

    assert find(DEFAULT, (Source("checklists/own.yaml", own.encode()),)).title == "Team"


def test_an_unknown_id_names_the_known_ones() -> None:
    with pytest.raises(HoldshortError, match=r"no checklist is called 'x\^\[\[31m'") as caught:
        find("x\x1b[31m", (Source("checklists/team.yaml", TEAM.encode()),))
    assert caught.value.hint == f"Known: team, {DEFAULT}."


@pytest.mark.parametrize("name", [one.name for one in bundled()])
def test_a_rendered_checklist_reads_back_as_itself(name: str) -> None:
    original = next(parse(one) for one in bundled() if one.name == name)
    again = parse(Source("pinned.yaml", rendered(original)))

    assert again == original
    assert again.sha256 == original.sha256
    assert rendered(again) == rendered(original)


def test_five_thousand_questions_are_read() -> None:
    many = "".join(f"  - {{id: q{at}, text: Is it so?, role: ml_engineer}}\n" for at in range(5000))

    checklist = find("team", (Source("c.yaml", (TEAM + many).encode()),))

    assert len(checklist.by_id) == 5001


def test_a_checklist_without_guidance_can_be_pinned() -> None:
    bare = find("team", (Source("checklists/team.yaml", TEAM.encode()),))

    assert parse(Source("pinned.yaml", rendered(bare))).sha256 == bare.sha256

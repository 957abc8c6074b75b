"""Which questions a check stands beside, by the checklist that a review would use."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from holdshort.model.relation import Beside, Relation
from holdshort.storage.catalog import DEFAULT, find
from holdshort.storage.layout import POLICY, checklist_path
from holdshort.storage.relations import Relations, read_relations


def relations(files: Mapping[str, str]) -> Relations:
    def read(path: str, limit: int) -> bytes:
        if path not in files:
            raise FileNotFoundError(2, "not there", path)
        return files[path].encode()[:limit]

    return read_relations(files, read)


def checklist(question: str, *checks: str, identity: str = DEFAULT) -> str:
    beside = ", ".join(checks)
    return (
        f"schema: holdshort/checklist/v1\nid: {identity}\nsections:\n"
        f"- questions:\n  - {{id: {question}, checks: [{beside}]}}\n"
    )


def test_the_cheap_reading_says_what_the_whole_checklist_says() -> None:
    found = relations({})
    for question in find(DEFAULT).walk():
        for check in question.checks:
            assert Beside(question.id, check.relation) in found.of(check.id)
    assert sum(map(len, found.by_check.values())) == sum(
        len(question.checks) for question in find(DEFAULT).walk()
    )
    assert found.problem == ""


def test_a_check_that_no_question_names_stands_alone() -> None:
    assert relations({}).of("no-such-check") == ()


def test_followups_count_and_a_relation_left_out_supports() -> None:
    text = checklist("one", "{id: a}") + (
        "    followups:\n    - {id: two, checks: [{id: a, relation: contradicts}]}\n"
    ).replace("    followups", "  - id: three\n    followups")
    found = relations({"checklists/x.yaml": text})
    assert found.of("a") == (
        Beside("one", Relation.SUPPORTS),
        Beside("two", Relation.CONTRADICTS),
    )


def test_the_pinned_checklists_come_before_the_own_and_the_bundled_one() -> None:
    files = {
        POLICY: "checklists: [{id: a, version: '1'}, {id: b, version: '2'}]\n",
        checklist_path("a", "1"): checklist("pinned", "{id: x}", identity="a"),
        checklist_path("b", "2"): checklist("also", "{id: x}", identity="b"),
        "checklists/own.yaml": checklist("own", "{id: x}"),
    }
    assert [one.question for one in relations(files).of("x")] == ["pinned", "also"]
    del files[POLICY]
    assert [one.question for one in relations(files).of("x")] == ["own"]


def test_another_checklist_or_another_file_in_the_folder_is_not_used() -> None:
    files = {
        "checklists/deploy.yaml": "- {{ not: yaml\n",
        "checklists/sub/own.yaml": checklist("deeper", "{id: seeds-set}"),
        "checklists/team.yaml": checklist("team", "{id: seeds-set}", identity="team"),
    }
    assert [one.question for one in relations(files).of("seeds-set")] == ["seeds-set"]


@pytest.mark.parametrize(
    ("files", "problem"),
    [
        ({POLICY: "checklists: ["}, f"{POLICY}:2:1: not YAML"),
        ({POLICY: "checklists: [{id: a, version: '1'}]\n"}, "not there"),
        ({"checklists/x.yaml": checklist("one", "{id: a, relation: loves}")}, "'loves'"),
    ],
)
def test_what_cannot_be_read_is_named_and_gives_no_relations(
    files: Mapping[str, str], problem: str
) -> None:
    found = relations(files)
    assert problem in found.problem
    assert not found.by_check


def test_odd_shapes_give_nothing() -> None:
    for text in ("sections: x\n", "sections: [x]\n", "sections: [{questions: [[x]]}]\n"):
        odd = f"schema: holdshort/checklist/v1\nid: {DEFAULT}\n{text}"
        assert relations({"checklists/x.yaml": odd}) == Relations()

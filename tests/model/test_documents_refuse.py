"""Checklists, policies and subjects refuse what no later step could repair."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdshort.model.checklist import (
    AnswerRule,
    AnswerType,
    AppliesIf,
    Checklist,
    Profile,
    Question,
    Section,
)
from holdshort.model.policy import ChecklistPin, Person, Policy, Requirement, WaiverRule
from holdshort.model.subject import Scope, SourceEntry, Subject, source_sha256

PIN = ChecklistPin(id="tiny", version="1", sha256="0" * 64, profile="quick")
ADA = Person(name="Ada", principals=("ada@example.org",))
POLICY = Policy(project="churn", model="churn", people={"ada": ADA}, checklists=(PIN,))


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"project": "Not A Slug"}, "not a slug"),
        ({"people": {"../ada": ADA}}, "not a slug"),
        ({"people": {"ada": Person(name="Ada", principals=())}}, "no principal"),
        ({"people": {"ada": ADA, "bob": replace(ADA, name="Bob")}}, "belongs to both"),
        ({"require": ()}, "at least one person"),
        ({"require": (Requirement(people=0),)}, "at least one person"),
        ({"checklists": ()}, "pins no checklist"),
        ({"checklists": (PIN, PIN)}, "pins a checklist twice"),
        ({"waivers": WaiverRule(max_days=-1)}, "max_days"),
        ({"waivers": WaiverRule(max_days=10**9)}, "max_days"),
        ({"key_types": ("ssh-dss",)}, "unknown key type"),
    ],
)
def test_a_policy_that_could_be_read_in_two_ways_is_refused(
    changes: dict[str, Any], why: str
) -> None:
    with pytest.raises(ValueError, match=why):
        replace(POLICY, **changes)


def test_a_policy_knows_people_by_every_address_without_case() -> None:
    ada = replace(ADA, aliases=("Ada@Home.example",))
    policy = Policy.for_one_person("churn", "ada", ada, PIN)
    assert policy.person_of("ADA@home.EXAMPLE") == "ada"
    assert policy.person_of("eve@example.org") is None
    assert policy.people_needed == 1


QUESTION = Question(id="one", text="Is it?", role="owner")
FACET = Question(
    id="facet",
    text="Which?",
    role="owner",
    facet=True,
    answer=AnswerRule(type=AnswerType.CHOICE, choices=("a", "b")),
)


def checklist(
    *questions: Question, profile: tuple[str, ...] = ("one",), **changes: Any
) -> Checklist:
    sections = (Section(id="all", title="All", questions=questions),)
    fields = {
        "id": "tiny",
        "version": "1",
        "title": "Tiny",
        "roles": {"owner": "Owns"},
        "profiles": {"quick": Profile(title="Quick", questions=profile)},
        "sections": sections,
    }
    return Checklist(**{**fields, **changes})


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"id": "Not a slug"}, "not a slug"),
        ({"text": "  "}, "has no text"),
        ({"answer": AnswerRule(type=AnswerType.CHOICE)}, "without choices"),
        ({"facet": True}, "must be a choice"),
    ],
)
def test_a_question_that_cannot_be_asked_is_refused(changes: dict[str, Any], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        replace(QUESTION, **changes)


@pytest.mark.parametrize(
    ("parts", "why"),
    [
        ({"id": "Not a slug"}, "not a slug"),
        ({"questions": (QUESTION, QUESTION)}, "stands twice"),
        ({"questions": (replace(QUESTION, role="nobody"),)}, "unknown role"),
        (
            {"questions": (replace(QUESTION, applies_if=(AppliesIf(question="x"),)),)},
            "depends on 'x', not a facet",
        ),
        ({"profile": ("two",)}, "unknown question"),
        ({"profile": ()}, "has no questions"),
        ({"profile": ("one", "one")}, "names a question twice"),
    ],
)
def test_a_checklist_whose_parts_do_not_fit_is_refused(parts: dict[str, Any], why: str) -> None:
    questions = parts.pop("questions", (QUESTION,))
    with pytest.raises(ValueError, match=why):
        checklist(*questions, **parts)


def test_a_checklist_finds_its_questions_and_their_sections() -> None:
    follow = replace(QUESTION, id="why")
    asked = replace(
        QUESTION, followups=(follow,), applies_if=(AppliesIf(question="facet", any_of=("a",)),)
    )
    tiny = checklist(FACET, asked, profile=("facet", "one"))
    assert list(tiny.by_id) == ["facet", "one", "why"]
    assert tiny.section_of["why"].id == "all"
    assert [one.id for one in tiny.questions("quick", {"facet": "b"})] == ["facet"]
    assert [one.id for one in tiny.questions("quick", {})] == ["facet", "one"]
    assert tiny.at_least("quick", "quick")
    assert not tiny.at_least("quick", "deep")
    assert not AppliesIf(question="facet", none_of=("a",)).holds({"facet": "a"})


@pytest.mark.parametrize("field", ["commit", "tree", "base", "source_sha256"])
def test_a_subject_names_full_ids_only(field: str) -> None:
    change: dict[str, Any] = {field: "main"}
    whole = Subject(commit="1" * 40, tree="2" * 40, source_sha256="3" * 64)
    with pytest.raises(ValueError, match="no full id"):
        replace(whole, **change)


names = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)
paths = st.lists(names, min_size=1, max_size=4).map("/".join)


@given(paths)
def test_everything_is_in_scope_but_our_own_folders(path: str) -> None:
    assert Scope().holds(f"src/{path}")
    for folder in ("reviews", ".holdshort"):
        assert not Scope(include=("**", f"{folder}/**")).holds(f"{folder}/{path}")


@given(paths, st.lists(st.sampled_from(["**", "*", "a/**", "**/b", "?", "*.md"]), max_size=3))
def test_leaving_out_more_never_brings_a_path_in(path: str, patterns: list[str]) -> None:
    less = Scope(exclude=tuple(patterns))
    assert not less.holds(path) or Scope().holds(path)
    assert not Scope(exclude=("**",)).holds(path)


@pytest.mark.parametrize(
    ("pattern", "path", "matches"),
    [
        ("*.md", "README.md", True),
        ("*.md", "docs/plan.md", False),
        ("**/*.md", "README.md", True),
        ("**/*.md", "docs/deep/plan.md", True),
        ("docs/**", "docs/plan.md", True),
        ("docs/**", "docs", False),
        ("docs/?.md", "docs/a.md", True),
        ("docs/?.md", "docs//.md", False),
        ("a.c", "abc", False),
        ("*", "new\nline", True),
    ],
)
def test_stars_cross_folders_only_in_pairs(pattern: str, path: str, matches: bool) -> None:
    assert Scope(include=(pattern,)).holds(path) is matches


@given(st.dictionaries(paths, st.sampled_from(["1" * 64, "2" * 64])), st.randoms())
def test_the_digest_of_a_source_knows_no_order(files: dict[str, str], random: Any) -> None:
    entries = [SourceEntry("100644", digest, path) for path, digest in files.items()]
    mixed = random.sample(entries, len(entries))
    assert source_sha256(mixed) == source_sha256(entries)
    more = [*entries, SourceEntry("100755", "3" * 64, "added\udcff")]
    assert source_sha256(more) != source_sha256(entries)

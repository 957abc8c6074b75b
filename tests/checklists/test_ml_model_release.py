"""The bundled checklist keeps its promises: short profiles, one fact a question, real sources."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from holdshort.model.checklist import (
    AnswerType,
    EvidenceNeed,
    Permission,
    Question,
    Severity,
)
from holdshort.model.relation import Relation
from holdshort.storage import catalog

CHECKLIST = catalog.find(catalog.DEFAULT)
QUESTIONS = tuple(CHECKLIST.walk())

CHECKS = {
    "dependencies-pinned",
    "lockfile-fresh",
    "python-version-declared",
    "seeds-set",
    "splits-seeded",
    "tests-present",
    "tests-run-in-ci",
    "secrets-absent",
}
EVIDENT = {Relation.SUPPORTS, Relation.CONTRADICTS}
SOURCE_ITEMS = Path(__file__).with_name("source_items.txt").read_text(encoding="utf-8").split()

every_question = pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.id)


def asked(profile: str) -> list[Question]:
    questions = (CHECKLIST.by_id[one] for one in CHECKLIST.profiles[profile].questions)
    return [question for question in questions if not question.facet]


def can_be_checked(question: Question) -> bool:
    return any(check.relation in EVIDENT for check in question.checks)


def supported(question: Question) -> bool:
    return any(check.relation is Relation.SUPPORTS for check in question.checks)


def blockers(questions: list[Question]) -> list[str]:
    return [one.id for one in questions if one.severity is Severity.BLOCKER]


def test_quick_stays_quick() -> None:
    questions = asked("quick")
    assert len(questions) <= 12
    assert len(blockers(questions)) <= 5
    assert sum(map(can_be_checked, questions)) >= 7


def test_quick_asks_no_scope_facet_as_nothing_in_it_hides() -> None:
    assert [one.id for one in asked("quick")] == list(CHECKLIST.profiles["quick"].questions)
    assert not [one.id for one in asked("quick") if one.applies_if]


def test_essential_holds_about_twenty_killer_questions_for_every_role() -> None:
    questions = asked("essential")
    assert 18 <= len(questions) <= 24
    assert len(blockers(questions)) <= 6
    assert {one.role for one in questions} == set(CHECKLIST.roles)


def test_essential_asks_everything_quick_asks() -> None:
    assert CHECKLIST.at_least("essential", "quick")
    assert not CHECKLIST.at_least("quick", "essential")


@pytest.mark.parametrize("profile", CHECKLIST.profiles)
def test_what_the_repository_can_show_is_asked_first(profile: str) -> None:
    order = [can_be_checked(question) for question in asked(profile)]
    assert order == sorted(order, reverse=True)


def test_scope_facets_are_asked_before_all_else_in_essential() -> None:
    order = [CHECKLIST.by_id[one].facet for one in CHECKLIST.profiles["essential"].questions]
    assert order == sorted(order, reverse=True)


@pytest.mark.parametrize(
    ("facet", "value", "hidden"),
    [
        ("serving-mode", "batch", "endpoint-access"),
        ("personal-data", "none", "privacy-exposure"),
    ],
)
def test_a_facet_hides_what_cannot_apply(facet: str, value: str, hidden: str) -> None:
    everything = {one.id for one in CHECKLIST.questions("essential", {})}
    left = {one.id for one in CHECKLIST.questions("essential", {facet: value})}
    assert everything - left == {hidden}


def test_every_facet_value_a_rule_names_is_one_of_its_choices() -> None:
    rules = [rule for question in QUESTIONS for rule in question.applies_if]
    assert rules
    for rule in rules:
        choices = CHECKLIST.by_id[rule.question].answer.choices
        assert {*rule.any_of, *rule.none_of} <= set(choices)


def test_every_question_is_asked_in_some_profile() -> None:
    listed = {one for profile in CHECKLIST.profiles.values() for one in profile.questions}
    assert listed == {question.id for question in QUESTIONS}


def test_only_checks_that_exist_are_named_each_beside_one_question() -> None:
    named = [check.id for question in QUESTIONS for check in question.checks]
    assert sorted(named) == sorted(CHECKS)


def test_the_source_list_is_complete() -> None:
    assert len(SOURCE_ITEMS) == len(set(SOURCE_ITEMS)) == 497


@every_question
def test_every_source_exists_and_stands_once(question: Question) -> None:
    assert set(question.sources) <= set(SOURCE_ITEMS)
    assert len(set(question.sources)) == len(question.sources)


@every_question
def test_a_question_without_a_source_says_that_it_is_extra(question: Question) -> None:
    assert question.extra is not bool(question.sources)


@every_question
def test_text_is_one_short_question(question: Question) -> None:
    assert re.fullmatch(r"[A-Z][^?\n]*\?", question.text)
    assert len(question.text) <= 150
    assert " and " not in question.text


@every_question
def test_guidance_says_why_what_is_good_and_what_is_weak(question: Question) -> None:
    for text, limit in (
        (question.guidance.why, 220),
        (question.guidance.good, 160),
        (question.guidance.weak, 160),
    ):
        assert 20 <= len(text) <= limit
        assert re.fullmatch(r"[A-Z].*[.]", text)


@every_question
def test_prose_is_plain_ascii(question: Question) -> None:
    guidance = question.guidance
    prose = (question.text, guidance.why, guidance.good, guidance.weak, question.evidence.hint)
    assert all(text.isascii() and text.isprintable() for text in prose)


@every_question
def test_evidence_hint_fits_one_line(question: Question) -> None:
    assert 1 <= len(question.evidence.hint) <= 60


@every_question
def test_yes_to_a_blocker_needs_evidence_unless_a_check_can_prove_it(question: Question) -> None:
    needed = question.severity is Severity.BLOCKER and not supported(question)
    assert (question.evidence.need is EvidenceNeed.REQUIRED) is needed


@every_question
def test_minutes_follow_the_stated_assumption(question: Question) -> None:
    light = question.facet or supported(question)
    assert question.minutes == (0.5 if light else 1.0)


def test_no_total_of_minutes_is_typed_anywhere() -> None:
    profiles = [profile.title for profile in CHECKLIST.profiles.values()]
    sections = [section.title for section in CHECKLIST.sections]
    prose = [CHECKLIST.title, CHECKLIST.description, *profiles, *sections]
    assert not [text for text in prose if re.search(r"\d|minute", text)]


@every_question
def test_a_permission_has_a_meaning_where_it_stands(question: Question) -> None:
    assert question.na in {Permission.ALLOWED, Permission.FORBIDDEN}
    assert question.carry in {Permission.ALLOWED, Permission.NEVER}


def test_a_number_has_a_unit_and_a_readable_target() -> None:
    numbers = [one.answer for one in QUESTIONS if one.answer.type is AnswerType.NUMBER]
    assert all(rule.unit for rule in numbers)
    targets = [rule.target for rule in numbers if rule.target]
    assert targets
    assert all(re.fullmatch(r"(>=|<=|>|<) -?\d+(\.\d+)?", target) for target in targets)


def test_pinning_and_reading_back_changes_nothing() -> None:
    pinned = catalog.parse(catalog.Source("pinned.yaml", catalog.rendered(CHECKLIST)))
    assert pinned == CHECKLIST
    assert pinned.sha256 == CHECKLIST.sha256

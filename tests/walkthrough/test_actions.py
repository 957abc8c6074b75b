"""The shortest list of actions to ready, cheapest first, each with what to paste."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from holdshort.model.action import Action, ActionKind
from holdshort.model.finding import Finding, Outcome
from holdshort.model.policy import Requirement
from holdshort.model.review import Decision, Verdict
from holdshort.walkthrough.actions import actions, actions_after_signing
from holdshort.walkthrough.keys import signing_key
from holdshort.walkthrough.script import play, read_script
from holdshort.walkthrough.sealing import commit_review, seal, sign_review
from holdshort.walkthrough.session import Walkthrough
from holdshort.walkthrough.visit import Visit

from .conftest import QUICK, finding
from .test_sealing import answered

Begin = Callable[..., Walkthrough]
Git = Callable[..., str]
PASS, FAIL = finding(Outcome.PASS), finding(Outcome.FAIL)


def of(walk: Walkthrough, kind: ActionKind) -> list[Action]:
    return [one for one in actions(walk) if one.kind is kind]


def words(action: Action) -> list[str]:
    return shlex.split(action.fix)


@pytest.mark.parametrize("told", [PASS, FAIL])
def test_the_list_is_in_the_order_of_what_things_cost(begin: Begin, told: Finding) -> None:
    walk = begin(told)
    walk.answer("manual", Verdict.UNMET, note="x")
    walk.answer("metric", Verdict.MET)
    kinds = [one.kind for one in actions(walk)]
    order = list(ActionKind)

    assert kinds == sorted(kinds, key=order.index)
    assert kinds.count(ActionKind.SIGN) == 1


def test_what_checks_suggest_is_one_line(begin: Begin) -> None:
    walk = begin(PASS)
    (action,) = of(walk, ActionKind.ACCEPT)

    assert action.questions == ("seeded",)
    assert action.place == "train.py:3"
    assert words(action)[:4] == ["holdshort", "answer", "seeded", "--accept"]
    assert "seeded" not in [one.questions[0] for one in of(walk, ActionKind.ANSWER)]


def test_an_open_question_names_its_command_and_no_verdict_is_put_into_a_mouth(
    begin: Begin,
) -> None:
    found = {one.questions[0]: one for one in of(begin(), ActionKind.ANSWER)}

    assert words(found["manual"])[:6] == [
        "holdshort", "answer", "manual", "VERDICT", "--evidence", "FILE:LINE",
    ]  # fmt: skip
    assert words(found["metric"])[3:6] == ["VERDICT", "--value", "NUMBER"]
    assert words(found["serving"])[2:5] == ["serving", "--value", "CHOICE"]
    assert found["watched"].owner == "sre"


def test_a_failing_check_is_fixed_rather_than_answered(begin: Begin) -> None:
    walk = begin(FAIL)
    (action,) = of(walk, ActionKind.FIX)

    assert action.questions == ("seeded",)
    assert action.fix == "random.seed(7)"
    assert action.place == "train.py:3"
    assert action.why == "seeds-set: Found 1 generator"
    assert "seeded" not in [one.questions[0] for one in of(walk, ActionKind.ANSWER)]


def test_a_failing_check_without_a_remedy_is_answered(begin: Begin) -> None:
    walk = begin(replace(FAIL, remediation=""))
    found = {one.questions[0]: one for one in of(walk, ActionKind.ANSWER)}

    assert words(found["seeded"])[2:4] == ["seeded", "no"]
    assert of(walk, ActionKind.FIX) == []


def test_what_an_answer_lacks_is_completed(begin: Begin) -> None:
    walk = begin(PASS)
    walk.answer("manual", Verdict.MET)
    walk.answer("metric", Verdict.MET)
    walk.answer("watched", Verdict.PARTLY)
    found = {one.questions[0]: words(one)[3:5] for one in of(walk, ActionKind.COMPLETE)}

    assert found == {
        "manual": ["--evidence", "FILE:LINE"],
        "metric": ["--value", "NUMBER"],
        "watched": ["--note", "WHY"],
    }


def test_a_stale_answer_is_pressed_again(begin: Begin) -> None:
    walk = begin(PASS)
    walk.accept("seeded")
    walk.visit.take(finding(Outcome.WARN))
    found = {one.questions[0]: one for one in of(walk, ActionKind.ANSWER)}

    assert words(found["seeded"])[2:4] == ["seeded", "yes"]


def test_an_unmet_blocker_is_cured_or_waived_by_a_line_that_works(begin: Begin) -> None:
    walk = begin(PASS)
    walk.answer("manual", Verdict.UNMET, note="x")
    walk.answer("metric", Verdict.UNMET, note="x")
    (action,) = of(walk, ActionKind.WAIVE)
    echo, line, pipe, *rest = words(action)

    assert action.questions == ("manual",)
    assert (echo, pipe, rest[:4]) == ("echo", "|", ["holdshort", "review", "--answers", "-"])
    play(walk, read_script(line.encode(), "stdin"))
    assert walk.view("manual").waived
    assert of(walk, ActionKind.WAIVE) == []


def test_commands_carry_only_the_options_they_need(begin: Begin, project: Path, git: Git) -> None:
    (sign,) = of(begin(), ActionKind.SIGN)
    assert words(sign) == ["holdshort", "sign", "--release", "1.0.0", "--checklist", "team"]
    git(project, "tag", "v2.0.0")
    wanted = replace(QUICK, release="2.0.0", model="other")
    (sign,) = of(begin(wanted=wanted), ActionKind.SIGN)
    assert words(sign) == ["holdshort", "sign", "--model", "other", "--checklist", "team"]


def test_other_roles_are_asked_with_a_message_to_send(begin: Begin) -> None:
    walk = begin(wanted=replace(QUICK, roles=("ml_engineer",)))
    (action,) = of(walk, ActionKind.ASK)

    assert action.owner == "sre"
    assert action.questions == ("watched",)
    assert action.message.splitlines() == [
        "Release 1.0.0 waits for sre.",
        "- Is it watched? (watched, major)",
        "Please run: holdshort review --release 1.0.0 --role sre",
    ]
    assert "watched" not in [one.questions[0] for one in of(walk, ActionKind.ANSWER)]


def test_a_missing_second_approval_is_asked_for(begin: Begin) -> None:
    walk = answered(begin(PASS))
    walk.policy = replace(walk.policy, require=(Requirement(people=2),))
    (action,) = of(walk, ActionKind.ASK)

    assert action.why == "an approval by any is missing"
    assert action.message.endswith("holdshort review --release 1.0.0")


def test_when_all_is_answered_only_the_signature_is_left(begin: Begin) -> None:
    walk = answered(begin(PASS))
    walk.answer("watched", Verdict.MET)

    assert [one.kind for one in actions(walk)] == [ActionKind.SIGN]


def test_a_review_less_deep_than_the_policy_asks_is_said(begin: Begin) -> None:
    walk = begin()
    pins = tuple(replace(one, profile="deep") for one in walk.policy.checklists)
    walk.policy = replace(walk.policy, checklists=pins)
    (deeper,) = [one for one in of(walk, ActionKind.ANSWER) if "profile" in one.why]

    assert deeper.questions == ("extra",)
    assert words(deeper)[:3] == ["holdshort", "review", "--profile"]


def test_after_signing_blockers_and_other_roles_are_left(
    begin: Begin, visit: Callable[..., Visit]
) -> None:
    wanted = replace(QUICK, roles=("ml_engineer",))
    walk = begin(PASS, wanted=wanted)
    walk.value("serving", "batch")
    walk.accept("seeded")
    walk.answer("manual", Verdict.UNMET, note="not read")
    review = seal(walk, Decision.COMMENT)
    commit_review(walk, sign_review(review, signing_key(walk.visit)))
    seen = visit(PASS)
    place = seen.signed(wanted)
    assert place is not None
    found = actions_after_signing(seen, wanted, place)

    assert [(one.kind, one.owner) for one in found] == [
        (ActionKind.FIX, "ml_engineer"),
        (ActionKind.ASK, "sre"),
        (ActionKind.ASK, "any"),
    ]
    assert found[0].why == "blocker unmet: not read"

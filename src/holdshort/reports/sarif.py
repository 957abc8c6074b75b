"""Findings as SARIF 2.1.0, for code scanning and other readers of static analysis.

One result a place that speaks against a statement, so that each can be shown, tracked and
suppressed alone; one for the whole repository where a finding names no place, and one for a check
that could not tell. What passes or does not apply is no result: its outcome stands in the
properties of the run. The same findings give the same bytes.

Source: SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html), named here
by section; limits from GitHub's "SARIF support for code scanning".
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote

from holdshort.errors import ExitCode
from holdshort.model.description import Description
from holdshort.model.exceptions import PLACE, idle
from holdshort.model.finding import Excepted, Finding, Level, Outcome, Place
from holdshort.model.relation import Beside
from holdshort.model.text import one_line, visible_lines

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
ROOT = "%SRCROOT%"
"""What uris are relative to: the top of the repository (§3.14.14)."""

MAX_RESULTS = 25_000
MAX_BYTES = 10_000_000
"""Most results and bytes that GitHub takes; its byte limit is for the file after gzip, this one
before, so that either form is taken."""

MAX_TEXT = 1024
"""Longest description of a rule that GitHub takes, in characters."""

_LEVELS = {Level.FAIL: "error", Level.WARN: "warning"}
_ORDER = {"error": 0, "warning": 1, "none": 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run of the checks.

    Attributes:
        version: of holdshort.
        described: what each check says about itself, by id.
        commit: full hex, empty when there is none.
        dirty: whether the bytes read may differ from the commit.
        code: what the process ends with.
        beside: the questions each check stands beside.
        notes: what is wrong with the file of exceptions.
    """

    version: str
    findings: Sequence[Finding]
    described: Mapping[str, Description]
    commit: str
    dirty: bool
    code: ExitCode
    beside: Mapping[str, Sequence[Beside]] = field(default_factory=dict)
    notes: Sequence[str] = ()


def sarif(run: Run, *, max_results: int = MAX_RESULTS, max_bytes: int = MAX_BYTES) -> str:
    """Return the log of a run, within the limits; what matters least is left out first, and said.

    The notifications alone are never cut: each check names at most a few unread files.
    """
    results = [one for index, f in enumerate(run.findings) for one in _results(f, index, run)]
    room = max_bytes - len(_log(run, [], left_out=len(results)))
    kept = _most_important(results, max_results, room)
    return _log(run, kept, left_out=len(results) - len(kept))


def _most_important(
    results: list[dict[str, object]], max_results: int, room: int
) -> list[dict[str, object]]:
    """Return what fits, in the order given; errors before warnings before what is open."""
    ranked = sorted(range(len(results)), key=lambda at: _ORDER[str(results[at]["level"])])
    kept = set()
    for at in ranked[:max_results]:
        room -= len(_json(results[at])) + 1
        if room < 0:
            break
        kept.add(at)
    return [one for at, one in enumerate(results) if at in kept]


def _log(run: Run, results: list[dict[str, object]], *, left_out: int) -> str:
    driver = {
        "name": "holdshort",
        "version": run.version,
        "semanticVersion": run.version,
        "rules": [_rule(run.described[one.id]) for one in run.findings],
        "notifications": _NOTIFICATIONS,
    }
    log: dict[str, object] = {
        "tool": {"driver": driver},
        "invocations": [_invocation(run, left_out, left_out + len(results))],
        "originalUriBaseIds": {ROOT: {"description": {"text": "The top of the repository."}}},
        "results": results,
        "properties": {
            "commit": run.commit,
            "dirty": run.dirty,
            "outcomes": {one.id: str(one.outcome) for one in run.findings},
        },
    }
    return _json({"$schema": SCHEMA, "version": "2.1.0", "runs": [log]})


def _rule(described: Description) -> dict[str, object]:
    """Return a check as a rule (§3.49)."""
    paragraphs = (described.statement, *described.paragraphs)
    return {
        "id": described.id,
        "name": "".join(word.capitalize() for word in described.id.replace("/", "-").split("-")),
        "shortDescription": {"text": one_line(described.statement, MAX_TEXT)},
        "fullDescription": {"text": one_line(" ".join(paragraphs), MAX_TEXT)},
        "help": {
            "text": _escaped("\n".join(_help(described, "  ", ""))),
            "markdown": _escaped("\n".join(_help(described, "- ", "**"))),
        },
        "properties": {"version": described.version, "tags": ["machine-learning", "release"]},
    }


def _help(described: Description, bullet: str, bold: str) -> Iterator[str]:
    yield from (described.statement, "")
    for paragraph in described.paragraphs:
        yield from (paragraph, "")
    for outcome, meaning in described.outcomes.items():
        yield f"{bullet}{bold}{outcome}{bold}: {meaning}"
    yield ""
    yield from (f"{bullet}{rule}" for rule in described.rules)
    yield from ("", f"Not checked: {described.not_checked}.")


def _results(finding: Finding, index: int, run: Run) -> Iterator[dict[str, object]]:
    against = [one for one in finding.evidence if one.level in _LEVELS]
    match finding.outcome:
        case Outcome.FAIL | Outcome.WARN if against:
            seen: dict[tuple[str, str], int] = {}
            for place in against:
                key = (place.path, place.why)
                seen[key] = seen.get(key, 0) + 1
                yield _result(finding, index, run, place, seen[key])
        case Outcome.FAIL | Outcome.WARN | Outcome.UNKNOWN:
            yield _result(finding, index, run, None, 1)
        case Outcome.PASS | Outcome.NOT_APPLICABLE:
            return


def _result(
    finding: Finding, index: int, run: Run, place: Place | None, number: int
) -> dict[str, object]:
    """Return one result (§3.27); what is open has no level, as §3.27.10 wants."""
    kind = "open" if finding.outcome is Outcome.UNKNOWN else "fail"
    excepted = place.excepted if place else finding.excepted
    said = [place.said, finding.headline] if place else [finding.headline]
    if finding.excepted and not place:
        said.append(finding.excepted.words)
    if place and place.cell:
        said.insert(1, f"In code cell {place.cell}, line {place.line}")
    if finding.remediation:
        said.append(f"To do: {finding.remediation}")
    return {
        "ruleId": finding.id,
        "ruleIndex": index,
        "kind": kind,
        "level": _level(finding, place),
        "message": {"text": _escaped(" ".join(map(_sentence, said)))},
        "locations": [_location(place)],
        "partialFingerprints": {"holdshortPlace/v1": _fingerprint(finding.id, place, number)},
        "suppressions": _suppressions(excepted),
        "properties": {
            "confidence": str(finding.confidence),
            "questions": [one.words for one in run.beside.get(finding.id, ())],
        },
    }


def _level(finding: Finding, place: Place | None) -> str:
    """Return the level: a place that is excepted warns, for not every reader knows suppressions."""
    if finding.outcome is Outcome.UNKNOWN:
        return "none"
    if place is None:
        return _LEVELS[Level(finding.outcome.value)]
    is_excepted = place.excepted and not place.excepted.expired
    return "warning" if is_excepted else _LEVELS[place.level]


def _suppressions(excepted: Excepted | None) -> list[dict[str, object]]:
    """Return an exception in force (§3.35); an empty list says that there is none."""
    if excepted is None or excepted.expired:
        return []
    artifact = {"uri": PLACE, "uriBaseId": ROOT}
    region = {"startLine": excepted.line}
    return [
        {
            "kind": "external",
            "status": "accepted",
            "justification": _plain(excepted.words),
            "location": {"physicalLocation": {"artifactLocation": artifact, "region": region}},
        }
    ]


def _location(place: Place | None) -> dict[str, object]:
    """Return where a result is (§3.28): the repository itself where a finding names no place.

    A line of a notebook's cell is no line of its file, so it stands in the logical location. Where
    a name held control characters, what stands here is how it is shown.
    """
    uri = quote(place.path, safe="/") if place else "."
    physical: dict[str, object] = {"artifactLocation": {"uri": uri, "uriBaseId": ROOT}}
    if place is None or not place.line:
        return {"physicalLocation": physical}
    if place.cell:
        name = f"cell {place.cell}, line {place.line}"
        return {"physicalLocation": physical, "logicalLocations": [{"name": name}]}
    region = {"startLine": place.line, "endLine": max(place.line, place.end_line)}
    return {"physicalLocation": {**physical, "region": region}}


def _fingerprint(check: str, place: Place | None, number: int) -> str:
    """Return what stays the same when lines move: check, path, words, and which of equal ones."""
    parts = (check, place.path, place.why, str(number)) if place else (check,)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _invocation(run: Run, left_out: int, total: int) -> dict[str, object]:
    unread: dict[str, list[str]] = {}
    for finding in run.findings:
        for error in finding.coverage.errors:
            unread.setdefault(error, []).append(finding.id)
    said = [
        _notification("unread-file", f"Not read: {error}", ids) for error, ids in unread.items()
    ]
    said += [_notification("exception", one, []) for one in run.notes]
    said += [_notification("exception", one, []) for one in idle(run.findings)]
    if left_out:
        words = (
            f"Left out to keep the size limits: {left_out} of {total} results, the least important."
        )
        said.insert(0, _notification("results-left-out", words, []))
    return {
        "executionSuccessful": True,
        "exitCode": int(run.code),
        "exitCodeDescription": run.code.name.lower().replace("_", " "),
        "toolExecutionNotifications": said,
    }


def _notification(name: str, text: str, checks: list[str]) -> dict[str, object]:
    """Return a notification (§3.58)."""
    index = next(at for at, one in enumerate(_NOTIFICATIONS) if one["id"] == name)
    return {
        "descriptor": {"id": name, "index": index},
        "level": "warning",
        "message": {"text": _plain(text)},
        "properties": {"checks": checks},
    }


_NOTIFICATIONS: list[dict[str, object]] = [
    {
        "id": "exception",
        "name": "Exception",
        "shortDescription": {"text": "An exception of the repository covers nothing."},
    },
    {
        "id": "unread-file",
        "name": "UnreadFile",
        "shortDescription": {"text": "A file could not be read or analysed whole."},
    },
    {
        "id": "results-left-out",
        "name": "ResultsLeftOut",
        "shortDescription": {"text": "The log holds fewer results than there are."},
    },
]


def _sentence(text: str) -> str:
    line = one_line(text)
    return line if line.endswith((".", "?", "!")) else f"{line}."


def _escaped(text: str) -> str:
    """Return a message without placeholders (§3.11.5) and without links of its own (§3.11.6)."""
    shown = visible_lines(text).replace("{", "{{").replace("}", "}}")
    return shown.replace("](", "] (")


def _plain(text: str) -> str:
    return _escaped(one_line(text))


def _json(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))

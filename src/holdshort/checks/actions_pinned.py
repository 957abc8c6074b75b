"""What CI takes from elsewhere is fixed to one commit or digest.

Reads the actions and reusable workflows of GitHub, Gitea and Forgejo, the includes of GitLab, the
orbs of CircleCI and the pipes of Bitbucket. A tag or branch can be pointed at other code by
whoever owns it, after the review.
"""

from __future__ import annotations

from dataclasses import dataclass

from holdshort.checks.base import Check, Verdict, place
from holdshort.checks.facts.ci_repository import pipelines
from holdshort.checks.facts.ci_values import Used
from holdshort.checks.facts.repository import Repository
from holdshort.checks.facts.text import without_login
from holdshort.checks.facts.used_refs import RefPin, ref_pin
from holdshort.model.finding import Level, Outcome, Place


@dataclass(frozen=True, slots=True)
class _Judged:
    """One thing that CI uses, and how it is fixed."""

    used: Used
    path: str
    pin: RefPin
    why: str

    @property
    def level(self) -> Level:
        return _LEVELS[self.pin]


_LEVELS = {
    RefPin.LOCAL: Level.PASS,
    RefPin.FIXED: Level.PASS,
    RefPin.NOTED: Level.INFO,
    RefPin.TRUSTED: Level.WARN,
    RefPin.UNKNOWN: Level.WARN,
    RefPin.FLOATING: Level.FAIL,
}


def look(repository: Repository) -> Verdict:
    """Judge everything that CI uses."""
    found = repository.once(pipelines)
    rows = (_judged(used, path) for path in found for used in found[path].used)
    judged = list(dict.fromkeys(rows))  # an alias repeats the place it names
    outcome = _outcome(judged, has_errors=repository.has_errors())
    return Verdict(
        outcome=outcome,
        headline=_headline(judged, len(found)) + repository.unread_note(),
        evidence=tuple(sorted((p for j in judged for p in _places(j)), key=_strength)),
        facts=_facts(judged),
        remediation=_REMEDIATION if outcome in {Outcome.WARN, Outcome.FAIL} else "",
    )


_REMEDIATION = (
    "Write the whole commit, the tag as a comment; Dependabot and Renovate keep both fresh:\n"
    "- uses: actions/checkout@<40 digits>  # v4.2.2\n"
    "The commit of a tag: git ls-remote https://github.com/actions/checkout refs/tags/v4.2.2"
)


def _judged(used: Used, path: str) -> _Judged:
    pin, why = ref_pin(used)
    return _Judged(used, used.path or path, pin, why)


def _outcome(judged: list[_Judged], *, has_errors: bool) -> Outcome:
    levels = {one.level for one in judged}
    if Level.FAIL in levels:
        return Outcome.FAIL
    if Level.WARN in levels:
        return Outcome.WARN
    if has_errors:
        return Outcome.UNKNOWN
    return Outcome.PASS if Level.PASS in levels else Outcome.NOT_APPLICABLE


def _headline(judged: list[_Judged], files: int) -> str:
    count = "1 CI file" if files == 1 else f"{files} CI files"
    if not judged:
        return f"Found {count}, which take nothing from elsewhere" if files else "Found no CI file"
    fixed = sum(one.level is Level.PASS for one in judged)
    noun = "reference" if len(judged) == 1 else "references"
    return f"Found {count} with {len(judged)} {noun}, {fixed} local or fixed to a commit or digest"


def _places(one: _Judged) -> list[Place]:
    if one.level is Level.PASS:
        return []
    shown = without_login(one.used.text)
    return [place(one.path, one.used.line, one.level, f"{shown}: {one.why}")]


def _strength(found: Place) -> tuple[int, str, int]:
    order = (Level.FAIL, Level.WARN, Level.INFO, Level.PASS).index(found.level)
    return order, found.path, found.line


def _facts(judged: list[_Judged]) -> dict[str, object]:
    return {
        "uses": len(judged),
        "pinned": sum(one.pin is RefPin.FIXED for one in judged),
        "local": sum(one.pin is RefPin.LOCAL for one in judged),
        "unpinned": [
            {"uses": without_login(one.used.text), "path": one.path, "line": one.used.line}
            for one in judged
            if one.level in {Level.FAIL, Level.WARN}
        ],
    }


CHECK = Check(
    id="actions-pinned",
    version="1",
    title="CI actions",
    statement="What CI takes from elsewhere is fixed to one commit or digest.",
    outcomes={
        Outcome.PASS: "every action, include, orb and pipe is local, a whole commit or a digest",
        Outcome.WARN: (
            "a tag of GitHub's own actions, a tag of another GitLab project, an image around a"
            " job without a version, or an expression that decides"
        ),
        Outcome.FAIL: "a branch, or a third party's tag",
        Outcome.NOT_APPLICABLE: "no CI file, or none that takes anything from elsewhere",
        Outcome.UNKNOWN: "a CI file cannot be read, and nothing was found in the others",
    },
    rules=(
        "A commit counts in full only: 40 or 64 hexadecimal digits; v1.2.3 is a tag.",
        "First party are the owners actions and github; their branches count as anybody's.",
        "docker:// needs a digest; images around jobs inform by a tag and warn without a version.",
        "An orb of three numbers cannot be replaced; volatile and dev orbs can.",
        "slsa-github-generator is only asked about: its verifier requires a tag.",
    ),
    facts={
        "uses": "how many things are used",
        "pinned": "how many are fixed to a whole commit, a digest or a published orb",
        "local": "how many stand in this repository",
        "unpinned": "text, path and line of each that warns or fails",
    },
    not_checked="whether a commit belongs to the repository it is asked of, and what it does",
    look=look,
)

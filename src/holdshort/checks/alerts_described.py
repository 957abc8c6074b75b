"""The repository may say who is told when the model goes wrong.

Looks at names, at headings of documents, at pipelines and settings of operations, and at imports.
It never passes on its own: whether the right person is told, a person has to read.
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
        r"(?:^|[/_.-])(?:alert(?:s|ing|[-_]?manager|[-_]rules?|[-_]polic\w+)?|pagerduty|opsgenie"
        r"|on[-_]?call|escalations?|runbooks?)(?:$|[/_.-])",
        re.IGNORECASE,
    ),
    headings=re.compile(
        r"\balert(?:s|ing|ed)?\b|\bon[- ]call\b|\bescalat\w+|\bincidents?\b|\brunbook\b|\bpaging\b",
        re.IGNORECASE,
    ),
    settings=re.compile(
        r"^\s*-?\s*alert:\s*\S|kind:\s*[\"']?(?:PrometheusRule|AlertmanagerConfig)\b"
        r"|^\s*(?:alertmanagers?|alerting|slack_configs|pagerduty_configs|opsgenie_configs"
        r"|alert_rules|notification_channels)\s*[:=]|aws_cloudwatch_metric_alarm"
        r"|google_monitoring_alert_policy|azurerm_monitor_metric_alert"
    ),
    imports=words("pdpyras pagerduty opsgenie_sdk pypd"),
    stems=(
        "alert",
        "oncall",
        "on-call",
        "on_call",
        "pagerduty",
        "opsgenie",
        "on call",
        "escalat",
        "incident",
        "runbook",
        "paging",
        "_configs",
        "notification_channels",
        "alarm",
    ),
)


def look(repository: Repository) -> Verdict:
    """Collect what a person may read about it."""
    signs = find_signs(repository, _VOCABULARY)
    is_empty = not repository.inventory.files
    outcome = Outcome.WARN if signs.found else Outcome.UNKNOWN
    return Verdict(
        outcome=Outcome.NOT_APPLICABLE if is_empty else outcome,
        confidence=Confidence.UNSURE,
        headline=signs.headline("alerts"),
        evidence=tuple(
            place(sign.path, sign.line, Level.INFO, sign.why, cell=sign.cell)
            for sign in signs.found
        ),
        facts={"signs": len(signs.found), "paths": list(signs.paths)},
        remediation="" if is_empty else _REMEDIATION,
    )


_REMEDIATION = (
    "Write docs/alerts.md: which value of which number tells whom, by which channel and at what\n"
    "hours, and what that person does first."
)

CHECK = Check(
    id="alerts-described",
    version="1",
    title="alerts",
    statement="The repository says who is told when the model goes wrong.",
    outcomes={
        Outcome.PASS: "never: a sign is no proof",
        Outcome.WARN: "signs, which a person has to read",
        Outcome.FAIL: "never: it may be described elsewhere",
        Outcome.NOT_APPLICABLE: "no tracked file",
        Outcome.UNKNOWN: "no sign, which proves nothing either",
    },
    rules=(
        "Boxes of user interfaces called alert do not count.",
        "Tests, vendored code and the code of user interfaces are left out.",
    ),
    facts={
        "signs": "how many places may describe it",
        "paths": "the files they are in",
    },
    not_checked="whether anybody is told, and whether the threshold makes sense",
    look=look,
)

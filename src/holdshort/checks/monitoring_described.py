"""The repository may say how the model is watched once it is live.

Looks at names, at headings of documents, at pipelines and settings of operations, and at imports.
It never passes on its own: whether it is watched, and by whom, a person has to read.
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
        r"(?:^|[/_.-])(?:monitoring|observability|prometheus|grafana|service_?monitor"
        r"|model[-_]monitor\w*|(?:data|prediction|drift)[-_]monitor\w*|monitor[-_](?:model|data"
        r"|predictions?|drift|serving))(?:$|[/_.-])",
        re.IGNORECASE,
    ),
    headings=re.compile(
        r"^(?!.*\b(?:train|trials?|jobs?|runs?|experiments?|tensorboard|wandb)).*"
        r"(?:\bmonitor(?:ing|ed)?\b|\bobservability\b|\b(?:grafana|metrics|model) dashboards?\b)",
        re.IGNORECASE,
    ),
    settings=re.compile(
        r"kind:\s*[\"']?(?:ServiceMonitor|PodMonitor)|^\s*scrape_configs:|prometheus\.io/scrape"
        r"|^\s*image:\s*\S*(?:prometheus|grafana)|aws_cloudwatch_dashboard"
    ),
    imports=words(
        "prometheus_client prometheus_fastapi_instrumentator starlette_prometheus opentelemetry"
        " sentry_sdk datadog ddtrace newrelic evidently whylogs nannyml alibi_detect arize fiddler"
        " aporia langfuse statsd elasticapm logfire sagemaker.model_monitor"
    ),
    stems=("monitor", "observab", "dashboard", "prometheus", "grafana", "scrape"),
)


def look(repository: Repository) -> Verdict:
    """Collect what a person may read about it."""
    signs = find_signs(repository, _VOCABULARY)
    is_empty = not repository.inventory.files
    outcome = Outcome.WARN if signs.found else Outcome.UNKNOWN
    return Verdict(
        outcome=Outcome.NOT_APPLICABLE if is_empty else outcome,
        confidence=Confidence.UNSURE,
        headline=signs.headline("monitoring"),
        evidence=tuple(
            place(sign.path, sign.line, Level.INFO, sign.why, cell=sign.cell)
            for sign in signs.found
        ),
        facts={"signs": len(signs.found), "paths": list(signs.paths)},
        remediation="" if is_empty else _REMEDIATION,
    )


_REMEDIATION = (
    "Write docs/monitoring.md: which numbers are watched, how often, who looks, what each should\n"
    "be, and what happens when one is not."
)

CHECK = Check(
    id="monitoring-described",
    version="1",
    title="monitoring",
    statement="The repository says how the model is watched once it is live.",
    outcomes={
        Outcome.PASS: "never: a sign is no proof",
        Outcome.WARN: "signs, which a person has to read",
        Outcome.FAIL: "never: it may be described elsewhere",
        Outcome.NOT_APPLICABLE: "no tracked file",
        Outcome.UNKNOWN: "no sign, which proves nothing either",
    },
    rules=(
        "Words about watching a training run do not count.",
        "Tests, vendored code and the code of user interfaces are left out.",
    ),
    facts={
        "signs": "how many places may describe it",
        "paths": "the files they are in",
    },
    not_checked="whether anything is watched, and whether it would be noticed",
    look=look,
)

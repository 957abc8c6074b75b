"""Continuous integration is configured and has a job.

Reads the files by which CI systems are told what to do. A file that has no job, or nothing that
starts it, does nothing.
"""

from __future__ import annotations

from holdshort.checks.base import Check, Verdict, place
from holdshort.checks.facts.ci_repository import pipelines
from holdshort.checks.facts.ci_values import Pipeline
from holdshort.checks.facts.repository import Repository
from holdshort.model.finding import Level, Outcome, Place


def look(repository: Repository) -> Verdict:
    """Count the jobs of every file."""
    found = repository.once(pipelines)
    entries = {path: pipeline for path, pipeline in found.items() if not pipeline.is_called}
    jobs = sum(pipeline.jobs for pipeline in entries.values())
    outcome = _outcome(repository, jobs)
    return Verdict(
        outcome=outcome,
        headline=_headline(entries, jobs, outcome) + repository.unread_note(),
        evidence=tuple(_place(path, entries[path]) for path in sorted(entries)),
        facts={
            "systems": {
                system: sorted(path for path, p in entries.items() if p.system == system)
                for system in sorted({pipeline.system for pipeline in entries.values()})
            },
            "jobs": jobs,
        },
        remediation=_REMEDIATION if outcome is Outcome.WARN else "",
    )


_REMEDIATION = (
    "In .github/workflows/ci.yml, for example:\n"
    "on: [push, pull_request]\n"
    "permissions: {contents: read}\n"
    "jobs:\n"
    "  test:\n"
    "    runs-on: ubuntu-latest\n"
    "    steps:\n"
    "      - uses: actions/checkout@<40 digits of a commit>\n"
    "      - run: python -m pytest"
)


def _outcome(repository: Repository, jobs: int) -> Outcome:
    if not repository.inventory.files:
        return Outcome.NOT_APPLICABLE
    if not jobs and repository.has_errors():
        return Outcome.UNKNOWN
    return Outcome.PASS if jobs and not repository.has_errors() else Outcome.WARN


def _headline(entries: dict[str, Pipeline], jobs: int, outcome: Outcome) -> str:
    if outcome is Outcome.NOT_APPLICABLE:
        return "Found no file"
    if not entries:
        return "Found no file of continuous integration that could be read"
    count = "1 CI file" if len(entries) == 1 else f"{len(entries)} CI files"
    systems = ", ".join(sorted({pipeline.system for pipeline in entries.values()}))
    noun = "job" if jobs == 1 else "jobs"
    return f"Found {count} of {systems} with {jobs or 'no'} {noun}"


def _place(path: str, pipeline: Pipeline) -> Place:
    if not pipeline.jobs:
        return place(path, 0, Level.WARN, "no job, or nothing that starts one")
    noun = "job" if pipeline.jobs == 1 else "jobs"
    return place(path, 0, Level.PASS, f"{pipeline.system}, {pipeline.jobs} {noun}")


CHECK = Check(
    id="ci-present",
    version="1",
    title="CI",
    statement="Continuous integration is configured and has a job.",
    outcomes={
        Outcome.PASS: "every CI file can be read, and at least one has a job",
        Outcome.WARN: "no CI file, none with a job, or one that cannot be read beside others",
        Outcome.FAIL: "never: CI may be configured outside of the repository",
        Outcome.NOT_APPLICABLE: "no file at all",
        Outcome.UNKNOWN: "the only CI files cannot be read",
    },
    rules=(
        (
            "Files of GitHub, Gitea, Forgejo, GitLab, Azure, CircleCI, Travis, Bitbucket, Jenkins,"
            " Buildkite, Drone, Woodpecker, Cirrus, AppVeyor, Semaphore and Cloud Build are read."
        ),
        "A workflow without `on`, a hidden GitLab job and a CircleCI job in no workflow are none.",
        "A workflow that others call, or an action of the repository, is no CI by itself.",
    ),
    facts={
        "systems": "each CI system with its files",
        "jobs": "how many jobs they define",
    },
    not_checked="whether CI is switched on, and whether its runs are green",
    look=look,
)

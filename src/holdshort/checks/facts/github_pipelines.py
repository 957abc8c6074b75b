"""What a GitHub workflow or action runs, and when.

In: a `Workflow`. Out: a `Pipeline`. Expressions are not evaluated: values of the matrix and of
inputs are put in where they are written in the file, everything else becomes `x`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice, product

import yaml

from holdshort.checks.facts import foreign_yaml as foreign
from holdshort.checks.facts.ci_scripts import first_line
from holdshort.checks.facts.ci_values import Call, Pipeline, Script
from holdshort.checks.facts.github_workflows import Event, Job, Step, Workflow
from holdshort.checks.facts.shell_words import Shell

MAX_VARIANTS = 40
"""Most variants of one script under a matrix that are read. Source: our own limit."""

_ON_CHANGE = frozenset({"push", "pull_request", "pull_request_target", "merge_group"})
_NOT_EACH_TIME = re.compile(
    r"false|failure\(\)|cancelled\(\)"
    r"|github\.event_name\s*==\s*['\"](?:schedule|workflow_dispatch|release|repository_dispatch)['\"]"
    r"|startsWith\(\s*github\.ref\s*,\s*['\"]refs/tags[^)]*\)"
    r"|github\.ref_type\s*==\s*['\"]tag['\"]"
    r"|github\.event\.(?:schedule|release\.\w+)\b.*"
)
_MATRIX = re.compile(r"\$\{\{\s*matrix\.([\w.-]+)\s*\}\}")
_INPUT = re.compile(r"\$\{\{\s*inputs\.([\w.-]+)\s*\}\}")
_ANY_EXPRESSION = re.compile(r"\$\{\{.*?\}\}", re.DOTALL)
_TESTING = re.compile(r"^(?!\./).*(?:^|[/_-])(?:py)?(?:tests?|tox|nox)(?:[/_-]|$)")
_REPORTING = re.compile(r"report|result|comment|summary|publish|upload|annotat|coverage|setup")
_COMMAND_INPUTS = ("run", "command", "commands", "cmd", "script", "test-command", "test_command")
_NO_SHELL = frozenset({"actions/github-script"})


def pipeline_of(workflow: Workflow, *, is_action: bool, system: str = "GitHub Actions") -> Pipeline:
    """Return what a workflow, or an action, runs."""
    names = {event.name for event in workflow.events}
    on_change = is_action or any(_is_change(event) for event in workflow.events)
    jobs = [job for job in workflow.jobs if job.uses or job.steps]
    called = is_action or names == {"workflow_call"}
    return Pipeline(
        system,
        len(jobs) if names else 0,
        tuple(s for job in jobs for s in _scripts(job, on_change or called)),
        tuple(call for job in jobs for call in _calls(job, on_change or called)),
        tuple(workflow.uses()),
        tuple(_elsewhere(jobs)),
        called,
        inputs=workflow.inputs,
    )


def _elsewhere(jobs: Sequence[Job]) -> Iterator[str]:
    """Yield the workflows of others, and actions of others whose names promise tests."""
    for job in jobs:
        if job.uses and not job.uses.startswith("./"):
            yield job.uses
        for step in job.steps:
            name = step.uses.partition("@")[0]
            if _TESTING.search(name) and not _REPORTING.search(name):
                yield step.uses


def given_to(script: Script, given: Mapping[str, str]) -> Script:
    """Return a script of an action or workflow with the inputs it is called with."""
    return replace(script, text=filled(script.text, given))


def filled(text: str, given: Mapping[str, str]) -> str:
    """Return a text with the inputs that are known."""
    return _INPUT.sub(lambda use: given.get(use[1], use[0]), text)


def shown(text: str) -> str:
    """Return a script without the expressions that nothing fills in."""
    return _ANY_EXPRESSION.sub(lambda use: "x" + "\n" * use[0].count("\n"), text)


def _is_change(event: Event) -> bool:
    """Tell whether an event is a change of the code; a push of tags alone is none."""
    if event.name not in _ON_CHANGE:
        return False
    if event.name == "push":
        named = {"branches", "branches-ignore"} & event.filters
        return bool(named) or event.filters.isdisjoint({"tags", "tags-ignore"})
    return not event.types or not event.types.isdisjoint({"opened", "synchronize"})


def is_each_time(condition: str) -> bool:
    """Tell whether a condition lets a job run when the code changes; unknown ones do."""
    if "||" in condition:
        return True
    terms = (term.strip() for term in condition.split("&&"))
    return not any(_NOT_EACH_TIME.fullmatch(_unbracketed(term)) for term in terms)


def _unbracketed(term: str) -> str:
    """Return a term without the brackets that belong to the expression around it."""
    while term.startswith("("):
        term = term[1:].lstrip()
    while term.endswith(")") and term.count(")") > term.count("("):
        term = term[:-1].rstrip()
    return term


def _scripts(job: Job, on_change: bool) -> Iterator[Script]:
    runs = on_change and is_each_time(job.condition)
    for step in job.steps:
        each_time = runs and is_each_time(step.condition)
        may_fail = job.may_fail or step.may_fail
        for node, shell in _nodes(step):
            for text in _variants(foreign.text_of(node), job.matrix):
                line = first_line(node)
                yield Script(text, line, each_time, may_fail, shell)


def _nodes(step: Step) -> Iterator[tuple[yaml.Node, Shell]]:
    """Yield the texts of a step that a shell runs; an action may be given some."""
    folder = "" if "$" in step.folder else step.folder.strip("./")
    if step.script is not None and not step.shell.startswith(("python", "node", "perl")):
        plain = not step.shell or step.shell.startswith("sh")
        yield step.script, Shell(folder, stops=True, pipefail=not plain)
    if step.uses and not step.uses.startswith("./") and step.uses.split("@")[0] not in _NO_SHELL:
        for name in _COMMAND_INPUTS:
            if name in step.given:
                yield step.given[name], Shell(folder)


def _variants(text: str, values: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    """Yield a script once for each value of the keys it uses."""
    names = [name for name in dict.fromkeys(_MATRIX.findall(text)) if values.get(name)]
    found = [text]
    for name in names:
        use = re.compile(r"\$\{\{\s*matrix\." + re.escape(name) + r"\s*\}\}")
        pairs = ((value, one) for one in found for value in values[name])
        found = [value.join(use.split(one)) for value, one in islice(pairs, MAX_VARIANTS)]
    yield from found


def _calls(job: Job, on_change: bool) -> Iterator[Call]:
    runs = on_change and is_each_time(job.condition)
    if job.uses.startswith("./"):
        for given in _given(job.given, job.matrix):
            yield Call(job.uses[2:], job.uses_line, runs, job.may_fail, given)
    for step in job.steps:
        if step.uses.startswith("./"):
            each_time = runs and is_each_time(step.condition)
            may_fail = job.may_fail or step.may_fail
            for given in _given(step.given, job.matrix):
                yield Call(step.uses[2:], step.uses_line, each_time, may_fail, given)


def _given(
    given: Mapping[str, yaml.Node], matrix: Mapping[str, tuple[str, ...]]
) -> Iterator[dict[str, str]]:
    """Yield the inputs of a call, once for each row of the matrix that changes them."""
    values = [list(_variants(foreign.text_of(node), matrix)) for node in given.values()]
    for row in islice(product(*values), MAX_VARIANTS):
        yield dict(zip(given, row, strict=True))

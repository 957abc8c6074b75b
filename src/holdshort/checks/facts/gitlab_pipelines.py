"""What GitLab CI runs: jobs with what they extend, include and refer to, and when they run.

In: the text of `.gitlab-ci.yml` and a way to read the repository. Out: a `Pipeline`. Local
includes are merged, `extends`, anchors and `!reference` followed; conditions are not evaluated.
Source: https://docs.gitlab.com/ci/yaml/
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import yaml

from holdshort.checks.facts import foreign_yaml as foreign
from holdshort.checks.facts.ci_scripts import joined
from holdshort.checks.facts.ci_values import Pipeline, Script, Used
from holdshort.checks.facts.gitlab_files import GitlabFiles

MAX_ENTRIES = 2000
"""Most lines of one script, references filled in. Source: our own limit."""

_NOT_JOBS = frozenset(
    {"default", "include", "stages", "variables", "workflow", "image", "services", "cache", "spec"}
    | {"before_script", "after_script", "types"}
)
_WORK = frozenset({"script", "trigger", "run"})
_ASIDE = re.compile(
    r"\$CI_PIPELINE_SOURCE\s*==\s*[\"'](?:schedule|web|api|trigger|chat|pipeline)[\"']"
    r"|\$CI_COMMIT_TAG\b(?!\s*(?:==\s*null|!=|!~))"
)
_ASIDE_REFS = frozenset({"schedules", "tags", "web", "api", "triggers", "chat", "pipelines"})
_CONDITIONS = frozenset({"if", "changes", "exists"})
_NOT_ITSELF = frozenset({"manual", "never", "on_failure"})


def gitlab_pipeline(files: GitlabFiles) -> Pipeline:
    """Return what the merged files run."""
    jobs = {
        name: files.extended(name)
        for name in files.top
        if name not in _NOT_JOBS and not name.startswith(".")
    }
    working = {name: job for name, job in jobs.items() if _WORK & job.keys()}
    on_change = _rules(foreign.merged(files.top.get("workflow")), files)[0]
    return Pipeline(
        "GitLab CI",
        len(working),
        tuple(s for job in working.values() for s in _scripts(job, files, on_change=on_change)),
        used=(*files.used, *_images(working, files)),
        elsewhere=tuple(files.elsewhere),
        included=files.included,
    )


def _scripts(
    job: Mapping[str, yaml.Node], files: GitlabFiles, *, on_change: bool
) -> Iterator[Script]:
    runs, rule_may_fail = _when(job, files)
    allowed = foreign.text_of(job.get("allow_failure")).lower() == "true"
    default = foreign.merged(files.top.get("default"))
    for keys, ignored in ((("before_script", "script"), False), (("after_script",), True)):
        nodes = [
            (entry, node)
            for key in keys
            if (node := job.get(key) or default.get(key) or files.top.get(key)) is not None
            for entry in files.flattened(node)
        ]
        may_fail = allowed or rule_may_fail or ignored
        paths = {id(entry): files.path_of(node) for entry, node in nodes}
        for path in dict.fromkeys(paths.values()):
            entries = [entry for entry, _ in nodes[:MAX_ENTRIES] if paths[id(entry)] == path]
            for text, line in joined(entries):
                yield Script(text, line, on_change and runs, may_fail, path=path)


def _when(job: Mapping[str, yaml.Node], files: GitlabFiles) -> tuple[bool, bool]:
    """Return whether a job runs on a change, and whether the rule for that lets it fail."""
    if "rules" in job:
        return _rules(job, files)
    if foreign.text_of(job.get("when")) in _NOT_ITSELF:
        return False, False
    only = _refs(job.get("only"))
    excepted = _refs(job.get("except"))
    return not (only and only <= _ASIDE_REFS) and "branches" not in excepted, False


def _refs(node: yaml.Node | None) -> set[str]:
    listed = foreign.get(node, "refs") if isinstance(node, yaml.MappingNode) else node
    return {foreign.text_of(one) for one in foreign.elements(listed)}


def _rules(owner: Mapping[str, yaml.Node], files: GitlabFiles) -> tuple[bool, bool]:
    """Return whether some rule lets a pipeline or job run on a change, and lets it fail."""
    if "rules" not in owner:
        return True, False
    when = foreign.text_of(owner.get("when"))
    for node in files.flattened(owner["rules"]):
        rule = foreign.merged(node)
        condition = foreign.text_of(rule.get("if"))
        aside = _ASIDE.search(condition) is not None and "||" not in condition
        if (foreign.text_of(rule.get("when")) or when) in _NOT_ITSELF:
            if _CONDITIONS.isdisjoint(rule):
                return False, False
        elif not aside:
            return True, foreign.text_of(rule.get("allow_failure")).lower() == "true"
    return False, False


def _images(jobs: Mapping[str, Mapping[str, yaml.Node]], files: GitlabFiles) -> Iterator[Used]:
    """Yield the images of jobs and services, each place once."""
    default = foreign.merged(files.top.get("default"))
    owners = [files.top, default, *jobs.values()]
    seen: set[int] = set()
    for owner in owners:
        for key in ("image", "services"):
            for node in files.flattened(owner[key]) if key in owner else ():
                image = node if isinstance(node, yaml.ScalarNode) else foreign.get(node, "name")
                if image is not None and id(image) not in seen:
                    seen.add(id(image))
                    path = files.path_of(owner[key])
                    yield Used(foreign.text_of(image), foreign.line_of(image), "container", path)

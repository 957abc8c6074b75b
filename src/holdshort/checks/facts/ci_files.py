"""Files of continuous integration: which format each has, and what it runs.

In: the text of one file and a way to read the repository. Out: a `Pipeline`. The YAML is only
composed; nothing is constructed and nothing outside of the repository is read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection

import yaml

from holdshort.checks.facts import foreign_yaml
from holdshort.checks.facts.azure_pipelines import read_azure
from holdshort.checks.facts.ci_values import Pipeline
from holdshort.checks.facts.circle_pipelines import read_circle
from holdshort.checks.facts.github_pipelines import pipeline_of
from holdshort.checks.facts.github_workflows import Workflow, read_action, read_workflow
from holdshort.checks.facts.gitlab_files import GitlabFiles
from holdshort.checks.facts.gitlab_pipelines import gitlab_pipeline
from holdshort.checks.facts.other_pipelines import (
    read_bitbucket,
    read_by_keys,
    read_jenkinsfile,
    read_travis,
)
from holdshort.checks.facts.python_source import UnreadableSourceError

Read = Callable[[str], str | None]

_GITHUB_LIKE = {
    ".github": "GitHub Actions",
    ".gitea": "Gitea Actions",
    ".forgejo": "Forgejo Actions",
}
_BY_NODES: tuple[tuple[str, Callable[[yaml.Node | None], Pipeline]], ...] = (
    (r"(?:^|/)\.circleci/", read_circle),
    (r"(?:^|/)\.travis\.ya?ml$", read_travis),
    (r"(?:^|/)bitbucket-pipelines\.ya?ml$", read_bitbucket),
)
_SYSTEMS = {
    "drone": "Drone",
    "woodpecker": "Woodpecker",
    "buildkite": "Buildkite",
    "appveyor": "AppVeyor",
    "cirrus": "Cirrus CI",
    "cloudbuild": "Cloud Build",
    "semaphore": "Semaphore",
}


def is_action_name(path: str) -> bool:
    """Tell whether a path is an action of this repository, by its name."""
    return path.rpartition("/")[2] in {"action.yml", "action.yaml"} and not _is_workflow_name(path)


def is_github_name(path: str) -> bool:
    """Tell whether a path is a workflow or action in GitHub's format, by its name."""
    return is_action_name(path) or _is_workflow_name(path)


def read_github(text: str, path: str) -> Workflow:
    """Return a workflow or action in GitHub's format.

    Raises:
        UnreadableSourceError: not YAML, or beyond a limit.
    """
    document = foreign_yaml.compose(text)
    if document is not None and not isinstance(document, yaml.MappingNode):
        raise UnreadableSourceError("no mapping of keys to values")
    return read_action(document) if is_action_name(path) else read_workflow(document)


def github_pipeline(workflow: Workflow, path: str) -> Pipeline:
    """Return what a workflow or action in GitHub's format runs."""
    system = _GITHUB_LIKE.get(path.partition("/")[0], "GitHub Actions")
    return pipeline_of(workflow, is_action=is_action_name(path), system=system)


def read_pipeline(text: str, path: str, read: Read, paths: Collection[str]) -> Pipeline:
    """Return what a file in another format than GitHub's runs.

    Raises:
        UnreadableSourceError: not YAML, or beyond a limit.
    """
    name = path.rpartition("/")[2]
    if "jenkinsfile" in name.lower():
        return read_jenkinsfile(text)
    if name.startswith(".gitlab-ci"):
        return gitlab_pipeline(GitlabFiles(text, path, read, paths))
    for pattern, reader in _BY_NODES:
        if re.search(pattern, path):
            return reader(foreign_yaml.compose(text))
    for word, system in _SYSTEMS.items():
        if re.match(rf"(?:.*/)?\.?{word}", path):
            return read_by_keys(foreign_yaml.compose(text), system)
    return read_azure(text, path, read)


def _is_workflow_name(path: str) -> bool:
    return re.match(r"\.(?:github|gitea|forgejo)/workflows/[^/]+\.ya?ml$", path) is not None

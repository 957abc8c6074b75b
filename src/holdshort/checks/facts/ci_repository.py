"""Every file of continuous integration in a repository, read once for all checks.

In: a `Repository`. Out: pipelines and workflows by path. What cannot be read is noted in the
coverage of the check that asks, and left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from holdshort.checks.facts.ci_files import (
    github_pipeline,
    is_github_name,
    read_github,
    read_pipeline,
)
from holdshort.checks.facts.ci_values import Pipeline
from holdshort.checks.facts.github_workflows import Workflow
from holdshort.checks.facts.inventory import Kind
from holdshort.checks.facts.python_source import UnreadableSourceError
from holdshort.checks.facts.repository import Repository

_AZURE_FOLDER = re.compile(r"(^|/)(pipelines|\.?ci|devops)/[^/]+\.ya?ml$")
_AZURE_TEXT = re.compile(r"^[ \t]*(?:-[ \t]+)?(?:vmImage|pool)[ \t]*:", re.MULTILINE)


def reader_of(repository: Repository) -> Callable[[str], str | None]:
    """Return a function from a path to its text, None when the repository has no such file."""
    return lambda path: repository.text(path) if path in repository.paths else None


def pipelines(repository: Repository) -> dict[str, Pipeline]:
    """Return what every file runs; parts of other files are left out."""
    read, paths = reader_of(repository), sorted(repository.paths)
    workflows = repository.once(github_workflows)
    found = {path: github_pipeline(one, path) for path, one in workflows.items()}
    for path, text in _files(repository):
        if is_github_name(path):
            continue
        try:
            found[path] = read_pipeline(text, path, read, paths)
        except UnreadableSourceError as error:
            repository.note_error(path, str(error))
    for path, pipeline in found.items():
        for part in repository.paths.intersection(pipeline.elsewhere):
            repository.note_error(part, f"could not be read as a part of {path}")
    parts = {part for pipeline in found.values() for part in pipeline.included}
    return {path: found[path] for path in sorted(found) if path not in parts}


def github_workflows(repository: Repository) -> dict[str, Workflow]:
    """Return every workflow and action in GitHub's format."""
    found: dict[str, Workflow] = {}
    for path, text in _files(repository):
        if is_github_name(path):
            try:
                found[path] = read_github(text, path)
            except UnreadableSourceError as error:
                repository.note_error(path, str(error))
    return found


def _files(repository: Repository) -> Iterator[tuple[str, str]]:
    for file in repository.inventory.of(Kind.WORKFLOW):
        text = repository.text(file.path)
        if text is not None:
            yield file.path, text
    # Azure is told in its settings, not by a name, where a pipeline stands.
    for file in repository.inventory.of(Kind.CONFIG):
        if _AZURE_FOLDER.search(file.path):
            text = repository.text(file.path)
            if text is not None and _AZURE_TEXT.search(text):
                yield file.path, text

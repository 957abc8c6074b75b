"""The Dockerfiles and Compose files of a repository, read once for all checks.

In: a `Repository`. Out: `Dockerfile` values by path. Test folders are left out: their images are
not what a model runs in. What cannot be read, or starts from nothing, is noted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from holdshort.checks.facts import foreign_yaml
from holdshort.checks.facts.docker_stages import Dockerfile, read_dockerfile
from holdshort.checks.facts.inventory import Kind, is_test_path
from holdshort.checks.facts.python_source import UnreadableSourceError
from holdshort.checks.facts.repository import Repository

_COMPOSE = re.compile(r"(^|/)(docker-)?compose[\w.-]*\.ya?ml$")


def dockerfiles(repository: Repository) -> dict[str, Dockerfile]:
    """Return every Dockerfile that has a stage."""
    found: dict[str, Dockerfile] = {}
    for file in repository.inventory.of(Kind.DOCKER):
        text = None if is_test_path(file.path) else repository.text(file.path)
        if text is None:
            continue
        try:
            dockerfile = read_dockerfile(text)
        except UnreadableSourceError as error:
            repository.note_error(file.path, str(error))
            continue
        if dockerfile.stages:
            found[file.path] = dockerfile
        else:
            repository.note_error(file.path, "no FROM instruction")
    return found


def composed_images(repository: Repository) -> Iterator[tuple[str, int, str]]:
    """Yield path, line and image of each Compose service that is not built from here.

    A Compose file that cannot be read is passed over: it only informs.
    """
    for file in repository.inventory.of(Kind.CONFIG):
        text = repository.text(file.path) if _COMPOSE.search(file.path) else None
        try:
            document = foreign_yaml.compose(text) if text else None
        except UnreadableSourceError:
            continue
        for _, service in foreign_yaml.items(foreign_yaml.get(document, "services")):
            fields = foreign_yaml.merged(service)
            image = fields.get("image")
            if image is not None and "build" not in fields:
                yield file.path, foreign_yaml.line_of(image), foreign_yaml.text_of(image)

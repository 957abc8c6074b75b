"""A small model repository, and a person who types at it: every session is a real review."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from holdshort.model.finding import Finding
from holdshort.plain.walk import run
from holdshort.walkthrough.visit import Visit
from holdshort.walkthrough.wanted import Wanted

FILES = {
    "requirements.txt": "numpy\npandas==2.2.2\n",
    "train.py": "import numpy as np\n\nnp.random.seed(7)\nWEIGHTS = np.random.rand(3)\n",
    "metrics.json": json.dumps({"auc": 0.91}, indent=1) + "\n",
    "docs/leakage.md": "Searched by Bob Kay.\nNothing found.\n",
}


@pytest.fixture
def project(repository: Path, git: Callable[..., str]) -> Path:
    """Give the repository something for the checks to see."""
    for path, text in FILES.items():
        (repository / path).parent.mkdir(exist_ok=True)
        (repository / path).write_text(text, encoding="utf-8")
    git(repository, "add", ".")
    git(repository, "commit", "--quiet", "--message=Train")
    return repository


@pytest.fixture(scope="session")
def found() -> dict[str, dict[str, Finding]]:
    """Keep what the real checks found, by tree: they run once for each content."""
    return {}


@pytest.fixture
def talk(
    project: Path,
    home: Path,
    clock: Callable[[], datetime],
    found: dict[str, dict[str, Finding]],
) -> Callable[..., str]:
    """Hold one session that ends well, and return it as it stands on the terminal.

    A step that is a function acts before its text is typed; after the last one the input ends.
    """

    def session(*steps: str | Callable[[], str], wanted: Wanted | None = None) -> str:
        heard: list[str] = []
        typing = iter(steps)

        def ask(prompt: str) -> str:
            heard.append(prompt)
            step = next(typing, None)
            if step is None:
                raise EOFError
            typed = step if isinstance(step, str) else step()
            heard[-1] += typed
            return typed

        def opened() -> Visit:
            visit = Visit.open(project, state=home / "state", now=clock)
            tree = repr(sorted(visit.entries.items()))
            visit.findings.update(found.get(tree, {}))
            visit.run_checks()
            found[tree] = dict(visit.findings)
            return visit

        chosen = wanted or Wanted(release="1.4.0")
        assert run(opened, chosen, reason="TERM=dumb", ask=ask, say=heard.append) == 0
        return "\n".join(heard)

    return session

"""The sample as a real repository: history, trust root, demo identity and demo key.

Everything stands in one folder: `churn/` the repository, `key` and `key.pub`, `gitconfig` the
demo reviewer's identity, `state/` the drafts. Nothing of the user's own configuration is read
or changed while the demo runs.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from holdshort.setup.sample import MODEL, RELEASE, sample_history
from holdshort.setup.trust_root import commit_plan, plan
from holdshort.signing.ssh import find_key, make_key
from holdshort.storage.catalog import DEFAULT, find
from holdshort.storage.commit import create_commit, init_repository, tag
from holdshort.storage.repo import Identity, Repo

REVIEWER = Identity("Demo Reviewer", "demo@example.com")


def repository(folder: Path) -> Path:
    """Return where the sample repository stands in a demo folder."""
    return folder / MODEL


@contextmanager
def demo_identity(folder: Path) -> Iterator[None]:
    """Be the demo reviewer, with the demo key and the demo's own drafts."""
    changes = {
        "GIT_CONFIG_GLOBAL": str(folder / "gitconfig"),
        "GIT_CONFIG_NOSYSTEM": "1",
        "HOLDSHORT_STATE_DIR": str(folder / "state"),
    }
    before = {name: os.environ.get(name) for name in changes}
    os.environ.update(changes)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def create_sample(folder: Path) -> Path:
    """Make the sample in an absolute folder unless it is there, and return the repository.

    Raises:
        MissingEnvironmentError: git or ssh-keygen is missing, or the folder cannot be written.
    """
    root, done = repository(folder), folder / "complete"
    if done.exists():
        return root
    folder.mkdir(parents=True, exist_ok=True)
    key = folder / "key"
    if not key.exists():
        make_key(key, REVIEWER.email, with_passphrase=False)
    (folder / "gitconfig").write_text(
        f"[user]\n\tname = {REVIEWER.name}\n\temail = {REVIEWER.email}\n"
        f'\tsigningkey = "{key}.pub"\n[gpg]\n\tformat = ssh\n',
        encoding="utf-8",
    )
    repo = init_repository(root)
    for one in sample_history():
        create_commit(
            repo,
            one.files,
            one.message,
            author=Identity(one.author, one.email),
            at=datetime.fromisoformat(one.date),
        )
    with demo_identity(folder):
        _trust(repo)
    tag(repo, f"v{RELEASE}", repo.head())
    done.touch()
    return root


def _trust(repo: Repo) -> None:
    key = find_key(repo.trusted_config())
    if key is not None:
        commit_plan(repo, plan(repo, find(DEFAULT), REVIEWER, key))

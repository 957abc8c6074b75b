"""No credential is tracked.

Looks for provider-shaped tokens, private keys, passwords in addresses and values assigned to names
such as `password`, in every text file, in decoded notebook cells and in `.env`. A value is never
printed, kept or hashed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from holdshort.checks.base import Check, Verdict, place
from holdshort.checks.facts.inventory import File, is_test_path
from holdshort.checks.facts.repository import Repository
from holdshort.checks.facts.secret_facts import LINES_PER_CELL
from holdshort.checks.facts.secret_patterns import Secret
from holdshort.model.finding import Confidence, Level, Outcome, Place

_ENV = re.compile(r"(^|/)\.env(\.(?!example|sample|template|dist|defaults?)[\w.-]+)?$")
_EXAMPLE = re.compile(
    r"(^|[/._-])(examples?|samples?|templates?|dist|defaults?)([/._-]|$)", re.IGNORECASE
)


def look(repository: Repository) -> Verdict:
    """Search every text."""
    found: list[Place] = []
    searched = 0
    for file, secrets in repository.secrets():
        searched += 1
        found.extend(_place(file, secret) for secret in secrets)
    found.extend(_tracked_environments(repository))
    found.sort(key=lambda p: (p.level is not Level.FAIL, p.path, p.cell, p.line))
    certain = [p for p in found if p.level is Level.FAIL]
    doubtful = [p for p in found if p.level is Level.WARN]
    facts: dict[str, object] = {
        "certain": len(certain),
        "doubtful": len(doubtful),
        "files": len({p.path for p in (*certain, *doubtful)}),
    }
    return Verdict(
        outcome=_outcome(certain, doubtful, searched, unread=repository.has_errors()),
        confidence=Confidence.LIKELY,
        headline=_headline(certain, doubtful, searched) + repository.unread_note(),
        evidence=tuple(found),
        facts=facts,
        remediation=_REMEDIATION if certain or doubtful else "",
    )


_REMEDIATION = (
    "Revoke the credential first: history keeps it. Then read it from the environment:\n"
    'TOKEN = os.environ["TOKEN"]'
)


def _place(file: File, secret: Secret) -> Place:
    aside = is_test_path(file.path) or _EXAMPLE.search(file.path) is not None
    level = Level.FAIL if secret.certain and not aside else Level.WARN
    if aside and not secret.certain:
        level = Level.INFO
    cell, line = divmod(secret.line, LINES_PER_CELL)
    return place(
        file.path,
        line,
        level,
        f"looks like a {secret.what}".replace("a value", "the value"),
        cell=cell,
    )


def _tracked_environments(repository: Repository) -> Iterator[Place]:
    for file in repository.inventory.files:
        if _ENV.search(file.path):
            yield place(file.path, 0, Level.WARN, "a file for secrets is tracked")


def _outcome(
    certain: list[Place], doubtful: list[Place], searched: int, *, unread: bool
) -> Outcome:
    if certain:
        return Outcome.FAIL
    if doubtful:
        return Outcome.WARN
    if unread:
        return Outcome.UNKNOWN
    return Outcome.PASS if searched else Outcome.NOT_APPLICABLE


def _headline(certain: list[Place], doubtful: list[Place], searched: int) -> str:
    files = "1 file" if searched == 1 else f"{searched} files"
    if not searched:
        return "Found no text file"
    if not certain and not doubtful:
        return f"Found nothing that looks like a credential in {files}"
    parts = [f"{len(certain)} credentials"] if certain else []
    parts += [f"{len(doubtful)} doubtful places"] if doubtful else []
    return f"Found {' and '.join(parts)} in {files}"


CHECK = Check(
    id="secrets-absent",
    version="3",
    title="secrets",
    statement="No credential is tracked.",
    outcomes={
        Outcome.PASS: "nothing in any text file looks like a credential",
        Outcome.WARN: "a weak password, a credential in an example or test, a tracked .env",
        Outcome.FAIL: "a provider's token, a private key, or a value that looks drawn at random",
        Outcome.NOT_APPLICABLE: "no text file",
        Outcome.UNKNOWN: "nothing was found, but a text file could not be read",
    },
    rules=(
        "Values are never shown, stored or hashed; only path, line and kind are.",
        (
            "Placeholders, references to the environment, ${{ secrets.X }} and examples of"
            " documentation are none."
        ),
        "Hashes and commit ids are none; lock files are searched for token shapes only.",
        "In tests and examples a token shape is doubtful, a password is only noted.",
        "Notebook cells and their outputs are searched after decoding.",
        "Files of up to 10 MB are searched; data in binary formats is not.",
    ),
    facts={
        "certain": "places whose shape leaves little doubt",
        "doubtful": "places a person should look at",
        "files": "files with either",
    },
    not_checked="history, binary files, and secrets without a known shape",
    look=look,
)

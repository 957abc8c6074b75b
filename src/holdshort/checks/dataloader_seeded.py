"""Training data comes in the same order every time, in worker processes too.

Reads the same calls as the seeds, but judges only what orders data: loaders, samplers and data
sets that shuffle.
Source: https://docs.pytorch.org/docs/stable/notes/randomness.html#dataloader
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from holdshort.checks.base import Check, Verdict, place
from holdshort.checks.facts.chance.effects import Role, Use
from holdshort.checks.facts.chance.judging import (
    REASONS,
    level_of,
    outcome_of,
    overall,
    strength,
    tally,
    worst_per_place,
)
from holdshort.checks.facts.randomness import Happening
from holdshort.checks.facts.repository import Repository
from holdshort.model.finding import Confidence, Outcome, Place

_WHY = {**REASONS, True: "its order is seeded", False: "shuffles without a seed"}


def look(repository: Repository) -> Verdict:
    """Judge every loader."""
    loaders = worst_per_place(_loaders(repository.happenings()))
    state = overall(loaders)
    facts: dict[str, object] = {"loaders_seeded": state, "loaders": len(loaders)}
    if not loaders:
        return _nothing(repository, facts)
    return Verdict(
        outcome=outcome_of(loaders, whole=not repository.has_errors()),
        confidence=Confidence.LIKELY,
        headline=tally(loaders, "data loader") + repository.unread_note(),
        evidence=tuple(sorted(map(_place, loaders), key=strength)),
        facts=facts,
        remediation="" if state is True else _REMEDIATION,
    )


_REMEDIATION = (
    "Seed the order and the workers:\n"
    "DataLoader(data, shuffle=True, generator=torch.Generator().manual_seed(42),\n"
    "           worker_init_fn=lambda i: np.random.seed(torch.initial_seed() % 2**32))\n"
    "With Lightning: seed_everything(42, workers=True)"
)


def _loaders(happenings: tuple[Happening, ...]) -> Iterable[Happening]:
    """Yield each loader with its state, and each trainer that makes its own."""
    careful = {h.root for h in happenings if "workers" in h.effect.also and h.state is True}
    for seen in happenings:
        if seen.effect.use is Use.LOADER:
            yield _with_workers(seen, prepared=seen.root in careful)
        elif seen.effect.what.endswith("Trainer") and "transformers" in seen.effect.libraries:
            yield seen


def _with_workers(seen: Happening, *, prepared: bool) -> Happening:
    """Return a loader with doubt where its workers have nothing but the global seed."""
    marks = seen.effect.marks
    bare = "workers" in marks and "worker_init" not in marks and not prepared
    return replace(seen, state="workers") if bare and seen.state is True else seen


def _place(seen: Happening) -> Place:
    still = seen.effect.role is Role.STILL and seen.state is True
    why = "does not shuffle" if still else _WHY[seen.state]
    what = seen.effect.what.rpartition(".")[2]
    return place(seen.path, seen.line, level_of(seen), f"{what}: {why}", cell=seen.cell)


def _nothing(repository: Repository, facts: dict[str, object]) -> Verdict:
    if repository.has_errors():
        return Verdict(
            outcome=Outcome.UNKNOWN,
            headline="Found no data loader in what could be read; some files could not be",
            facts=facts,
        )
    return Verdict(
        outcome=Outcome.NOT_APPLICABLE,
        confidence=Confidence.LIKELY,
        headline="Found no data loader",
        facts=facts,
    )


CHECK = Check(
    id="dataloader-seeded",
    version="1",
    title="data loaders",
    statement="Training data comes in the same order every time, in worker processes too.",
    outcomes={
        Outcome.PASS: (
            "each loader that shuffles has a generator or follows a set seed, and its workers have"
            " a worker_init_fn or seed_everything(workers=True); or it neither shuffles nor has"
            " workers"
        ),
        Outcome.WARN: "workers with nothing but the global seed; a seed that may be missing",
        Outcome.FAIL: "a loader shuffles, and nothing seeds it",
        Outcome.NOT_APPLICABLE: "no loader",
        Outcome.UNKNOWN: "nothing was found, and some files could not be read",
    },
    rules=(
        "DataLoader shuffles when shuffle is given, is not False, and no sampler is given.",
        "num_workers=0 is no worker; any other value or variable may be some.",
        "A generator that is passed in is trusted to be seeded.",
        "The Trainer of transformers makes its own loaders and seeds them, 42 unless told so.",
        "tf.data's shuffle takes a seed of its own or follows tf.random.set_seed.",
        "Dataset.shuffle of Hugging Face takes a seed, else it follows NumPy's global generator.",
    ),
    facts={
        "loaders_seeded": "true, false, null (none), partial, workers, or a third answer",
        "loaders": "how many calls that order data were found",
    },
    not_checked="what a worker_init_fn does, and augmentation inside a data set",
    look=look,
)

"""Random number generators are seeded before they are used.

Follows every starting point of the repository through its own functions and judges each library
whose shared generator is used, from the calls alone; nothing is run.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from holdshort.checks.base import Check, Verdict, place
from holdshort.checks.facts.chance.effects import LIBRARIES, Role
from holdshort.checks.facts.programs import When
from holdshort.checks.facts.randomness import THIRD_ANSWERS, Happening, State
from holdshort.checks.facts.repository import Repository
from holdshort.model.finding import Confidence, Level, Outcome, Place

_LINES_PER_LIBRARY = 20
_FIXES = {
    "python": "random.seed(SEED)",
    "numpy": "np.random.seed(SEED)",
    "torch": "torch.manual_seed(SEED)",
    "tensorflow": "tf.keras.utils.set_random_seed(SEED)",
    "jax": "key = jax.random.key(SEED)",
    "sklearn": "random_state=SEED in every call named above",
    "pandas": "random_state=SEED in every .sample() named above",
    "lightning": "lightning.seed_everything(SEED, workers=True)",
    "transformers": "transformers.set_seed(SEED)",
}
_QUESTIONS = {
    "optional": "is set only when somebody gives a seed",
    "config_null": "is switched off by the default configuration",
    "depends_on_caller": "depends on a caller that cannot be followed",
    "dead_helper": "has a seeding helper that nothing calls",
    "partial": "is seeded for a part of its uses",
    "indirect": "relies on a seed set for another library",
    "unknown": "cannot be followed to a value",
    "unsure": "is seeded without a value",
}


@dataclass(frozen=True, slots=True)
class _Library:
    name: str
    state: State
    places: tuple[Place, ...]


def look(repository: Repository) -> Verdict:
    """Judge every library and report the worst."""
    happenings = repository.happenings()
    libraries = [_judge(name, happenings) for name in LIBRARIES]
    used = [library for library in libraries if library.state is not None]
    facts: dict[str, object] = {"libraries": {library.name: library.state for library in libraries}}
    if not used:
        return _nothing(repository, facts)
    return Verdict(
        outcome=_outcome((library.state for library in used), whole=not repository.has_errors()),
        confidence=Confidence.LIKELY,
        headline=_headline(used) + repository.unread_note(),
        evidence=_merged(used),
        facts=facts,
        remediation=_remediation(used),
    )


def _merged(used: list[_Library]) -> tuple[Place, ...]:
    """Return the places of all libraries, each once at its strongest."""
    rows: dict[tuple[str, int, int], Place] = {}
    for library in sorted(used, key=_weight):
        for found in library.places:
            rows.setdefault((found.path, found.cell, found.line), found)
    return tuple(sorted(rows.values(), key=lambda p: _STRENGTH[p.level]))


def _judge(name: str, happenings: Sequence[Happening]) -> _Library:
    own = [h for h in happenings if name in h.effect.libraries]
    if own:
        own += [h for h in happenings if _stands_for(name, h) and h not in own]
    draws = [h for h in own if h.effect.role is Role.DRAW and h.when is not When.UNREACHED]
    seeds = [h for h in own if h.effect.role is Role.SEED and h.when is not When.UNREACHED]
    state = _state(name, own, draws, seeds)
    return _Library(name, state, tuple(_places(state, own)))


def _stands_for(name: str, happening: Happening) -> bool:
    """Tell whether a call seeds what a Lightning trainer draws from, somewhere else."""
    effect = happening.effect
    return name == "lightning" and effect.role is Role.SEED and "torch" in effect.libraries


def _state(
    name: str, own: list[Happening], draws: list[Happening], seeds: list[Happening]
) -> State:
    if not own:
        return None
    local = [h.state for h in own if h.effect.role in {Role.LOCAL, Role.HIDDEN}]
    bad = [h for h in draws if h.state is False]
    good_seeds = [h for h in seeds if h.state is True]
    if bad:
        return _state_of_bad(own, bad, seeds, local)
    third = [h.state for h in (*draws, *_doubtful(seeds), *_waiting(own))]
    states: list[State] = [s for s in (*third, *local) if s is not None]
    if good_seeds:
        return _worst([s for s in states if s is not False] + [True])
    if not draws and not seeds:
        return _state_of_unreached(name, own, states)
    return _worst(states) if states else False


def _doubtful(seeds: list[Happening]) -> list[Happening]:
    """Return the seeds that count: a third answer beside a good seed of the same start does not."""
    safe_roots = {h.root for h in seeds if h.state is True}
    return [h for h in seeds if h.state is True or h.root not in safe_roots]


def _waiting(own: list[Happening]) -> list[Happening]:
    """Return the draws that nothing here calls, in files that no seeded program runs."""
    draws = [h for h in own if h.effect.role is Role.DRAW and h.when is When.UNREACHED]
    return [h for h in draws if h.state == "depends_on_caller" and h.effect.generator != "jax"]


def _state_of_bad(
    own: list[Happening], bad: list[Happening], seeds: list[Happening], local: list[State]
) -> State:
    thirds = [h.state for h in _doubtful(seeds) if isinstance(h.state, str)]
    if thirds:
        return _worst(thirds)
    seeded = any(h.state is True for h in seeds) or any(h.early for h in bad)
    followed = any(h.state in {True, "indirect"} for h in own if h.effect.role is Role.DRAW)
    if seeded or followed or any(state is True for state in local):
        return "partial"
    if any(h.effect.role is Role.GPU_SEED for h in own):
        return "partial"
    if any(h.effect.role is Role.SEED and h.when is When.UNREACHED for h in own):
        return "dead_helper"
    return False


def _state_of_unreached(name: str, own: list[Happening], states: list[State]) -> State:
    """Judge a library that is only used with generators of its own, or in unreached code."""
    waiting = [h for h in own if h.when is When.UNREACHED]
    thirds = [h.state for h in waiting if h.state in {"config_null", "optional"}]
    if thirds:
        return _worst(thirds)
    if any(h.effect.role in {Role.DRAW, Role.SEED} for h in waiting):
        return "depends_on_caller"
    if any(h.effect.role is Role.GPU_SEED for h in own):
        return "partial"
    worst = _worst(states)
    return "partial" if name == "torch" and worst is True else worst


def _worst(states: Iterable[State]) -> State:
    found = set(states)
    if True in found and False in found:
        return "partial"
    for third in THIRD_ANSWERS:
        if third in found:
            return third
    return False not in found


def _places(state: State, own: list[Happening]) -> Iterable[Place]:
    rows: dict[tuple[str, int, int], Place] = {}
    for happening in own:
        if happening.effect.role is Role.DRAW and happening.state is True:
            continue
        found = _place(state, happening)
        key = (happening.path, happening.cell, happening.line)
        if key not in rows or _STRENGTH[found.level] < _STRENGTH[rows[key].level]:
            rows[key] = found
    ordered = sorted(rows.values(), key=lambda p: (_STRENGTH[p.level], p.path, p.cell, p.line))
    return ordered[:_LINES_PER_LIBRARY]


_STRENGTH = {Level.FAIL: 0, Level.WARN: 1, Level.PASS: 2, Level.INFO: 3}


def _place(state: State, happening: Happening) -> Place:
    level, why = _reading(state, happening)
    return place(happening.path, happening.line, level, why, cell=happening.cell)


def _reading(state: State, happening: Happening) -> tuple[Level, str]:
    effect = happening.effect
    if effect.role is Role.GPU_SEED:
        return Level.INFO, f"{effect.what} seeds the accelerators, not the CPU"
    if happening.when is When.UNREACHED and effect.role in {Role.SEED, Role.DRAW}:
        left = happening.state == "depends_on_caller" and effect.role is Role.DRAW
        level = Level.WARN if left and effect.generator != "jax" else Level.INFO
        return level, f"{effect.what} in code that nothing here calls"
    if happening.state is True:
        own = " for itself only" if effect.role is Role.LOCAL else ""
        return Level.PASS, f"{effect.what} sets a seed{own}"
    if happening.state is False:
        level = Level.FAIL if state is False else Level.WARN
        when = "before the seed is set" if happening.early else "without a seed"
        return level, f"{effect.what} {when}"
    if happening.state in {"indirect", "depends_on_caller", "unknown"}:
        return Level.INFO, f"{effect.what} {_QUESTIONS[str(happening.state)]}"
    return Level.WARN, f"{effect.what} {_QUESTIONS[str(happening.state)]}"


def _outcome(states: Iterable[State], *, whole: bool) -> Outcome:
    found = list(states)
    if any(state is False for state in found):
        return Outcome.FAIL
    good = whole and all(state is True for state in found)
    return Outcome.PASS if good else Outcome.WARN


def _weight(library: _Library) -> tuple[int, int]:
    order = 0 if library.state is False else 2 if library.state is True else 1
    return order, LIBRARIES.index(library.name)


def _headline(used: list[_Library]) -> str:
    seeded = [library.name for library in used if library.state is True]
    never = [library.name for library in used if library.state is False]
    parts = [f"{', '.join(seeded)} seeded"] if seeded else []
    parts += [f"{', '.join(never)} used and never seeded"] if never else []
    parts += [
        f"{library.name} {_QUESTIONS[library.state]}"
        for library in used
        if isinstance(library.state, str)
    ]
    return "; ".join(parts)[:1].upper() + "; ".join(parts)[1:]


def _remediation(used: list[_Library]) -> str:
    lines = [_FIXES[library.name] for library in used if library.state is not True]
    if not lines:
        return ""
    return "At the start of every entry point:\n" + "\n".join(lines)


def _nothing(repository: Repository, facts: dict[str, object]) -> Verdict:
    if repository.has_errors():
        return Verdict(
            outcome=Outcome.UNKNOWN,
            headline="Found no random numbers in what could be read; some files could not be",
            facts=facts,
        )
    return Verdict(
        outcome=Outcome.NOT_APPLICABLE,
        confidence=Confidence.LIKELY,
        headline="Found no use of a random number generator outside of tests",
        facts=facts,
    )


CHECK = Check(
    id="seeds-set",
    version="2",
    title="seeds",
    statement="Every random number generator in use is seeded before it is used.",
    outcomes={
        Outcome.PASS: "each library in use is seeded with a constant or a configured value first",
        Outcome.WARN: (
            "the seed is optional, null in the configuration, left to a caller, in a helper that"
            " nothing calls, only for the accelerator, only for a part of the uses, or only in a"
            " generator of its own for torch"
        ),
        Outcome.FAIL: "a generator in reached code is never seeded, or seeded by the clock",
        Outcome.NOT_APPLICABLE: "no random numbers outside of tests",
        Outcome.UNKNOWN: "nothing was found, and some files could not be read",
    },
    rules=(
        (
            "Names are followed through imports, aliases and the repository's own functions; text"
            " order counts within one body, call order across bodies."
        ),
        "Comments, strings and markdown never count.",
        (
            "torch.manual_seed covers CUDA; torch.cuda.manual_seed does not cover the CPU; a"
            " torch.Generator is local; torch.seed() and seed() without a value un-seed."
        ),
        (
            "seed_everything (Lightning), set_seed (transformers, accelerate) and the Trainer of"
            " transformers, whose seed is 42 unless told otherwise, seed Python, NumPy and torch."
        ),
        "A Trainer of Lightning that fits without seed_everything follows torch's seed: indirect.",
        "scikit-learn and pandas without random_state use NumPy's global generator.",
        "DataLoader draws only with shuffle; identifiers (uuid, secrets) need no seed.",
        "Seeding in tests seeds nothing else.",
        "A draw that nothing reaches depends on its caller, unless a seeded program imports it.",
        "A star import of a random module is unknown.",
    ),
    facts={
        "libraries": (
            "per library true, false, null (unused), or partial, optional, config_null,"
            " depends_on_caller, dead_helper, indirect, unknown, unsure"
        )
    },
    not_checked="whether two runs give the same result; weights a layer draws when it is made",
    look=look,
)

"""The framework is told to use deterministic algorithms only.

A seed fixes the numbers that are drawn; on an accelerator the same operation may still give
another result. Reads the switches in reached code and what the configuration says of them.
Source: https://docs.pytorch.org/docs/stable/notes/randomness.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from holdshort.checks.base import Check, Verdict, place
from holdshort.checks.facts.imports import Need
from holdshort.checks.facts.inventory import File, is_test_path
from holdshort.checks.facts.randomness import State
from holdshort.checks.facts.repository import Repository
from holdshort.checks.facts.sightings import Sighting
from holdshort.checks.facts.words import words
from holdshort.model.finding import Confidence, Level, Outcome, Place

_FRAMEWORKS = {
    "torch": words("torch torchvision torchaudio lightning pytorch_lightning torch_geometric"),
    "tensorflow": words("tensorflow keras tf_keras"),
    "jax": words("jax flax haiku equinox"),
}
_FIXES = {
    "torch": "torch.use_deterministic_algorithms(True)\ntorch.backends.cudnn.benchmark = False",
    "tensorflow": "tf.config.experimental.enable_op_determinism()",
    "jax": 'os.environ["XLA_FLAGS"] = "--xla_gpu_deterministic_ops=true"',
}
_ON = frozenset({"True", "const"})
_SAID = {
    True: "deterministic",
    False: "never told to be deterministic",
    "partial": "deterministic in part",
    "conflict": "deterministic, but benchmarking its algorithms",
    "optional": "deterministic only when asked",
    "dead_helper": "has a switch in code that nothing calls",
    "unknown": "has no switch here; its compiler takes one from outside",
}


@dataclass(frozen=True, slots=True)
class _Switch:
    """One place that turns a mode on or off.

    Attributes:
        kind: see `sights.determinism`; `setting` for a line of a configuration.
        state: on, off, only when asked, or in code that nothing calls.
    """

    path: str
    line: int
    cell: int
    what: str
    framework: str
    kind: str
    state: State


def look(repository: Repository) -> Verdict:
    """Judge every framework in use, and report the worst."""
    trains = _training_files(repository)
    used = _used(repository, trains)
    switches = [*_switches(repository), *_configured(repository)]
    states = {name: _judge(name, switches) for name in _FRAMEWORKS if name in used}
    facts: dict[str, object] = {"deterministic": _overall(states), "frameworks": dict(states)}
    if not states:
        return _nothing(repository, facts)
    return Verdict(
        outcome=_outcome(states, trains=bool(trains), whole=not repository.has_errors()),
        confidence=Confidence.LIKELY,
        headline=_headline(states, trains=bool(trains)) + repository.unread_note(),
        evidence=tuple(_places(switches, used, states, trains=bool(trains))),
        facts=facts,
        remediation=_remediation(states),
    )


def _training_files(repository: Repository) -> frozenset[str]:
    seen = repository.sightings("training")
    return frozenset(f.path for f, s in seen if s.detail("kind") == "train") - _tests(repository)


def _tests(repository: Repository) -> frozenset[str]:
    return frozenset(path for path in repository.paths if is_test_path(path))


def _used(repository: Repository, trains: frozenset[str]) -> dict[str, Place]:
    """Return the frameworks that training needs, else those that any code outside of tests does."""
    training: dict[str, Place] = {}
    anywhere: dict[str, Place] = {}
    for file, imports in repository.imports():
        for one in imports:
            name = next((n for n, tops in _FRAMEWORKS.items() if one.top in tops), "")
            if not name or is_test_path(file.path) or one.need not in {Need.PLAIN, Need.LAZY}:
                continue
            why = f"imports {one.top}, and nothing makes it deterministic"
            found = place(file.path, one.line, Level.FAIL, why, cell=one.cell)
            anywhere.setdefault(name, found)
            if file.path in trains:
                training.setdefault(name, found)
    if "jax" in training:
        training.pop("tensorflow", None)
    return training or anywhere


def _switches(repository: Repository) -> Iterator[_Switch]:
    world = repository.world()
    for file, seen in repository.sightings("determinism"):
        if not is_test_path(file.path):
            reached = world.is_reached(file.path, seen.scope)
            yield _switch(file, seen, _state(seen, reached=reached))


def _switch(file: File, seen: Sighting, state: State) -> _Switch:
    framework, kind = seen.detail("framework"), seen.detail("kind")
    return _Switch(file.path, seen.line, seen.cell, seen.what, framework, kind, state)


def _state(seen: Sighting, *, reached: bool) -> State:
    value = seen.detail("value")
    if value == "False":
        return False
    if not reached:
        return "dead_helper"
    return True if value in _ON and not seen.detail("asked") else "optional"


def _configured(repository: Repository) -> Iterator[_Switch]:
    """Yield what configuration files turn on: it holds where something reads it."""
    for file, key, value in repository.settings():
        if "determin" in key.lower() and value is not None:
            on = "optional" if value.lower() in {"true", "1", "yes", "on", "warn"} else False
            yield _Switch(file.path, 0, 0, f"{key}: {value}", "torch", "setting", on)


def _judge(framework: str, switches: Iterable[_Switch]) -> State:
    own = [one for one in switches if one.framework == framework]
    whole = {one.state for one in own if one.kind == "algorithms"}
    half = {one.state for one in own if one.kind in {"warned", "cudnn", "older"}}
    fast = any(one.kind == "benchmark" and one.state is True for one in own)
    if True in whole:
        return "conflict" if fast else True
    if True in half:
        return "conflict" if fast else "partial"
    asked = whole | half | {one.state for one in own if one.kind == "setting"}
    for third in ("optional", "dead_helper"):
        if third in asked:
            return third
    return "unknown" if framework == "jax" else False


def _overall(states: dict[str, State]) -> State:
    found = set(states.values())
    if not found:
        return None
    if False in found and len(found) > 1:
        return "partial"
    order = (False, "dead_helper", "optional", "conflict", "partial", "unknown", True)
    return min(found, key=order.index)


def _outcome(states: dict[str, State], *, trains: bool, whole: bool) -> Outcome:
    found = set(states.values())
    if False in found:
        return Outcome.FAIL if trains else Outcome.WARN
    return Outcome.PASS if whole and found == {True} else Outcome.WARN


def _headline(states: dict[str, State], *, trains: bool) -> str:
    said = "; ".join(f"{name} {_SAID[state]}" for name, state in states.items())
    never = False in states.values() and not trains
    return said[:1].upper() + said[1:] + ("; nothing here trains" if never else "")


def _places(
    switches: Iterable[_Switch], used: dict[str, Place], states: dict[str, State], *, trains: bool
) -> Iterator[Place]:
    never = Level.FAIL if trains else Level.WARN
    yield from (replace(used[n], level=never) for n, state in states.items() if state is False)
    shown = [one for one in switches if one.framework in used]
    for one in shown:
        level, why = _reading(one)
        yield place(one.path, one.line, level, f"{one.what} {why}", cell=one.cell)


def _reading(one: _Switch) -> tuple[Level, str]:
    if one.kind == "benchmark":
        if one.state is True:
            return Level.WARN, "chooses the fastest algorithm, measured anew each time"
        return Level.INFO, "is off" if one.state is False else "may be on"
    if one.state is True and one.kind == "algorithms":
        return Level.PASS, "allows deterministic algorithms only"
    if one.state is True:
        part = {"cudnn": "covers convolutions only", "warned": "warns, and goes on"}
        return Level.WARN, part.get(one.kind, "is the switch of TensorFlow before 2.8")
    if one.state is False:
        return Level.INFO, "is off"
    if one.kind == "setting":
        return Level.INFO, "is set where a program may read it"
    asked = one.state == "optional"
    return Level.WARN, "stands behind a condition" if asked else "in code that nothing calls"


def _remediation(states: dict[str, State]) -> str:
    fixes = [_FIXES[name] for name, state in states.items() if state is not True]
    return "At the start of training:\n" + "\n".join(fixes) if fixes else ""


def _nothing(repository: Repository, facts: dict[str, object]) -> Verdict:
    if repository.has_errors():
        return Verdict(
            outcome=Outcome.UNKNOWN,
            headline="Found no GPU framework in what could be read; some files could not be",
            facts=facts,
        )
    return Verdict(
        outcome=Outcome.NOT_APPLICABLE,
        confidence=Confidence.LIKELY,
        headline="Found no import of torch, tensorflow or jax outside of tests",
        facts=facts,
    )


CHECK = Check(
    id="deterministic-mode",
    version="1",
    title="deterministic mode",
    statement="Every GPU framework in use is told to use deterministic algorithms only.",
    outcomes={
        Outcome.PASS: "reached code turns deterministic algorithms on for each framework",
        Outcome.WARN: (
            "only cuDNN, only with warnings, only when asked, in code that nothing calls, together"
            " with benchmarking, or never in a repository that trains nothing"
        ),
        Outcome.FAIL: "code trains, and nothing makes its framework deterministic",
        Outcome.NOT_APPLICABLE: "no GPU framework",
        Outcome.UNKNOWN: "nothing was found, and some files could not be read",
    },
    rules=(
        (
            "use_deterministic_algorithms, enable_op_determinism, enable_full_determinism,"
            " Trainer(deterministic=True) and full_determinism=True count in full."
        ),
        "cudnn.deterministic covers convolutions only; warn_only and 'warn' go on regardless.",
        "cudnn.benchmark = True chooses algorithms by a measurement: with it nothing passes.",
        "A condition that asks for determinism, or a value from settings, is a question.",
        "A line of a configuration (deterministic: true) is a question too: who reads it?",
        "JAX has no switch in Python; XLA_FLAGS may be set from outside.",
        (
            "Frameworks are judged that a file which trains imports, else all; one that is only"
            " imported where its absence is caught is not in use, TensorFlow beside JAX neither."
        ),
        "CUBLAS_WORKSPACE_CONFIG alone decides nothing.",
    ),
    facts={
        "deterministic": (
            "true, false, null (no framework), or partial, conflict, optional, dead_helper, unknown"
        ),
        "frameworks": "the same for each of torch, tensorflow and jax in use",
    },
    not_checked="whether an operation in use has a deterministic form, and the environment",
    look=look,
)

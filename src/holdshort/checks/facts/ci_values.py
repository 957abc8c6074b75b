"""What every format of continuous integration comes down to.

`Pipeline` values go from the readers of the formats to the checks. Nothing is evaluated: a
condition counts as true unless it names only what is not a change of the code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from holdshort.checks.facts.shell_words import Shell


@dataclass(frozen=True, slots=True)
class Script:
    """Shell lines that a job runs.

    Attributes:
        line: of the first one.
        on_change: whether it runs when the code changes, not only at night or by hand.
        may_fail: whether the job goes on and succeeds when it fails.
        path: the file it stands in when that is an included one, else empty.
    """

    text: str
    line: int
    on_change: bool = True
    may_fail: bool = False
    shell: Shell = field(default_factory=Shell)
    path: str = ""


@dataclass(frozen=True, slots=True)
class Call:
    """A workflow or action of this repository that a job uses, with the inputs it is given."""

    target: str
    line: int
    on_change: bool = True
    may_fail: bool = False
    given: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Used:
    """Something of somebody else that CI runs: an action, a template, an orb, an image.

    Attributes:
        text: as written.
        kind: `action`, `container` (an image around a job), `include`, `component`, `orb`, `pipe`.
        path: the file it stands in when that is an included one, else empty.
    """

    text: str
    line: int
    kind: str
    path: str = ""


@dataclass(frozen=True, slots=True)
class Pipeline:
    """One configuration file.

    Attributes:
        system: whose format it is, such as `GitHub Actions`.
        jobs: how many jobs it defines that do something.
        used: what it takes from elsewhere.
        elsewhere: workflows and includes that cannot be read from here and may run anything.
        is_called: whether it only runs when another workflow calls it.
        included: files of this repository that were read as parts of it.
        inputs: the defaults of the inputs with which it may be called.
    """

    system: str
    jobs: int
    scripts: tuple[Script, ...] = ()
    calls: tuple[Call, ...] = ()
    used: tuple[Used, ...] = ()
    elsewhere: tuple[str, ...] = ()
    is_called: bool = False
    included: tuple[str, ...] = ()
    inputs: Mapping[str, str] = field(default_factory=dict)

"""What happens in a rollout, as one stream of typed events, which renderers, reports and notifiers read.

Began        a driver took the rollout up: from nothing, or from wherever it stood
Tested       the new version was tried at 0 percent
Hooked       a hook was run
Stepped      the alias was moved: one step forward, or to wherever a person has put it
Looked       metrics and alarms were judged; no step was taken because of that alone
Waited       nothing is due before a time
RolledBack   the alias was put back
Held         nothing goes forward until a person says so
Resumed      a person has said so
Noticed      something that a person should read
Ended        the driver is done: how the rollout stands
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, TypeAlias

from deployer.core.percent import Percent
from deployer.core.state import AliasState
from deployer.core.watch.judgement import Judgement
from deployer.core.watch.observation import Observation


@dataclass(frozen=True, slots=True)
class Subject:
    """Which rollout: `function_name` and `alias` at Lambda, `function` and `environment` as the configuration calls
    them, empty where there is none.
    """

    function_name: str
    alias: str
    function: str = ""
    environment: str = ""
    region: str = ""
    account: str = ""


@dataclass(frozen=True, slots=True)
class Began:
    """`schedule`: the shares of the new version that are to come, 100 percent included. `release` is its name."""

    state: AliasState
    schedule: tuple[Percent, ...]
    release: str | None = None


@dataclass(frozen=True, slots=True)
class Tried:
    """One test of the new version. `problem` is empty where it passed; `difference` is what `shadow` mode found."""

    name: str
    version: str
    milliseconds: float
    problem: str = ""
    difference: str = ""


@dataclass(frozen=True, slots=True)
class Tested:
    """The new version was invoked by its number, without traffic."""

    __test__: ClassVar = False  # pytest takes any class of such a name for one of tests

    version: str
    tests: tuple[Tried, ...]

    @property
    def passed(self) -> bool:
        """Whether every test passed."""
        return not any(test.problem for test in self.tests)


@dataclass(frozen=True, slots=True)
class Hooked:
    """`moment` is before or after a step, or the end; `problem` is empty where it succeeded."""

    name: str
    moment: str
    seconds: float
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Stepped:
    """The alias went from one state to another. `published` is the version that was published for it, if one was."""

    before: AliasState
    after: AliasState
    operation_id: str
    why: str
    published: str | None = None


@dataclass(frozen=True, slots=True)
class Looked:
    """What was seen, and what it says. `since`: when the present step began, in Unix seconds."""

    state: AliasState
    since: int
    observation: Observation
    judgement: Judgement


@dataclass(frozen=True, slots=True)
class Waited:
    """`until` in Unix seconds. `frozen` names the freeze window that is shut; empty where the wait has other causes."""

    until: int
    why: str
    frozen: str = ""


@dataclass(frozen=True, slots=True)
class RolledBack:
    """The alias was put back, because of `why`."""

    before: AliasState
    after: AliasState
    operation_id: str
    why: str


@dataclass(frozen=True, slots=True)
class Held:
    """Nothing goes forward, because of `why`; `way_on` is what a person can do."""

    state: AliasState
    why: str
    way_on: str


@dataclass(frozen=True, slots=True)
class Resumed:
    """A person has taken the alias off hold: it may go forward again."""

    state: AliasState


@dataclass(frozen=True, slots=True)
class Noticed:
    """`topic` is a word for machines; `loud` when it may surprise somebody later."""

    topic: str
    text: str
    loud: bool = False


class End(StrEnum):
    """How the rollout stands when its driver stops."""

    DONE = "done"
    WAITING = "waiting"
    HELD = "held"
    ROLLED_BACK = "rolled-back"
    TESTS_FAILED = "tests-failed"
    OVERTAKEN = "overtaken"  # somebody else wrote the alias
    INTERRUPTED = "interrupted"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Ended:
    """The last event of a driver; `text` says it to people, with what to do next.

    `idle`: a tick that only looked says how things stand, as many before it may have.
    """

    end: End
    state: AliasState
    text: str
    idle: bool = False


Happening: TypeAlias = (
    Began | Tested | Hooked | Stepped | Looked | Waited | RolledBack | Held | Resumed | Noticed | Ended
)


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened, at `at` (Unix seconds), in the rollout of `subject`."""

    at: float
    subject: Subject
    what: Happening

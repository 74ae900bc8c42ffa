"""Sixteen commands at once on one alias: who they are, the line that they start from, and what the embedded Lambda saw.

Commands take a second to start, so left to themselves they would come one by one. The line holds every first call
back until all have come, then lets them go in heats: the next goes once the alias was written for each heat before it,
or all of those have ended. So each heat looks while others are busy, and there is more than one step to be won.
"""

from __future__ import annotations

import itertools
import re
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cli_world import Ran

from deployer.core import Content, Deploy, Promote, Request, Rollback
from deployer.deployer import route_request

if TYPE_CHECKING:
    from cli_world import Project

    from deployer.local.rules.world import Call, Reply, World

Answer = Callable[["World", "Call"], "Reply"]

SECONDS = 180  # on two cores without other work it takes ten
_LOOK = 0.01  # seconds between two looks whether it is one's turn
_DELAY = 0.2  # seconds on the way of a write, so that others come in between
_AGENT = re.compile(r"(?:^|\s)app/racer-(\d+)")
_FUNCTION_WRITES = frozenset({"UpdateFunctionCode", "UpdateFunctionConfiguration", "PublishVersion"})


@dataclass(frozen=True)
class Racer:
    """One process: its name (its login name, and `app/…` in its User-Agent), its command, and the code beside it."""

    number: int
    command: str
    environment: str
    code: int

    @property
    def name(self) -> str:
        return f"racer-{self.number}"

    @property
    def request(self) -> Request:
        """What the command asks for."""
        match self.command.split():
            case ["deploy", *more]:
                return Deploy(again="--again" in more)
            case ["rollback"]:
                return Rollback()
            case ["promote"]:
                return Promote()
            case ["route", *where]:
                return route_request(*where)
            case _:
                raise AssertionError(self.command)

    def start(self, project: Project) -> subprocess.Popen[str]:
        """`deployer COMMAND`, in the working copy that has the racer's code."""
        words = [*self.command.split(), "--env", self.environment, "--yes"]
        return project.start(*words, env={"AWS_SDK_UA_APP_ID": self.name, "LOGNAME": self.name})


_HEATS = (
    (("deploy", "prd", 3), ("deploy", "prd", 4), ("deploy", "prd", 3), ("deploy", "prd", 4)),
    (("rollback", "prd", 1), ("route 2 1 10", "prd", 1), ("deploy", "prd", 4), ("rollback", "prd", 1)),
    (("deploy --again", "stg", 4), ("deploy --again", "stg", 2), ("promote", "prd", 1), ("deploy", "stg", 3)),
    (("route 1 2 20", "prd", 1), ("deploy", "prd", 3), ("deploy --again", "prd", 4), ("rollback", "prd", 1)),
)
RACERS = tuple(Racer(number, *given) for number, given in enumerate(itertools.chain(*_HEATS)))


def racer_of(user_agent: str) -> Racer | None:
    """Who called; None for whoever is no racer."""
    found = _AGENT.search(user_agent)
    return None if found is None else RACERS[int(found[1])]


@dataclass(frozen=True)
class Step:
    """One accepted write of the function by a racer; `content` is of `$LATEST` then, or of the version answered."""

    racer: Racer
    operation: str
    content: Content


@dataclass
class StartingLine:
    """Stands between the server and Lambda's rules: holds racers back, and notes what they do to the function."""

    writes: Callable[[], int]
    steps: list[Step] = field(default_factory=list)
    _processes: list[subprocess.Popen[str]] = field(default_factory=list)
    _come: set[Racer] = field(default_factory=set)
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def run(self, copies: Mapping[int, Project]) -> dict[str, Ran]:
        """Start all at once, each in the working copy of its code, and wait for all."""
        try:
            self._processes += [racer.start(copies[racer.code]) for racer in RACERS]
            said = [process.communicate(timeout=SECONDS) for process in self._processes]
        finally:
            for process in self._processes:
                process.kill()
        return {
            racer.name: Ran(process.returncode, *texts)
            for racer, process, texts in zip(RACERS, self._processes, said, strict=True)
        }

    def before(self, answer: Answer) -> Answer:
        """`answer`, for racers once it is their turn; each accepted write is noted before the next is made."""

        def watched(world: World, call: Call) -> Reply:
            racer = racer_of(call.user_agent)
            if racer is None:
                return answer(world, call)
            self._wait(racer)
            if not call.operation.startswith("Get"):
                time.sleep(_DELAY)
            with world.lock:
                reply = answer(world, call)
                if call.operation in _FUNCTION_WRITES and isinstance(reply.body, Mapping):
                    self.steps.append(Step(racer, call.operation, Content.of(reply.body)))
            return reply

        return watched

    def _wait(self, racer: Racer) -> None:
        """Until it is the racer's turn; whoever has been let go before goes on at once."""
        with self._changed:
            if racer in self._come:
                return
            self._come.add(racer)
            self._changed.notify_all()
            if not self._changed.wait_for(lambda: len(self._come) == len(RACERS), SECONDS):
                raise AssertionError(f"only {len(self._come)} came")
        heat, place = divmod(racer.number, len(_HEATS[0]))
        while self.writes() < heat and not self._ended(racer.number - place):
            time.sleep(_LOOK)

    def _ended(self, first: int) -> bool:
        return all(process.poll() is not None for process in self._processes[:first])

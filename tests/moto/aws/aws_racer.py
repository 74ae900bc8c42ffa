"""One of many processes that work on one alias at once, and what it reports."""

from __future__ import annotations

import os
import random
from dataclasses import dataclass
from pathlib import Path
from threading import BrokenBarrierError
from typing import TYPE_CHECKING, Any

from deployer import AwsFailure, Canary, Deploy, Deployer, Promote, Refused, Rollback
from deployer.aws.failure import Moved
from deployer.core import CanaryIncrements, Request
from deployer.deployer import route_request

if TYPE_CHECKING:
    from multiprocessing.synchronize import Barrier

_BARRIERS: list[Barrier] = []
_SECONDS_TO_MEET = 30


@dataclass(frozen=True)
class Course:
    """Where to race: environment variables, function, the zip of each code number, and settings without MemorySize."""

    environment: dict[str, str]
    function_name: str
    code: dict[int, Path]
    settings: dict[str, Any]
    rounds: int


@dataclass(frozen=True)
class Lap:
    """One command: what was asked for, of which code, and how it ended: `moved-it`, `nothing`, `lost` or `refused`."""

    operation_id: str
    request: Request
    code: int
    result: str
    text: str = ""


_REQUESTS: tuple[Request, ...] = (
    Deploy(),
    Deploy(),
    Deploy(again=True),
    Rollback(),
    Promote(),
    route_request(2, 1, 40),
)


def meet(barrier: Barrier) -> None:
    """Remember where all wait for each other."""
    _BARRIERS[:] = [barrier]


def race(course: Course, racer: int) -> list[Lap]:
    """Run commands one after another, chosen by the racer's own dice."""
    os.environ.update(course.environment)
    dice = random.Random(racer)
    deployers = {number: _deployer(course, number) for number in course.code}
    for deployer in deployers.values():
        deployer.status()
    try:
        _BARRIERS[0].wait(_SECONDS_TO_MEET)
    except BrokenBarrierError as error:
        raise AssertionError("not all racers came") from error
    return [_lap(deployers, f"r{racer}-{lap}", dice) for lap in range(course.rounds)]


def _deployer(course: Course, number: int) -> Deployer:
    return Deployer(
        function_name=course.function_name,
        strategy=Canary(CanaryIncrements.of([25, 50, 75])),
        code=course.code[number],
        settings={**course.settings, "MemorySize": 128 + number},
    )


def _lap(deployers: dict[int, Deployer], operation_id: str, dice: random.Random) -> Lap:
    code = dice.choice(list(deployers))
    request = dice.choice(_REQUESTS)
    try:
        prepared = deployers[code].prepare(request, operation_id=operation_id)
        outcome = deployers[code].execute(prepared)
    except Moved as moved:
        return Lap(operation_id, request, code, "lost", str(moved))
    except Refused as refused:
        return Lap(operation_id, request, code, "refused", str(refused))
    except AwsFailure as failure:
        return Lap(operation_id, request, code, "failed", str(failure))
    return Lap(operation_id, request, code, "moved-it" if outcome.decision.write else "nothing")

"""`python -m benchmarks [--rounds N]`: measure, print a table, end with 1 when a goal is missed."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from benchmarks.arena import CLIENT, DEPLOYER, PLAIN_RELEASE, Arena, arena
from benchmarks.ratio import LEAST, Ratio, Verdict

ROUNDS = 15
_DEPLOY = (*DEPLOYER, "deploy", "--yes", "--env")


@dataclass(frozen=True, slots=True)
class Row:
    """One goal and what was measured."""

    what: str
    measured: str
    goal: str
    verdict: Verdict


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 0 when all goals are met, 1 when one is missed by more than noise, 2 for wrong options."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"at least {LEAST}; {ROUNDS} by default")
    rounds = parser.parse_args(arguments).rounds
    if rounds < LEAST:
        parser.error(f"--rounds: at least {LEAST} are needed to tell a median from noise")
    with arena() as place:
        rows = judged(place, rounds)
    table(rows)
    return int(any(row.verdict is Verdict.MISSED for row in rows))


def judged(place: Arena, rounds: int) -> list[Row]:
    """All that has a goal, measured and held against it."""
    releases = (release(place, rounds, polls) for polls in (0, 2))
    return [*api_calls(place), *start_up(place, rounds), *releases]


def api_calls(place: Arena) -> Iterator[Row]:
    """AWS calls by count, without waiting: nothing is ever pending here."""
    place.calls(*_DEPLOY, "prd")
    yield _counted("deploy with nothing changed", place.calls(*_DEPLOY, "prd"), 2)
    place.write_release(memory_size=512)
    yield _counted("release of new code and settings", place.calls(*_DEPLOY, "prd"), 8)
    yield _counted("next step of a canary", place.calls(*_DEPLOY, "prd"), 3)
    yield _counted("status", place.calls(*DEPLOYER, "status", "--env", "prd"), 1)
    yield _counted("rollback", place.calls(*DEPLOYER, "rollback", "--yes", "--env", "prd"), 3)


def start_up(place: Arena, rounds: int) -> Iterator[Row]:
    """Commands that people wait for, beside a bare boto3 client that makes no call."""
    times = _measured(
        rounds,
        {
            "client": lambda: place.seconds(*CLIENT),
            "help": lambda: place.seconds(*DEPLOYER, "--help"),
            "status": lambda: place.seconds(*DEPLOYER, "status", "--env", "prd"),
        },
    )
    yield _timed("deployer --help / a boto3 client", Ratio.of(times["help"], times["client"]), 0.3)
    yield _timed("deployer status / a boto3 client", Ratio.of(times["status"], times["client"]), 1.6)


def release(place: Arena, rounds: int, polls: int) -> Row:
    """A release with every guard on, beside the plain script; after each write Lambda is busy for `polls` looks."""
    for environment in ("stg", "plain"):
        place.seconds(*_DEPLOY, environment)
    place.configure(pending_polls=polls)

    def guarded() -> float:
        place.write_release()
        return place.seconds(*_DEPLOY, "stg")

    def plain() -> float:
        place.write_release()
        return place.seconds(*PLAIN_RELEASE, "orders-plain", "LIVE", str(place.code))

    times = _measured(rounds, {"guarded": guarded, "plain": plain})
    place.configure(pending_polls=0)
    busy = "" if polls == 0 else f", Lambda busy for {polls} looks"
    return _timed(f"a release / a plain script{busy}", Ratio.of(times["guarded"], times["plain"]), 1.6)


def _measured(rounds: int, things: Mapping[str, Callable[[], float]]) -> dict[str, list[float]]:
    """The seconds of each thing in each round; the first run of each compiles its bytecode and is not counted."""
    times: dict[str, list[float]] = {name: [] for name in things}
    for thing in things.values():
        thing()
    for number in range(rounds):
        for name in list(things)[:: 1 if number % 2 == 0 else -1]:
            times[name].append(things[name]())
    return times


def _counted(what: str, calls: int, goal: int) -> Row:
    return Row(f"AWS calls: {what}", str(calls), f"at most {goal}", Verdict.MISSED if calls > goal else Verdict.OK)


def _timed(what: str, ratio: Ratio, goal: float) -> Row:
    measured = f"{ratio.median:.2f} ({ratio.low:.2f} to {ratio.high:.2f})"
    return Row(f"time: {what}", measured, f"at most {goal}", ratio.verdict(goal))


def table(rows: list[Row]) -> None:
    """Print what was measured."""
    lines = [("", "measured", "goal", ""), *((row.what, row.measured, row.goal, row.verdict) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(4)]
    for line in lines:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


if __name__ == "__main__":
    sys.exit(main())

"""What a rollout would look like from here: its steps with their bakes, what is to be passed, and who is told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from deployer.cli.moment import moment
from deployer.cli.paper import Line, Span, Tone
from deployer.cli.words import row
from deployer.config import Settings
from deployer.config.duration import spelled
from deployer.config.rollout.settings import RolloutSettings
from deployer.core import AliasState, Decision, Percent, Refusal, Transition
from deployer.core.freeze import Closed
from deployer.core.watch.length import ahead, least_seconds
from deployer.core.watch.policy import ALL, AlarmGate, Bake, ErrorGate, Gates, Then

_THEN: Final = {Then.HOLD: "then it is on hold", Then.GO_ON: "then it goes on", Then.ROLL_BACK: "then it goes back"}


@dataclass(frozen=True, slots=True)
class Outline:
    """The shares that are to come, each with its bake, the last of them 100 percent; `least` is in seconds."""

    steps: tuple[tuple[Percent, Bake], ...]
    settings: RolloutSettings
    closed: Closed | None

    @property
    def least(self) -> int:
        """Seconds that it takes at least, with what metrics lag behind."""
        return least_seconds((share for share, _ in self.steps), self.settings.watch)

    def lines(self) -> Iterator[Line]:
        """It in words."""
        settings = self.settings
        for index, (share, bake) in enumerate(self.steps):
            yield row("" if index else "rollout", f"{f'{share} %':>7}  ", _rest(share, bake))
        yield from _rows("passes", gate_words(settings.watch.gates))
        yield from _rows("tests", tuple(test.name for test in settings.tests))
        yield from _rows("hooks", tuple(f"{hook.moment}: {hook.name}" for hook in settings.hooks))
        yield from _rows("told", tuple(map(str, settings.notify)))
        yield row("takes", f"{spelled(self.least)} at least")
        if self.closed is not None:
            text = f"nothing goes forward until {moment(self.closed.until)}: {self.closed.window}"
            yield row("frozen", Span(text, Tone.LOUD))
        if settings.stopped is not None:
            yield row("stopped", Span(settings.stopped, Tone.LOUD))

    def data(self) -> dict[str, Any]:
        """The same as data."""
        settings = self.settings
        return {
            "steps": [_step_data(share, bake) for share, bake in self.steps],
            "least_seconds": self.least,
            "gates": list(gate_words(settings.watch.gates)),
            "tests": [test.name for test in settings.tests],
            "hooks": [{"at": hook.moment, "name": hook.name, "on_failure": hook.on_failure} for hook in settings.hooks],
            "notify": [str(one) for one in settings.notify],
            "frozen_until": None if self.closed is None else self.closed.until,
            "stopped": settings.stopped,
        }


def outline(settings: Settings, state: AliasState, decision: Decision, now: int) -> Outline | None:
    """What a rollout that begins or goes on with `decision` does, at `now` (Unix seconds).

    None in a development environment, which has no rollouts, and where there is nothing to do.
    """
    rollout = settings.rollout
    if rollout is None or not (isinstance(state, Transition) or isinstance(decision, Refusal) or decision.actions):
        return None
    steps = tuple((share, rollout.watch.bake_at(share)) for share in ahead(state, decision, settings.policy))
    return Outline(steps, rollout, rollout.freeze.closed(now))


def _rows(label: str, texts: Sequence[str]) -> Iterator[Line]:
    for index, text in enumerate(texts):
        yield row("" if index else label, text)


def _rest(share: Percent, bake: Bake) -> str:
    if share == ALL and bake == Bake(0):
        return "and that is the end"
    what = "is watched for" if share == ALL else "rests for"
    if bake.longest is None:
        return f"{what} {spelled(bake.seconds)}"
    longest = f"{spelled(bake.longest)} at most, {_THEN[bake.at_longest]}"
    return f"{what} {spelled(bake.seconds)} and until {bake.invocations:,} calls: {longest}"


def _step_data(share: Percent, bake: Bake) -> dict[str, Any]:
    return {
        "share": share.hundredths / 100,
        "bake_seconds": bake.seconds,
        "bake_invocations": bake.invocations,
        "longest_seconds": bake.longest,
    }


def gate_words(gates: Gates) -> tuple[str, ...]:
    """Each gate, as short as can be."""
    durations = (f"p{gate.percentile:g} of duration: {_times(gate.ratio)}" for gate in gates.durations)
    throttles = () if gates.throttles is None else (f"throttles: {_times(gates.throttles.ratio)}",)
    return (*_errors(gates.errors), *durations, *throttles, *_alarms(gates.alarms))


def _errors(gate: ErrorGate | None) -> Iterator[str]:
    if gate is None:
        return
    compared = () if gate.ratio is None else (_times(gate.ratio),)
    ceiling = () if gate.ceiling is None else (f"at most {gate.ceiling} % of calls",)
    yield f"errors: {', '.join((*compared, *ceiling))}"


def _times(ratio: float) -> str:
    return "no more than the old version" if ratio == 1 else f"at most {ratio:g} times the old version's"


def _alarms(gate: AlarmGate | None) -> Iterator[str]:
    if gate is not None:
        tagged = (f"those tagged {key}={value}" for key, value in gate.tags)
        yield f"no alarm is red of: {', '.join((*gate.names, *tagged))}"

"""The second act: rollouts that watch themselves. Each does what it tells, by calls that a user's script could make."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from deployer.config import Config
from deployer.core import Percent, Stable, Transition
from deployer.demo.clock import SkippingClock
from deployer.demo.load import NIGHT, NOON, Load
from deployer.demo.scene import Chapter, Command, Said, Scene, Tone
from deployer.demo.story import BUG, FUNCTION, moved
from deployer.demo.watching import Watching
from deployer.demo.working_copy import Edit, WorkingCopy
from deployer.deployer import Deployer
from deployer.rollout.crew import Manner
from deployer.rollout.event import End, Event, Stepped
from deployer.rollout.rollout import Rollout
from deployer.rollout.stream import Listener

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

EVERY: Final = 60.0
"""Seconds between two looks: metrics are of minutes."""

ELSEWHERE: Final = Edit("src/prices.py", "ANSWERS_IN = 0.0", "ANSWERS_IN = 0.010")
CHEAPER: Final = Edit("src/app.py", "SHIPPING = 490", "SHIPPING = 390")
SLOW: Final = Edit("src/prices.py", "ANSWERS_IN = 0.010", "ANSWERS_IN = 0.015")
MUGS: Final = Edit("src/prices.py", '"mug": 1_200', '"mug": 1_100')
_COMMAND: Final = "deployer rollout --env prd --every 60"
_HALF: Final = Percent.of(50)
_MINUTE: Final = 60


class Killed(BaseException):
    """What kill -9 comes to: the driver is left where it is, and nothing of it runs any more."""


@dataclass(slots=True)
class SecondAct:
    """The order service under load, and what came of each rollout; `events` are those of the version that fails."""

    show: Callable[[Scene], None]
    client: LambdaClient
    copy: WorkingCopy
    config: Config
    clock: SkippingClock
    ends: list[End] = field(default_factory=list)
    watched: list[Watching] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    ticks: int = 0
    calls: int = 0

    def play(self) -> None:
        """All of it, in order."""
        production = Deployer.from_settings(self.config.settings("prd", FUNCTION), clock=self.clock)
        self._stage(production)
        with Load(self.client, production.function_name, production.alias) as load:
            self._good(load)
            self._bad(load)
            self._slow(load)
            self._killed(load)
        self.calls = load.made

    @property
    def facts(self) -> tuple[str, ...]:
        """What to remember."""
        done, back = self.ends.count(End.DONE), self.ends.count(End.ROLLED_BACK)
        failed = sum(step.failed for watching in self.watched for step in watching.rounds)
        minutes = round(self.clock.skipped / _MINUTE)
        return (
            f"{len(self.ends)} rollouts watched themselves: {done} took all traffic, {back} were rolled back.",
            f"They saw {self.calls} real calls, of which {failed} failed, in {minutes} minutes that took no waiting.",
        )

    def _stage(self, production: Deployer) -> None:
        self.show(Chapter(6, "Prices are asked for elsewhere from now on, which takes 20 ms an order"))
        self._apply(ELSEWHERE)
        self.show(Command("deployer deploy --env prd"))
        outcome = production.deploy()
        self.show(moved(production, outcome))
        if isinstance(outcome.after, Transition):
            self.show(Command("deployer promote --env prd"))
            self.show(moved(production, production.promote()))

    def _good(self, load: Load) -> None:
        self.show(Chapter(7, "A rollout that watches itself, at night: a good version takes all traffic"))
        self._apply(CHEAPER)
        self._all_traffic(self._run(load), "nobody had to look")

    def _bad(self, load: Load) -> None:
        self.show(Chapter(8, "At noon: a version that fails on one order in ten"))
        load.a_minute = NOON
        self._apply(BUG)
        self._run(load, self.events.append)
        self.copy.undo(BUG)

    def _slow(self, load: Load) -> None:
        self.show(Chapter(9, "Still at noon: a version that takes half as long again"))
        self._apply(SLOW)
        self._run(load)
        self.copy.undo(SLOW)

    def _killed(self, load: Load) -> None:
        self.show(Chapter(10, "At night: a rollout is killed at 50 %, and carried on by another machine"))
        load.a_minute = NIGHT
        self._apply(MUGS)
        try:
            self._run(load, _kill_at_half)
        except Killed:
            self.show(Said("kill -9: nothing of that process runs any more", Tone.BAD))
        self._carry_on(load)

    def _carry_on(self, load: Load) -> None:
        """One look a minute, by somebody who knows nothing but the configuration and what the alias says."""
        self.show(Command("deployer tick --env prd    # every minute, elsewhere"))
        watching, elsewhere = self._watched(load)
        while (end := self._tick(elsewhere)) is End.WAITING:
            self.clock.sleep(EVERY)
        self.ends.append(end)
        self._all_traffic(watching, f"{self.ticks} ticks took {len(watching.steps)} steps")

    def _tick(self, rollout: Rollout) -> End:
        self.ticks += 1
        return rollout.tick()

    def _apply(self, edit: Edit) -> None:
        self.copy.apply(edit)
        self.show(edit)

    def _run(self, load: Load, *listeners: Listener) -> Watching:
        self.show(Command(_COMMAND))
        watching, rollout = self._watched(load, *listeners)
        self.ends.append(rollout.run())
        return watching

    def _watched(self, load: Load, *listeners: Listener) -> tuple[Watching, Rollout]:
        """A rollout that is shown, together with its calls from here on."""
        settings = self.config.settings("prd", FUNCTION)
        rollout = Rollout.from_settings(settings, manner=Manner(every=EVERY), clock=self.clock)
        state = rollout.deployer.look().state
        watching = Watching(self.show, rollout.settings.watch, state, load.a_minute)
        self.clock.meanwhile = lambda seconds: watching.called(load.during(seconds))
        self.watched.append(watching)
        return watching, replace(rollout, listeners=(watching, *listeners))

    def _all_traffic(self, watching: Watching, text: str) -> None:
        if isinstance(watching.state, Stable):
            self.show(Said(f"version {watching.state} has all traffic; {text}", Tone.GOOD))


def _kill_at_half(event: Event) -> None:
    match event.what:
        case Stepped(after=Transition() as state) if state.share == _HALF:
            raise Killed

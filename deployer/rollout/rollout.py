"""A rollout, from a script: what `deployer rollout` and `deployer tick` do, without a command line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from deployer.config.rollout.settings import RolloutSettings
from deployer.core import InvalidValue
from deployer.deployer import Deployer
from deployer.rollout.audience import subject_of
from deployer.rollout.crew import Manner, driver
from deployer.rollout.driver import Driver
from deployer.rollout.event import End, Subject
from deployer.rollout.stream import Listener

if TYPE_CHECKING:
    from deployer.config import Settings

_AS_USUAL = Manner()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rollout:
    """Takes one function to all traffic, share by share, or carries on with what is under way.

        Rollout.from_settings(load("deployer.toml").settings("prd", "orders")).run()

    Nothing is kept between two calls, nor needed: where a rollout stands is read off the alias. `listeners` are told of
    every event, beside those whom the configuration names; what they raise fails nothing.
    Both verbs raise Refused when a rule forbids it, and AwsFailure when AWS stands in the way.
    """

    deployer: Deployer
    settings: RolloutSettings
    subject: Subject
    listeners: Sequence[Listener] = ()
    manner: Manner = _AS_USUAL

    @classmethod
    def from_settings(
        cls,
        settings: Settings,
        *,
        listeners: Sequence[Listener] = (),
        manner: Manner = _AS_USUAL,
        **more: Any,  # any of the fields of Deployer
    ) -> Rollout:
        """One function in one environment of deployer.toml (see `deployer.config.load`).

        Raises InvalidValue where the strategy is `latest`: nothing is rolled out there.
        """
        if settings.rollout is None:
            raise InvalidValue(settings.environment, "an environment with strategy latest has nothing to roll out")
        deployer = Deployer.from_settings(settings, **more)
        return cls(
            deployer=deployer,
            settings=settings.rollout,
            subject=subject_of(settings, deployer),
            listeners=listeners,
            manner=manner,
        )

    def driver(self) -> Driver:
        """What drives it, for whoever wants to see what was decided before it begins (`prepare`)."""
        return driver(self.deployer, self.settings, self.subject, self.listeners, self.manner)

    def run(self, *, again: bool = False) -> End:
        """Go on until it is done, on hold or rolled back.

        `again` releases what was rolled back. Raises NotTrusted, too, where tests or hooks before the first traffic
        fail: the alias is as it was.
        """
        whole = self.driver()
        return whole.run(whole.prepare(again=again))

    def tick(self) -> End:
        """One look, at most one move of the alias, and no waiting; WAITING while there is more to come."""
        return self.driver().once()

"""What a hook that has failed calls for, until it is done."""

from __future__ import annotations

from dataclasses import dataclass

from deployer.config.rollout.settings import OnFailure
from deployer.core import AliasState, New, Situation, Transition, Version, versions_on
from deployer.core.memory import Verb


@dataclass(frozen=True, slots=True)
class Demand:
    """What a hook's failure calls for: before a step of the alias as it was `state`, else of the release of `version`.

    It is void once somebody else has moved that.
    """

    then: OnFailure
    why: str
    version: Version | New
    state: AliasState | None

    def is_void(self, situation: Situation) -> bool:
        """Whether what the alias shows is not what the hook has spoken of."""
        known, state = situation.recollection, situation.state
        if self.state is not None:
            return state != self.state
        if known.record is None or known.manual or versions_on(state)[:1] != (self.version,):
            return True
        return not isinstance(state, Transition) and known.record.operation.verb is not Verb.DEPLOY

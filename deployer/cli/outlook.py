"""What the next deploy would do with what is under way on an alias: the core is asked, so that nothing is promised."""

from __future__ import annotations

import time
from collections.abc import Iterator

from deployer.cli.paper import Line
from deployer.cli.words import row
from deployer.core import (
    AliasState,
    Decision,
    Deploy,
    Plan,
    Policy,
    Routing,
    Settling,
    Situation,
    Stable,
    Transition,
    Verb,
    plan,
    versions_on,
)


def outlook(situation: Situation, policy: Policy) -> Decision | None:
    """The next deploy's decision now, if nothing newer is to be released; None where nothing is under way."""
    state = situation.state
    if not isinstance(state, Transition | Settling):
        return None
    return plan(situation, Deploy(), policy, state.version1, now=int(time.time()), operation_id="outlook")


def next_step(decision: Decision | None, state: AliasState, command: str) -> Iterator[Line]:
    """Where the next deploy, typed as `command`, takes the alias; nothing where it would leave it alone."""
    step = decision.write if isinstance(decision, Plan) else None
    if step is not None:
        yield row("next", f"`{command}` {_effect(step.after, state)}")


def stays_off(label: str, situation: Situation, again: str) -> Iterator[Line]:
    """That what the alias was rolled back from does not come back by itself; `again` is typed to have it back."""
    known = situation.recollection
    rolled_back = known.record is not None and known.record.operation.verb is Verb.ROLLBACK
    if rolled_back and known.head is not None and known.head not in versions_on(situation.state):
        yield row(label, f"version {known.head} stays off until its code changes; `{again}` brings it back")


def _effect(after: Routing, state: AliasState) -> str:
    match after, state:
        case Transition(), _:
            return f"takes it to {after.share} %"
        case Stable(version), Transition(version1=version1) if version == version1:
            return "takes it to all traffic"
        case Stable(version), _:
            return f"puts {version} alone on the alias"

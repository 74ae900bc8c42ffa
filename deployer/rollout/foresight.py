"""What may keep a driver from going back in time, seen before it begins."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from deployer.core import AliasState
from deployer.core.watch.length import least_seconds
from deployer.core.watch.policy import Watch
from deployer.deployer import Deployer
from deployer.rollout.event import Noticed


def foreseen(deployer: Deployer, state: AliasState, watch: Watch) -> Iterator[Noticed]:
    """What a person should read before the rollout goes on from `state`."""
    yield from _credentials(deployer, state, watch)
    yield from _late_errors(deployer, watch)


def _credentials(deployer: Deployer, state: AliasState, watch: Watch) -> Iterator[Noticed]:
    ends, least = deployer.session.credentials_end, least_seconds(state, deployer.policy, watch)
    if ends is None or ends >= deployer.now() + least:
        return
    until = datetime.fromtimestamp(ends, UTC)
    text = f"the credentials end at {until:%Y-%m-%d %H:%M} UTC, and the rollout takes {least} s at least"
    yield Noticed("credentials", f"{text}: renew them first, or carry on later with `tick` under new ones", loud=True)


def _late_errors(deployer: Deployer, watch: Watch) -> Iterator[Noticed]:
    timeout = deployer.settings.get("Timeout")
    if not isinstance(timeout, int) or timeout <= watch.delay or not watch.gates.measured:
        return
    text = f"a call may take {timeout} s, and metrics are judged after {watch.delay} s"
    yield Noticed("late-errors", f"{text}: calls that hang fail unseen until later; raise metric_delay", loud=True)

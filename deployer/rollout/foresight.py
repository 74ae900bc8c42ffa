"""What may keep a driver from going back in time, seen before it begins."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from deployer.aws.prepared import Prepared
from deployer.core import Notice, Topic, Transition
from deployer.core.watch.length import ahead, lasts, least_seconds
from deployer.core.watch.policy import Watch
from deployer.deployer import Deployer


def foreseen(deployer: Deployer, prepared: Prepared, watch: Watch, *, goes_on: bool) -> Iterator[Notice]:
    """What a person should read before the rollout begins as it was prepared, or goes on."""
    least = least_seconds(ahead(prepared.alias.state, prepared.decision, prepared.policy), watch)
    yield from _credentials(deployer, least - (_rested(deployer, prepared, watch) if goes_on else 0))
    yield from _late_errors(deployer, watch)


def _rested(deployer: Deployer, prepared: Prepared, watch: Watch) -> int:
    """Seconds of the present bake that are over."""
    state, record = prepared.alias.state, prepared.situation.recollection.record
    if record is None or not isinstance(state, Transition):
        return 0
    return min(max(int(deployer.now()) - record.since, 0), lasts(state.share, watch))


def _credentials(deployer: Deployer, least: int) -> Iterator[Notice]:
    ends = deployer.session.credentials_end
    if ends is None or ends >= deployer.now() + least:
        return
    until = datetime.fromtimestamp(ends, UTC)
    text = f"the credentials end at {until:%Y-%m-%d %H:%M} UTC, and the rollout takes {least} s at least"
    way_out = "renew them first, or carry on later with `tick` under new ones"
    yield Notice(Topic.CREDENTIALS, f"{text}: {way_out}", loud=True)


def _late_errors(deployer: Deployer, watch: Watch) -> Iterator[Notice]:
    timeout = deployer.settings.get("Timeout")
    if not isinstance(timeout, int) or timeout <= watch.delay or not watch.gates.measured:
        return
    text = f"a call may take {timeout} s, and metrics are judged after {watch.delay} s"
    yield Notice(Topic.LATE_ERRORS, f"{text}: calls that hang fail unseen until later; raise metric_delay", loud=True)

"""All parts of a rollout, put together."""

from __future__ import annotations

from pathlib import Path as FilePath

from deployer.config.duration import checked
from deployer.config.rollout.bakes import bake, bakes
from deployer.config.rollout.gates import gates
from deployer.config.rollout.hooks import hooks
from deployer.config.rollout.notices import notices
from deployer.config.rollout.settings import RolloutSettings
from deployer.config.rollout.trials import trials
from deployer.config.rollout.windows import freeze
from deployer.config.rollout.written import Written
from deployer.core.increments import CanaryIncrements
from deployer.core.watch.policy import Bake, Gates, Watch

_FOR_DURATIONS = 240
"""Seconds that have three whole minutes in them, and the rest of the one in which they begin."""


def read(written: Written, increments: CanaryIncrements | None, directory: FilePath) -> RolloutSettings:
    """The settings, as far as nothing is found to be wrong with what is written."""
    return RolloutSettings(
        watch=_watch(written, increments),
        freeze=freeze(written),
        stopped=_stopped(written),
        directory=directory,
        tests=trials(written, directory),
        hooks=hooks(written),
        notify=notices(written, directory),
        on_interrupt=written.value("on_interrupt"),
    )


def _watch(written: Written, increments: CanaryIncrements | None) -> Watch:
    passed = gates(written)
    usual, others = bake(written), bakes(written, increments)
    shortest = min(one.seconds for one in (usual, *others.values()))
    durations = written.given("gates", "durations")
    if passed.durations and durations is not None and shortest < _FOR_DURATIONS:
        what = f"three whole minutes are compared, and a step rests for {shortest} s: make it 4m or longer"
        written.find(durations, what)
    return Watch(
        bake=usual,
        bakes=others,
        final=_final(written, passed),
        gates=passed,
        delay=checked(written.value("metric_delay")),
    )


def _final(written: Written, passed: Gates) -> Bake:
    """The bake with all traffic, where there is nothing to compare with."""
    given, final = written.given("final_bake"), Bake(checked(written.value("final_bake")))
    judged = passed.alarms is not None or (passed.errors is not None and passed.errors.ceiling is not None)
    if final.seconds and not judged and given is not None and written.sound("gates", "errors", "ceiling"):
        written.find(given, "with all traffic only gates.errors.ceiling and gates.alarms can judge; give one of them")
    return final


def _stopped(written: Written) -> str | None:
    reason = written.value("stop")
    return reason if isinstance(reason, str) and reason else None

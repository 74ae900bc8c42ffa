"""Sixteen processes deploy, roll back, route and promote one alias at once: the log of its writes tells one story."""

from __future__ import annotations

import multiprocessing
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import aws_racer
from aws_racer import Course, Lap
from aws_world import CANARY

from deployer import BlueGreen
from deployer.core import Deploy, Move, New, Policy, Published, Situation, parse_description, plan, read_state

if TYPE_CHECKING:
    from aws_world import World

    from deployer.core import AliasState
    from deployer.local.journal import AliasWrite

RACERS = 16
ROUNDS = 5
SECONDS = 60
CODES = (1, 2, 3, 4)
UNPUBLISHED = Published(1_000_000)


def _race(world: World) -> list[Lap]:
    settings = {name: value for name, value in world.settings(1).items() if name != "MemorySize"}
    course = Course(world.local.environment(), world.name, {code: world.zips[code] for code in CODES}, settings, ROUNDS)
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["aws_racer", "boto3"])
    with ProcessPoolExecutor(RACERS, context, aws_racer.meet, (context.Barrier(RACERS),)) as pool:
        return [lap for laps in pool.map(aws_racer.race, [course] * RACERS, range(RACERS)) for lap in laps]


def test_each_step_of_many_racing_processes_has_exactly_one_winner(touchy: World) -> None:
    world = touchy
    world.deploy(1)
    world.deploy(2, strategy=BlueGreen())
    before = world.log()
    began = time.monotonic()
    laps = _race(world)
    assert time.monotonic() - began < SECONDS
    writes = world.log()[len(before) :]
    winners = [lap.operation_id for lap in laps if lap.result == "moved-it"]
    assert sorted(_operation(write) for write in writes) == sorted(winners)
    assert len(winners) >= ROUNDS
    _story_holds(world, before[-1], writes, {lap.operation_id: lap for lap in laps})
    _losers_know_why(laps)
    assert set(world.versions().values()) <= {world.content(code) for code in CODES}


def _losers_know_why(laps: list[Lap]) -> None:
    assert len(laps) == RACERS * ROUNDS
    assert [lap.text for lap in laps if lap.result == "failed"] == []
    assert any(lap.result == "lost" for lap in laps)
    for lap in laps:
        assert lap.result != "lost" or "somebody else" in lap.text


def _operation(write: AliasWrite) -> str:
    memory = parse_description(write.description).memory
    assert memory is not None
    return memory.record.operation.id


def _story_holds(world: World, last: AliasWrite, writes: tuple[AliasWrite, ...], laps: dict[str, Lap]) -> None:
    """Each write begins where the one before ended, and is to the letter what the core decides there for that lap."""
    held = world.versions()
    fingerprints: dict[Published | New, str | None] = {UNPUBLISHED: "unpublished"}
    fingerprints |= {seen.version: seen.content.fingerprint for seen in world.deployer()._engine.versions.list()}
    for write in writes:
        assert write.before == last.after
        lap = laps[_operation(write)]
        situation = Situation(_state(last), last.description)
        if isinstance(lap.request, Deploy):
            situation = replace(situation, contents=fingerprints)
        wanted = [Published(number) for number in held if held[number] == world.content(lap.code)]
        assert (_state(write), write.description) in _decided(situation, lap, [*wanted, UNPUBLISHED], write)
        last = write


def _decided(
    situation: Situation, lap: Lap, wanted: list[Published], write: AliasWrite
) -> list[tuple[AliasState, str]]:
    memory = parse_description(write.description).memory
    assert memory is not None
    decisions = [
        plan(situation, lap.request, Policy(CANARY), one, now=memory.record.since, operation_id=lap.operation_id)
        for one in wanted
    ]
    steps = [decision.write for decision in decisions if hasattr(decision, "write")]
    return [(step.after, step.description.text) for step in steps if step is not None]


def _state(write: AliasWrite) -> AliasState:
    assert write.after is not None
    return read_state(write.after.version, write.after.weights, Move.NONE)

"""`deployer status`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from deployer.cli.asked import Asked, asks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployer.aws.status import Status
    from deployer.cli.commands import Commands
    from deployer.cli.job import Job
    from deployer.cli.paper import Line
    from deployer.core import Decision, Policy, Published


@click.command("status", short_help="Show who has which share of the traffic.")
@asks
def command(asked: Asked) -> int:
    """Show the alias of each function: who has which share, since when, by what, and what comes next. One call each."""
    from deployer.cli.selection import select_nevertheless

    selected = select_nevertheless(asked, looking=True)
    from deployer.cli.survey import Survey

    return Survey("status", _look, _lines, status_data).run(asked, selected)


def _look(job: Job) -> Status:
    status = job.deployer.status()
    job.arn = status.situation.alias_arn or None
    return status


def _lines(job: Job, status: Status) -> Iterator[Line]:
    from deployer.cli.words import heading

    yield heading(job.settings, job.place)
    yield from status_lines(status, job.settings.policy, job.commands)
    yield from _resting(job, status)


def _resting(job: Job, status: Status) -> Iterator[Line]:
    """Until when a rollout rests where it is, by its configuration and the alias alone: nothing is measured."""
    rollout = job.settings.written_rollout
    if rollout is None:
        return
    from deployer.cli.moment import moment
    from deployer.cli.words import row
    from deployer.core.watch.sight import Sight, sight

    watch, now = rollout.watch, int(job.deployer.now())
    seen = sight(status.situation, job.settings.policy, watch, now)
    # On hold nothing follows from the end of the bake.
    if isinstance(seen, Sight) and not status.recollection.on_hold:
        until = moment(seen.complete(watch.delay))
        carries_on = f"`{job.commands.typed('rollout')}` or `{job.commands.typed('tick')}` carries on"
        yield row("rollout", f"rests at {seen.share} % until {until} at least; {carries_on}")


def status_lines(status: Status, policy: Policy, commands: Commands) -> Iterator[Line]:
    """What is on the alias, what it remembers, and what comes next by `policy`."""
    from deployer.cli import words
    from deployer.cli.outlook import outlook

    yield from words.traffic("now", status.state)
    yield from _memory(status)
    if status.damaged:
        yield words.row("attention", "the alias's memory is damaged, or another alias's, and counts as none")
    if status.text:
        yield words.row("text", status.text)
    decision = outlook(status.situation, policy)
    if decision is not None:
        yield from _ahead(decision, status, commands)


def _memory(status: Status) -> Iterator[Line]:
    from deployer.cli.moment import moment
    from deployer.cli.words import row
    from deployer.core.trail import without

    known = status.recollection
    if known.record is not None:
        operation = known.record.operation
        yield row("since", f"{moment(known.record.since)}, {operation.verb} (run {operation.id})")
        if known.record.release_began != known.record.since:
            yield row("began", moment(known.record.release_began))
    if known.record is not None and known.rolled_back:
        yield row("went back", f"{moment(known.record.since)}, by a rollback{_staying_off(known.taken_off)}")
    if known.on_hold:
        yield row("on hold", "nothing goes forward until it is resumed")
    if trail := without(known.trail, status.state):
        yield row("before", ", ".join(str(version) for version in trail))
    if known.remembered and known.head is not None:
        yield row("deployed", f"version {known.head} last")


def _staying_off(versions: tuple[Published, ...]) -> str:
    if not versions:
        return ""
    from deployer.config.suggest import listed

    named = listed(map(str, versions), "and")
    return f"; version {named} stays off" if len(versions) == 1 else f"; versions {named} stay off"


def _ahead(decision: Decision, status: Status, commands: Commands) -> Iterator[Line]:
    """What a deploy would say and do now."""
    from deployer.cli.outlook import next_step
    from deployer.cli.words import notice_lines, row
    from deployer.core import Refusal, Topic

    told = (notice for notice in decision.notices if notice.topic is not Topic.MEMORY_DAMAGED)
    yield from notice_lines(told, commands)
    if isinstance(decision, Refusal):
        yield row("attention", decision.text)
        yield row("next", commands.whole(decision.way_out))
    yield from next_step(decision, status.state, commands.typed("deploy"))


def status_data(status: Status) -> dict[str, Any]:
    """The same as data."""
    from deployer.core.wire import recollection_data, state_data

    memory = {**recollection_data(status.recollection), "damaged": status.damaged}
    return {"state": state_data(status.state), "memory": memory, "text": status.text}

"""What was tried and run beside the traffic: tests of the new version at 0 percent, and hooks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from deployer.core.watch.judgement import Judged
from deployer.rollout.event import Hooked, Tested
from deployer.rollout.report.figures import NOTHING, clock, milliseconds, seconds
from deployer.rollout.report.mark import verdict
from deployer.rollout.report.markup import Markup, Part, element
from deployer.rollout.report.story import Story
from deployer.rollout.report.table import Column, table

_MOST: Final = 200
_LONGEST: Final = 2_000


def tests(story: Story) -> Markup | None:
    """All tests before traffic."""
    rows = list(_tests(story))
    columns = [
        Column("Test"),
        Column("Result", "word"),
        Column("Took", "number"),
        Column("Problem", "said"),
        Column("Difference to the old version", "said"),
    ]
    return table("Tests before traffic", columns, rows[:_MOST]) if rows else None


def hooks(story: Story) -> Markup | None:
    """All hooks that were run."""
    rows = list(_hooks(story))
    columns = [
        Column("Hook"),
        Column("Moment", "word"),
        Column("Result", "word"),
        Column("Took", "number"),
        Column("At", "number"),
        Column("Problem", "said"),
    ]
    return table("Hooks", columns, rows[:_MOST]) if rows else None


def _tests(story: Story) -> Iterator[Sequence[Part]]:
    for event in story.events:
        if isinstance(event.what, Tested):
            for test in event.what.tests:
                yield (
                    element("b", test.name),
                    _result(test.problem),
                    milliseconds(test.milliseconds),
                    _said(test.problem),
                    _said(test.difference),
                )


def _hooks(story: Story) -> Iterator[Sequence[Part]]:
    for event in story.events:
        if isinstance(event.what, Hooked):
            hook = event.what
            yield (
                element("b", hook.name),
                hook.moment,
                _result(hook.problem),
                seconds(hook.seconds),
                clock(event.at),
                _said(hook.problem),
            )


def _result(problem: str) -> Markup:
    return verdict(Judged.FAIL if problem else Judged.PASS)


def _said(text: str) -> str:
    if not text:
        return NOTHING
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"

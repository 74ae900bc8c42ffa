"""What `tick --quiet` takes for news, and that it holds nothing back of it."""

from __future__ import annotations

import io

import pytest

from deployer.cli.commands import Commands
from deployer.cli.watching.lines import Lines
from deployer.cli.watching.quiet import Quiet, is_news
from deployer.core import Percent, Published, Stable, Transition
from deployer.core.watch.judgement import Judged, Judgement
from deployer.core.watch.observation import Observation
from deployer.rollout.event import (
    Began,
    End,
    Ended,
    Event,
    Happening,
    Held,
    Hooked,
    Looked,
    Noticed,
    Resumed,
    RolledBack,
    Stepped,
    Subject,
    Tested,
    Waited,
)

AT = 1_795_000_020
SUBJECT = Subject("orders-prd", "LIVE", "orders", "prd")
OLD, NEW = Stable(Published(1)), Stable(Published(2))
PAIR = Transition(Published(2), Published(1), Percent.of(75))
LOOKED = Looked(PAIR, AT - 120, Observation(AT), Judgement(Judged.PASS, (), 7))
WAITED = Waited(AT + 60, "version 2 rests at 25 %")


def events(*happened: Happening) -> list[Event]:
    return [Event(AT, SUBJECT, what) for what in happened]


@pytest.mark.parametrize(
    "what",
    [LOOKED, WAITED, Began(OLD, ()), *(Ended(end, PAIR, "", idle=True) for end in End)],
    ids=str,
)
def test_to_wait_or_to_find_nothing_under_way_is_no_news(what: Happening) -> None:
    assert not is_news(what)


@pytest.mark.parametrize(
    "what",
    [
        Stepped(PAIR, NEW, "run", ""),
        RolledBack(PAIR, OLD, "run", ""),
        Held(PAIR, "", ""),
        Hooked("smoke", "after", 1.0),
        Noticed("metrics", ""),
        Resumed(PAIR),
        Tested("2", ()),
        *(Ended(end, PAIR, "") for end in End),
    ],
    ids=str,
)
def test_whatever_happens_is_news(what: Happening) -> None:
    assert is_news(what)


def said(*happened: Happening) -> str:
    stream = io.StringIO()
    with Quiet(Lines(Commands("prd"), stream)) as view:
        for event in events(*happened):
            view(event)
    return stream.getvalue()


def test_news_is_shown_with_what_led_to_it_and_what_follows_and_nothing_twice() -> None:
    happened = (LOOKED, Stepped(PAIR, NEW, "run", "pass"), WAITED, Ended(End.WAITING, NEW, "rests"))
    stream = io.StringIO()
    loud = Lines(Commands("prd"), stream)
    for event in events(*happened):
        loud(event)
    assert said(*happened) == stream.getvalue()
    assert stream.getvalue().count("\n") == len(happened)


def test_without_news_nothing_is_shown() -> None:
    assert said(LOOKED, WAITED, Ended(End.WAITING, PAIR, "rests", idle=True)) == ""

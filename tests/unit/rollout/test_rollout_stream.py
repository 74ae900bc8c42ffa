"""The stream: everybody is told, and nobody who listens can fail a release."""

from __future__ import annotations

import pytest
from rollout_events import AT, HAPPENINGS, SUBJECT, event

from deployer.core.errors import ErrorInLines
from deployer.rollout.event import Event, Noticed
from deployer.rollout.stream import Stream

FIRST, SECOND = event(HAPPENINGS[0]), event(HAPPENINGS[3])


class Failing:
    """A notifier that is told nothing: it raises the errors given, one after another, and the last for ever."""

    name = "the webhook"

    def __init__(self, *errors: BaseException) -> None:
        self.errors = list(errors)
        self.offered: list[Event] = []

    def __call__(self, event: Event) -> None:
        self.offered.append(event)
        raise self.errors[0] if len(self.errors) == 1 else self.errors.pop(0)


def notice(text: str) -> Event:
    return Event(AT, SUBJECT, Noticed("notifier", text))


def test_every_listener_is_told_in_order() -> None:
    heard: list[tuple[str, Event]] = []
    stream = Stream(lambda told: heard.append(("a", told)), lambda told: heard.append(("b", told)))
    stream.tell(FIRST)
    stream.tell(SECOND)
    assert heard == [("a", FIRST), ("b", FIRST), ("a", SECOND), ("b", SECOND)]


def test_one_that_fails_is_noticed_to_the_others_once_and_never_to_itself() -> None:
    heard: list[Event] = []
    failing = Failing(ConnectionError("refused"))
    stream = Stream(failing, heard.append)
    stream.tell(FIRST)
    stream.tell(SECOND)
    assert heard == [FIRST, notice("the webhook was not told of everything: ConnectionError: refused"), SECOND]
    assert failing.offered == [FIRST, SECOND]


def test_the_notice_comes_after_the_event_that_all_others_are_told() -> None:
    first: list[Event] = []
    last: list[Event] = []
    Stream(first.append, Failing(BrokenPipeError()), last.append).tell(FIRST)
    told = notice("the webhook was not told of everything: BrokenPipeError")
    assert first == last == [FIRST, told]


def test_another_problem_is_another_notice() -> None:
    heard: list[Event] = []
    stream = Stream(Failing(OSError("one"), OSError("two"), OSError("one")), heard.append)
    for _ in range(3):
        stream.tell(FIRST)
    said = [told.what.text for told in heard if isinstance(told.what, Noticed)]
    assert said == [
        "the webhook was not told of everything: OSError: one",
        "the webhook was not told of everything: OSError: two",
    ]


def test_two_that_fail_hear_of_each_other_without_end_to_neither() -> None:
    one, two = Failing(OSError("one")), Failing(OSError("two"))
    stream = Stream(one, two)
    stream.tell(FIRST)
    stream.tell(SECOND)
    about_one = notice("the webhook was not told of everything: OSError: one")
    about_two = notice("the webhook was not told of everything: OSError: two")
    assert one.offered == [FIRST, about_two, SECOND]
    assert two.offered == [FIRST, about_one, SECOND]


def test_one_that_fails_on_notices_alone_ends_nothing() -> None:
    def no_notices(told: Event) -> None:
        if isinstance(told.what, Noticed):
            raise OSError(str(id(told)))

    stream = Stream(Failing(OSError("one")), no_notices)
    stream.tell(FIRST)


def test_an_error_of_several_lines_is_told_in_one() -> None:
    class InLines(ErrorInLines):
        lines = ("could not publish: denied", "  see the policy")

    heard: list[Event] = []
    Stream(Failing(InLines()), heard.append).tell(FIRST)
    assert heard[1] == notice("the webhook was not told of everything: could not publish: denied see the policy")


def test_a_listener_without_a_name_is_called_by_its_function() -> None:
    def renderer(_told: Event) -> None:
        raise ValueError

    heard: list[Event] = []
    Stream(renderer, heard.append).tell(FIRST)
    what = heard[1].what
    assert isinstance(what, Noticed)
    assert what.text.endswith("renderer was not told of everything: ValueError")


def test_whoever_interrupts_is_heard() -> None:
    with pytest.raises(KeyboardInterrupt):
        Stream(Failing(KeyboardInterrupt())).tell(FIRST)

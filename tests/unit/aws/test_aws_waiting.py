"""Waits end: at once when ready, at their bound when not; and nothing is looked at more often than it has to be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from botocore.exceptions import ClientError

from deployer.aws.clock import SystemClock
from deployer.aws.failure import AwsFailure, Unsettled
from deployer.aws.waiting import Bounds, Patience


@dataclass
class FakeClock:
    """Looking takes `costs` seconds, so that a slow answer counts against the bound too."""

    time: float = 0.0
    slept: list[float] = field(default_factory=list)

    def now(self) -> float:
        return self.time

    def monotonic(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += seconds


def refused(message: str, code: str = "InvalidParameterValueException") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "CreateFunction")


ROLE = "arn:aws:iam::123456789012:role/orders"
NOT_YET = "The role defined for the function cannot be assumed by Lambda."


def test_what_is_ready_is_not_waited_for() -> None:
    clock = FakeClock()
    assert Patience(clock).until(lambda: 7, lambda seen: seen == 7, 10, "look") == 7
    assert clock.slept == []


def test_looks_come_at_growing_intervals_up_to_the_longest() -> None:
    clock = FakeClock()
    seen = iter(range(100))
    assert Patience(clock).until(lambda: next(seen), lambda number: number == 8, 60, "look") == 8
    assert clock.slept == [0.25, 0.5, 1.0, 2.0, 4.0, 5.0, 5.0, 5.0]


def test_a_wait_ends_at_its_bound_and_says_what_it_was_for() -> None:
    clock = FakeClock()
    with pytest.raises(Unsettled) as caught:
        Patience(clock).until(lambda: 0, lambda seen: seen == 1, 20, "wait for orders")
    assert str(caught.value) == (
        "could not wait for orders: not ready after 20 s\n  run the command again: it carries on where it stopped"
    )
    assert 20 <= clock.time <= 20 + Bounds().last_look


def test_slow_looks_count_against_the_bound() -> None:
    clock = FakeClock()
    looks: list[float] = []

    def look() -> int:
        looks.append(clock.time)
        clock.time += 9
        return 0

    with pytest.raises(Unsettled):
        Patience(clock).until(look, lambda seen: seen == 1, 20, "look")
    assert len(looks) == 3


def test_each_wait_has_its_whole_bound() -> None:
    clock = FakeClock()
    patience = Patience(clock)
    for _ in range(2):
        with pytest.raises(Unsettled):
            patience.until(lambda: 0, lambda seen: seen == 1, 20, "look")
    assert 40 <= clock.time <= 50


def test_what_looking_raises_ends_the_wait() -> None:
    def look() -> int:
        raise refused("no", "AccessDeniedException")

    clock = FakeClock()
    with pytest.raises(ClientError):
        Patience(clock).until(look, lambda _: True, 20, "look")
    assert clock.slept == []


def _ready_after(times: int, error: ClientError) -> Callable[[], str]:
    left = iter([error] * times)

    def call() -> str:
        for one in left:
            raise one
        return "made"

    return call


def test_a_call_is_made_again_until_the_role_can_be_assumed_and_that_is_told_once() -> None:
    clock, told = FakeClock(), list[str]()
    patience = Patience(clock, on_wait=told.append)
    assert patience.for_role(ROLE, "create orders", _ready_after(3, refused(NOT_YET))) == "made"
    assert clock.slept == [0.25, 0.5, 1.0]
    assert told == [f"wait until Lambda can assume {ROLE}, up to 60 s"]


def test_of_a_role_that_can_be_assumed_at_once_nothing_is_told() -> None:
    told = list[str]()
    assert Patience(FakeClock(), on_wait=told.append).for_role(ROLE, "create orders", lambda: "made") == "made"
    assert told == []


def test_a_role_that_can_never_be_assumed_is_named_in_the_end() -> None:
    clock = FakeClock()
    with pytest.raises(AwsFailure) as caught:
        Patience(clock).for_role(ROLE, "create orders", _ready_after(1_000, refused(NOT_YET)))
    assert str(caught.value) == (
        f"could not create orders: {NOT_YET} It is {ROLE}, and 60 s were not enough\n"
        "  see that this role exists, is spelled so, and that its trust policy lets lambda.amazonaws.com assume it"
    )
    assert caught.value.code == "InvalidParameterValueException"
    assert 60 <= clock.time <= 65


@pytest.mark.parametrize("error", [refused("Runtime is unknown"), refused(NOT_YET, "AccessDeniedException")])
def test_other_refusals_are_not_asked_again(error: ClientError) -> None:
    clock = FakeClock()
    with pytest.raises(ClientError):
        Patience(clock).for_role(ROLE, "create orders", _ready_after(1, error))
    assert clock.slept == []


def test_the_bounds_are_those_that_the_documentation_names() -> None:
    assert Bounds() == Bounds(update=300, publish=900, role=60, move=1200, first_look=0.25, last_look=5)


def test_the_systems_clock_goes_on() -> None:
    clock = SystemClock()
    unix, began = clock.now(), clock.monotonic()
    clock.sleep(0.001)
    assert clock.now() >= unix > 1_700_000_000
    assert clock.monotonic() > began

from collections.abc import Callable
from dataclasses import replace

import pytest
from core_world import numbered

from deployer.core import (
    LATEST,
    NEW,
    Absent,
    AliasState,
    Await,
    CreateAlias,
    Description,
    InvalidValue,
    Memory,
    Move,
    Operation,
    Percent,
    Plan,
    Publish,
    Published,
    PushCode,
    Record,
    Routing,
    Settling,
    Shift,
    Stable,
    Transition,
    Verb,
    compose,
    parse_description,
    stamped,
)
from deployer.core.action import write

FOUR, FIVE, SEVEN = Published(4), Published(5), Published(7)
HALF, QUARTER = Percent(5000), Percent(7500)
AROUND = Description("mine", "", None)
ARN = "arn:aws:lambda:eu-central-1:123456789012:function:orders:LIVE"


def memory(routing: Routing) -> Memory:
    return Memory(NEW, "AAAABBBBCCCCDDDD", (FOUR,), Record(routing, 1, Operation(Verb.DEPLOY, "x")))


def shift(before: AliasState, after: Routing) -> CreateAlias | Shift:
    return write(before, after, memory(after), AROUND)


def test_an_alias_that_is_absent_is_created_and_any_other_is_shifted() -> None:
    assert shift(Absent(), Stable(FIVE)) == CreateAlias(Absent(), Stable(FIVE), memory(Stable(FIVE)), AROUND)
    assert shift(Stable(FOUR), Stable(FIVE)) == Shift(Stable(FOUR), Stable(FIVE), memory(Stable(FIVE)), AROUND)


def test_a_write_carries_its_memory_among_the_persons_text() -> None:
    step = shift(Stable(FOUR), Stable(NEW))
    assert step.description == compose(AROUND, memory(Stable(NEW)))
    assert step.description.text.startswith("mine lr1:hn.")


@pytest.mark.parametrize(
    ("before", "after", "forms"),
    [
        (Stable(FOUR), Transition(FIVE, FOUR, QUARTER), True),
        (Absent(), Transition(FIVE, FOUR, QUARTER), True),
        (Stable(LATEST), Stable(FIVE), False),
        (Transition(FIVE, FOUR, QUARTER), Transition(FIVE, FOUR, HALF), False),
        (Transition(FIVE, FOUR, QUARTER), Transition(SEVEN, FOUR, QUARTER), True),
        (Transition(FIVE, FOUR, QUARTER), Transition(FOUR, FIVE, QUARTER), True),
        (Transition(FIVE, FOUR, QUARTER), Stable(FIVE), False),
    ],
)
def test_a_pair_is_formed_when_two_versions_come_to_share_traffic(
    before: AliasState, after: Routing, forms: bool
) -> None:
    assert shift(before, after).forms_pair is forms


def test_a_number_takes_the_place_of_new_everywhere() -> None:
    assert numbered(shift(Stable(FOUR), Transition(NEW, FOUR, QUARTER)), SEVEN) == Shift(
        Stable(FOUR),
        Transition(SEVEN, FOUR, QUARTER),
        replace(memory(Transition(SEVEN, FOUR, QUARTER)), head=SEVEN),
        AROUND,
    )
    assert numbered(shift(Absent(), Stable(NEW)), SEVEN) == CreateAlias(
        Absent(), Stable(SEVEN), replace(memory(Stable(SEVEN)), head=SEVEN), AROUND
    )


def test_a_plan_that_is_carried_out_later_is_dated_then() -> None:
    step = shift(Stable(FOUR), Stable(FIVE))
    dated = stamped(step, 99, ARN)
    memory = replace(step.memory, record=replace(step.memory.record, since=99))
    assert dated == replace(step, memory=memory, around=replace(step.around, owner=ARN))


def test_a_memory_is_made_out_to_the_alias_that_it_is_written_to() -> None:
    text = stamped(shift(Absent(), Stable(FIVE)), 99, ARN).description.text
    assert parse_description(text, ARN).memory is not None
    assert parse_description(text, "").damaged


def test_the_write_of_a_plan_is_its_last_action() -> None:
    step = shift(Stable(FOUR), Stable(FIVE))
    assert Plan((Publish("f"), step)).write == step
    assert Plan((Publish("f"),)).write is None
    assert Plan(()).write is None


@pytest.mark.parametrize("first", [shift(Stable(FOUR), Stable(FIVE)), Await(Settling(FIVE, FOUR, Move.UNDER_WAY))])
def test_nothing_comes_after_the_alias_is_written_or_waited_for(first: CreateAlias | Shift | Await) -> None:
    with pytest.raises(InvalidValue, match="last and once"):
        Plan((first, Publish("f")))


@pytest.mark.parametrize(
    ("before", "after", "checked"),
    [
        (Stable(FOUR), Transition(FIVE, FOUR, QUARTER), (FIVE, FOUR)),
        (Stable(FOUR), Transition(NEW, FOUR, QUARTER), (NEW, FOUR)),
        (Stable(FOUR), Stable(FIVE), (FIVE,)),
        (Stable(FOUR), Stable(LATEST), ()),
        (Absent(), Stable(FIVE), (FIVE,)),
        (Transition(FIVE, FOUR, QUARTER), Transition(FIVE, FOUR, HALF), ()),
        (Transition(FIVE, FOUR, QUARTER), Stable(FIVE), ()),
        # Lambda's own move: all traffic is still on one of them
        (Settling(FIVE, FOUR, Move.UNDER_WAY), Transition(FIVE, FOUR, HALF), (FIVE, FOUR)),
        (Settling(FIVE, FOUR, Move.UNDER_WAY), Stable(FIVE), ()),
    ],
)
def test_whoever_comes_to_have_traffic_is_looked_at_first(
    before: AliasState, after: Routing, checked: tuple[Published, ...]
) -> None:
    assert shift(before, after).to_check == checked


# What no planner may build


SHIFTED = "an alias is created where there is none, and shifted where there is one"
LAST = "pushes come before the publish, and the alias is written, or its move waited for, last and once"
TWICE = (Publish("f"), Publish("f"))
BACKWARDS = (Publish("f"), PushCode("a", "b", "c"))
FAILED = Settling(FIVE, FOUR, Move.FAILED)


@pytest.mark.parametrize(
    ("build", "value", "reason"),
    [
        (lambda: CreateAlias(Stable(FOUR), Stable(FIVE), memory(Stable(FIVE)), AROUND), "4", SHIFTED),
        (lambda: Shift(Absent(), Stable(FIVE), memory(Stable(FIVE)), AROUND), "absent", SHIFTED),
        (lambda: Shift(Stable(FOUR), Stable(FIVE), memory(Stable(FOUR)), AROUND), "5", "the memory of it describes 4"),
        (lambda: Await(FAILED), str(FAILED), "only a move that is under way comes to an end by itself"),
        (lambda: Plan(TWICE), TWICE, LAST),
        (lambda: Plan(BACKWARDS), BACKWARDS, LAST),
        (
            lambda: replace(memory(Stable(FIVE)), head=None),
            "AAAABBBBCCCCDDDD",
            "a fingerprint is of head, and there is none",
        ),
        (
            lambda: replace(memory(Stable(FIVE)), trail=(FIVE, FOUR, FOUR)),
            "5, 4, 4",
            "a memory names each version once",
        ),
        (lambda: replace(memory(Stable(FIVE)), left=(SEVEN, SEVEN)), "7, 7", "a memory names each version once"),
        (
            lambda: Description("", "", memory(Stable(FIVE)), damaged=True),
            memory(Stable(FIVE)),
            "a damaged token is no memory",
        ),
        (lambda: stamped(shift(Absent(), Stable(FIVE)), 99, ""), "", "the memory of an alias is made out to its ARN"),
        (lambda: Stable("live"), "live", "an alias points at versions only"),  # type: ignore[arg-type]  # as mypy sees
        (
            lambda: Settling(FIVE, LATEST, Move.NONE),  # type: ignore[arg-type]  # here too
            "5 / $LATEST at 100 %",
            "Lambda moves capacity between published versions only",
        ),
    ],
)
def test_what_contradicts_itself_cannot_be_built(build: Callable[[], object], value: object, reason: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        build()
    assert (caught.value.value, caught.value.reason) == (value, reason)

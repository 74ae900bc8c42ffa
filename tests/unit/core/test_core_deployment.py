"""What a deploy pushes, and in which order; and every sentence that it says."""

from dataclasses import dataclass

import pytest
from core_world import FINGERPRINTS, FIVE, FOUR, HOLDS, NEWER, SCHEDULE, SIX, UNDER_WAY, described

from deployer.core import (
    LATEST,
    Absent,
    BlueGreen,
    Canary,
    Content,
    CreateFunction,
    Decision,
    Deploy,
    Manual,
    Memory,
    Move,
    Notice,
    OnNewer,
    Operation,
    Plan,
    Policy,
    Published,
    PushCode,
    PushSettings,
    Reason,
    Record,
    Refusal,
    Routing,
    Settling,
    Situation,
    Stable,
    Strategy,
    Topic,
    Transition,
    Verb,
    Verdict,
    plan,
)
from deployer.core.deployment import push

CANARY = Canary(SCHEDULE)
OLD = Content("a", {"Timeout": 3, "MemorySize": 128, "Architectures": ["x86_64"]})


def test_what_is_there_already_needs_no_push() -> None:
    assert push(OLD, OLD) == ()


def test_new_code_alone_is_one_push() -> None:
    wanted = OLD.with_code("b")
    assert push(OLD, wanted) == (PushCode(OLD.fingerprint, wanted.fingerprint, "b"),)


def test_new_settings_alone_are_one_push() -> None:
    wanted = OLD.with_settings({"Timeout": 9, "MemorySize": 256})
    assert push(OLD, wanted) == (PushSettings(OLD.fingerprint, wanted.fingerprint, ("MemorySize", "Timeout")),)


def test_settings_that_are_given_up_are_told_from_those_that_change() -> None:
    wanted = Content("a", {"Timeout": 9, "Architectures": ["x86_64"]})
    assert push(OLD, wanted) == (
        PushSettings(OLD.fingerprint, wanted.fingerprint, ("MemorySize", "Timeout"), ("MemorySize",)),
    )


def test_settings_come_first_as_new_code_may_need_them() -> None:
    between = OLD.with_settings({"Timeout": 9})
    wanted = between.with_code("b")
    assert push(OLD, wanted) == (
        PushSettings(OLD.fingerprint, between.fingerprint, ("Timeout",)),
        PushCode(between.fingerprint, wanted.fingerprint, "b"),
    )
    assert push(between, wanted) == push(OLD, wanted)[1:]


def test_another_architecture_comes_with_the_code() -> None:
    wanted = Content("b", {"Timeout": 9, "MemorySize": 128, "Architectures": ["arm64"]})
    between = Content("a", {"Timeout": 9, "MemorySize": 128, "Architectures": ["x86_64"]})
    assert push(OLD, wanted) == (
        PushSettings(OLD.fingerprint, between.fingerprint, ("Timeout",)),
        PushCode(between.fingerprint, wanted.fingerprint, "b"),
    )
    same_code = OLD.with_settings({"Architectures": ["arm64"]})
    assert push(OLD, same_code) == (PushCode(OLD.fingerprint, same_code.fingerprint, "a"),)


def test_an_architecture_that_was_never_named_is_named_with_the_code() -> None:
    bare = Content("a", {"Timeout": 3})
    wanted = Content("b", {"Timeout": 3, "Architectures": ["arm64"]})
    assert push(bare, wanted) == (PushCode(bare.fingerprint, wanted.fingerprint, "b"),)


def test_a_function_that_is_not_there_is_created_whole() -> None:
    assert push(None, NEWER) == (CreateFunction(NEWER.fingerprint),)


def test_what_is_published_needs_no_push() -> None:
    assert push(OLD, FIVE) == ()
    assert push(None, FIVE) == ()


# What it says


@dataclass(frozen=True)
class Asked:
    """A deploy of `wanted`, with what it is asked of."""

    state: Routing | Settling | Absent
    wanted: Content
    head: Published = FIVE
    strategy: Strategy = CANARY


def decide(asked: Asked) -> Decision:
    state, head, text = asked.state, asked.head, ""
    if not isinstance(state, Absent):
        routing = Stable(state.version1) if isinstance(state, Settling) else state
        by_hand = isinstance(state, Transition) and head != state.version1
        operation = Operation(Verb.ROUTE if by_hand else Verb.DEPLOY, "b")
        record = Record(routing, 1, operation, Manual(FOUR) if by_hand else None)
        memory = Memory(head, HOLDS[head].fingerprint, (), record)
        text = described(memory)
    situation = Situation(state, text, NEWER, FINGERPRINTS)
    return plan(situation, Deploy(), Policy(asked.strategy), asked.wanted, now=9, operation_id="x")


@pytest.mark.parametrize(
    ("asked", "notice"),
    [
        (
            Asked(Absent(), NEWER),
            Notice(Topic.FIRST_RELEASE, "first release: there is nothing to canary against"),
        ),
        (
            Asked(Stable(LATEST), NEWER),
            Notice(
                Topic.LATEST_NO_WEIGHTS,
                "moving from $LATEST to the new version at once: AWS refuses weights with $LATEST",
            ),
        ),
        (
            Asked(Stable(FIVE), HOLDS[FIVE]),
            Notice(Topic.UNCHANGED, "version 5 already holds what is wanted"),
        ),
        (
            Asked(Stable(FIVE), HOLDS[SIX], head=SIX),
            Notice(
                Topic.HELD,
                "version 6 was taken off the alias and does not come back by itself; to release it nevertheless: "
                "`deploy --again`",
                loud=True,
            ),
        ),
        (
            Asked(UNDER_WAY, NEWER),
            Notice(
                Topic.NEWER_WAITS,
                "newer code waits: the release of 5 is under way at 25 %, and takes its next step first; `deploy` when "
                "it is done",
                loud=True,
            ),
        ),
        (
            Asked(UNDER_WAY, NEWER, strategy=Canary(CANARY.increments, OnNewer.RESTART)),
            Notice(Topic.REPLACED, "the release of 5 is under way at 25 %, and gives way to newer code", loud=True),
        ),
        (
            Asked(UNDER_WAY, HOLDS[FIVE], head=SIX),
            Notice(
                Topic.MANUAL,
                "the transition 5 at 25 %, 4 at 75 % was set by hand and is left alone; `promote`, `rollback` or "
                "`route` move it",
                loud=True,
            ),
        ),
        (
            Asked(UNDER_WAY, NEWER, head=SIX),
            Notice(
                Topic.MANUAL,
                "the transition 5 at 25 %, 4 at 75 % was set by hand and is left alone; `promote`, `rollback` or "
                "`route` move it, and only then is it looked at what is wanted",
                loud=True,
            ),
        ),
        (
            Asked(Settling(FIVE, FOUR, Move.UNDER_WAY), NEWER),
            Notice(Topic.SETTLING, "Lambda is moving provisioned concurrency from 4 to 5"),
        ),
    ],
)
def test_a_notice_says_why(asked: Asked, notice: Notice) -> None:
    decision = decide(asked)
    assert isinstance(decision, Plan)
    assert decision.notices == (notice,)


NEWER_REFUSED = Refusal(
    Reason.NEWER,
    "the release of 5 is under way at 25 %, and newer code is refused meanwhile",
    "finish it with `promote`, or end it with `rollback` to 4, then `deploy`",
    (),
    Verdict.CHANGED,
)


@pytest.mark.parametrize(
    ("asked", "refusal"),
    [
        (Asked(UNDER_WAY, NEWER, strategy=BlueGreen(refuse_newer=True)), NEWER_REFUSED),
        (Asked(UNDER_WAY, NEWER, strategy=Canary(CANARY.increments, OnNewer.REFUSE)), NEWER_REFUSED),
        (
            Asked(UNDER_WAY, HOLDS[FOUR]),
            Refusal(
                Reason.REVERTED,
                "what is wanted equals version 4, where the release under way comes from",
                "`rollback` puts 4 alone on the alias",
                (),
                Verdict.REVERTED,
            ),
        ),
        (
            Asked(Settling(FIVE, FOUR, Move.FAILED), NEWER),
            Refusal(
                Reason.MOVE_FAILED,
                "Lambda could not move provisioned concurrency from 4 to 5: all traffic stays on 4 until the alias is "
                "written",
                "`rollback` puts 4 alone on the alias; or see why 5 does not start",
            ),
        ),
        (
            Asked(Settling(FIVE, FOUR, Move.NONE), NEWER),
            Refusal(
                Reason.ALL_ON_SECOND,
                "the alias names 5 but gives 4 all traffic, and Lambda is not moving provisioned concurrency: "
                "somebody set it so",
                "`promote` puts 5 alone on the alias, `rollback` puts 4 there",
            ),
        ),
    ],
)
def test_a_refusal_says_why_and_what_to_do(asked: Asked, refusal: Refusal) -> None:
    decision = decide(asked)
    assert decision == refusal
    assert decision.actions == ()

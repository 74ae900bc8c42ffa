import json

import pytest
from hypothesis import given

from deployer.core import (
    LATEST,
    NEW,
    Absent,
    Action,
    AliasState,
    Await,
    Content,
    CreateAlias,
    CreateFunction,
    Deploy,
    Description,
    InvalidValue,
    Memory,
    Move,
    Notice,
    Operation,
    Percent,
    Plan,
    Policy,
    Publish,
    Published,
    PushCode,
    PushSettings,
    Reason,
    Recollection,
    Record,
    Refusal,
    Request,
    Settling,
    Shift,
    Situation,
    Stable,
    Through,
    Topic,
    Transition,
    Verb,
    Verdict,
    plan,
    unread,
)
from deployer.core.wire import (
    Json,
    action_data,
    decision_data,
    notice_data,
    read_state_data,
    recollection_data,
    state_data,
)
from deployer.testing import contents, policies, requests, situations, states

FOUR, FIVE = Published(4), Published(5)
MEMORY = Memory(FIVE, "AAAABBBBCCCCDDDD", (FOUR,), Record(Stable(FIVE), 1, Operation(Verb.ROLLBACK, "x")))
KEPT: Json = {"head": "5", "trail": ["4"], "operation": "rollback.x"}
AROUND = Description("", "", None)


@pytest.mark.parametrize(
    ("state", "data"),
    [
        (Absent(), {"state": "absent"}),
        (Stable(LATEST), {"state": "stable", "version1": "$LATEST"}),
        (
            Transition(NEW, FOUR, Percent(1250)),
            {"state": "transition", "version1": "new", "version2": "4", "weight": 12.5},
        ),
        (
            Settling(FIVE, FOUR, Move.UNDER_WAY),
            {"state": "settling", "version1": "5", "version2": "4", "weight": 100, "move": "under way"},
        ),
    ],
)
def test_a_state_as_data(state: AliasState, data: Json) -> None:
    assert state_data(state) == data


@given(states())
def test_a_state_is_read_back_as_it_was(state: AliasState) -> None:
    assert read_state_data(json.loads(json.dumps(state_data(state)))) == state


@pytest.mark.parametrize("state", [Stable(NEW), Transition(NEW, FOUR, Percent(1250))])
def test_a_version_that_has_no_number_yet_is_read_back_too(state: AliasState) -> None:
    assert read_state_data(state_data(state)) == state


@pytest.mark.parametrize(
    "data",
    [
        None,
        "stable",
        {},
        {"state": []},
        {"state": "gone"},
        {"state": "stable"},
        {"state": "stable", "version1": 5},
        {"state": "stable", "version1": "five"},
        {"state": "transition", "version1": "$LATEST", "version2": "4", "weight": 50},
        {"state": "transition", "version1": "5", "version2": "new", "weight": 50},
        {"state": "transition", "version1": "5", "version2": "4"},
        {"state": "transition", "version1": "5", "version2": "4", "weight": 100},
        {"state": "settling", "version1": "5", "version2": "4", "weight": 100},
        {"state": "settling", "version1": "5", "version2": "4", "weight": 100, "move": "sideways"},
    ],
)
def test_what_is_no_state_is_not_read(data: Json) -> None:
    with pytest.raises(InvalidValue):
        read_state_data(data)


@pytest.mark.parametrize(
    ("action", "data"),
    [
        (CreateFunction("b"), {"do": "create-function", "after": "b"}),
        (
            PushSettings("a", "b", ("Layers", "Timeout"), ("Layers",)),
            {
                "do": "push-settings",
                "before": "a",
                "after": "b",
                "settings": ["Layers", "Timeout"],
                "removed": ["Layers"],
            },
        ),
        (PushCode("a", "b", "sha"), {"do": "push-code", "before": "a", "after": "b", "code_sha256": "sha"}),
        (Publish("b"), {"do": "publish", "content": "b"}),
        (
            CreateAlias(Absent(), Stable(FIVE), MEMORY, AROUND),
            {
                "do": "create-alias",
                "before": {"state": "absent"},
                "after": {"state": "stable", "version1": "5"},
                "memory": KEPT,
            },
        ),
        (
            Shift(Stable(FOUR), Stable(FIVE), Memory(None, None, (), MEMORY.record), AROUND),
            {
                "do": "shift",
                "before": {"state": "stable", "version1": "4"},
                "after": {"state": "stable", "version1": "5"},
                "memory": {"head": None, "trail": [], "operation": "rollback.x"},
            },
        ),
        (
            Await(Settling(FIVE, FOUR, Move.UNDER_WAY)),
            {
                "do": "await",
                "before": {
                    "state": "settling",
                    "version1": "5",
                    "version2": "4",
                    "weight": 100,
                    "move": "under way",
                },
            },
        ),
    ],
)
def test_an_action_as_data(action: Action, data: Json) -> None:
    assert action_data(action) == data


NOTICE: Json = {"topic": "held", "text": "why", "loud": True}


def test_a_plan_as_data() -> None:
    decision = Plan((Publish("b"),), (Notice(Topic.HELD, "why", loud=True),), Verdict.CHANGED)
    assert decision_data(decision) == {
        "decision": "plan",
        "verdict": "changed",
        "actions": [{"do": "publish", "content": "b"}],
        "notices": [NOTICE],
    }


def test_a_refusal_as_data() -> None:
    refusal = Refusal(Reason.NO_TRAIL, "text", "way", (Notice(Topic.HELD, "why", loud=True),))
    assert decision_data(refusal) == {
        "decision": "refusal",
        "reason": "no-trail",
        "text": "text",
        "way_out": "way",
        "verdict": None,
        "actions": [],
        "notices": [NOTICE],
    }


def test_a_notice_as_data() -> None:
    assert notice_data(Notice(Topic.ALREADY, "why")) == {"topic": "already", "text": "why", "loud": False}


def test_what_is_recalled_as_data() -> None:
    left = (Published(3),)
    whole = Recollection(
        FIVE, "AAAABBBBCCCCDDDD", (FOUR,), MEMORY.record, described=True, through=Through.API, left=left
    )
    assert recollection_data(whole) == {
        "head": "5",
        "trail": ["4"],
        "since": 1,
        "began": 1,
        "on_hold": False,
        "rolled_back": {"since": 1, "taken_off": ["3"]},
        "operation": "rollback.x",
        "remembered": True,
    }
    nothing = Recollection(None, None, (), None, described=False, through=None)
    assert recollection_data(nothing) == {
        "head": None,
        "trail": [],
        "since": None,
        "began": None,
        "on_hold": False,
        "rolled_back": None,
        "operation": None,
        "remembered": False,
    }


@given(situations(), requests(), policies(), contents())
def test_every_decision_is_json_without_secrets(
    situation: Situation, request: Request, policy: Policy, wanted: Content
) -> None:
    given_ = wanted if isinstance(request, Deploy) else None
    assert unread(situation, request, policy, wanted) is None
    decision = plan(situation, request, policy, given_, now=9, operation_id="x")
    text = json.dumps(decision_data(decision))
    assert json.loads(text) == decision_data(decision)
    assert "fast" not in text
    assert "fast" not in repr(decision)
    assert "safe" not in repr(situation.latest)

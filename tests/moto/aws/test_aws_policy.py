"""Each command may call what it calls, and nothing else; and it calls no more often than it has to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import boto3
import pytest
from aws_scenarios import MAIN, SCENARIOS, Scenario
from aws_world import DEVELOPMENT, boto3_session, operations

from deployer import BlueGreen, Deploy, Promote, Refused, Rollback
from deployer.aws.policy import ACTIONS, TELLING, Reach, iam_policy
from deployer.config.rollout.settings import (
    HookSettings,
    LambdaHook,
    Moment,
    NotifyBus,
    NotifyTopic,
    OnFailure,
    RolloutSettings,
    TrialSettings,
)
from deployer.core.watch.policy import AlarmGate, Bake, Gates, Then, Watch
from deployer.rollout.crew import Manner, driver
from deployer.rollout.event import Subject

if TYPE_CHECKING:
    from collections.abc import Callable

    from aws_wire import Attempt
    from aws_world import World

    from deployer.rollout.driver import Driver

FUNCTION = "arn:aws:lambda:eu-central-1:123456789012:function:orders"
TOPIC = "arn:aws:sns:eu-central-1:123456789012:releases"
BUS = "arn:aws:events:eu-central-1:123456789012:event-bus/default"
ROLE = "arn:aws:iam::123456789012:role/orders"


def three(world: World) -> None:
    for code in (1, 2, 3):
        world.deploy(code, strategy=BlueGreen())


def transition(world: World) -> None:
    world.deploy(1)
    world.deploy(2)


def on_hold(world: World) -> None:
    transition(world)
    world.deployer().hold()


def rolled_back(world: World) -> None:
    world.deploy(1)
    world.deploy(2, strategy=BlueGreen())
    world.deployer().rollback()


def settling(world: World) -> None:
    """The second version has all weight, so that the move of provisioned concurrency is looked at."""
    transition(world)
    world.point(2, {"1": 1.0})


def without_trail(world: World) -> None:
    three(world)
    world.client.update_alias(FunctionName=world.name, Name="LIVE", Description="")


def stale_publish(world: World, run: Callable[[], object] | None = None) -> None:
    """A publish is refused as stale, as it is when its first answer was lost: whose is the newest version?"""

    def rule(attempt: Attempt) -> None:
        if attempt.operation == "PublishVersion" and attempt.call == 9:
            world.edit(Description="mine")

    world.broken(rule, run or (lambda: world.deployer(2).deploy()))


def driven(world: World, number: int = 2, rollout: RolloutSettings | None = None, **given: Any) -> Driver:
    """A driver of code `number`; where nothing else is said, no bake lasts, and what nobody measures is passed over."""
    gates = Gates(on_no_data=Then.GO_ON, on_inconclusive=Then.GO_ON)
    rollout = rollout or RolloutSettings(Watch(Bake(0), gates=gates, delay=0), world.folder)
    subject = Subject(world.name, "LIVE")
    return driver(world.deployer(number, **given), rollout, subject, [], Manner())


def rolled_out(world: World, number: int, **given: Any) -> object:
    """The whole way."""
    one = driven(world, number, **given)
    return one.run(one.prepare())


def ticked(world: World) -> object:
    """One look, once a whole minute of the step has been measured."""
    world.clock.sleep(200)
    return driven(world).tick()


def _refused(run: Callable[[], object]) -> None:
    with pytest.raises(Refused):
        run()


def begin(scenario: Scenario) -> Callable[[World], None]:
    def before(world: World) -> None:
        scenario.before(world)
        scenario.ready(world)

    return before


USES: dict[str, list[tuple[Callable[[World], None], Callable[[World], object]]]] = {
    "status": [(transition, lambda w: w.deployer().status()), (settling, lambda w: w.deployer().status())],
    "history": [(transition, lambda w: w.deployer().history()), (settling, lambda w: w.deployer().history())],
    "plan": [
        (transition, lambda w: w.deployer(2).plan()),
        (three, lambda w: w.deployer(4).rollout()),
        (three, lambda w: w.deployer(4, settings=w.settings(3)).plan()),
        (settling, lambda w: w.deployer(2).plan(Deploy())),
        (without_trail, lambda w: w.deployer().plan(Rollback())),
    ],
    "deploy": [
        (three, lambda w: w.deployer(4).deploy()),
        (three, lambda w: w.deployer(4, settings=w.settings(3)).deploy()),
        (settling, lambda w: _refused(lambda: w.deployer(2).deploy())),
        (lambda w: w.deploy(1), stale_publish),
        *((begin(one), one.run) for one in SCENARIOS if one.command == "deploy"),
    ],
    "route": [
        (three, lambda w: w.deployer().route(2, 1, 40)),
        (three, lambda w: w.deployer(alias="NEW").route(2)),
        (settling, lambda w: w.deployer().route(2)),
    ],
    "rollout": [
        (three, lambda w: rolled_out(w, 4)),
        (three, lambda w: rolled_out(w, 4, settings=w.settings(3))),
        (lambda _: None, lambda w: rolled_out(w, 1)),
        (settling, lambda w: _refused(lambda: rolled_out(w, 2))),
        (without_trail, lambda w: rolled_out(w, 4)),
        (lambda w: w.deploy(1), lambda w: stale_publish(w, lambda: rolled_out(w, 2))),
    ],
    "tick": [(transition, ticked), (settling, ticked)],
    "hold": [(transition, lambda w: w.deployer().hold()), (settling, lambda w: _refused(w.deployer().hold))],
    "resume": [
        (on_hold, lambda w: w.deployer().resume()),
        (settling, lambda w: _refused(w.deployer().resume)),
    ],
    "promote": [(transition, lambda w: w.deployer().promote()), (settling, lambda w: w.deployer().promote())],
    "rollback": [
        (transition, lambda w: w.deployer().rollback()),
        (three, lambda w: w.deployer().rollback()),
        (settling, lambda w: w.deployer().rollback()),
        (without_trail, lambda w: _refused(lambda: w.deployer().rollback())),
    ],
}


@pytest.mark.parametrize("command", ACTIONS)
def test_what_a_command_may_call_is_what_it_calls(plain: World, command: str) -> None:
    called: set[str] = set()
    for number, (before, run) in enumerate(USES[command]):
        world = plain.twin(f"{plain.name}-{command}-{number}")
        before(world)
        with world.calling(command) as calls:
            run(world)
        called |= {name for name in calls if ":" not in name}
    assert called == set(ACTIONS[command])


def test_the_main_scenarios_make_every_call_there_is(plain: World) -> None:
    """So that a new call cannot escape the suites of crashes and faults."""
    called: set[str] = set()
    for number, scenario in enumerate(MAIN):
        world = plain.twin(f"{plain.name}-{number}")
        begin(scenario)(world)
        world.wire.operations.clear()
        scenario.run(world)
        called |= set(world.wire.operations)
    elsewhere = {"GetCallerIdentity", "HeadObject", "GetObject", "PutObject"}
    assert called == {name for names in ACTIONS.values() for name in names} | elsewhere


def test_the_policy_names_the_function_and_its_versions_and_nothing_else() -> None:
    assert iam_policy("status", function_arn=FUNCTION) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "Function",
                "Effect": "Allow",
                "Action": ["lambda:GetAlias", "lambda:GetProvisionedConcurrencyConfig"],
                "Resource": [FUNCTION, f"{FUNCTION}:*"],
            }
        ],
    }


def test_the_policy_of_a_deploy_passes_the_role_and_reaches_the_code() -> None:
    objects = ("arn:aws:s3:::code/*",)
    document = iam_policy("deploy", function_arn=FUNCTION, role_arn=ROLE, objects=objects)
    assert document["Statement"][1:] == [
        {
            "Sid": "PassRole",
            "Effect": "Allow",
            "Action": ["iam:PassRole"],
            "Resource": [ROLE],
            "Condition": {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}},
        },
        {
            "Sid": "Code",
            "Effect": "Allow",
            "Action": ["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"],
            "Resource": list(objects),
        },
    ]
    assert iam_policy("deploy", function_arn=FUNCTION)["Statement"][1]["Resource"] == ["*"]
    (_, code) = iam_policy("plan", function_arn=FUNCTION, objects=objects)["Statement"]
    assert code["Action"] == ["s3:GetObject", "s3:GetObjectVersion"]
    assert len(iam_policy("promote", function_arn=FUNCTION, objects=objects)["Statement"]) == 1
    with pytest.raises(KeyError):
        iam_policy("init", function_arn=FUNCTION)


def test_code_in_s3_takes_the_actions_that_the_policy_names(plain: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """HeadObject and GetObject need s3:GetObject, with a version s3:GetObjectVersion; PutObject s3:PutObject."""
    client = boto3_session().client("s3", region_name=plain.local.region)
    bucket = f"policy-{plain.name}"
    client.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    client.put_object(Bucket=bucket, Key="one.zip", Body=plain.zips[1].read_bytes())
    with plain.calling("deploy") as calls:
        plain.deployer(1, code=f"s3://{bucket}/one.zip").deploy()
        monkeypatch.setattr("deployer.artifact.model.DIRECT_UPLOAD_LIMIT", 10)
        plain.deployer(2, artifact_bucket=bucket).deploy()
    assert {name for name in calls if name.startswith("s3:")} == {"s3:HeadObject", "s3:GetObject", "s3:PutObject"}


@pytest.mark.parametrize(
    ("before", "run", "most"),
    [
        pytest.param(transition, lambda w: w.deployer().status(), 1, id="status"),
        pytest.param(lambda w: w.deploy(1), lambda w: w.deployer(1).deploy(), 2, id="nothing changed"),
        pytest.param(
            lambda w: w.deploy(1, strategy=DEVELOPMENT),
            lambda w: w.deployer(1, strategy=DEVELOPMENT).deploy(),
            2,
            id="nothing changed in development",
        ),
        pytest.param(transition, lambda w: w.deployer(2).deploy(), 3, id="advance"),
        # That code which waits is not version2's is known only by looking at version2.
        pytest.param(transition, lambda w: w.deployer(3).deploy(), 4, id="advance while newer code waits"),
        pytest.param(transition, lambda w: w.deployer().promote(), 3, id="promote"),
        pytest.param(transition, lambda w: w.deployer().rollback(), 3, id="rollback of a transition"),
        pytest.param(three, lambda w: w.deployer().rollback(), 3, id="rollback of a stable version"),
        pytest.param(three, lambda w: w.deployer().rollback(1), 3, id="rollback to a version"),
        pytest.param(lambda w: w.deploy(1), lambda w: w.deployer(2).deploy(), 8, id="canary of code and settings"),
        pytest.param(
            lambda w: w.deploy(1), lambda w: w.deployer(2, settings=w.settings(1)).deploy(), 8, id="canary of code"
        ),
        pytest.param(
            lambda w: w.deploy(1), lambda w: w.deployer(1, settings=w.settings(2)).deploy(), 8, id="canary of settings"
        ),
        pytest.param(
            rolled_back, lambda w: w.deployer(3).deploy(), 8, id="canary of code and settings after a rollback"
        ),
        pytest.param(rolled_back, lambda w: w.deployer(2).deploy(again=True), 6, id="canary of what was rolled back"),
        pytest.param(
            lambda w: w.deploy(1),
            lambda w: w.deployer(2, strategy=BlueGreen()).deploy(),
            8,
            id="blue/green of code and settings",
        ),
        pytest.param(
            lambda w: w.deploy(1),
            lambda w: w.deployer(2, account=w.local.account).deploy(),
            8,
            id="release in a named account",
        ),
    ],
)
def test_no_command_calls_more_often_than_it_has_to(
    world: World, before: Callable[[World], None], run: Callable[[World], object], most: int
) -> None:
    before(world)
    # Slow enough that each update is waited for, and each look that says InProgress is a poll.
    world.local.configure(pending_polls=1)
    world.clock.slept.clear()
    with world.calling("deploy") as calls:
        run(world)
    polls = len(world.clock.slept) + calls.count("UpdateFunctionConfiguration") + calls.count("UpdateFunctionCode")
    assert len(calls) - polls <= most, calls


def test_a_deploy_that_has_to_compare_reads_no_version_that_the_memory_knows(plain: World) -> None:
    transition(plain)
    with plain.calling("deploy") as calls:
        plain.deployer(2).deploy()
    assert calls == ["GetAlias", "GetFunctionConfiguration", "UpdateAlias"]


def test_prepared_plans_of_the_other_verbs_read_the_alias_alone(plain: World) -> None:
    transition(plain)
    for request in (Promote(), Rollback()):
        with plain.calling("promote") as calls:
            plain.deployer().plan(request)
        assert calls == ["GetAlias"]


WATCHES: dict[str, tuple[Watch, dict[str, Any], Reach, set[str]]] = {
    "nothing": (Watch(Bake(0), gates=Gates(errors=None)), {}, Reach(), set()),
    "metrics": (Watch(Bake(0)), {}, Reach(metrics=True), {"cloudwatch:GetMetricData"}),
    "alarms": (
        Watch(Bake(0), gates=Gates(errors=None, alarms=AlarmGate(("red",)))),
        {},
        Reach(alarms=True),
        {"cloudwatch:DescribeAlarms"},
    ),
    "alarms by tag": (
        Watch(Bake(0), gates=Gates(errors=None, alarms=AlarmGate(("red",), (("team", "shop"),)))),
        {},
        Reach(alarms=True, tags=True),
        {"tag:GetResources", "cloudwatch:DescribeAlarms"},
    ),
    "tests": (
        Watch(Bake(0), gates=Gates(errors=None)),
        {"tests": True},
        Reach(tests=True),
        {"lambda:InvokeFunction"},
    ),
    "hooks": (
        Watch(Bake(0), gates=Gates(errors=None)),
        {"hooks": (HookSettings("self", Moment.BEFORE, LambdaHook(FUNCTION), on_failure=OnFailure.IGNORE),)},
        Reach(functions=(FUNCTION,)),
        {"lambda:InvokeFunction"},
    ),
    "a topic": (
        Watch(Bake(0), gates=Gates(errors=None)),
        {"notify": (NotifyTopic(TOPIC),)},
        Reach(topics=(TOPIC,)),
        {"sns:Publish"},
    ),
    "a bus": (
        Watch(Bake(0), gates=Gates(errors=None)),
        {"notify": (NotifyBus("default"),)},
        Reach(buses=(BUS,)),
        {"events:PutEvents"},
    ),
}
_ACTION = {"Invoke": "lambda:InvokeFunction", "tagging:GetResources": "tag:GetResources"}


@pytest.mark.parametrize("reached", WATCHES)
def test_what_a_rollout_may_reach_is_what_its_configuration_has_it_reach(plain: World, reached: str) -> None:
    watch, more, reach, actions = WATCHES[reached]
    if more.pop("tests", None):
        event = plain.folder / "event.json"
        event.write_text("{}", encoding="utf-8")
        more = {"tests": (TrialSettings("one", event),)}
    plain.deploy(1)
    boto3.client("cloudwatch").put_metric_alarm(
        AlarmName="red", MetricName="any", Namespace="any", EvaluationPeriods=1, ComparisonOperator="LessThanThreshold"
    )
    before = len(plain.local.calls)
    one = driven(plain, rollout=RolloutSettings(watch, plain.folder, **more))
    prepared = one.prepare()
    one.begin(prepared)
    plain.clock.sleep(300)
    one.tick()
    called = [_ACTION.get(name, name) for name in operations(plain.local.calls[before:])]
    assert {name for name in called if ":" in name} == actions
    statements = iam_policy("rollout", function_arn=FUNCTION, reach=reach)["Statement"][2:]
    assert {action for statement in statements for action in statement["Action"]} == actions


def test_the_policy_of_a_rollout_names_what_it_calls_and_tells() -> None:
    reach = Reach(metrics=True, tests=True, functions=(f"{FUNCTION}-smoke",), topics=(TOPIC,), buses=(BUS,))
    assert iam_policy("rollout", function_arn=FUNCTION, role_arn=ROLE, reach=reach)["Statement"][2:] == [
        {"Sid": "Watch", "Effect": "Allow", "Action": ["cloudwatch:GetMetricData"], "Resource": ["*"]},
        {
            "Sid": "Invoke",
            "Effect": "Allow",
            "Action": ["lambda:InvokeFunction"],
            "Resource": [f"{FUNCTION}:*", f"{FUNCTION}-smoke"],
        },
        {"Sid": "Topics", "Effect": "Allow", "Action": ["sns:Publish"], "Resource": [TOPIC]},
        {"Sid": "Buses", "Effect": "Allow", "Action": ["events:PutEvents"], "Resource": [BUS]},
    ]
    of_tick = iam_policy("tick", function_arn=FUNCTION, reach=reach)["Statement"]
    assert [statement["Sid"] for statement in of_tick] == ["Function", "Watch", "Invoke", "Topics", "Buses"]
    assert of_tick[2]["Resource"] == [f"{FUNCTION}-smoke"]


@pytest.mark.parametrize("command", sorted(TELLING))
def test_a_command_by_hand_may_tell_whom_a_rollout_tells_and_reach_nothing_else_of_it(command: str) -> None:
    reach = Reach(metrics=True, alarms=True, tests=True, functions=(FUNCTION,), topics=(TOPIC,), buses=(BUS,))
    without = iam_policy(command, function_arn=FUNCTION)["Statement"]
    assert iam_policy(command, function_arn=FUNCTION, reach=reach)["Statement"] == [
        *without,
        {"Sid": "Topics", "Effect": "Allow", "Action": ["sns:Publish"], "Resource": [TOPIC]},
        {"Sid": "Buses", "Effect": "Allow", "Action": ["events:PutEvents"], "Resource": [BUS]},
    ]
    assert iam_policy(command, function_arn=FUNCTION, reach=Reach(metrics=True))["Statement"] == without


def test_a_command_that_writes_nothing_tells_nobody() -> None:
    reach = Reach(topics=(TOPIC,), buses=(BUS,))
    assert len(iam_policy("status", function_arn=FUNCTION, reach=reach)["Statement"]) == 1

"""What is pushed and published: only what differs, guarded, waited for, and by whom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from aws_scenarios import STEP_1
from aws_wire import alter
from aws_world import DEVELOPMENT

from deployer import AwsFailure, Refused
from deployer.aws.failure import Broken, Moved, Unsettled, WrongAccount
from deployer.core.plan import Reason

if TYPE_CHECKING:
    from aws_wire import Attempt
    from aws_world import World

PUSH = "UpdateFunctionConfiguration"
SNAP_START = {"SnapStart": {"ApplyOn": "PublishedVersions"}}


def deploy(world: World, code: int = 2, *, settings: dict[str, Any] | None = None, **given: Any) -> None:
    """Release with the usual settings and `settings` besides."""
    world.wire.operations.clear()
    world.wire.sent.clear()
    world.deploy(code, settings={**world.settings(code), **(settings or {})}, **given)


def test_a_function_that_is_not_there_is_created_from_what_is_given(world: World) -> None:
    deploy(world, 1, settings={"Timeout": 7, "Description": "orders"}, architecture="arm64")
    asked = world.asked("CreateFunction")
    assert asked.pop("Code").keys() == {"ZipFile"}
    assert asked == {
        **world.settings(1),
        "FunctionName": world.name,
        "Timeout": 7,
        "Description": "orders",
        "Architectures": ["arm64"],
        "PackageType": "Zip",
        "Publish": False,
    }
    assert world.shown() == "1"


def test_a_function_is_not_created_from_half_of_what_it_needs(plain: World) -> None:
    deployer = plain.deployer(1, settings={"Runtime": "python3.13"})
    with pytest.raises(Refused) as caught:
        deployer.deploy()
    assert (caught.value.refusal.reason, caught.value.refusal.text) == (
        Reason.NO_FUNCTION,
        f"function {plain.name} does not exist, and these settings of it are not given: Role, Handler",
    )


def test_a_role_that_is_too_new_is_waited_for(plain: World) -> None:
    fresh = plain.local.role(f"fresh-{plain.name}")
    plain.local.configure(role_refusals=4)
    try:
        deploy(plain, 1, settings={"Role": fresh})
    finally:
        plain.local.configure(role_refusals=0)
    assert plain.wire.operations.count("CreateFunction") == 1 + 4
    assert (plain.shown(), plain.clock.slept) == ("1", [0.25, 0.5, 1.0, 2.0])


def test_a_new_role_of_a_function_that_exists_is_waited_for_too(plain: World) -> None:
    deploy(plain, 1, strategy=DEVELOPMENT)
    fresh = plain.local.role(f"fresh-{plain.name}")
    told = list[str]()
    plain.local.configure(role_refusals=2)
    try:
        deploy(plain, 1, settings={"Role": fresh}, strategy=DEVELOPMENT, on_wait=told.append)
    finally:
        plain.local.configure(role_refusals=0)
    assert plain.there.latest.settings["Role"] == fresh
    assert told == [f"wait until Lambda can assume {fresh}, up to 60 s"]


def test_a_role_that_can_never_be_assumed_ends_the_command_after_a_minute(plain: World) -> None:
    with pytest.raises(AwsFailure, match=r"could not create function .*cannot be assumed by Lambda.*role/nobody"):
        deploy(plain, 1, settings={"Role": "arn:aws:iam::123456789012:role/nobody"})
    assert 60 <= sum(plain.clock.slept) < 65
    assert plain.function is None


def test_only_the_settings_that_differ_are_pushed(world: World) -> None:
    deploy(world, 1, settings={"Timeout": 7, "EphemeralStorage": {"Size": 600}})
    deploy(world, 2, settings={"Timeout": 7, "EphemeralStorage": {"Size": 700}})
    assert world.asked(PUSH) == {"MemorySize": 130, "EphemeralStorage": {"Size": 700}}
    assert world.asked("UpdateFunctionCode") == {"Publish": False}


def test_what_is_not_given_is_left_alone(world: World) -> None:
    deploy(world, 1)
    world.edit(Timeout=42, Environment={"Variables": {"ALPHA": "1"}}, TracingConfig={"Mode": "Active"})
    deploy(world, 2)
    assert world.asked(PUSH) == {"MemorySize": 130}
    held = world.there.versions["2"].settings
    assert (held["Timeout"], held["Environment"], held["TracingConfig"]) == (
        42,
        {"Variables": {"ALPHA": "1"}},
        {"Mode": "Active"},
    )


def test_the_environment_is_replaced_whole(world: World) -> None:
    deploy(world, 1, settings={"Environment": {"Variables": {"ALPHA": "1", "BETA": "2"}}})
    deploy(world, 1, settings={"Environment": {"Variables": {"BETA": "3"}}})
    assert world.asked(PUSH) == {"Environment": {"Variables": {"BETA": "3"}}}
    assert world.there.versions["2"].settings["Environment"] == {"Variables": {"BETA": "3"}}


def test_nested_settings_keep_the_members_that_are_not_given(world: World) -> None:
    deploy(world, 1)
    deploy(world, 1, settings={"LoggingConfig": {"LogFormat": "JSON"}})
    assert world.asked(PUSH) == {"LoggingConfig": {"LogFormat": "JSON", "LogGroup": "/tests"}}


def test_the_description_goes_along_but_is_no_reason_to_push(world: World) -> None:
    deploy(world, 1)
    deploy(world, 1, settings={"Description": "orders"})
    assert PUSH not in world.wire.operations
    deploy(world, 1, settings={"Description": "orders", "Timeout": 9})
    assert world.asked(PUSH) == {"Description": "orders", "Timeout": 9}


def test_the_architecture_goes_with_the_code(world: World) -> None:
    deploy(world, 1)
    deploy(world, 1, architecture="arm64")
    assert PUSH not in world.wire.operations
    assert world.asked("UpdateFunctionCode") == {"Publish": False, "Architectures": ["arm64"]}
    assert world.there.versions["2"].settings["Architectures"] == ["arm64"]
    deploy(world, 1, architecture="arm64", times=3)
    assert (world.shown(), len(world.versions())) == ("2", 2)


def test_the_release_is_put_into_one_variable_and_the_others_stay(world: World) -> None:
    deploy(world, 1)
    world.edit(Environment={"Variables": {"ALPHA": "1"}})
    deploy(world, 2, release="1.4.0", release_env_var="RELEASE")
    variables = {"Variables": {"ALPHA": "1", "RELEASE": "1.4.0"}}
    assert world.asked(PUSH) == {"MemorySize": 130, "Environment": variables}
    deploy(world, 2, release="1.4.0", release_env_var="RELEASE")
    assert (world.shown(), len(world.versions())) == ("2 at 50 %, 1 at 50 %", 2)


def test_the_release_stands_besides_the_variables_that_are_given(world: World) -> None:
    given = {"Environment": {"Variables": {"ALPHA": "1"}}}
    deploy(world, 1, settings=given, release="1.4.0", release_env_var="RELEASE")
    assert world.there.versions["1"].settings["Environment"] == {"Variables": {"ALPHA": "1", "RELEASE": "1.4.0"}}


@pytest.mark.parametrize("given", [{}, {"Environment": {"Variables": {"ALPHA": "1"}}}])
def test_a_later_step_without_a_name_keeps_the_release_that_is_there(world: World, given: dict[str, Any]) -> None:
    deploy(world, 1, release_env_var="RELEASE")
    settings = {**world.settings(2), **given}
    deploy(world, 2, settings=settings, release="1.4.0", release_env_var="RELEASE")
    deploy(world, 2, settings=settings, release_env_var="RELEASE")
    assert (world.shown(), len(world.versions())) == ("2 at 50 %, 1 at 50 %", 2)
    variables = {**given.get("Environment", {}).get("Variables", {}), "RELEASE": "1.4.0"}
    assert world.there.versions["2"].settings["Environment"] == {"Variables": variables}
    assert "Environment" not in world.there.versions["1"].settings


def test_a_version_is_published_under_guard_with_its_mark(world: World) -> None:
    deploy(world, 1, release="1.4.0", new_operation_id=lambda: "one")
    revision = world.wire.sent[world.wire.operations.index("PublishVersion")]["RevisionId"]
    asked = world.asked("PublishVersion")
    assert (asked["CodeSha256"], len(revision)) == (world.zips.sha256(1), 36)
    assert asked["Description"].startswith("release 1.4.0; at 2026-11-18T11:06:40Z; ")
    assert asked["Description"].endswith("run one")


def test_a_setting_pushed_by_somebody_else_while_an_update_settles_stops_the_release(world: World) -> None:
    deploy(world, 1)

    def rule(attempt: Attempt) -> None:
        if attempt.call == 6:  # the first look after the push of settings: it still says InProgress
            world.there.latest.settings["Timeout"] = 99

    world.local.configure(pending_polls=2)
    with pytest.raises(Moved, match="somebody else changed the function while it settled: Timeout\n"):
        world.broken(rule, lambda: world.deploy(2))
    assert world.shown() == "1"


def test_an_update_under_way_is_waited_for_before_anything_is_decided(world: World) -> None:
    deploy(world, 1)
    world.local.configure(pending_polls=3)
    world.edit(Timeout=42)
    deploy(world, 2)
    assert world.there.versions["2"].settings["Timeout"] == 42
    assert world.clock.slept[:2] == [0.25, 0.5]


def test_an_update_that_failed_ends_the_command_with_its_reason(plain: World) -> None:
    deploy(plain, 1)
    plain.local.configure(pending_polls=1)
    failed = alter(
        "GetFunctionConfiguration",
        LastUpdateStatus="Failed",
        LastUpdateStatusReason="the image cannot be read",
        State="Active",
    )
    with pytest.raises(Broken) as caught:
        plain.broken(lambda attempt: failed(attempt) if attempt.call > 4 else None, lambda: plain.deploy(2))
    assert str(caught.value) == (
        f"could not update {plain.name}: the image cannot be read\n  traffic is untouched; mend it and deploy again"
    )
    plain.local.configure(pending_polls=0)
    assert plain.shown() == "1"


def test_a_version_that_cannot_start_gets_no_traffic(plain: World) -> None:
    deploy(plain, 1)
    rule = alter("PublishVersion", State="Failed", StateReason="its layer is gone")
    with pytest.raises(Broken) as caught:
        plain.broken(rule, lambda: plain.deploy(2))
    assert str(caught.value) == (
        f"could not publish {plain.name}: version 2 is Failed: its layer is gone\n"
        "  traffic is untouched; mend the function and deploy again"
    )
    assert plain.shown() == "1"


def test_a_snap_start_version_is_waited_for_until_its_snapshot_is_ready(world: World) -> None:
    deploy(world, 1, settings=SNAP_START)
    world.local.configure(version_pending_polls=4)
    deploy(world, 2, settings=SNAP_START)
    assert world.shown() == STEP_1
    assert world.there.versions["2"].change is None
    assert len(world.clock.slept) >= 3


def test_a_snapshot_that_is_never_ready_ends_the_command(plain: World) -> None:
    deploy(plain, 1)
    off = {"ApplyOn": "PublishedVersions", "OptimizationStatus": "Off"}
    publish, read = alter("PublishVersion", SnapStart=off), alter("GetFunctionConfiguration", "2", SnapStart=off)
    with pytest.raises(Unsettled, match="could not wait for version 2"):
        plain.broken(
            lambda attempt: publish(attempt) or read(attempt),
            lambda: plain.deploy(2, settings={**plain.settings(2), **SNAP_START}),
        )
    assert plain.shown() == "1"


def test_the_wrong_account_ends_a_command_before_any_write(plain: World) -> None:
    deploy(plain, 1)
    for run in (
        lambda: plain.deployer(2, account="999999999999").deploy(),
        lambda: plain.deployer(account="999999999999").route(1),
        lambda: plain.deployer(account="999999999999").promote(),
        lambda: plain.deployer(account="999999999999").rollback(),
        lambda: plain.deployer(account="999999999999").status(),
    ):
        plain.wire.operations.clear()
        with pytest.raises(WrongAccount) as caught:
            run()
        assert plain.wire.operations == ["GetAlias"]
        assert str(caught.value) == (
            "could not go on: the environment names account 999999999999, but the credentials lead to "
            "123456789012; nothing was written\n  use the environment's own profile, or correct the configuration"
        )


def test_an_absent_alias_leaves_the_function_to_tell_the_account(plain: World) -> None:
    deploy(plain, 1)
    with plain.calling("deploy") as calls, pytest.raises(WrongAccount):
        plain.deployer(2, account="999999999999", alias="OTHER").deploy()
    assert calls == ["GetAlias", "GetFunctionConfiguration"]


def test_of_an_absent_function_one_question_tells_the_account(plain: World) -> None:
    with plain.calling("deploy") as calls, pytest.raises(WrongAccount):
        plain.deployer(1, account="999999999999").deploy()
    assert calls == ["GetAlias", "GetFunctionConfiguration", "sts:GetCallerIdentity"]
    with plain.calling("deploy") as calls:
        plain.deployer(1, account=plain.local.account).deploy()
    assert calls.count("sts:GetCallerIdentity") == 1


def test_a_region_is_where_the_function_is_looked_for(plain: World) -> None:
    plain.deploy(1)
    deployer = plain.deployer(1)
    object.__setattr__(deployer.session, "region", "us-east-1")
    with pytest.raises(WrongAccount, match="names region us-east-1, but the credentials lead to eu-central-1"):
        deployer.promote()

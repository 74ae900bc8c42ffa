"""What would synthesize and could not be carried out is refused first."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from cdk_apps import CANARY, LAYERS_COUNT, SETTINGS_COUNT, One, targets

from deployer.cdk_adapter import InvalidRelease
from deployer.cdk_adapter.environment import ENVIRONMENTS, UnknownEnvironment, policy_of
from deployer.config.merge import BUILT_IN_ENVIRONMENTS
from deployer.core import (
    LATEST,
    NEW,
    BlueGreen,
    Canary,
    CanaryIncrements,
    Development,
    OnNewer,
    Policy,
    Published,
    Stable,
)
from deployer.core.version import New

pytestmark = pytest.mark.cdk

ON_NEW = targets(Stable(NEW))


def errors(one: One) -> list[str]:
    """The errors for which the CDK CLI refuses the stack."""
    from aws_cdk import assertions

    found = assertions.Annotations.from_stack(one.stack).find_error("*", assertions.Match.any_value())
    return [str(message.entry.data) for message in found]


def test_without_a_target_the_stack_is_an_error_that_names_the_way_to_one() -> None:
    one = One()
    one.released()
    (error,) = errors(one)
    assert error == (
        "there is no target for orders:LIVE: what the alias is to show is decided before synth\n"
        "  run `deployer cdk plan --function orders`, and name the file it writes in the context, "
        "-c deployer:targets=FILE"
    )


def test_the_way_to_a_target_names_the_environment_where_the_release_has_one() -> None:
    one = One()
    one.released(environment="prd")
    assert "\n  run `deployer cdk plan --env prd`, and name the file" in errors(one)[0]


def test_without_a_target_the_template_is_the_one_of_planning() -> None:
    """So that the app can be synthesized for the stacks that have theirs."""
    without, planning = One(), One({"deployer:planning": True})
    without.released()
    planning.released()
    assert without.template == planning.template
    assert errors(planning) == []


def test_the_target_of_another_alias_is_none() -> None:
    one = One()
    one.released(targets=targets(Stable(NEW), alias="BETA"))
    (error,) = errors(one)
    assert error.startswith("there is no target for orders:LIVE")


def test_with_a_target_there_is_no_error() -> None:
    one = One()
    one.released(targets=ON_NEW)
    assert errors(one) == []


# The code that was planned.


def planned_version() -> str:
    """What planning tells of the Version of orders."""
    planning = One({"deployer:planning": True})
    planning.released()
    return str(planning.release().version_id)


EMITTING = [
    pytest.param(NEW, True, id="publishes"),
    pytest.param(Published(4), True, id="keeps its version"),
    pytest.param(Published(4), False, id="holds no version"),
]


@pytest.mark.parametrize(("version", "emits"), EMITTING)
def test_the_code_that_was_planned_is_taken(version: Published | New, emits: bool) -> None:
    one, unbound = One(), One()
    one.released(targets=targets(Stable(version), emits_version=emits, version_id=planned_version()))
    unbound.released(targets=targets(Stable(version), emits_version=emits))
    assert one.template == unbound.template
    assert errors(one) == []


@pytest.mark.parametrize(("version", "emits"), EMITTING)
def test_other_code_than_was_planned_is_an_error_of_its_stack(version: Published | New, emits: bool) -> None:
    planned = planned_version()
    one, edited = One(), One()
    one.released(one.function("x = 2"), targets=targets(Stable(version), emits_version=emits, version_id=planned))
    edited.released(edited.function("x = 2"), targets=ON_NEW)
    (error,) = errors(one)
    assert error == (
        f"the target of orders:LIVE was decided for other code: for the Version {planned}, and the template holds "
        f"{edited.release().version_id}\n  plan again for this code, or go back to the code that was planned"
    )


def test_code_that_is_changed_after_the_release_was_made_is_seen() -> None:
    one = One()
    function = one.function()
    one.released(function, targets=targets(Stable(NEW), version_id=planned_version()))
    function.add_environment("PRICES", "new")
    assert "was decided for other code" in errors(one)[0]


def test_other_code_is_no_error_of_other_stacks() -> None:
    import aws_cdk

    one = One()
    aws_cdk.Stack(one.app, "Other")
    one.released(targets=targets(Stable(NEW), version_id="OrdersCurrentVersionOfYesterday"))
    assembly = one.app.synth()
    assert [message.level.name for message in assembly.get_stack_by_name("Shop").messages] == ["ERROR"]
    assert list(assembly.get_stack_by_name("Other").messages) == []


def test_a_file_of_targets_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    """An error of the stack and no traceback, as where it holds no target."""
    one = One({"deployer:targets": str(tmp_path / "gone.json")})
    one.released(environment="prd")
    (error,) = errors(one)
    assert error == (
        f"{tmp_path / 'gone.json'}: cannot be read (No such file or directory); plan first: "
        "`deployer cdk plan --env prd` writes the targets anew"
    )


def test_newer_code_cannot_wait_in_cloudformation() -> None:
    with pytest.raises(InvalidRelease, match=r"orders:LIVE.*choose OnNewer\.RESTART or OnNewer\.REFUSE"):
        One().released(strategy=Canary(CanaryIncrements.of([25]), OnNewer.ADVANCE), targets=ON_NEW)


def test_latest_is_for_development_alone() -> None:
    with pytest.raises(InvalidRelease, match=r"has published versions only, and its target is orders:LIVE on \$LATEST"):
        One().released(targets=targets(Stable(LATEST), emits_version=False))


def test_development_publishes_nothing() -> None:
    with pytest.raises(InvalidRelease, match="publishes nothing in development"):
        One().released(strategy=Development(), targets=targets(Stable(Published(4))))


def test_development_may_be_routed_to_a_number_by_hand() -> None:
    one = One()
    one.released(strategy=Development(), targets=targets(Stable(Published(4)), emits_version=False))
    assert one.release().version_id is None


def test_a_function_by_another_name_is_refused() -> None:
    one = One()
    with pytest.raises(InvalidRelease, match="the function is called 'refunds': give that as function_name"):
        one.released(one.function(function_name="refunds"), targets=ON_NEW)


def test_a_function_that_cloudformation_names_is_taken_by_the_name_it_got() -> None:
    one = One()
    one.released(one.function(function_name=None), targets=ON_NEW)
    assert one.release().function_name == "orders"


@pytest.mark.parametrize("name", ["function_name", "alias_name"])
def test_a_name_that_is_not_known_before_synth_is_refused(name: str) -> None:
    one = One()
    with pytest.raises(InvalidRelease, match="must be text that is known before synth"):
        one.released(targets=ON_NEW, **{name: f"orders-{one.stack.region}"})


def test_an_imported_function_is_refused() -> None:
    from aws_cdk import aws_lambda

    one = One()
    imported = aws_lambda.Function.from_function_name(one.stack, "Imported", "orders")
    with pytest.raises(
        InvalidRelease, match=r"orders:LIVE.*give a Function that this app makes, of a VersionedFunction its \.function"
    ):
        one.released(imported, targets=ON_NEW)


def test_a_function_of_another_stack_is_refused() -> None:
    import aws_cdk

    from deployer.cdk_adapter import AliasRelease

    one = One()
    other = aws_cdk.Stack(one.app, "Other")
    with pytest.raises(InvalidRelease, match="its function is in another stack"):
        AliasRelease(other, "Release", function=one.function(), function_name="orders", strategy=CANARY, targets=ON_NEW)


IN_A_NESTED_STACK = (
    r"orders.*: is in the nested stack Shop/Inner, .* does not see: put the function and its release into a Stack of "
    "their own"
)


def nested(one: One) -> Any:
    """A nested stack in that of the app."""
    import aws_cdk

    return aws_cdk.NestedStack(one.stack, "Inner")


def test_a_released_function_in_a_nested_stack_is_refused() -> None:
    from deployer.cdk_adapter import ReleasedFunction

    one = One()
    with pytest.raises(InvalidRelease, match=IN_A_NESTED_STACK):
        ReleasedFunction(nested(one), "Orders", environment="prd", function_name="orders", **one.props())


def test_a_versioned_function_in_a_nested_stack_is_refused() -> None:
    from deployer.cdk_adapter import VersionedFunction

    one = One()
    with pytest.raises(InvalidRelease, match=IN_A_NESTED_STACK):
        VersionedFunction(nested(one), "Orders", function_name="orders", **one.props())


@pytest.mark.parametrize("beside", [True, False], ids=["beside its function", "in the parent"])
def test_the_release_of_a_function_in_a_nested_stack_is_refused(*, beside: bool) -> None:
    from aws_cdk import aws_lambda

    from deployer.cdk_adapter import AliasRelease

    one = One()
    inner = nested(one)
    function = aws_lambda.Function(inner, "Orders", function_name="orders", **one.props())
    where = inner if beside else one.stack
    with pytest.raises(InvalidRelease, match=IN_A_NESTED_STACK):
        AliasRelease(where, "Release", function=function, function_name="orders", strategy=CANARY, targets=ON_NEW)


def test_retry_settings_on_the_version_are_refused() -> None:
    from aws_cdk import aws_lambda

    one = One()
    function = one.function(current_version_options=aws_lambda.VersionOptions(retry_attempts=1))
    with pytest.raises(InvalidRelease, match="give retry_attempts to AliasRelease"):
        one.released(function, targets=ON_NEW)


def test_a_versioned_function_takes_no_version_options() -> None:
    from aws_cdk import aws_lambda

    from deployer.cdk_adapter import VersionedFunction

    one = One()
    options = aws_lambda.VersionOptions(retry_attempts=1)
    with pytest.raises(InvalidRelease, match=r"orders.*takes no current_version_options"):
        VersionedFunction(one.stack, "Orders", function_name="orders", **one.props(current_version_options=options))


def test_a_version_whose_id_would_not_fit_its_description_is_refused() -> None:
    from constructs import Construct

    one = One()
    deep: Any = one.stack
    for level in range(9):
        deep = Construct(deep, f"Construct{level}" + "x" * 40)
    from aws_cdk import aws_lambda

    function = aws_lambda.Function(deep, "Orders", function_name="orders", **one.props())
    with pytest.raises(InvalidRelease, match="its Version's logical id is too long"):
        one.released(function, targets=ON_NEW)


# What is known only when the app is synthesized.


def test_layers_that_do_not_count_are_refused(tmp_path: Path) -> None:
    one = One(assets=True)
    function = one.function()
    one.released(function, targets=ON_NEW)
    # Added later, as users do.
    function.add_layers(one.layer("a", tmp_path / "a"))
    with pytest.raises(RuntimeError, match=f"the function orders has layers.*{LAYERS_COUNT}.*cdk.json.*VersionedFunct"):
        one.app.synth()


def test_layers_that_count_are_taken(tmp_path: Path) -> None:
    one = One({LAYERS_COUNT: True}, assets=True)
    one.released(one.function(layers=[one.layer("a", tmp_path / "a")]), targets=ON_NEW)
    assert one.release().version_id is not None


def test_a_function_without_layers_needs_no_flag() -> None:
    one = One({LAYERS_COUNT: False})
    one.released(targets=ON_NEW)
    assert one.release().version_id is not None


def test_layers_of_one_construct_id_are_refused(tmp_path: Path) -> None:
    from constructs import Construct

    one = One({LAYERS_COUNT: True}, assets=True)
    layers = [one.layer("a", tmp_path / name, "Deps", Construct(one.stack, name)) for name in ("One", "Two")]
    one.released(one.function(layers=[*layers, one.layer("b", tmp_path / "b")]), targets=ON_NEW)
    with pytest.raises(RuntimeError, match="several layers with the construct id Deps, and CDK sees new content"):
        one.app.synth()


def test_tags_that_count_are_refused() -> None:
    one = One({SETTINGS_COUNT: False})
    one.released(targets=ON_NEW)
    with pytest.raises(RuntimeError, match=f"a new tag would publish a version.*{SETTINGS_COUNT}"):
        one.app.synth()


# Environments.


def test_an_unknown_environment_needs_a_strategy() -> None:
    with pytest.raises(UnknownEnvironment, match="'qa': give its strategy; built in are sbx, tst, stg, prd"):
        policy_of("qa", None, protected=None)
    assert policy_of("qa", BlueGreen(), protected=None) == Policy(BlueGreen(), protected=False)
    assert policy_of("qa", BlueGreen(), protected=True) == Policy(BlueGreen(), protected=True)


@pytest.mark.parametrize("environment", BUILT_IN_ENVIRONMENTS)
def test_the_environments_are_those_of_the_configuration(environment: str) -> None:
    written = BUILT_IN_ENVIRONMENTS[environment]
    policy = ENVIRONMENTS[environment]
    assert policy.protected == written.get("protected", False)
    match policy.strategy:
        case Development():
            assert written["strategy"] == "latest"
        case BlueGreen(refuse_newer):
            assert (written["strategy"], refuse_newer) == ("blue_green", False)
        case Canary(increments, on_newer):
            assert written["strategy"] == "canary"
            assert increments == CanaryIncrements.of(written["canary_increments"])
            assert on_newer is OnNewer.RESTART
    assert set(ENVIRONMENTS) == set(BUILT_IN_ENVIRONMENTS)

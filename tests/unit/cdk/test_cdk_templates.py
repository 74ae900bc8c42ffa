"""What each step puts into the template."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cdk_apps import CANARY, LAYERS_COUNT, RETAINED, ROLE, One, of_type, only, targets, version_id
from cdk_goldens import FIVE, FOLDER, FOUR, STEPS, rendered

from deployer.cdk_adapter.environment import ENVIRONMENTS
from deployer.cdk_adapter.preflight import function_changed
from deployer.cdk_adapter.target import Targets
from deployer.core import (
    LATEST,
    NEW,
    BlueGreen,
    Development,
    Percent,
    Policy,
    Published,
    Stable,
    Through,
    Transition,
)

pytestmark = pytest.mark.cdk

PLANNING = {"deployer:planning": True}
ON_NEW = targets(Stable(NEW))


@pytest.mark.parametrize("step", STEPS)
def test_each_step_gives_the_template_that_was_read(step: str) -> None:
    assert rendered(step) == (FOLDER / f"{step}.json").read_text(encoding="utf-8")


def test_no_golden_template_is_left_over() -> None:
    assert {path.stem for path in FOLDER.iterdir()} == set(STEPS)


@pytest.mark.parametrize("step", ["at-50", "final", "rollback", "manual"])
def test_a_step_that_only_routes_keeps_function_and_version_as_they_are(step: str) -> None:
    before, after = One(), One()
    before.released(targets=STEPS["at-25"][1])
    after.released(targets=STEPS[step][1])
    (old, new) = before.template, after.template
    assert of_type(new, "Version") == of_type(old, "Version")
    assert not function_changed(after.release(), new, old)


def test_the_same_input_gives_the_same_template_twice() -> None:
    assert rendered("at-25") == rendered("at-25")


def test_an_app_may_be_synthesized_twice() -> None:
    one = One()
    one.released(targets=ON_NEW)
    assert one.template == one.template


def test_the_new_version_is_kept_and_says_which_template_it_comes_from() -> None:
    one = One()
    one.released(targets=ON_NEW)
    version = only(one.template, "Version")
    assert version["Properties"]["Description"] == f"deployer {version_id(one.template)}"
    assert version.items() >= RETAINED.items()


def test_other_code_is_another_version() -> None:
    one, other = One(), One()
    one.released(one.function("x = 1"), targets=ON_NEW)
    other.released(other.function("x = 2"), targets=ON_NEW)
    assert version_id(one.template) != version_id(other.template)
    assert function_changed(other.release(), other.template, one.template)


def test_a_target_without_a_version_gives_a_template_without_one() -> None:
    one = One()
    one.released(targets=targets(Transition(FIVE, FOUR, Percent.of(50)), emits_version=False))
    assert of_type(one.template, "Version") == {}
    assert one.release().version_id is None


@pytest.mark.parametrize("hundredths", [1, 1234, 3000, 9999])
def test_a_weight_has_four_decimals_at_most(hundredths: int) -> None:
    one = One()
    one.released(targets=targets(Transition(FIVE, FOUR, Percent(hundredths))))
    (second,) = only(one.template, "Alias")["Properties"]["RoutingConfig"]["AdditionalVersionWeights"]
    assert second == {"FunctionVersion": "4", "FunctionWeight": round(hundredths / 10_000, 4)}


def test_the_alias_carries_the_description_to_the_letter() -> None:
    text = "Für „Anna“ ${AWS::Region} lr1:h5.ab:t-:rn:s0:d.x:abcdef"
    one = One()
    one.released(targets=targets(Stable(NEW), description=text))
    assert only(one.template, "Alias")["Properties"]["Description"] == text


def test_the_metadata_tells_planning_of_the_release() -> None:
    one = One()
    one.released(targets=ON_NEW, protected=True)
    release = one.release()
    assert release.function_id in of_type(one.template, "Function")
    assert release.alias_id in of_type(one.template, "Alias")
    assert release.version_id in of_type(one.template, "Version")
    assert (release.function_name, release.alias_name) == ("orders", "LIVE")
    assert release.policy == Policy(CANARY, protected=True, through=Through.STACK)
    assert release.environment is None


def test_retry_settings_sit_on_the_alias_and_stay_there() -> None:
    before, after = One(), One()
    before.released(targets=STEPS["at-25"][1], retry_attempts=1)
    after.released(targets=STEPS["at-50"][1], retry_attempts=1)
    assert only(before.template, "EventInvokeConfig")["Properties"] == {
        "FunctionName": {"Ref": before.release().function_id},
        "MaximumRetryAttempts": 1,
        "Qualifier": {"Fn::Select": [7, {"Fn::Split": [":", {"Ref": before.release().alias_id}]}]},
    }
    assert of_type(after.template, "EventInvokeConfig") == of_type(before.template, "EventInvokeConfig")


# Planning: the template is looked at before there is a target.


@pytest.mark.parametrize("value", [True, "true"])
def test_planning_needs_no_target_and_always_shows_the_version(value: object) -> None:
    one, real = One({"deployer:planning": value}), One()
    one.released()
    real.released(targets=ON_NEW)
    assert version_id(one.template) == version_id(real.template)
    assert only(one.template, "Alias")["Properties"] == {
        "FunctionName": {"Ref": one.release().function_id},
        "FunctionVersion": {"Fn::GetAtt": [version_id(one.template), "Version"]},
        "Name": "LIVE",
    }


def test_planning_a_development_environment_shows_no_version() -> None:
    one = One(PLANNING)
    one.released(strategy=Development())
    assert of_type(one.template, "Version") == {}
    assert only(one.template, "Alias")["Properties"]["FunctionVersion"] == "$LATEST"


def test_planning_does_not_look_at_targets_of_another_day() -> None:
    one = One({**PLANNING, "deployer:targets": "no-such-file.json"})
    one.released(targets=targets(Stable(FOUR)))
    assert "Fn::GetAtt" in only(one.template, "Alias")["Properties"]["FunctionVersion"]


@pytest.mark.parametrize("value", [False, "false", None])
def test_planning_can_be_off(value: object) -> None:
    one = One({"deployer:planning": value})
    one.released(targets=targets(Stable(FOUR)))
    assert only(one.template, "Alias")["Properties"]["FunctionVersion"] == "4"


def test_targets_come_from_the_file_that_the_context_names(tmp_path: Path) -> None:
    path = tmp_path / "targets.json"
    targets(Stable(FOUR), emits_version=False).write(path)
    one = One({"deployer:targets": str(path)})
    one.released()
    assert only(one.template, "Alias")["Properties"]["FunctionVersion"] == "4"


# Functions.


def versioned(content: str, folder: Path, context: dict[str, Any] | None = None) -> One:
    from deployer.cdk_adapter import ReleasedFunction

    one = One(context, assets=True)
    layers = [one.layer(content, folder)]
    ReleasedFunction(
        one.stack, "Orders", environment="prd", function_name="orders", targets=ON_NEW, **one.props(layers=layers)
    )
    return one


@pytest.mark.parametrize("flag", [False, True, None])
def test_new_content_of_a_layer_is_a_new_version_whatever_the_apps_flags_say(flag: object, tmp_path: Path) -> None:
    before, after = versioned("a", tmp_path / "a", {LAYERS_COUNT: flag}), versioned("b", tmp_path / "b")
    assert version_id(before.template) != version_id(after.template)
    assert version_id(before.template) == version_id(versioned("a", tmp_path / "a").template)
    assert function_changed(after.release(), after.template, before.template)


def test_a_function_keeps_the_description_that_its_user_gave() -> None:
    from deployer.cdk_adapter import VersionedFunction

    described, silent = One(), One()
    VersionedFunction(described.stack, "Orders", function_name="orders", **described.props(description="Takes orders"))
    VersionedFunction(silent.stack, "Orders", function_name="orders", **silent.props())
    assert only(described.template, "Function")["Properties"]["Description"] == "Takes orders"
    assert "Description" not in only(silent.template, "Function")["Properties"]


def test_one_call_does_the_whole_of_it() -> None:
    from deployer.cdk_adapter import ReleasedFunction

    one = One()
    made = ReleasedFunction(
        one.stack, "Orders", environment="prd", function_name="orders", retry_attempts=0, targets=ON_NEW, **one.props()
    )
    template = one.template
    assert one.release().policy == replace(ENVIRONMENTS["prd"], through=Through.STACK)
    assert one.release().environment == "prd"
    assert sorted(resource["Type"].rpartition(":")[2] for resource in template["Resources"].values()) == [
        "Alias",
        "EventInvokeConfig",
        "Function",
        "Version",
    ]
    assert only(template, "Function")["Properties"]["Role"] == ROLE
    assert one.stack.resolve(made.alias.alias_name) is not None
    assert one.stack.resolve(made.function.function_arn) == {"Fn::GetAtt": [one.release().function_id, "Arn"]}


def test_what_is_given_beats_what_the_environment_has() -> None:
    from deployer.cdk_adapter import ReleasedFunction

    one = One()
    ReleasedFunction(
        one.stack,
        "Orders",
        environment="prd",
        function_name="orders",
        strategy=BlueGreen(),
        protected=False,
        alias_name="BLUE",
        targets=targets(Stable(Published(7)), alias="BLUE"),
        **one.props(),
    )
    assert one.release().policy == Policy(BlueGreen(), protected=False, through=Through.STACK)
    assert one.release().alias_name == "BLUE"


def test_two_aliases_of_one_function_share_its_version() -> None:
    from deployer.cdk_adapter import AliasRelease

    one = One()
    function = one.function()
    both = Targets((*ON_NEW.targets, *targets(Stable(LATEST), alias="DEV", emits_version=False).targets))
    one.released(function, targets=both)
    AliasRelease(
        one.stack,
        "Dev",
        function=function,
        function_name="orders",
        alias_name="DEV",
        strategy=Development(),
        targets=both,
    )
    assert len(of_type(one.template, "Version")) == 1
    assert len(of_type(one.template, "Alias")) == 2


def test_a_release_that_is_to_leave_its_stack_can_be_retained_with_all_it_has() -> None:
    """Function, role, version, alias and its retry settings: what is forgotten goes with the stack."""
    import aws_cdk

    from deployer.cdk_adapter import ReleasedFunction

    one = One()
    props = {name: value for name, value in one.props().items() if name != "role"}
    orders = ReleasedFunction(
        one.stack, "Orders", environment="prd", function_name="orders", retry_attempts=1, targets=ON_NEW, **props
    )
    aws_cdk.RemovalPolicies.of(orders).retain()
    policies = {resource["Type"]: resource.get("DeletionPolicy") for resource in one.template["Resources"].values()}
    assert policies == {
        "AWS::IAM::Role": "Retain",
        "AWS::Lambda::Function": "Retain",
        "AWS::Lambda::Version": "Retain",
        "AWS::Lambda::Alias": "Retain",
        "AWS::Lambda::EventInvokeConfig": "Retain",
    }

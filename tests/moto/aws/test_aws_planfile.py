"""A plan in a file is carried out once, or the rest of it after a death, and only while nothing has moved."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
from aws_planfiles import mutants
from aws_scenarios import STEP_1, carry_out_plan, write_plan
from aws_wire import Killed, kill_before
from aws_world import DEVELOPMENT
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deployer import BlueGreen, Deploy, Deployer, Promote
from deployer.aws.failure import Unsettled
from deployer.core.wire import action_data
from deployer.planfile import InvalidPlanFile, PlanFile, PlanOutdated

if TYPE_CHECKING:
    from collections.abc import Callable

    from aws_wire import Attempt
    from aws_world import World

    from deployer import Outcome


def planned(world: World) -> World:
    """Version 1 is stable, and a plan for code 2 lies in a file."""
    world.deploy(1)
    write_plan(world)
    return world


def kept(world: World) -> dict[str, Any]:
    data: dict[str, Any] = json.loads((world.folder / f"{world.name}.plan").read_text(encoding="utf-8"))
    return data


def _writes(outcome: Outcome | None) -> int:
    """How often one run wrote the alias."""
    return int(outcome is not None and outcome.decision.write is not None)


def test_a_plan_is_kept_without_secrets_and_carried_out_once(world: World) -> None:
    world.options = {"settings": {**world.settings(2), "Environment": {"Variables": {"PASSWORD": "hush"}}}}
    planned(world)
    assert "hush" not in json.dumps(kept(world))
    assert [action["do"] for action in kept(world)["plan"]["actions"]] == ["push-code", "publish", "shift"]
    assert _writes(carry_out_plan(world)) == 1
    assert _writes(carry_out_plan(world)) == 0
    assert (world.routings(), len(world.versions())) == (["1", STEP_1], 2)


def test_a_plan_does_what_it_said_to_the_letter(plain: World) -> None:
    planned(plain)
    outcome = carry_out_plan(plain)
    assert outcome is not None
    names = {"PushSettings": "push-settings", "PushCode": "push-code", "Publish": "publish", "Shift": "shift"}
    done = [names[type(action).__name__] for action in outcome.decision.actions]
    assert done == [action["do"] for action in kept(plain)["plan"]["actions"]]
    assert plain.text().split(":d.")[1].split(":")[0] == kept(plain)["operation_id"]


@pytest.mark.parametrize(
    ("move", "what"),
    [
        (lambda world: world.point(2), "ALIAS has moved since the plan was made: then 2, now 2, written anew"),
        (
            lambda world: world.point(2, {"1": 0.1}),
            "ALIAS has moved since the plan was made: then 2, now 2 at 90",
        ),
        (lambda world: world.edit(Timeout=99), "a setting to be released to ALIAS has moved"),
        (lambda world: world.edit_code(3), "the code of $LATEST behind ALIAS has moved"),
        (lambda world: world.options.update(code=world.zips[3]), "the code to be released to ALIAS has moved"),
        (
            lambda world: world.options.update(code=world.zips[3], settings=world.settings(3)),
            "the code with a setting to be released to ALIAS has moved",
        ),
        (lambda world: world.options.update(release="1.5.0"), "the name of the release to ALIAS has moved"),
        (lambda world: world.options.update(strategy=BlueGreen()), "what there is to do for ALIAS has moved"),
    ],
    ids=[
        "alias written as it was",
        "alias routed",
        "setting edited",
        "code edited",
        "other code wanted",
        "other content wanted",
        "other name",
        "other strategy",
    ],
)
def test_a_plan_whose_ground_has_moved_is_not_carried_out(
    world: World, move: Callable[[World], object], what: str
) -> None:
    world.deploy(2, alias="OTHER")  # so that there is a version 1 of code 2
    world.deploy(1, strategy=BlueGreen())
    write_plan(world)
    move(world)
    before = world.snapshot()
    with pytest.raises(PlanOutdated) as caught:
        carry_out_plan(world)
    assert str(caught.value).startswith(what.replace("ALIAS", f"alias LIVE of {world.name}"))
    assert str(caught.value).endswith("\n  make a new plan")
    assert world.snapshot() == before


def test_a_plan_that_a_run_left_half_way_is_finished(world: World) -> None:
    planned(world)
    for call in (6, 8, 9, 10):
        twin = world.twin(f"{world.name}-{call}")
        write_plan(twin)
        with pytest.raises(Killed):
            twin.broken(kill_before(call), lambda: carry_out_plan(twin))  # noqa: B023  # called at once
        carry_out_plan(twin)
        assert (twin.shown(), len(twin.versions())) == (STEP_1, 2)


def test_a_plan_whose_own_version_is_not_ready_yet_waits_for_it(plain: World) -> None:
    planned(plain)
    before = plain.local.settings
    plain.local.configure(version_pending_polls=4)
    try:
        with pytest.raises(Killed):
            plain.broken(die_waiting, lambda: carry_out_plan(plain))
        assert (plain.shown(), len(plain.versions())) == ("1", 2)
        assert _writes(carry_out_plan(plain)) == 1
    finally:
        plain.local.configure(**before.as_json())
    assert (plain.shown(), len(plain.versions())) == (STEP_1, 2)


def die_waiting(attempt: Attempt) -> None:
    """At the first look at the version that was just published."""
    if "Qualifier=2" in attempt.request.url:
        raise Killed


def test_a_plan_left_half_way_is_not_finished_over_somebody_elses_edit(world: World) -> None:
    planned(world)
    with pytest.raises(Killed):
        world.broken(kill_before(9), lambda: carry_out_plan(world))
    world.edit(Timeout=99)
    with pytest.raises(PlanOutdated):
        carry_out_plan(world)
    assert (world.shown(), len(world.versions())) == ("1", 1)


def test_a_plan_that_creates_is_not_carried_out_on_a_function_that_somebody_else_made(world: World) -> None:
    write_plan(world)
    world.deploy(3, strategy=DEVELOPMENT, alias="DEV")
    with pytest.raises(PlanOutdated, match=r"all of \$LATEST behind alias LIVE of "):
        carry_out_plan(world)
    assert world.shown() == "absent"


def planned_in_development(world: World) -> World:
    """`$LATEST` has code 1, the alias follows it, and a plan for code 2 lies in a file."""
    world.options = {"strategy": DEVELOPMENT}
    return planned(world)


def test_a_plan_in_development_is_not_done_again_after_somebody_went_back(world: World) -> None:
    planned_in_development(world)
    carry_out_plan(world)
    world.deploy(1)
    with pytest.raises(PlanOutdated) as caught:
        carry_out_plan(world)
    first = kept(world)["plan"]["latest"]
    assert str(caught.value) == (
        f"$LATEST behind alias LIVE of {world.name} has moved since the plan was made: "
        f"then {first}, now {first}, written anew\n  make a new plan"
    )
    assert world.there.latest.code.sha256 == world.zips.sha256(1)


def test_a_plan_in_development_is_done_once_and_finished_after_a_death(world: World) -> None:
    planned_in_development(world)
    for call in range(3, 7):
        twin = world.twin(f"{world.name}-{call}")
        write_plan(twin)
        with suppress(Killed):
            twin.broken(kill_before(call), lambda: carry_out_plan(twin))  # noqa: B023  # called at once
        for _ in range(2):
            carry_out_plan(twin)
            assert twin.there.latest.code.sha256 == twin.zips.sha256(2)


def test_a_plan_keeps_the_name_of_the_release_and_the_artifact_that_it_was_made_with(plain: World) -> None:
    plain.deploy(1)
    plain.options = {"release": "1.4.0", "release_env_var": "RELEASE"}
    prepared = plain.deployer(2).prepare(Deploy())
    path = plain.folder / "named.plan"
    PlanFile.of("prd", "main", plain.name, "LIVE", prepared, artifact=str(plain.zips[2])).write(path)
    file = PlanFile.read(path)
    assert file.brings == {"release": "1.4.0", "code": str(plain.zips[2])}
    deployer = plain.deployer(2, **file.brings)
    deployer.execute(file.prepare(deployer))
    assert plain.there.versions["2"].settings["Environment"] == {"Variables": {"RELEASE": "1.4.0"}}


def test_a_plan_is_not_carried_out_with_another_artifact_in_the_place_of_its_own(plain: World) -> None:
    plain.deploy(1)
    path = plain.folder / "named.plan"
    prepared = plain.deployer(2).prepare(Deploy())
    PlanFile.of("prd", "main", plain.name, "LIVE", prepared, artifact="orders.zip").write(path)
    with pytest.raises(PlanOutdated) as caught:
        PlanFile.read(path).prepare(plain.deployer(2, code=plain.zips[3]))
    assert str(caught.value) == (
        f"the artifact orders.zip for alias LIVE of {plain.name} has moved since the plan was made: "
        f"then {plain.zips.sha256(2)}, now {plain.zips.sha256(3)}\n  make a new plan"
    )


def test_a_plan_with_nothing_to_do_does_nothing_again(plain: World) -> None:
    plain.deploy(2)
    write_plan(plain)
    outcome = carry_out_plan(plain)
    assert outcome is not None
    assert (outcome.decision.actions, plain.routings()) == ((), ["1"])


def test_of_two_that_carry_out_one_plan_at_once_both_end_well_and_it_is_done_once(world: World) -> None:
    planned(world)

    def meanwhile(attempt: Any) -> None:
        if attempt.operation == "UpdateAlias":
            carry_out_plan(world.rival)

    # It is one operation, so what the other wrote is taken for our own.
    world.broken(meanwhile, lambda: carry_out_plan(world))
    assert _writes(carry_out_plan(world)) == 0
    assert world.routings() == ["1", STEP_1]
    assert (world.shown(), len(world.versions())) == (STEP_1, 2)


@pytest.fixture
def whoever_plans(plain: World) -> Deployer:
    """Version 1 is stable, and a plan for code 2 lies in a file."""
    return planned(plain).deployer(2)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])  # nothing is written at Lambda
@given(data=st.data())
def test_a_plan_changed_anywhere_is_refused_or_does_what_it_says(
    plain: World, whoever_plans: Deployer, data: st.DataObject
) -> None:
    path = plain.folder / "mutant.plan"
    path.write_bytes(data.draw(mutants(kept(plain))))
    with suppress(InvalidPlanFile, PlanOutdated):
        file = PlanFile.read(path)
        prepared = file.prepare(whoever_plans)
        assert [action_data(action) for action in prepared.decision.actions] == file.data["actions"]


def test_a_plan_that_creates_an_alias_can_be_carried_out_again_once_somebody_has_deleted_it(plain: World) -> None:
    """The one limit: what the plan was made from is so again."""
    plain.deploy(1, strategy=DEVELOPMENT, alias="DEV")
    write_plan(plain)
    carry_out_plan(plain)
    plain.client.delete_alias(FunctionName=plain.name, Name="LIVE")
    assert _writes(carry_out_plan(plain)) == 1
    assert (plain.routings()[-1], len(plain.versions())) == ("1", 1)


def test_only_deploys_are_kept(plain: World) -> None:
    plain.deploy(1)
    prepared = plain.deployer().prepare(Promote())
    with pytest.raises(TypeError):
        PlanFile.of("prd", "main", plain.name, "LIVE", prepared)


def test_a_refusal_is_not_kept(plain: World) -> None:
    prepared = plain.deployer(1, settings={}).prepare()
    with pytest.raises(TypeError):
        PlanFile.of("prd", "main", plain.name, "LIVE", prepared)


def test_what_is_decided_only_after_lambdas_own_move_cannot_be_kept(plain: World) -> None:
    plain.deploy(1)
    plain.client.put_provisioned_concurrency_config(
        FunctionName=plain.name, Qualifier="LIVE", ProvisionedConcurrentExecutions=1
    )
    for _ in range(3):
        plain.client.get_alias(FunctionName=plain.name, Name="LIVE")
    polls = plain.local.settings.provisioned_polls
    plain.local.configure(provisioned_polls=20)
    try:
        plain.deploy(2, strategy=BlueGreen())
        with pytest.raises(Unsettled, match="could not keep the plan: Lambda is moving provisioned concurrency"):
            write_plan(plain)
    finally:
        plain.local.configure(provisioned_polls=polls)

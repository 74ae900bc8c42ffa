"""Each verb in each situation in which it does something: where the alias goes, and where it goes when run again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from unittest.mock import patch

from aws_world import CANARY, DEVELOPMENT, boto3_session

from deployer import BlueGreen, Deploy, OnNewer, Outcome
from deployer.planfile import PlanFile

if TYPE_CHECKING:
    from aws_world import World

RESTART = replace(CANARY, on_newer=OnNewer.RESTART)


@dataclass(frozen=True)
class Scenario:
    """`once` and `twice` tell the alias after one and after two runs of the same command.

    What is not `main` differs from another scenario in little, and meets each fault in nightly runs alone.
    """

    name: str
    command: str
    before: Callable[[World], None]
    run: Callable[[World], Outcome | None]
    once: str
    twice: str
    versions: int
    ready: Callable[[World], None] = lambda _world: None
    main: bool = True

    def __str__(self) -> str:
        return self.name


def _nothing(_world: World) -> None:
    return None


def _stable(world: World) -> None:
    world.deploy(1)


def _function_alone(world: World) -> None:
    world.deploy(1, strategy=DEVELOPMENT, alias="DEV")


def _development(world: World) -> None:
    world.deploy(1, strategy=DEVELOPMENT)


def _transition(world: World) -> None:
    world.deploy(1)
    world.deploy(2)


def _last_step(world: World) -> None:
    world.deploy(1)
    world.deploy(2, times=3)


def _second_stable(world: World) -> None:
    world.deploy(1)
    world.deploy(2, strategy=BlueGreen())


def _third_stable(world: World) -> None:
    _second_stable(world)
    world.deploy(3, strategy=BlueGreen())


def _rolled_back(world: World) -> None:
    _second_stable(world)
    world.deployer().rollback()


def _bucket(world: World) -> None:
    """Code 1 is released, and there is a bucket for what comes next."""
    world.deploy(1)
    bucket = f"code-{world.name}"
    client = boto3_session().client("s3", region_name=world.local.region)
    client.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    world.options = {"artifact_bucket": bucket}


def _by_way_of_s3(world: World) -> Outcome:
    """Code 2 as if it were too large to be sent along; no two functions share what they upload."""
    with patch("deployer.artifact.model.DIRECT_UPLOAD_LIMIT", 10):
        return world.deployer(2, artifact_prefix=f"{world.name}/").deploy()


def _put_code(world: World) -> None:
    """Code 2 in the bucket, stored without the hash that Lambda goes by."""
    client = boto3_session().client("s3", region_name=world.local.region)
    client.put_object(
        Bucket=world.options["artifact_bucket"],
        Key=f"{world.name}.zip",
        Body=world.zips[2].read_bytes(),
        ChecksumAlgorithm="CRC32",
    )


def _from_s3(world: World) -> Outcome:
    return world.deployer(2, code=f"s3://{world.options['artifact_bucket']}/{world.name}.zip").deploy()


def _other_variable(world: World) -> Outcome:
    settings = {**world.settings(1), "Environment": {"Variables": {"MODE": "fast"}}}
    return world.deployer(1, settings=settings).deploy()


def write_plan(world: World) -> None:
    """`deployer plan --out FILE`."""
    prepared = world.deployer(2).prepare(Deploy())
    PlanFile.of("prd", "main", world.name, "LIVE", prepared).write(world.folder / f"{world.name}.plan")


def carry_out_plan(world: World) -> Outcome | None:
    """`deployer deploy --plan FILE`."""
    kept = PlanFile.read(world.folder / f"{world.name}.plan")
    deployer = world.deployer(2)
    return deployer.execute(kept.prepare(deployer))


STEP_1, STEP_2, STEP_3 = "2 at 25 %, 1 at 75 %", "2 at 50 %, 1 at 50 %", "2 at 75 %, 1 at 25 %"
ROUTED = "2 at 60 %, 1 at 40 %"

SCENARIOS = (
    Scenario("create the function", "deploy", _nothing, lambda w: w.deployer(1).deploy(), "1", "1", 1),
    Scenario(
        "create in development",
        "deploy",
        _nothing,
        lambda w: w.deployer(1, strategy=DEVELOPMENT).deploy(),
        "$LATEST",
        "$LATEST",
        0,
    ),
    Scenario(
        "deploy in development",
        "deploy",
        _development,
        lambda w: w.deployer(2, strategy=DEVELOPMENT).deploy(),
        "$LATEST",
        "$LATEST",
        0,
    ),
    Scenario("first release", "deploy", _function_alone, lambda w: w.deployer(2).deploy(), "1", "1", 1),
    Scenario("leave $LATEST", "deploy", _development, lambda w: w.deployer(2).deploy(), "1", "1", 1),
    Scenario("blue/green", "deploy", _stable, lambda w: w.deployer(2, strategy=BlueGreen()).deploy(), "2", "2", 2),
    Scenario("canary start", "deploy", _stable, lambda w: w.deployer(2).deploy(), STEP_1, STEP_2, 2),
    Scenario(
        "code alone",
        "deploy",
        _stable,
        lambda w: w.deployer(2, settings=w.settings(1)).deploy(),
        STEP_1,
        STEP_2,
        2,
    ),
    Scenario(
        "settings alone",
        "deploy",
        _stable,
        lambda w: w.deployer(1, settings=w.settings(2)).deploy(),
        STEP_1,
        STEP_2,
        2,
    ),
    Scenario("a variable alone", "deploy", _stable, _other_variable, STEP_1, STEP_2, 2, main=False),
    Scenario("code by way of S3", "deploy", _bucket, _by_way_of_s3, STEP_1, STEP_2, 2),
    Scenario("code from S3", "deploy", _bucket, _from_s3, STEP_1, STEP_2, 2, ready=_put_code),
    Scenario(
        "create in a named account",
        "deploy",
        _nothing,
        lambda w: w.deployer(1, account=w.local.account).deploy(),
        "1",
        "1",
        1,
    ),
    Scenario(
        "canary step",
        "deploy",
        _transition,
        lambda w: w.deployer(2).deploy(),
        STEP_2,
        "2 at 75 %, 1 at 25 %",
        2,
    ),
    Scenario("canary finish", "deploy", _last_step, lambda w: w.deployer(2).deploy(), "2", "2", 2),
    Scenario(
        "canary restart",
        "deploy",
        _transition,
        lambda w: w.deployer(3, strategy=RESTART).deploy(),
        "3 at 25 %, 1 at 75 %",
        "3 at 50 %, 1 at 50 %",
        3,
    ),
    Scenario("deploy again", "deploy", _rolled_back, lambda w: w.deployer(2).deploy(again=True), STEP_1, STEP_2, 2),
    Scenario(
        "deploy again, at once",
        "deploy",
        _rolled_back,
        lambda w: w.deployer(2, strategy=BlueGreen()).deploy(again=True),
        "2",
        "2",
        2,
        main=False,
    ),
    Scenario(
        "route", "route", _third_stable, lambda w: w.deployer().route(2, 1, 40), *("2 at 60 %, 1 at 40 %",) * 2, 3
    ),
    Scenario("promote", "promote", _transition, lambda w: w.deployer().promote(), "2", "2", 2),
    Scenario("rollback", "rollback", _transition, lambda w: w.deployer().rollback(), "1", "1", 2),
    Scenario("rollback of a stable version", "rollback", _third_stable, lambda w: w.deployer().rollback(), "2", "2", 3),
    Scenario("rollback --to", "rollback", _third_stable, lambda w: w.deployer().rollback(1), "1", "1", 3),
    Scenario("plan file", "deploy", _stable, carry_out_plan, STEP_1, STEP_1, 2, ready=write_plan),
    Scenario("plan file that creates", "deploy", _nothing, carry_out_plan, "1", "1", 1, ready=write_plan),
)
MAIN = tuple(one for one in SCENARIOS if one.main)

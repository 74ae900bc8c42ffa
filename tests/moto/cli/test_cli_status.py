"""What `status` tells of transitions that others began."""

from __future__ import annotations

import pytest
from cli_world import Project

ADVICE = "take it over with --adopt, or use `deployer route VERSION1 [VERSION2 WEIGHT] --env prd`"
FOREIGN = "the transition 2 at 37 %, 1 at 63 % was not begun by a deploy of ours"
REVERSED = (
    "the transition 1 at 37 %, 2 at 63 % has the lower number first, as CodeDeploy does; the release seems to go to 2"
)
LET_IT = (
    "let CodeDeploy finish or stop it; or set what you mean with `deployer route VERSION1 [VERSION2 WEIGHT] --env stg`"
    "; or take it over with --adopt as a release to 2"
)
CARRIED = "`deployer deploy --env stg` takes it to all traffic"


@pytest.mark.parametrize(
    ("environment", "versions", "told", "code"),
    [
        ("prd", ("2", "1"), (f"{FOREIGN}, and the environment is protected", ADVICE), 5),
        ("stg", ("2", "1"), (f"{FOREIGN}; carrying on with it as a canary", CARRIED), 0),
        ("stg", ("1", "2"), (REVERSED, LET_IT), 5),
    ],
)
def test_of_a_transition_that_others_began_status_says_what_deploy_would_do(
    environment: str, versions: tuple[str, str], told: tuple[str, str], code: int, project: Project
) -> None:
    project.released(1, 2)
    project.write_alias(versions[0], {versions[1]: 0.63}, Description="")
    ran = project.run("status", "--env", environment)
    assert ran.code == 0
    assert ran.out.splitlines()[3:] == [f"  attention  {told[0]}", f"  next       {told[1]}"]
    assert project.run("deploy", "--env", environment, "--yes").code == code


def test_after_a_change_by_hand_what_is_on_the_alias_was_not_there_before(project: Project) -> None:
    project.released(1, 2, 3)
    project.write_alias("2")
    assert "  before     1\n" in project.run("status", "--env", "stg").out


def test_a_transition_set_by_hand_has_no_next_step(project: Project) -> None:
    project.released(1, 2)
    project.run("rollback", "--env", "stg")
    project.run("route", "1", "2", "30", "--env", "stg")
    assert project.run("status", "--env", "stg").out.splitlines()[-1] == (
        "  attention  the transition 1 at 70 %, 2 at 30 % was set by hand and is left alone; "
        "`deployer promote --env stg`"
        ", `deployer rollback --env stg` or `deployer route VERSION1 [VERSION2 WEIGHT] --env stg` move it"
    )


def test_a_move_of_provisioned_concurrency_is_told_as_lambdas_own(project: Project) -> None:
    project.released(1)
    project.client.put_provisioned_concurrency_config(
        FunctionName=project.name(), Qualifier="LIVE", ProvisionedConcurrentExecutions=1
    )
    project.run("deploy", "--env", "stg")
    project.local.configure(provisioned_polls=1000)
    project.code("orders", 2)
    project.run("deploy", "--env", "stg")
    ran = project.run("status", "--env", "prd")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines()[1:4] == [
        "  now              2      0 %",
        "                   1    100 %  ████████████████████",
        "             Lambda's move of provisioned concurrency: under way",
    ]

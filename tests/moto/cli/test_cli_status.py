"""What `status` tells of transitions that others began."""

from __future__ import annotations

import pytest
from cli_world import Project

PROTECTED, OPEN = (
    ("prd", "`deployer deploy --adopt` carries on with it"),
    ("stg", "`deployer deploy` carries on with it"),
)


@pytest.mark.parametrize(("environment", "told"), [PROTECTED, OPEN])
def test_a_transition_that_others_began_promises_no_step_that_deploy_would_refuse(
    project: Project, environment: str, told: str
) -> None:
    project.run("deploy", "--env", environment, "--yes")
    project.code("orders", 2)
    project.client.publish_version(FunctionName=project.name())
    project.client.update_function_configuration(FunctionName=project.name(), Timeout=5)
    project.client.publish_version(FunctionName=project.name())
    project.client.update_alias(
        FunctionName=project.name(),
        Name="LIVE",
        FunctionVersion="2",
        RoutingConfig={"AdditionalVersionWeights": {"1": 0.63}},
        Description="",
    )
    ran = project.run("status", "--env", environment)
    assert ran.code == 0
    assert ran.out.splitlines()[-2:] == [
        "  attention  this transition was begun by other means than a deploy of ours",
        f"  next       {told}",
    ]


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

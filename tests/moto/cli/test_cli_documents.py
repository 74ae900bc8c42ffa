"""Every command's JSON fits docs/output.schema.json, whatever it ends with."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cli_world import Project

# The check of the schema lives beside the unit tests.
sys.path.insert(0, str(Path(__file__).parents[2] / "unit" / "cli"))
from cli_schema import valid

PRD = ("--env", "prd")
JSON = ("--output", "json")


def document(project: Project, *arguments: str) -> dict[str, Any]:
    """The document of a command, which fits the schema and has the process's own exit code."""
    ran = project.run(*arguments, *JSON)
    found = valid(ran.out)
    assert (found["exit_code"], found["command"]) == (ran.code, arguments[0])
    return found


def one(project: Project, *arguments: str) -> dict[str, Any]:
    """The part of the only function."""
    (part,) = document(project, *arguments)["functions"]
    assert isinstance(part, dict)
    return part


def test_a_whole_life(project: Project) -> None:
    assert one(project, "status", *PRD)["state"] == {"state": "absent"}
    planned = one(project, "plan", *PRD, "--rollout")
    assert (planned["exit_code"], planned["changes"]) == (0, True)
    assert one(project, "plan", *PRD, "--detailed-exitcode")["exit_code"] == 2
    first = one(project, "deploy", *PRD, "--yes")
    assert (first["result"], first["published"], first["before"]) == ("done", "1", {"state": "absent"})
    assert one(project, "deploy", *PRD, "--yes")["result"] == "nothing to do"
    project.code("orders", 2)
    planned = one(project, "plan", *PRD, "--rollout")
    assert [step["actions"][-1]["after"].get("weight", 0) for step in planned["rollout"]] == [75, 50, 25, 0]
    moved = one(project, "deploy", *PRD, "--yes")
    assert moved["after"] == {"state": "transition", "version1": "2", "version2": "1", "weight": 75}
    assert one(project, "status", *PRD)["memory"]["head"] == "2"
    assert [entry["share"] for entry in one(project, "history", *PRD)["versions"]] == [25, 75]
    assert one(project, "promote", *PRD, "--yes")["after"] == {"state": "stable", "version1": "2"}
    assert one(project, "rollback", *PRD, "--yes")["after"] == {"state": "stable", "version1": "1"}
    assert one(project, "route", "1", "2", "12.5", *PRD, "--yes")["after"]["weight"] == 12.5


def test_every_part_says_in_which_account_and_region(project: Project) -> None:
    absent = one(project, "status", *PRD)
    assert (absent["account"], absent["region"]) == (None, "eu-central-1")
    project.released(1)
    for command in (("status",), ("plan",), ("deploy", "--yes"), ("rollback", "--yes")):
        part = one(project, *command, *PRD)
        assert (part["account"], part["region"]) == ("123456789012", "eu-central-1")


def test_nothing_but_the_document_is_printed(project: Project) -> None:
    assert project.run("deploy", *PRD, "--yes", *JSON).err == ""


def test_a_development_environment(project: Project) -> None:
    assert one(project, "deploy", "--env", "sbx")["after"] == {"state": "stable", "version1": "$LATEST"}


def test_a_refusal(project: Project) -> None:
    part = one(project, "rollback", *PRD, "--yes")
    assert (part["result"], part["error"]["reason"], part["exit_code"]) == ("refused", "no-alias", 5)
    project.configure(role="")
    assert one(project, "plan", *PRD)["decision"]["reason"] == "no-function"


def test_a_failure_before_anything_is_decided(project: Project) -> None:
    project.configure(extra='[environments.prd]\naccount = "999999999999"\n')
    for command in (("status",), ("history",), ("plan",), ("deploy", "--yes")):
        project.released(1)
        part = one(project, *command, *PRD)
        assert part["error"]["kind"] == "WrongAccount"


def test_several_functions_of_which_one_is_refused(make_project: Callable[..., Project]) -> None:
    project = make_project("orders", "mails")
    project.run("deploy", "--env", "stg", "--function", "orders")
    parts = document(project, "promote", "--env", "stg")["functions"]
    assert [(part["result"], part["exit_code"]) for part in parts] == [("not begun", None), ("refused", 5)]


def test_a_usage_error(project: Project) -> None:
    assert document(project, "deploy", *PRD)["error"]["kind"] == "UsageError"


def test_local(project: Project) -> None:
    process = project.start("local", *JSON)
    assert process.stdout is not None
    lines: list[str] = []
    while not lines or lines[-1] != "}\n":
        lines.append(process.stdout.readline())
    process.terminate()
    process.communicate(timeout=60)
    assert valid("".join(lines))["role"] == "arn:aws:iam::123456789012:role/lambda"


def test_lambda_moving_provisioned_concurrency_is_waiting(project: Project) -> None:
    project.released(1)
    project.client.put_provisioned_concurrency_config(
        FunctionName=project.name(), Qualifier="LIVE", ProvisionedConcurrentExecutions=1
    )
    assert one(project, "deploy", "--env", "stg")["exit_code"] == 0
    project.local.configure(provisioned_polls=1000)
    project.code("orders", 2)
    assert one(project, "deploy", "--env", "stg")["exit_code"] == 0
    assert one(project, "status", "--env", "stg")["state"]["state"] == "settling"
    planned = one(project, "plan", "--env", "stg")
    assert (planned["exit_code"], planned["changes"], planned["decision"]["actions"][0]["do"]) == (0, False, "await")
    assert one(project, "plan", "--env", "stg", "--detailed-exitcode")["exit_code"] == 6
    assert one(project, "promote", "--env", "stg")["exit_code"] == 6

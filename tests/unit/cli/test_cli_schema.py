"""The schema's check itself, and the documents of the commands that need no AWS."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from cli_runs import Runner
from cli_schema import SCHEMA, mistakes, valid

GOOD: dict[str, Any] = {
    "schema": "deployer/1",
    "command": "init",
    "exit_code": 0,
    "path": "deployer.toml",
    "function": "orders",
    "handler": None,
    "code": None,
}


def test_a_document_that_fits_has_no_mistakes() -> None:
    assert list(mistakes(GOOD, SCHEMA, "$")) == []


@pytest.mark.parametrize(
    "change",
    [
        {"schema": "deployer/2"},
        {"exit_code": 7},
        {"command": "status"},
        {"handler": 7},
        {"more": "than described"},
    ],
)
def test_a_document_that_does_not_fit_is_found_out(change: dict[str, Any]) -> None:
    assert list(mistakes({**GOOD, **change}, SCHEMA, "$")) != []


def test_a_missing_member_is_found_out() -> None:
    assert list(mistakes({name: GOOD[name] for name in GOOD if name != "path"}, SCHEMA, "$")) != []


def test_init(here: Path, run: Runner) -> None:
    ran = run("init", "--output", "json")
    path = str(here / "deployer.toml")
    assert (ran.code, ran.err) == (0, "")
    assert valid(ran.out) == {**GOOD, "path": path, "function": "shop"}


def test_config(configured: Path, run: Runner) -> None:
    ran = run("config", "--env", "prd", "--function", "orders", "--output", "json")
    document = valid(ran.out)
    values = {value["key"]: (value["value"], value["where"]) for value in document["functions"][0]["values"]}
    assert (ran.code, ran.err) == (0, "")
    assert values["canary_increments"] == ([25, 50, 75], "default")
    assert values["account"] == ("123456789012", "deployer.toml:13")
    assert values["environment.SECRET"] == ("***", "deployer.toml:7")


def test_config_of_what_another_environment_may_release_to(here: Path, run: Runner) -> None:
    (here / "deployer.toml").write_text("[functions.pays]\nname = 'pays'\ncode = 'src'\n", encoding="utf-8")
    document = valid(run("config", "--env", "sbx", "--output", "json").out)
    assert (document["exit_code"], [function["function"] for function in document["functions"]]) == (78, ["pays"])
    assert [(problem["line"], problem["key"]) for problem in document["error"]["problems"]] == [
        (2, "functions.pays.name")
    ]


def test_package(configured: Path, run: Runner) -> None:
    document = valid(run("package", "--env", "prd", "--function", "orders", "--out", "o.zip", "--output", "json").out)
    assert (document["path"], document["size"]) == ("o.zip", (configured / "o.zip").stat().st_size)


def test_iam_policy(configured: Path, run: Runner) -> None:
    document = valid(run("iam-policy", "--env", "prd", "--output", "json").out)
    sids = [statement["Sid"] for statement in document["policy"]["Statement"]]
    assert sids == ["Function", "PassRole", "Watch", "Function2"]


def test_an_error_is_a_document_too_and_people_read_it_on_stderr(configured: Path, run: Runner) -> None:
    (configured / "deployer.toml").write_text("alais = 1\n[functions.orders]\ncode = 'src'\n", encoding="utf-8")
    ran = run("status", "--env", "prd", "--output=json")
    message = "deployer.toml:1: alais: unknown key; did you mean alias?"
    problem = {"file": "deployer.toml", "line": 1, "key": "alais", "what": "unknown key; did you mean alias?"}
    assert ran.code == 78
    assert valid(ran.out) == {
        "schema": "deployer/1",
        "command": "status",
        "exit_code": 78,
        "error": {"kind": "ConfigError", "message": message, "problems": [problem]},
    }
    assert ran.err == f"deployer: {message}\n"


def test_a_usage_error_without_a_command_is_a_document_too(here: Path, run: Runner) -> None:
    document = valid(run("depoly", "--output", "json").out)
    assert (document["command"], document["exit_code"]) == (None, 64)
    assert document["error"]["message"] == "there is no command depoly; did you mean deploy?"

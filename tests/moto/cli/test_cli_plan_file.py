"""Plans kept in files: carried out once, and only as long as nothing has moved."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable

import pytest
from cli_world import Project

PRD = ("--env", "prd")


@pytest.fixture
def planned(project: Project) -> Project:
    """Version 1 is stable; a plan for new code is in plan.json."""
    project.released(1)
    project.code("orders", 2)
    assert project.run("plan", *PRD, "--out", "plan.json").code == 0
    return project


def test_a_plan_is_carried_out_once_however_often_it_is_run(planned: Project) -> None:
    assert planned.run("deploy", "--plan", "plan.json", "--yes").code == 0
    assert planned.alias() == ("2", {"1": 0.75})
    again = planned.run("deploy", "--plan", "plan.json", "--yes")
    run = json.loads((planned.here / "plan.json").read_text(encoding="utf-8"))["operation_id"]
    assert (again.code, again.err) == (0, "")
    assert f"  done       nothing\n  note       this plan was carried out already (run {run})\n" in again.out
    assert planned.alias() == ("2", {"1": 0.75})
    assert planned.versions() == ["1", "2"]


def test_plan_says_that_the_file_is_written_and_how_it_is_used(planned: Project) -> None:
    given = ("--config", "deployer.toml")
    ran = planned.run("plan", *PRD, "--out", "my plan", "--release", "1.4.0", *given)
    # The release's name is in the file.
    typed = f"deployer deploy --plan 'my plan' {' '.join(given)}"
    assert ran.out.splitlines()[-2:] == [
        "  written    my plan",
        f"  next       `{typed}` carries it out, if nothing has moved",
    ]
    assert planned.run(*shlex.split(typed)[1:], "--yes").code == 0
    assert planned.alias() == ("2", {"1": 0.75})


def test_a_plan_in_a_development_environment_is_carried_out_once_too(project: Project) -> None:
    project.run("plan", "--env", "sbx", "--out", "plan.json")
    for _ in range(2):
        assert project.run("deploy", "--plan", "plan.json").code == 0
    assert project.alias() == ("$LATEST", {})


def test_environment_and_function_may_be_named_again(planned: Project) -> None:
    assert planned.run("deploy", "--plan", "plan.json", *PRD, "--function", "orders", "--yes").code == 0


@pytest.mark.parametrize(
    ("move", "told"),
    [
        (
            lambda project: project.write_alias("1"),
            "alias LIVE of NAME has moved since the plan was made: then 1, now 1, written anew",
        ),
        (
            lambda project: project.code("orders", 3),
            "the code to be released to alias LIVE of NAME has moved since the plan was made: ",
        ),
        (
            lambda project: project.client.update_function_configuration(FunctionName=project.name(), Timeout=9),
            "a setting to be released to alias LIVE of NAME has moved since the plan was made: ",
        ),
        (
            lambda project: project.configure(top='alias = "GREEN"'),
            "the function's name or alias in the configuration has moved since the plan was made: ",
        ),
    ],
    ids=["alias", "code", "settings", "configuration"],
)
def test_a_plan_is_refused_once_something_has_moved(
    move: Callable[[Project], object], told: str, planned: Project
) -> None:
    move(planned)
    ran = planned.run("deploy", "--plan", "plan.json", "--yes")
    assert ran.code == 5
    assert ran.err.startswith(f"deployer: {told.replace('NAME', planned.name())}")
    assert ran.err.endswith("\n  make a new plan\n")
    assert planned.versions() == ["1"]


def test_a_refusal_is_no_plan_and_leaves_no_file(project: Project) -> None:
    project.configure(role="")
    ran = project.run("plan", *PRD, "--out", "plan.json")
    assert (ran.code, "written" in ran.out) == (5, False)
    assert not (project.here / "plan.json").exists()


@pytest.fixture
def named(project: Project) -> Project:
    """A plan for an artifact that is not the configured code, as release 1.4.0."""
    project.released(1)
    project.code("orders", 2)
    project.run("package", *PRD, "--out", "orders.zip")
    project.code("orders", 3)
    planned = project.run("plan", *PRD, "--artifact", "orders.zip", "--release", "1.4.0", "--out", "plan.json")
    assert planned.code == 0
    return project


@pytest.mark.parametrize("options", [(), ("--artifact", "orders.zip"), ("--release", "1.4.0")], ids=" ".join)
def test_the_artifact_and_the_name_that_a_plan_was_made_with_are_kept(named: Project, options: tuple[str, ...]) -> None:
    assert named.run("deploy", "--plan", "plan.json", *options, "--yes").code == 0
    version = named.client.get_function_configuration(FunctionName=named.name(), Qualifier="2")
    assert version["Description"].startswith("release 1.4.0; ")
    assert f'"code_sha256": "{version["CodeSha256"]}"' in (named.here / "plan.json").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("option", "told"),
    [
        (("--artifact", "other.zip"), "plan.json is a plan for artifact orders.zip, not other.zip"),
        (("--release", "1.5.0"), "plan.json is a plan for release 1.4.0, not 1.5.0"),
    ],
)
def test_another_artifact_or_name_than_the_plans_is_a_mistake(
    named: Project, option: tuple[str, str], told: str
) -> None:
    ran = named.run("deploy", "--plan", "plan.json", *option, "--yes")
    assert (ran.code, ran.err.splitlines()[0]) == (64, f"deployer: {told}")
    assert named.versions() == ["1"]


def test_a_plan_without_an_artifact_takes_none(planned: Project) -> None:
    ran = planned.run("deploy", "--plan", "plan.json", "--artifact", "orders.zip", "--yes")
    assert (ran.code, ran.err.splitlines()[0]) == (
        64,
        "deployer: plan.json is a plan for artifact (none named), not orders.zip",
    )

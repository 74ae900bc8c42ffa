"""Somebody else is faster at one call of a command: it ends with 5, says what moved, and leaves the traffic alone."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import botocore.client
import pytest
from cli_world import Project

Rival = Callable[[Project], object]

DEPLOY = ("deploy", "--env", "prd", "--yes")
UNTOUCHED = "  traffic is untouched; run the command again if you still want it\n"
LOOK = "  look at it with `deployer status --env prd`, and run the command again if you still want it\n"
OTHERS = 'other means than a command of ours, its text now "the rival\'s"'
IN_BETWEEN = "somebody else changed the function in between"


@dataclass(frozen=True)
class Race:
    """Just before our `operation` the rival acts; `told` is the whole complaint, `{name}` the function's at Lambda."""

    operation: str
    rival: Rival
    told: str


def _zipped() -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("app.py", "def handler(event, context):\n    return 'the rival'\n")
    return held.getvalue()


def push(project: Project) -> None:
    project.client.update_function_code(FunctionName=project.name(), ZipFile=_zipped())


def edit(**settings: Any) -> Rival:
    return lambda project: project.client.update_function_configuration(FunctionName=project.name(), **settings)


def push_and_edit(project: Project) -> None:
    push(project)
    edit(Timeout=9, Environment={"Variables": {"TOKEN": "hunter2"}})(project)


def publish(project: Project) -> None:
    project.client.publish_version(FunctionName=project.name(), Description="the rival's")


def route(project: Project) -> None:
    project.client.publish_version(FunctionName=project.name())
    project.write_alias("2", {"1": 0.9}, Description="the rival's")


def create_alias(project: Project) -> None:
    project.client.create_alias(FunctionName=project.name(), Name="PRD", FunctionVersion="1", Description="the rival's")


def create_function(project: Project) -> None:
    project.client.create_function(
        FunctionName=project.name(),
        Role=project.role,
        Runtime="python3.13",
        Handler="app.handler",
        Code={"ZipFile": _zipped()},
    )


RACES = [
    Race("UpdateFunctionConfiguration", push, f"change the settings of {{name}}: {IN_BETWEEN}: code\n{UNTOUCHED}"),
    Race(
        "UpdateFunctionConfiguration",
        edit(Timeout=9),
        f"change the settings of {{name}}: {IN_BETWEEN}: Timeout\n{UNTOUCHED}",
    ),
    Race(
        "UpdateFunctionConfiguration",
        edit(Description="the rival's"),
        f"change the settings of {{name}}: {IN_BETWEEN}: published, or described anew\n{UNTOUCHED}",
    ),
    Race("UpdateFunctionCode", push, f"push the code of {{name}}: {IN_BETWEEN}: code\n{UNTOUCHED}"),
    Race(
        "UpdateFunctionCode",
        push_and_edit,
        f"push the code of {{name}}: {IN_BETWEEN}: code, Environment.Variables.CODE, Environment.Variables.TOKEN, "
        f"Timeout\n{UNTOUCHED}",
    ),
    Race("PublishVersion", push, f"publish {{name}}: {IN_BETWEEN}: code\n{UNTOUCHED}"),
    Race("PublishVersion", edit(Timeout=9), f"publish {{name}}: {IN_BETWEEN}: Timeout\n{UNTOUCHED}"),
    Race(
        "PublishVersion",
        publish,
        f"publish {{name}}: somebody else published the same content as version 2\n{UNTOUCHED}",
    ),
]


@pytest.fixture
def canary(project: Project) -> Project:
    """Version 1 is stable; new code and a new setting wait to be released."""
    project.configure(extra='[functions.orders.environment]\nCODE = "1"\n')
    project.released(1)
    project.configure(extra='[functions.orders.environment]\nCODE = "2"\n')
    project.code("orders", 2)
    return project


def beaten(monkeypatch: pytest.MonkeyPatch, project: Project, operation: str, rival: Rival) -> None:
    """Let the rival act once, just before the command's own call of `operation`."""
    kind: Any = botocore.client.BaseClient
    call = kind._make_api_call
    waiting = [rival]

    def wrapped(self: Any, operation_name: str, members: Any) -> Any:
        ours = "deployer/" in (self.meta.config.user_agent_extra or "")
        if ours and operation_name == operation and waiting:
            waiting.pop()(project)
        return call(self, operation_name, members)

    monkeypatch.setattr(kind, "_make_api_call", wrapped)


def complaint(err: str) -> str:
    """What is said at the end, after what was being done."""
    return err[err.index("deployer: could not ") :]


@pytest.mark.parametrize("race", RACES, ids=lambda race: f"{race.operation}: {race.told.splitlines()[0][-30:]}")
def test_whoever_is_beaten_to_the_function_is_told_what_moved(
    canary: Project, monkeypatch: pytest.MonkeyPatch, race: Race
) -> None:
    beaten(monkeypatch, canary, race.operation, race.rival)
    ran = canary.run(*DEPLOY)
    assert (ran.code, ran.out) == (5, "")
    assert complaint(ran.err) == f"deployer: could not {race.told.format(name=canary.name())}"
    assert "hunter2" not in ran.err
    assert canary.alias() == ("1", {})
    assert canary.run(*DEPLOY).code == 0
    assert canary.alias() == ("2", {"1": 0.75})


def test_a_publish_goes_on_where_only_the_description_was_changed(
    canary: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    beaten(monkeypatch, canary, "PublishVersion", edit(Description="the rival's"))
    assert canary.run(*DEPLOY).code == 0
    assert canary.alias() == ("2", {"1": 0.75})


def test_a_rival_whose_update_is_still_in_progress_is_waited_for_and_told_of(
    canary: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def rival(project: Project) -> None:
        project.local.configure(pending_polls=1)
        push(project)

    beaten(monkeypatch, canary, "UpdateFunctionCode", rival)
    ran = canary.run(*DEPLOY)
    assert ran.code == 5
    assert complaint(ran.err).startswith(f"deployer: could not push the code of {canary.name()}: {IN_BETWEEN}: code\n")
    assert canary.alias() == ("1", {})


def test_whoever_is_beaten_to_the_alias_is_told_where_it_points_now(
    canary: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    beaten(monkeypatch, canary, "UpdateAlias", route)
    ran = canary.run(*DEPLOY)
    assert (ran.code, ran.out) == (5, "")
    assert complaint(ran.err) == (
        f"deployer: could not move alias LIVE of {canary.name()} from 1 to 2 at 25 %, 1 at 75 %: somebody else changed "
        f"it in between: it is now 2 at 10 %, 1 at 90 %, by {OTHERS}\n{LOOK}"
    )
    assert canary.alias() == ("2", {"1": 0.9})


def test_whoever_is_beaten_to_the_making_of_an_alias_is_told_where_it_points_now(
    canary: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    canary.configure(extra=f'{canary.extra}[environments.prd]\nalias = "PRD"\n')
    beaten(monkeypatch, canary, "CreateAlias", create_alias)
    ran = canary.run(*DEPLOY)
    assert (ran.code, ran.out) == (5, "")
    assert complaint(ran.err) == (
        f"deployer: could not move alias PRD of {canary.name()} from absent to 2: somebody else changed it in between: "
        f"it is now 1, by {OTHERS}\n{LOOK}"
    )
    assert canary.client.get_alias(FunctionName=canary.name(), Name="PRD")["FunctionVersion"] == "1"


def test_whoever_is_beaten_to_the_making_of_a_function_is_told_so(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    beaten(monkeypatch, project, "CreateFunction", create_function)
    ran = project.run(*DEPLOY)
    assert (ran.code, ran.out) == (5, "")
    assert complaint(ran.err) == (
        f"deployer: could not create function {project.name()}: somebody else created it in between, with other code "
        f"or settings\n{UNTOUCHED}"
    )
    assert (project.alias(), project.versions()) == (None, [])
    assert project.run(*DEPLOY).code == 0
    assert project.alias() == ("1", {})


def test_the_document_of_a_lost_race_has_its_kind_its_message_and_its_code(
    canary: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    beaten(monkeypatch, canary, "PublishVersion", edit(Timeout=9))
    ran = canary.run(*DEPLOY, "--output", "json")
    document = json.loads(ran.out)
    (function,) = document["functions"]
    assert (ran.code, document["exit_code"], function["exit_code"], function["result"]) == (5, 5, 5, "failed")
    assert function["error"] == {
        "kind": "Moved",
        "message": f"could not publish {canary.name()}: {IN_BETWEEN}: Timeout\n{UNTOUCHED.rstrip()}",
    }

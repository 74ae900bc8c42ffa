"""Running an app for planning. The apps are scripts that write what CDK would: neither node nor the extra is needed."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from deployer.cdk_adapter.app import App, AppFailed, InvalidApp

# Writes one stack, with what it was given as the template.
SCRIPT = """\
import json, os, pathlib, sys
out = pathlib.Path(os.environ["CDK_OUTDIR"])
stack = {"type": "aws:cloudformation:stack", "environment": "aws://123456789012/eu-central-1",
         "properties": {"templateFile": "t.json"}}
(out / "manifest.json").write_text(json.dumps({"artifacts": {"Shop": stack}}))
seen = {"out": str(out), "cwd": os.getcwd(), "arguments": sys.argv[1:],
        **{name: os.environ.get(name) for name in ("CDK_CONTEXT_JSON", "CDK_VALIDATION", "CDK_DEFAULT_ACCOUNT")}}
(out / "t.json").write_text(json.dumps(seen))
"""


def app(folder: Path, script: str = SCRIPT, **cdk_json: Any) -> App:
    (folder / "app.py").write_text(script, encoding="utf-8")
    command = f'"{sys.executable}" app.py'
    (folder / "cdk.json").write_text(json.dumps({"app": command, **cdk_json}), encoding="utf-8")
    return App(folder)


def seen(one: App) -> dict[str, Any]:
    (stack,) = one.planned()
    return dict(stack.template)


def test_the_command_runs_in_a_shell_beside_its_cdk_json_and_leaves_nothing(tmp_path: Path) -> None:
    given = seen(app(tmp_path, app=f'true && "{sys.executable}" app.py "a b"'))
    assert (given["cwd"], given["arguments"]) == (str(tmp_path), ["a b"])
    assert not Path(given["out"]).exists()
    assert {path.name for path in tmp_path.iterdir()} == {"app.py", "cdk.json"}


def test_the_app_is_told_that_this_is_planning_and_the_validator_is_off(tmp_path: Path) -> None:
    given = seen(app(tmp_path))
    assert json.loads(given["CDK_CONTEXT_JSON"]) == {"deployer:planning": True}
    assert given["CDK_VALIDATION"] == "false"


def test_the_context_of_cdk_json_beats_what_was_looked_up(tmp_path: Path) -> None:
    (tmp_path / "cdk.context.json").write_text('{"a": "looked up", "b": "looked up"}')
    given = seen(app(tmp_path, context={"a": "said", "deployer:planning": False}))
    assert json.loads(given["CDK_CONTEXT_JSON"]) == {"a": "said", "b": "looked up", "deployer:planning": True}


def test_the_account_of_the_environment_is_passed_through(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CDK_DEFAULT_ACCOUNT", "123456789012")
    assert seen(app(tmp_path))["CDK_DEFAULT_ACCOUNT"] == "123456789012"


def test_an_app_that_fails_tells_its_command_and_what_it_said(tmp_path: Path) -> None:
    one = app(tmp_path, "import sys; sys.exit('this is no app')")
    with pytest.raises(AppFailed) as caught:
        one.planned()
    command = f'"{sys.executable}" app.py'
    assert str(caught.value) == f"the app failed with code 1: {command} (in {tmp_path})\n  this is no app"


def test_of_much_that_a_failed_app_said_the_end_is_shown(tmp_path: Path) -> None:
    one = app(tmp_path, "import sys\nfor n in range(99): print(n, file=sys.stderr)\nsys.exit(3)")
    with pytest.raises(AppFailed) as caught:
        one.planned()
    assert caught.value.lines[1:] == tuple(f"  {number}" for number in range(69, 99))


@pytest.mark.parametrize("command", [None, "", ["python3", "app.py"]])
def test_an_app_without_a_command_is_refused(command: object, tmp_path: Path) -> None:
    with pytest.raises(InvalidApp, match=r'cdk\.json: has no "app", the command that synthesizes'):
        app(tmp_path, app=command).planned()


def test_an_app_that_is_synthesized_already_is_refused(tmp_path: Path) -> None:
    (tmp_path / "cdk.out").mkdir()
    with pytest.raises(InvalidApp, match=r'"app" is the directory cdk\.out: planning runs the app'):
        app(tmp_path, app="cdk.out").planned()


def test_a_directory_without_an_app_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidApp) as caught:
        App(tmp_path).planned()
    assert str(caught.value) == (
        f"{tmp_path / 'cdk.json'}: no such file; run this in the directory of the CDK app, or name it"
    )


@pytest.mark.parametrize(
    ("text", "problem"),
    [("{", "is no JSON"), ("[]", "holds no JSON object"), ('{"app": "x", "context": 1}', "context")],
)
def test_a_cdk_json_that_is_none_is_named(text: str, problem: str, tmp_path: Path) -> None:
    (tmp_path / "cdk.json").write_text(text)
    with pytest.raises(InvalidApp, match=problem):
        App(tmp_path).planned()


def test_a_cdk_json_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "cdk.json").mkdir()
    with pytest.raises(InvalidApp, match="cannot be read"):
        App(tmp_path).planned()

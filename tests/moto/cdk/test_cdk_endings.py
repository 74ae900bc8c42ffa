"""How `deployer cdk` ends when it is stopped, and what it leaves."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest
from shop import Shop

from deployer.cli.signals import Terminated

PRD = ("--env", "prd")


@pytest.mark.parametrize(("signal", "code"), [(KeyboardInterrupt, 130), (Terminated, 143)])
@pytest.mark.parametrize("verb", ["plan", "deploy"])
def test_once_stopped_nothing_else_is_begun(
    verb: str, signal: type[BaseException], code: int, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.use_script_as_cli()
    shop.function()
    shop.function("mails")
    begun: list[object] = []

    def stop(*given: object) -> None:
        begun.append(given)
        raise signal

    monkeypatch.setattr("deployer.stack.decision.prepare", stop)
    assert shop.run(verb, *PRD).code == code
    assert len(begun) == 1
    assert not shop.targets_file.exists()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary folders are made."""
    made = tmp_path / "temporary"
    made.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(made))
    return made


def test_what_was_synthesized_is_gone_when_it_is_deployed(folder: Path, shop: Shop) -> None:
    shop.use_script_as_cli()
    shop.function()
    assert shop.run("deploy", *PRD).code == 0
    assert list(folder.iterdir()) == []


def test_what_was_synthesized_is_gone_when_it_cannot_be_deployed(folder: Path, shop: Shop) -> None:
    shop.use_script_as_cli()
    shop.function()
    shop.local.fail_resource("AWS::Lambda::Alias")
    assert shop.run("deploy", *PRD).code == 1
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("verb", ["synth", "deploy"])
def test_what_was_synthesized_is_gone_when_the_cdk_cli_is_stopped(
    verb: str, folder: Path, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.use_script_as_cli()
    shop.function()
    run = subprocess.run

    def stopped(call: Any, **given: Any) -> Any:
        if call[:2] == ("cdk", verb):
            raise KeyboardInterrupt
        return run(call, **given)

    monkeypatch.setattr(subprocess, "run", stopped)
    assert shop.run("deploy", *PRD).code == 130
    assert (list(folder.iterdir()), shop.alias()) == ([], None)


def test_once_stopped_while_it_looks_for_the_last_time_nothing_is_deployed(
    folder: Path, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.use_script_as_cli()
    shop.release(1)
    shop.function(code=2)
    monkeypatch.setattr("deployer.stack.confirmation.confirm", Interrupted(at=2))
    assert shop.run("deploy", *PRD).code == 130
    assert (list(folder.iterdir()), shop.alias()) == ([], ("1", {}))


class Interrupted:
    """Ctrl-C at one call of several; the others have nothing to say."""

    def __init__(self, at: int) -> None:
        self.left = at

    def __call__(self, *_: object) -> None:
        self.left -= 1
        if self.left == 0:
            raise KeyboardInterrupt


def test_an_interruption_of_a_release_names_the_command_that_shows_it(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.use_script_as_cli()
    shop.function()

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("deployer.stack.decision.prepare", stop)
    told = shop.run("deploy", *PRD).err
    where = f"--env prd --function {shop.name('orders')}"
    assert told.startswith(f"deployer: interrupted; `deployer cdk status {where}` shows how far it came")
    assert f"the next `deployer cdk deploy {where}` is the next step" in told


@pytest.mark.parametrize("given", [("--env", "prd"), ("--env=prd",)])
def test_so_does_an_interruption_before_any_release_is_known(
    given: tuple[str, ...], shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.use_script_as_cli()
    shop.function()

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("deployer.cdk_adapter.app.App.planned", stop)
    told = shop.run("deploy", *given).err.strip()
    assert told.startswith("deployer: interrupted; `deployer cdk status --env prd` shows how far it came")


def test_an_interruption_at_the_question_is_told_on_a_line_of_its_own(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.use_script_as_cli()
    shop.function(protected=True)

    def interrupted(prompt: str) -> str:
        sys.stderr.write(prompt)
        raise KeyboardInterrupt

    monkeypatch.setattr("deployer.cli.cdk.deployment.may_ask", lambda: True)
    monkeypatch.setattr("click.termui.visible_prompt_func", interrupted)
    ran = shop.run("deploy", *PRD)
    assert ran.code == 130
    assert "[y/N]: \ndeployer: interrupted; `deployer cdk status --env prd` shows" in ran.err

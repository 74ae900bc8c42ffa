"""Errors and their exit codes."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import click
import pytest
from cli_runs import Runner

import deployer.cli.config
from deployer.artifact import BuildFailed
from deployer.aws.failure import (
    AwsFailure,
    Broken,
    HalfWay,
    Moved,
    NotAllowed,
    NotOurs,
    Uncertain,
    Unsettled,
    WrongAccount,
)
from deployer.aws.prepared import Refused
from deployer.cli import exits
from deployer.cli.exits import BY_ERROR, Exit, exit_of, worst
from deployer.cli.history import NoFunction
from deployer.cli.signals import Terminated
from deployer.config import ConfigError, Problem
from deployer.core import DeployerError, InvalidRequest, Reason, Refusal
from deployer.planfile import InvalidPlanFile, PlanOutdated

DOCS = Path(deployer.cli.config.__file__).parents[2] / "docs" / "exit-codes.md"


@pytest.mark.parametrize("name", BY_ERROR)
def test_every_error_in_the_table_exists(name: str) -> None:
    module, _, kind = name.rpartition(".")
    assert issubclass(getattr(importlib.import_module(module), kind), BaseException)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (AwsFailure("do it", "it broke"), Exit.FAILED),
        (Broken("do it", "it broke"), Exit.FAILED),
        (Moved("do it", "it moved"), Exit.REFUSED),
        (NotAllowed("do it", "who are you"), Exit.PERMISSION),
        (WrongAccount("do it", "not here"), Exit.PERMISSION),
        (Unsettled("do it", "not yet"), Exit.WAITING),
        (HalfWay("do it", "it broke"), Exit.HALF_WAY),
        (Uncertain("do it", "who knows"), Exit.HALF_WAY),
        (NotOurs("read the alias", "not immutable"), Exit.REFUSED),
        (InvalidRequest("deploy", "no code"), Exit.CONFIGURATION),
        (KeyboardInterrupt(), Exit.INTERRUPTED),
        (PermissionError(13, "Permission denied"), Exit.FAILED),
        (ZeroDivisionError("hunter2"), Exit.FAILED),
    ],
)
def test_an_error_has_the_code_of_the_nearest_kind_in_the_table(error: BaseException, code: Exit) -> None:
    assert exit_of(error) is code


@pytest.mark.parametrize(
    ("signal", "code"),
    [(Terminated(), Exit.TERMINATED), (KeyboardInterrupt(), Exit.INTERRUPTED), (EOFError(), Exit.INTERRUPTED)],
)
def test_what_click_makes_of_a_signal_ends_as_the_signal_does(signal: BaseException, code: Exit) -> None:
    def ask() -> None:
        try:
            raise signal
        except (KeyboardInterrupt, EOFError):
            raise click.Abort from None

    with pytest.raises(click.Abort) as caught:
        ask()
    assert exit_of(caught.value) is code


@pytest.mark.parametrize(
    ("found", "gravest"),
    [
        ([], Exit.DONE),
        ([Exit.DONE, Exit.CHANGES], Exit.CHANGES),
        ([Exit.REFUSED, Exit.FAILED, Exit.DONE], Exit.FAILED),
        ([Exit.FAILED, Exit.HALF_WAY, Exit.INTERRUPTED], Exit.HALF_WAY),
        ([Exit.WAITING, Exit.REFUSED], Exit.REFUSED),
    ],
)
def test_the_gravest_code_among_the_functions_is_that_of_the_command(found: list[Exit], gravest: Exit) -> None:
    assert worst(found) is gravest


def test_every_code_has_its_place_among_the_gravest() -> None:
    assert sorted(exits._GRAVEST) == sorted(Exit)


def test_the_documentation_has_every_code_and_the_order_of_gravity() -> None:
    text = DOCS.read_text(encoding="utf-8")
    assert [int(code) for code in re.findall(r"^\| (\d+) \|", text, re.MULTILINE)] == sorted(Exit)
    assert ", ".join(str(int(code)) for code in exits._GRAVEST) in " ".join(text.split())


class TestWhatPeopleAreTold:
    """By way of a command that is made to fail."""

    @pytest.fixture
    def failing(self, monkeypatch: pytest.MonkeyPatch) -> None:

        def fail(*_: object) -> None:
            raise ZeroDivisionError("hunter2")

        monkeypatch.setattr("deployer.config.load", fail)

    @pytest.mark.usefixtures("failing")
    def test_an_unexpected_error_is_one_line_without_its_text(self, run: Runner) -> None:
        ran = run("config", "--env", "prd")
        assert ran.code == 1
        assert ran.err.count("\n") == 1
        assert re.fullmatch(
            r"deployer: unexpected ZeroDivisionError at .*:\d+; DEPLOYER_DEBUG=1 shows the traceback\n", ran.err
        )

    @pytest.mark.usefixtures("failing")
    def test_the_traceback_is_shown_when_it_is_asked_for(self, run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("DEPLOYER_DEBUG", "1")
        assert run("config", "--env", "prd").err.startswith("Traceback (most recent call last):")

    @pytest.mark.parametrize(
        ("error", "told"),
        [
            (AwsFailure("do it", "no\n\x1b[2J", "try\nit"), r"deployer: could not do it: no\n\x1b[2J|  try\nit"),
            (
                BuildFailed("pip", "a\nb", "linux", "one\n\x1b[31mtwo"),
                r"deployer: a\nb: pip failed for linux:|one|\x1b[31mtwo",
            ),
            (
                ConfigError([Problem("a\nb", 1, "c", "d"), Problem("e", None, "", "f\u2028g")]),
                r"deployer: 2 things are wrong with the configuration|a\nb:1: c: d|e: f\u2028g",
            ),
            (
                InvalidPlanFile(Path("a\nb"), "is\rno plan"),
                r"deployer: a\nb: is\rno plan; make one with `deployer plan --out FILE`",
            ),
            (
                PlanOutdated("it", "\n", "\x07"),
                r"deployer: it has moved since the plan was made: then \n, now \x07|  make a new plan",
            ),
            (Refused(Refusal(Reason.NEWER, "a\nb", "c\nd")), r"deployer: a\nb|  c\nd"),
            (NoFunction("a\nb"), r"deployer: function a\nb does not exist|  `deploy` creates it; or correct its name"),
            (click.UsageError("a\nb"), r"deployer: a\nb|  see `deployer config --help`"),
        ],
        ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
    )
    def test_what_breaks_a_line_within_a_value_is_escaped(
        self, error: Exception, told: str, run: Runner, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(*_: object) -> None:
            raise error

        monkeypatch.setattr("deployer.config.load", fail)
        assert run("config", "--env", "prd").err == told.replace("|", "\n") + "\n"
        if isinstance(error, DeployerError):
            assert str(error) == "\n".join(error.lines)

    def test_a_traceback_commands_no_terminal(self, run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(*_: object) -> None:
            raise ZeroDivisionError("\x1b[2J")

        monkeypatch.setattr("deployer.config.load", fail)
        monkeypatch.setenv("DEPLOYER_DEBUG", "1")
        told = run("config", "--env", "prd").err
        assert "\nZeroDivisionError: \\x1b[2J\n" in told
        assert "\x1b" not in told

    def test_an_interrupt_says_how_to_carry_on(self, run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
        def interrupt(*_: object) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr("deployer.config.load", interrupt)
        ran = run("config", "--env", "prd")
        told = (
            "deployer: interrupted; `status` shows how far it came: while the alias has not moved, the same command "
            "again carries on from there; once it has, the next `deploy` is the next step"
        )
        assert (ran.code, ran.out, ran.err.strip()) == (130, "", told)

    def test_a_full_disk_is_told_by_its_name(self, run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(*_: object) -> None:
            raise OSError(28, "No space left on device", "out.zip")

        monkeypatch.setattr("deployer.config.load", fail)
        ran = run("config", "--env", "prd")
        assert (ran.code, ran.err) == (1, "deployer: [Errno 28] No space left on device: 'out.zip'\n")

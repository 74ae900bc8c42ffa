"""The list of commands, and that nothing is imported before it is needed."""

from __future__ import annotations

import importlib
import re
import subprocess
import sys

import click
import pytest
from cli_runs import Runner

from deployer.cli.group import COMMANDS

SLOW = {"boto3", "botocore", "hypothesis", "moto", "msgspec", "rich", "tenacity"}


def modules_after(arguments: list[str]) -> set[str]:
    """The modules that a process has loaded once it has run a command."""
    code = (
        "import sys; from deployer.cli.main import main\n"
        f"main({arguments!r})\n"
        "print('LOADED', *sys.modules, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stderr.partition("LOADED ")[2].split())


@pytest.mark.parametrize("name", COMMANDS)
def test_the_short_help_in_the_table_is_that_of_the_command(name: str) -> None:
    module, short_help = COMMANDS[name]
    command: click.Command = importlib.import_module(module).command
    assert (command.name, command.short_help) == (name, short_help)


def test_help_loads_neither_a_command_nor_anything_slow() -> None:
    loaded = modules_after(["--help"])
    commands = {module for module, _ in COMMANDS.values()}
    assert loaded & (SLOW | commands) == set()


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_a_command_loads_no_aws_and_no_embedded_lambda(name: str) -> None:
    assert modules_after([name, "--help"]) & {"boto3", "botocore", "moto", "rich", "tenacity"} == set()


def test_a_mistake_on_the_command_line_loads_nothing_of_aws() -> None:
    assert modules_after(["route", "five", "--env", "prd"]) & SLOW == set()


def test_config_loads_nothing_of_aws(configured: object) -> None:
    assert modules_after(["config", "--env", "prd"]) & {"boto3", "botocore", "rich"} == set()


def test_help_lists_every_command_in_the_order_in_which_people_meet_them(run: Runner) -> None:
    ran = run("--help")
    assert re.findall(r"^  ([a-z-]+)  +[A-Z]", ran.out.partition("Commands:")[2], re.MULTILINE) == list(COMMANDS)
    assert (ran.code, ran.err) == (0, "")


def test_version_names_the_tool_and_its_version(run: Runner) -> None:
    ran = run("--version")
    assert re.fullmatch(r"deployer \d+\.\d+\.\d+\n", ran.out)
    assert ran.code == 0


def test_no_command_at_all_is_a_usage_error_that_shows_the_help(run: Runner) -> None:
    ran = run()
    assert ran.code == 64
    assert "Commands:" in ran.err

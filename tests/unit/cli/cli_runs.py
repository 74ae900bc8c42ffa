"""Runs the command line inside the test's process."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from deployer.cli.main import main

CONFIG = """\
[functions.orders]
code = "src"
handler = "app.handler"
runtime = "python3.13"

[functions.orders.environment]
SECRET = "hunter2"

[functions.mails]
code = "src"

[environments.prd]
account = "123456789012"
region = "eu-central-1"
"""


@dataclass(frozen=True)
class Ran:
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str


class Runner:
    """Runs `deployer ARGUMENTS`."""

    def __init__(self, captured: pytest.CaptureFixture[str]) -> None:
        self._captured = captured

    def __call__(self, *arguments: str) -> Ran:
        self._captured.readouterr()
        code = main(arguments)
        out, err = self._captured.readouterr()
        return Ran(int(code), out, err)

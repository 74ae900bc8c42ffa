"""A project on an embedded Lambda: its configuration, its code, and the command line on it."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deployer.cli.main import main

if TYPE_CHECKING:
    import pytest
    from mypy_boto3_lambda import LambdaClient

    from deployer.local.local_lambda import LocalLambda

ENVIRONMENTS = ("sbx", "tst", "stg", "prd")
PROFILES = 'profile = "{env}"\n'
ENTRY = "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
ENTRY += "from deployer.cli.entry import entry; sys.exit(entry())"


@dataclass(frozen=True)
class Ran:
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str


@dataclass
class Project:
    """A working directory; functions are called `orders`, `mails`, … in it, and by unique names at Lambda.

    Each function is one and the same in all environments, which a profile each keeps apart: so a release of one can be
    carried on in another.
    """

    here: Path
    local: LocalLambda
    client: LambdaClient
    prefix: str
    captured: pytest.CaptureFixture[str]
    functions: tuple[str, ...] = ("orders",)
    extra: str = ""
    top: str = ""
    role: str = field(init=False)

    def __post_init__(self) -> None:
        self.role = self.local.role("test")
        self.configure()
        for function in self.functions:
            self.code(function, 1)

    def configure(self, *, top: str | None = None, extra: str | None = None, **settings: str) -> None:
        """Write the configuration: `top` before the functions, `extra` after them, `settings` into each function."""
        self.top = self.top if top is None else top
        self.extra = self.extra if extra is None else extra
        given = {"role": self.role, "handler": "app.handler", "runtime": "python3.13", "build": "none", **settings}
        keys = "".join(f'{key} = "{value}"\n' for key, value in given.items() if value)
        tables = (
            f'[functions.{name}]\nname = "{self.name(name)}"\ncode = "src/{name}"\n{keys}' for name in self.functions
        )
        text = "\n".join((PROFILES, self.top, *tables, self.extra))
        (self.here / "deployer.toml").write_text(text, encoding="utf-8")

    def name(self, function: str = "orders") -> str:
        """What a function is called at Lambda."""
        return f"{self.prefix}-{function}"

    def code(self, function: str, number: int) -> None:
        """Change a function's code."""
        folder = self.here / "src" / function
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "app.py").write_text(f"def handler(event, context):\n    return {number}\n", encoding="utf-8")

    def run(self, *arguments: str) -> Ran:
        """Run a command in this process."""
        self.captured.readouterr()
        code = main(arguments)
        out, err = self.captured.readouterr()
        return Ran(int(code), out, err)

    def start(self, *arguments: str, **more: Any) -> subprocess.Popen[str]:
        """Start a command as a process of its own."""
        pipes: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        environment = {**os.environ, "PYTHONUNBUFFERED": "1", **more.pop("env", {})}
        return subprocess.Popen(
            [sys.executable, "-c", ENTRY, *arguments], cwd=self.here, env=environment, text=True, **{**pipes, **more}
        )

    def alias(self, function: str = "orders") -> tuple[str, dict[str, float]] | None:
        """The alias as Lambda shows it: version and weights; None when there is none."""
        try:
            answer = self.client.get_alias(FunctionName=self.name(function), Name="LIVE")
        except self.client.exceptions.ResourceNotFoundException:
            return None
        return answer["FunctionVersion"], dict(answer.get("RoutingConfig", {}).get("AdditionalVersionWeights", {}))

    def versions(self, function: str = "orders") -> list[str]:
        """The published versions."""
        listed = self.client.list_versions_by_function(FunctionName=self.name(function))["Versions"]
        return [version["Version"] for version in listed if version["Version"] != "$LATEST"]

    def write_alias(self, version1: str, weights: dict[str, float] | None = None, **more: Any) -> None:
        """Change the alias as somebody else would."""
        routing: Any = {"AdditionalVersionWeights": weights or {}}
        self.client.update_alias(
            FunctionName=self.name(), Name="LIVE", FunctionVersion=version1, RoutingConfig=routing, **more
        )

    def released(self, *numbers: int) -> None:
        """Release code after code, each with all traffic."""
        for number in numbers:
            self.code("orders", number)
            assert self.run("deploy", "--env", "stg").code == 0

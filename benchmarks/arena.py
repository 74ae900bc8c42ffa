"""Where everything is measured: an embedded Lambda in a process of its own, and a project to release."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

DEPLOYER: Final = (str(Path(sys.executable).with_name("deployer")),)
CLIENT: Final = (sys.executable, "-c", "import boto3; boto3.client('lambda', region_name='eu-west-1')")
PLAIN_RELEASE: Final = (sys.executable, str(Path(__file__).with_name("plain_release.py")))
_AWAITED: Final = frozenset({"CreateFunction", "UpdateFunctionCode", "UpdateFunctionConfiguration", "PublishVersion"})
_LOOKS: Final = frozenset({"GetFunction", "GetFunctionConfiguration"})
_ROLE: Final = "orders"
_TRUST: Final = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
_CONFIGURATION: Final = """\
account = "{account}"
region = "eu-central-1"

[functions.orders]
name = "orders-{{env}}"
code = "src"
runtime = "python3.13"
handler = "app.handler"
role = "arn:aws:iam::{{account}}:role/orders"
memory_size = {memory_size}

[environments.plain]
strategy = "blue_green"

[environments.stg]
strategy = "blue_green"
protected = true
"""
_HANDLER: Final = """\
import release


def handler(event, context):
    return {"release": release.NUMBER, "version": context.function_version}
"""


class CommandFailed(Exception):
    """Something that was to be measured did not end well."""

    def __init__(self, command: Sequence[str], code: int, complaints: str) -> None:
        super().__init__(command, code, complaints)
        self.command = command
        self.code = code
        self.complaints = complaints

    def __str__(self) -> str:
        return f"{' '.join(self.command)} ended with {self.code}: {self.complaints}"


def without_polls(operations: Sequence[str]) -> list[str]:
    """Operations without the looks that follow a write of the function, until something else is done."""
    kept: list[str] = []
    waiting = False
    for operation in operations:
        waiting = operation in _AWAITED or (waiting and operation in _LOOKS)
        if not (waiting and operation in _LOOKS):
            kept.append(operation)
    return kept


@dataclass(slots=True)
class Arena:
    """A project in `folder`, and the variables under which clients reach the embedded Lambda."""

    folder: Path
    environment: dict[str, str]
    account: str = "123456789012"
    releases: int = 0

    @property
    def code(self) -> Path:
        """The directory that is released."""
        return self.folder / "src"

    def seconds(self, *command: str) -> float:
        """How long a process takes, from its start to its end. Raises CommandFailed."""
        began = time.perf_counter()
        done = subprocess.run(
            command, cwd=self.folder, env=self.environment, stdin=subprocess.DEVNULL, capture_output=True, check=False
        )
        took = time.perf_counter() - began
        if done.returncode:
            raise CommandFailed(command, done.returncode, done.stderr.decode())
        return took

    def calls(self, *command: str) -> int:
        """How many AWS calls a process makes, looks at what is not ready yet aside. Raises CommandFailed."""
        before = len(self._operations())
        self.seconds(*command)
        return len(without_polls(self._operations()[before:]))

    def configure(self, **settings: object) -> None:
        """Let the embedded Lambda behave otherwise (see `deployer.local.LocalSettings`)."""
        self._control("settings", settings)

    def write_release(self, *, memory_size: int = 256) -> None:
        """Change the code, and the settings where `memory_size` differs."""
        self.releases += 1
        self.code.mkdir(exist_ok=True)
        (self.code / "app.py").write_text(_HANDLER)
        (self.code / "release.py").write_text(f"NUMBER = {self.releases}\n")
        text = _CONFIGURATION.format(account=self.account, memory_size=memory_size)
        (self.folder / "deployer.toml").write_text(text)

    def make_role(self) -> None:
        """The role that the project's functions have."""
        import boto3

        endpoint = self.environment["AWS_ENDPOINT_URL"]
        session = boto3.session.Session("local", "local", region_name=self.environment["AWS_REGION"])
        iam = session.client("iam", endpoint_url=endpoint)
        iam.create_role(RoleName=_ROLE, AssumeRolePolicyDocument=json.dumps(_TRUST))

    def _operations(self) -> list[str]:
        return [call["operation"] for call in self._control("calls")["calls"]]

    def _control(self, what: str, body: object = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        url = f"{self.environment['AWS_ENDPOINT_URL']}/_deployer/{what}"
        with urllib.request.urlopen(urllib.request.Request(url, data), timeout=10) as answer:
            return json.load(answer)


@contextmanager
def arena() -> Iterator[Arena]:
    """An arena that is gone at the end."""
    with tempfile.TemporaryDirectory(prefix="deployer-bench-") as below:
        folder = Path(below) / "project"
        folder.mkdir()
        environment = _environment(Path(below) / "bytecode")
        with _served(environment) as reached:
            made = Arena(folder, {**environment, **reached})
            made.make_role()
            made.write_release()
            yield made


def _environment(bytecode: Path) -> dict[str, str]:
    """Nothing of the person's own AWS settings; bytecode is kept, whatever PYTHONDONTWRITEBYTECODE says."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("AWS_", "DEPLOYER_")) and not name.lower().endswith("_proxy")
    }
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    apart = {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
    return {**kept, **apart, "PYTHONPYCACHEPREFIX": str(bytecode)}


@contextmanager
def _served(environment: dict[str, str]) -> Iterator[dict[str, str]]:
    command = (sys.executable, "-m", "deployer.local")
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as server:
        try:
            line = server.stdout.readline() if server.stdout is not None else ""
            if not line:
                raise CommandFailed(command, server.wait(), "it did not start; see above")
            yield json.loads(line)
        finally:
            server.terminate()

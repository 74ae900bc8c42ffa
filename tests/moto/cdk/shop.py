"""A project whose functions a CDK app deploys, on an embedded Lambda, and `deployer cdk` on it."""

from __future__ import annotations

import json
import shlex
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import rendered_app

from deployer.cdk_adapter.strategy import strategy_data
from deployer.cdk_adapter.target import Targets
from deployer.cli.main import main
from deployer.core import Canary, CanaryIncrements, OnNewer, Strategy

if TYPE_CHECKING:
    import pytest

    from deployer.local.local_lambda import LocalLambda

RESTART = Canary(CanaryIncrements.of([25, 50, 75]), OnNewer.RESTART)
SCRIPT = f"{shlex.quote(sys.executable)} {shlex.quote(rendered_app.__file__)}"
RELEASE = """\
[environments.prd]
account = "{account}"
[functions.orders]
name = "{name}"
code = "src"
handler = "index.handler"
runtime = "python3.13"
role = "{role}"
"""


@dataclass(frozen=True)
class Ran:
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str


@dataclass
class Shop:
    """A working directory with a `cdk.json`. Functions and stacks have names that no other test uses.

    All stacks go to one `environment`, as CDK writes it, but for those that `places` names.
    """

    here: Path
    local: LocalLambda
    prefix: str
    captured: pytest.CaptureFixture[str]
    stacks: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    environment: str = ""
    places: dict[str, str] = field(default_factory=dict)
    rival: str | None = None

    def __post_init__(self) -> None:
        self.environment = self.environment or f"aws://{self.local.account}/{self.local.region}"
        (self.here / "cdk.json").write_text(json.dumps({"app": f"{SCRIPT} app"}), encoding="utf-8")

    def name(self, name: str) -> str:
        return f"{self.prefix}-{name}"

    def function(
        self,
        name: str = "orders",
        code: int = 1,
        *,
        stack: str = "Shop",
        environment: str | None = "prd",
        strategy: Strategy = RESTART,
        protected: bool = False,
        team: str = "",
    ) -> None:
        """Put a function into a stack, or change it."""
        made = {
            "name": self.name(name),
            "environment": environment,
            "strategy": strategy_data(strategy),
            "protected": protected,
            "team": team,
            "role": self.local.role("test"),
            "code": f"def handler(event, context):\n    return {code}\n",
        }
        others = [one for one in self.stacks.get(self.name(stack), []) if one["name"] != made["name"]]
        self.stacks[self.name(stack)] = sorted([*others, made], key=lambda one: str(one["name"]))
        self.write()

    def write(self) -> None:
        places = {stack: self.places.get(stack, self.environment) for stack in self.stacks}
        text = json.dumps({"places": places, "stacks": self.stacks, "rival": self.rival})
        (self.here / "shop.json").write_text(text, encoding="utf-8")

    def run(self, *arguments: str) -> Ran:
        """`deployer cdk …`, in this process."""
        self.captured.readouterr()
        code = main(("cdk", *arguments))
        out, err = self.captured.readouterr()
        return Ran(int(code), out, err)

    @property
    def targets_file(self) -> Path:
        return self.here / "deployer-targets.json"

    @property
    def targets(self) -> dict[str, str]:
        """What the file says, by function."""
        found = Targets.read(self.targets_file).targets
        return {target.function_name.removeprefix(f"{self.prefix}-"): str(target.routing) for target in found}

    def apply(self, stack: str = "Shop") -> bool:
        """`cdk deploy`, without the CLI."""
        targets = Targets.read(self.targets_file)
        client = boto3.client("cloudformation")
        return rendered_app.deploy(
            client, self.name(stack), rendered_app.rendered(self.stacks[self.name(stack)], targets)
        )

    def bring_in(self, stack: str = "Shop") -> str:
        """`cdk import` with what `deployer cdk import` has written, without the CLI."""
        targets = Targets.read(self.targets_file)
        mapping = json.loads((self.here / "deployer-import.json").read_text(encoding="utf-8"))
        template = rendered_app.rendered(self.stacks[self.name(stack)], targets)
        return rendered_app.bring_in(boto3.client("cloudformation"), self.name(stack), template, mapping)

    def release_without_stack(self, code: int) -> None:
        """`deployer deploy`, a step."""
        source = self.here / "src"
        source.mkdir(exist_ok=True)
        (source / "index.py").write_text(f"def handler(event, context):\n    return {code}\n", encoding="utf-8")
        text = RELEASE.format(account=self.local.account, name=self.name("orders"), role=self.local.role("test"))
        (self.here / "release.toml").write_text(text, encoding="utf-8")
        assert main(("deploy", "--env", "prd", "--yes", "--config", "release.toml")) == 0
        self.captured.readouterr()

    def release(self, code: int, times: int = 1) -> None:
        """Plan and deploy orders, a step each time."""
        self.function(code=code)
        for _ in range(times):
            assert self.run("plan", "--env", "prd").code == 0
            assert self.apply()

    def alias(self, name: str = "orders") -> tuple[str, dict[str, float]] | None:
        """The alias as Lambda shows it."""
        client = boto3.client("lambda")
        try:
            answer = client.get_alias(FunctionName=self.name(name), Name="LIVE")
        except client.exceptions.ResourceNotFoundException:
            return None
        return answer["FunctionVersion"], dict(answer.get("RoutingConfig", {}).get("AdditionalVersionWeights", {}))

    def description(self, name: str = "orders") -> str:
        """What stands on the alias at Lambda."""
        return str(boto3.client("lambda").get_alias(FunctionName=self.name(name), Name="LIVE")["Description"])

    def point(self, version: str, weights: dict[str, float], name: str = "orders") -> None:
        """The alias as somebody else moves it."""
        routing: Any = {"AdditionalVersionWeights": weights}
        boto3.client("lambda").update_alias(
            FunctionName=self.name(name), Name="LIVE", FunctionVersion=version, RoutingConfig=routing
        )

    def describe(self, text: str, name: str = "orders") -> None:
        """The alias as somebody else writes on it."""
        boto3.client("lambda").update_alias(FunctionName=self.name(name), Name="LIVE", Description=text)

    def be_overtaken(self, name: str = "orders") -> None:
        """Have somebody else write on the alias each time that the app is synthesized with targets."""
        self.rival = self.name(name)
        self.write()

    def use_script_as_cli(self) -> None:
        """Have `cdk` on the PATH, as a script that renders with targets, and deploys that."""
        cdk = self.here / "bin" / "cdk"
        cdk.parent.mkdir()
        cdk.write_text(f'#!/bin/sh\nexec {SCRIPT} "$@"\n', encoding="utf-8")
        cdk.chmod(0o755)

"""What an app has synthesized: the stacks of a cloud assembly (`cdk.out`), those of its stages among them.

The form is that of aws-cdk's cloud-assembly-schema; only what a release needs is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from deployer.cdk_adapter.json_file import InvalidFile, read_object
from deployer.cdk_adapter.preflight import Release, releases
from deployer.cdk_adapter.template import Template
from deployer.core.errors import ErrorInLines

_MANIFEST: Final = "manifest.json"
_ENVIRONMENT: Final = re.compile(r"aws://([0-9]{12})/([a-z0-9-]+)")
_UNKNOWN_REGION: Final = "unknown-region"


class InvalidAssembly(InvalidFile):
    """A cloud assembly that no plan can be made from: `where` it is, and its `problem`."""


class AgnosticStack(ErrorInLines):
    """A stack that goes wherever the credentials lead, so that its alias cannot be looked up before."""

    def __init__(self, stack: str) -> None:
        super().__init__(stack)
        self.stack = stack

    @property
    def lines(self) -> tuple[str, ...]:
        """What is wrong, and the way out."""
        what = f"the stack {self.stack} names no account and region, so its aliases cannot be looked up before synth"
        way_out = 'give it env=Environment(account="…", region="…")'
        return (what, f"  {way_out}; where that reads CDK_DEFAULT_ACCOUNT and CDK_DEFAULT_REGION, set both")


@dataclass(frozen=True, slots=True)
class Place:
    """The account and the region that a stack is deployed to."""

    account: str
    region: str


@dataclass(frozen=True, slots=True)
class AssembledStack:
    """One stack. `path` is what the CDK CLI calls it, `Stage/Stack` in a stage; `name` what CloudFormation does."""

    path: str
    name: str
    environment: str
    template: Template

    @property
    def place(self) -> Place:
        """Where it goes. Raises AgnosticStack."""
        named = _ENVIRONMENT.fullmatch(self.environment)
        if named is None or named[2] == _UNKNOWN_REGION:
            raise AgnosticStack(self.path)
        return Place(named[1], named[2])

    @property
    def releases(self) -> tuple[Release, ...]:
        """The aliases that it releases through. Raises UnreadableStack."""
        return releases(self.template)


def read_assembly(directory: Path) -> tuple[AssembledStack, ...]:
    """The stacks of an assembly, in the order of its manifest. Raises InvalidAssembly."""
    return tuple(_stacks(directory))


def _stacks(directory: Path) -> Iterator[AssembledStack]:
    path = directory / _MANIFEST
    manifest = read_object(path, InvalidAssembly)
    missing = [str(entry.get("key")) for entry in manifest.get("missing", ())]
    if missing:
        problem = (
            f"the app needs context that nobody has looked up yet: {', '.join(missing)}; run `cdk synth` once, and "
            "keep the cdk.context.json that it writes"
        )
        raise InvalidAssembly(path, problem)
    for artifact_id, artifact in manifest.get("artifacts", {}).items():
        match artifact:
            case {"type": "aws:cloudformation:stack", "environment": str(environment), "properties": dict(properties)}:
                yield AssembledStack(
                    str(artifact.get("displayName", artifact_id)),
                    str(properties.get("stackName", artifact_id)),
                    environment,
                    read_object(directory / str(properties.get("templateFile")), InvalidAssembly),
                )
            case {"type": "cdk:cloud-assembly", "properties": {"directoryName": str(inner)}}:
                yield from _stacks(directory / inner)
            case _:
                pass  # assets, the tree, reports: nothing that is deployed as a stack

"""What the constructs need beyond this library, told in one sentence: jsii's own messages do not name it."""

from __future__ import annotations

import os
import shutil
from importlib.util import find_spec

from deployer.core.errors import DeployerError


class CdkMissing(DeployerError, ImportError):
    """`construct` cannot be made: something that it needs is not installed."""

    def __init__(self, construct: str, what: str, way_out: str) -> None:
        super().__init__(construct, what, way_out)
        self.construct = construct
        self.what = what
        self.way_out = way_out

    def __str__(self) -> str:
        return f"{self.construct} needs {self.what}: {self.way_out}"


def check_needs(construct: str) -> None:
    """Raise CdkMissing unless the construct can be imported. Loads nothing, starts nothing."""
    if find_spec("aws_cdk") is None:
        raise CdkMissing(construct, "aws-cdk-lib", "pip install 'lambda-rollouts[cdk]'")
    # jsii looks for node under the same name.
    if shutil.which(os.environ.get("JSII_NODE") or "node") is None:
        way_out = "install it from https://nodejs.org and have it on the PATH, or name it in JSII_NODE"
        raise CdkMissing(construct, "Node.js, which renders all CDK constructs", way_out)

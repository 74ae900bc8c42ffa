"""What it means that CloudFormation could not publish, which no plan can rule out: it sees no bytes of new code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from deployer.cdk_adapter.preflight import Release
from deployer.cdk_adapter.toolkit import DeploymentFailed

_EXISTS: Final = "A version for this Lambda function exists"


class NothingPublished(DeploymentFailed):
    """The CDK CLI failed because Lambda had nothing to publish for the Version `version_id`.

    `reason` is CloudFormation's.
    """

    def __init__(self, command: str, code: int, function_name: str, version_id: str, reason: str) -> None:
        super().__init__(command, code)
        self.args = (command, code, function_name, version_id, reason)
        self.function_name = function_name
        self.version_id = version_id
        self.reason = reason

    @property
    def lines(self) -> tuple[str, ...]:
        """What failed, why, and the way out."""
        why = (
            "Lambda publishes nothing that is in its newest version already: the template changes the function, and "
            "what comes of it is the same"
        )
        return (
            super().lines[0],
            f"  the Version {self.version_id} of {self.function_name}: {self.reason}",
            f"  {why}",
            '  change the function\'s description in the app too, such as description="release 2", and deploy again',
        )


def meant(failure: DeploymentFailed, release: Release, reasons: Mapping[str, str]) -> DeploymentFailed:
    """The failure, as what it is for this release by the `reasons` of the resources that failed, by logical id."""
    version_id = release.version_id
    reason = "" if version_id is None else reasons.get(version_id, "")
    if version_id is None or _EXISTS not in reason:
        return failure
    return NothingPublished(failure.command, failure.code, release.function_name, version_id, reason)

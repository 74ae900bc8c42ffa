"""Exit codes, and which error ends with which.

Errors are known by name here, so that telling them apart imports nothing: a command that never reached AWS need not
load boto3 to say so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import IntEnum
from typing import Final


class Exit(IntEnum):
    """How a command ended. 64, 77 and 78 as in BSD's sysexits, 130 and 143 as shells have it for signals."""

    DONE = 0
    FAILED = 1
    CHANGES = 2
    ROLLED_BACK = 3
    HALF_WAY = 4
    REFUSED = 5
    WAITING = 6
    USAGE = 64
    PERMISSION = 77
    CONFIGURATION = 78
    INTERRUPTED = 130
    TERMINATED = 143


STOPPED: Final = frozenset({Exit.INTERRUPTED, Exit.TERMINATED})
"""By a signal, or by a person who was asked: nothing else is begun."""


_ABORT: Final = "click.exceptions.Abort"
BY_ERROR: Final[Mapping[str, Exit]] = {
    "builtins.KeyboardInterrupt": Exit.INTERRUPTED,
    _ABORT: Exit.INTERRUPTED,
    "click.exceptions.ClickException": Exit.USAGE,
    "deployer.artifact.errors.ArtifactError": Exit.CONFIGURATION,
    "deployer.aws.prepared.Refused": Exit.REFUSED,
    "deployer.aws.failure.AwsFailure": Exit.FAILED,
    "deployer.aws.failure.HalfWay": Exit.HALF_WAY,
    "deployer.aws.failure.Misconfigured": Exit.CONFIGURATION,
    "deployer.aws.failure.Moved": Exit.REFUSED,
    "deployer.aws.failure.NotOurs": Exit.REFUSED,
    "deployer.aws.failure.NotAllowed": Exit.PERMISSION,
    "deployer.aws.failure.Uncertain": Exit.HALF_WAY,
    "deployer.aws.failure.Unsettled": Exit.WAITING,
    "deployer.aws.failure.WrongAccount": Exit.PERMISSION,
    "deployer.cdk_adapter.app.InvalidApp": Exit.CONFIGURATION,
    "deployer.cdk_adapter.assembly.AgnosticStack": Exit.CONFIGURATION,
    "deployer.cdk_adapter.assembly.InvalidAssembly": Exit.CONFIGURATION,
    "deployer.cdk_adapter.needs.CdkMissing": Exit.CONFIGURATION,
    "deployer.cdk_adapter.preflight.UnreadableStack": Exit.CONFIGURATION,
    "deployer.cdk_adapter.rendering.MissingTarget": Exit.CONFIGURATION,
    "deployer.cdk_adapter.rendering.OtherCode": Exit.REFUSED,
    "deployer.cdk_adapter.target.InvalidTargets": Exit.CONFIGURATION,
    "deployer.cli.asked.Declined": Exit.INTERRUPTED,
    "deployer.cli.signals.Terminated": Exit.TERMINATED,
    "deployer.cli.history.NoFunction": Exit.REFUSED,
    "deployer.config.errors.ConfigError": Exit.CONFIGURATION,
    "deployer.core.errors.DeployerError": Exit.FAILED,
    "deployer.core.errors.InvalidValue": Exit.CONFIGURATION,
    "deployer.core.token.TokenTooNew": Exit.REFUSED,
    "deployer.local.errors.ExtraMissing": Exit.CONFIGURATION,
    "deployer.local.errors.LocalUnavailable": Exit.FAILED,
    "deployer.local.errors.WrongMoto": Exit.CONFIGURATION,
    "deployer.local.settings.InvalidSetting": Exit.USAGE,
    "deployer.planfile.InvalidPlanFile": Exit.USAGE,
    "deployer.planfile.PlanOutdated": Exit.REFUSED,
    "deployer.rollout.entry_point.CannotLoad": Exit.CONFIGURATION,
    "deployer.rollout.notifiers.json_lines.UnusableFile": Exit.USAGE,
    "deployer.stack.verification.NotDeployed": Exit.REFUSED,
}

# The gravest first: what a person has to look at before anything else decides the code of several functions.
_GRAVEST: Final = (
    Exit.HALF_WAY,
    Exit.INTERRUPTED,
    Exit.TERMINATED,
    Exit.FAILED,
    Exit.PERMISSION,
    Exit.CONFIGURATION,
    Exit.USAGE,
    Exit.REFUSED,
    Exit.ROLLED_BACK,  # which `tick` says of a rollback long ago, too
    Exit.WAITING,
    Exit.CHANGES,
    Exit.DONE,
)


def is_known(error: BaseException) -> bool:
    """Whether the error is one that we raise on purpose, its message made for people."""
    return _name_of(error) is not None or isinstance(error, OSError)


def exit_of(error: BaseException) -> Exit:
    """How a command ends that was ended by `error`; FAILED for what nobody expected."""
    name = _name_of(error)
    if name == _ABORT and error.__context__ is not None:
        # click makes an Abort of whatever interrupts it, SIGTERM too.
        name = _name_of(error.__context__) or name
    return Exit.FAILED if name is None else BY_ERROR[name]


def worst(exits: Iterable[Exit]) -> Exit:
    """The code of a command on several functions."""
    found = set(exits)
    return next((code for code in _GRAVEST if code in found), Exit.DONE)


def _name_of(error: BaseException) -> str | None:
    names = (f"{kind.__module__}.{kind.__qualname__}" for kind in type(error).__mro__)
    return next((name for name in names if name in BY_ERROR), None)

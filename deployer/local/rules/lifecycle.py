"""When Lambda is done with a change, and what it refuses until then (§3).

A change takes a number of answers, not of seconds: each GetFunction or GetFunctionConfiguration that looks at it says
once more that it is under way. Being done gives a new RevisionId (recorded).
"""

from __future__ import annotations

from deployer.local.rules.refusals import conflict
from deployer.local.rules.world import Change, Version


def settle(version: Version) -> None:
    """Finish a change that no answer has to wait for any more."""
    if version.change is not None and version.change.polls == 0:
        version.change = None
        version.bump()


def poll(version: Version) -> None:
    """Look at a version: finish its change, or count this answer as one that says it is not finished."""
    settle(version)
    if version.change is not None:
        version.change.polls -= 1


def refuse_busy(version: Version) -> None:
    """409 while an earlier change is under way."""
    settle(version)
    refuse_pending(version)
    if version.change is not None:
        raise conflict(
            f"The operation cannot be performed at this time. An update is in progress for resource: {version.arn}"
        )


def refuse_pending(version: Version) -> None:
    """409 while it is being created."""
    settle(version)
    if version.change is not None and version.change.kind == "creating":
        raise conflict(
            "The operation cannot be performed at this time. The function is currently in the following state: Pending"
        )


def begin_update(version: Version, polls: int) -> None:
    """Call before the settings or code of `$LATEST` change: until it settles the old ones serve."""
    version.change = Change("updating", polls, before=version.snapshot())

"""What a person has done to an alias by a command of one write, in the events by which a driver tells of the same."""

from __future__ import annotations

from collections.abc import Iterator

from deployer.aws.prepared import Outcome, Prepared
from deployer.core import (
    Conclude,
    Deploy,
    FollowedUp,
    Hold,
    Promote,
    Request,
    Resume,
    Rollback,
    Route,
)
from deployer.rollout.event import Happening, Held, Noticed, Resumed, RolledBack, Stepped


def done_by_hand(prepared: Prepared, outcome: Outcome) -> Iterator[Happening]:
    """What was written to the alias, and what there is to notice about it; nothing where nothing was."""
    what = _what(prepared.request, prepared.operation_id, outcome)
    if outcome.decision.write is None or what is None:
        return
    yield what
    for notice in outcome.decision.notices:
        yield Noticed(str(notice.topic), notice.text, notice.loud)


def _what(request: Request, operation_id: str, outcome: Outcome) -> Happening | None:
    match request:
        case Deploy():
            return _stepped("deploy", operation_id, outcome)
        case Promote():
            return _stepped("promote", operation_id, outcome)
        case Route():
            return _stepped("route", operation_id, outcome)
        case Rollback():
            return RolledBack(outcome.before, outcome.after, operation_id, "by `rollback`")
        case Hold():
            return Held(outcome.after, "by `hold`", "`resume` lets it go forward; `rollback` goes back")
        case Resume():
            return Resumed(outcome.after)
        case Conclude() | FollowedUp():
            return None  # a driver's own


def _stepped(verb: str, operation_id: str, outcome: Outcome) -> Stepped:
    published = None if outcome.published is None else str(outcome.published.version)
    return Stepped(outcome.before, outcome.after, operation_id, f"by `{verb}`", published)

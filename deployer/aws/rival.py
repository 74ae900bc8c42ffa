"""What somebody else made of an alias between our look at it and our write, in words that need no token read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deployer.core import Situation, TokenTooNew

if TYPE_CHECKING:
    from deployer.aws.alias import AliasSeen


def in_words(seen: AliasSeen, now: AliasSeen) -> str:
    """What it shows now, whose doing that is, and the text that people wrote on it if that is another."""
    if now.arn is None:
        return str(now.state)
    before, after = _situation(seen, now.arn), _situation(now, now.arn)
    try:
        text = "" if after.written.text == before.written.text else f", its text now {after.written.text!r}"
        return f"{now.state}, by {_whose(before, after)}{text}"
    except TokenTooNew as error:
        return f"{now.state}, and {error}"


def _situation(seen: AliasSeen, arn: str) -> Situation:
    return Situation(seen.state, seen.description, alias_arn=arn)


def _whose(before: Situation, after: Situation) -> str:
    """The run that the memory names, unless it was there before or speaks of another routing."""
    record, known = after.recollection.record, before.recollection.record
    if record is None or record == known:
        return "other means than a command of ours"
    return f"a {record.operation.verb} (run {record.operation.id})"

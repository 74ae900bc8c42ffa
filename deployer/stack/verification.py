"""Look whether a target came true: CloudFormation does not see what others did to the alias."""

from __future__ import annotations

from typing import Final

from deployer.aws.alias import AliasSeen
from deployer.aws.failure import AwsFailure, Moved
from deployer.aws.rival import in_words
from deployer.aws.stack import NO_STACK
from deployer.cdk_adapter.target import Target
from deployer.cdk_adapter.template import resources
from deployer.core import Absent
from deployer.stack.expectation import Expectation
from deployer.stack.site import Site

_OTHER_CODE: Final = "the stack does not hold the code that the target was decided for"
_WRITTEN_SINCE: Final = (
    "CloudFormation does not see what is written by others: plan again and deploy, which starts from what there is"
)
_ELSEWHERE: Final = (
    "deploy it, or see whether it went to another place; the CDK CLI takes the region of AWS_REGION for "
    "CDK_DEFAULT_REGION"
)


class NotDeployed(AwsFailure):
    """Nobody has touched the alias since its target was decided: it is not deployed yet."""


def verify(site: Site, target: Target) -> AliasSeen:
    """The alias, compared with what was to come of `target`, and the stack's code.

    Raises NotDeployed when nothing has been written since that was decided, and Moved when it is something else.
    """
    now, stack = site.alias.read(), site.stack.read()
    doing, no_alias = f"verify {site.alias.called}", f"there is no such alias in {site.account}, {site.region}"
    if isinstance(now.state, Absent) and stack == NO_STACK:
        raise Moved(doing, no_alias, f"the stack {site.stack_name} is not there either: {_ELSEWHERE}")
    expected = Expectation(site.release, target, stack)
    if _is_untouched(expected, now):
        raise _not_deployed(doing, expected, now)
    if isinstance(now.state, Absent):
        advice = f"the stack {site.stack_name} is there: somebody deleted the alias, so plan again and deploy"
        raise Moved(doing, no_alias, advice)
    if not expected.holds_code:
        raise Moved(doing, _OTHER_CODE, "plan again, which starts from what there is, and deploy")
    if not expected.met_by(now):
        raise Moved(doing, _written_since(expected, now), _WRITTEN_SINCE)
    return now


def _is_untouched(expected: Expectation, now: AliasSeen) -> bool:
    """Whether the alias is still what its target was decided from, and that said something else."""
    if isinstance(now.state, Absent) and expected.release.alias_id in resources(expected.seen.template):
        return False  # the stack has made it, and somebody deleted it
    return now.revision == expected.target.starts_from and not expected.met_by(now)


def _not_deployed(doing: str, expected: Expectation, now: AliasSeen) -> NotDeployed:
    shown = (
        "there is no such alias, as when"
        if isinstance(now.state, Absent)
        else f"the alias is {now.state}, as it was when"
    )
    problem = f"its target is not deployed yet: {shown} that was decided, and the target says {expected.routing}"
    return NotDeployed(doing, problem, "`deploy --planned` carries it out")


def _written_since(expected: Expectation, now: AliasSeen) -> str:
    """What others made of the alias: of the target the text is known, and the run that decided it."""
    written = in_words(AliasSeen(Absent(), expected.target.description), now)
    if now.state == expected.routing:
        return f"the alias shows {now.state} as it should, and was written since: it is now {written}"
    return f"the alias is now {written}, and its target says {expected.routing}"

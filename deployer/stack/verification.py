"""Look whether a target came true: CloudFormation does not see what others did to the alias."""

from __future__ import annotations

from typing import Final

from deployer.aws.alias import AliasSeen
from deployer.aws.failure import Moved
from deployer.aws.stack import NO_STACK, StackSeen
from deployer.cdk_adapter.target import Target
from deployer.core import Absent
from deployer.stack.expectation import Expectation
from deployer.stack.site import Site

_OTHER_CODE: Final = "the stack does not hold the code that the target was decided for"


def verify(site: Site, target: Target) -> AliasSeen:
    """The alias, compared with what was to come of `target`, and the stack's code.

    Raises Moved when either is something else.
    """
    now, stack = site.alias.read(), site.stack.read()
    doing = f"verify {site.alias.called}"
    if isinstance(now.state, Absent):
        raise Moved(doing, f"there is no such alias in {site.account}, {site.region}", _where(site, stack))
    expected = Expectation(site.release, target, stack)
    if not expected.holds_code:
        raise Moved(doing, _OTHER_CODE, "plan again, which starts from what there is, and deploy")
    if expected.met_by(now):
        return now
    problem = f"the alias is {now.state}, and the deployed template says {expected.routing}"
    if now.state == expected.routing:
        problem = f"the alias is {now.state} as it should be, but its description is {now.description!r}"
    advice = (
        "somebody changed it by other means, which CloudFormation does not see: plan again and deploy, which starts "
        "from what there is"
    )
    raise Moved(doing, problem, advice)


def _where(site: Site, stack: StackSeen) -> str:
    """Why the alias may not be there."""
    if stack == NO_STACK:
        return (
            f"the stack {site.stack_name} is not there either: deploy it, or see whether it went to another place; "
            "the CDK CLI takes the region of AWS_REGION for CDK_DEFAULT_REGION"
        )
    return f"the stack {site.stack_name} is there: somebody deleted the alias, so plan again and deploy"

"""Look again, right before the deployment: CloudFormation would write over whatever has moved since the decision."""

from __future__ import annotations

from deployer.aws.alias import AliasSeen
from deployer.aws.failure import Moved
from deployer.aws.rival import in_words
from deployer.cdk_adapter.rendering import OtherCode
from deployer.cdk_adapter.target import Target
from deployer.core import Absent
from deployer.stack.expectation import Expectation
from deployer.stack.resolved import Resolved
from deployer.stack.site import Site


def confirm(site: Site, resolved: Resolved) -> None:
    """Of what was decided in this run. Raises Moved when alias or stack is not as it was then."""
    now = site.look()
    if now != resolved.alias:
        raise _moved(site, resolved.alias, now)
    if site.stack.read().template != resolved.deployed.template:
        raise _not_now(site, f"somebody else deployed the stack {site.stack_name} in between")


def check(site: Site, target: Target) -> AliasSeen:
    """Of a target that was written before: the alias, if it is still what it was, or shows already what that says.

    Raises Moved when it is something else, and OtherCode when the template is.
    """
    if target.version_id not in (None, site.release.version_id):
        raise OtherCode(target, site.release.version_id or "none")
    now, stack = site.look(), site.stack.read()
    done = Expectation(site.release, target, stack).met_by(now)
    if now.revision != target.starts_from and not done:
        # How the alias was then, the target does not tell; but whose run it is of, and the text that people wrote.
        raise _moved(site, AliasSeen(Absent(), target.description), now)
    return now


def _moved(site: Site, seen: AliasSeen, now: AliasSeen) -> Moved:
    if isinstance(now.state, Absent):
        return _not_now(site, "somebody else deleted it in between")
    return _not_now(site, f"somebody else changed it in between: it is now {in_words(seen, now)}")


def _not_now(site: Site, problem: str) -> Moved:
    advice = "plan again, which starts from what there is, and look at what that says"
    return Moved(f"deploy what was decided for {site.alias.called}", problem, advice)

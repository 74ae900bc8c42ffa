"""What deploying a template would do that nobody decided.

CloudFormation pushes whatever code the template holds, and publishes whatever Version the stack lacks. So a decision
is held against both before anything changes:

    would-publish    the template holds other code than the alias, or the stack, and would push and publish it
    nothing-new      the Version is new but the function is not: Lambda answers 409, "A version … exists"
    drifted          others changed `$LATEST` in what the template does not, and it would be published with that
    other-publisher  the newest version was published by other means, so two publishers share one function
    outside          the function is at Lambda, but not in this stack
"""

from __future__ import annotations

from collections.abc import Sequence

from deployer.cdk_adapter.deployed import MARK, Deployed, held_version, wanted_version
from deployer.cdk_adapter.frozen import pushed
from deployer.cdk_adapter.preflight import Release, function_changed, versions_in
from deployer.cdk_adapter.template import Template, resources
from deployer.core.plan import Reason, Refusal
from deployer.core.situation import Situation
from deployer.core.version import LATEST, NEW


def objection(
    release: Release, situation: Situation, deployed: Deployed, template: Template, *, publishes: bool, adopt: bool
) -> Refusal | None:
    """Why the template must not be deployed. `publishes`: what was decided needs a new version."""
    if release.function_id not in resources(deployed.template) and deployed.versions:
        return Refusal(
            Reason.OUTSIDE_STACK,
            f"function {release.function_name} is at Lambda, but not in this stack",
            "import it into the stack first (docs/cdk.md tells how), or correct its name",
        )
    unknown = wanted_version(release, deployed, situation) == NEW and release.version_id is not None
    versioned = any(versions_in(release, deployed.template))
    # What has been deployed without a Version is on `$LATEST`, and stays there as it is.
    if unknown and not publishes and (versioned or function_changed(release, template, deployed.template)):
        return Refusal(
            Reason.WOULD_PUBLISH,
            "the template holds code that is not released now, and deploying it would push and publish it",
            "plan and deploy from the commit that is deployed, or release this one when the alias is free for it",
        )
    return _unpublishable(release, deployed, template, adopt=adopt) if publishes else None


def _unpublishable(release: Release, deployed: Deployed, template: Template, *, adopt: bool) -> Refusal | None:
    newest = deployed.newest
    if newest is not None and not deployed.versions[newest].startswith(MARK) and not adopt:
        return Refusal(
            Reason.OTHER_PUBLISHER,
            f"version {newest} was published by other means than this stack, and one function has one publisher",
            "release the function the way it was; or take it over with --adopt (docs/cdk.md tells how)",
        )
    drift = _drift(release, deployed, template)
    if drift and not adopt:
        return Refusal(
            Reason.DRIFTED,
            "somebody changed the function by other means than this stack: $LATEST is not version "
            f"{held_version(release, deployed)}, which the stack published, in {', '.join(drift)}, and CloudFormation "
            "pushes only what changes in the template, so that it would be released",
            f"change {_named(drift)} in the app too, which goes over it; or release it as it is, with --adopt",
        )
    if _is_published(release, deployed, template):
        return Refusal(
            Reason.NOTHING_NEW,
            f"the Version {release.version_id} is new in the template, but what the function will hold is in version "
            f"{newest} already: Lambda would have nothing to publish and answer 409",
            "another CDK, a feature flag or a default that is said now gives the same function another id: take that "
            "back, or change the function's description with it",
        )
    return None


def _drift(release: Release, deployed: Deployed, template: Template) -> tuple[str, ...]:
    """In what `$LATEST` is not what the stack put there, and deploying the template does not make it so.

    A property that CloudFormation pushes goes over the whole of what is there, all variables of Environment among it.
    """
    held = held_version(release, deployed)
    gone_over = pushed(release.function_id, template, deployed.template)
    return tuple(name for name in deployed.differences(held, LATEST) if _property(name) not in gone_over)


def _is_published(release: Release, deployed: Deployed, template: Template) -> bool:
    """Whether the newest version holds what `$LATEST` will hold once the template is deployed."""
    newest = deployed.newest
    known = newest in deployed.contents and LATEST in deployed.contents
    if not known or function_changed(release, template, deployed.template):
        return False
    gone_over = pushed(release.function_id, template, deployed.template)
    # What is pushed means what it meant when the stack published it, or else the function has changed.
    made = deployed.differences(newest, held_version(release, deployed) or LATEST)
    left = deployed.differences(newest, LATEST)
    return not any(_property(name) in gone_over for name in made) and all(_property(name) in gone_over for name in left)


def _property(setting: str) -> str:
    """What a template calls the property that a setting is in."""
    name = setting.partition(".")[0]
    return "KmsKeyArn" if name == "KMSKeyArn" else name


def _named(drift: Sequence[str]) -> str:
    return ", ".join(dict.fromkeys(_property(name) for name in drift))

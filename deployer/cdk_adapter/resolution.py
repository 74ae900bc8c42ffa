"""From what was decided to what a template must say; and what deploying it would do that nobody decided.

CloudFormation pushes whatever code the template holds, and publishes whatever Version the stack lacks. So a decision
is held against both before anything changes:

    would-publish    the template holds other code than the alias, or the stack, and would push and publish it
    nothing-new      the Version is new but the function is not: Lambda answers 409, "A version … exists"
    drifted          others changed `$LATEST` in what the template does not, and it would be published with that
    other-publisher  the newest version was published by other means, so two publishers share one function
    outside          the function is at Lambda, but not in this stack
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from deployer.cdk_adapter.frozen import pushed
from deployer.cdk_adapter.preflight import (
    Release,
    StackResource,
    deployed_version,
    function_changed,
    versions_in,
)
from deployer.cdk_adapter.target import Target
from deployer.cdk_adapter.template import Template, resources
from deployer.core.action import stamped
from deployer.core.content import Content
from deployer.core.plan import Decision, Plan, Reason, Refusal
from deployer.core.situation import Situation, compared
from deployer.core.state import Absent, Settling, versions_on
from deployer.core.version import LATEST, NEW, Latest, New, Published

MARK: Final = "deployer "
"""What the Description of a version begins with that a stack of ours has published; its logical id follows."""


@dataclass(frozen=True, slots=True)
class Deployed:
    """What the stack holds, and the Descriptions of the function's published versions.

    `contents` are those of `$LATEST` and of the versions `to_read`, which have to be known before one is published.
    """

    template: Template = field(default_factory=dict)
    resources: Sequence[StackResource] = ()
    versions: Mapping[Published, str] = field(default_factory=dict)
    contents: Mapping[Published | Latest, Content] = field(default_factory=dict)

    @property
    def newest(self) -> Published | None:
        """The version that was published last."""
        return max(self.versions, default=None)

    def differences(self, one: Published | Latest | None, other: Published | Latest) -> tuple[str, ...]:
        """In what the contents of two differ, by Lambda's names of the settings; in nothing where one is not known."""
        ours, theirs = (None if version is None else self.contents.get(version) for version in (one, other))
        if ours is None or theirs is None:
            return ()
        code = () if ours.code_sha256 == theirs.code_sha256 else ("Code",)
        return (*code, *ours.changes(theirs))


def wanted_version(release: Release, deployed: Deployed, situation: Situation) -> Published | New:
    """Which version holds what the template holds: one that the alias knows, or the newest; else NEW.

    Code that was reverted is published anew, so that two versions may hold the same: it is the one that the rules
    compare first that counts. The newest cannot be published again, whether the stack still has its Version or not.
    """
    mark = f"{MARK}{release.version_id}"
    known = (one for one in compared(situation) if isinstance(one, Published))
    candidates = (*known, deployed.newest)
    found = (one for one in candidates if one is not None and deployed.versions.get(one) == mark)
    return next(found, None) or deployed_version(release, deployed.resources) or NEW


def publishes_new(decision: Decision) -> bool:
    """Whether a decision needs the version that the template is to publish."""
    return isinstance(decision, Plan) and decision.write is not None and NEW in versions_on(decision.write.after)


def to_read(release: Release, deployed: Deployed) -> tuple[Published, ...]:
    """The versions that `$LATEST` has to be compared with before anything is published."""
    versions = (_held(release, deployed), deployed.newest)
    return tuple(dict.fromkeys(version for version in versions if version is not None))


def _held(release: Release, deployed: Deployed) -> Published | None:
    """The version that the stack has published of the function as it deployed it, where its template tells."""
    for version_id in versions_in(release, deployed.template):
        number = deployed_version(replace(release, version_id=version_id), deployed.resources)
        if number is not None and deployed.versions.get(number) == f"{MARK}{version_id}":
            return number
    return None


def resolve(
    release: Release,
    decision: Decision,
    situation: Situation,
    deployed: Deployed,
    template: Template,
    *,
    adopt: bool = False,
) -> Target | Refusal:
    """What the template must say for `decision` to come true, or why deploying it would do something else.

    `situation` is what the decision was made from, `template` what would be deployed, rendered with its Version.
    """
    if isinstance(decision, Refusal):
        return decision
    refusal = _unfit(release, decision, situation, deployed, template, adopt=adopt)
    if refusal is not None:
        return replace(refusal, notices=decision.notices, verdict=decision.verdict)
    target = _target(release, decision, situation)
    emits = target.emits_version or deployed_version(release, deployed.resources) is not None
    return replace(target, emits_version=emits and release.version_id is not None)


def _target(release: Release, decision: Plan, situation: Situation) -> Target:
    write = decision.write
    if write is None:
        state = situation.state
        if isinstance(state, Absent | Settling):
            raise TypeError(f"an alias that is {state} is written, waited for or refused")
        return Target(release.function_name, release.alias_name, state, situation.description, emits_version=False)
    # The ARN is known before, as the function's name, account and region are.
    write = stamped(write, write.memory.record.since, situation.alias_arn)
    emits = NEW in versions_on(write.after)
    return Target(release.function_name, release.alias_name, write.after, write.description.text, emits_version=emits)


def _unfit(
    release: Release, decision: Plan, situation: Situation, deployed: Deployed, template: Template, *, adopt: bool
) -> Refusal | None:
    if release.function_id not in resources(deployed.template) and deployed.versions:
        return Refusal(
            Reason.OUTSIDE_STACK,
            f"function {release.function_name} is at Lambda, but not in this stack",
            "import it into the stack first (docs/cdk.md tells how), or correct its name",
        )
    releases = publishes_new(decision)
    unknown = wanted_version(release, deployed, situation) == NEW and release.version_id is not None
    versioned = any(versions_in(release, deployed.template))
    # What has been deployed without a Version is on `$LATEST`, and stays there as it is.
    if unknown and not releases and (versioned or function_changed(release, template, deployed.template)):
        return Refusal(
            Reason.WOULD_PUBLISH,
            "the template holds code that is not released now, and deploying it would push and publish it",
            "plan and deploy from the commit that is deployed, or release this one when the alias is free for it",
        )
    return _unpublishable(release, deployed, template, adopt=adopt) if releases else None


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
            f"{_held(release, deployed)}, which the stack published, in {', '.join(drift)}, and CloudFormation pushes "
            "only what changes in the template, so that it would be released",
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
    held = _held(release, deployed)
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
    made = deployed.differences(newest, _held(release, deployed) or LATEST)
    left = deployed.differences(newest, LATEST)
    return not any(_property(name) in gone_over for name in made) and all(_property(name) in gone_over for name in left)


def _property(setting: str) -> str:
    """What a template calls the property that a setting is in."""
    name = setting.partition(".")[0]
    return "KmsKeyArn" if name == "KMSKeyArn" else name


def _named(drift: Sequence[str]) -> str:
    return ", ".join(dict.fromkeys(_property(name) for name in drift))

"""What a stack holds, and which of its function's versions is which."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from deployer.cdk_adapter.preflight import Release, StackResource, deployed_version, versions_in
from deployer.cdk_adapter.template import Template
from deployer.core.content import Content
from deployer.core.situation import Situation, compared
from deployer.core.version import NEW, Latest, New, Published

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
    return next(found, None) or deployed_version(release.version_id, deployed.resources) or NEW


def to_read(release: Release, deployed: Deployed) -> tuple[Published, ...]:
    """The versions that `$LATEST` has to be compared with before anything is published."""
    versions = (held_version(release, deployed), deployed.newest)
    return tuple(dict.fromkeys(version for version in versions if version is not None))


def held_version(release: Release, deployed: Deployed) -> Published | None:
    """The version that the stack has published of the function as it deployed it, where its template tells."""
    for version_id in versions_in(release, deployed.template):
        number = deployed_version(version_id, deployed.resources)
        if number is not None and deployed.versions.get(number) == f"{MARK}{version_id}":
            return number
    return None

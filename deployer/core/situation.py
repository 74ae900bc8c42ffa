"""What is known of a function and its alias when a plan is made, and how much of it a plan needs to know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final, TypeAlias

from deployer.core.content import Content, same_code
from deployer.core.recollection import Recollection, recollect
from deployer.core.state import AliasState, versions_on
from deployer.core.token import Description, parse_description
from deployer.core.version import Latest, New, Published, Version

Wanted: TypeAlias = Content | Published | New
"""What `$LATEST` will hold once it is pushed; or, once published, the number that has it."""


@dataclass(frozen=True)
class Situation:
    """The alias as it stands, what `$LATEST` holds, and the versions that have been read.

    `latest` is None when there is no such function. `contents` maps versions to the fingerprints of their content,
    None for a version that does not exist; `listed` tells that all that exist are in it. `alias_arn` is that of the
    alias, existing or to come; empty where there is no function yet that could tell it. `new` is the version that a
    memory calls NEW, where more than the alias tells it: a stack, which has published it.
    """

    state: AliasState
    description: str = ""
    latest: Content | None = None
    contents: Mapping[Published | New, str | None] = field(default_factory=dict)
    listed: bool = False
    alias_arn: str = ""
    new: Published | None = None

    def knowing(self, version: Published | New, fingerprint: str | None) -> Situation:
        """The same with the content of one more version."""
        return replace(self, contents={**self.contents, version: fingerprint})

    def listing(self, contents: Mapping[Published, str]) -> Situation:
        """The same with the content of all published versions."""
        known: dict[Published | New, str | None] = dict(contents.items())
        return replace(self, contents={**known, **self.contents}, listed=True)

    @cached_property
    def written(self) -> Description:
        """The alias's Description, taken apart. Raises TokenTooNew."""
        return parse_description(self.description, self.alias_arn)

    @cached_property
    def recollection(self) -> Recollection:
        """The memory as far as it fits the state. Raises TokenTooNew."""
        return recollect(self.state, self.written.memory, self.new)

    def fingerprint(self, version: Version | New) -> str | None:
        """The content of a version as far as it is known, the memory's word for head included."""
        if not isinstance(version, Latest) and version in self.contents:
            return self.contents[version]
        recollection = self.recollection
        return recollection.fingerprint if version == recollection.head else None


@dataclass(frozen=True, slots=True)
class AllVersions:
    """Asks for the contents of all published versions, as one list of them."""

    def __str__(self) -> str:
        return "all versions"


ALL_VERSIONS: Final = AllVersions()


def unrouted(situation: Situation, wanted: Content) -> Published | None:
    """The version that holds what is wanted and came after all that the alias knows: a run that died published it."""
    if not situation.listed:
        return None
    recollection = situation.recollection
    known = (*compared(situation), *recollection.trail)
    newest = max((version for version in known if isinstance(version, Published)), default=None)
    found = (
        version
        for version, fingerprint in situation.contents.items()
        if isinstance(version, Published) and fingerprint == wanted.fingerprint and (newest is None or version > newest)
    )
    return max(found, default=None)


def first_unread(situation: Situation, wanted: Content, *, returning: bool) -> Published | AllVersions | None:
    """The next version whose content must be read before what is wanted can be judged; None when enough is known.

    For those that were left all are listed: of them the memory has no fingerprints, and publishing lists them anyway.

    Versions are compared in the order of the rules, and the first that equals settles it, so later ones may never
    have to be read. `returning`: a head that is not on the alias would be put there, so that it has to exist.
    """
    on_alias = versions_on(situation.state)
    for version in compared(situation):
        read = situation.listed or version in situation.contents or not isinstance(version, Published)
        fingerprint = situation.fingerprint(version)
        if fingerprint == wanted.fingerprint and (read or version in on_alias or not returning):
            return None
        if isinstance(version, Published) and not read and not _differs(fingerprint, wanted):
            return ALL_VERSIONS if version in situation.recollection.left else version
    return None


def _differs(remembered: str | None, wanted: Content) -> bool:
    """Whether a remembered fingerprint is enough to call two contents different.

    Of other code it is. Of other settings it may have been reckoned by a botocore that knew other members of them.
    """
    return remembered is not None and not same_code(remembered, wanted.fingerprint)


def compared(situation: Situation) -> tuple[Published | New, ...]:
    """What is wanted is compared with these, in order: version1, version2, head, what was left, what was stable."""
    recollection = situation.recollection
    candidates = (*versions_on(situation.state), recollection.head, *recollection.left, recollection.base)
    return tuple(dict.fromkeys(version for version in candidates if isinstance(version, Published | New)))

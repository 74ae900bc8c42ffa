"""The trail: the stable versions before the present one, newest first. A rollback goes back along it."""

from __future__ import annotations

from typing import Final

from deployer.core.state import AliasState, Stable, versions_on
from deployer.core.version import New, Published, Version

TRAIL_LENGTH: Final = 8


def joined(version: Published, trail: tuple[Published, ...]) -> tuple[Published, ...]:
    """The trail with one more version before it."""
    return tuple(dict.fromkeys((version, *trail)))[:TRAIL_LENGTH]


def lengthened(trail: tuple[Published, ...], base: Version | New | None, after: AliasState) -> tuple[Published, ...]:
    """The trail once the alias goes forward from `base` to `after`: what was stable joins it, what is on does not."""
    longer = (base, *trail) if isinstance(base, Published) else trail
    return without(longer, after)[:TRAIL_LENGTH]


def shortened(trail: tuple[Published, ...], after: Stable) -> tuple[Published, ...]:
    """The trail once the alias went back to `after`: only what was stable before that; what was left never joins it."""
    version = after.version
    if not isinstance(version, Published):
        return trail
    if version in trail:
        return trail[trail.index(version) + 1 :]
    return tuple(older for older in trail if older < version)


def without(trail: tuple[Published, ...], state: AliasState) -> tuple[Published, ...]:
    """The trail less what `state` names, each version once."""
    return tuple(version for version in dict.fromkeys(trail) if version not in versions_on(state))

"""What keeps one environment apart from another where both name the same alias of the same function.

Nothing does but the place: an account, a region or a profile that the environment itself names. One that names none
goes wherever a person's credentials happen to lead, so it is the one that is refused, not its neighbour.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """Where an environment releases to, as far as the file names it."""

    account: str | None
    region: str | None
    profile: str | None

    def apart_from(self, other: Place) -> bool:
        """Whether a release to this place cannot reach what a release to the other one reaches.

        An account need not be matched by one on the other side: it is compared with the credentials before anything
        is written. A region is not compared with anything, so both must name one. A profile stands for an account and
        a region, so it tells nothing where both of these are known to be the same.
        """
        if self.account is not None and self.account != other.account:
            return True
        if self.region is not None and other.region is not None and self.region != other.region:
            return True
        same = self.account is not None and self.region is not None and self.region == other.region
        return self.profile is not None and self.profile != other.profile and not same

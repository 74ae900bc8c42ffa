"""One routing follows another on the alias: what of the one is remembered with the other.

That is the trail, which a rollback goes back along; what was left, which does not come back by itself; and whether a
pair of versions was put there by hand.
"""

from __future__ import annotations

from dataclasses import dataclass

from deployer.core.memory import LEFT_LENGTH, Manual, Recollection, Verb, lengthened, shortened, without
from deployer.core.situation import Situation
from deployer.core.state import AliasState, Routing, Stable, Transition, versions_on
from deployer.core.version import New, Published, Version


@dataclass(frozen=True, slots=True)
class Succession:
    """`verb` puts `after` on the alias, which shows `observed`; `seen` is that in our orientation, as in a Case."""

    observed: AliasState
    seen: Situation
    verb: Verb
    after: Routing

    @property
    def _known(self) -> Recollection:
        return self.seen.recollection

    def manual(self) -> Manual | None:
        """The mark of a pair that no deploy began. Another weight leaves a release what it is."""
        if self.verb is not Verb.ROUTE or not isinstance(self.after, Transition):
            return None
        known = self._known
        if known.described and not known.manual and versions_on(self.after) == versions_on(self.observed):
            return None
        return Manual(known.base if isinstance(known.base, Published) else None)

    def trail(self) -> tuple[Published, ...]:
        """What was stable joins the trail when it is left for a later version; whoever goes back shortens it."""
        if self.verb is Verb.ROLLBACK:
            return without(self._longer_or_shorter(), self.seen.state)
        return self._longer_or_shorter()

    def _longer_or_shorter(self) -> tuple[Published, ...]:
        known = self._known
        match self.after:
            case Transition() if self.verb is Verb.ROUTE:
                return known.trail
            case Stable(Published() as version) as after if self._goes_back_to(version):
                return shortened(known.trail, after)
            case Stable() | Transition():
                # There is no way back to what was taken off, by whatever pair it came back meanwhile.
                return lengthened(known.trail, None if known.base in known.left else known.base, self.after)

    def _goes_back_to(self, version: Published) -> bool:
        state, known = self.seen.state, self._known
        forward = version == known.base or self.verb is Verb.DEPLOY
        if forward or (isinstance(state, Transition) and version == state.version1 and not known.manual):
            return False
        return version < known.base if isinstance(known.base, Published) else version in known.trail

    def left(self, head: Published | New | None) -> tuple[Published, ...]:
        """What was taken off and does not come back by itself, newest first; what has all traffic now is none of it.

        `head` is the version that a deploy has put on the alias last, this one included.
        """
        trail, back = self.trail(), (head, self.after.version if isinstance(self.after, Stable) else None)
        left = (*(one for one in self._taken_off() if one not in trail), *self._known.left)
        kept = dict.fromkeys(one for one in left if isinstance(one, Published) and one not in back)
        return tuple(kept)[:LEFT_LENGTH]

    def _taken_off(self) -> tuple[Version | New | None, ...]:
        """What this write leaves; a release that a deploy replaces may come again, and what was held stays held."""
        before, known = versions_on(self.seen.state), self._known
        stays = (*versions_on(self.after), known.base if isinstance(self.after, Transition) else None)
        gone = tuple(version for version in (*before, known.base) if version not in stays)
        if self.verb is not Verb.DEPLOY:
            return gone
        return (*(gone if known.manual else ()), *(() if known.head in before else (known.head,)))

"""One routing follows another on the alias: what of the one is remembered with the other.

That is the trail, which a rollback goes back along; what was left, which does not come back by itself; and whether a
pair of versions was put there by hand.
"""

from __future__ import annotations

from dataclasses import dataclass

from deployer.core.memory import LEFT_LENGTH, Manual, Verb
from deployer.core.recollection import Recollection
from deployer.core.situation import Situation
from deployer.core.state import AliasState, Routing, Stable, Transition, versions_on
from deployer.core.trail import lengthened, shortened, without
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
        return Manual(known.base if isinstance(known.base, Published) and not self._leaves_base() else None)

    def trail(self) -> tuple[Published, ...]:
        """What was stable joins the trail when it is left for a later version; whoever goes back shortens it."""
        if self.verb is Verb.ROLLBACK:
            return without(self._longer_or_shorter(), self.seen.state)
        return self._longer_or_shorter()

    def _longer_or_shorter(self) -> tuple[Published, ...]:
        known = self._known
        match self.after:
            case Transition() if self.verb is Verb.ROUTE:
                return tuple(version for version in known.trail if version != known.base)
            case Stable() as after if self._goes_back():
                return shortened(known.trail, after)
            case Stable() | Transition():
                return lengthened(known.trail, known.base, self.after)

    def _goes_back(self) -> bool:
        """Whether version1 is one that was stable before: whoever goes back to it says that what he leaves is bad.

        Without a memory nobody knows, and the older version is taken for it.
        """
        known, version = self._known, versions_on(self.after)[0]
        if version == known.base or self.verb is Verb.DEPLOY:
            return False
        if self.verb is Verb.ROLLBACK or version in known.trail:
            return True
        older = isinstance(version, Published) and isinstance(known.base, Published) and version < known.base
        return older and not known.remembered

    def _leaves_base(self) -> bool:
        return self._goes_back() and self._known.base not in versions_on(self.after)

    def left(self, head: Published | New | None) -> tuple[Published, ...]:
        """What was taken off and does not come back by itself, newest first; what has all traffic now is none of it.

        `head` is the version that a deploy has put on the alias last, this one included.
        """
        known_good = (*self.trail(), self.after.version if isinstance(self.after, Stable) else None)
        left = dict.fromkeys((*self._taken_off(), *self._known.left))
        kept = (one for one in left if isinstance(one, Published) and one not in known_good and one != head)
        return tuple(kept)[:LEFT_LENGTH]

    def _taken_off(self) -> tuple[Version | New | None, ...]:
        """What this write leaves; a release that a deploy replaces may come again, and what was held stays held."""
        known, manual = self._known, self.manual()
        stays = (*versions_on(self.after), None if manual is None else manual.base)
        gone = tuple(one for one in (*versions_on(self.seen.state), known.base) if one not in stays)
        if self.verb is not Verb.DEPLOY:
            return gone
        return (
            *(gone if known.manual else ()),
            *(() if known.head in stays or self._replaces_release() else (known.head,)),
        )

    def _replaces_release(self) -> bool:
        """Whether head is on the alias because a deploy put it there."""
        known = self._known
        ours = known.described and not known.manual
        return known.head in versions_on(self.seen.state) and (ours or not known.remembered)

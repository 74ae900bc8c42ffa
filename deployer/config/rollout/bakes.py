"""How long each step rests."""

from __future__ import annotations

from collections.abc import Mapping

from deployer.config.duration import checked
from deployer.config.merge import Given, Level
from deployer.config.rollout.tables import BAKE, BUILT_IN_ROLLOUT
from deployer.config.rollout.written import Written
from deployer.config.suggest import listed, quoted
from deployer.core.errors import InvalidPercent
from deployer.core.increments import CanaryIncrements
from deployer.core.percent import Percent
from deployer.core.watch.policy import Bake, Then

_KEYS = tuple(key.name for key in BAKE)
_OF_INVOCATIONS = ("longest", "at_longest")
_WITHOUT = "goes with bake_invocations, and none are asked for"
Rests = Mapping[str, Given]


def bake(written: Written) -> Bake:
    """The bake of steps that have none of their own."""
    rests = _common(written)
    ruling = rests["bake_invocations"]
    for key in _OF_INVOCATIONS if not ruling.value and written.sound("bake_invocations") else ():
        if rests[key].path is not None and rests[key].level.meant_for(ruling.level):
            written.find(rests[key], _WITHOUT)
    return _bake(written, rests)


def bakes(written: Written, increments: CanaryIncrements | None) -> dict[Percent, Bake]:
    """The bakes of shares that have one of their own; the schedule is None where it was refused."""
    found: dict[Percent, Bake] = {}
    for step in written.items("steps"):
        share = _share(written, step, increments)
        own = {key: Given(step.value[key], step.level, (*(step.path or ()), key)) for key in _KEYS if key in step.value}
        rests = _common(written) | own
        for key in own.keys() & set(_OF_INVOCATIONS) if not rests["bake_invocations"].value else ():
            written.find(own[key], _WITHOUT)
        if share is not None and share in found:
            written.find(step, f"{share} has a bake of its own already", "share")
        elif share is not None:
            found[share] = _bake(written, rests)
    return found


def _common(written: Written) -> dict[str, Given]:
    """What holds where a step says nothing; what was refused counts as not given."""
    return {key: written.given(key) or Given(BUILT_IN_ROLLOUT[key], Level.BUILT_IN, None) for key in _KEYS}


def _share(written: Written, step: Given, increments: CanaryIncrements | None) -> Percent | None:
    try:
        share = Percent.of(step.value["share"])
    except InvalidPercent as error:
        written.find(step, f"{error.value}: {error.reason}", "share")
        return None
    if increments is None or share in increments.shares:
        return share
    known = listed(str(increment) for increment in increments.shares)
    written.find(step, f"expected one of canary_increments, {known}, got {share}", "share")
    return None


def _bake(written: Written, rests: Rests) -> Bake:
    """A bake; where it contradicts itself that is said, and its invocations are left out."""
    length = checked(rests["bake"].value)
    invocations = rests["bake_invocations"].value
    longest = checked(rests["longest"].value)
    if not invocations:
        return Bake(length)
    if longest < length:
        if written.sound("bake") and written.sound("longest"):
            _too_short(written, rests)
        return Bake(length)
    return Bake(length, invocations, longest, Then(rests["at_longest"].value))


def _too_short(written: Written, rests: Rests) -> None:
    bake, longest = rests["bake"], rests["longest"]
    if longest.path is not None:
        written.find(longest, f"{quoted(longest.value)} is shorter than the bake of {quoted(bake.value)}")
    else:
        given = bake if bake.path is not None else rests["bake_invocations"]
        what = f"with bake_invocations, {quoted(bake.value)} needs a longest that is no shorter"
        written.find(given, f"{what}; it is {quoted(longest.value)} where nothing is said")

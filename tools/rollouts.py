"""Rollouts that never were: streams of events as a driver tells them, for tests, pictures and measurements.

    rolled_back()   25 percent passes, at 50 percent errors rise, the alias goes back
    passed()        carried on by a second driver, frozen for a while, then all the way to 100 percent
    by_hand()       begun by a person and carried on by ticks; a person holds it, resumes it and rolls it back
    long()          many steps with many looks, as a stream of any size

Made up, and the same every time.
"""

from __future__ import annotations

import functools
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from deployer.core.percent import Percent
from deployer.core.state import AliasState, Routing, Stable, Transition
from deployer.core.version import Published
from deployer.core.watch.judgement import Finding, Judged, Judgement
from deployer.core.watch.observation import PERIOD, Observation, Period
from deployer.rollout.event import (
    Began,
    End,
    Ended,
    Event,
    Happening,
    Held,
    Hooked,
    Looked,
    Noticed,
    Resumed,
    RolledBack,
    Stepped,
    Subject,
    Tested,
    Tried,
    Waited,
)

SUBJECT: Final = Subject("shop-orders-prd", "LIVE", "orders", "prd", "eu-central-1", "123456789012")
_BEGIN: Final = 1_781_272_800  # 12 June 2026, 14:00 UTC
_NEW, _OLD = Published(42), Published(41)
_CALLS: Final = 2_400  # of both versions, in a period
_NEEDED: Final = 1_200.0
_LOOK: Final = 30
_USUAL: Final = 0.011
_ROT: Final = 1_560  # when errors begin to rise, in seconds of the rollout
_ALL: Final = 100
_LONG: Final = 200
_FEW, _TOO_FEW = 3_000, 1_000


@dataclass(frozen=True, slots=True)
class Traffic:
    """What the two versions do. `errors` and `slower` are of the new one, by seconds since it got traffic."""

    errors: Callable[[float], float]
    slower: Callable[[float], float]
    seed: int


@functools.cache
def _period(traffic: Traffic, start: int, share: float, *, new: bool) -> Period:
    """One period of one version, which has `share` (0 to 1) of the traffic."""
    chance = random.Random(f"{traffic.seed} {start} {new}")  # noqa: S311  # noise in a picture
    calls = round(_CALLS * share * chance.uniform(0.85, 1.15))
    rate = traffic.errors(start - _BEGIN) if new else _USUAL
    errors = sum(chance.random() < rate for _ in range(calls))
    factor = (traffic.slower(start - _BEGIN) if new else 1.0) * chance.uniform(0.95, 1.06)
    return Period(start, calls, errors, durations={50.0: 48.0 * factor, 95.0: 182.0 * factor})


_STEADY: Final = Traffic(errors=lambda _: 0.0105, slower=lambda _: 0.97, seed=7)
_RISING: Final = Traffic(
    errors=lambda since: min(_USUAL + max(since - _ROT, 0) / 4_000, 0.075),
    slower=lambda since: 1.0 if since < _ROT else 1.12,
    seed=3,
)


def rolled_back() -> tuple[Event, ...]:
    """A quarter of the traffic shows nothing; at half of it a dependency gives in, and the new version fails."""
    return _told(
        [
            *_opening(),
            *_step(90, Stable(_OLD), _at(25), "the first of 3 steps; its tests passed"),
            *_watched(_RISING, 120, 1_320, 25),
            *_step(1_320, _at(25), _at(50), "25 % was passed after 20 min and 10,800 calls", hook=True),
            *_watched(_RISING, 1_350, 1_890, 50, fails_at=1_860),
            (
                1_860,
                RolledBack(
                    _at(50), Stable(_OLD), "op-4", "the new version fails on 2.4 % of calls, the old one on 1.0 %"
                ),
            ),
            (1_862, Hooked("tell the channel", "end", 0.6)),
            (
                1_863,
                Ended(
                    End.ROLLED_BACK,
                    Stable(_OLD),
                    "Version 42 failed more calls than version 41. See what version 42 logged since 14:26.",
                ),
            ),
        ]
    )


def passed() -> tuple[Event, ...]:
    """The first driver is killed at 50 percent; a second one carries on, waits for a window, and comes to the end."""
    window = "Friday evening"
    return _told(
        [
            *_opening(),
            *_step(90, Stable(_OLD), _at(25), "the first of 3 steps; its tests passed"),
            *_watched(_STEADY, 120, 1_320, 25),
            *_step(1_320, _at(25), _at(50), "25 % was passed after 20 min and 10,800 calls", hook=True),
            *_watched(_STEADY, 1_350, 1_800, 50),
            (2_400, Began(_at(50), (Percent.of(75), Percent.of(100)), "2026-06-12.3")),
            *_watched(_STEADY, 2_430, 3_300, 50),
            *(
                found
                for at in range(3_300, 4_200, 60)
                for found in (
                    *_watched(_STEADY, at, at + 60, 50, since=2_430, every=60),
                    (at, Waited(_BEGIN + 4_200, "nothing goes forward before", window)),
                )
            ),
            *_step(4_200, _at(50), _at(75), "50 % was passed after 48 min and 52,000 calls"),
            *_watched(_STEADY, 4_230, 5_460, 75),
            *_step(5_460, _at(75), Stable(_NEW), "75 % was passed after 21 min and 37,500 calls"),
            *_watched(_STEADY, 5_490, 6_300, 100),
            (
                6_300,
                Ended(End.DONE, Stable(_NEW), "Version 42 has all traffic, and was watched for 14 min after that."),
            ),
        ]
    )


def by_hand() -> tuple[Event, ...]:
    """A person begins it by `deploy`; ticks look every five minutes, and find a hold, and then a rollback, of hers."""
    held = Held(_at(25), "the alias is on hold", "`resume` lets it go forward; `rollback` goes back")
    waits = "version 42 rests at 25 %, for 1200 s"
    return _told(
        [
            (60, Stepped(Stable(_OLD), _at(25), "op-1", "by `deploy`", "42")),
            *_tick(360, _at(25), End.WAITING, waits),
            (400, held),
            *((at, what) for at in (660, 960) for what in (held, Ended(End.HELD, _at(25), "nothing goes forward"))),
            (1_000, Resumed(_at(25))),
            *_tick(1_260, _at(25), End.WAITING, waits),
            (1_400, RolledBack(_at(25), Stable(_OLD), "op-2", "by `rollback`")),
            *(
                (
                    at,
                    Ended(
                        End.ROLLED_BACK, Stable(_OLD), "version 41 has all traffic: the last release was rolled back"
                    ),
                )
                for at in range(1_560, 2_700, 300)
            ),
        ]
    )


def _tick(at: int, state: Transition, end: End, text: str) -> Iterator[_When]:
    yield from _watched(_STEADY, at, at + 1, state.share.hundredths // 100, since=60)
    yield at, Waited(_BEGIN + 1_320, text)
    yield at, Ended(end, state, text)


def long(periods: int, looks_each: int = 1) -> tuple[Event, ...]:
    """A step every 200 periods, `looks_each` looks in each period, without an end: a stream as long as wanted."""
    return _told([*_opening(), *(found for number in range(periods) for found in _long_period(number, looks_each))])


def _long_period(number: int, looks_each: int) -> Iterator[_When]:
    begin, share = number * PERIOD + 120, _long_share(number)
    if share != _long_share(number - 1):
        before = _at(_long_share(number - 1)) if number else Stable(_OLD)
        yield from _step(begin - 10, before, _at(share), "passed")
    since = number // _LONG * _LONG * PERIOD + 120
    yield from _watched(_STEADY, begin, begin + PERIOD, share, since=since, every=PERIOD // looks_each)


def _long_share(number: int) -> int:
    return 0 if number < 0 else min(10 + 10 * (number // _LONG), 90)


_When = tuple[int, Happening]


def _told(happenings: Sequence[_When]) -> tuple[Event, ...]:
    return tuple(Event(float(_BEGIN + at), SUBJECT, what) for at, what in happenings)


def _opening() -> Iterator[_When]:
    schedule = tuple(Percent.of(share) for share in (25, 50, 75, 100))
    yield 0, Began(Stable(_OLD), schedule, "2026-06-12.3")
    yield (
        21,
        Tested(
            "42",
            (
                Tried("places an order", "42", 212.4),
                Tried("refuses an empty basket", "42", 18.2),
                Tried("shadow: yesterday's baskets", "42", 640.8, difference="body.shipping: 4.90 is now 4.95"),
            ),
        ),
    )
    yield (
        24,
        Noticed(
            "alarm-red-before",
            "alarm shop-payments-slow was red before the rollout began; it counts once it has been green",
        ),
    )
    yield 88, Hooked("warm the cache", "before", 3.1)


def _step(at: int, before: Routing, after: Routing, why: str, *, hook: bool = False) -> Iterator[_When]:
    published = "42" if isinstance(before, Stable) else None
    yield at, Stepped(before, after, f"op-{at}", why, published)
    if hook:
        yield at + 2, Hooked("smoke test", "after", 1.4)


def _at(share: int) -> Transition:
    return Transition(_NEW, _OLD, Percent.of(100 - share))


def _watched(
    traffic: Traffic,
    begin: int,
    end: int,
    share: int,
    *,
    since: int | None = None,
    fails_at: int | None = None,
    every: int = _LOOK,
) -> Iterator[_When]:
    """Looks from `begin` until `end`, at a step that began at `since`."""
    first = begin if since is None else since
    state: AliasState = Stable(_NEW) if share == _ALL else _at(share)
    for at in range(begin, end, every):
        seen = _seen(traffic, first, at, share)
        calls = sum(period.invocations for period in seen.new)
        yield (
            at,
            Looked(state, _BEGIN + first, seen, _judged(seen, calls, fails=fails_at is not None and at >= fails_at)),
        )


def _seen(traffic: Traffic, begin: int, at: int, share: int) -> Observation:
    """The last ten periods of the step, as far as the delay of metrics lets them be seen."""
    through = (_BEGIN + at - 60) // PERIOD * PERIOD
    first = max(-(-(_BEGIN + begin) // PERIOD) * PERIOD, through - 10 * PERIOD)
    starts = range(first, through, PERIOD)
    new = tuple(_period(traffic, start, share / 100, new=True) for start in starts)
    old = tuple(_period(traffic, start, 1 - share / 100, new=False) for start in starts) if share < _ALL else ()
    return Observation(through, new, old)


def _judged(seen: Observation, calls: int, *, fails: bool) -> Judgement:
    if not calls:
        return Judgement(Judged.NO_DATA, (Finding("error ceiling", Judged.NO_DATA, "nothing was measured yet"),))
    if not seen.old:
        return Judgement(Judged.PASS, (_ceiling(seen, calls),), calls)
    return _gravest((_errors(seen, calls, fails=fails), _ceiling(seen, calls), _duration(seen)), calls)


def _gravest(findings: tuple[Finding, ...], calls: int) -> Judgement:
    order = (Judged.FAIL, Judged.NO_DATA, Judged.INCONCLUSIVE, Judged.PASS)
    return Judgement(min((finding.judged for finding in findings), key=order.index), findings, calls)


def _errors(seen: Observation, calls: int, *, fails: bool) -> Finding:
    new, old = _share(seen.new), _share(seen.old)
    evidence = 2_310.0 if fails else max(min(2.0 ** (new - old) * 0.8, _NEEDED * 0.8), 0.02)
    judged = Judged.FAIL if fails else Judged.INCONCLUSIVE if calls < _FEW else Judged.PASS
    text = f"{new:.2f} % of {calls:,} calls failed, {old:.2f} % of the old version's"
    return Finding("errors", judged, text, evidence, _NEEDED, new, old)


def _ceiling(seen: Observation, calls: int) -> Finding:
    new = _share(seen.new)
    judged = Judged.INCONCLUSIVE if calls < _TOO_FEW else Judged.PASS
    return Finding("error ceiling", judged, f"{new:.2f} %, and 10 % is allowed", 0.01, _NEEDED, new)


def _duration(seen: Observation) -> Finding:
    new, old = (max(period.durations[95.0] for period in periods) for periods in (seen.new, seen.old))
    return Finding(
        "duration p95",
        Judged.PASS,
        f"{new:.0f} ms, {old:.0f} ms of the old version; 1.5 times is allowed",
        0.4,
        _NEEDED,
        new,
        old,
    )


def _share(periods: Sequence[Period]) -> float:
    return 100 * sum(period.errors for period in periods) / max(sum(period.invocations for period in periods), 1)

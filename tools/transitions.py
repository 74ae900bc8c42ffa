"""Write docs/transitions.md: what every request does in every state, asked of the code itself.

    python tools/transitions.py

The versions of the examples: 5 is version1, 4 is version2, 6 is a head that is not on the alias; 3 was stable before.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date
from pathlib import Path
from typing import Final

from deployer.core import (
    LATEST,
    Absent,
    Action,
    AliasState,
    Await,
    BlueGreen,
    Canary,
    CanaryIncrements,
    Content,
    CreateAlias,
    CreateFunction,
    Decision,
    Deploy,
    Description,
    Development,
    Freeze,
    Hold,
    Manual,
    Memory,
    Move,
    New,
    OnNewer,
    Operation,
    Percent,
    Policy,
    Promote,
    Publish,
    Published,
    PushCode,
    PushSettings,
    Record,
    Refusal,
    Request,
    Resume,
    Rollback,
    Route,
    Routing,
    Settling,
    Shift,
    Situation,
    Stable,
    Strategy,
    Transition,
    Verb,
    compose,
    plan,
)
from deployer.core.freeze import Dates

PAGE: Final = Path(__file__).parent.parent / "docs" / "transitions.md"
THREE, FOUR, FIVE, SIX = (Published(number) for number in (3, 4, 5, 6))
HOLDS: Final = {version: Content(f"code-{version}", {}) for version in (THREE, FOUR, FIVE, SIX)}
NEWER: Final = Content("code-newer", {})
SCHEDULE: Final = CanaryIncrements.of([25, 50, 75])
DAMAGED: Final = "damaged"
LATER: Final = "later format"

STRATEGIES: Final[dict[str, Strategy]] = {
    "blue/green": BlueGreen(),
    "blue/green, refuse": BlueGreen(refuse_newer=True),
    "canary, advance": Canary(SCHEDULE),
    "canary, restart": Canary(SCHEDULE, OnNewer.RESTART),
    "canary, refuse": Canary(SCHEDULE, OnNewer.REFUSE),
    "development": Development(),
}
WANTED: Final = {
    "unchanged": HOLDS[FIVE],
    "reverted": HOLDS[FOUR],
    "held": HOLDS[SIX],
    "tried": HOLDS[SIX],
    "changed": NEWER,
}


def _at(share: float, version1: Published = FIVE, version2: Published = FOUR) -> Transition:
    return Transition(version1, version2, Percent.of(share).rest)


@dataclass(frozen=True)
class Alias:
    """An alias as it is seen. `memory` names a kind that is no memory; `written` is what the token was written with."""

    state: AliasState
    head: Published = FIVE
    written: Routing | None = None
    memory: str | None = None
    verb: Verb = Verb.DEPLOY
    trail: tuple[Published, ...] = (THREE,)
    left: tuple[Published, ...] = ()
    manual: Manual | None = None
    on_hold: bool = False

    @property
    def description(self) -> str:
        """The alias's Description, as the kind of memory has it."""
        if self.memory == LATER:
            return "lr2:h5.a-memory-of-a-later-format"
        if isinstance(self.state, Absent) or self.memory == "none":
            return ""
        shown = Stable(self.state.version1) if isinstance(self.state, Settling) else self.state
        operation = Operation(self.verb, "before")
        record = Record(self.written or shown, 0, operation, self.manual, on_hold=self.on_hold)
        memory = Memory(self.head, HOLDS[self.head].fingerprint, self.trail, record, self.left)
        token = compose(Description("", "", None), memory)
        return token.text.replace(":s0:", ":s1:") if self.memory == DAMAGED else token.text

    def decide(self, request: Request, policy: Policy, wanted: Content | None) -> Decision:
        """Ask the one function that decides, everything being known."""
        contents: dict[Published | New, str | None] = {one: content.fingerprint for one, content in HOLDS.items()}
        situation = Situation(self.state, self.description, HOLDS[THREE], contents)
        return plan(situation, request, policy, wanted, now=0, operation_id="table")


@dataclass(frozen=True)
class Row:
    """One row of the deploy table; `remark` says what of the alias matters beyond its state."""

    alias: Alias
    wanted: Sequence[str] = ("unchanged", "reverted", "held", "changed")
    remark: str = ""
    deploy: Deploy = field(default_factory=Deploy)
    protected: bool = False


NONE, FAILED, UNDER_WAY = Move.NONE, Move.FAILED, Move.UNDER_WAY
STABLE, BEGUN = Stable(FIVE), _at(25)
TRIED: Final = Alias(_at(75, FIVE, SIX), verb=Verb.ROUTE, manual=Manual(FIVE))
EASED: Final = Alias(_at(25), verb=Verb.ROUTE, manual=Manual(FIVE), trail=(FOUR, THREE))
BY_HAND: Final = Alias(_at(25), head=SIX, verb=Verb.ROUTE, manual=Manual(FOUR))
TRIED_AGAIN: Final = replace(TRIED, left=(SIX,))
ELSEWHERE: Final = ("unchanged", "held", "changed")
ELSEWHERE_TRIED: Final = ("unchanged", "tried", "changed")
DEPLOYS: Final = [
    Row(Alias(Absent()), ("changed",)),
    Row(Alias(Stable(LATEST), head=SIX), ("held", "changed"), "6 was rolled back before"),
    Row(Alias(Stable(LATEST), head=SIX), ("held",), "6 was rolled back before; `--again`", Deploy(again=True)),
    Row(Alias(Stable(LATEST), head=SIX, trail=(SIX, THREE)), ("held",), "6 was stable until then"),
    Row(Alias(STABLE), ("unchanged", "changed")),
    Row(Alias(STABLE, head=SIX), ELSEWHERE, "6 was rolled back"),
    Row(Alias(STABLE, head=SIX), ("held",), "6 was rolled back; `--again`", Deploy(again=True)),
    Row(Alias(STABLE, memory="none"), ("unchanged", "changed"), "no memory"),
    Row(Alias(STABLE, memory=DAMAGED), ("changed",), "damaged memory"),
    Row(Alias(STABLE, head=SIX, written=Stable(SIX)), ELSEWHERE, "6 until somebody edited the alias"),
    Row(Alias(BEGUN), ("unchanged", "reverted", "changed")),
    Row(Alias(_at(33), written=BEGUN), ("unchanged", "changed"), "somebody set 33 %"),
    Row(Alias(_at(75)), ("unchanged", "reverted", "changed")),
    Row(BY_HAND, remark="set by `route`; 6 is head"),
    Row(BY_HAND, ("held",), "set by `route`; 6 is head; `--again`", Deploy(again=True)),
    Row(EASED, ("unchanged", "reverted", "changed"), "`route` put 4, which was stable before 5, beside it"),
    Row(TRIED, ELSEWHERE_TRIED, "`route` put 6, which nobody had deployed, beside 5"),
    Row(TRIED_AGAIN, ELSEWHERE, "`route` put 6, which was rolled back, beside 5"),
    Row(TRIED_AGAIN, ("held",), "6 was rolled back; `--again`", Deploy(again=True)),
    Row(Alias(BEGUN, memory="none"), ("unchanged", "reverted", "changed"), "no memory"),
    Row(Alias(BEGUN, memory="none"), ("unchanged",), "no memory; protected", protected=True),
    Row(Alias(BEGUN, memory="none"), ("unchanged",), "no memory; protected; `--adopt`", Deploy(adopt=True), True),
    Row(Alias(BEGUN, FOUR, Stable(FOUR)), ("unchanged", "changed"), "4 until somebody edited the alias"),
    Row(Alias(_at(75, FOUR, FIVE), memory="none"), ("unchanged",), "no memory; lower number first"),
    Row(
        Alias(_at(75, FOUR, FIVE), FOUR, Stable(FOUR)),
        ("unchanged", "reverted", "changed"),
        "4 until CodeDeploy came; `--adopt`",
        Deploy(adopt=True),
    ),
    Row(Alias(Settling(FIVE, FOUR, UNDER_WAY)), ("changed",)),
    Row(Alias(Settling(FIVE, FOUR, FAILED)), ("changed",)),
    Row(Alias(Settling(FIVE, FOUR, NONE)), ("changed",)),
    Row(Alias(Settling(FIVE, FOUR, FAILED), head=SIX), ("held",), "6 is head"),
    Row(Alias(STABLE, memory=LATER), ("changed",), "memory of a later format"),
]
VERBS: Final[dict[str, Request]] = {
    "rollback": Rollback(),
    "rollback --to 3": Rollback(to=THREE),
    "promote": Promote(),
    "route 3": Route(Stable(THREE)),
    "route 5 4 50": Route(_at(50)),
    "route $LATEST": Route(Stable(LATEST)),
}
YEAR: Final = Dates(date(1970, 1, 1), date(1970, 12, 31), UTC)
ADOPTING: Final[dict[str, Request]] = {
    **VERBS,
    "rollback": Rollback(adopt=True),
    "rollback --to 3": Rollback(to=THREE, adopt=True),
    "promote": Promote(adopt=True),
}
LONG_TRAIL: Final = (FOUR, THREE)
REVERSALS: Final = [
    ("", Alias(Absent()), VERBS),
    ("3 on the trail", Alias(Stable(LATEST)), VERBS),
    ("4, 3 on the trail", Alias(STABLE, trail=LONG_TRAIL), VERBS),
    ("nothing on the trail", Alias(STABLE, trail=()), VERBS),
    ("no memory", Alias(STABLE, memory="none"), VERBS),
    ("just rolled back", Alias(Stable(FOUR), verb=Verb.ROLLBACK), VERBS),
    ("just promoted", Alias(STABLE, verb=Verb.PROMOTE), VERBS),
    (
        "4, 3 on the trail; 5 until somebody edited the alias",
        Alias(Stable(FOUR), written=STABLE, trail=LONG_TRAIL),
        VERBS,
    ),
    ("3 on the trail; 4 until somebody edited the alias", Alias(STABLE, head=FOUR, written=Stable(FOUR)), VERBS),
    ("", Alias(BEGUN), VERBS),
    ("", Alias(_at(50)), VERBS),
    ("set by `route`; 6 is head", BY_HAND, VERBS),
    ("`route` put 4, which was stable before 5, beside it", EASED, VERBS),
    ("`route` put 6, which nobody had deployed, beside 5", TRIED, VERBS),
    ("`route` put 6, which was rolled back, beside 5", TRIED_AGAIN, VERBS),
    ("no memory", Alias(BEGUN, memory="none"), VERBS),
    ("no memory; lower number first", Alias(_at(75, FOUR, FIVE), memory="none"), VERBS),
    ("no memory; lower number first; `--adopt`", Alias(_at(75, FOUR, FIVE), memory="none"), ADOPTING),
    ("", Alias(Settling(FIVE, FOUR, UNDER_WAY)), VERBS),
    ("", Alias(Settling(FIVE, FOUR, FAILED)), VERBS),
    ("", Alias(Settling(FIVE, FOUR, NONE)), VERBS),
    ("just rolled back from 5", Alias(Settling(FOUR, FIVE, UNDER_WAY), verb=Verb.ROLLBACK), VERBS),
    ("just rolled back from 5", Alias(Settling(FOUR, FIVE, FAILED), verb=Verb.ROLLBACK), VERBS),
    ("just rolled back from 5", Alias(Settling(FOUR, FIVE, NONE), verb=Verb.ROLLBACK), VERBS),
    ("memory of a later format", Alias(STABLE, memory=LATER), VERBS),
]
CANARY: Final = Policy(STRATEGIES["canary, advance"])
STANDING: Final[dict[str, Request]] = {
    "hold": Hold(),
    "resume": Resume(),
    "deploy": Deploy(),
    "promote": Promote(),
    "rollback": Rollback(),
    "route 3": Route(Stable(THREE)),
}
STANDSTILLS: Final = [
    ("", Alias(Absent()), CANARY),
    ("", Alias(STABLE), CANARY),
    ("on hold", Alias(STABLE, on_hold=True), CANARY),
    ("", Alias(BEGUN), CANARY),
    ("on hold", Alias(BEGUN, on_hold=True), CANARY),
    ("at 50 until somebody edited the alias", Alias(BEGUN, written=_at(50)), CANARY),
    ("on hold, at 50 until somebody edited the alias", Alias(BEGUN, written=_at(50), on_hold=True), CANARY),
    ("set by `route`", Alias(BEGUN, verb=Verb.ROUTE, manual=Manual(FOUR)), CANARY),
    ("no memory", Alias(BEGUN, memory="none"), CANARY),
    ("", Alias(Settling(FIVE, FOUR, UNDER_WAY)), CANARY),
    ("`stop` in the configuration", Alias(BEGUN), replace(CANARY, stopped="an incident")),
    ("a freeze window is shut", Alias(BEGUN), replace(CANARY, freeze=Freeze((YEAR,)))),
]
INTRODUCTION: Final = """\
# What every request does in every state

Generated by `make docs-table` from the function that decides; a test holds this page equal to the code.

A state is read `version1 share / version2 share`: in `5 25 / 4 75`, 25 % of the traffic goes to version 5, where the
release is going, and 75 % to version 4, where it comes from. `new` is the number that publishing will bring. The
canaries rest at 25, 50 and 75 %. A cell tells the writes, in their order, or why there are none:

| cell | means |
| --- | --- |
| push, publish, **new** | `$LATEST` is brought to what is wanted, published, and the alias goes there |
| **5 50 / 4 50** | the alias goes there; nothing is pushed or published |
| nothing: held | nothing is done, and the notice `held` says why |
| wait | Lambda's own move is waited for, then the alias is looked at again |
| ✗ reverted | refused for the reason `reverted`; everything stays as it is |

Text in brackets names a notice that comes with a plan. Where 6 is head, it was deployed last and then left.
"""
STANDSTILL_INTRODUCTION: Final = """\
With a canary; `deploy` of what is version1, or of newer code where one version has all traffic. Hold and resume write
what the alias shows already: only what it remembers changes.
"""


def page() -> str:
    """The whole page."""
    deploys = [["alias is", "remembered", "wanted", *STRATEGIES], *_deploy_rows()]
    reversals = [["alias is", "remembered", *VERBS], *_reversal_rows()]
    standstills = [["alias is", "remembered, or set", *STANDING], *_standstill_rows()]
    return "\n".join(
        (
            INTRODUCTION,
            "## Deploy\n",
            *_table(deploys),
            "\n## Rollback, promote, route\n",
            "`route $LATEST` outside development environments; within them it goes there.\n",
            *_table(reversals),
            "\n## Hold, resume, and what stands still\n",
            STANDSTILL_INTRODUCTION,
            *_table(standstills),
            "",
        )
    )


def _deploy_rows() -> Iterable[list[str]]:
    for row in DEPLOYS:
        for name in row.wanted:
            policies = (Policy(strategy, row.protected) for strategy in STRATEGIES.values())
            cells = [_cell(row.alias.decide(row.deploy, policy, WANTED[name])) for policy in policies]
            wanted = "any" if row.wanted == ("changed",) and not _judged(row.alias) else name
            yield [_state(row.alias.state), row.remark, wanted, *cells]


def _judged(alias: Alias) -> bool:
    """Whether it matters what is wanted."""
    changed, reverted = (alias.decide(Deploy(), Policy(BlueGreen()), wanted) for wanted in (NEWER, HOLDS[FIVE]))
    return _cell(changed) != _cell(reverted)


def _reversal_rows() -> Iterable[list[str]]:
    for remark, alias, verbs in REVERSALS:
        cells = [_cell(alias.decide(request, Policy(BlueGreen()), None)) for request in verbs.values()]
        yield [_state(alias.state), remark, *cells]


def _standstill_rows() -> Iterable[list[str]]:
    for remark, alias, policy in STANDSTILLS:
        wanted = HOLDS[FIVE] if isinstance(alias.state, Transition) else NEWER
        cells = [
            _cell(alias.decide(request, policy, wanted if isinstance(request, Deploy) else None))
            for request in STANDING.values()
        ]
        yield [_state(alias.state), remark, *cells]


def _cell(decision: Decision) -> str:
    if isinstance(decision, Refusal):
        return f"✗ {decision.reason}"
    topics = ", ".join(str(notice.topic) for notice in decision.notices)
    if not decision.actions:
        return f"nothing: {topics}"
    done = ", ".join(_action(action) for action in decision.actions)
    return f"{done} ({topics})" if topics else done


def _action(action: Action) -> str:
    match action:
        case CreateFunction():
            return "create"
        case PushSettings() | PushCode():
            return "push"
        case Publish():
            return "publish"
        case CreateAlias(after=after) | Shift(after=after):
            return f"**{_state(after)}**"
        case Await():
            return "wait"


def _state(state: AliasState) -> str:
    match state:
        case Absent():
            return "absent"
        case Stable(version):
            return str(version)
        case Transition(version1, version2, weight):
            return f"{version1} {weight.rest} / {version2} {weight}"
        case Settling(version1, version2, move):
            return f"{version1} 0 / {version2} 100, move {'by hand' if move is Move.NONE else move}"


def _table(rows: Sequence[Sequence[str]]) -> Iterable[str]:
    head, *body = rows
    yield _line(head)
    yield _line(["---"] * len(head))
    before: Sequence[str] = ()
    for row in body:
        # What is as in the row above is not said again.
        same = list(row[:2]) == list(before[:2])
        yield _line(["", "", *row[2:]] if same else row)
        before = row


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")

"""States, plans and outcomes in words: aligned lines for people, made from the values that the core decided on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from deployer.cli.paper import Line, Span, Tone, line
from deployer.core import (
    Absent,
    Action,
    AliasState,
    Await,
    CreateAlias,
    CreateFunction,
    Decision,
    Notice,
    Percent,
    Plan,
    Publish,
    PushCode,
    PushSettings,
    Refusal,
    Routing,
    Settling,
    Shift,
    Stable,
    Transition,
)

if TYPE_CHECKING:
    from deployer.cli.commands import Commands
    from deployer.cli.place import Place
    from deployer.config import Settings

_LABEL: Final = 11
_CELLS: Final = 20
_SHA: Final = 12  # characters of a hash
_ALL: Final = Percent(10_000)
_NONE: Final = Percent(0)


def heading(settings: Settings, place: Place) -> Line:
    """Which function, where."""
    called = "" if settings.function_name == settings.function else f" ({settings.function_name})"
    where = ", ".join(part for part in (f"alias {settings.alias}", str(place)) if part)
    return line(Span(settings.function, Tone.STRONG), f" in {settings.environment}{called}, {where}")


def row(label: str, *parts: str | Span, tone: Tone = Tone.DIM) -> Line:
    """One line under a heading; an empty label carries on with the one above."""
    return line(Span(f"  {label:<{_LABEL}}", tone), *parts)


def traffic(label: str, state: AliasState) -> Iterator[Line]:
    """Who has which share."""
    if isinstance(state, Absent):
        yield row(label, "no such alias yet")
        return
    for index, (version, share) in enumerate(shares(state)):
        yield row("" if index else label, f"{version:>7}  {f'{share} %':>7}  ", Span(bar(share), Tone.GOOD))
    if isinstance(state, Settling):
        yield row("", f"Lambda's move of provisioned concurrency: {state.move}")


def shares(state: Routing | Settling) -> tuple[tuple[str, Percent], ...]:
    """The versions on an alias and their shares, version1 first."""
    match state:
        case Stable(version):
            return ((str(version), _ALL),)
        case Transition(version1, version2, weight):
            return (str(version1), weight.rest), (str(version2), weight)
        case Settling(version1, version2):
            return (str(version1), _NONE), (str(version2), _ALL)


def bar(share: Percent) -> str:
    """A share as a bar; what is not nothing shows, and what is not all leaves room."""
    cells = round(share.hundredths * _CELLS / _ALL.hundredths)
    if _NONE < share < _ALL:
        cells = min(max(cells, 1), _CELLS - 1)
    return "█" * cells


def action_words(action: Action, alias: str) -> str:
    """One action, as it is said before it is done."""
    match action:
        case CreateFunction():
            return "create the function"
        case PushSettings(names=names, removed=removed):
            return f"change settings: {', '.join(f'{name} (removed)' if name in removed else name for name in names)}"
        case PushCode(code_sha256=sha):
            return f"push code {short_sha(sha)}"
        case Publish():
            return "publish a version"
        case CreateAlias(after=after):
            return f"create alias {alias} on {after}"
        case Shift(before, after, memory) if before == after:
            return f"put alias {alias} on hold" if memory.record.on_hold else f"write what alias {alias} remembers"
        case Shift(after=after):
            return f"move alias {alias} to {after}"
        case Await(before):
            return f"wait for Lambda to move provisioned concurrency from {before.version2} to {before.version1}"


def short_sha(sha: str) -> str:
    """Enough of a hash for people to tell two apart."""
    return sha if len(sha) <= _SHA else f"{sha[:_SHA]}…"


def decision_lines(decision: Decision, alias: str, now: AliasState, commands: Commands) -> Iterator[Line]:
    """What will be done, or why nothing will; `commands` make whole what it says to type."""
    yield from traffic("now", now)
    match decision:
        case Refusal(text=text, way_out=way_out):
            yield row("refused", commands.whole(text), tone=Tone.BAD)
            yield row("way out", commands.whole(way_out))
        case Plan(actions=()):
            yield row("to do", "nothing")
        case Plan():
            if decision.write is not None:
                yield from traffic("then", decision.write.after)
            for index, action in enumerate(decision.actions):
                yield row("" if index else "to do", action_words(action, alias))
    yield from notice_lines(decision.notices, commands)


def notice_lines(notices: Iterable[Notice], commands: Commands) -> Iterator[Line]:
    """What a person should read; the loud ones stand out."""
    for notice in notices:
        text = commands.whole(notice.text)
        if notice.loud:
            yield row("attention", Span(text, Tone.LOUD), tone=Tone.LOUD)
        else:
            yield row("note", text)


def ahead_lines(rollout: tuple[Decision, ...]) -> Iterator[Line]:
    """The deploys after the next one, one line each."""
    for number, decision in enumerate(rollout[1:], start=2):
        write = decision.write if isinstance(decision, Plan) else None
        words = "nothing" if write is None else str(write.after)
        yield row("ahead" if number == 2 else "", f"deploy {number}: {words}")  # noqa: PLR2004  # the second of all

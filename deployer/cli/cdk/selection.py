"""Which releases of an app a command is about: those that were named, and what else their stacks hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import click

from deployer.cdk_adapter.assembly import AssembledStack
from deployer.cdk_adapter.preflight import Release
from deployer.cli.cdk.asked import CdkAsked
from deployer.config.suggest import did_you_mean, listed


@dataclass(frozen=True, slots=True)
class Selected:
    """One release of a stack. One that was not `chosen` stays as it is while others of its stack are released."""

    stack: AssembledStack
    release: Release
    chosen: bool


def select(stacks: Iterable[AssembledStack], asked: CdkAsked) -> tuple[Selected, ...]:
    """Every release of the stacks that hold one of those asked for, in the order of the app.

    Raises UsageError for names that there are not, and where one environment of several would have to be guessed.
    """
    stacks = tuple(stacks)
    found = [(stack, release) for stack in stacks for release in stack.releases]
    if not found:
        raise click.UsageError("the app releases no function: it has neither a ReleasedFunction nor an AliasRelease")
    _see_apart(found)
    _see_known("stack", asked.stacks, [name for stack, _ in found for name in (stack.path, stack.name)])
    environments = (asked.environment,) if asked.environment else ()
    _see_known("environment", environments, [one.environment for _, one in found if one.environment])
    within = [one for one in found if _is_within(*one, asked)]
    _see_one_environment(within, asked)
    _see_known("function", asked.functions, [release.function_name for _, release in within])
    return tuple(_selected(found, within, asked))


def only(selected: Iterable[Selected], what: str) -> Selected:
    """The one release that `what` can be about. Raises UsageError when there are several."""
    chosen = [one for one in selected if one.chosen]
    if len(chosen) != 1:
        names = ", ".join(one.release.function_name for one in chosen)
        raise click.UsageError(f"{what} is for one function; say which with --function: {names}")
    return chosen[0]


def _is_within(stack: AssembledStack, release: Release, asked: CdkAsked) -> bool:
    named = not asked.stacks or stack.path in asked.stacks or stack.name in asked.stacks
    return named and asked.environment in (None, release.environment)


def _selected(
    found: list[tuple[AssembledStack, Release]], within: list[tuple[AssembledStack, Release]], asked: CdkAsked
) -> Iterator[Selected]:
    chosen = [one for one in within if not asked.functions or one[1].function_name in asked.functions]
    stacks = {stack.path for stack, _ in chosen}
    for one in found:
        if one[0].path in stacks:
            yield Selected(*one, chosen=one in chosen)


def _see_apart(found: list[tuple[AssembledStack, Release]]) -> None:
    """One file holds the targets of a whole app, by function and alias: two of the same would get each other's."""
    seen: dict[tuple[str, str], str] = {}
    for stack, release in found:
        first = seen.setdefault((release.function_name, release.alias_name), stack.path)
        if first != stack.path:
            called = f"{release.function_name}:{release.alias_name}"
            raise click.UsageError(
                f"{called} is released in {first} and in {stack.path}: give the functions names of their own, such as "
                f"{release.function_name}-prd"
            )


def _see_known(what: str, named: Iterable[str], known: list[str]) -> None:
    known = list(dict.fromkeys(known))
    for name in named:
        if name not in known:
            there = f"; there are {listed(known, 'and')}" if known else ""
            raise click.UsageError(f"the app releases in no {what} {name}{did_you_mean(name, known) or there}")


def _see_one_environment(within: list[tuple[AssembledStack, Release]], asked: CdkAsked) -> None:
    environments = list(dict.fromkeys(release.environment for _, release in within if release.environment))
    if len(environments) > 1 and not asked.stacks and not asked.functions:
        raise click.UsageError(f"the app releases in {listed(environments, 'and')}: say where with --env or --stack")

"""The order in which things that need each other come."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from deployer.local.cloudformation.refusals import invalid


def needed_first(needs: Mapping[str, Collection[str]]) -> tuple[str, ...]:
    """Names after those they need, otherwise as they stand; names beyond the mapping count for nothing.

    Raises StackRefusal for a circle.
    """
    done: dict[str, None] = {}
    underway: list[str] = []

    def visit(name: str) -> None:
        if name in done or name not in needs:
            return
        if name in underway:
            circle = ", ".join(sorted(underway[underway.index(name) :]))
            raise invalid(f"Circular dependency between resources: [{circle}]")
        underway.append(name)
        for needed in sorted(needs[name]):
            visit(needed)
        underway.pop()
        done[name] = None

    for name in needs:
        visit(name)
    return tuple(done)

"""What random sequences have compared: those that leave out most of their steps, or never move, prove nothing."""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import dataclass, field

from stack_world import Strategy

from deployer.core import Request

# A step that both sides carried out, or began and left.
_DONE = [" ".join(pair) for pair in itertools.product(("deploy", "rollback", "promote", "route"), ("write", "crash"))]
_NOT_DONE = [" ".join(pair) for pair in itertools.product(("deploy", "rollback", "route"), ("rest", "refusal"))]
_PUBLISHING = ["rollback would-publish", "promote would-publish", "route would-publish"]
MUST = (*_DONE, *_NOT_DONE, *_PUBLISHING, "promote rest")
"""What every long run comes to, whichever strategy."""


@dataclass
class Tally:
    """Steps, and plans of next steps, by what was asked and what came of it; and the states that aliases came to."""

    compared: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    reached: Counter[str] = field(default_factory=Counter)

    def compare(self, strategy: Strategy, request: Request, outcome: str) -> None:
        self.compared[f"{_name(strategy)} {_name(request)} {outcome}"] += 1

    def leave_out(self, strategy: Strategy, request: Request, outcome: str) -> None:
        self.left_out[f"{_name(strategy)} {_name(request)} {outcome}"] += 1

    def reach(self, strategy: Strategy, state: str) -> None:
        self.reached[f"{_name(strategy)} {state}"] += 1

    @property
    def missing(self) -> list[str]:
        """What never came of any step, though it must."""
        met = {key.partition(" ")[2] for key in self.compared}
        return [outcome for outcome in MUST if outcome not in met]

    @property
    def share_left_out(self) -> float:
        return self.left_out.total() / (self.left_out.total() + self.compared.total())

    @property
    def share_in_transition(self) -> float:
        """Of all states after a step, those with two versions on the alias."""
        in_transition = sum(count for key, count in self.reached.items() if key.endswith(" Transition"))
        return in_transition / self.reached.total()


def _name(one: object) -> str:
    return type(one).__name__.lower()

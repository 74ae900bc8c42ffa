"""Real calls through an alias, counted by the version that answered."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from deployer.core import Absent, AliasState, Settling, Stable, Transition

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

# Every fourth order names a thing without a quantity: what the bad version stumbles over.
ORDERS: Final[tuple[dict[str, Any], ...]] = (
    {"id": "A-1", "items": [{"sku": "kettle", "quantity": 1}, {"sku": "mug", "quantity": 2}]},
    {"id": "A-2", "items": [{"sku": "tea"}]},
    {"id": "A-3", "items": [{"sku": "mug", "quantity": 6}]},
    {"id": "A-4", "items": [{"sku": "tea", "quantity": 3}, {"sku": "kettle", "quantity": 2}]},
)
_SIGMAS: Final = 3.0
_FRAMES: Final = 40


@dataclass(frozen=True, slots=True)
class Answers:
    """What one version answered; `expected` is its share on the alias, in percent."""

    version: str
    expected: float
    answered: int = 0
    failed: int = 0


@dataclass(frozen=True, slots=True)
class Traffic:
    """`made` of `calls` calls through an alias, by version, the alias's version1 first."""

    calls: int
    made: int
    by_version: tuple[Answers, ...]

    @property
    def finished(self) -> bool:
        """Whether all calls have been made."""
        return self.made == self.calls

    @property
    def failed(self) -> int:
        """Calls that ended in an error, of all versions."""
        return sum(answers.failed for answers in self.by_version)

    def share(self, answers: Answers) -> float:
        """Percent of the calls made so far that a version answered."""
        return 100 * answers.answered / self.made if self.made else 0.0

    def expected(self, answers: Answers) -> tuple[float, float]:
        """Between which percentages chance keeps a share: within three standard deviations, 997 rounds of 1000."""
        share = answers.expected / 100
        chance = 100 * _SIGMAS * math.sqrt(share * (1 - share) / self.calls)
        return max(0.0, answers.expected - chance), min(100.0, answers.expected + chance)

    def counted(self, version: str, *, failed: bool) -> Traffic:
        """The same with one more answer."""
        known = any(answers.version == version for answers in self.by_version)
        rows = self.by_version if known else (*self.by_version, Answers(version, 0.0))
        rows = tuple(
            replace(row, answered=row.answered + 1, failed=row.failed + failed) if row.version == version else row
            for row in rows
        )
        return replace(self, made=self.made + 1, by_version=rows)


def shares(state: AliasState) -> tuple[Answers, ...]:
    """The versions on an alias with the share that each should answer, version1 first."""
    match state:
        case Absent():
            return ()
        case Stable(version):
            return (Answers(str(version), 100.0),)
        case Transition(version1, version2, weight):
            expected = weight.hundredths / 100
            return (Answers(str(version1), 100 - expected), Answers(str(version2), expected))
        case Settling(version1, version2):
            return (Answers(str(version1), 0.0), Answers(str(version2), 100.0))


def send(client: LambdaClient, function: str, alias: str, state: AliasState, calls: int) -> Iterator[Traffic]:
    """Make `calls` calls through an alias that stands at `state`, and tell now and then; the last has them all."""
    traffic = Traffic(calls, 0, shares(state))
    for number in range(calls):
        order = ORDERS[number % len(ORDERS)]
        answer = client.invoke(FunctionName=function, Qualifier=alias, Payload=json.dumps(order))
        answer["Payload"].read()
        traffic = traffic.counted(answer["ExecutedVersion"], failed="FunctionError" in answer)
        if traffic.finished or number % max(1, calls // _FRAMES) == 0:
            yield traffic


def one_answer(client: LambdaClient, function: str, alias: str) -> str:
    """What the service answers to the first order, as JSON."""
    [order] = islice(ORDERS, 1)
    answer = client.invoke(FunctionName=function, Qualifier=alias, Payload=json.dumps(order))
    return answer["Payload"].read().decode()

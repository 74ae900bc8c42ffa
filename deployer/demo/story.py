"""The chapters of the first act. Each does what it tells, by the same calls that a user's script would make."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from deployer.aws.clock import Clock
from deployer.aws.prepared import Outcome
from deployer.config import Config
from deployer.core import (
    Await,
    CreateAlias,
    CreateFunction,
    Publish,
    PushCode,
    PushSettings,
    Shift,
    Stable,
)
from deployer.demo.scene import Chapter, Command, Moved, Said, Scene, Suggestion, Tone
from deployer.demo.traffic import Traffic, one_answer, send
from deployer.demo.working_copy import Edit, WorkingCopy
from deployer.deployer import Deployer

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

FUNCTION: Final = "orders"
CHEAPER_SHIPPING: Final = Edit("src/app.py", "FREE_SHIPPING_FROM = 10_000", "FREE_SHIPPING_FROM = 5_000")
BUG: Final = Edit("src/app.py", 'return int(item.get("quantity", 1))', 'return int(item["quantity"])')
NEXT: Final = (
    Suggestion("deployer init", "write a deployer.toml for a function of your own"),
    Suggestion("deployer plan --env prd", "see what a deploy would do; it changes nothing"),
    Suggestion("deployer deploy --env prd", "release; run it again for the next step of a canary"),
    Suggestion("deployer rollout --env prd", "release the whole way by itself; --report writes a page of it"),
    Suggestion("deployer tick --env prd", "one look at a rollout, from cron or a pipeline"),
    Suggestion("deployer rollback --env prd", "go back, at once"),
    Suggestion("deployer local", "keep an embedded Lambda running for experiments"),
)


@dataclass(slots=True)
class Story:
    """The order service, its working copy, and what has been counted so far."""

    client: LambdaClient
    copy: WorkingCopy
    config: Config
    clock: Clock
    calls: int
    answered: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)

    def scenes(self) -> Iterator[Scene]:
        """All of it, in order; what was broken is mended at the end."""
        production = self._deployer("prd")
        yield from self._sandbox(self._deployer("sbx"))
        yield from self._first_release(production)
        yield from self._canary(production)
        yield from self._bad_version(production)
        yield from self._held(production)
        self.copy.undo(BUG)

    def _deployer(self, environment: str) -> Deployer:
        return Deployer.from_settings(self.config.settings(environment, FUNCTION), clock=self.clock)

    def _sandbox(self, sandbox: Deployer) -> Iterator[Scene]:
        yield Chapter(1, "A sandbox: the alias stays on $LATEST, and nothing is published")
        yield Command("deployer deploy --env sbx")
        yield moved(sandbox, sandbox.deploy())
        yield self._asked(sandbox)

    def _first_release(self, production: Deployer) -> Iterator[Scene]:
        yield Chapter(2, "Production: the first release")
        yield Command("deployer deploy --env prd")
        yield moved(production, production.deploy())
        yield from self._traffic(production)

    def _canary(self, production: Deployer) -> Iterator[Scene]:
        yield Chapter(3, "A canary: cheaper shipping, a quarter of the calls more with each deploy")
        self.copy.apply(CHEAPER_SHIPPING)
        yield CHEAPER_SHIPPING
        while True:
            yield Command("deployer deploy --env prd")
            outcome = production.deploy()
            yield moved(production, outcome)
            yield from self._traffic(production)
            if isinstance(outcome.after, Stable):
                break
        yield self._asked(production)

    def _bad_version(self, production: Deployer) -> Iterator[Scene]:
        yield Chapter(4, "A bad version: orders without a quantity fail")
        self.copy.apply(BUG)
        yield BUG
        yield Command("deployer deploy --env prd")
        yield moved(production, production.deploy())
        yield from self._traffic(production)
        yield Command("deployer rollback --env prd")
        yield moved(production, production.rollback())
        failed = self.failed.total()
        yield from self._traffic(production)
        if self.failed.total() == failed:
            yield Said("the errors are gone", Tone.GOOD)

    def _held(self, production: Deployer) -> Iterator[Scene]:
        yield Chapter(5, "What was rolled back does not come back by itself")
        yield Command("deployer deploy --env prd")
        outcome = production.deploy()
        yield moved(production, outcome)
        for notice in outcome.decision.notices:
            yield Said(notice.text)

    def _traffic(self, deployer: Deployer) -> Iterator[Scene]:
        state = deployer.status().state
        for traffic in send(self.client, deployer.function_name, deployer.alias, state, self.calls):
            yield traffic
            if traffic.finished:
                self._count(traffic)
                yield from judged(traffic)

    def _count(self, traffic: Traffic) -> None:
        for answers in traffic.by_version:
            self.answered[answers.version] += answers.answered
            self.failed[answers.version] += answers.failed

    def _asked(self, deployer: Deployer) -> Said:
        return Said(f"answer: {one_answer(self.client, deployer.function_name, deployer.alias)}")

    @property
    def facts(self) -> tuple[str, ...]:
        """What to remember."""
        made, failed = sum(self.answered.values()), sum(self.failed.values())
        guilty = " and ".join(version for version, count in sorted(self.failed.items()) if count)
        errors = f"{failed} failed, all of them answered by version {guilty}" if failed else "none failed"
        return (
            f"{made} real calls went through the alias; {errors}.",
            "What was expected is as far as chance alone takes a share: 997 rounds of 1000 lie within.",
            "Each release published one version and moved the alias; the alias itself is the only database.",
        )


def judged(traffic: Traffic) -> Iterator[Said]:
    """What the errors of a round say of the versions that made them."""
    for answers in traffic.by_version:
        if answers.failed:
            share = 100 * answers.failed / answers.answered
            yield Said(f"version {answers.version} fails on {share:.0f} % of the calls that it answers", Tone.BAD)


def moved(deployer: Deployer, outcome: Outcome) -> Moved:
    """What a verb did, in words."""
    return Moved(tuple(words(deployer, outcome)), deployer.alias, outcome.before, outcome.after)


def words(deployer: Deployer, outcome: Outcome) -> Iterator[str]:
    """One phrase for each action but the alias's own move, which its states tell."""
    for action in outcome.decision.actions:
        match action:
            case CreateFunction():
                yield f"created {deployer.function_name}"
            case PushSettings(names=names):
                yield f"set {', '.join(names)}"
            case PushCode():
                yield "pushed the code"
            case Publish() if outcome.published is not None:
                yield f"published version {outcome.published.version}"
            case Publish() | CreateAlias() | Shift() | Await():
                continue

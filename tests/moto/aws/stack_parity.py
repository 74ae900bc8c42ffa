"""The same releases twice, through Lambda's own API and through a stack: what is done to one is done to the other.

Versions have other numbers on either side, as Lambda gives none twice: what a crash leaves behind at the one is taken
back by CloudFormation at the other. So each version that an alias comes to show gets a name, #1, #2 and so on, the same
on both sides, and only if both hold the same content. All that is compared is told by these names.

The two differ by design, and the comparison leaves out no more than this:

    pushes         CloudFormation pushes whatever is checked out, so the core plans no push for a stack, and where
                   a push is all there is, in development, calls nothing changed
    left behind    what a crash leaves, the API finds again and says so; CloudFormation has taken its own back
    would-publish  a stack deploys what is checked out with whatever is asked of it; so a rollback, a route or a promote
                   from code that neither alias nor stack knows is refused, and goes from the deployed code instead
    put back       the newest version is not published again; where a crash has left the API's newest, code of the
                   stack's, once the alias has forgotten it, is published anew at the API alone, so a deploy of it is
                   left out (see `Parity.part`)
    fingerprints   a stack's memory is written before the content is known, and has none
    the letter     of what has carried out a release
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from aws_wire import Killed
from aws_world import World
from parity_tally import Tally
from stack_world import StackFailed, StackWorld

from deployer.cdk_adapter.target import Target
from deployer.core import (
    LATEST,
    Absent,
    AliasState,
    Decision,
    Deploy,
    Latest,
    Move,
    New,
    Plan,
    Published,
    Reason,
    Refusal,
    Request,
    Rollback,
    Routing,
    Situation,
    Topic,
    Version,
    read_state,
    versions_on,
)
from deployer.core.memory import resolve_routing
from deployer.core.situation import compared
from deployer.stack.decision import prepare
from deployer.stack.verification import verify

if TYPE_CHECKING:
    from aws_wire import Attempt
    from mypy_boto3_lambda import LambdaClient
    from stack_world import Strategy

    from deployer import Deployer

Ask = Callable[[Callable[[int], Published]], Request]
"""A request for one side, which tells the numbers of the versions in it (see `Side.number`)."""

Content = tuple[str, int]
"""CodeSha256 and memory size."""

NEWEST = "the new one"

NO_AGE = -1
"""That of a version which does not exist."""


@dataclass(frozen=True)
class Remembered:
    """The memory, less when it was written and by which run of which adapter."""

    head: str
    trail: tuple[str, ...]
    left: tuple[str, ...]
    verb: str
    described: bool
    base: str
    manual: bool


@dataclass(frozen=True)
class Sight:
    """What an alias shows: the class of its state, shares by content, shares by name, and its memory."""

    kind: str
    content: dict[Content, str]
    shown: str
    memory: Remembered


@dataclass(frozen=True)
class Judged:
    """A decision: a write, a rest or a refusal; its verdict; its topics or its reason; what the alias is to show."""

    kind: str
    verdict: str
    why: tuple[str, ...]
    after: str = ""


@dataclass
class Intent:
    """What one side would do. `target` is a Refusal where its adapter, or the core, does not do it."""

    request: Request
    decision: Decision
    refusal: Refusal | None
    carry_out: Callable[[], None]


@dataclass
class Side(ABC):
    """One of the two. `names` has the names of the versions that its alias has shown, by their numbers."""

    world: World
    strategy: Strategy
    names: dict[Published, int] = field(default_factory=dict)

    @abstractmethod
    def intend(self, code: int, request: Request) -> Intent:
        """Decide about the request from the checkout of `code`; nothing is written."""

    @abstractmethod
    def crash_once(self, intent: Intent) -> None:
        """Carry it out, and let the write of the alias fail."""

    def ask(self, code: int, ask: Ask) -> Intent:
        return self.intend(code, ask(self.number))

    def number(self, age: int) -> Published:
        """The version that had its name given last (0), or before that (1 and so on, and round); or none."""
        if age == NO_AGE or not self.names:
            return Published(900)
        return list(self.names)[-1 - age % len(self.names)]

    @property
    def situation(self) -> Situation:
        function = self.world.function
        alias = function.aliases.get("LIVE") if function else None
        if alias is None:
            return Situation(Absent())
        state = read_state(alias.function_version, alias.weights, Move.NONE)
        return Situation(state, alias.description, alias_arn=alias.arn)

    @property
    def unnamed(self) -> list[Published]:
        """What the alias shows and has not shown before."""
        on_alias = versions_on(self.situation.state)
        return [one for one in on_alias if isinstance(one, Published) and one not in self.names]

    def content(self, version: Version | New) -> Content:
        there = self.world.there
        held = there.latest if version == LATEST else there.versions[str(version)]
        return (held.code.sha256, held.settings["MemorySize"])

    def known(self) -> set[Content]:
        """The contents of all versions that what is wanted is compared with."""
        return {self.content(version) for version in compared(self.situation)}

    def call(self, version: Version | New | None) -> str:
        match version:
            case Published():
                return f"#{self.names[version]}" if version in self.names else self._stranger(version)
            case New():
                return NEWEST
            case Latest() | None:
                return str(version)

    def _stranger(self, version: Published) -> str:
        # What a crash left behind is as new to the alias as what is not published yet.
        return NEWEST if version.number in self.world.versions() else "nowhere"

    def calls(self, versions: tuple[Version | New, ...]) -> tuple[str, ...]:
        return tuple(self.call(version) for version in versions)

    def tell(self, state: AliasState) -> str:
        """The routing by names."""
        names = self.calls(versions_on(state))
        share = getattr(state, "share", None)
        return " / ".join(names) if share is None else f"{names[0]} at {share} %, {names[1]}"

    def sight(self) -> Sight:
        state = self.situation.state
        weight = getattr(state, "weight", None)
        shares = ["100"] if weight is None else [str(weight.rest), str(weight)]
        content = dict(zip(map(self.content, versions_on(state)), shares, strict=False))
        return Sight(type(state).__name__, content, self.tell(state), self._remembered())

    def _remembered(self) -> Remembered:
        memory = self.situation.recollection
        verb = "" if memory.record is None else str(memory.record.operation.verb)
        return Remembered(
            head=self.call(memory.head),
            trail=self.calls(memory.trail),
            left=self.calls(memory.left),
            verb=verb,
            described=memory.described,
            base=self.call(memory.base),
            manual=memory.manual,
        )

    def bound(self, routing: Routing, _code: int) -> Routing:
        """Where a write leads that was planned from the checkout of `code`."""
        return routing

    def judged(self, decision: Decision, code: int) -> Judged:
        verdict = str(decision.verdict)
        match decision:
            case Refusal(reason):
                return Judged("refusal", verdict, (str(reason),))
            case Plan(actions, notices):
                topics = tuple(str(notice.topic) for notice in notices if notice.topic is not Topic.LEFT_BEHIND)
                if decision.write is not None:
                    return Judged("write", verdict, topics, self.tell(self.bound(decision.write.after, code)))
                if actions and not topics:
                    # A push alone, in development; for a stack none is planned.
                    return Judged("rest", str(None), (str(Topic.UNCHANGED),))
                return Judged("rest", verdict, topics)


@dataclass
class Connected(World):
    """A World with one client for all its runs: making one takes longer than what is done with it."""

    connection: LambdaClient | None = None

    def deployer(self, number: int = 1, **given: Any) -> Deployer:
        deployer = super().deployer(number, **given)
        if self.connection is None:
            self.connection = deployer.session.lambda_client
        deployer.session.__dict__["lambda_client"] = self.connection
        return deployer


@dataclass
class ApiSide(Side):
    """The boto3 adapter."""

    def intend(self, code: int, request: Request) -> Intent:
        deployer = self.world.deployer(code, strategy=self.strategy)
        prepared = deployer.prepare(request)

        def carry_out() -> None:
            deployer.execute(prepared)

        decision = prepared.decision
        return Intent(request, decision, decision if isinstance(decision, Refusal) else None, carry_out)

    def bound(self, routing: Routing, code: int) -> Routing:
        # The plan cannot know it, but publishing answers with the newest version where that holds the same.
        newest = max(self.world.versions(), default=None)
        if newest is None or self.world.versions()[newest] != self.world.content(code):
            return routing
        return resolve_routing(routing, Published(newest))

    def crash_once(self, intent: Intent) -> None:
        def dying(attempt: Attempt) -> None:
            if attempt.operation in {"CreateAlias", "UpdateAlias"}:
                raise Killed

        with pytest.raises(Killed):
            self.world.broken(dying, intent.carry_out)


@dataclass
class StackSide(Side):
    """The stack; `deployed` is the checkout that it was last deployed from, and `render` makes its templates."""

    deployed: int | None = None
    render: type[StackWorld] = StackWorld

    def intend(self, code: int, request: Request) -> Intent:
        stack = self.stack(code)
        site = stack.site()
        resolved = prepare(site, request)
        target = resolved.target

        def carry_out() -> None:
            if isinstance(target, Target):
                stack.apply(stack.template(target))
                self.deployed = code
                verify(site, target)

        return Intent(request, resolved.decision, target if isinstance(target, Refusal) else None, carry_out)

    def crash_once(self, intent: Intent) -> None:
        self.world.local.fail_resource("AWS::Lambda::Alias")
        with pytest.raises(StackFailed, match="a test wants this to fail"):
            intent.carry_out()

    def stack(self, code: int) -> StackWorld:
        return self.render(self.world, self.strategy, code)

    def brings(self, code: int) -> bool:
        """Whether deploying this checkout brings content that neither the alias nor the newest version holds."""
        content = self.world.content(code)
        return code != self.deployed and content not in self.known() and content != self.newest_content

    @property
    def newest_content(self) -> Content:
        return self.world.versions()[max(self.world.versions())]

    def puts_back(self, code: int) -> Published | None:
        """The newest version, where it holds that code and the alias has forgotten it."""
        newest = Published(max(self.world.versions(), default=1))
        held = self.world.versions().get(newest.number) == self.world.content(code)
        return newest if held and newest in self.names and newest not in compared(self.situation) else None


def equal(ours: object, theirs: object) -> None:
    """Said in full, as pytest explains no assertion outside of tests."""
    assert ours == theirs, f"they differ:\nAPI    {ours}\nstack  {theirs}"


def asking(request: Request) -> Ask:
    """The same on both sides, as it names no version."""
    return lambda _number: request


def would_publish(intent: Intent) -> bool:
    return intent.refusal is not None and intent.refusal.reason is Reason.WOULD_PUBLISH


@dataclass
class Parity:
    """Both, and every difference between them is an AssertionError."""

    api: ApiSide
    stack: StackSide
    tally: Tally = field(default_factory=Tally)

    def choose(self, strategy: Strategy) -> None:
        self.api.strategy = self.stack.strategy = strategy

    @property
    def named(self) -> int:
        """How many versions have a name."""
        return len(self.api.names)

    @property
    def taken_off(self) -> int | None:
        """The code of what a rollback or a route took off the alias last."""
        situation = self.api.situation
        gone = (version for version in compared(situation) if version not in versions_on(situation.state))
        version = next(gone, None)
        return None if version is None else self.api.content(version)[1] - self.api.world.settings(0)["MemorySize"]

    def forget(self) -> None:
        """Drop all that the server keeps of both, or thousands of sequences would fill the memory."""
        for side in (self.api, self.stack):
            local = side.world.local
            local._world.realm(local.account, local.region).functions.pop(side.world.name, None)
            local._cloudformation.clear()
            local._journal.clear()

    def step(self, code: int, ask: Ask, *, crash: bool = False) -> None:
        """Do what is asked from the checkout of `code`, on both sides."""
        request = ask(self.api.number)
        if self.part(code, request):
            self.tally.leave_out(self.api.strategy, request, "step")
            return
        ours, theirs = self.intentions(code, ask)
        if would_publish(theirs):
            assert self.stack.deployed is not None
            self.tally.compare(self.api.strategy, theirs.request, str(Reason.WOULD_PUBLISH))
            ours, theirs = self.intentions(self.stack.deployed, ask)
        outcome = self.api.judged(ours.decision, code).kind
        if outcome == "write" and crash:
            outcome = "crash"
        if ours.refusal is None:
            self.carry_out(ours, theirs, crash=outcome == "crash")
            self.meet()
        self.tally.compare(self.api.strategy, ours.request, outcome)
        self.tally.reach(self.api.strategy, self.api.sight().kind)

    def carry_out(self, ours: Intent, theirs: Intent, *, crash: bool) -> None:
        """What was intended, on both sides, or as much of it as comes before the write of the alias."""
        if not crash:
            ours.carry_out()
            theirs.carry_out()
            return
        before = self.api.sight()
        self.api.crash_once(ours)
        self.stack.crash_once(theirs)
        equal(self.api.sight(), before)

    def compare_next(self, code: int) -> None:
        """Compare what a deploy of that code would do next, and what a rollback would."""
        for request in (Deploy(), Rollback()):
            if self.part(code, request):
                self.tally.leave_out(self.api.strategy, request, "next")
            else:
                self.intentions(code, asking(request))
                self.tally.compare(self.api.strategy, request, "next")

    def part(self, code: int, request: Request) -> bool:
        """Whether the stack would put its newest version back, and the API publish the same anew, after a crash's."""
        newest = self.stack.puts_back(code) if isinstance(request, Deploy) else None
        if newest is None:
            return False
        ours = next(number for number, name in self.api.names.items() if name == self.stack.names[newest])
        return max(self.api.world.versions()) > ours.number

    def intentions(self, code: int, ask: Ask) -> tuple[Intent, Intent]:
        """What both would do, which is the same, unless it would bring code that nobody decided to release."""
        ours, theirs = self.api.ask(code, ask), self.stack.ask(code, ask)
        equal(self.api.judged(ours.decision, code), self.stack.judged(theirs.decision, code))
        if ours.refusal is None and not isinstance(theirs.request, Deploy) and self.stack.brings(code):
            assert would_publish(theirs), f"{theirs.request} from code {code} is not refused, but {theirs.refusal}"
        else:
            equal(ours.refusal and ours.refusal.reason, theirs.refusal and theirs.refusal.reason)
        return ours, theirs

    def meet(self) -> None:
        """Name what is new on the aliases, and hold them against each other."""
        ours, theirs = self.api.unnamed, self.stack.unnamed
        assert len(ours) == len(theirs), (ours, theirs)
        for here, there in zip(ours, theirs, strict=True):
            assert self.api.content(here) == self.stack.content(there)
            self.api.names[here] = self.stack.names[there] = self.named + 1
        equal(self.api.sight(), self.stack.sight())
        # A stack's memory has no fingerprint yet where it came with a new version.
        fingerprints = {side.situation.recollection.fingerprint for side in (self.api, self.stack)} - {None}
        assert len(fingerprints) <= 1

"""One function of the embedded Lambda and whoever releases it: what a test does to it, and what it sees there."""

from __future__ import annotations

import base64
import copy
import functools
import hashlib
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import boto3
from aws_wire import Rule, Wire

from deployer import Canary, CanaryIncrements, Deployer, Development
from deployer.aws.policy import ACTIONS
from deployer.core import AliasState, Move, compose, parse_description, read_state

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

    from deployer.local.journal import AliasWrite, ApiCall
    from deployer.local.local_lambda import LocalLambda
    from deployer.local.rules.world import Function

T = TypeVar("T")

CANARY = Canary(CanaryIncrements.of([25, 50, 75]))
DEVELOPMENT = Development()
START = 1_795_000_000.0


@dataclass
class FakeClock:
    """Time that passes only when somebody sleeps."""

    time: float = START
    slept: list[float] = field(default_factory=list)

    def now(self) -> float:
        return self.time

    def monotonic(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += seconds


@dataclass(frozen=True)
class Zips:
    """Deployment zips by number: each number is other code."""

    folder: Path

    def __getitem__(self, number: int) -> Path:
        path = self.folder / f"code-{number}.zip"
        if not path.exists():
            draft = path.with_suffix(".part")
            with zipfile.ZipFile(draft, "w") as archive:
                archive.writestr(zipfile.ZipInfo("index.py"), f"def handler(event, context):\n    return {number}\n")
            draft.replace(path)
        return path

    def sha256(self, number: int) -> str:
        return base64.b64encode(hashlib.sha256(self[number].read_bytes()).digest()).decode()


@functools.cache
def boto3_session() -> boto3.session.Session:
    """One for all tests: reading botocore's models again for each client would take most of their time."""
    return boto3.session.Session()


@dataclass(frozen=True)
class Overheard:
    """A boto3 session on whose clients, of whichever service, a wire listens."""

    wire: Wire

    @property
    def region_name(self) -> str | None:
        return boto3_session().region_name

    @property
    def profile_name(self) -> str:
        return boto3_session().profile_name

    def get_credentials(self) -> Any:
        return boto3_session().get_credentials()

    def client(self, service: Any, **given: Any) -> Any:
        client = boto3_session().client(service, **given)
        self.wire.listen(client)
        return client


@dataclass
class World:
    """One function name; `deployer(n)` releases code n with MemorySize 128 + n."""

    local: LocalLambda
    name: str
    zips: Zips
    role: str
    folder: Path
    clock: FakeClock = field(default_factory=FakeClock)
    wire: Wire = field(default_factory=Wire)
    options: dict[str, Any] = field(default_factory=dict)
    planned: list[str] = field(default_factory=list)

    def settings(self, number: int) -> dict[str, Any]:
        return {
            "Role": self.role,
            "Runtime": "python3.13",
            "Handler": "index.handler",
            "MemorySize": 128 + number,
            # By default it holds the function's name, which would make a twin's content another.
            "LoggingConfig": {"LogGroup": "/tests"},
        }

    def deployer(self, number: int = 1, **given: Any) -> Deployer:
        given = {
            "strategy": CANARY,
            "code": self.zips[number],
            "settings": self.settings(number),
            **self.options,
            **given,
        }
        deployer = Deployer(
            function_name=self.name,
            clock=self.clock,
            on_action=lambda action: self.planned.append(str(getattr(action, "after", ""))),
            **given,
        )
        deployer.session.__dict__["_boto3"] = Overheard(self.wire)
        return deployer

    def deploy(self, number: int, times: int = 1, **given: Any) -> None:
        """Release code `number`, a step each time."""
        for _ in range(times):
            self.deployer(number, **given).deploy()

    @functools.cached_property
    def client(self) -> LambdaClient:
        """Somebody else's hand: a console, another script."""
        return boto3_session().client("lambda", region_name=self.local.region)

    def edit(self, **settings: Any) -> None:
        """A change of `$LATEST` by somebody else."""
        self.client.update_function_configuration(FunctionName=self.name, **settings)

    def edit_code(self, number: int) -> None:
        """Other code on `$LATEST` by somebody else."""
        self.client.update_function_code(FunctionName=self.name, ZipFile=self.zips[number].read_bytes())

    def point(self, version: int | str, weights: dict[str, float] | None = None, alias: str = "LIVE") -> None:
        """A console's edit of the alias: routing alone, nothing said of the description."""
        self.client.update_alias(
            FunctionName=self.name,
            Name=alias,
            FunctionVersion=str(version),
            RoutingConfig={"AdditionalVersionWeights": weights or {}},
        )

    @property
    def function(self) -> Function | None:
        """What the embedded Lambda holds, looked at without a call."""
        realm = self.local._world.realm(self.local.account, self.local.region)
        return realm.functions.get(self.name)

    @property
    def there(self) -> Function:
        found = self.function
        assert found is not None
        return found

    def shown(self, alias: str = "LIVE") -> str:
        """The alias in words: `absent`, `2`, `2 at 25 %, 1 at 75 %`."""
        found = self.function.aliases.get(alias) if self.function else None
        return "absent" if found is None else str(read_state(found.function_version, found.weights, Move.NONE))

    def text(self, alias: str = "LIVE") -> str:
        return self.there.aliases[alias].description

    def alias_arn(self, alias: str = "LIVE") -> str:
        return self.there.aliases[alias].arn

    def versions(self) -> dict[int, tuple[str, int]]:
        """Published versions: code and memory size."""
        held = self.function.versions if self.function else {}
        return {int(number): (one.code.sha256, one.settings["MemorySize"]) for number, one in held.items()}

    def content(self, number: int) -> tuple[str, int]:
        """What `versions` shows of a release of code `number`."""
        return (self.zips.sha256(number), 128 + number)

    def snapshot(self) -> dict[str, Any]:
        """All that must be the same however often a command died: nothing of times and ids of runs."""
        if self.function is None:
            return {}
        latest = self.there.latest
        return {
            "latest": (latest.code.sha256, {**latest.settings}),
            "versions": self.versions(),
            "aliases": {
                name: (self.shown(name), _memory(one.description, one.arn)) for name, one in self.there.aliases.items()
            },
        }

    def log(self) -> tuple[AliasWrite, ...]:
        """The writes of this function's aliases, in order."""
        return tuple(write for write in self.local.alias_writes if write.function == self.name)

    def routings(self) -> list[str]:
        """Where the alias went, write by write."""
        return [str(in_words(write)) for write in self.log()]

    @contextmanager
    def calling(self, command: str) -> Iterator[list[str]]:
        """The names of the API calls that we make within, none of which the command's policy may lack."""
        before, names = len(self.local.calls), list[str]()
        try:
            yield names
        finally:
            names += operations(self.local.calls[before:])
            lambda_calls = {one for one in names if ":" not in one}
            assert lambda_calls <= set(ACTIONS[command]), f"{command} may not call {lambda_calls}"

    def asked(self, operation: str) -> dict[str, Any]:
        """The members of the last request of that operation, without RevisionId and the bytes of code."""
        assert len(self.wire.operations) == len(self.wire.sent), "something was tried twice"
        last = max(index for index, name in enumerate(self.wire.operations) if name == operation)
        return {name: value for name, value in self.wire.sent[last].items() if name != "RevisionId"}

    def broken(self, rule: Rule, run: Callable[[], T]) -> T:
        """Run with `rule` on the wire, and without it ever after."""
        self.wire.rule, self.wire.operations, self.wire.sent = rule, [], []
        try:
            return run()
        finally:
            self.wire.rule = lambda _attempt: None

    @property
    def rival(self) -> World:
        """Another run of the same tool on the same function, with a wire of its own."""
        return replace(self, wire=Wire(), planned=[])

    def twin(self, name: str) -> World:
        """A copy of the function under another name, with a wire of its own."""
        _copy(self.local, self.name, name)
        return World(self.local, name, self.zips, self.role, self.folder, self.clock, options=dict(self.options))


def in_words(write: AliasWrite) -> AliasState | None:
    return None if write.after is None else read_state(write.after.version, write.after.weights, Move.NONE)


def operations(calls: tuple[ApiCall, ...]) -> list[str]:
    """What the deployer called: Lambda's operations by name, others as `service:operation`."""
    ours = [call for call in calls if "deployer/" in call.user_agent]
    return [call.operation if call.service == "lambda" else f"{call.service}:{call.operation}" for call in ours]


def _memory(description: str, alias_arn: str) -> Any:
    read = parse_description(description, alias_arn)
    if read.memory is None:
        return (read.text, None)
    memory = read.memory
    return (
        read.text,
        memory.head,
        memory.fingerprint,
        memory.trail,
        memory.record.routing,
        memory.record.operation.verb,
    )


def _copy(local: LocalLambda, source: str, target: str) -> None:
    world = local._world
    with world.lock:
        realm = world.realm(local.account, local.region)
        original = realm.functions.get(source)
        realm.last_numbers[target] = realm.last_numbers.get(source, 0)
        if original is None:
            return
        twin = copy.deepcopy(original)
        twin.name, twin.arn = target, realm.function_arn(target)
        twin.latest.arn = twin.arn
        for version in twin.versions.values():
            version.arn = f"{twin.arn}:{version.number}"
        for alias in twin.aliases.values():
            read = parse_description(alias.description, alias.arn)
            alias.arn = f"{twin.arn}:{alias.name}"
            if read.memory is not None:
                alias.description = compose(replace(read, owner=alias.arn), read.memory).text
        realm.functions[target] = twin

"""What the embedded Lambda remembers: functions, versions, aliases, per account and region.

One lock guards a world. Every rule runs under it, so a check and the write that it allows are one step; only
handlers of invoked functions run outside.
"""

from __future__ import annotations

import copy
import random
import threading
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from deployer.local.journal import Journal
from deployer.local.settings import LocalSettings

LATEST = "$LATEST"

Settings = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Code:
    """What a version runs: the bytes of a zip, or an image by digest (`image_uri` set, no bytes)."""

    sha256: str
    size: int
    zipped: bytes = b""
    image_uri: str | None = None


@dataclass(slots=True)
class Policy:
    """The resource policy of one function, version or alias; empty statements mean none."""

    statements: list[dict[str, Any]] = field(default_factory=list)
    revision_id: str = ""


@dataclass(slots=True)
class Change:
    """Work that Lambda has not finished: `polls` more answers will say so, and `before` still serves."""

    kind: Literal["creating", "updating"]
    polls: int
    before: tuple[Settings, Code] | None = None


@dataclass(slots=True)
class Version:
    """`$LATEST` (its `arn` is the function's) or a published number (its `arn` ends in it)."""

    number: str
    arn: str
    settings: Settings
    code: Code
    last_modified: str
    revision_id: str
    change: Change | None = None
    policy: Policy = field(default_factory=Policy)

    def bump(self) -> None:
        """Give it a new RevisionId."""
        self.revision_id = new_id()

    def snapshot(self) -> tuple[Settings, Code]:
        """Settings and code as they stand, safe from later writes."""
        return copy.deepcopy(self.settings), self.code

    def serving(self) -> tuple[Settings, Code]:
        """What an invocation runs: during an update still what was there before (§3)."""
        if self.change is not None and self.change.before is not None:
            return self.change.before
        return self.settings, self.code


@dataclass(slots=True)
class Alias:
    """A name for one version, or for two with a weight (0 to 1) for the second."""

    name: str
    arn: str
    function_version: str
    weights: dict[str, float]
    description: str
    revision_id: str
    policy: Policy = field(default_factory=Policy)


@dataclass(slots=True)
class Provisioned:
    """Provisioned concurrency of a version or alias; `ready` is the version that holds the capacity."""

    requested: int
    last_modified: str
    status: Literal["IN_PROGRESS", "READY", "FAILED"]
    polls: int
    ready: str | None


@dataclass(frozen=True, slots=True)
class EventInvoke:
    """How asynchronous invocations of one qualifier are retried; `last_modified` in epoch seconds."""

    settings: Mapping[str, Any]
    last_modified: float


@dataclass(slots=True)
class Function:
    """All of one function. `published`: number and content of the last publish; `touched`: updated since."""

    name: str
    arn: str
    latest: Version
    versions: dict[str, Version] = field(default_factory=dict)
    aliases: dict[str, Alias] = field(default_factory=dict)
    provisioned: dict[str, Provisioned] = field(default_factory=dict)
    event_invokes: dict[str, EventInvoke] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    reserved: int | None = None
    published: tuple[str, tuple[Settings, str]] | None = None
    touched: bool = False


@dataclass(slots=True)
class Realm:
    """One account in one region. `last_numbers` outlives its functions: numbers are never reused."""

    account: str
    region: str
    functions: dict[str, Function] = field(default_factory=dict)
    last_numbers: dict[str, int] = field(default_factory=dict)
    role_uses: dict[str, int] = field(default_factory=dict)

    def function_arn(self, name: str) -> str:
        """The ARN of the function of that name, there or not."""
        return f"arn:aws:lambda:{self.region}:{self.account}:function:{name}"


class Neighbours(Protocol):
    """What Lambda asks of the other services."""

    def role_exists(self, account: str, arn: str) -> bool:
        """Whether IAM has the role and lets Lambda assume it."""

    def s3_object(self, account: str, bucket: str, key: str, version: str | None) -> bytes:
        """The object's bytes; raises S3Missing."""

    def layer_size(self, account: str, region: str, arn: str) -> int | None:
        """Bytes of a layer version; None when there is no such layer."""

    def put_metrics(self, account: str, region: str, invocation: Invocation) -> None:
        """Let CloudWatch count one invocation."""


class S3Missing(Exception):
    """S3 has no such bucket, key or version: holds S3's code and message."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class Invocation:
    """What one invocation tells CloudWatch; `started` is aware, `duration_ms` in milliseconds.

    One that was `throttled` ran nothing.
    """

    function: str
    qualifier: str | None
    executed_version: str | None
    started: datetime
    duration_ms: float
    failed: bool
    throttled: bool = False


@dataclass(slots=True)
class World:
    """Everything of one embedded Lambda. Hold `lock` around every look and every write."""

    settings: LocalSettings
    neighbours: Neighbours
    journal: Journal
    clock: Callable[[], datetime]
    lock: threading.RLock = field(default_factory=threading.RLock)
    realms: dict[tuple[str, str], Realm] = field(default_factory=dict)
    rng: random.Random = field(default_factory=random.Random)

    def realm(self, account: str, region: str) -> Realm:
        """The realm, made on first sight."""
        return self.realms.setdefault((account, region), Realm(account, region))

    def now(self) -> str:
        """The time as Lambda writes it, to the millisecond."""
        return self.clock().strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "+0000"

    def adopt(self, settings: LocalSettings) -> None:
        """Behave by other settings from now on; a seed starts its sequence anew."""
        self.settings = settings
        self.rng.seed(settings.seed)


@dataclass(frozen=True, slots=True)
class Call:
    """One request to the Lambda API, understood: parameters of path and query by name, and the JSON body."""

    operation: str
    account: str
    region: str
    params: Mapping[str, str]
    body: Mapping[str, Any]
    raw: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    user_agent: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer: a JSON body (None for none, bytes as they are) under an HTTP status."""

    status: int = 200
    body: Mapping[str, Any] | bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


def new_id() -> str:
    """A RevisionId unlike all before."""
    return str(uuid.uuid4())

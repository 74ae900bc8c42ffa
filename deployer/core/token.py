"""The memory as one token in the alias's Description, wherever it stands in it.

    lr1:h5.<fingerprint>:t4.3:r5.4.7500:s<since>:d.<operation id>:<check>

One word of ASCII: head, the fingerprint of its content and the versions that were left, trail, routing
(version1.version2.weight in hundredths of a percent, and `.base` for a pair that was set by hand; or version1 alone),
since (Unix seconds, hex; `.` and how long before that the release began, if it did; `h` and how long after it hooks
were to follow, until they have; a capital S while it is on hold), verb (a capital when a stack carried it out) and
operation id, and a check over all of it.
`n` in the place of a number stands for version1, written before its number was known; `$` is `$LATEST`, `-` is
nothing. The check covers the alias's own ARN too, the owner: a token that was copied from another alias is no memory.

Lambda allows a Description 256 characters, counted as UTF-16 units (Lambda API, shape Description). A person's own
text around the token is kept; for room the trail shrinks first, to no less than one, then what was left, to three,
then the text is cut.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from deployer.core.errors import DeployerError, InvalidValue
from deployer.core.memory import Manual, Memory, Operation, Record, Through, Verb
from deployer.core.percent import Percent
from deployer.core.state import Routing, Stable, Transition
from deployer.core.version import LATEST, NEW, Latest, New, Published

DESCRIPTION_UNITS: Final = 256
_LEAST_LEFT: Final = 3
_FORMAT: Final = "lr1"
# Long enough not to be a person's own word; punctuation that follows it is the person's.
_ANY_TOKEN: Final = re.compile(r"\blr(?P<format>1|\d+(?=:h)):[\w$:.-]{15,}[\w$-]", re.ASCII)
_VERBS: Final = {"d": Verb.DEPLOY, "o": Verb.ROUTE, "p": Verb.PROMOTE, "b": Verb.ROLLBACK}
_LETTERS: Final = {verb: letter for letter, verb in _VERBS.items()}


class TokenDamaged(DeployerError):
    """There is a token, but it does not say what it said when it was written, or it was written for another alias."""


class TokenTooNew(DeployerError):
    """The token was written in a later format than we know."""

    def __init__(self, format_: str) -> None:
        super().__init__(format_)
        self.format = format_

    def __str__(self) -> str:
        return f"the alias's memory is in format lr{self.format}; this deployer knows {_FORMAT}: upgrade it"


@dataclass(frozen=True, slots=True)
class Description:
    """An alias's Description, taken apart: a person's text before and after, and what the token says, if anything.

    `owner` is the alias's ARN; empty while there is no function that could tell it.
    """

    before: str
    after: str
    memory: Memory | None
    damaged: bool = False
    owner: str = ""

    def __post_init__(self) -> None:
        if self.damaged and self.memory is not None:
            raise InvalidValue(self.memory, "a damaged token is no memory")

    @property
    def text(self) -> str:
        """What a person wrote, on one line."""
        return f"{self.before} {self.after}".strip()


@dataclass(frozen=True, slots=True)
class Composed:
    """A Description ready to be written, and whether a person's text had to be cut for it."""

    text: str
    cut: bool


def parse_description(text: str, owner: str = "") -> Description:
    """Find the memory in the Description of the alias with the ARN `owner`.

    A token that is damaged, or another alias's, is no memory; it and doubles are not kept as text.

    Raises TokenTooNew for a format we do not know: its memory must not be overwritten unread.
    """
    found = list(_ANY_TOKEN.finditer(text))
    for match in found:
        if match["format"] != _FORMAT.removeprefix("lr"):
            raise TokenTooNew(match["format"])
    if not found:
        return Description(text.rstrip(), "", None, owner=owner)
    before = text[: found[0].start()].rstrip()
    after = _ANY_TOKEN.sub("", text[found[0].end() :]).strip()
    try:
        memories = {decode(match.group(), owner) for match in found}
    except TokenDamaged:
        return Description(before, after, None, damaged=True, owner=owner)
    # Two different tokens contradict each other, so neither is believed.
    memory = memories.pop() if len(memories) == 1 else None
    return Description(before, after, memory, damaged=memory is None, owner=owner)


def compose(around: Description, memory: Memory) -> Composed:
    """Put the memory among the person's text.

    The trail gives way first, down to one version, then what was left, down to three, then the text.
    """
    token = ""
    for shorter in _shrinking(memory):
        token = encode(shorter, around.owner)
        whole = _joined(around.before, token, around.after)
        if _units(whole) <= DESCRIPTION_UNITS:
            return Composed(whole, cut=False)
    room = DESCRIPTION_UNITS - _units(token) - 2
    before = _cut(around.before, room)
    after = _cut(around.after, room - _units(before))
    return Composed(_joined(before, token, after), cut=(before, after) != (around.before, around.after))


def _shrinking(memory: Memory) -> Iterator[Memory]:
    """The memory whole, and then shorter and shorter."""
    for length in range(max(len(memory.trail), 1), 0, -1):
        yield replace(memory, trail=memory.trail[:length])
    for length in range(len(memory.left) - 1, _LEAST_LEFT - 1, -1):
        yield replace(memory, trail=memory.trail[:1], left=memory.left[:length])


def encode(memory: Memory, owner: str = "") -> str:
    """The memory as one ASCII word, for the alias with the ARN `owner`."""
    record = memory.record
    body = ":".join(
        (
            _FORMAT,
            ".".join((f"h{_number(memory.head)}", memory.fingerprint or "-", *map(str, memory.left))),
            f"t{'.'.join(str(version) for version in memory.trail) or '-'}",
            f"r{_routing(record.routing)}{_by_hand(record.manual)}",
            _times(record),
            f"{_letter(record.operation)}.{record.operation.id}",
        )
    )
    return f"{body}:{_check(body, owner)}"


def decode(token: str, owner: str = "") -> Memory:
    """Read what `encode` wrote for `owner`. Raises TokenDamaged for anything else, however slightly it differs."""
    body, _, check = token.rpartition(":")
    if check != _check(body, owner):
        raise TokenDamaged(token)
    try:
        memory = _read(body)
    except (ValueError, KeyError) as error:
        raise TokenDamaged(token) from error
    if encode(memory, owner) != token:
        raise TokenDamaged(token)
    return memory


def _read(body: str) -> Memory:
    _, head, trail, routing, times, operation = body.split(":")
    number, fingerprint, *left = head[1:].split(".")
    shown = routing[1:].split(".")
    letter, operation_id = operation.split(".")
    since, began, follow_up = _times_of(times)
    return Memory(
        head=_version_or_new(number),
        fingerprint=None if fingerprint == "-" else fingerprint,
        trail=() if trail == "t-" else tuple(Published(int(part)) for part in trail[1:].split(".")),
        left=tuple(Published(int(version)) for version in left),
        record=Record(
            routing=_routing_of(*shown[:3]),
            since=since,
            operation=_operation(letter, operation_id),
            manual=_manual_of(*shown[3:]),
            began=began,
            on_hold=times[0] == "S",
            follow_up=follow_up,
        ),
    )


def _times(record: Record) -> str:
    before = "" if record.began is None else f".{record.since - record.began:x}"
    hooks = "" if record.follow_up is None else f"h{record.follow_up - record.since:x}"
    return f"{'S' if record.on_hold else 's'}{record.since:x}{before}{hooks}"


def _times_of(text: str) -> tuple[int, int | None, int | None]:
    """Since, when the release began, and of when hooks are to follow."""
    routing, *hooks = text[1:].split("h")
    since, *before = (int(part, 16) for part in routing.split("."))
    return since, since - before[0] if before else None, since + int(hooks[0], 16) if hooks else None


def _letter(operation: Operation) -> str:
    """A capital for what went through a stack."""
    letter = _LETTERS[operation.verb]
    return letter.upper() if operation.through is Through.STACK else letter


def _operation(letter: str, operation_id: str) -> Operation:
    return Operation(_VERBS[letter.lower()], operation_id, Through.STACK if letter.isupper() else Through.API)


def _routing(routing: Routing) -> str:
    match routing:
        case Stable(version):
            return _number(version)
        case Transition(version1, version2, weight):
            return f"{_number(version1)}.{version2}.{weight.hundredths}"


def _routing_of(first: str, *others: str) -> Routing:
    if first == "$" and not others:
        return Stable(LATEST)
    version1 = _version_or_new(first)
    if version1 is None:
        raise ValueError(first)
    if not others:
        return Stable(version1)
    version2, weight = others
    return Transition(version1, Published(int(version2)), Percent(int(weight)))


def _by_hand(manual: Manual | None) -> str:
    return "" if manual is None else f".{_number(manual.base)}"


def _manual_of(*bases: str) -> Manual | None:
    if not bases:
        return None
    (base,) = bases
    return Manual(None if base == "-" else Published(int(base)))


def _number(version: Published | New | Latest | None) -> str:
    match version:
        case Published(number):
            return str(number)
        case New():
            return "n"
        case Latest():
            return "$"
        case None:
            return "-"


def _version_or_new(text: str) -> Published | New | None:
    if text == "-":
        return None
    return NEW if text == "n" else Published(int(text))


def _check(body: str, owner: str) -> str:
    return hashlib.sha256(f"{owner}{body}".encode()).hexdigest()[:6]


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _cut(text: str, room: int) -> str:
    """The longest beginning of `text` that fits into `room` UTF-16 units, cut between characters."""
    while _units(text) > max(room, 0):
        text = text[:-1]
    return text.rstrip()


def _joined(*parts: str) -> str:
    return " ".join(part for part in parts if part)

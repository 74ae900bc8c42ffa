"""Tests of the new version before it has traffic: it is invoked by its number, with events of the user's.

`resolve` reads the event of each and finds its Python function, if it has one, before anything begins; `run` runs all.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from deployer.config.rollout.payload import UnusableEvent, event_in
from deployer.config.rollout.settings import Shadow, TrialSettings
from deployer.core.errors import DeployerError
from deployer.core.version import Published
from deployer.rollout.entry_point import CannotLoad, load, outcome
from deployer.rollout.event import Tested, Tried
from deployer.rollout.invocation import Answer, Invoke, document, failure, shown
from deployer.rollout.json_difference import difference, missing
from deployer.rollout.limit import within


@dataclass(frozen=True, slots=True)
class Ready:
    """A test whose event has been read, and whose function has been found."""

    test: TrialSettings
    event: bytes = b"{}"
    function: Callable[..., object] | None = None


@dataclass(frozen=True, slots=True)
class Pair:
    """What is tried: the new version of a function behind an alias, and the old one where there is one."""

    function_name: str
    alias: str
    version: Published
    old: Published | None = None


@dataclass(slots=True)
class CheckContext:
    """What a check is called with. `event` is the test's, `milliseconds` what its invocations took so far.

    `invoke` and `invoke_old` take bytes of JSON, or whatever JSON can be made of; they raise DeployerError where there
    is no answer, and `invoke_old` where there is no old version.
    """

    function_name: str
    alias: str
    version: str
    old: str | None
    event: bytes
    _invoke: Callable[[Published, bytes], Answer]
    _pair: Pair
    milliseconds: float = 0.0

    def invoke(self, event: object = b"{}") -> Answer:
        """The new version's answer."""
        return self._asked(self._pair.version, event)

    def invoke_old(self, event: object = b"{}") -> Answer:
        """The old version's answer."""
        if self._pair.old is None:
            raise NoOldVersion(self.function_name, self.alias)
        return self._asked(self._pair.old, event)

    def _asked(self, version: Published, event: object) -> Answer:
        payload = event if isinstance(event, bytes) else json.dumps(event).encode()
        answer = self._invoke(version, payload)
        self.milliseconds += answer.milliseconds
        return answer


class NoOldVersion(DeployerError):
    """There is no version before the new one."""

    def __init__(self, function_name: str, alias: str) -> None:
        super().__init__(function_name, alias)
        self.function_name = function_name
        self.alias = alias

    def __str__(self) -> str:
        return f"the alias {self.alias} of {self.function_name} has no old version to compare with"


def resolve(tests: Sequence[TrialSettings], folder: Path) -> tuple[Ready, ...]:
    """The tests with their events, and their functions from modules in `folder`.

    Raises CannotLoad for the first of which something is not there.
    """
    return tuple(Ready(test, _event(test), None if test.check is None else load(test.check, folder)) for test in tests)


def _event(test: TrialSettings) -> bytes:
    if test.event is None:
        return b"{}"
    try:
        return event_in(test.event, str(test.event))
    except UnusableEvent as error:
        raise CannotLoad(f"test {test.name}", error.problem) from error


def run(tests: Sequence[Ready], pair: Pair, invoke: Invoke) -> Tested:
    """Run all of them, one after another, whether they pass or not."""
    return Tested(str(pair.version), tuple(_tried(ready, pair, invoke) for ready in tests))


def _tried(ready: Ready, pair: Pair, invoke: Invoke) -> Tried:
    test = ready.test
    if ready.function is not None:
        return _checked(ready, ready.function, pair, invoke)
    try:
        answer = invoke(pair.version, ready.event, test.timeout)
    except DeployerError as error:
        return Tried(test.name, str(pair.version), 0.0, outcome(error))
    try:
        problem, found = _judged(ready, answer, pair, invoke)
    except RecursionError:
        problem, found = "the answer is nested too deep to be read", ""
    return Tried(test.name, str(pair.version), answer.milliseconds, problem, found)


def _judged(ready: Ready, answer: Answer, pair: Pair, invoke: Invoke) -> tuple[str, str]:
    """The problem with an answer, and how the old version's differs; both may be empty."""
    test = ready.test
    problem = failure(answer) or "; ".join(_unmet(test, answer, pair.version))
    if test.shadow is None:
        return problem, ""
    differs, found = _compared(ready, answer, pair, invoke)
    if differs and test.shadow is Shadow.FAIL:
        problem = problem or "the old and the new version answer differently"
    return problem, found


def _checked(ready: Ready, function: Callable[..., object], pair: Pair, invoke: Invoke) -> Tried:
    test, old = ready.test, None if pair.old is None else str(pair.old)

    def ask(version: Published, event: bytes) -> Answer:
        return invoke(version, event, test.timeout)

    context = CheckContext(pair.function_name, pair.alias, str(pair.version), old, ready.event, ask, pair)
    problem = ""
    try:
        if within(test.timeout, lambda: function(context)) is False:
            problem = "the check says no"
    except Exception as error:  # noqa: BLE001  # the check is the user's: whatever it raises is its verdict
        problem = shown(outcome(error).encode())
    return Tried(test.name, str(pair.version), context.milliseconds, problem)


def _unmet(test: TrialSettings, answer: Answer, version: Published) -> list[str]:
    """The expectations that an answer does not meet."""
    problems = []
    if answer.executed_version not in (None, str(version)):
        problems.append(f"version {answer.executed_version} answered")
    if test.within is not None and answer.milliseconds > test.within * 1000:
        problems.append(f"took {answer.milliseconds:.0f} ms, and may take {test.within * 1000:.0f}")
    if test.status is None and test.json is None:
        return problems
    try:
        found = document(answer.payload)
    except ValueError:
        return [*problems, f"the answer is no JSON: {shown(answer.payload)}"]
    status = found.get("statusCode") if isinstance(found, dict) else None
    if test.status is not None and status != test.status:
        problems.append(f"statusCode is {status}, not {test.status}: {shown(answer.payload)}")
    if test.json is not None and (lacking := missing(test.json, found)):
        problems.append(", ".join(lacking.split("\n")))
    return problems


def _compared(ready: Ready, new: Answer, pair: Pair, invoke: Invoke) -> tuple[bool, str]:
    """Whether the old version's answer differs from the new one's, or cannot be had, and in what."""
    if pair.old is None:
        return False, "there is no old version to compare with"
    try:
        old = invoke(pair.old, ready.event, ready.test.timeout)
    except DeployerError as error:
        return True, f"the old version gave no answer: {outcome(error)}"
    if failure(old) or failure(new):
        one, other = failure(old) or shown(old.payload), failure(new) or shown(new.payload)
        found = f"{one} → {other}" if one != other else ""
        return bool(found), found
    try:
        found = difference(document(old.payload), document(new.payload))
    except ValueError:
        found = "" if old.payload == new.payload else f"{shown(old.payload)} → {shown(new.payload)}"
    return bool(found), found

"""A function and an alias of it, kept as Lambda keeps them: actions are performed here, nothing is decided.

What it refuses, Lambda refuses: two versions where one does not exist, a write from another state than the alias has.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from deployer.core import (
    Absent,
    Action,
    AliasState,
    AllVersions,
    Await,
    Content,
    CreateAlias,
    CreateFunction,
    Decision,
    DeployerError,
    Policy,
    Publish,
    Published,
    PushCode,
    PushSettings,
    Request,
    Routing,
    Shift,
    Situation,
    Stable,
    plan,
    unread,
    versions_on,
)


class Dedupe(StrEnum):
    """When publishing answers with the version that exists already; the sources give both readings."""

    CONTENT = "content"  # `$LATEST` equals what was published last
    TOUCH = "touch"  # nothing was called on `$LATEST` since it was published last


class Forbidden(DeployerError):
    """Lambda would refuse this."""


@dataclass(slots=True)
class World:
    """One function, its versions and one alias. `touched`: `$LATEST` was updated since it was last published."""

    dedupe: Dedupe = Dedupe.TOUCH
    latest: Content | None = None
    versions: dict[Published, Content] = field(default_factory=dict)
    state: AliasState = field(default_factory=Absent)
    description: str = ""
    touched: bool = True

    def look(self, request: Request, policy: Policy, wanted: Content | None = None) -> Situation:
        """What an engine sees before it plans: the alias, `$LATEST`, and those versions that must be read."""
        situation = Situation(self.state, self.description, self.latest)
        while wanted is not None and (asked := unread(situation, request, policy, wanted)) is not None:
            situation = self._read(situation, asked)
        return situation

    def _read(self, situation: Situation, asked: Published | AllVersions) -> Situation:
        match asked:
            case AllVersions():
                return situation.listing({version: content.fingerprint for version, content in self.versions.items()})
            case Published():
                content = self.versions.get(asked)
                return situation.knowing(asked, None if content is None else content.fingerprint)

    def run(
        self,
        request: Request,
        policy: Policy,
        wanted: Content | None = None,
        *,
        now: int = 0,
        operation_id: str = "run",
        dies_after: int | None = None,
    ) -> Decision:
        """Plan and perform, as an engine does; `dies_after` that many actions, if given. Answers what was decided.

        What a publish brings is judged again before the alias is written, and that second decision is the answer.
        """
        situation = self.look(request, policy, wanted)
        decision = plan(situation, request, policy, wanted, now=now, operation_id=operation_id)
        number: Published | None = None
        for done, action in enumerate(decision.actions):
            if done == dies_after:
                return decision
            if number is None:
                number = self.perform(action, wanted)
                continue
            known = situation.knowing(number, self.versions[number].fingerprint)
            decision = plan(known, request, policy, number, now=now, operation_id=operation_id)
            for last in decision.actions:
                self.perform(last)
        return decision

    def perform(self, action: Action, wanted: Content | None = None) -> Published | None:
        """Do one action; a publish answers its number. Raises Forbidden where Lambda would refuse."""
        match action:
            case CreateFunction() | PushCode():
                self.push(_given(wanted))
            case PushSettings():
                self.push(self._between(_given(wanted)))
            case Publish():
                return self.publish()
            case CreateAlias(before, after) | Shift(before, after):
                if before != self.state:
                    raise Forbidden(f"a write from {before}, but the alias is {self.state}")
                self.write(after, action.description.text)
            case Await(before):
                self.state = Stable(before.version1)
        return None

    def push(self, content: Content) -> None:
        """Put something on `$LATEST`, the function being created where there is none."""
        self.latest, self.touched = content, True

    def publish(self) -> Published:
        """Publish `$LATEST`, or answer with the version that it already is. Numbers are never used twice."""
        latest = _given(self.latest)
        newest = max(self.versions, default=None)
        if newest is not None and self._is_already(newest, latest):
            return newest
        number = Published(1 if newest is None else newest.number + 1)
        self.versions[number] = latest
        self.touched = False
        return number

    def write(self, routing: Routing, description: str) -> None:
        """Put a routing and a description on the alias."""
        missing = [version for version in versions_on(routing) if not self.exists(version)]
        if missing:
            raise Forbidden(f"no version {missing[0]} to route to")
        self.state, self.description = routing, description

    def exists(self, version: object) -> bool:
        """Whether there is such a version; `$LATEST` is there once the function is."""
        return version in self.versions if isinstance(version, Published) else self.latest is not None

    def _is_already(self, newest: Published, latest: Content) -> bool:
        if self.dedupe is Dedupe.CONTENT:
            return self.versions[newest] == latest
        return not self.touched

    def _between(self, wanted: Content) -> Content:
        """The code there is with the settings that are wanted, save those that only new code can bring."""
        latest = _given(self.latest)
        settings = {name: value for name, value in wanted.settings.items() if name != "Architectures"}
        if "Architectures" in latest.settings:
            settings["Architectures"] = latest.settings["Architectures"]
        return Content(latest.code_sha256, settings)


def _given(content: Content | None) -> Content:
    if content is None:
        raise Forbidden("there is no function yet")
    return content

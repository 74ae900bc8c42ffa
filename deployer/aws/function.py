"""`$LATEST` at Lambda: read, created, and brought to what is wanted, each write guarded by what was looked at."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import botocore.exceptions

from deployer.aws.code import ReadyCode
from deployer.aws.environment import see_environment
from deployer.aws.failure import (
    AGAIN,
    Broken,
    Moved,
    code_of,
    explained,
    is_final,
    is_missing,
    is_stale,
    mask,
)
from deployer.aws.waiting import Patience
from deployer.core import Content

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient


@dataclass(frozen=True, slots=True)
class LatestSeen:
    """`$LATEST` as GetFunctionConfiguration showed it."""

    # Environment variables are in here, so it stays out of the repr.
    configuration: Mapping[str, Any] = field(repr=False)

    @property
    def content(self) -> Content:
        """Its code and settings."""
        return Content.of(self.configuration)

    @property
    def revision(self) -> str:
        """Guards the next write: it changes with every update, when an update settles, and on publishing."""
        return str(self.configuration["RevisionId"])

    @property
    def arn(self) -> str:
        """The function's own ARN."""
        return str(self.configuration["FunctionArn"])

    @property
    def role(self) -> str:
        """The ARN of its execution role."""
        return str(self.configuration.get("Role", ""))

    def alias_arn(self, name: str) -> str:
        """The ARN that an alias of it has."""
        return f"{self.arn}:{name}"

    @property
    def settled(self) -> bool:
        """Whether it can be updated and published."""
        busy = self.configuration.get("LastUpdateStatus") == "InProgress"
        return not busy and self.configuration.get("State") != "Pending"

    def moved(self, there: LatestSeen) -> str:
        """That somebody else changed it, and what: names alone, no values."""
        return f"somebody else changed the function in between: {_differing(self.content, there.content)}"


@dataclass(frozen=True, slots=True)
class Function:
    """One function. `on_sent` is told of each write of `$LATEST` unless Lambda refused it at once."""

    client: LambdaClient
    name: str
    patience: Patience
    on_sent: Callable[[], None] = lambda: None

    def read(self) -> LatestSeen | None:
        """GetFunctionConfiguration, once it is settled; None when there is no such function.

        Raises NotAllowed when Lambda does not show the environment: what is not seen cannot be kept or compared.
        """
        seen = self.look()
        seen = seen if seen is None or seen.settled else self.settled()
        if seen is not None:
            see_environment(f"read function {self.name}", seen.configuration)
        return seen

    def settled(self) -> LatestSeen:
        """Wait until no update is in progress. Raises Broken when the last one failed, Unsettled at the bound."""
        doing = f"wait for the update of {self.name}"
        seen = self.patience.until(
            self.look, lambda now: now is None or now.settled, self.patience.bounds.update, doing
        )
        if seen is None:
            raise Moved(doing, "the function is gone", AGAIN)
        configuration = seen.configuration
        if "Failed" in (configuration.get("LastUpdateStatus"), configuration.get("State")):
            why = configuration.get("LastUpdateStatusReason") or configuration.get("StateReason") or "no reason given"
            raise Broken(f"update {self.name}", why, "mend it and deploy again")
        return seen

    def look(self) -> LatestSeen | None:
        """GetFunctionConfiguration, settled or not; None when there is no such function."""
        with explained(f"read function {self.name}"):
            try:
                return LatestSeen(self.client.get_function_configuration(FunctionName=self.name))
            except botocore.exceptions.ClientError as error:
                if is_missing(error):
                    return None
                raise

    def create(self, code: ReadyCode, members: Mapping[str, Any]) -> LatestSeen:
        """CreateFunction from code and members. One that exists by now is ours if it is the same."""
        content: Any = code.members
        frozen = {name: value for name, value in members.items() if name not in _NO_PART_OF_A_VERSION}
        doing = f"create function {self.name}"
        return self._update(
            doing,
            lambda: self.patience.for_role(
                members["Role"],
                doing,
                lambda: self.client.create_function(FunctionName=self.name, Publish=False, Code=content, **members),
            ),
            code_sha256=code.sha256,
            holds=lambda there: there == there.with_settings(frozen),
            moved=lambda _there: "somebody else created it in between, with other code or settings",
            secrets=_secrets(members),
        )

    def push_settings(self, latest: LatestSeen, settings: Mapping[str, Any]) -> LatestSeen:
        """UpdateFunctionConfiguration with what is given, guarded by the `$LATEST` that was looked at."""
        doing = f"change the settings of {self.name}"
        return self._update(
            doing,
            lambda: self.patience.for_role(
                settings.get("Role", latest.role),
                doing,
                lambda: self.client.update_function_configuration(
                    FunctionName=self.name, RevisionId=latest.revision, **settings
                ),
            ),
            code_sha256=latest.content.code_sha256,
            holds=lambda there: _only(settings, latest.content, there),
            moved=latest.moved,
            secrets=_secrets(settings),
        )

    def push_code(self, latest: LatestSeen, code: ReadyCode, architectures: Mapping[str, Any]) -> LatestSeen:
        """UpdateFunctionCode, guarded by the `$LATEST` that was looked at."""
        members = {**code.members, **architectures}
        return self._update(
            f"push the code of {self.name}",
            lambda: self.client.update_function_code(
                FunctionName=self.name, RevisionId=latest.revision, Publish=False, **members
            ),
            code_sha256=code.sha256,
            holds=lambda there: _only(architectures, latest.content, there),
            moved=latest.moved,
        )

    def _update(
        self,
        doing: str,
        call: Callable[[], Mapping[str, Any]],
        *,
        code_sha256: str,
        holds: Callable[[Content], bool],
        moved: Callable[[LatestSeen], str],
        secrets: tuple[str, ...] = (),
    ) -> LatestSeen:
        """One write of `$LATEST`, settled, with nothing of anybody else's in it.

        Refused as stale, busy or existing, it is our own lost answer after all if what we sent `holds` there; else
        `moved` says what is there instead.
        """
        with explained(doing):
            try:
                answer = LatestSeen(self._sent(call))
            except botocore.exceptions.ClientError as error:
                mask(error, secrets)
                if not (is_stale(error) or code_of(error) == "ResourceConflictException"):
                    raise
                there = self.settled()
                if there.content.code_sha256 != code_sha256 or not holds(there.content):
                    raise Moved(doing, moved(there), AGAIN) from error
                return there
        if answer.content.code_sha256 != code_sha256:
            # Lambda fetched it from S3 by itself, and what lay there had been replaced since it was looked at.
            problem = f"CodeSha256 is {answer.content.code_sha256} now, not {code_sha256} as it was looked at"
            raise Moved(doing, problem, AGAIN)
        there = answer if answer.settled else self.settled()
        if there.content != answer.content:
            what = _differing(answer.content, there.content)
            raise Moved(doing, f"somebody else changed the function while it settled: {what}", AGAIN)
        return there

    def _sent(self, call: Callable[[], Mapping[str, Any]]) -> Mapping[str, Any]:
        try:
            answer = call()
        except botocore.exceptions.ClientError as error:
            if not is_final(error):
                self.on_sent()
            raise
        except (botocore.exceptions.HTTPClientError, botocore.exceptions.ConnectionError):
            self.on_sent()  # the answer is lost, and the write may be done
            raise
        self.on_sent()
        return answer


# Tags and the package type are the function's own; a version does not freeze them anew.
_NO_PART_OF_A_VERSION = frozenset({"Tags", "PackageType"})


def _only(sent: Mapping[str, Any], before: Content, there: Content) -> bool:
    """Whether `there` holds what was sent, and nothing else has changed; Lambda may add to what was sent."""
    changed = {name.split(".")[0] for name in before.changes(there)}
    return changed <= sent.keys() and there == there.with_settings(sent)


def _differing(before: Content, there: Content) -> str:
    code = () if there.code_sha256 == before.code_sha256 else ("code",)
    # What is left then changes the RevisionId alone.
    return ", ".join((*code, *before.changes(there))) or "published, or described anew"


def _secrets(members: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple((members.get("Environment") or {}).get("Variables", {}).values())

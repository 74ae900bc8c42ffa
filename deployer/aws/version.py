"""Published versions at Lambda: read, listed, and published under guard."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import botocore.exceptions

from deployer.aws.environment import is_hidden, see_environment
from deployer.aws.failure import (
    AGAIN,
    MISSING,
    AwsFailure,
    Broken,
    Moved,
    explained,
    is_busy,
    is_missing,
    is_other_code,
    is_stale,
)
from deployer.aws.waiting import Patience
from deployer.core import Content, Published, VersionFacts, read_published

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

    from deployer.aws.function import Function, LatestSeen


@dataclass(frozen=True, slots=True)
class VersionSeen:
    """One published version as Lambda shows it."""

    version: Published
    # Environment variables are in here, so it stays out of the repr.
    configuration: Mapping[str, Any] = field(repr=False)

    @property
    def content(self) -> Content:
        """Its code and settings."""
        return Content.of(self.configuration)

    @property
    def comparable(self) -> bool:
        """Whether Lambda shows all of its content."""
        return not is_hidden(self.configuration)

    @property
    def ready(self) -> bool:
        """Whether it is past what Lambda does to a version after it was published."""
        return not VersionFacts.of(self.version, self.configuration).pending

    @property
    def description(self) -> str:
        """Its release mark, or whatever else was written when it was published."""
        return str(self.configuration.get("Description", ""))


@dataclass(frozen=True, slots=True)
class Versions:
    """The versions of one function."""

    client: LambdaClient
    function_name: str
    patience: Patience

    def read(self, version: Published) -> VersionSeen | None:
        """One version, to be compared; None when there is none of that number.

        Raises NotAllowed when Lambda does not show its environment.
        """
        seen = self.look(version)
        if seen is not None:
            see_environment(f"read version {version} of {self.function_name}", seen.configuration)
        return seen

    def look(self, version: Published) -> VersionSeen | None:
        """GetFunctionConfiguration of one version, its environment shown or not."""
        with explained(f"read version {version} of {self.function_name}"):
            try:
                answer = self.client.get_function_configuration(FunctionName=self.function_name, Qualifier=str(version))
            except botocore.exceptions.ClientError as error:
                if is_missing(error):
                    return None
                raise
        return VersionSeen(version, answer)

    def list(self) -> Iterator[VersionSeen]:
        """All published versions, as Lambda lists them, page by page."""
        with explained(f"list the versions of {self.function_name}"):
            pages = self.client.get_paginator("list_versions_by_function").paginate(FunctionName=self.function_name)
            for page in pages:
                for configuration in page["Versions"]:
                    if configuration["Version"].isdigit():
                        yield VersionSeen(read_published(configuration["Version"]), configuration)

    def descriptions(self) -> dict[Published, str]:
        """What each published version says of itself; empty where there is no such function."""
        try:
            return {seen.version: seen.description for seen in self.list()}
        except AwsFailure as failure:
            if failure.code == MISSING:
                return {}
            raise

    def publish(self, function: Function, latest: LatestSeen, description: str) -> VersionSeen:
        """Publish the `$LATEST` that was looked at, and nothing else, and wait until the version can answer.

        Lambda answers with an existing version when nothing changed since it was published. Raises Moved when
        `$LATEST` is no longer what was looked at, Broken when the version cannot start.
        """
        doing = f"publish {self.function_name}"
        with explained(doing):
            try:
                published = self._publish(latest, description)
            except botocore.exceptions.ClientError as error:
                if not _moved(error):
                    raise
                # Publishing changes the RevisionId too, so what is refused as stale may be our own lost answer's.
                published = self._own(description) or self._publish_after_all(function, latest, description, error)
        return self._able(published if published.ready else self.ready(published.version))

    def _own(self, description: str) -> VersionSeen | None:
        """The version that this run has published, whatever became of `$LATEST` since: its Description names the run.

        It is read by itself, as a list shows no State.
        """
        listed = next((seen for seen in self.list() if seen.description == description), None)
        return None if listed is None else self.look(listed.version)

    def _publish_after_all(
        self, function: Function, latest: LatestSeen, description: str, refusal: botocore.exceptions.ClientError
    ) -> VersionSeen:
        """Of content that somebody else has published Lambda may answer with their version: its Description tells."""
        doing = f"publish {self.function_name}"
        there = function.settled()
        if there.content != latest.content:
            raise Moved(doing, latest.moved(there), AGAIN) from refusal
        try:
            published = self._publish(there, description)
        except botocore.exceptions.ClientError as error:
            if not _moved(error):
                raise
            raise Moved(doing, "somebody else keeps changing the function", AGAIN) from error
        if published.description != description:
            problem = f"somebody else published the same content as version {published.version}"
            raise Moved(doing, problem, AGAIN) from refusal
        return published

    def _publish(self, latest: LatestSeen, description: str) -> VersionSeen:
        answer = self.client.publish_version(
            FunctionName=self.function_name,
            CodeSha256=latest.content.code_sha256,
            RevisionId=latest.revision,
            Description=description,
        )
        return VersionSeen(read_published(answer["Version"]), answer)

    def ready(self, version: Published) -> VersionSeen:
        """The version, once it has become what it will be, able to answer or not. Raises Unsettled at the bound."""
        doing = f"wait for version {version} of {self.function_name}"
        seen = self.patience.until(
            lambda: self.look(version), lambda now: now is None or now.ready, self.patience.bounds.publish, doing
        )
        if seen is None:
            raise Moved(doing, "the version is gone", AGAIN)
        return seen

    def _able(self, seen: VersionSeen) -> VersionSeen:
        if seen.configuration.get("State", "Active") == "Failed":
            raise Broken(
                f"publish {self.function_name}",
                f"version {seen.version} is Failed: {seen.configuration.get('StateReason', 'no reason given')}",
                "mend the function and deploy again",
            )
        return seen


def _moved(error: botocore.exceptions.ClientError) -> bool:
    return is_stale(error) or is_busy(error) or is_other_code(error)

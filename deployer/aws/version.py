"""Published versions at Lambda: read, listed, and published under guard."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import botocore.exceptions

from deployer.aws.failure import UNTOUCHED, Broken, Moved, explained, is_busy, is_missing, is_other_code, is_stale
from deployer.aws.waiting import Patience
from deployer.core import Content, Published, read_published

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
        """GetFunctionConfiguration of one version; None when there is none of that number."""
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

    def publish(self, function: Function, latest: LatestSeen, description: str) -> VersionSeen:
        """Publish the `$LATEST` that was looked at, and nothing else, and wait until the version can answer.

        Lambda answers with an existing version when nothing changed since it was published. Raises Moved when
        `$LATEST` is no longer what was looked at, Broken when the version cannot start.
        """
        doing = f"publish {self.function_name}"
        with explained(doing):
            try:
                answer = self._publish(latest, description)
            except botocore.exceptions.ClientError as error:
                if not _moved(error):
                    raise
                answer = self._publish_after_all(function, latest, description, error)
        return self._ready(VersionSeen(read_published(answer["Version"]), answer))

    def _publish_after_all(
        self, function: Function, latest: LatestSeen, description: str, refusal: botocore.exceptions.ClientError
    ) -> Mapping[str, Any]:
        """Publishing changes the RevisionId too, so the one that was refused as stale may be our own lost answer's.

        Of the same content Lambda then answers with the version that exists, and its Description tells whose it is.
        """
        doing = f"publish {self.function_name}"
        there = function.settled()
        if there.content != latest.content:
            raise Moved(doing, latest.moved(there), UNTOUCHED) from refusal
        try:
            answer = self._publish(there, description)
        except botocore.exceptions.ClientError as error:
            if not _moved(error):
                raise
            raise Moved(doing, "somebody else keeps changing the function", UNTOUCHED) from error
        if answer.get("Description") != description:
            problem = f"somebody else published the same content as version {answer['Version']}"
            raise Moved(doing, problem, UNTOUCHED) from refusal
        return answer

    def _publish(self, latest: LatestSeen, description: str) -> Mapping[str, Any]:
        return self.client.publish_version(
            FunctionName=self.function_name,
            CodeSha256=latest.content.code_sha256,
            RevisionId=latest.revision,
            Description=description,
        )

    def _ready(self, published: VersionSeen) -> VersionSeen:
        seen = published
        if not _settled(seen.configuration):
            seen = self.patience.until(
                lambda: self.read(published.version) or published,
                lambda now: _settled(now.configuration),
                self.patience.bounds.publish,
                f"wait for version {published.version} of {self.function_name}",
            )
        if seen.configuration.get("State", "Active") == "Failed":
            raise Broken(
                f"publish {self.function_name}",
                f"version {seen.version} is Failed: {seen.configuration.get('StateReason', 'no reason given')}",
                "traffic is untouched; mend the function and deploy again",
            )
        return seen


def _moved(error: botocore.exceptions.ClientError) -> bool:
    return is_stale(error) or is_busy(error) or is_other_code(error)


def _settled(configuration: Mapping[str, Any]) -> bool:
    snap_start = configuration.get("SnapStart", {})
    snapshot = snap_start.get("ApplyOn") != "PublishedVersions" or snap_start.get("OptimizationStatus") == "On"
    state = configuration.get("State", "Active")
    return bool(state != "Pending" and (snapshot or state != "Active"))

"""What a deploy brings: code, the settings that were given, and a mark for the version."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from deployer.aws.code import Code
from deployer.core import Content, InvalidRequest
from deployer.core.content import table
from deployer.core.mark import Mark


@dataclass(frozen=True, slots=True)
class Release:
    """`settings` are members of UpdateFunctionConfiguration; what is not given is left alone.

    `variable` is one environment variable, name and value, set besides those that are given or there already: it
    carries the release's name into the function. Without a value, a release without a name, what is there stays.
    """

    code: Code
    mark: Mark
    settings: Mapping[str, Any] = field(default_factory=dict, repr=False)
    architecture: str | None = None
    variable: tuple[str, str | None] | None = None

    def __post_init__(self) -> None:
        # botocore would refuse it too, and show the value.
        for name, value in _variables(self.settings).items():
            if not isinstance(value, str):
                raise InvalidRequest(name, "an environment variable of the function must be a string")

    def given(self, latest: Content | None) -> dict[str, Any]:
        """All members of UpdateFunctionConfiguration to be held, the one variable among the others."""
        if self.variable is None:
            return dict(self.settings)
        name, value = self.variable
        there = _variables(latest.settings if latest else {})
        value = there.get(name) if value is None else value
        if value is None:
            return dict(self.settings)
        variables = _variables(self.settings) if "Environment" in self.settings else there
        return {**self.settings, "Environment": {"Variables": {**variables, name: value}}}

    def wanted(self, latest: Content | None) -> Content:
        """What `$LATEST` will hold once this is pushed."""
        present = latest or Content(self.code.sha256, {})
        return present.with_code(self.code.sha256).with_settings({**self.given(latest), **self.architectures})

    def to_push(self, latest: Content) -> dict[str, Any]:
        """The given settings in which `$LATEST` differs, whole as Lambda wants them.

        The function's Description goes along: it is no reason to push, yet it is part of what was given.
        """
        given = self.given(latest)
        names = {name.split(".")[0] for name in latest.changes(latest.with_settings(given))}
        return {
            name: _whole(name, value, latest.settings.get(name))
            for name, value in given.items()
            if name in names or name == "Description"
        }

    @property
    def to_create(self) -> dict[str, Any]:
        """The members of CreateFunction besides its name and code."""
        return {**self.given(None), **self.architectures, "PackageType": self.code.package_type}

    @property
    def architectures(self) -> dict[str, Any]:
        """The architecture as UpdateFunctionCode takes it, if it was given."""
        return {} if self.architecture is None else {"Architectures": [self.architecture]}

    @property
    def missing_to_create(self) -> tuple[str, ...]:
        """What a function that does not exist yet still lacks."""
        needed = ("Role",) if self.code.package_type == "Image" else ("Role", "Runtime", "Handler")
        return tuple(name for name in needed if name not in self.settings)


def _variables(settings: Mapping[str, Any]) -> Mapping[str, Any]:
    return table(table(settings.get("Environment")).get("Variables"))


def _whole(name: str, given: Any, present: object) -> Any:
    if name != "Environment" and isinstance(given, Mapping) and isinstance(present, Mapping):
        return {**present, **given}
    return given

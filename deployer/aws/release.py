"""What a deploy brings: code, the settings that were given, and a mark for the version."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from deployer.aws.code import Code
from deployer.core import Content
from deployer.core.mark import Mark


@dataclass(frozen=True, slots=True)
class Release:
    """`settings` are members of UpdateFunctionConfiguration; what is not given is left alone."""

    code: Code
    mark: Mark
    settings: Mapping[str, Any] = field(default_factory=dict, repr=False)
    architecture: str | None = None

    def wanted(self, latest: Content | None) -> Content:
        """What `$LATEST` will hold once this is pushed."""
        present = latest or Content(self.code.sha256, {})
        return present.with_code(self.code.sha256).with_settings({**self.settings, **self.architectures})

    def to_push(self, latest: Content) -> dict[str, Any]:
        """The given settings in which `$LATEST` differs, whole as Lambda wants them.

        The function's Description goes along: it is no reason to push, yet it is part of what was given.
        """
        names = {name.split(".")[0] for name in latest.changes(latest.with_settings(self.settings))}
        return {name: self._whole(latest, name) for name in self.settings if name in names or name == "Description"}

    def _whole(self, latest: Content, name: str) -> Any:
        given, present = self.settings[name], latest.settings.get(name)
        if name != "Environment" and isinstance(given, Mapping) and isinstance(present, Mapping):
            return {**present, **given}
        return given

    @property
    def to_create(self) -> dict[str, Any]:
        """The members of CreateFunction besides its name and code."""
        return {**self.settings, **self.architectures, "PackageType": self.code.package_type}

    @property
    def architectures(self) -> dict[str, Any]:
        """The architecture as UpdateFunctionCode takes it, if it was given."""
        return {} if self.architecture is None else {"Architectures": [self.architecture]}

    @property
    def missing_to_create(self) -> tuple[str, ...]:
        """What a function that does not exist yet still lacks."""
        needed = ("Role",) if self.code.package_type == "Image" else ("Role", "Runtime", "Handler")
        return tuple(name for name in needed if name not in self.settings)

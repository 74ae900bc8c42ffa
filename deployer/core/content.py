"""What a version is made of: its code and every setting that publishing freezes, so that two can be compared.

Left out is what no release means: Description, RevisionId, the State and LastUpdate fields, ARNs of the function
itself, LastModified, RuntimeVersionConfig (Lambda updates runtimes by itself) and SnapStart's OptimizationStatus;
and what follows from the rest: CodeSize, ConfigSha256, VpcId. Source: shapes FunctionConfiguration and
UpdateFunctionConfigurationRequest of the Lambda API, 2015-03-31.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

_IDENTITY: Final = frozenset({"FunctionName", "FunctionArn", "MasterArn", "Version", "RevisionId", "ResponseMetadata"})
_PASSING: Final = frozenset(
    {
        "Description",
        "LastModified",
        "State",
        "StateReason",
        "StateReasonCode",
        "LastUpdateStatus",
        "LastUpdateStatusReason",
        "LastUpdateStatusReasonCode",
        "RuntimeVersionConfig",
        "SigningProfileVersionArn",
        "SigningJobArn",
    }
)
_DERIVED: Final = frozenset({"CodeSize", "CodeSha256", "ConfigSha256"})
_NO_SETTING: Final = _IDENTITY | _PASSING | _DERIVED
_DERIVED_WITHIN: Final = {
    "SnapStart": frozenset({"OptimizationStatus"}),
    "VpcConfig": frozenset({"VpcId"}),
}
_UNORDERED: Final = frozenset({"SubnetIds", "SecurityGroupIds"})
_HALF: Final = 8  # characters of a fingerprint
_DEFAULTS: Final[Mapping[str, object]] = {
    # What Lambda shows for a setting that nobody made, where it shows anything.
    "SnapStart": {"ApplyOn": "None"},
    "TracingConfig": {"Mode": "PassThrough"},
}


@dataclass(frozen=True, slots=True)
class Content:
    """Code and frozen settings in one normal form, by Lambda's own names.

    `code_sha256` is Lambda's CodeSha256: base64 for a zip, hex for an image. Settings may hold secrets, so they
    are never shown; `changes` names what differs.
    """

    code_sha256: str
    settings: Mapping[str, object] = field(repr=False)

    @classmethod
    def of(cls, configuration: Mapping[str, object]) -> Content:
        """Read an answer of GetFunctionConfiguration, PublishVersion and the like."""
        return cls(str(configuration["CodeSha256"]), _normal(configuration))

    def with_code(self, code_sha256: str) -> Content:
        """The same settings with other code."""
        return Content(code_sha256, self.settings)

    def with_settings(self, given: Mapping[str, object]) -> Content:
        """The same code with what is given changed, in the shape of UpdateFunctionConfiguration; the rest stays.

        A table keeps the members that are not given; the variables of Environment are one member, replaced whole.
        """
        merged = dict(self.settings)
        for name, value in _unwrapped(given).items():
            present = merged.get(name)
            if isinstance(value, Mapping) and isinstance(present, Mapping):
                merged[name] = {**present, **value}
            else:
                merged[name] = value
        return Content(self.code_sha256, _normal(merged))

    @property
    def fingerprint(self) -> str:
        """48 bits over the code, then 48 over the settings: 16 characters of base64url, as a Description is short."""
        settings = json.dumps(self.settings, sort_keys=True, separators=(",", ":"))
        return _half(self.code_sha256) + _half(settings)

    def changes(self, other: Content) -> tuple[str, ...]:
        """Names of the settings in which `other` differs, sorted; environment variables one by one, no values."""
        return tuple(sorted(_changed("", self.settings, other.settings)))

    def removals(self, other: Content) -> tuple[str, ...]:
        """Those of the `changes` that `other` does not have at all, environment variables among them."""
        return tuple(name for name in self.changes(other) if not _has(other.settings, name.split(".", 2)))


def _has(settings: Mapping[str, object], path: Sequence[str]) -> bool:
    here: object = settings
    for name in path:
        if not isinstance(here, Mapping) or name not in here:
            return False
        here = here[name]
    return True


def same_code(fingerprint: str, other: str) -> bool:
    """Whether two fingerprints are of the same code, be it with other settings."""
    return fingerprint[:_HALF] == other[:_HALF]


def same_settings(fingerprint: str, other: str) -> bool:
    """Whether two fingerprints are of the same settings, be it with other code."""
    return fingerprint[_HALF:] == other[_HALF:]


def _half(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode()[:_HALF]


def _changed(prefix: str, here: Mapping[str, object], there: Mapping[str, object]) -> Iterable[str]:
    for name in here.keys() | there.keys():
        ours, theirs = here.get(name), there.get(name)
        if ours == theirs:
            continue
        if all(value is None or isinstance(value, Mapping) for value in (ours, theirs)):
            yield from _changed(f"{prefix}{name}.", table(ours), table(theirs))
        else:
            yield f"{prefix}{name}"


def table(value: object) -> Mapping[str, object]:
    """A nested table of an answer, empty where there is none."""
    return value if isinstance(value, Mapping) else {}


def _normal(configuration: Mapping[str, object]) -> dict[str, object]:
    settings: dict[str, object] = {}
    for name, value in _unwrapped(configuration).items():
        if name in _NO_SETTING:
            continue
        normal = _variables(value) if name == "Environment" else _tidy(value, _DERIVED_WITHIN.get(name, frozenset()))
        if normal is not None and normal != _DEFAULTS.get(name):
            settings[name] = normal
    return settings


def _unwrapped(configuration: Mapping[str, object]) -> dict[str, object]:
    """Bring what answers spell otherwise than requests into the spelling of requests."""
    members = dict(configuration)
    image = members.pop("ImageConfigResponse", None)
    if isinstance(image, Mapping) and "ImageConfig" in image:
        members["ImageConfig"] = image["ImageConfig"]
    layers = members.get("Layers")
    if isinstance(layers, list | tuple):
        members["Layers"] = [layer["Arn"] if isinstance(layer, Mapping) else layer for layer in layers]
    return members


def _variables(environment: object) -> object:
    """Empty values of variables count, so they are not tidied away like other empty things."""
    variables = table(table(environment).get("Variables"))
    return {"Variables": dict(variables)} if variables else None


def _tidy(value: object, derived: frozenset[str]) -> object:
    """Drop what is empty, absent or false: Lambda shows some of it, some not, and means the same."""
    if isinstance(value, Mapping):
        inner = {name: _member(name, part) for name, part in value.items() if name not in derived}
        return {name: part for name, part in inner.items() if part is not None} or None
    if isinstance(value, list | tuple):
        return [_tidy(part, frozenset()) for part in value] or None
    return None if value is None or value == "" or value is False else value


def _member(name: str, part: object) -> object:
    tidied = _tidy(part, frozenset())
    return sorted(tidied) if name in _UNORDERED and isinstance(tidied, list) else tidied

"""What a template is to put on an alias: decided before synth, kept in a file, so that synth asks AWS nothing.

    {"format": "deployer-targets/1",
     "targets": [{"function_name": "orders", "alias": "LIVE", "emits_version": true, "description": "lr1:…",
                  "version_id": "OrdersCurrentVersion0A1B…", "starts_from": "1c2f…",
                  "routing": {"state": "transition", "version1": "new", "version2": "4", "weight": 75}}]}

`new` is the version that this very template publishes. The weight is version2's share in percent.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from types import NoneType
from typing import Final

from deployer.core.errors import DeployerError, InvalidValue
from deployer.core.percent import Percent
from deployer.core.state import Routing, Stable, Transition, versions_on
from deployer.core.token import DESCRIPTION_UNITS
from deployer.core.version import LATEST, NEW, New, Published, Version, read_published, read_version
from deployer.core.wire import Json, state_data

FORMAT: Final = "deployer-targets/1"


class InvalidTarget(InvalidValue):
    """A target that no template can be made from."""

    what = "target"


class InvalidTargets(DeployerError):
    """The targets in `source` cannot be used, because of `problem`; `way_out` is what to do, and `plan` the command."""

    def __init__(
        self, source: str, problem: str, way_out: str = "delete it, then plan again", plan: str = "deployer cdk plan"
    ) -> None:
        super().__init__(source, problem, way_out, plan)
        self.source = source
        self.problem = problem
        self.way_out = way_out
        self.plan = plan

    def by(self, plan: str) -> InvalidTargets:
        """The same, with the command as it is typed for these targets."""
        return InvalidTargets(self.source, self.problem, self.way_out, plan)

    def __str__(self) -> str:
        return f"{self.source}: {self.problem}; {self.way_out}: `{self.plan}` writes the targets anew"


@dataclass(frozen=True, slots=True)
class Target:
    """What one alias is to show once the template is deployed.

    description    the alias's whole Description, the memory included
    emits_version  whether the template holds the Version of its present code: CloudFormation publishes it when the
                   deployed stack lacks it, and else keeps it
    version_id     the code that this was decided for: its Version's logical id, which ends with a hash of the content,
                   whether it is emitted or not. None holds for any code: in development, and what people write
    starts_from    the alias that this was decided from, by its RevisionId; None where there was no alias
    """

    function_name: str
    alias: str
    routing: Routing
    description: str
    emits_version: bool
    version_id: str | None = None
    starts_from: str | None = None

    def __post_init__(self) -> None:
        if not self.function_name or not self.alias:
            raise InvalidTarget(self, "the function and the alias must be named")
        if not isinstance(self.routing, Stable | Transition):
            raise InvalidTarget(self, "only one version, or two that share the traffic, can be put on an alias")
        if NEW in versions_on(self.routing) and not self.emits_version:
            raise InvalidTarget(self, "the new version comes from the template, so the template must emit it")
        if self.routing == Stable(LATEST) and self.emits_version:
            raise InvalidTarget(self, "an alias on $LATEST goes with a template that publishes nothing")
        if _units(self.description) > DESCRIPTION_UNITS:
            raise InvalidTarget(self, f"Lambda allows the description {DESCRIPTION_UNITS} characters")

    def __str__(self) -> str:
        return f"{self.function_name}:{self.alias} on {self.routing}"

    @property
    def key(self) -> tuple[str, str]:
        """What tells it from the other targets of an app."""
        return (self.function_name, self.alias)


@dataclass(frozen=True, slots=True)
class Targets:
    """All targets of an app, one an alias, in the order of their names."""

    targets: tuple[Target, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "targets", tuple(sorted(self.targets, key=lambda target: target.key)))
        for target, following in pairwise(self.targets):
            if target.key == following.key:
                raise InvalidTarget(following, f"there is another one for it: {target}")

    def of(self, function_name: str, alias: str) -> Target | None:
        """The target of that alias, if there is one."""
        return next((target for target in self.targets if target.key == (function_name, alias)), None)

    def with_those_of(self, others: Iterable[Target]) -> Targets:
        """These, with `others` in the place of those for the same aliases."""
        return Targets(tuple({target.key: target for target in (*self.targets, *others)}.values()))

    @property
    def text(self) -> str:
        """What stands in the file: the same text for the same targets."""
        data = {"format": FORMAT, "targets": [target_data(target) for target in self.targets]}
        return json.dumps(data, indent=2, ensure_ascii=False) + "\n"

    def write(self, path: Path) -> None:
        """Write them whole or not at all."""
        draft = path.with_name(f"{path.name}.part")
        # As bytes, so that the line ends are the same on every machine.
        draft.write_bytes(self.text.encode("utf-8", "surrogatepass"))
        draft.replace(path)

    @classmethod
    def read(cls, path: Path) -> Targets:
        """Read what `write` wrote. Raises InvalidTargets."""
        try:
            text = path.read_bytes().decode("utf-8", "surrogatepass")
        except OSError as error:
            way_out = "plan first" if isinstance(error, FileNotFoundError) else "let it be read, or plan into another"
            raise InvalidTargets(str(path), f"cannot be read ({error.strerror})", way_out) from error
        except UnicodeDecodeError as error:
            raise InvalidTargets(str(path), "is no text in UTF-8") from error
        return cls.parse(text, str(path))

    @classmethod
    def parse(cls, text: str, source: str) -> Targets:
        """Read the text of a file of targets; `source` names it in what is raised: InvalidTargets."""
        try:
            return cls(tuple(_targets(json.loads(text))))
        except json.JSONDecodeError as error:
            raise InvalidTargets(source, f"is no JSON ({error})") from error
        except InvalidValue as error:
            raise InvalidTargets(source, str(error)) from error
        except _Malformed as error:
            raise InvalidTargets(source, error.problem) from error


class _Malformed(Exception):
    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


_FIELDS: Final[Mapping[str, tuple[tuple[type, ...], str]]] = {
    "function_name": ((str,), "text"),
    "alias": ((str,), "text"),
    "routing": ((dict,), "routing"),
    "description": ((str,), "text"),
    "emits_version": ((bool,), "true or false"),
    "version_id": ((str, NoneType), "text"),
    "starts_from": ((str, NoneType), "text"),
}
"""What each may be, and what that is called where it is something else."""


def target_data(target: Target) -> dict[str, Json]:
    """One target, as it stands in the file."""
    return {
        "function_name": target.function_name,
        "alias": target.alias,
        "routing": state_data(target.routing),
        "description": target.description,
        "emits_version": target.emits_version,
        "version_id": target.version_id,
        "starts_from": target.starts_from,
    }


def _targets(data: object) -> Iterable[Target]:
    match data:
        case {"format": str(format_)} if format_ != FORMAT:
            raise _Malformed(f"is of format {format_!r}, not {FORMAT!r}")
        case {"format": str(), "targets": list(entries), **others} if not others:
            return [_target(entry, f"targets[{index}]") for index, entry in enumerate(entries)]
        case _:
            raise _Malformed('is no file of targets: it must hold "format" and "targets", and nothing else')


def _target(entry: object, where: str) -> Target:
    if not isinstance(entry, dict) or entry.keys() != _FIELDS.keys():
        raise _Malformed(f"{where} must hold {', '.join(_FIELDS)}, and nothing else")
    for name, (kinds, called) in _FIELDS.items():
        if not isinstance(entry[name], kinds):
            raise _Malformed(f"{where}.{name} is {entry[name]!r}, which is no {called}")
    if entry["emits_version"] and entry["version_id"] is None:
        raise _Malformed(f"{where} emits a Version, so version_id must say which")
    try:
        return Target(**{**entry, "routing": _routing(entry["routing"], f"{where}.routing")})
    except InvalidValue as error:
        raise _Malformed(f"{where}: {error}") from error


def _routing(data: object, where: str) -> Routing:
    match data:
        case {"state": "stable", "version1": str(version1), **others} if not others:
            return Stable(_version(version1))
        case {
            "state": "transition",
            "version1": str(version1),
            "version2": str(version2),
            "weight": int() | float() as weight,
            **others,
        } if not others:
            return Transition(_numbered(version1), read_published(version2), Percent.of(weight))
        case _:
            raise _Malformed(f"{where} is {data!r}; it must be a state, stable or transition, as `deployer` writes it")


def _version(text: str) -> Version | New:
    return NEW if text == str(NEW) else read_version(text)


def _numbered(text: str) -> Published | New:
    return NEW if text == str(NEW) else read_published(text)


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2

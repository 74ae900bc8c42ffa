"""What a template's functions come to: Ref, Fn::GetAtt, Fn::Sub, Fn::Join, Fn::If and the rest."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from deployer.local.cloudformation import references
from deployer.local.cloudformation.refusals import invalid


class Target(Protocol):
    """A resource that others refer to."""

    def reference(self) -> Any:
        """What Ref gives."""

    def attribute(self, name: str) -> Any:
        """What Fn::GetAtt gives; raises StackRefusal when there is no such attribute."""


class _Absent:
    """`AWS::NoValue`: takes away whatever it stands for."""


ABSENT: Final = _Absent()


@dataclass(slots=True)
class Scope:
    """All that a template's functions may look at. `imported` notes the names that Fn::ImportValue asked for."""

    values: Mapping[str, Any]
    mappings: Mapping[str, Any] = field(default_factory=dict)
    conditions: Mapping[str, Any] = field(default_factory=dict)
    resources: Mapping[str, Target] = field(default_factory=dict)
    exports: Mapping[str, str] = field(default_factory=dict)
    imported: set[str] = field(default_factory=set)
    _settled: dict[str, bool] = field(default_factory=dict)

    def resolve(self, node: Any) -> Any:
        """The node without functions; members and items that are AWS::NoValue are gone."""
        match node:
            case dict():
                return self._resolved(node)
            case list():
                return [item for item in map(self.resolve, node) if item is not ABSENT]
            case str() if "{{resolve:" in node:
                raise invalid(f"The embedded CloudFormation resolves no dynamic references: {node}")
            case _:
                return node

    def holds(self, name: str) -> bool:
        """Whether the condition of that name is true."""
        if name not in self.conditions:
            raise invalid(f"Template error: unresolved condition dependency {name}")
        if name not in self._settled:
            self._settled[name] = bool(self.resolve(self.conditions[name]))
        return self._settled[name]

    def _resolved(self, node: dict[str, Any]) -> Any:
        if len(node) == 1:
            ((name, argument),) = node.items()
            if name in _FUNCTIONS:
                return self._applied(name, argument)
            if name.startswith("Fn::"):
                raise invalid(f"Template error: the embedded CloudFormation does not know {name}")
        resolved = {name: self.resolve(value) for name, value in node.items()}
        return {name: value for name, value in resolved.items() if value is not ABSENT}

    def _applied(self, name: str, argument: Any) -> Any:
        try:
            return _FUNCTIONS[name](self, argument)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise invalid(f"Template error: {name} cannot work with {argument}") from error

    def named(self, name: str) -> Any:
        """What Ref of the name gives."""
        if name == "AWS::NoValue":
            return ABSENT
        if name in self.values:
            return self.values[name]
        if name in self.resources:
            return self.resources[name].reference()
        raise invalid(f"Template format error: Unresolved resource dependencies [{name}]")

    def attribute(self, target: Any) -> Any:
        """What Fn::GetAtt gives."""
        name, attribute = references.attribute(target)
        if name not in self.resources:
            raise invalid(f"Template error: instance of Fn::GetAtt references undefined resource {name}")
        return self.resources[name].attribute(str(self.resolve(attribute)))


def _ref(scope: Scope, argument: Any) -> Any:
    return scope.named(argument)


def _get_att(scope: Scope, argument: Any) -> Any:
    return scope.attribute(argument)


def _condition(scope: Scope, argument: Any) -> Any:
    # A member called Condition is no function where it holds a policy's statement.
    return scope.holds(argument) if isinstance(argument, str) else {"Condition": scope.resolve(argument)}


def _join(scope: Scope, argument: Any) -> str:
    separator, parts = argument
    return str(separator).join(text(part) for part in scope.resolve(parts))


def _split(scope: Scope, argument: Any) -> list[str]:
    separator, whole = argument
    return str(scope.resolve(whole)).split(separator)


def _select(scope: Scope, argument: Any) -> Any:
    index, values = argument
    found, number = scope.resolve(values), int(scope.resolve(index))
    if not 0 <= number < len(found):
        raise invalid(f"Template error: Fn::Select cannot select nonexistent value at index {number}")
    return found[number]


def _sub(scope: Scope, argument: Any) -> str:
    pattern, own = (argument, {}) if isinstance(argument, str) else argument
    variables = {name: scope.resolve(value) for name, value in own.items()}

    def value(found: Any) -> str:
        name = found[1].strip()
        if name in variables:
            return text(variables[name])
        return text(scope.attribute(name) if "." in name and name not in scope.values else scope.named(name))

    return references.SUBSTITUTE.sub(value, pattern).replace("${!", "${")


def _base64(scope: Scope, argument: Any) -> str:
    return base64.b64encode(text(scope.resolve(argument)).encode()).decode()


def _find_in_map(scope: Scope, argument: Any) -> Any:
    name, first, second = (scope.resolve(part) for part in argument[:3])
    try:
        return scope.mappings[name][first][second]
    except KeyError as error:
        raise invalid(f"Template error: Unable to get mapping for {name}::{first}::{second}") from error


def _import_value(scope: Scope, argument: Any) -> str:
    name = scope.resolve(argument)
    if name not in scope.exports:
        raise invalid(f"No export named {name} found.")
    scope.imported.add(name)
    return scope.exports[name]


def _get_azs(scope: Scope, argument: Any) -> list[str]:
    region = scope.resolve(argument) or scope.values["AWS::Region"]
    return [f"{region}{letter}" for letter in "abc"]


def _if(scope: Scope, argument: Any) -> Any:
    name, then, otherwise = argument
    return scope.resolve(then if scope.holds(name) else otherwise)


def _equals(scope: Scope, argument: Any) -> bool:
    left, right = (scope.resolve(side) for side in argument)
    return text(left) == text(right)


def _and(scope: Scope, argument: Any) -> bool:
    return all(scope.resolve(part) for part in argument)


def _or(scope: Scope, argument: Any) -> bool:
    return any(scope.resolve(part) for part in argument)


def _not(scope: Scope, argument: Any) -> bool:
    return not scope.resolve(argument[0])


def _contains(scope: Scope, argument: Any) -> bool:
    members, value = argument
    return text(scope.resolve(value)) in map(text, scope.resolve(members))


def text(value: Any) -> str:
    """A value as it stands in a string: booleans as JSON has them."""
    return str(value).lower() if isinstance(value, bool) else str(value)


_FUNCTIONS: Final[Mapping[str, Callable[[Scope, Any], Any]]] = {
    "Ref": _ref,
    "Condition": _condition,
    "Fn::GetAtt": _get_att,
    "Fn::Join": _join,
    "Fn::Split": _split,
    "Fn::Select": _select,
    "Fn::Sub": _sub,
    "Fn::Base64": _base64,
    "Fn::FindInMap": _find_in_map,
    "Fn::ImportValue": _import_value,
    "Fn::GetAZs": _get_azs,
    "Fn::If": _if,
    "Fn::Equals": _equals,
    "Fn::And": _and,
    "Fn::Or": _or,
    "Fn::Not": _not,
    "Fn::Contains": _contains,
}

"""The parameters of a stack: what was given, what stands by default, what must not be shown."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from deployer.local.cloudformation.intrinsics import text
from deployer.local.cloudformation.refusals import invalid
from deployer.local.cloudformation.template import Template

_STORED: Final = "AWS::SSM::Parameter::Value<String>"
_LISTS: Final = frozenset({"CommaDelimitedList", "List<Number>", "List<String>"})
_TYPES: Final = _LISTS | {"String", "Number", _STORED}

MASK: Final = "****"

# Reads a parameter of the Systems Manager's store; None when there is none.
Store = Callable[[str], str | None]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter's value: `given` as the request or the template's default has it, `value` as Ref gives it."""

    name: str
    type_name: str
    given: str
    value: Any
    masked: bool

    def shown(self) -> dict[str, str]:
        """As DescribeStacks shows it."""
        resolved = {"ResolvedValue": self.value} if self.type_name == _STORED else {}
        return {"ParameterKey": self.name, "ParameterValue": MASK if self.masked else self.given, **resolved}


Parameters = Mapping[str, Parameter]


def settled(template: Template, given: Sequence[Mapping[str, Any]], previous: Parameters, store: Store) -> Parameters:
    """All parameters of the template; raises StackRefusal for a value missing, unknown or forbidden."""
    declared = template.section("Parameters")
    asked = {one["ParameterKey"]: one for one in given}
    unknown = sorted(asked.keys() - declared.keys())
    if unknown:
        raise invalid(f"Parameters: [{', '.join(unknown)}] do not exist in the template")
    raw = {name: _raw(name, one, asked.get(name, {}), previous) for name, one in declared.items()}
    missing = sorted(name for name, value in raw.items() if value is None)
    if missing:
        raise invalid(f"Parameters: [{', '.join(missing)}] must have values")
    return {name: _parameter(name, one, text(raw[name]), store) for name, one in declared.items()}


def _raw(name: str, declared: Mapping[str, Any], asked: Mapping[str, Any], previous: Parameters) -> Any:
    if asked.get("UsePreviousValue"):
        if name not in previous:
            raise invalid(f"Invalid input for parameter key {name}. Cannot specify usePreviousValue as true for a "
                          "parameter key not in the previous template")  # fmt: skip
        return previous[name].given
    return asked.get("ParameterValue", declared.get("Default"))


def _parameter(name: str, declared: Mapping[str, Any], given: str, store: Store) -> Parameter:
    type_name = declared.get("Type", "")
    if type_name not in _TYPES:
        raise invalid(f"Template format error: the embedded CloudFormation has no parameters of type {type_name}")
    _refuse_forbidden(name, declared, given)
    return Parameter(
        name, type_name, given, _value(type_name, given, store), text(declared.get("NoEcho", False)) == "true"
    )


def _value(type_name: str, given: str, store: Store) -> Any:
    if type_name in _LISTS:
        return [part.strip() for part in given.split(",")] if given else []
    if type_name != _STORED:
        return given
    value = store(given)
    if value is None:
        raise invalid(f"Unable to fetch parameters [{given}] from parameter store for this account.")
    return value


def _refuse_forbidden(name: str, declared: Mapping[str, Any], given: str) -> None:
    reason = _forbidden(declared, given)
    if reason is not None:
        raise invalid(f"Parameter '{name}' {declared.get('ConstraintDescription') or reason}")


def _forbidden(declared: Mapping[str, Any], given: str) -> str | None:
    """Why the template forbids the value, if it does."""
    if declared.get("Type") == "Number" and not re.fullmatch(r"-?\d+(\.\d+)?", given):
        return "must be a number."
    allowed = [text(value) for value in declared.get("AllowedValues", ())]
    if allowed and given not in allowed:
        return f"must be one of AllowedValues [{', '.join(allowed)}]"
    pattern = declared.get("AllowedPattern")
    if pattern is not None and not re.fullmatch(pattern, given):
        return f"must match pattern {pattern}"
    return _out_of_bounds(declared, given)


def _out_of_bounds(declared: Mapping[str, Any], given: str) -> str | None:
    measured = float(given) if declared.get("Type") == "Number" else len(given)
    low, high = ("MinValue", "MaxValue") if declared.get("Type") == "Number" else ("MinLength", "MaxLength")
    if low in declared and measured < float(declared[low]):
        return f"must have {low} {declared[low]}"
    if high in declared and measured > float(declared[high]):
        return f"must have {high} {declared[high]}"
    return None

"""A template: JSON or YAML text, its sections, and the resources that it declares.

Checked when it is read, as CloudFormation does before it touches anything: sections, types of resources, policies,
references to nothing, references in a circle.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from deployer.local.cloudformation import markup, references
from deployer.local.cloudformation.graph import needed_first
from deployer.local.cloudformation.refusals import invalid

_SECTIONS: Final = frozenset(
    {
        "AWSTemplateFormatVersion", "Conditions", "Description", "Mappings", "Metadata", "Outputs", "Parameters",
        "Resources", "Rules",
    }
)  # fmt: skip
_ATTRIBUTES: Final = frozenset(
    {
        "Condition", "DeletionPolicy", "DependsOn", "Metadata", "Properties", "Type", "UpdatePolicy",
        "UpdateReplacePolicy",
    }
)  # fmt: skip
_POLICIES: Final = ("Delete", "Retain", "RetainExceptOnCreate")


@dataclass(frozen=True, slots=True)
class Declared:
    """A resource as the template declares it; `deletion` and `replacement` are its policies, Delete when unsaid."""

    logical_id: str
    type_name: str
    properties: Mapping[str, Any]
    depends_on: tuple[str, ...]
    condition: str | None
    deletion: str
    replacement: str
    metadata: Any
    update_policy: Mapping[str, Any]

    @property
    def needs(self) -> frozenset[str]:
        """Names that must be there before: what its properties refer to, and DependsOn."""
        return references.names(self.properties) | frozenset(self.depends_on)


@dataclass(frozen=True)
class Template:
    """A checked template; `text` as it was given."""

    text: str
    sections: Mapping[str, Any]

    def section(self, name: str) -> Mapping[str, Any]:
        """One of the sections that map names; empty when the template has none."""
        found: Mapping[str, Any] = self.sections.get(name) or {}
        return found

    @property
    def description(self) -> str | None:
        """What it says of itself."""
        return self.sections.get("Description")

    @cached_property
    def resources(self) -> Mapping[str, Declared]:
        """All declared resources in the template's order, whatever their conditions."""
        return {name: _declared(name, given) for name, given in self.section("Resources").items()}

    @cached_property
    def order(self) -> tuple[Declared, ...]:
        """The resources so that each comes after those it needs."""
        needs = {name: declared.needs for name, declared in self.resources.items()}
        return tuple(self.resources[name] for name in needed_first(needs))


EMPTY: Final = Template("", {"Resources": {}})


def read(text: str) -> Template:
    """The template of a text; raises StackRefusal with what is wrong with it."""
    parsed = markup.parsed(text)
    if not isinstance(parsed, dict):
        raise invalid("Template format error: unsupported structure.")
    _refuse_unknown_sections(parsed)
    if not isinstance(parsed.get("Resources"), dict) or not parsed["Resources"]:
        raise invalid("Template format error: At least one Resources member must be defined.")
    template = Template(text, parsed)
    try:
        _refuse_dangling(template)
        _ = template.order
    except (AttributeError, TypeError, ValueError) as error:
        raise invalid(f"Template format error: something is not of the shape that it must have ({error})") from error
    return template


def _refuse_unknown_sections(parsed: Mapping[str, Any]) -> None:
    if "Transform" in parsed:
        raise invalid(f"The embedded CloudFormation runs no macros: Transform {parsed['Transform']}")
    unknown = sorted(parsed.keys() - _SECTIONS)
    if unknown:
        raise invalid(f"Invalid template property or properties [{', '.join(unknown)}]")


def _declared(name: str, given: Any) -> Declared:
    if not isinstance(given, dict) or not isinstance(given.get("Type"), str):
        raise invalid(f"Template format error: [/Resources/{name}] Every Resources object must contain a Type member.")
    unknown = sorted(given.keys() - _ATTRIBUTES)
    if unknown:
        raise invalid(f"Invalid template resource property '{unknown[0]}' of resource {name}")
    needs = given.get("DependsOn") or ()
    return Declared(
        logical_id=name,
        type_name=given["Type"],
        properties=given.get("Properties") or {},
        depends_on=(needs,) if isinstance(needs, str) else tuple(needs),
        condition=given.get("Condition"),
        deletion=_policy(name, given, "DeletionPolicy", _POLICIES),
        replacement=_policy(name, given, "UpdateReplacePolicy", _POLICIES[:2]),
        metadata=given.get("Metadata"),
        update_policy=given.get("UpdatePolicy") or {},
    )


def _policy(name: str, given: Mapping[str, Any], attribute: str, known: tuple[str, ...]) -> str:
    policy: str = given.get(attribute, "Delete")
    if policy not in known:
        raise invalid(f"Template error: {attribute} of resource {name} is one of {', '.join(known)}, not {policy}")
    return policy


def _refuse_dangling(template: Template) -> None:
    """References to names that the template does not have."""
    known = template.resources.keys() | template.section("Parameters").keys()
    for declared in template.resources.values():
        missing = sorted(name for name in declared.needs - known if not name.startswith("AWS::"))
        if missing:
            raise invalid(
                "Template format error: Unresolved resource dependencies "
                f"[{', '.join(missing)}] in the Resources block of the template"
            )
        if declared.condition is not None and declared.condition not in template.section("Conditions"):
            raise invalid(
                f"Template format error: Unresolved condition {declared.condition} of resource {declared.logical_id}"
            )
    missing = sorted(
        name for name in references.names(template.section("Outputs")) - known if not name.startswith("AWS::")
    )
    if missing:
        raise invalid(
            "Template format error: Unresolved resource dependencies "
            f"[{', '.join(missing)}] in the Outputs block of the template"
        )

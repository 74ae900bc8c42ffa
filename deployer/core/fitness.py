"""Whether a plan can be carried out as things stand, by what the alias alone does not show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from deployer.core.action import CreateFunction, PushCode
from deployer.core.pair import VersionFacts, check
from deployer.core.plan import Decision, Plan, Reason, Refusal
from deployer.core.version import New, Published


@dataclass(frozen=True, slots=True)
class FunctionFacts:
    """What of a function decides whether Lambda takes what is to be pushed.

    `package_type` is Zip or Image, None when there is no such function; `code_type` is that of the code to be pushed;
    `missing` are the settings that a new function would lack.
    """

    name: str
    package_type: str | None
    code_type: str
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fitness:
    """All that has been read: the versions in the write's `to_check`, and whether the alias is provisioned."""

    versions: Mapping[Published | New, VersionFacts | None] = field(default_factory=dict)
    provisioned: bool = False
    function: FunctionFacts | None = None

    def published(self, facts: VersionFacts) -> Fitness:
        """The same once a version has been published, and can be looked at itself."""
        return replace(self, versions={**self.versions, facts.version: facts})


def fit(plan: Plan, fitness: Fitness) -> Decision:
    """The plan, with what there is to be noted; or why Lambda would not carry it out, or not well."""
    unfit = None if fitness.function is None else _unfit(plan, fitness.function)
    if unfit is not None:
        return replace(unfit, notices=plan.notices, verdict=plan.verdict)
    if plan.write is None:
        return plan
    found = check(plan.write, fitness.versions, provisioned=fitness.provisioned)
    if isinstance(found, Refusal):
        return replace(found, notices=plan.notices, verdict=plan.verdict)
    return replace(plan, notices=plan.notices + found)


def _unfit(plan: Plan, function: FunctionFacts) -> Refusal | None:
    kinds = {type(action) for action in plan.actions}
    if CreateFunction in kinds and function.missing:
        missing = ", ".join(function.missing)
        text = f"function {function.name} does not exist, and these settings of it are not given: {missing}"
        return Refusal(Reason.NO_FUNCTION, text, "give them, or correct the function's name")
    if PushCode in kinds and function.package_type != function.code_type:
        text = f"PackageType of {function.name} is {function.package_type}, of the code {function.code_type}"
        return Refusal(Reason.PACKAGE_TYPE, text, "a function keeps its package type for life: use another name")
    return None

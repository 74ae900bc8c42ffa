"""The whole target of a write of the alias, as Lambda's members: what a request states, and what its answer shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict

from deployer.core import CreateAlias, Shift, Transition

if TYPE_CHECKING:
    from mypy_boto3_lambda.type_defs import AliasConfigurationResponseTypeDef, AliasRoutingConfigurationTypeDef


class _Members(TypedDict):
    FunctionVersion: str
    RoutingConfig: AliasRoutingConfigurationTypeDef
    Description: str


@dataclass(frozen=True, slots=True)
class Target:
    """Lambda keeps what a request leaves out, so every request states all of this."""

    version: str
    weights: Mapping[str, float]
    description: str

    @classmethod
    def of(cls, step: CreateAlias | Shift) -> Target:
        """What one write is to bring about."""
        routing, text = step.after, step.description.text
        if isinstance(routing, Transition):
            return cls(str(routing.version1), {str(routing.version2): routing.weight.fraction}, text)
        return cls(str(routing.version), {}, text)

    @classmethod
    def answered(cls, answer: AliasConfigurationResponseTypeDef) -> Target:
        """What an answer to a write shows. Lambda's own move of provisioned concurrency does not appear in it yet."""
        weights = answer.get("RoutingConfig", {}).get("AdditionalVersionWeights", {})
        return cls(answer.get("FunctionVersion", "none"), weights, answer.get("Description", ""))

    @property
    def members(self) -> _Members:
        """Of CreateAlias and UpdateAlias; an empty map of weights clears them."""
        weights = dict(self.weights)
        return {
            "FunctionVersion": self.version,
            "RoutingConfig": {"AdditionalVersionWeights": weights},
            "Description": self.description,
        }

    def __str__(self) -> str:
        return f"version {self.version}, weights {dict(self.weights)} and description {self.description!r}"

"""Templates of one function, its version and its alias, as the CDK writes them."""

from __future__ import annotations

from typing import Any

Template = dict[str, Any]
ROLE = "arn:aws:iam::123456789012:role/lambda"


def function(code: str = "x = 1", **properties: Any) -> dict[str, Any]:
    """A function with inline code."""
    given = {"Code": {"ZipFile": code}, "Handler": "index.handler", "Runtime": "python3.12", "Role": ROLE}
    return {"Type": "AWS::Lambda::Function", "Properties": {**given, **properties}}


def version(**more: Any) -> dict[str, Any]:
    """A version of the function; `more` are attributes as DeletionPolicy."""
    return {"Type": "AWS::Lambda::Version", "Properties": {"FunctionName": {"Ref": "Fn"}}, **more}


def alias(of: str | dict[str, Any], **properties: Any) -> dict[str, Any]:
    """The alias `live` on a version, by number or by the logical id of its resource."""
    number = of if isinstance(of, dict) or of.isdigit() else {"Fn::GetAtt": [of, "Version"]}
    given = {"FunctionName": {"Ref": "Fn"}, "Name": "live", "FunctionVersion": number}
    return {"Type": "AWS::Lambda::Alias", "Properties": {**given, **properties}}


def weights(**shares: float) -> dict[str, Any]:
    """RoutingConfig as a template has it; `_1=0.75` gives version 1 that share."""
    listed = [
        {"FunctionVersion": number.removeprefix("_"), "FunctionWeight": share} for number, share in shares.items()
    ]
    return {"RoutingConfig": {"AdditionalVersionWeights": listed}}


def released(code: str = "x = 1", name: str = "V1", routing: dict[str, Any] | None = None, **policies: Any) -> Template:
    """Function, version of the logical id `name`, and alias on it."""
    return {
        "Resources": {
            # Not in the order in which they must be made.
            "Live": alias(name, **(routing or {})),
            name: version(**policies),
            "Fn": function(code),
        }
    }

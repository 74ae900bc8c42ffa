"""Renders what was decided as CDK constructs; plans nothing, and asks AWS nothing.

    from deployer.cdk_adapter import ReleasedFunction

    ReleasedFunction(stack, "Orders", environment="prd", function_name="orders-prd",
                     runtime=Runtime.PYTHON_3_12, handler="app.handler", code=Code.from_asset("src/orders"))

`deployer cdk plan` decides which version the alias is to show, before synth. Importing this loads neither aws_cdk nor
jsii (which starts node); each construct comes when it is asked for.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from deployer.cdk_adapter.alias_release import AliasRelease
    from deployer.cdk_adapter.needs import CdkMissing
    from deployer.cdk_adapter.rendering import InvalidRelease
    from deployer.cdk_adapter.target import InvalidTarget, InvalidTargets, Target, Targets
    from deployer.cdk_adapter.versioned_function import ReleasedFunction, VersionedFunction

__all__ = [
    "AliasRelease",
    "CdkMissing",
    "InvalidRelease",
    "InvalidTarget",
    "InvalidTargets",
    "ReleasedFunction",
    "Target",
    "Targets",
    "VersionedFunction",
]

_CONSTRUCTS = {
    "AliasRelease": "alias_release",
    "ReleasedFunction": "versioned_function",
    "VersionedFunction": "versioned_function",
}
_PURE = {"CdkMissing": "needs", "InvalidRelease": "rendering"}


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    if name in _CONSTRUCTS:
        from deployer.cdk_adapter.needs import check_needs

        check_needs(name)
    module = _CONSTRUCTS.get(name) or _PURE.get(name, "target")
    return getattr(importlib.import_module(f"{__name__}.{module}"), name)

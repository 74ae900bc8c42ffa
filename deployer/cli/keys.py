"""Decisions in the words of the configuration: a person writes `role`, where Lambda and the library say Role."""

from __future__ import annotations

from dataclasses import replace

from deployer.aws.prepared import Prepared
from deployer.config import Settings
from deployer.core import Reason, Refusal


def in_keys(prepared: Prepared, settings: Settings) -> Prepared:
    """The same, with the keys to give as the way out where a function lacks settings to be created with."""
    from deployer.config.keys import own_key_of_member
    from deployer.config.suggest import dotted, listed

    decision, release = prepared.decision, prepared.release
    if not isinstance(decision, Refusal) or decision.reason is not Reason.NO_FUNCTION or release is None:
        return prepared
    keys = listed([own_key_of_member()[member] for member in release.missing_to_create], "and")
    table = dotted(("functions", settings.function))
    way_out = f"to create it, give {keys} in {table}; or name one that exists: {table}.name"
    return replace(prepared, decision=replace(decision, way_out=way_out))

"""Configuration: `deployer.toml`, or `[tool.deployer]` of pyproject.toml, to typed settings.

    config = load()                          # from the working directory upwards; all problems at once
    config.settings("prd", "orders")         # Settings
    config.explain("prd", "orders")          # every value and where it comes from

What reads a file is imported when it is first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deployer.config.errors import ConfigError, Problem
from deployer.config.settings import Architecture, Build, OnNewer, Settings, Strategy

if TYPE_CHECKING:
    from deployer.config.configuration import Config, Explained, load
    from deployer.config.reference import json_schema
    from deployer.config.rollout.settings import RolloutSettings

__all__ = [
    "Architecture",
    "Build",
    "Config",
    "ConfigError",
    "Explained",
    "OnNewer",
    "Problem",
    "RolloutSettings",
    "Settings",
    "Strategy",
    "json_schema",
    "load",
]


def __getattr__(name: str) -> Any:
    match name:
        case "Config" | "Explained" | "load":
            from deployer.config import configuration

            return getattr(configuration, name)
        case "json_schema":
            from deployer.config.reference import json_schema

            return json_schema
        case "RolloutSettings":
            from deployer.config.rollout.settings import RolloutSettings

            return RolloutSettings
        case _:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

"""Configuration: `deployer.toml`, or `[tool.deployer]` of pyproject.toml, to typed settings."""

from deployer.config.errors import ConfigError, Problem
from deployer.config.settings import Architecture, Build, OnNewer, Settings, Strategy

__all__ = ["Architecture", "Build", "ConfigError", "OnNewer", "Problem", "Settings", "Strategy"]

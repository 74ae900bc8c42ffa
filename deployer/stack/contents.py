"""What `$LATEST` and published versions hold, to be compared before another is published."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from deployer.aws.environment import is_hidden
from deployer.core import LATEST, Content, Latest, Published
from deployer.stack.site import Site


def read_contents(site: Site, versions: tuple[Published, ...]) -> dict[Published | Latest, Content]:
    """What these versions and `$LATEST` hold; nothing where there is nothing to compare."""
    latest = site.function.look() if versions else None
    if latest is None:
        return {}
    found: dict[Published | Latest, Mapping[str, Any]] = {LATEST: latest.configuration}
    for version in versions:
        seen = site.versions.look(version)
        if seen is not None:
            found[version] = seen.configuration
    return _comparable(found)


def _comparable(found: Mapping[Published | Latest, Mapping[str, Any]]) -> dict[Published | Latest, Content]:
    """The contents, without the environments where Lambda hides one: whoever deploys by CDK need not see them."""
    hidden = any(is_hidden(configuration) for configuration in found.values())
    contents = {}
    for version, configuration in found.items():
        shown = {name: value for name, value in configuration.items() if not (hidden and name == "Environment")}
        contents[version] = Content.of(shown)
    return contents

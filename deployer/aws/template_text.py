"""A deployed template as GetTemplate gives it: JSON, which botocore has read already, or YAML as text.

The CDK CLI uploads YAML whenever it does not deploy the assembly's own file: for `cdk import`, and for stacks without
an assets bucket. It writes no short forms (`!Ref`), so a template with those is not CDK's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from deployer.aws.failure import NotOurs


def read_template(doing: str, body: object) -> Mapping[str, Any]:
    """The template. Raises NotOurs for one that CDK has not written, and where PyYAML is missing."""
    found = _of_yaml(doing, body) if isinstance(body, str) else body
    if not isinstance(found, Mapping):
        raise _not_of_cdk(doing, "its template is neither JSON nor YAML as CDK writes it")
    return found


def _of_yaml(doing: str, text: str) -> object:
    try:
        import yaml
    except ImportError as error:
        raise NotOurs(doing, "its template is YAML", "pip install 'lambda-rollouts[cdk]', which reads it") from error

    class Loader(yaml.SafeLoader):  # type: ignore[misc]  # PyYAML comes without types
        """Dates stay text, as in `2012-10-17`."""

    Loader.add_constructor("tag:yaml.org,2002:timestamp", lambda loader, node: str(loader.construct_scalar(node)))
    try:
        return yaml.load(text, Loader=Loader)  # noqa: S506  # a SafeLoader
    except yaml.YAMLError as error:
        raise _not_of_cdk(doing, "its template is not as CDK writes it") from error


def _not_of_cdk(doing: str, problem: str) -> NotOurs:
    return NotOurs(doing, problem, "only stacks that CDK deploys can be released through")

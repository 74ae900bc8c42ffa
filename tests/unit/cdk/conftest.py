"""CDK in the tests: no validator, no banners, and skipped where node or the extra is missing."""

from __future__ import annotations

import os

import pytest

from deployer.cdk_adapter.needs import CdkMissing, check_needs

# Both are read when aws_cdk is imported. The validator takes seconds to minutes for each synth; the banner tells of the
# versions of node that it is given.
os.environ["CDK_VALIDATION"] = "false"
os.environ["JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION"] = ",".join(str(major) for major in range(16, 40))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One worker renders everything; where it cannot, it says why."""
    try:
        check_needs("a test")
        missing = None
    except CdkMissing as error:
        # Where all tests have to run (see .ci/run), they fail on the same sentence.
        missing = None if os.environ.get("CDK_TESTS") == "required" else pytest.mark.skip(reason=str(error))
    for item in items:
        if item.get_closest_marker("cdk"):
            item.add_marker(pytest.mark.xdist_group("cdk"))
            if missing is not None:
                item.add_marker(missing)

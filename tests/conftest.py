"""How long property tests look: `--hypothesis-profile`, or HYPOTHESIS_PROFILE, names ci, dev or nightly.

And CDK in the tests: no validator, no banners, and skipped where node or the extra is missing.
"""

import os
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings

from deployer.cdk_adapter.needs import CdkMissing, check_needs

# Machines that check are busy, so no single example is timed there.
_PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

settings.register_profile("ci", _PATIENT, max_examples=60, stateful_step_count=25, derandomize=True, database=None)
settings.register_profile("dev", max_examples=200, stateful_step_count=30, deadline=timedelta(seconds=2))
settings.register_profile("nightly", _PATIENT, max_examples=5_000, stateful_step_count=60)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))

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

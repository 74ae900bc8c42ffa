"""What moto, as it comes, still gets wrong: each of these is why a rule of the embedded Lambda exists.

A test that fails after an upgrade of moto says that a rule may have become needless (its file stands beside it).
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.xdist_group("stock moto")  # one worker asks it once for all

# What moto answers, by probe (`vanilla.py`), and the file whose rule answers as Lambda does.
STILL_WRONG: dict[str, tuple[str, Any]] = {
    "function_revisions": ("rules/world.py", False),
    "stale_revisions": ("rules/functions.py, rules/versions.py", ["accepted"] * 3),
    "states": ("rules/lifecycle.py", ["Active", "Successful"]),
    "code_guard": ("rules/versions.py", "accepted"),
    "publish_again_after_an_update": ("rules/versions.py", ["1", "2"]),
    "dry_run_counts_as_a_change": ("rules/functions.py", ["1", "2"]),
    "numbers_after_pruning": ("rules/versions.py", [["1", "2", "3"], ["3"]]),
    "settings_ignored": (
        "rules/configuration.py",
        [
            "DeadLetterConfig",
            "EphemeralStorage",
            "FileSystemConfigs",
            "KMSKeyArn",
            "LoggingConfig",
            "SnapStart",
            "TracingConfig",
        ],
    ),
    "architecture_with_the_code": ("rules/functions.py", ["x86_64"]),
    "code_limits": ("rules/code.py", ["accepted"] * 2),
    "settings_out_of_range": ("rules/constraints.py, rules/configuration.py", ["accepted"] * 6),
    "role_that_does_not_trust": ("rules/configuration.py", "accepted"),
    "version_pages": ("rules/paging.py", [4, "accepted"]),
    "deleting_versions": (
        "rules/versions.py",
        ["accepted", "accepted", "ResourceNotFoundException", "accepted"],
    ),
    "deleting_by_alias_name": ("rules/versions.py", "ResourceNotFoundException"),
    "alias_revisions": ("rules/aliases.py", True),
    "alias_targets": ("rules/aliases.py, rules/constraints.py", ["accepted"] * 8),
    "alias_names": ("rules/constraints.py", ["accepted"] * 2),
    "alias_there_already": ("rules/aliases.py", ["accepted", "ConflictException"]),
    "alias_cleared": ("rules/aliases.py", {"AdditionalVersionWeights": {}}),
    "alias_lists": ("rules/aliases.py", [2, 2]),
    "alias_statuses": ("rules/aliases.py", 201),
    "provisioned_concurrency": ("rules/provisioned.py", "404"),
    "policies_of_qualifiers": ("rules/policies.py", 1),
    "tags_of_versions": ("rules/functions.py", "accepted"),
    "invoking_a_version": ("rules/invocations.py", [200, False]),
    "metrics_read": (
        "metrics.py",
        {
            "percentile": "TypeError",
            "dimensions in another order": [],
            "seconds of a period of 60": [30],
        },
    ),
    "alarms_new": ("alarms.py", ["OK"]),
    "alarms_put_again": ("alarms.py", ["OK"]),
    "alarms_since_when": ("alarms.py", False),
    "alarms_composite": ("alarms.py", "NotImplementedError"),
    "alarms_by_type": ("alarms.py", 1),
    "alarms_by_name_and_state": ("alarms.py", 1),
    "alarms_in_pages": ("alarms.py", [1, "accepted"]),
    "event_invokes_of_qualifiers": ("rules/event_invokes.py", 0),
    "stack_alias_is_skipped": (
        "cloudformation/resources/lambda_alias.py",
        ["CREATE_COMPLETE", "ResourceNotFoundException"],
    ),
    "stack_version_before_its_code": ("cloudformation/convergence.py", False),
    "stack_without_changes": ("cloudformation/preview.py", "accepted"),
    "server_keeps_connections": ("server.py", "close"),
}


@pytest.fixture(scope="module")
def observed() -> dict[str, Any]:
    """All probes, in one process that never saw the embedded Lambda."""
    environment = {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "eu-central-1",
    }
    done = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("vanilla.py"))],
        capture_output=True,
        text=True,
        check=True,
        env=environment,
    )
    answers: dict[str, Any] = json.loads(done.stdout)
    return answers


@pytest.mark.parametrize("name", STILL_WRONG)
def test_moto_still_gets_this_wrong(observed: dict[str, Any], name: str) -> None:
    rule, wrong = STILL_WRONG[name]
    assert observed[name] == wrong, f"moto changed: see whether deployer/local/{rule} is still needed"


def test_every_probe_is_held(observed: dict[str, Any]) -> None:
    assert set(observed) == set(STILL_WRONG)

"""What a Deployer cannot release with is told when it is made, not in the middle of a release."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from deployer import BlueGreen, Canary, CanaryIncrements, Deployer
from deployer.core import InvalidValue

NAME = "letters, digits, - and _"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"function_name": "a b"}, f"value 'a b': function_name takes {NAME}, at most 64 characters"),
        ({"function_name": ""}, f"value '': function_name takes {NAME}, at most 64 characters"),
        ({"function_name": "f" * 65}, f"value '{'f' * 65}': function_name takes {NAME}, at most 64 characters"),
        ({"function_name": None}, f"value None: function_name takes {NAME}, at most 64 characters"),
        ({"alias": ""}, f"value '': alias takes {NAME}, and not digits alone, at most 128 characters"),
        ({"alias": "12"}, f"value '12': alias takes {NAME}, and not digits alone, at most 128 characters"),
        ({"alias": "LIVE\n"}, f"value 'LIVE\\n': alias takes {NAME}, and not digits alone, at most 128 characters"),
        ({"strategy": "canary"}, "value 'canary': a strategy is Development(), BlueGreen() or Canary("),
        ({"strategy": Canary}, "value <class 'deployer.core.strategy.Canary'>: a strategy is "),
        ({"protected": "yes"}, "value 'yes': protected takes True or False"),
        ({"build": "make"}, """value 'make': build takes "auto", "uv", "pip" or "none\""""),
        ({"exclude": "*.md"}, "value '*.md': exclude takes a tuple of texts"),
        ({"exclude": (1,)}, "value (1,): exclude takes a tuple of texts"),
        ({"architecture": "arm"}, """value 'arm': architecture takes "x86_64" or "arm64\""""),
        ({"release_env_var": "1ST"}, "value '1ST': release_env_var takes two or more letters, digits and _"),
        ({"region": "eu central"}, "value 'eu central': region takes a region like eu-west-1"),
        ({"account": 123456789012}, "value 123456789012: account takes 12 digits in quotes"),
        ({"profile": 5}, "value 5: profile takes text"),
        ({"artifact_bucket": "Bucket"}, "value 'Bucket': artifact_bucket takes the name of an S3 bucket"),
        ({"artifact_prefix": "/x"}, "value '/x': artifact_prefix takes a prefix without a leading /"),
        ({"code": b"src"}, "value b'src': code takes a path, or an address as text"),
        ({"release": 1.4}, "value 1.4: release takes text"),
        ({"settings": [("Timeout", 5)]}, "value 'list': settings takes members of UpdateFunctionConfiguration by name"),
        (
            {"settings": {"runtime": "secret"}},
            "value 'runtime': is no member of UpdateFunctionConfiguration that settings take; did you mean Runtime?",
        ),
        ({"settings": {5: "secret"}}, "value 5: is no member of UpdateFunctionConfiguration that settings take"),
        ({"settings": {"Architectures": ["arm64"]}}, "value 'Architectures': is no part of settings: give it as"),
        ({"settings": {"RevisionId": "x"}}, "value 'RevisionId': is set by the release itself"),
        ({"settings": {"Tags": {}}}, "value 'Tags': only CreateFunction takes it"),
    ],
)
def test_what_no_release_can_be_made_with_is_told_at_once(given: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        Deployer(**{"function_name": "orders", **given})
    assert str(caught.value).startswith(message)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"code": Path("src")},
        {"code": "s3://bucket/key", "exclude": ["*.md"], "architecture": "arm64", "release": "1.4.0"},
        {"region": "us-gov-east-1", "account": "123456789012", "profile": "prd", "release_env_var": "RELEASE"},
        {"artifact_bucket": "artifacts", "artifact_prefix": "orders/", "settings": {"Timeout": 5, "Layers": []}},
        {"strategy": Canary(CanaryIncrements.of([10]))},
    ],
)
def test_what_can_be_right_is_taken(given: dict[str, Any]) -> None:
    made = Deployer(function_name="orders", **given)
    assert {name: getattr(made, name) for name in given} == given
    assert made.policy.strategy == given.get("strategy", BlueGreen())

"""What turns out to be wrong later than a configuration could see it is told with its line all the same."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from deployer.config import Config
from deployer.config.positions import Path

Load = Callable[[str], Config]

TEXT = """\
[functions.orders]
code = "src"

[[rollout.tests]]
check = "checks:one"

[[rollout.tests]]
name = "two"
check = "checks:two"

[environments.prd.rollout]
hooks = [
  { at = "before", command = ["make"] },
  { at = "after", python = "checks:three" },
]
"""


@pytest.mark.parametrize(
    ("within", "told"),
    [
        (("tests", 0, "check"), "deployer.toml:5: rollout.tests[0].check: no"),
        (("tests", 1, "check"), "deployer.toml:9: rollout.tests[1].check: no"),
        (("hooks", 0, "command", 0), "deployer.toml:13: environments.prd.rollout.hooks[0].command[0]: no"),
        (("hooks", 1, "python"), "deployer.toml:14: environments.prd.rollout.hooks[1].python: no"),
        (("bake",), "deployer.toml:1: functions.orders.rollout.bake: no"),
    ],
)
def test_a_value_inside_a_list_of_a_rollout_has_its_own_line(config: Load, within: Path, told: str) -> None:
    assert str(config(TEXT).problem("prd", "orders", "rollout", "no", within)) == told


def test_a_value_of_a_function_has_the_line_where_it_is_given(config: Load) -> None:
    assert str(config(TEXT).problem("prd", "orders", "code", "no")) == "deployer.toml:2: functions.orders.code: no"

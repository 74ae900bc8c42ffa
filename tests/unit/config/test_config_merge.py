"""Which level wins, and how tables are merged."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from deployer.config import Config, Settings
from deployer.core.increments import CanaryIncrements
from deployer.core.strategy import BlueGreen, Canary, Development, OnNewer, Policy

Load = Callable[[str], Config]
FUNCTION = '[functions.f]\ncode = "src"\n'


def members(config: Config, environment: str) -> dict[str, Any]:
    return dict(config.settings(environment, "f").lambda_settings)


def release(settings: Settings) -> tuple[object, ...]:
    increments = settings.canary_increments
    shares = None if increments is None else [str(share) for share in increments.shares]
    return settings.strategy, shares, settings.on_newer, settings.alias, settings.protected


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ("sbx", ("latest", None, None, "LIVE", False)),
        ("tst", ("latest", None, None, "LIVE", False)),
        ("stg", ("blue_green", None, "move", "LIVE", False)),
        ("prd", ("canary", ["25", "50", "75"], "advance", "LIVE", True)),
    ],
)
def test_four_environments_are_there_for_a_function_alone(
    config: Load, environment: str, expected: tuple[object, ...]
) -> None:
    loaded = config(FUNCTION)
    assert loaded.environments == ("sbx", "tst", "stg", "prd")
    assert release(loaded.settings(environment, "f")) == expected


def test_environments_and_functions_keep_the_order_of_the_file(config: Load) -> None:
    loaded = config(
        '[functions.z]\ncode = "z"\n[functions.a]\ncode = "a"\n'
        "[environments.qa]\n[environments.prd]\n[environments.dev]\n"
    )
    assert loaded.functions == ("z", "a")
    assert loaded.environments == ("sbx", "tst", "stg", "prd", "qa", "dev")


def test_an_environment_of_ones_own_is_blue_green_by_default(config: Load) -> None:
    settings = config(FUNCTION + "[environments.qa]\n").settings("qa", "f")
    assert release(settings) == ("blue_green", None, "move", "LIVE", False)


@pytest.mark.parametrize(
    ("text", "alias"),
    [
        (FUNCTION, "LIVE"),
        ('alias = "top"\n' + FUNCTION, "top"),
        ('alias = "top"\n' + FUNCTION + '[environments.prd]\nalias = "env"\n', "env"),
        ('alias = "top"\n' + FUNCTION + 'alias = "fun"\n[environments.prd]\nalias = "env"\n', "fun"),
        (
            'alias = "top"\n' + FUNCTION + 'alias = "fun"\n[environments.prd]\nalias = "env"\n'
            '[environments.prd.functions.f]\nalias = "both"\n',
            "both",
        ),
    ],
)
def test_the_more_particular_level_wins(config: Load, text: str, alias: str) -> None:
    assert config(text).settings("prd", "f").alias == alias


def test_what_is_written_at_the_top_beats_what_is_built_in(config: Load) -> None:
    loaded = config("canary_increments = [10, 12.5]\nprotected = false\n" + FUNCTION)
    assert release(loaded.settings("prd", "f")) == ("canary", ["10", "12.5"], "advance", "LIVE", False)
    assert release(loaded.settings("stg", "f")) == ("blue_green", None, "move", "LIVE", False)


def test_on_newer_meant_for_all_is_passed_over_where_the_strategy_cannot_do_it(config: Load) -> None:
    loaded = config('on_newer = "restart"\n' + FUNCTION + 'on_newer = "move"\n')
    assert loaded.settings("prd", "f").on_newer == "restart"
    assert loaded.settings("stg", "f").on_newer == "move"
    assert loaded.settings("sbx", "f").on_newer is None


def test_on_newer_of_an_environment_is_passed_over_by_a_function_with_a_strategy_of_its_own(config: Load) -> None:
    loaded = config(FUNCTION + 'strategy = "blue_green"\n[environments.prd]\non_newer = "restart"\n')
    assert release(loaded.settings("prd", "f"))[:3] == ("blue_green", None, "move")


def test_a_function_of_an_environment_may_have_its_own_schedule(config: Load) -> None:
    loaded = config(FUNCTION + '[functions.g]\ncode = "g"\n[environments.prd.functions.f]\ncanary_increments = [1]\n')
    assert loaded.settings("prd", "f").canary_increments == CanaryIncrements.of([1])
    assert loaded.settings("prd", "g").canary_increments == CanaryIncrements.of([25, 50, 75])


def test_the_policy_is_what_the_core_takes(config: Load) -> None:
    loaded = config(FUNCTION + '[environments.qa]\non_newer = "refuse"\n[environments.prd]\non_newer = "restart"\n')
    assert {name: loaded.settings(name, "f").policy for name in ("sbx", "stg", "qa", "prd")} == {
        "sbx": Policy(Development()),
        "stg": Policy(BlueGreen()),
        "qa": Policy(BlueGreen(refuse_newer=True)),
        "prd": Policy(Canary(CanaryIncrements.of([25, 50, 75]), OnNewer.RESTART), protected=True),
    }


def test_variables_are_merged_one_by_one(config: Load) -> None:
    loaded = config(
        FUNCTION + '[functions.f.environment]\nTABLE = "orders"\nLEVEL = "INFO"\n'
        '[environments.prd.functions.f.environment]\nLEVEL = "WARN"\nTRACE = "1"\n'
    )
    assert members(loaded, "prd") == {"Environment": {"Variables": {"TABLE": "orders", "LEVEL": "WARN", "TRACE": "1"}}}
    assert members(loaded, "stg") == {"Environment": {"Variables": {"TABLE": "orders", "LEVEL": "INFO"}}}


def test_lists_are_replaced(config: Load) -> None:
    loaded = config(FUNCTION + 'layers = ["arn:a", "arn:b"]\n[environments.prd.functions.f]\nlayers = ["arn:c"]\n')
    assert members(loaded, "prd") == {"Layers": ["arn:c"]}


def test_raw_members_are_merged_at_every_depth(config: Load) -> None:
    loaded = config(
        FUNCTION + "lambda.DurableConfig = { ExecutionTimeout = 60, RetentionPeriodInDays = 1 }\n"
        "[environments.prd.functions.f]\nlambda.DurableConfig.RetentionPeriodInDays = 30\n"
    )
    assert members(loaded, "prd") == {"DurableConfig": {"ExecutionTimeout": 60, "RetentionPeriodInDays": 30}}


def test_a_value_in_place_of_a_table_replaces_it(config: Load) -> None:
    loaded = config(
        FUNCTION + "lambda.DurableConfig.Thing = { a = 1 }\n"
        "[environments.prd.functions.f]\nlambda.DurableConfig.Thing = 5\n"
        "[environments.stg.functions.f]\nlambda.DurableConfig.Thing = { b = 2 }\n"
    )
    assert members(loaded, "prd") == {"DurableConfig": {"Thing": 5}}
    assert members(loaded, "stg") == {"DurableConfig": {"Thing": {"a": 1, "b": 2}}}


def test_a_table_in_place_of_a_value_replaces_it(config: Load) -> None:
    loaded = config(
        FUNCTION + "lambda.DurableConfig.Thing = 5\n"
        "[environments.prd.functions.f]\nlambda.DurableConfig.Thing = { b = 2 }\n"
    )
    assert members(loaded, "prd") == {"DurableConfig": {"Thing": {"b": 2}}}

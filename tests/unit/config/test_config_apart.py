"""Which environments are refused since a release to them might reach the function and alias of another one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from deployer.config import Config, ConfigError

Load = Callable[[str], Config]
ONE_NAME = '[functions.f]\ncode = "src"\nname = "one"\n'
FOUR = ("sbx", "tst", "stg", "prd")
ONE, TWO = "111111111111", "222222222222"


def refusal(config: Config, environment: str, function: str = "f") -> str | None:
    """What is said of a function in an environment, or None."""
    try:
        config.settings(environment, function)
    except ConfigError as error:
        return str(error)
    return None


@dataclass(frozen=True)
class Case:
    """What `sbx` and `prd` name beside one and the same function and alias, and which of the two are refused."""

    sbx: str
    prd: str
    refused: str
    top: str = ""


TABLE = {
    "nothing tells them apart": Case("", "", "sbx prd"),
    "one account is named": Case("", f"account = '{ONE}'", "sbx"),
    "two accounts": Case(f"account = '{ONE}'", f"account = '{TWO}'", ""),
    "the same account": Case(f"account = '{ONE}'", f"account = '{ONE}'", "sbx prd"),
    "the same account for all": Case("", "", "sbx prd", top=f"account = '{ONE}'"),
    "an account for all but one": Case(f"account = '{TWO}'", "", "", top=f"account = '{ONE}'"),
    "one region is named": Case("", "region = 'eu-west-1'", "sbx prd"),
    "two regions": Case("region = 'eu-west-1'", "region = 'eu-west-2'", ""),
    "the same region": Case("region = 'eu-west-1'", "region = 'eu-west-1'", "sbx prd"),
    "two regions of one account": Case("region = 'eu-west-1'", "region = 'eu-west-2'", "", top=f"account = '{ONE}'"),
    "one region of one account": Case("region = 'eu-west-1'", "", "sbx prd", top=f"account = '{ONE}'"),
    "two accounts in one region": Case(f"account = '{ONE}'", f"account = '{TWO}'", "", top="region = 'eu-west-1'"),
    "one profile is named": Case("", "profile = 'prd'", "sbx"),
    "two profiles": Case("profile = 'sbx'", "profile = 'prd'", ""),
    "the same profile": Case("profile = 'one'", "profile = 'one'", "sbx prd"),
    "a profile by environment": Case("", "", "", top="profile = 'us-{env}'"),
    "two profiles for one account, which may name two regions": Case(
        "profile = 'sbx'", "profile = 'prd'", "", top=f"account = '{ONE}'"
    ),
    "two profiles for one account and region": Case(
        "profile = 'sbx'", "profile = 'prd'", "sbx prd", top=f"account = '{ONE}'\nregion = 'eu-west-1'"
    ),
    "two profiles in one region": Case("profile = 'sbx'", "profile = 'prd'", "", top="region = 'eu-west-1'"),
    "an account here, a profile there": Case(f"account = '{ONE}'", "profile = 'prd'", ""),
    "an alias by environment": Case("", "", "", top="alias = '{env}'"),
    "a name of its own here": Case("functions.f.name = 'other'", "", ""),
}


@pytest.mark.parametrize("case", TABLE.values(), ids=TABLE)
def test_an_environment_is_refused_where_it_may_reach_what_is_anothers(case: Case, config: Load) -> None:
    elsewhere = "".join(f"[environments.{name}]\nfunctions.f.name = 'elsewhere-{name}'\n" for name in ("tst", "stg"))
    loaded = config(
        f"{case.top}\n{ONE_NAME}{elsewhere}[environments.sbx]\n{case.sbx}\n[environments.prd]\n{case.prd}\n"
    )
    assert [name for name in ("sbx", "prd") if refusal(loaded, name)] == case.refused.split()


def test_a_function_alone_has_a_name_in_each_environment(config: Load) -> None:
    loaded = config('[functions.f]\ncode = "src"\n')
    assert [loaded.settings(name, "f").function_name for name in FOUR] == ["f-sbx", "f-tst", "f-stg", "f-prd"]


def test_the_line_of_the_name_all_others_and_the_way_out_are_told(config: Load) -> None:
    assert refusal(config(ONE_NAME), "sbx") == (
        "deployer.toml:3: functions.f.name: one with alias LIVE is the same in tst, stg and prd; "
        "give sbx an account of its own, or put {env} into the name"
    )


def test_it_is_told_where_the_name_of_the_environment_is_given(config: Load) -> None:
    loaded = config('[functions.f]\ncode = "src"\n[environments.sbx]\nfunctions.f.name = "f-prd"\n')
    assert refusal(loaded, "sbx") == (
        "deployer.toml:4: environments.sbx.functions.f.name: f-prd with alias LIVE is the same in prd; "
        "give sbx an account of its own, or put {env} into the name"
    )
    assert refusal(loaded, "prd") == (
        "deployer.toml:1: functions.f: f-prd with alias LIVE is the same in sbx; "
        "give prd an account of its own, or put {env} into the name"
    )


def test_another_function_of_the_same_name_there_is_named(config: Load) -> None:
    loaded = config(
        '[functions.f]\ncode = "src"\n[functions.g]\ncode = "src"\n[environments.stg]\nfunctions.g.name = "f-prd"\n'
    )
    assert refusal(loaded, "prd") == (
        "deployer.toml:1: functions.f: f-prd with alias LIVE is the same in stg (functions.g); "
        "give prd an account of its own, or put {env} into the name"
    )
    assert refusal(loaded, "prd", "g") is None


def test_environments_of_ones_own_are_held_against_all(config: Load) -> None:
    loaded = config(f"{ONE_NAME}[environments.qa]\naccount = '{ONE}'\n[environments.prd]\naccount = '{ONE}'\n")
    assert refusal(loaded, "qa") == (
        "deployer.toml:3: functions.f.name: one with alias LIVE is the same in prd; "
        "give qa an account of its own, or put {env} into the name"
    )


def test_a_name_that_cannot_be_filled_there_is_no_name_to_be_held_against(config: Load) -> None:
    loaded = config(f"[functions.f]\ncode = 'src'\nname = 'f-{{account}}'\n[environments.prd]\naccount = '{ONE}'\n")
    assert refusal(loaded, "prd") is None


def test_a_profile_that_cannot_be_filled_there_is_not_the_one_named_here(config: Load) -> None:
    loaded = config(f"profile = 'in-{{account}}'\n{ONE_NAME}[environments.sbx]\nprofile = 'sbx'\n")
    assert refusal(loaded, "sbx") is None


def test_what_is_shared_can_be_asked_for_and_values_be_shown(config: Load) -> None:
    loaded = config(ONE_NAME)
    assert [str(problem) for problem in loaded.shared("sbx", "f")] == [refusal(loaded, "sbx")]
    assert ("name", "one", "deployer.toml:3") in loaded.explain("sbx", "f")
    assert config('[functions.f]\ncode = "src"\n').shared("sbx", "f") == ()

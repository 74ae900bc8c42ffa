"""Rollouts from a script: a configuration, and one call."""

from __future__ import annotations

from pathlib import Path

import pytest

from deployer.config import Settings, load
from deployer.core import InvalidValue, Published, Stable
from deployer.local.local_lambda import LocalLambda
from deployer.rollout.event import Began, End, Ended, Event, Noticed, Stepped, Subject
from deployer.rollout.rollout import Rollout

CONFIGURATION = """
[functions.orders]
name = "{name}-{{env}}"
code = "src"
runtime = "python3.13"
handler = "app.handler"
role = "{role}"

[environments.sbx]
strategy = "latest"

[environments.prd]
strategy = "canary"
canary_increments = [50]
protected = true
"""


@pytest.fixture
def settings(
    local: LocalLambda, role: str, function_name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> dict[str, Settings]:
    monkeypatch.setenv("AWS_ENDPOINT_URL", local.endpoint_url)
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "app.py").write_text("def handler(event, context):\n    return 1\n")
    path = tmp_path / "deployer.toml"
    path.write_text(CONFIGURATION.format(name=function_name, role=role))
    config = load(path)
    return {environment: config.settings(environment, "orders") for environment in ("sbx", "prd")}


def test_a_rollout_is_run_by_one_call_and_told_to_whoever_listens(
    settings: dict[str, Settings], function_name: str
) -> None:
    told: list[Event] = []
    rollout = Rollout.from_settings(settings["prd"], listeners=[told.append], release="first")
    assert rollout.run() is End.DONE
    assert rollout.deployer.look().state == Stable(Published(1))
    assert [type(event.what) for event in told] == [Began, Noticed, Stepped, Ended]
    assert {event.subject for event in told} == {
        Subject(f"{function_name}-prd", "LIVE", "orders", "prd", "eu-central-1", "")
    }
    assert isinstance(told[0].what, Began)
    assert told[0].what.release == "first"


def test_a_tick_carries_on_and_takes_no_step_that_is_not_due(settings: dict[str, Settings], tmp_path: Path) -> None:
    rollout = Rollout.from_settings(settings["prd"])
    rollout.run()
    (tmp_path / "src" / "app.py").write_text("def handler(event, context):\n    return 2\n")
    begun = rollout.deployer.deploy().after
    assert (rollout.tick(), rollout.deployer.look().state) == (End.WAITING, begun)
    rollout.deployer.promote()
    assert rollout.tick() is End.DONE


def test_where_the_alias_stays_on_latest_nothing_is_rolled_out(settings: dict[str, Settings]) -> None:
    with pytest.raises(InvalidValue, match="'sbx': an environment with strategy latest has nothing to roll out"):
        Rollout.from_settings(settings["sbx"])

"""The examples: the script that people copy, and the service that the demo releases."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from deployer.config import load
from deployer.core import CanaryIncrements
from deployer.demo import story
from deployer.demo.working_copy import ExampleChanged, working_copy

EXAMPLES = Path(__file__).parents[3] / "examples"


def test_the_library_script_releases_routes_and_rolls_back(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, EXAMPLES / "library_use.py"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr, list(tmp_path.iterdir())) == (0, "", [])
    assert done.stdout.splitlines() == [
        "LIVE: absent -> 1",
        "ahead: new at 10 %, 1 at 90 %",
        "ahead: new at 50 %, 1 at 50 %",
        "ahead: new",
        "LIVE: 1 -> 2 at 10 %, 1 at 90 %",
        "LIVE: 2 at 10 %, 1 at 90 % -> 2 at 50 %, 1 at 50 %",
        "LIVE: 2 at 50 %, 1 at 50 % -> 2",
        "nothing to do",
        "by hand: 2 at 60 %, 1 at 40 %",
        "rolled back: 1",
        "Refused: version 7 is newer than 1, which is stable: a rollback goes back",
        "  see `history` for what there is to go back to; a newer version is released by `route 7`",
        "LIVE of orders: 1",
        "version 2: 0 % of the traffic",
        "version 1: 100 % of the traffic",
    ]


def test_the_service_releases_as_each_environment_says() -> None:
    with working_copy() as copy:
        config = load(copy.configuration)
        settings = {name: config.settings(name, "orders") for name in config.environments}
    assert {name: (one.strategy, one.function_name) for name, one in settings.items()} == {
        "sbx": ("latest", "orders-sbx"),
        "tst": ("latest", "orders-tst"),
        "stg": ("blue_green", "orders-stg"),
        "prd": ("canary", "orders-prd"),
    }
    assert settings["prd"].canary_increments == CanaryIncrements.of([25, 50, 75])
    assert settings["prd"].protected


def test_an_edit_changes_the_copy_and_not_the_example() -> None:
    original = (EXAMPLES / "orders" / "src" / "app.py").read_text()
    with working_copy() as copy:
        copy.apply(story.CHEAPER_SHIPPING)
        copy.apply(story.BUG)
        changed = (copy.folder / "src" / "app.py").read_text()
    assert changed == original.replace("10_000", "5_000").replace('item.get("quantity", 1)', 'item["quantity"]')
    assert (EXAMPLES / "orders" / "src" / "app.py").read_text() == original
    assert not copy.folder.exists()


def test_an_edit_that_finds_nothing_to_change_says_so() -> None:
    with working_copy() as copy:
        copy.apply(story.BUG)
        with pytest.raises(ExampleChanged) as refused:
            copy.apply(story.BUG)
    assert str(refused.value) == (
        "the example's src/app.py has no line 'return int(item.get(\"quantity\", 1))' to change: "
        "install the package again"
    )

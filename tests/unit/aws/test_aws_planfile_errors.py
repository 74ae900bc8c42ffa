"""A file that is no plan is named, with what is wrong with it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from deployer.core import Deploy
from deployer.planfile import FORMAT, InvalidPlanFile, PlanFile

DATA: dict[str, Any] = {"alias": {"revision": None, "state": "absent"}, "latest": None, "wanted": "x", "actions": []}
WHOLE: dict[str, Any] = {
    "format": FORMAT,
    "environment": "prd",
    "function": "main",
    "function_name": "orders",
    "alias_name": "LIVE",
    "request": {"again": True, "adopt": False},
    "operation_id": "one",
    "plan": DATA,
}


def read(folder: Path, text: str) -> PlanFile:
    path = folder / "a.plan"
    path.write_text(text, encoding="utf-8")
    return PlanFile.read(path)


def test_what_was_written_is_read_again(tmp_path: Path) -> None:
    kept = PlanFile("prd", "main", "orders", "LIVE", Deploy(again=True), "one", DATA)
    path = tmp_path / "a.plan"
    kept.write(path)
    assert PlanFile.read(path) == kept
    assert json.loads(path.read_text(encoding="utf-8")) == WHOLE
    assert [one.name for one in tmp_path.iterdir()] == ["a.plan"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no json",
        "[]",
        "{}",
        '"text"',
        *(json.dumps({name: value for name, value in WHOLE.items() if name != left_out}) for left_out in WHOLE),
        json.dumps({**WHOLE, "request": []}),
        json.dumps({**WHOLE, "plan": []}),
        json.dumps({**WHOLE, "plan": {"alias": {}}}),
    ],
)
def test_what_is_none_of_ours_or_not_whole_is_no_plan(tmp_path: Path, text: str) -> None:
    with pytest.raises(InvalidPlanFile) as caught:
        read(tmp_path, text)
    assert str(caught.value) == f"{tmp_path / 'a.plan'}: is no plan; make one with `deployer plan --out FILE`"


def test_bytes_that_are_no_text_are_no_plan(tmp_path: Path) -> None:
    path = tmp_path / "a.plan"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InvalidPlanFile, match="is no plan"):
        PlanFile.read(path)


def test_another_format_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidPlanFile, match="is of format 'deployer-plan/9', not 'deployer-plan/1'"):
        read(tmp_path, json.dumps({**WHOLE, "format": "deployer-plan/9"}))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidPlanFile, match=r"nothing\.plan: cannot be read \(No such file or directory\)"):
        PlanFile.read(tmp_path / "nothing.plan")

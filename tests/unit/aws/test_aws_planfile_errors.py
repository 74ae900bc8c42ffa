"""A file that is no plan is named, with what is wrong with it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from deployer.core import Await, Content, Deploy, Plan, Policy, Request, Situation, plan
from deployer.core.wire import decision_data, state_data
from deployer.planfile import FORMAT, InvalidPlanFile, KeptArtifact, PlanFile
from deployer.planform import FORM, departure
from deployer.testing import contents, policies, requests, situations

STABLE: dict[str, Any] = {"state": "stable", "version1": "1"}
HALF: dict[str, Any] = {"state": "transition", "version1": "new", "version2": "1", "weight": 50.5}
SHIFT: dict[str, Any] = {
    "do": "shift",
    "before": STABLE,
    "after": HALF,
    "memory": {"head": "new", "trail": ["1"], "operation": "deploy.one"},
}
DATA: dict[str, Any] = {
    "alias": {"revision": "a", **STABLE},
    "latest": None,
    "latest_revision": None,
    "wanted": "x",
    "decision": "plan",
    "verdict": "changed",
    "actions": [{"do": "publish", "content": "x"}, SHIFT],
    "notices": [{"topic": "held", "text": "why", "loud": True}],
}
WHOLE: dict[str, Any] = {
    "format": FORMAT,
    "environment": "prd",
    "function": "main",
    "function_name": "orders",
    "alias_name": "LIVE",
    "request": {"again": True, "adopt": False},
    "operation_id": "one",
    "release": "1.4.0",
    "artifact": {"given": "orders.zip", "code_sha256": "x"},
    "plan": DATA,
}


def read(folder: Path, text: str) -> PlanFile:
    path = folder / "a.plan"
    path.write_text(text, encoding="utf-8")
    return PlanFile.read(path)


def refused(folder: Path, text: str) -> str:
    """What is said of a file, without its name and the way out."""
    with pytest.raises(InvalidPlanFile) as caught:
        read(folder, text)
    begin, end = f"{folder / 'a.plan'}: ", "; make one with `deployer plan --out FILE`"
    said = str(caught.value)
    assert (said[: len(begin)], said[-len(end) :]) == (begin, end)
    return said.removeprefix(begin).removesuffix(end)


def test_what_was_written_is_read_again(tmp_path: Path) -> None:
    artifact = KeptArtifact("orders.zip", "x")
    kept = PlanFile("prd", "main", "orders", "LIVE", Deploy(again=True), "one", DATA, "1.4.0", artifact)
    path = tmp_path / "a.plan"
    kept.write(path)
    assert PlanFile.read(path) == kept
    assert json.loads(path.read_text(encoding="utf-8")) == WHOLE
    assert [one.name for one in tmp_path.iterdir()] == ["a.plan"]
    assert kept.brings == {"release": "1.4.0", "code": "orders.zip"}


def test_what_was_given_nothing_besides_the_configuration_brings_nothing(tmp_path: Path) -> None:
    kept = read(tmp_path, json.dumps({**WHOLE, "release": None, "artifact": None}))
    assert (kept.release, kept.artifact, kept.brings) == (None, None, {"release": None})


@given(situations(), requests(), policies(), contents())
def test_every_plan_has_the_form_of_one(
    situation: Situation, request: Request, policy: Policy, wanted: Content
) -> None:
    decision = plan(
        situation, request, policy, wanted if isinstance(request, Deploy) else None, now=9, operation_id="one"
    )
    whole = isinstance(decision, Plan) and not any(isinstance(action, Await) for action in decision.actions)
    data = {**DATA, "alias": {"revision": None, **state_data(situation.state)}, **decision_data(decision)}
    assert (departure({**WHOLE, "plan": data}, FORM) is None) == whole


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "is no plan"),
        ("no json", "is no plan"),
        ("\ufeff{}", "is no plan"),
        ("[" * 100_000, "is no plan"),
        ('{"a":' * 100_000, "is no plan"),
        ("9" * 10_000, "is no plan"),
        (f'{{"format": "{FORMAT}", {json.dumps(WHOLE)[1:]}', "is no plan"),
        (json.dumps(WHOLE) + " " * 1_000_000, "is no plan: it has more than 1,000,000 bytes"),
        ("null", "is no plan: it is malformed"),
        ("[]", "is no plan: it is malformed"),
        ('"text"', "is no plan: it is malformed"),
        ("{}", "is no plan: it lacks alias_name"),
        *(
            (
                json.dumps({name: value for name, value in WHOLE.items() if name != left_out}),
                f"is no plan: it lacks {left_out}",
            )
            for left_out in WHOLE
        ),
        (json.dumps({**WHOLE, "more": 1}), "is no plan: it has members that no plan has"),
    ],
)
def test_what_is_none_of_ours_or_not_whole_is_no_plan(tmp_path: Path, text: str, told: str) -> None:
    assert refused(tmp_path, text) == told


def at(*path: str | int) -> Callable[[object], dict[str, Any]]:
    """The whole file with another value at that place."""

    def put(value: object) -> dict[str, Any]:
        whole = json.loads(json.dumps(WHOLE))
        inner: Any = whole
        for part in path[:-1]:
            inner = inner[part]
        inner[path[-1]] = value
        return dict(whole)

    return put


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (at("format")(5), "format is malformed"),
        (at("format")(None), "format is malformed"),
        (at("alias_name")(5), "alias_name is malformed"),
        (at("environment")(None), "environment is malformed"),
        (at("function")(["orders"]), "function is malformed"),
        (at("operation_id")(["x"]), "operation_id is malformed"),
        (at("operation_id")(""), "operation_id is malformed"),
        (at("operation_id")("no spaces"), "operation_id is malformed"),
        (at("operation_id")("x" * 33), "operation_id is malformed"),
        (at("release")(1.4), "release is malformed"),
        (at("artifact")("orders.zip"), "artifact is malformed"),
        (at("artifact", "given")(None), "artifact is malformed"),
        (at("plan", "latest_revision")(5), "plan.latest_revision is malformed"),
        (at("request")([]), "request is malformed"),
        (at("request")({"again": True}), "request lacks adopt"),
        (at("request", "again")("yes"), "request.again is malformed"),
        (at("request", "adopt")(1), "request.adopt is malformed"),
        (at("plan")([]), "plan is malformed"),
        (at("plan")({"alias": {}}), "plan lacks actions"),
        (at("plan", "more")(1), "plan has members that no plan has"),
        (at("plan", "alias")(5), "plan.alias is malformed"),
        (at("plan", "alias", "revision")(5), "plan.alias is malformed"),
        (at("plan", "alias", "weight")(5), "plan.alias is malformed"),
        (at("plan", "alias", "version1")(1), "plan.alias is malformed"),
        (at("plan", "latest")(5), "plan.latest is malformed"),
        (at("plan", "decision")("refusal"), "plan.decision is malformed"),
        (at("plan", "actions")({}), "plan.actions is malformed"),
        (at("plan", "actions", 0)(None), "plan.actions[0] is malformed"),
        (at("plan", "actions", 0)({"do": 5}), "plan.actions[0] is malformed"),
        (at("plan", "actions", 1, "after", "weight")("50"), "plan.actions[1] is malformed"),
        (at("plan", "actions", 1, "after", "weight")(10**400), "plan.actions[1] is malformed"),
        (at("plan", "actions", 1, "after", "weight")(float("nan")), "plan.actions[1] is malformed"),
        (at("plan", "actions", 1, "after", "weight")(0), "plan.actions[1] is malformed"),
        (at("plan", "actions", 1, "after", "weight")(True), "plan.actions[1] is malformed"),
        (at("plan", "actions", 1, "memory", "trail")([1]), "plan.actions[1] is malformed"),
        (at("plan", "notices", 0, "loud")(None), "plan.notices[0].loud is malformed"),
    ],
)
def test_what_has_not_the_form_of_a_plan_is_told_by_its_place(tmp_path: Path, data: dict[str, Any], told: str) -> None:
    assert refused(tmp_path, json.dumps(data)) == f"is no plan: {told}"


def test_bytes_that_are_no_text_are_no_plan(tmp_path: Path) -> None:
    path = tmp_path / "a.plan"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InvalidPlanFile, match="is no plan"):
        PlanFile.read(path)


def test_another_format_is_named(tmp_path: Path) -> None:
    data = {"format": "deployer-plan/9", "something": "else"}
    assert refused(tmp_path, json.dumps(data)) == "is of format 'deployer-plan/9', not 'deployer-plan/1'"


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidPlanFile, match=r"nothing\.plan: cannot be read \(No such file or directory\)"):
        PlanFile.read(tmp_path / "nothing.plan")

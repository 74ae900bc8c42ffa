"""Targets: what cannot be one, and the file they are kept in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from deployer.cdk_adapter.target import InvalidTarget, InvalidTargets, Target, Targets
from deployer.core import (
    LATEST,
    NEW,
    InvalidRouting,
    Percent,
    Published,
    Routing,
    Settling,
    Stable,
    Transition,
    read_state,
)

FOUR, FIVE = Published(4), Published(5)
FIRST_STEP = Transition(NEW, FOUR, Percent.of(75))


def target(
    routing: Routing = FIRST_STEP,
    *,
    function_name: str = "orders",
    alias: str = "LIVE",
    description: str = "",
    emits_version: bool = True,
    version_id: str | None = "OrdersV1",
    starts_from: str | None = None,
) -> Target:
    return Target(function_name, alias, routing, description, emits_version, version_id, starts_from)


@pytest.mark.parametrize("routing", [Stable(NEW), FIRST_STEP])
def test_the_new_version_must_come_from_the_template(routing: Routing) -> None:
    with pytest.raises(InvalidTarget, match="the template must emit it"):
        target(routing, emits_version=False)


def test_an_alias_on_latest_goes_with_no_version() -> None:
    with pytest.raises(InvalidTarget, match=r"an alias on \$LATEST goes with a template that publishes nothing"):
        target(Stable(LATEST), emits_version=True)


@pytest.mark.parametrize(("function_name", "alias"), [("", "LIVE"), ("orders", "")])
def test_a_target_without_a_name_is_refused(function_name: str, alias: str) -> None:
    with pytest.raises(InvalidTarget, match="must be named"):
        target(function_name=function_name, alias=alias)


def test_lambdas_own_move_is_no_target() -> None:
    with pytest.raises(InvalidTarget, match="only one version, or two that share the traffic"):
        target(read_state("5", {"4": 1.0}))  # type: ignore[arg-type]  # what a type checker would have stopped


def test_a_description_longer_than_lambda_takes_is_refused() -> None:
    assert target(description="é" * 256).description == "é" * 256
    with pytest.raises(InvalidTarget, match="256 characters"):
        # Counted as Lambda counts: this character is two UTF-16 units.
        target(description="\N{ROCKET}" * 129)


# What CDK renders without a word, and Lambda refuses. There is no way to say it.


@pytest.mark.parametrize(
    ("routing", "why"),
    [
        (lambda: Transition(LATEST, FOUR, Percent.of(50)), r"never with \$LATEST"),  # type: ignore[arg-type]
        (lambda: Transition(FIVE, LATEST, Percent.of(50)), r"never with \$LATEST"),  # type: ignore[arg-type]
        (lambda: Transition(FOUR, FOUR, Percent.of(50)), "must differ"),
        (lambda: Transition(FIVE, FOUR, Percent.of(0)), "above 0 and below 100"),
        (lambda: Transition(FIVE, FOUR, Percent.of(100)), "above 0 and below 100"),
        (lambda: read_state("6", {"5": 0.2, "4": 0.3}), "more than one additional version"),
    ],
    ids=["latest first", "latest second", "one version twice", "weight 0", "weight 1", "two more versions"],
)
def test_what_cdk_accepts_and_lambda_forbids_cannot_be_said(routing: Any, why: str) -> None:
    with pytest.raises(InvalidRouting, match=why):
        routing()


def test_a_target_says_what_it_is() -> None:
    assert str(target()) == "orders:LIVE on new at 25 %, 4 at 75 %"


ALL = (
    target(Stable(LATEST), alias="DEV", emits_version=False, version_id=None),
    target(description="Für „Anna“ lr1:h5.ab:t-:rn.4.7500:s0:d.x:abcdef"),
    target(Transition(FIVE, FOUR, Percent.of("12.34")), function_name="refunds", starts_from="1c2f"),
    target(Stable(NEW), function_name="sums"),
    target(Stable(FOUR), function_name="taxes", emits_version=False),
)


def test_targets_come_back_from_their_file_as_they_were(tmp_path: Path) -> None:
    path = tmp_path / "targets.json"
    Targets(ALL).write(path)
    assert Targets.read(path) == Targets(ALL)
    assert list(tmp_path.iterdir()) == [path]


def test_a_target_is_found_by_its_function_and_alias() -> None:
    assert Targets(ALL).of("orders", "LIVE") is ALL[1]
    assert Targets(ALL).of("orders", "live") is None


def test_the_same_targets_give_the_same_bytes(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    Targets(ALL).write(one)
    Targets(tuple(reversed(ALL))).write(other)
    assert one.read_bytes() == other.read_bytes()


def test_the_file_is_small_enough_to_read() -> None:
    assert Targets((target(description="lr1:…"),)).text == (
        """{
  "format": "deployer-targets/1",
  "targets": [
    {
      "function_name": "orders",
      "alias": "LIVE",
      "routing": {
        "state": "transition",
        "version1": "new",
        "version2": "4",
        "weight": 75.0
      },
      "description": "lr1:…",
      "emits_version": true,
      "version_id": "OrdersV1",
      "starts_from": null
    }
  ]
}
"""
    )


def test_a_writer_that_dies_leaves_the_old_targets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "targets.json"
    Targets(ALL).write(path)

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", die)
    with pytest.raises(KeyboardInterrupt):
        Targets(()).write(path)
    assert Targets.read(path) == Targets(ALL)


def test_two_targets_of_one_alias_are_refused() -> None:
    with pytest.raises(InvalidTarget, match="there is another one for it: orders:LIVE on 4"):
        Targets((target(Stable(FOUR)), target(Stable(FIVE))))


GOOD = json.loads(Targets((target(),)).text)


def changed(**changes: object) -> str:
    """The file of one target, with something of that target changed; a change to `...` takes it away."""
    entry = {name: value for name, value in {**GOOD["targets"][0], **changes}.items() if value is not ...}
    return json.dumps({**GOOD, "targets": [entry]})


def routed(**routing: object) -> str:
    return changed(routing=routing)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "is no JSON"),
        ("[]", "is no file of targets"),
        ("{}", "is no file of targets"),
        (json.dumps({**GOOD, "more": 1}), "is no file of targets"),
        (json.dumps({**GOOD, "format": "deployer-plan/1"}), "is of format 'deployer-plan/1', not 'deployer-targets/1'"),
        (json.dumps({**GOOD, "targets": [7]}), r"targets\[0\] must hold function_name, alias"),
        (changed(alias=...), r"targets\[0\] must hold function_name, alias"),
        (changed(more=1), r"targets\[0\] must hold function_name, alias"),
        (changed(emits_version=1), r"targets\[0\]\.emits_version is 1, which is no true or false"),
        (changed(description=None), r"targets\[0\]\.description is None, which is no text"),
        (changed(routing="new"), r"targets\[0\]\.routing is 'new', which is no routing"),
        (changed(version_id=...), r"targets\[0\] must hold function_name, alias"),
        (changed(version_id=1), r"targets\[0\]\.version_id is 1, which is no text"),
        (changed(starts_from=...), r"targets\[0\] must hold function_name, alias"),
        (changed(starts_from=1), r"targets\[0\]\.starts_from is 1, which is no text"),
        (changed(version_id=None), r"targets\[0\] emits a Version, so version_id must say which"),
        (changed(emits_version=False), "the template must emit it"),
        (json.dumps({**GOOD, "targets": GOOD["targets"] * 2}), "there is another one for it"),
        (routed(state="absent"), r"targets\[0\]\.routing is .*; it must be a state, stable or transition"),
        (routed(state="stable", version1="4", version2="5"), r"targets\[0\]\.routing is "),
        (routed(state="transition", version1="5", version2="4", weight="75"), r"targets\[0\]\.routing is "),
        (routed(state="transition", version1="5", version2="4", weight=True), "percentage True"),
        (routed(state="transition", version1="5", version2="4", weight=100), "above 0 and below 100"),
        (routed(state="transition", version1="5", version2="new", weight=1), r"targets\[0\]: version 'new'"),
        (routed(state="transition", version1="$LATEST", version2="4", weight=1), "version '\\$LATEST'"),
        (routed(state="stable", version1="LIVE"), "version 'LIVE'"),
    ],
)
def test_what_is_wrong_with_a_file_is_said(text: str, problem: str, tmp_path: Path) -> None:
    path = tmp_path / "targets.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InvalidTargets, match=problem) as caught:
        Targets.read(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert str(caught.value).endswith("; delete it, then plan again: `deployer cdk plan` writes the targets anew")


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    problem = r"targets\.json: cannot be read \(No such file or directory\); plan first: `deployer cdk plan` writes"
    with pytest.raises(InvalidTargets, match=problem):
        Targets.read(tmp_path / "targets.json")


def test_a_file_that_cannot_be_read_is_not_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(InvalidTargets, match=r"\(Is a directory\); let it be read, or plan into another: "):
        Targets.read(tmp_path)


def test_a_file_that_is_no_text_is_said(tmp_path: Path) -> None:
    path = tmp_path / "targets.json"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(InvalidTargets, match="is no text in UTF-8"):
        Targets.read(path)


def test_settling_is_not_read_either() -> None:
    assert isinstance(read_state("5", {"4": 1.0}), Settling)
    with pytest.raises(InvalidTargets):
        Targets.parse(routed(state="settling", version1="5", version2="4", weight=100, move="none"), "it")

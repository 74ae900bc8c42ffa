"""The stacks of a cloud assembly, read without CDK."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from deployer.cdk_adapter.assembly import AgnosticStack, AssembledStack, InvalidAssembly, Place, read_assembly


def stack(environment: str = "aws://123456789012/eu-central-1", **more: Any) -> dict[str, Any]:
    """A stack as it stands in a manifest."""
    properties = {"templateFile": "Shop.template.json", **more.pop("properties", {})}
    return {"type": "aws:cloudformation:stack", "environment": environment, "properties": properties, **more}


def assembly(folder: Path, artifacts: dict[str, Any], **more: Any) -> Path:
    """An assembly whose every stack has the same template."""
    folder.mkdir(exist_ok=True)
    (folder / "manifest.json").write_text(json.dumps({"version": "55.0.0", "artifacts": artifacts, **more}))
    (folder / "Shop.template.json").write_text('{"Resources": {}}')
    return folder


def test_a_stack_is_told_with_its_name_its_place_and_its_template(tmp_path: Path) -> None:
    (found,) = read_assembly(assembly(tmp_path, {"Shop": stack(), "Shop.assets": {"type": "cdk:asset-manifest"}}))
    assert found == AssembledStack("Shop", "Shop", "aws://123456789012/eu-central-1", {"Resources": {}})
    assert found.place == Place("123456789012", "eu-central-1")
    assert found.releases == ()


def test_the_stacks_of_a_stage_are_called_as_the_cdk_cli_does(tmp_path: Path) -> None:
    inner = stack(displayName="Wave/Shop", properties={"stackName": "Wave-Shop"})
    assembly(tmp_path / "assembly-Wave", {"WaveShop1234": inner})
    stage = {"type": "cdk:cloud-assembly", "properties": {"directoryName": "assembly-Wave", "displayName": "Wave"}}
    found = read_assembly(assembly(tmp_path, {"assembly-Wave": stage, "Shop": stack()}))
    assert [(one.path, one.name) for one in found] == [("Wave/Shop", "Wave-Shop"), ("Shop", "Shop")]


@pytest.mark.parametrize(
    "environment",
    ["aws://unknown-account/unknown-region", "aws://unknown-account/eu-central-1", "aws://123456789012/unknown-region"],
)
def test_a_stack_that_goes_anywhere_is_refused_when_its_place_is_asked_for(environment: str, tmp_path: Path) -> None:
    (found,) = read_assembly(assembly(tmp_path, {"Shop": stack(environment)}))
    with pytest.raises(AgnosticStack) as caught:
        _ = found.place
    assert str(caught.value) == (
        "the stack Shop names no account and region, so its aliases cannot be looked up before synth\n"
        '  give it env=Environment(account="…", region="…"); where that reads CDK_DEFAULT_ACCOUNT and '
        "CDK_DEFAULT_REGION, set both"
    )


def test_context_that_nobody_looked_up_is_named(tmp_path: Path) -> None:
    """The template would hold dummies in its place."""
    assembly(tmp_path, {"Shop": stack()}, missing=[{"key": "vpc-provider:account=1:filter.x=y"}])
    with pytest.raises(
        InvalidAssembly,
        match=r"context that nobody has looked up yet: vpc-provider:account=1:filter\.x=y; run `cdk synth` once",
    ):
        read_assembly(tmp_path)


def test_an_assembly_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidAssembly, match=r"manifest\.json: cannot be read \(No such file"):
        read_assembly(tmp_path)


@pytest.mark.parametrize(("text", "problem"), [("{", "is no JSON"), ("[]", "holds no JSON object")])
def test_a_template_that_is_none_is_named(text: str, problem: str, tmp_path: Path) -> None:
    assembly(tmp_path, {"Shop": stack()})
    (tmp_path / "Shop.template.json").write_text(text)
    with pytest.raises(InvalidAssembly, match=rf"Shop\.template\.json: {problem}"):
        read_assembly(tmp_path)

"""A deployed template is read as the CDK CLI has uploaded it."""

from __future__ import annotations

import sys

import pytest

from deployer.aws.failure import NotOurs
from deployer.aws.template_text import read_template

YAML = """\
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: 2012-10-17
  Live:
    Type: AWS::Lambda::Alias
    Properties:
      FunctionName:
        Fn::GetAtt: [Fn, Arn]
      FunctionVersion: "2"
"""


def test_json_is_as_botocore_has_read_it() -> None:
    template: dict[str, object] = {"Resources": {}}
    assert read_template("read the stack", template) is template


def test_yaml_is_read_and_dates_stay_text() -> None:
    assert read_template("read the stack", YAML) == {
        "Resources": {
            "Role": {
                "Type": "AWS::IAM::Role",
                "Properties": {"AssumeRolePolicyDocument": {"Version": "2012-10-17"}},
            },
            "Live": {
                "Type": "AWS::Lambda::Alias",
                "Properties": {"FunctionName": {"Fn::GetAtt": ["Fn", "Arn"]}, "FunctionVersion": "2"},
            },
        }
    }


@pytest.mark.parametrize("text", ["Resources: !Ref Other", "a: [", "some words", ""])
def test_what_cdk_does_not_write_is_refused(text: str) -> None:
    with pytest.raises(NotOurs, match="only stacks that CDK deploys"):
        read_template("read the stack", text)


def test_without_pyyaml_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "yaml", None)
    with pytest.raises(NotOurs, match=r"its template is YAML\n.*pip install 'lambda-rollouts\[cdk\]'"):
        read_template("read the stack", YAML)

"""Resources of other services, as the bootstrap of the CDK and small apps have them: moto's, behind this server."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from .subject import StackSubject
from .templates import Template, alias, function, version

TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
BASIC = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
READ = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}]}
NAMED = {"Capabilities": ["CAPABILITY_NAMED_IAM"]}


class Neighbours:
    """A stack of one resource, `It`, and clients of other services."""

    def __init__(self, stack: StackSubject) -> None:
        self.stack = stack

    def client(self, service: str) -> Any:
        local = self.stack.local
        return boto3.client(service, endpoint_url=local.endpoint_url, region_name=local.region)  # type: ignore[call-overload] # any service

    def template(self, kind: str, **properties: Any) -> Template:
        attributes = {
            "AWS::IAM::Role": ["Arn"],
            "AWS::S3::Bucket": ["Arn", "RegionalDomainName"],
            "AWS::ECR::Repository": ["Arn", "RepositoryUri"],
            "AWS::SSM::Parameter": ["Type", "Value"],
            "AWS::Logs::LogGroup": ["Arn"],
            "AWS::SQS::Queue": ["Arn", "QueueName"],
        }
        outputs = {name: {"Value": {"Fn::GetAtt": ["It", name]}} for name in attributes.get(kind, ())}
        return {"Resources": {"It": {"Type": kind, "Properties": properties}}, "Outputs": outputs}

    def create(self, kind: str, **properties: Any) -> str:
        self.stack.create(self.template(kind, **properties), **NAMED)
        assert self.stack.status == "CREATE_COMPLETE", self.stack.reasons("CREATE_FAILED")
        return self.stack.resources()["It"]

    def update(self, kind: str, **properties: Any) -> str:
        self.stack.update(self.template(kind, **properties), **NAMED)
        assert self.stack.status == "UPDATE_COMPLETE", self.stack.reasons("UPDATE_FAILED")
        return self.stack.resources()["It"]

    def delete(self) -> None:
        stack_id = self.stack.described()["StackId"]
        self.stack("delete_stack")
        (stack,) = self.stack("describe_stacks", StackName=stack_id)["Stacks"]
        assert stack["StackStatus"] == "DELETE_COMPLETE", stack["StackStatusReason"]


@pytest.fixture
def neighbours(plain: StackSubject) -> Neighbours:
    return Neighbours(plain)


def test_a_role_with_all_its_policies(neighbours: Neighbours) -> None:
    iam = neighbours.client("iam")
    kind = "AWS::IAM::Role"

    def policies(role: str) -> tuple[list[str], list[str]]:
        attached = iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]
        return [one["PolicyArn"] for one in attached], iam.list_role_policies(RoleName=role)["PolicyNames"]

    inline = [{"PolicyName": "read", "PolicyDocument": READ}]
    tags = [{"Key": "team", "Value": "one"}]
    role = neighbours.create(
        kind, AssumeRolePolicyDocument=TRUST, ManagedPolicyArns=[BASIC], Policies=inline, Description="d", Tags=tags,
        MaxSessionDuration="7200", PermissionsBoundary="arn:aws:iam::aws:policy/ReadOnlyAccess",
    )  # fmt: skip
    held = iam.get_role(RoleName=role)["Role"]
    assert (held["Description"], held["MaxSessionDuration"], held["Tags"]) == ("d", 7200, tags)
    assert (policies(role), neighbours.stack.outputs()) == (([BASIC], ["read"]), {"Arn": held["Arn"]})
    other = json.loads(json.dumps(TRUST).replace("lambda", "edgelambda"))
    assert neighbours.update(kind, AssumeRolePolicyDocument=other) == role
    held = iam.get_role(RoleName=role)["Role"]
    assert (held["AssumeRolePolicyDocument"], held["MaxSessionDuration"]) == (other, 3600)
    assert (policies(role), held.get("Tags"), held.get("PermissionsBoundary")) == (([], []), None, None)
    neighbours.update(kind, AssumeRolePolicyDocument=TRUST, ManagedPolicyArns=[BASIC], Policies=inline, Tags=tags)
    neighbours.delete()
    with pytest.raises(ClientError, match="NoSuchEntity"):
        iam.get_role(RoleName=role)


def test_a_role_is_replaced_under_another_name(neighbours: Neighbours) -> None:
    name = neighbours.stack.name
    neighbours.create("AWS::IAM::Role", AssumeRolePolicyDocument=TRUST, RoleName=f"{name}-a")
    assert neighbours.update("AWS::IAM::Role", AssumeRolePolicyDocument=TRUST, RoleName=f"{name}-b") == f"{name}-b"


def test_what_iam_refuses_is_the_reason(neighbours: Neighbours) -> None:
    unknown = "arn:aws:iam::aws:policy/Nothing"
    template = neighbours.template("AWS::IAM::Role", AssumeRolePolicyDocument=TRUST, ManagedPolicyArns=[unknown])
    neighbours.stack.create(template, **NAMED)
    (reason,) = neighbours.stack.reasons("CREATE_FAILED")
    assert (neighbours.stack.status, unknown in reason, "(HandlerErrorCode: NotFound)" in reason) == (
        "ROLLBACK_COMPLETE",
        True,
        True,
    )
    assert neighbours.client("iam").list_roles(PathPrefix="/none/")["Roles"] == []


@pytest.mark.parametrize("roles", [["a"], ["a", "b"]])
def test_an_inline_policy_is_on_the_roles_it_names(neighbours: Neighbours, roles: list[str]) -> None:
    iam = neighbours.client("iam")
    made = [neighbours.stack.local.role(f"{neighbours.stack.name}-{one}").rpartition("/")[2] for one in roles]
    kind = "AWS::IAM::Policy"
    neighbours.create(kind, PolicyName="read", PolicyDocument=READ, Roles=made)
    assert [iam.list_role_policies(RoleName=one)["PolicyNames"] for one in made] == [["read"]] * len(made)
    neighbours.update(kind, PolicyName="other", PolicyDocument=READ, Roles=made[:1])
    named = [iam.list_role_policies(RoleName=one)["PolicyNames"] for one in made]
    assert named == [["other"], *[[]] * (len(made) - 1)]
    neighbours.delete()
    assert iam.list_role_policies(RoleName=made[0])["PolicyNames"] == []


def test_a_managed_policy_is_attached_and_has_versions(neighbours: Neighbours) -> None:
    iam = neighbours.client("iam")
    role = neighbours.stack.local.role(neighbours.stack.name).rpartition("/")[2]
    kind = "AWS::IAM::ManagedPolicy"
    arn = neighbours.create(kind, PolicyDocument=READ, Roles=[role])
    assert [one["PolicyArn"] for one in iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]] == [arn]
    write = json.loads(json.dumps(READ).replace("Get", "Put"))
    for document in (write, READ, write):
        assert neighbours.update(kind, PolicyDocument=document) == arn
    number = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    assert iam.get_policy_version(PolicyArn=arn, VersionId=number)["PolicyVersion"]["Document"] == write
    assert iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"] == []
    neighbours.delete()


def test_a_bucket_as_the_bootstrap_wants_it(neighbours: Neighbours) -> None:
    s3 = neighbours.client("s3")
    kind = "AWS::S3::Bucket"
    encryption = {"ServerSideEncryptionConfiguration": [{"ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}]}
    blocked = dict.fromkeys(("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"), True)
    bucket = neighbours.create(
        kind, AccessControl="Private", BucketEncryption=encryption, PublicAccessBlockConfiguration=blocked,
        VersioningConfiguration={"Status": "Enabled"}, LifecycleConfiguration={"Rules": []},
        Tags=[{"Key": "a", "Value": "b"}],
    )  # fmt: skip
    assert neighbours.stack.outputs() == {
        "Arn": f"arn:aws:s3:::{bucket}",
        "RegionalDomainName": f"{bucket}.s3.eu-central-1.amazonaws.com",
    }
    assert s3.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"
    assert s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"] == blocked
    assert s3.get_bucket_tagging(Bucket=bucket)["TagSet"] == [{"Key": "a", "Value": "b"}]
    rules = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
    assert rules[0]["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "aws:kms"
    assert neighbours.update(kind) == bucket
    assert s3.get_bucket_versioning(Bucket=bucket)["Status"] == "Suspended"
    with pytest.raises(ClientError, match="NoSuchPublicAccessBlockConfiguration"):
        s3.get_public_access_block(Bucket=bucket)
    neighbours.delete()


def test_a_public_bucket_is_refused(neighbours: Neighbours) -> None:
    neighbours.stack.create(neighbours.template("AWS::S3::Bucket", AccessControl="PublicRead"))
    assert "Buckets here are private, not PublicRead" in neighbours.stack.reasons("CREATE_FAILED")[0]


def test_a_bucket_that_is_not_empty_stays_with_its_stack(neighbours: Neighbours) -> None:
    bucket = neighbours.create("AWS::S3::Bucket")
    neighbours.client("s3").put_object(Bucket=bucket, Key="a", Body=b"")
    neighbours.stack("delete_stack")
    assert (neighbours.stack.status, neighbours.stack.reason) == (
        "DELETE_FAILED",
        "The following resource(s) failed to delete: [It].",
    )


def test_a_bucket_policy_that_demands_tls_does_not_shut_out_plain_http(neighbours: Neighbours) -> None:
    s3 = neighbours.client("s3")
    bucket = f"policied-{neighbours.stack.name}"
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    tls = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": f"arn:aws:s3:::{bucket}/*",
           "Condition": {"Bool": {"aws:SecureTransport": "false"}}}  # fmt: skip
    read = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{bucket}/*"}
    kind = "AWS::S3::BucketPolicy"
    neighbours.create(kind, Bucket=bucket, PolicyDocument={"Version": "2012-10-17", "Statement": [tls]})
    s3.put_object(Bucket=bucket, Key="a", Body=b"1")
    neighbours.update(kind, Bucket=bucket, PolicyDocument={"Version": "2012-10-17", "Statement": [tls, read]})
    assert json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])["Statement"] == [read]
    neighbours.delete()
    with pytest.raises(ClientError, match="NoSuchBucketPolicy"):
        s3.get_bucket_policy(Bucket=bucket)


def test_a_repository_with_its_policies(neighbours: Neighbours) -> None:
    ecr = neighbours.client("ecr")
    kind = "AWS::ECR::Repository"
    lifecycle = {"rules": [{"rulePriority": 1, "action": {"type": "expire"}, "selection": {
        "tagStatus": "untagged", "countType": "sinceImagePushed", "countUnit": "days", "countNumber": 1}}]}  # fmt: skip
    given = {
        "ImageTagMutability": "IMMUTABLE",
        "LifecyclePolicy": {"LifecyclePolicyText": json.dumps(lifecycle)},
        "RepositoryPolicyText": {
            "Version": "2012-10-17",
            "Statement": [{"Sid": "pull", "Effect": "Allow", "Principal": "*", "Action": ["ecr:BatchGetImage"]}],
        },
    }
    name = neighbours.create(kind, RepositoryName=neighbours.stack.name, **given)
    (held,) = ecr.describe_repositories(repositoryNames=[name])["repositories"]
    assert held["imageTagMutability"] == "IMMUTABLE"
    assert neighbours.stack.outputs() == {"Arn": held["repositoryArn"], "RepositoryUri": held["repositoryUri"]}
    assert json.loads(ecr.get_lifecycle_policy(repositoryName=name)["lifecyclePolicyText"]) == lifecycle
    neighbours.update(kind, RepositoryName=neighbours.stack.name)
    for read in (ecr.get_lifecycle_policy, ecr.get_repository_policy):
        with pytest.raises(ClientError, match="PolicyNotFoundException"):
            read(repositoryName=name)
    neighbours.delete()


def test_a_parameter_of_the_store(neighbours: Neighbours) -> None:
    ssm = neighbours.client("ssm")
    name = neighbours.create("AWS::SSM::Parameter", Name=f"/{neighbours.stack.name}", Type="String", Value=33)
    assert neighbours.stack.outputs() == {"Type": "String", "Value": "33"}
    neighbours.update("AWS::SSM::Parameter", Name=name, Type="String", Value="34")
    assert ssm.get_parameter(Name=name)["Parameter"]["Value"] == "34"
    neighbours.delete()
    with pytest.raises(ClientError, match="ParameterNotFound"):
        ssm.get_parameter(Name=name)


def test_a_parameter_of_somebody_else_is_not_taken_over(neighbours: Neighbours) -> None:
    name = f"/{neighbours.stack.name}"
    neighbours.client("ssm").put_parameter(Name=name, Value="theirs", Type="String")
    neighbours.stack.create(neighbours.template("AWS::SSM::Parameter", Name=name, Type="String", Value="mine"))
    assert neighbours.stack.status == "ROLLBACK_COMPLETE"
    assert neighbours.client("ssm").get_parameter(Name=name)["Parameter"]["Value"] == "theirs"


def test_a_log_group_and_for_how_long_it_keeps(neighbours: Neighbours) -> None:
    logs = neighbours.client("logs")
    kind = "AWS::Logs::LogGroup"
    name = neighbours.create(kind, RetentionInDays="7")

    def kept() -> int | None:
        (held,) = logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"]
        assert held["arn"].removesuffix(":*") == neighbours.stack.outputs()["Arn"].removesuffix(":*")
        days: int | None = held.get("retentionInDays")
        return days

    assert kept() == 7
    neighbours.update(kind)
    assert kept() is None
    neighbours.delete()


def test_a_queue(neighbours: Neighbours) -> None:
    sqs = neighbours.client("sqs")
    kind = "AWS::SQS::Queue"
    url = neighbours.create(kind, QueueName=neighbours.stack.name, VisibilityTimeout=60)
    assert neighbours.stack.outputs() == {
        "Arn": f"arn:aws:sqs:eu-central-1:123456789012:{neighbours.stack.name}",
        "QueueName": neighbours.stack.name,
    }
    assert neighbours.update(kind, QueueName=neighbours.stack.name) == url
    held = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["VisibilityTimeout"])["Attributes"]
    assert held == {"VisibilityTimeout": "30"}
    neighbours.update(kind, QueueName=f"{neighbours.stack.name}.fifo", FifoQueue=True)
    neighbours.delete()


def test_what_is_gone_already_is_deleted_without_a_word(neighbours: Neighbours) -> None:
    name = neighbours.create("AWS::SSM::Parameter", Name=f"/{neighbours.stack.name}", Type="String", Value="v")
    neighbours.client("ssm").delete_parameter(Name=name)
    neighbours.delete()


def test_what_botocore_itself_refuses_is_a_reason_too(neighbours: Neighbours) -> None:
    neighbours.stack.create(neighbours.template("AWS::ECR::Repository", RepositoryName=["a"]))
    (reason,) = neighbours.stack.reasons("CREATE_FAILED")
    assert ("Parameter validation failed" in reason, "HandlerErrorCode: InvalidRequest" in reason) == (True, True)


def test_a_function_may_use_a_role_of_its_own_stack(plain: StackSubject) -> None:
    role = {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": TRUST, "ManagedPolicyArns": [BASIC]}}
    template: Template = {
        "Resources": {
            "Live": alias("V1"),
            "V1": version(),
            "Fn": {**function(Role={"Fn::GetAtt": ["Role", "Arn"]}), "DependsOn": ["Role"]},
            "Role": role,
        }
    }
    plain.create(template, **NAMED)
    assert plain.status == "CREATE_COMPLETE", plain.reasons("CREATE_FAILED")
    plain("delete_stack")
    assert plain.refused("describe_stacks")[0] == "ValidationError"

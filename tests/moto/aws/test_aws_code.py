"""Code from a zip, from S3, by way of S3 and as an image: the bytes that were looked at, and no others."""

from __future__ import annotations

import base64
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from aws_wire import LOST, Wire, reply
from aws_world import CANARY, DEVELOPMENT, boto3_session

from deployer import AwsFailure, Refused
from deployer.artifact import UnusableCode
from deployer.artifact.model import ZipArtifact
from deployer.aws.code import ZipCode
from deployer.aws.failure import Moved, NotAllowed
from deployer.core.plan import Reason

if TYPE_CHECKING:
    from aws_wire import Attempt
    from aws_world import World
    from botocore.awsrequest import AWSResponse
    from mypy_boto3_s3 import S3Client

    from deployer import Deployer
    from deployer.core import Strategy

IMAGE = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/orders@sha256:" + "ab" * 32


@pytest.fixture
def s3(plain: World) -> S3Client:
    return boto3_session().client("s3", region_name=plain.local.region)


@pytest.fixture
def bucket(plain: World, s3: S3Client) -> str:
    name = f"code-{plain.name}"
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    return name


def put(world: World, s3: S3Client, bucket: str, number: int, **more: Any) -> str | None:
    answer = s3.put_object(Bucket=bucket, Key="code.zip", Body=world.zips[number].read_bytes(), **more)
    return answer.get("VersionId")


def from_s3(world: World, code: str) -> Deployer:
    return world.deployer(1, code=code)


def asked(world: World, operation: str) -> dict[str, Any]:
    members = world.asked(operation)
    code: dict[str, Any] = members.get("Code", {name: value for name, value in members.items() if name != "Publish"})
    return code


def test_an_object_that_was_stored_with_its_hash_is_not_read(plain: World, s3: S3Client, bucket: str) -> None:
    put(plain, s3, bucket, 1, ChecksumAlgorithm="SHA256")
    with plain.calling("deploy") as calls:
        from_s3(plain, f"s3://{bucket}/code.zip").deploy()
    assert calls[0] == "s3:HeadObject"
    assert "s3:GetObject" not in calls
    assert (plain.shown(), plain.versions()) == ("1", {1: plain.content(1)})
    assert asked(plain, "CreateFunction") == {"S3Bucket": bucket, "S3Key": "code.zip"}


def test_an_object_without_its_hash_is_read_through(plain: World, s3: S3Client, bucket: str) -> None:
    put(plain, s3, bucket, 1, ChecksumAlgorithm="CRC32")
    with plain.calling("deploy") as calls:
        from_s3(plain, f"s3://{bucket}/code.zip").deploy()
    assert calls[:2] == ["s3:HeadObject", "s3:GetObject"]
    assert plain.versions() == {1: plain.content(1)}


def test_where_the_bucket_keeps_versions_the_one_that_was_looked_at_is_released(
    plain: World, s3: S3Client, bucket: str
) -> None:
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    version = put(plain, s3, bucket, 1, ChecksumAlgorithm="SHA256")
    prepared = from_s3(plain, f"s3://{bucket}/code.zip").prepare()
    put(plain, s3, bucket, 2, ChecksumAlgorithm="SHA256")
    plain.deployer(1).execute(prepared)
    assert asked(plain, "CreateFunction") == {"S3Bucket": bucket, "S3Key": "code.zip", "S3ObjectVersion": version}
    assert plain.versions() == {1: plain.content(1)}


def test_an_older_version_can_be_named(plain: World, s3: S3Client, bucket: str) -> None:
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    version = put(plain, s3, bucket, 1, ChecksumAlgorithm="CRC32")
    put(plain, s3, bucket, 2)
    from_s3(plain, f"s3://{bucket}/code.zip?versionId={version}").deploy()
    assert plain.versions() == {1: plain.content(1)}


@pytest.mark.parametrize("there", [False, True], ids=["created", "updated"])
def test_an_object_replaced_behind_our_back_is_not_released(
    plain: World, s3: S3Client, bucket: str, *, there: bool
) -> None:
    if there:
        plain.deploy(3)
    put(plain, s3, bucket, 1)
    prepared = from_s3(plain, f"s3://{bucket}/code.zip").prepare()
    put(plain, s3, bucket, 2)
    with pytest.raises(Moved) as caught:
        plain.deployer(1).execute(prepared)
    assert caught.value.problem == (
        f"CodeSha256 is {plain.zips.sha256(2)} now, not {plain.zips.sha256(1)} as it was looked at"
    )
    assert plain.shown() == ("1" if there else "absent")
    assert len(plain.versions()) == there


def test_an_object_that_is_not_there_is_named(plain: World, bucket: str) -> None:
    with pytest.raises(AwsFailure, match=rf"could not read s3://{bucket}/nothing\.zip: 404: Not Found"):
        from_s3(plain, f"s3://{bucket}/nothing.zip").deploy()
    assert plain.function is None


def test_an_image_is_released_by_its_digest(plain: World) -> None:
    role = {"Role": plain.role}
    with pytest.raises(Refused) as caught:
        plain.deployer(1, code=IMAGE, settings={}).deploy()
    assert caught.value.refusal.text.endswith("not given: Role")
    plain.deployer(1, code=IMAGE, settings=role).deploy()
    assert asked(plain, "CreateFunction") == {"ImageUri": IMAGE}
    assert plain.there.versions["1"].code.sha256 == "ab" * 32
    other = IMAGE.replace("ab" * 32, "cd" * 32)
    plain.deployer(1, code=other, settings=role).deploy()
    assert (asked(plain, "UpdateFunctionCode"), plain.shown()) == ({"ImageUri": other}, "2 at 25 %, 1 at 75 %")
    outcome = plain.deployer(1, code=other, settings=role).deploy()
    assert str(outcome.after) == "2 at 50 %, 1 at 50 %"


def test_a_zip_is_not_pushed_to_a_function_of_images(plain: World) -> None:
    plain.deployer(1, code=IMAGE, settings={"Role": plain.role}).deploy()
    with plain.calling("deploy") as calls, pytest.raises(Refused) as caught:
        plain.deploy(1)
    assert caught.value.refusal.reason is Reason.PACKAGE_TYPE
    assert all(name.startswith("Get") for name in calls)


def test_a_zip_that_changed_since_it_was_looked_at_is_not_sent(plain: World) -> None:
    path = plain.folder / "code.zip"
    shutil.copy(plain.zips[1], path)
    prepared = plain.deployer(1, code=path).prepare()
    shutil.copy(plain.zips[2], path)
    with pytest.raises(UnusableCode, match="has changed since it was looked at"):
        plain.deployer(1, code=path).execute(prepared)
    assert plain.function is None


@pytest.fixture
def too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any zip is too large to be sent along."""
    monkeypatch.setattr("deployer.artifact.model.DIRECT_UPLOAD_LIMIT", 10)


@pytest.mark.usefixtures("too_large")
def test_a_large_zip_goes_by_way_of_a_bucket_once_and_under_its_hash(plain: World, s3: S3Client, bucket: str) -> None:
    told: list[tuple[int, int]] = []
    plain.options = {
        "artifact_bucket": bucket,
        "artifact_prefix": "lambda/",
        "on_upload": lambda sent, size: told.append((sent, size)),
    }
    with plain.calling("deploy") as calls:
        plain.deploy(1)
    assert [call for call in calls if call.startswith("s3:")] == ["s3:HeadObject", "s3:PutObject"]
    size = plain.zips[1].stat().st_size
    assert told[-1] == (size, size)
    key = asked(plain, "CreateFunction")["S3Key"]
    digest = ZipArtifact(plain.zips[1], size, plain.zips.sha256(1), size)
    assert key == f"lambda/{_hex(digest.code_sha256)}.zip"
    assert s3.get_object(Bucket=bucket, Key=key)["Body"].read() == plain.zips[1].read_bytes()

    with plain.calling("deploy") as calls:
        plain.deploy(1, alias="DEV", strategy=DEVELOPMENT)
        plain.deploy(2, alias="DEV", strategy=DEVELOPMENT)
        plain.deploy(1, alias="DEV", strategy=DEVELOPMENT)
    assert [call for call in calls if call.startswith("s3:")] == ["s3:HeadObject", "s3:PutObject", "s3:HeadObject"]


def _hex(sha256: str) -> str:
    return base64.b64decode(sha256).hex()


@pytest.mark.usefixtures("too_large")
def test_planning_uploads_nothing(plain: World, bucket: str) -> None:
    plain.options = {"artifact_bucket": bucket}
    with plain.calling("plan") as calls:
        plain.deployer(1).plan()
    assert calls == ["GetAlias", "GetFunctionConfiguration"]


@pytest.mark.usefixtures("too_large")
def test_a_large_zip_without_a_bucket_is_refused_before_any_call(plain: World) -> None:
    with plain.calling("deploy") as calls, pytest.raises(UnusableCode) as caught:
        plain.deploy(1)
    assert calls == []
    assert str(caught.value).endswith(
        "Lambda takes 52428800 at most unless they come from S3; set `artifact_bucket` to a bucket of the same region"
    )


@pytest.mark.usefixtures("too_large")
def test_an_upload_whose_answer_is_lost_is_made_again(plain: World, bucket: str) -> None:
    plain.options = {"artifact_bucket": bucket}
    deployer = plain.deployer(1)
    wire = Wire().listen(deployer.session.s3_client)

    def rule(attempt: Attempt) -> AWSResponse | None:
        first = (attempt.operation, attempt.attempt) == ("PutObject", 1)
        return LOST.happen(attempt) if first else None

    wire.rule = rule
    deployer.deploy()
    assert (plain.shown(), plain.versions()) == ("1", {1: plain.content(1)})


@pytest.mark.usefixtures("too_large")
def test_an_upload_that_cannot_be_made_is_a_clear_failure(plain: World) -> None:
    plain.options = {"artifact_bucket": "no-such-bucket-anywhere"}
    with pytest.raises(AwsFailure) as caught:
        plain.deploy(1)
    key = f"s3://no-such-bucket-anywhere/{_hex(plain.zips.sha256(1))}.zip"
    assert str(caught.value) == (
        f"could not upload code-1.zip to {key}: NoSuchBucket: The specified bucket does not exist\n"
        "  traffic is untouched"
    )
    assert plain.function is None


@pytest.mark.usefixtures("too_large")
@pytest.mark.parametrize(("operation", "code"), [("PutObject", "AccessDenied"), ("HeadObject", "405")])
def test_an_upload_that_is_not_allowed_says_so(plain: World, bucket: str, operation: str, code: str) -> None:
    plain.options = {"artifact_bucket": bucket}
    deployer = plain.deployer(1)
    body = f"<Error><Code>{code}</Code><Message>no</Message></Error>".encode()
    wire = Wire().listen(deployer.session.s3_client)
    status = int(code) if code.isdigit() else 403
    wire.rule = lambda attempt: reply(attempt, status, body) if attempt.operation == operation else None
    with pytest.raises(
        NotAllowed if code == "AccessDenied" else AwsFailure, match=r"could not upload code-1\.zip to s3:"
    ):
        deployer.deploy()
    assert plain.function is None


def test_the_bytes_that_are_sent_are_those_that_were_hashed(plain: World) -> None:
    path = Path(plain.zips[1])
    artifact = ZipArtifact(path, path.stat().st_size, plain.zips.sha256(1), 0)
    assert ZipCode(artifact).ready().members == {"ZipFile": path.read_bytes()}


@pytest.mark.usefixtures("too_large")
def test_a_zip_that_changed_never_comes_to_lie_under_the_hash_of_another(
    plain: World, s3: S3Client, bucket: str, tmp_path: Path
) -> None:
    path = tmp_path / "code.zip"
    path.write_bytes(plain.zips[1].read_bytes())
    deployer = plain.deployer(1, code=path, artifact_bucket=bucket)
    prepared = deployer.prepare()
    path.write_bytes(plain.zips[2].read_bytes())
    with pytest.raises(UnusableCode, match="has changed since it was looked at"):
        deployer.execute(prepared)
    assert "Contents" not in s3.list_objects_v2(Bucket=bucket)


@pytest.mark.usefixtures("too_large")
def test_other_bytes_of_the_same_length_under_its_hash_are_replaced(plain: World, s3: S3Client, bucket: str) -> None:
    plain.options = {"artifact_bucket": bucket}
    key = f"{_hex(plain.zips.sha256(1))}.zip"
    wrong = b"x" * plain.zips[1].stat().st_size
    s3.put_object(Bucket=bucket, Key=key, Body=wrong, ChecksumAlgorithm="SHA256")
    plain.deploy(1)
    assert s3.get_object(Bucket=bucket, Key=key)["Body"].read() == plain.zips[1].read_bytes()
    assert plain.shown() == "1"


@pytest.mark.usefixtures("too_large")
def test_an_upload_that_fails_leaves_the_settings_unpushed_too(plain: World, s3: S3Client, bucket: str) -> None:
    plain.deploy(1, artifact_bucket=bucket)
    before = plain.snapshot()
    with plain.calling("deploy") as calls, pytest.raises(AwsFailure, match="NoSuchBucket"):
        plain.deploy(2, artifact_bucket="no-such-bucket-anywhere")
    assert "UpdateFunctionConfiguration" not in calls
    assert plain.snapshot() == before


def test_a_zip_that_changed_leaves_the_settings_unpushed_too(plain: World) -> None:
    plain.deploy(1)
    before, path = plain.snapshot(), plain.folder / "code.zip"
    shutil.copy(plain.zips[2], path)
    deployer = plain.deployer(2, code=path)
    prepared = deployer.prepare()
    shutil.copy(plain.zips[3], path)
    with pytest.raises(UnusableCode, match="has changed since it was looked at"):
        deployer.execute(prepared)
    assert plain.snapshot() == before


def test_a_zip_that_changes_while_settings_are_pushed_is_released_as_it_was(plain: World) -> None:
    plain.deploy(1)
    path = plain.folder / "code.zip"
    shutil.copy(plain.zips[2], path)

    def rule(attempt: Attempt) -> None:
        if attempt.operation == "UpdateFunctionConfiguration":
            shutil.copy(plain.zips[3], path)

    plain.broken(rule, lambda: plain.deploy(2, code=path))
    assert plain.versions()[2] == plain.content(2)


@pytest.mark.usefixtures("too_large")
@pytest.mark.parametrize("strategy", [CANARY, DEVELOPMENT], ids=["published", "development"])
def test_a_zip_goes_to_the_bucket_before_anything_is_written(plain: World, bucket: str, strategy: Strategy) -> None:
    plain.options = {"artifact_bucket": bucket, "strategy": strategy}
    for number, first in ((1, "CreateFunction"), (2, "UpdateFunctionConfiguration")):
        with plain.calling("deploy") as calls:
            plain.deploy(number)
        assert calls.index("s3:PutObject") == calls.index(first) - 1


@pytest.mark.usefixtures("too_large")
def test_a_release_of_settings_alone_asks_nothing_of_the_bucket(plain: World, bucket: str) -> None:
    plain.options = {"artifact_bucket": bucket}
    plain.deploy(1)
    with plain.calling("deploy") as calls:
        plain.deploy(1, settings=plain.settings(2))
    assert (plain.shown(), [call for call in calls if call.startswith("s3:")]) == ("2 at 25 %, 1 at 75 %", [])


@pytest.mark.usefixtures("too_large")
@pytest.mark.parametrize(("said", "sent"), [("its hash", False), ("nothing", True)])
def test_of_a_zip_that_was_sent_in_parts_our_own_word_counts(
    plain: World, s3: S3Client, bucket: str, said: str, sent: bool
) -> None:
    plain.options = {"artifact_bucket": bucket}
    sha256 = plain.zips.sha256(1)
    metadata = {"sha256": sha256} if said == "its hash" else {}
    s3.put_object(Bucket=bucket, Key=f"{_hex(sha256)}.zip", Body=plain.zips[1].read_bytes(), Metadata=metadata)
    with plain.calling("deploy") as calls:
        plain.deploy(1)
    assert ("s3:PutObject" in calls) == sent

"""What a person writes as `code` becomes one kind of code, or an error that says what to do."""

from __future__ import annotations

from pathlib import Path

import pytest
from artifact_trees import tree, zip_of

from deployer.artifact import Directory, ImageArtifact, S3Artifact, UnusableCode, ZipArtifact, read_code
from deployer.core.errors import DeployerError

DIGEST = "0123456789abcdef" * 4
ECR = "123456789012.dkr.ecr.eu-west-1.amazonaws.com"


def refused(value: str, base: Path) -> str:
    with pytest.raises(UnusableCode) as caught:
        read_code(value, base)
    return str(caught.value).replace(str(base), "BASE")


def test_a_directory_is_read_from_the_base(tmp_path: Path) -> None:
    tree(tmp_path / "src", {"app.py": ""})
    assert read_code("src", tmp_path) == Directory(tmp_path / "src")


def test_without_a_base_paths_start_at_the_current_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree(tmp_path / "src", {"app.py": ""})
    monkeypatch.chdir(tmp_path)
    assert read_code("./src") == Directory(Path("src"))


def test_an_absolute_path_and_a_home_need_no_base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    tree(tmp_path / "src", {"app.py": ""})
    assert read_code(str(tmp_path / "src"), Path("/nowhere")) == Directory(tmp_path / "src")
    assert read_code("~/src", Path("/nowhere")) == Directory(tmp_path / "src")


def test_a_zip_is_measured(tmp_path: Path) -> None:
    path = zip_of(tmp_path / "app.ZIP", {"app.py": "x = 1\n"})
    artifact = read_code("app.ZIP", tmp_path)
    assert isinstance(artifact, ZipArtifact)
    assert (artifact.path, artifact.size, artifact.unzipped_size) == (path, path.stat().st_size, 6)


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ("s3://bucket/app.zip", S3Artifact("bucket", "app.zip")),
        ("s3://my.bucket-1/a/b c.zip?versionId=V.1_x", S3Artifact("my.bucket-1", "a/b c.zip", "V.1_x")),
        ("s3://bucket/what?.zip", S3Artifact("bucket", "what?.zip")),
        ("s3://bucket/k?versionId=1?versionId=2", S3Artifact("bucket", "k?versionId=1", "2")),
    ],
)
def test_an_s3_address_names_bucket_key_and_version(value: str, wanted: S3Artifact) -> None:
    assert read_code(value) == wanted


@pytest.mark.parametrize(
    "uri",
    [f"{ECR}/team/app@sha256:{DIGEST}", f"{ECR}/app:v1@sha256:{DIGEST}", f"localhost:5000/app@sha256:{DIGEST}"],
)
def test_an_image_by_digest_is_taken(uri: str) -> None:
    image = read_code(uri)
    assert image == ImageArtifact(uri)
    assert isinstance(image, ImageArtifact)
    assert image.code_sha256 == DIGEST


@pytest.mark.parametrize(
    ("value", "repository", "tag", "name"),
    [
        (f"{ECR}/team/app:v1", "team/app", "v1", f"{ECR}/team/app"),
        (f"{ECR}/app", "app", "latest", f"{ECR}/app"),
        ("registry.example.com:5000/app:v1", "app", "v1", "registry.example.com:5000/app"),
    ],
)
def test_an_image_by_tag_is_refused_and_told_how_to_find_its_digest(
    tmp_path: Path, value: str, repository: str, tag: str, name: str
) -> None:
    assert refused(value, tmp_path) == (
        f"{value}: names an image by tag; a tag can be moved, and each environment could get another image; "
        f"find its digest with `aws ecr describe-images --repository-name {repository} "
        f"--image-ids imageTag={tag} "
        f"--query 'imageDetails[0].imageDigest' --output text` and write {name}@sha256:…"
    )


def test_a_path_that_exists_is_a_path_whatever_it_looks_like(tmp_path: Path) -> None:
    name = "registry.example.com/app:v1"
    tree(tmp_path / name, {"app.py": ""})
    assert read_code(name, tmp_path) == Directory(tmp_path / name)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("", "code: is empty; give a directory, a .zip, s3://bucket/key or an image by digest"),
        ("  ", "code: is empty; give a directory, a .zip, s3://bucket/key or an image by digest"),
        (
            "src/missing",
            ("BASE/src/missing: does not exist; of this path BASE/src exists; check the rest"),
        ),
        (
            "nowhere/app.zip",
            (
                "BASE/nowhere/app.zip: does not exist; of this path BASE exists; check the "
                "rest, or write the file first "
                "with `deployer package`"
            ),
        ),
        (
            "src/app.py",
            "BASE/src/app.py: is neither a directory nor a .zip; name the directory it is in, or a .zip",
        ),
        ("broken", "BASE/broken: is a symbolic link to nothing; it points to gone; mend the link"),
        (
            "fake.zip",
            "BASE/fake.zip: is no zip (File is not a zip file); write it again; a copy may have been cut off",
        ),
        ("empty.zip", "BASE/empty.zip: is a zip without files; package the function's code again"),
        (
            "s3://B/key",
            "s3://B/key: 'B' is no name of a bucket; write s3://bucket/key or s3://bucket/key?versionId=V",
        ),
        (
            "s3://bucket",
            "s3://bucket: names no key; write s3://bucket/key or s3://bucket/key?versionId=V",
        ),
        (
            "s3://bucket/k?versionId=",
            "s3://bucket/k?versionId=: has an empty versionId; write s3://bucket/key or s3://bucket/key?versionId=V",
        ),
        (
            f"{ECR}/app@sha256:abc",
            f"{ECR}/app@sha256:abc: has a malformed digest; a digest is @sha256: and 64 hexadecimal digits",
        ),
    ],
)
def test_what_cannot_be_released_says_what_to_do(tmp_path: Path, value: str, message: str) -> None:
    tree(tmp_path, {"src/app.py": "", "fake.zip": "no zip"})
    zip_of(tmp_path / "empty.zip", {})
    (tmp_path / "broken").symlink_to("gone")
    assert refused(value, tmp_path) == message


def test_every_error_is_an_error_of_the_library() -> None:
    assert issubclass(UnusableCode, DeployerError)

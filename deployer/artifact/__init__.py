"""What is released: deployment packages, made, read and measured without AWS.

read_code(value) ──▶ Directory ──package()──▶ ZipArtifact
                ├──▶ ZipArtifact ──check_handler(), needs_s3
                ├──▶ S3Artifact
                └──▶ ImageArtifact
"""

from deployer.artifact.archive import read_zip
from deployer.artifact.code import read_code
from deployer.artifact.errors import ArtifactError, BuildFailed, NoWheel, TooLarge, UnusableCode
from deployer.artifact.handler import check_handler
from deployer.artifact.model import (
    DIRECT_UPLOAD_LIMIT,
    UNZIPPED_LIMIT,
    Artifact,
    Code,
    Directory,
    ImageArtifact,
    S3Artifact,
    ZipArtifact,
)
from deployer.artifact.package import Build, package
from deployer.artifact.source import Building, Source
from deployer.artifact.target import Target

__all__ = [
    "DIRECT_UPLOAD_LIMIT",
    "UNZIPPED_LIMIT",
    "Artifact",
    "ArtifactError",
    "Build",
    "BuildFailed",
    "Building",
    "Code",
    "Directory",
    "ImageArtifact",
    "NoWheel",
    "S3Artifact",
    "Source",
    "Target",
    "TooLarge",
    "UnusableCode",
    "ZipArtifact",
    "check_handler",
    "package",
    "read_code",
    "read_zip",
]

"""Every key that a configuration may have: its type, its limits, its meaning, and the Lambda member it sets.

The validator, the JSON Schema and the reference in docs/configuration.md are all read from these types. Ranges and
shapes are those of UpdateFunctionConfiguration in Lambda's service model and of its quotas page; enumerations that
AWS extends now and then (runtimes, regions) are not listed here. Limits on text hold after placeholders are filled,
so they stand in `Text` and are no part of the JSON Schema.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeVar, Union

from msgspec import UNSET, Meta, Struct, UnsetType, field


@dataclass(frozen=True, slots=True)
class Text:
    """What a string must be once its placeholders are filled: at most `most` characters, `pattern` in whole.

    `hint` says it to people; for a table it describes the names in it.
    """

    most: int | None = None
    pattern: str | None = None
    hint: str = ""


_T = TypeVar("_T")
Maybe = Union[_T, UnsetType]  # noqa: UP007 - `_T | UnsetType` cannot be subscripted before Python 3.12
_ARN = Text(pattern=r"arn:[^\s]+", hint="an ARN")
_ARN_OR_NONE = Text(pattern=r"(arn:[^\s]+)?", hint='an ARN, or "" for none')
_ENVIRONMENT_VARIABLE = r"^[a-zA-Z][a-zA-Z0-9_]+$"
_KEY = r"^[A-Za-z0-9_-]+$"
_VARIABLE_HINT = "two or more letters, digits and _, a letter first"
_KEY_HINT = Text(hint="letters, digits, - and _")
_NAME = r"[A-Za-z0-9_-]+"


def _meta(description: str, *, api: str | None = None, text: Text | None = None) -> Meta:
    """Describe a key; `api` is the Lambda member that it sets, dotted; limits stand in a Meta of their own."""
    return Meta(description=description, extra={"api": api, "text": text})


class Release(Struct, forbid_unknown_fields=True):
    """Keys that stand at the top, in an environment, in a function, and in a function of an environment."""

    strategy: Maybe[Annotated[Literal["latest", "blue_green", "canary"], _meta("how new code reaches the alias")]] = (
        UNSET
    )
    canary_increments: Maybe[
        Annotated[
            list[Annotated[float, Meta(gt=0, lt=100)]],
            Meta(min_length=1),
            _meta("rising percentages of the new version, above 0 and below 100; 100 is implied"),
        ]
    ] = UNSET
    on_newer: Maybe[
        Annotated[
            Literal["advance", "restart", "refuse", "move"],
            _meta(
                "newer code while a release is under way: `advance`, `restart` or `refuse` with canary, "
                "`move` or `refuse` with blue/green"
            ),
        ]
    ] = UNSET
    alias: Maybe[
        Annotated[
            str,
            _meta(
                "the alias that carries the traffic",
                text=Text(128, r"(?![0-9]+$)" + _NAME, "letters, digits, - and _, and not digits alone"),
            ),
        ]
    ] = UNSET


class Place(Release, forbid_unknown_fields=True):
    """Keys that stand at the top and in an environment."""

    account: Maybe[
        Annotated[str, Meta(pattern=r"^[0-9]{12}$"), _meta("the AWS account", text=Text(hint="12 digits in quotes"))]
    ] = UNSET
    region: Maybe[
        Annotated[
            str,
            Meta(pattern=r"^[a-z]+(-[a-z]+)+-[0-9]+$"),
            _meta("the AWS region", text=Text(hint="a region like eu-west-1")),
        ]
    ] = UNSET
    profile: Maybe[Annotated[str, _meta("the profile in the AWS configuration files")]] = UNSET
    protected: Maybe[Annotated[bool, _meta("ask before releasing; `--yes` where nobody can be asked")]] = UNSET
    artifact_bucket: Maybe[
        Annotated[
            str,
            _meta(
                "S3 bucket for artifacts that are too large to be sent directly",
                text=Text(63, r"[a-z0-9][a-z0-9.-]+[a-z0-9]", "the name of an S3 bucket"),
            ),
        ]
    ] = UNSET
    artifact_prefix: Maybe[
        Annotated[
            str,
            _meta(
                "what the keys of artifacts in the bucket begin with",
                text=Text(512, r"(?!/).*", "a prefix without a leading /"),
            ),
        ]
    ] = UNSET


class Vpc(Struct, forbid_unknown_fields=True):
    """Where the function's network interfaces are; two empty lists take it out of the VPC."""

    subnet_ids: Maybe[
        Annotated[
            list[Annotated[str, _meta("", text=Text(1024, r"subnet-[0-9a-z]+", "the id of a subnet"))]],
            Meta(max_length=16),
            _meta("subnets", api="VpcConfig.SubnetIds"),
        ]
    ] = UNSET
    security_group_ids: Maybe[
        Annotated[
            list[Annotated[str, _meta("", text=Text(1024, r"sg-[0-9a-zA-Z]+", "the id of a security group"))]],
            Meta(max_length=5),
            _meta("security groups", api="VpcConfig.SecurityGroupIds"),
        ]
    ] = UNSET
    ipv6_allowed_for_dual_stack: Maybe[
        Annotated[bool, _meta("outbound IPv6 in dual-stack subnets", api="VpcConfig.Ipv6AllowedForDualStack")]
    ] = UNSET


class Logging(Struct, forbid_unknown_fields=True):
    """How and where the function logs."""

    format: Maybe[Annotated[Literal["JSON", "Text"], _meta("format of log lines", api="LoggingConfig.LogFormat")]] = (
        UNSET
    )
    application_log_level: Maybe[
        Annotated[
            Literal["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"],
            _meta("least level of the function's own lines, with JSON only", api="LoggingConfig.ApplicationLogLevel"),
        ]
    ] = UNSET
    system_log_level: Maybe[
        Annotated[
            Literal["DEBUG", "INFO", "WARN"],
            _meta("least level of Lambda's lines, with JSON only", api="LoggingConfig.SystemLogLevel"),
        ]
    ] = UNSET
    log_group: Maybe[
        Annotated[
            str,
            _meta(
                "CloudWatch log group",
                api="LoggingConfig.LogGroup",
                text=Text(512, r"[.\-_/#A-Za-z0-9]+", "the name of a log group"),
            ),
        ]
    ] = UNSET


class FileSystem(Struct, forbid_unknown_fields=True):
    """One mounted file system; both keys are needed."""

    arn: Annotated[str, _meta("ARN of the access point", api="Arn", text=_ARN)]
    local_mount_path: Annotated[
        str,
        _meta(
            "where the function sees it",
            api="LocalMountPath",
            text=Text(160, r"/mnt/[a-zA-Z0-9_.-]+", "a path like /mnt/data"),
        ),
    ]


class Image(Struct, forbid_unknown_fields=True):
    """What overrides the settings inside a container image."""

    command: Maybe[
        Annotated[list[str], Meta(max_length=1500), _meta("instead of the image's CMD", api="ImageConfig.Command")]
    ] = UNSET
    entry_point: Maybe[
        Annotated[list[str], Meta(max_length=1500), _meta("instead of its ENTRYPOINT", api="ImageConfig.EntryPoint")]
    ] = UNSET
    working_directory: Maybe[
        Annotated[str, _meta("instead of its WORKDIR", api="ImageConfig.WorkingDirectory", text=Text(1000))]
    ] = UNSET


class Function(Release, forbid_unknown_fields=True):
    """Keys of a function, and of a function of an environment."""

    name: Maybe[
        Annotated[str, _meta("name of the function at Lambda", text=Text(64, _NAME, "letters, digits, - and _"))]
    ] = UNSET
    code: Maybe[
        Annotated[
            str,
            _meta(
                "needed: a directory or a zip file, relative to this file; `s3://bucket/key?versionId=V`; "
                "or an image URI with `@sha256:…`"
            ),
        ]
    ] = UNSET
    build: Maybe[
        Annotated[
            Literal["auto", "uv", "pip", "none"], _meta("how the requirements of a directory are installed into it")
        ]
    ] = UNSET
    exclude: Maybe[Annotated[list[str], _meta("globs of files that stay out of the artifact")]] = UNSET
    release_env_var: Maybe[
        Annotated[
            str,
            Meta(pattern=_ENVIRONMENT_VARIABLE),
            _meta(
                "variable that carries the release's semantic version inside the function",
                text=Text(hint=_VARIABLE_HINT),
            ),
        ]
    ] = UNSET
    architecture: Maybe[Annotated[Literal["x86_64", "arm64"], _meta("instruction set", api="Architectures")]] = UNSET
    description: Maybe[
        Annotated[str, _meta("what the function is for; versions carry their own", api="Description", text=Text(256))]
    ] = UNSET
    handler: Maybe[
        Annotated[
            str,
            _meta(
                "what Lambda calls, e.g. `app.handler`", api="Handler", text=Text(128, r"[^\s]+", "text without spaces")
            ),
        ]
    ] = UNSET
    runtime: Maybe[
        Annotated[
            str, _meta("runtime, e.g. `python3.13`", api="Runtime", text=Text(None, r"[^\s]+", "text without spaces"))
        ]
    ] = UNSET
    role: Maybe[
        Annotated[
            str,
            _meta(
                "ARN of the execution role",
                api="Role",
                text=Text(None, r"arn:[a-zA-Z-]+:iam::[0-9]{12}:role/[^\s]+", "arn:aws:iam::ACCOUNT:role/NAME"),
            ),
        ]
    ] = UNSET
    memory_size: Maybe[Annotated[int, Meta(ge=128, le=10240), _meta("memory in MB", api="MemorySize")]] = UNSET
    timeout: Maybe[Annotated[int, Meta(ge=1, le=900), _meta("time limit in seconds", api="Timeout")]] = UNSET
    environment: Maybe[
        Annotated[
            dict[Annotated[str, Meta(pattern=_ENVIRONMENT_VARIABLE)], str],
            _meta(
                "environment variables, altogether at most 4 KB",
                api="Environment.Variables",
                text=Text(hint=_VARIABLE_HINT),
            ),
        ]
    ] = UNSET
    layers: Maybe[
        Annotated[
            list[Annotated[str, _meta("", text=_ARN)]],
            Meta(max_length=5),
            _meta("ARNs of layer versions", api="Layers"),
        ]
    ] = UNSET
    vpc: Maybe[Annotated[Vpc, _meta("network; needs subnet_ids and security_group_ids")]] = UNSET
    dead_letter_arn: Maybe[
        Annotated[
            str, _meta("ARN of the dead-letter queue or topic", api="DeadLetterConfig.TargetArn", text=_ARN_OR_NONE)
        ]
    ] = UNSET
    tracing: Maybe[Annotated[Literal["Active", "PassThrough"], _meta("X-Ray tracing", api="TracingConfig.Mode")]] = (
        UNSET
    )
    ephemeral_storage: Maybe[
        Annotated[int, Meta(ge=512, le=10240), _meta("temporary storage in MB", api="EphemeralStorage.Size")]
    ] = UNSET
    snap_start: Maybe[
        Annotated[Literal["PublishedVersions", "None"], _meta("snapshots for a faster start", api="SnapStart.ApplyOn")]
    ] = UNSET
    kms_key_arn: Maybe[
        Annotated[str, _meta("ARN of the key for environment variables", api="KMSKeyArn", text=_ARN_OR_NONE)]
    ] = UNSET
    logging: Maybe[Annotated[Logging, _meta("how and where the function logs")]] = UNSET
    file_systems: Maybe[
        Annotated[list[FileSystem], Meta(max_length=1), _meta("mounted file systems", api="FileSystemConfigs")]
    ] = UNSET
    image: Maybe[Annotated[Image, _meta("overrides for a container image")]] = UNSET
    lambda_: Maybe[
        Annotated[
            dict[Annotated[str, Meta(pattern=r"^[A-Z][A-Za-z0-9]*$")], Any],
            _meta(
                "further members of UpdateFunctionConfiguration, spelled as Lambda does, e.g. DurableConfig",
                text=Text(hint="letters and digits, as in DurableConfig"),
            ),
        ]
    ] = field(default=UNSET, name="lambda")


_Functions = dict[Annotated[str, Meta(pattern=_KEY)], Function]


class Environment(Place, forbid_unknown_fields=True):
    """Keys of an environment."""

    functions: Maybe[Annotated[_Functions, _meta("overrides for functions in this environment", text=_KEY_HINT)]] = (
        UNSET
    )


class File(Place, forbid_unknown_fields=True):
    """The whole document: defaults for all environments, functions, environments."""

    functions: Maybe[
        Annotated[_Functions, _meta("the functions, by the names they have in this project", text=_KEY_HINT)]
    ] = UNSET
    environments: Maybe[
        Annotated[dict[Annotated[str, Meta(pattern=_KEY)], Environment], _meta("the environments", text=_KEY_HINT)]
    ] = UNSET

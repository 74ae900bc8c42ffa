"""Every key that a configuration may have: what it takes, its limits, its meaning, and the Lambda member it sets.

The validator, the JSON Schema and the reference in docs/configuration.md are all read from these tables. Ranges and
shapes are those of UpdateFunctionConfiguration in Lambda's service model and of its quotas page; enumerations that
AWS extends now and then (runtimes, regions) are not listed here.
"""

from __future__ import annotations

from deployer.config.kinds import Flag, Key, List, Names, Number, Raw, String, Table, Whole, Word
from deployer.config.rollout.tables import ROLLOUT_TABLE

_ARN = String(filled=r"arn:[^\s]+", hint="an ARN")
_ARN_OR_NONE = String(filled=r"(arn:[^\s]+)?", hint='an ARN, or "" for none')
_KEY = (r"[A-Za-z0-9_-]+", "letters, digits, - and _")
_VARIABLE = (r"[a-zA-Z][a-zA-Z0-9_]+", "two or more letters, digits and _, a letter first")

# At the top, in an environment, in a function, and in a function of an environment.
RELEASE = (
    Key("strategy", Word(("latest", "blue_green", "canary")), "how new code reaches the alias"),
    Key(
        "canary_increments",
        List(Number(0, 100), least=1),
        "rising percentages of the new version, above 0 and below 100; 100 is implied",
    ),
    Key(
        "on_newer",
        Word(("advance", "restart", "refuse", "move")),
        "newer code while a release is under way: `advance`, `restart` or `refuse` with canary, "
        "`move` or `refuse` with blue/green",
    ),
    Key(
        "alias",
        String(filled=r"(?![0-9]+$)[A-Za-z0-9_-]+", most=128, hint="letters, digits, - and _, and not digits alone"),
        "the alias that carries the traffic",
    ),
    Key("rollout", ROLLOUT_TABLE, "how a release goes the whole way by itself; not with `latest`"),
)

# At the top and in an environment.
PLACE = (
    Key("account", String(pattern=r"[0-9]{12}", hint="12 digits in quotes"), "the AWS account"),
    Key("region", String(pattern=r"[a-z]+(-[a-z]+)+-[0-9]+", hint="a region like eu-west-1"), "the AWS region"),
    Key("profile", String(), "the profile in the AWS configuration files"),
    Key("protected", Flag(), "ask before releasing; `--yes` where nobody can be asked"),
    Key(
        "artifact_bucket",
        String(filled=r"[a-z0-9][a-z0-9.-]+[a-z0-9]", most=63, hint="the name of an S3 bucket"),
        "S3 bucket for artifacts that are too large to be sent directly",
    ),
    Key(
        "artifact_prefix",
        String(filled=r"(?!/).*", most=512, hint="a prefix without a leading /"),
        "what the keys of artifacts in the bucket begin with",
    ),
)

_VPC = (
    Key(
        "subnet_ids",
        List(String(filled=r"subnet-[0-9a-z]+", most=1024, hint="the id of a subnet"), most=16),
        "subnets",
        api="VpcConfig.SubnetIds",
    ),
    Key(
        "security_group_ids",
        List(String(filled=r"sg-[0-9a-zA-Z]+", most=1024, hint="the id of a security group"), most=5),
        "security groups",
        api="VpcConfig.SecurityGroupIds",
    ),
    Key(
        "ipv6_allowed_for_dual_stack",
        Flag(),
        "outbound IPv6 in dual-stack subnets",
        api="VpcConfig.Ipv6AllowedForDualStack",
    ),
)

_LOGGING = (
    Key("format", Word(("JSON", "Text")), "format of log lines", api="LoggingConfig.LogFormat"),
    Key(
        "application_log_level",
        Word(("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL")),
        "least level of the function's own lines, with JSON only",
        api="LoggingConfig.ApplicationLogLevel",
    ),
    Key(
        "system_log_level",
        Word(("DEBUG", "INFO", "WARN")),
        "least level of Lambda's lines, with JSON only",
        api="LoggingConfig.SystemLogLevel",
    ),
    Key(
        "log_group",
        String(filled=r"[.\-_/#A-Za-z0-9]+", most=512, hint="the name of a log group"),
        "CloudWatch log group",
        api="LoggingConfig.LogGroup",
    ),
)

FILE_SYSTEM = (
    Key("arn", _ARN, "ARN of the access point", api="Arn", needed=True),
    Key(
        "local_mount_path",
        String(filled=r"/mnt/[a-zA-Z0-9_.-]+", most=160, hint="a path like /mnt/data"),
        "where the function sees it",
        api="LocalMountPath",
        needed=True,
    ),
)

_IMAGE = (
    Key("command", List(String(), most=1500), "instead of the image's CMD", api="ImageConfig.Command"),
    Key("entry_point", List(String(), most=1500), "instead of its ENTRYPOINT", api="ImageConfig.EntryPoint"),
    Key("working_directory", String(most=1000), "instead of its WORKDIR", api="ImageConfig.WorkingDirectory"),
)

# What is left of UpdateFunctionConfiguration, spelled as Lambda does.
RAW_MEMBERS = (
    Key("AcceleratorConfig", Raw(), "accelerators"),
    Key("CapacityProviderConfig", Raw(), "the capacity provider that it runs on"),
    Key("DurableConfig", Raw(), "durable executions"),
    Key("RuntimeConfig", Raw(), "a runtime of the account's own"),
)
RAW_TABLE = Table(RAW_MEMBERS)

# In a function, and in a function of an environment.
FUNCTION = (
    Key(
        "name",
        String(filled=r"[A-Za-z0-9_-]+", most=64, hint="letters, digits, - and _"),
        "name of the function at Lambda",
    ),
    Key(
        "code",
        String(),
        "needed: a directory or a zip file, relative to this file; `s3://bucket/key?versionId=V`; "
        "or an image URI with `@sha256:…`",
    ),
    Key("build", Word(("auto", "uv", "pip", "none")), "how the requirements of a directory are installed into it"),
    Key("exclude", List(String()), "globs of files that stay out of the artifact"),
    Key(
        "release_env_var",
        String(pattern=_VARIABLE[0], hint=_VARIABLE[1]),
        "variable that carries the release's semantic version inside the function",
    ),
    Key("architecture", Word(("x86_64", "arm64")), "instruction set", api="Architectures"),
    Key("description", String(most=256), "what the function is for; versions carry their own", api="Description"),
    Key(
        "handler",
        String(filled=r"[^\s]+", most=128, hint="text without spaces"),
        "what Lambda calls, e.g. `app.handler`",
        api="Handler",
    ),
    Key("runtime", String(filled=r"[^\s]+", hint="text without spaces"), "runtime, e.g. `python3.13`", api="Runtime"),
    Key(
        "role",
        String(filled=r"arn:[a-zA-Z-]+:iam::[0-9]{12}:role/[^\s]+", hint="arn:aws:iam::ACCOUNT:role/NAME"),
        "ARN of the execution role",
        api="Role",
    ),
    Key("memory_size", Whole(128, 10240), "memory in MB", api="MemorySize"),
    Key("timeout", Whole(1, 900), "time limit in seconds", api="Timeout"),
    Key(
        "environment",
        Names(*_VARIABLE, String()),
        "environment variables, altogether at most 4 KB",
        api="Environment.Variables",
    ),
    Key("layers", List(_ARN, most=5), "ARNs of layer versions", api="Layers"),
    Key("vpc", Table(_VPC), "network; needs subnet_ids and security_group_ids"),
    Key("dead_letter_arn", _ARN_OR_NONE, "ARN of the dead-letter queue or topic", api="DeadLetterConfig.TargetArn"),
    Key("tracing", Word(("Active", "PassThrough")), "X-Ray tracing", api="TracingConfig.Mode"),
    Key("ephemeral_storage", Whole(512, 10240), "temporary storage in MB", api="EphemeralStorage.Size"),
    Key("snap_start", Word(("PublishedVersions", "None")), "snapshots for a faster start", api="SnapStart.ApplyOn"),
    Key("kms_key_arn", _ARN_OR_NONE, "ARN of the key for environment variables", api="KMSKeyArn"),
    Key("logging", Table(_LOGGING), "how and where the function logs"),
    Key("file_systems", List(Table(FILE_SYSTEM), most=1), "mounted file systems", api="FileSystemConfigs"),
    Key("image", Table(_IMAGE), "overrides for a container image"),
    Key("lambda", RAW_TABLE, "further members of UpdateFunctionConfiguration, spelled and judged by Lambda"),
)

CDK = (
    Key("directory", String(), "where the app's `cdk.json` is, relative to this file; by default beside it"),
    Key("command", String(), 'how the CDK CLI is called there, e.g. `"npx cdk"`; by default it is looked for'),
)

# At the top alone.
PROJECT = (
    Key("adapter", Word(("api", "cdk")), "what releases: `deployer` itself, or the stacks of a CDK app (docs/cdk.md)"),
    Key("cdk", Table(CDK), 'the CDK app; goes with adapter = "cdk"'),
)

FUNCTION_TABLE = Table((*RELEASE, *FUNCTION))
ENVIRONMENT_TABLE = Table(
    (*RELEASE, *PLACE, Key("functions", Names(*_KEY, FUNCTION_TABLE), "overrides for functions in this environment"))
)
FILE_TABLE = Table(
    (
        *PROJECT,
        *RELEASE,
        *PLACE,
        Key("functions", Names(*_KEY, FUNCTION_TABLE), "the functions, by the names they have in this project"),
        Key("environments", Names(*_KEY, ENVIRONMENT_TABLE), "the environments"),
    )
)

"""What settings come out of a whole file, in Lambda's own shapes, and what is left alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from deployer.config import Config, ConfigError, Settings
from deployer.config.rollout.deferred import Deferred
from deployer.config.rollout.settings import RolloutSettings
from deployer.core.errors import DeployerError, InvalidValue
from deployer.core.increments import CanaryIncrements
from deployer.core.watch.policy import Bake, Watch

Load = Callable[[str], Config]
FUNCTION = '[functions.f]\ncode = "src"\n'
IMAGE = f"registry.example/orders@sha256:{'0' * 64}"

WHOLE = """\
alias = "LIVE"
artifact_bucket = "artifacts-{account}-{region}"

[functions.orders]
name = "orders-{env}"
code = "src/orders"
build = "uv"
exclude = ["tests/**"]
runtime = "python3.13"
handler = "app.handler"
role = "arn:aws:iam::{account}:role/{function}-{env}"
description = "Takes orders"
memory_size = 256
timeout = 10
architecture = "arm64"
release_env_var = "RELEASE"
layers = ["arn:aws:lambda:{region}:{account}:layer:base:3"]
vpc = { subnet_ids = ["subnet-1"], security_group_ids = ["sg-1"], ipv6_allowed_for_dual_stack = false }
dead_letter_arn = "arn:aws:sqs:{region}:{account}:dead"
tracing = "Active"
ephemeral_storage = 1024
snap_start = "PublishedVersions"
kms_key_arn = ""
file_systems = [{ arn = "arn:aws:elasticfilesystem:{region}:{account}:access-point/f", local_mount_path = "/mnt/data" }]
lambda.DurableConfig = { ExecutionTimeout = 60 }

[functions.orders.logging]
format = "JSON"
application_log_level = "INFO"
system_log_level = "WARN"
log_group = "/orders/{env}"

[functions.orders.environment]
TABLE = "orders-{env}"

[environments.prd]
account = "123456789012"
region = "eu-west-1"
profile = "{env}-{account}"
canary_increments = [5, 50]
on_newer = "restart"
"""


def test_a_whole_file_becomes_settings(config: Load, here: Path) -> None:
    settings = config(WHOLE).settings("prd", "orders")
    assert settings == Settings(
        environment="prd",
        function="orders",
        function_name="orders-prd",
        alias="LIVE",
        account="123456789012",
        region="eu-west-1",
        profile="prd-123456789012",
        protected=True,
        strategy="canary",
        canary_increments=CanaryIncrements.of([5, 50]),
        on_newer="restart",
        artifact_bucket="artifacts-123456789012-eu-west-1",
        artifact_prefix="deployer/",
        code=str(here / "src" / "orders"),
        build="uv",
        exclude=("tests/**",),
        architecture="arm64",
        release_env_var="RELEASE",
        deferred_rollout=Deferred(lambda: RolloutSettings(Watch(Bake(600)), here)),
        lambda_settings={
            "Runtime": "python3.13",
            "Handler": "app.handler",
            "Role": "arn:aws:iam::123456789012:role/orders-prd",
            "Description": "Takes orders",
            "MemorySize": 256,
            "Timeout": 10,
            "Layers": ["arn:aws:lambda:eu-west-1:123456789012:layer:base:3"],
            "VpcConfig": {"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"], "Ipv6AllowedForDualStack": False},
            "DeadLetterConfig": {"TargetArn": "arn:aws:sqs:eu-west-1:123456789012:dead"},
            "TracingConfig": {"Mode": "Active"},
            "EphemeralStorage": {"Size": 1024},
            "SnapStart": {"ApplyOn": "PublishedVersions"},
            "KMSKeyArn": "",
            "FileSystemConfigs": [
                {
                    "Arn": "arn:aws:elasticfilesystem:eu-west-1:123456789012:access-point/f",
                    "LocalMountPath": "/mnt/data",
                }
            ],
            "DurableConfig": {"ExecutionTimeout": 60},
            "LoggingConfig": {
                "LogFormat": "JSON",
                "ApplicationLogLevel": "INFO",
                "SystemLogLevel": "WARN",
                "LogGroup": "/orders/prd",
            },
            "Environment": {"Variables": {"TABLE": "orders-prd"}},
        },
    )


def test_a_function_alone_leaves_everything_at_lambda_as_it_is(config: Load, here: Path) -> None:
    settings = config(FUNCTION).settings("sbx", "f")
    assert settings == Settings(
        environment="sbx",
        function="f",
        function_name="f-sbx",
        alias="LIVE",
        account=None,
        region=None,
        profile=None,
        protected=False,
        strategy="latest",
        canary_increments=None,
        on_newer=None,
        artifact_bucket=None,
        artifact_prefix="deployer/",
        code=str(here / "src"),
        build="auto",
        exclude=(),
        architecture=None,
        release_env_var=None,
        deferred_rollout=None,
        lambda_settings={},
    )


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("environment = {}", {"Environment": {"Variables": {}}}),
        ("layers = []", {"Layers": []}),
        ("file_systems = []", {"FileSystemConfigs": []}),
        (
            "vpc = { subnet_ids = [], security_group_ids = [] }",
            {"VpcConfig": {"SubnetIds": [], "SecurityGroupIds": []}},
        ),
        ('dead_letter_arn = ""', {"DeadLetterConfig": {"TargetArn": ""}}),
        ("lambda.DurableConfig = {}", {"DurableConfig": {}}),
        ("lambda = {}", {}),
        ("logging = {}", {}),
    ],
)
def test_empty_is_given_and_not_the_same_as_absent(config: Load, given: str, expected: dict[str, object]) -> None:
    assert config(FUNCTION + given).settings("sbx", "f").lambda_settings == expected


def test_an_image_has_settings_of_its_own(config: Load) -> None:
    loaded = config(
        f'[functions.f]\ncode = "{IMAGE}"\n'
        'image = { command = ["app.handler"], entry_point = ["/entry"], working_directory = "/app" }\n'
    )
    settings = loaded.settings("sbx", "f")
    assert settings.code == IMAGE
    assert settings.lambda_settings == {
        "ImageConfig": {"Command": ["app.handler"], "EntryPoint": ["/entry"], "WorkingDirectory": "/app"}
    }


@pytest.mark.parametrize("code", ["s3://bucket/a/b.zip", "s3://bucket/a/b.zip?versionId=3.x_Y", IMAGE])
def test_code_that_is_elsewhere_keeps_its_name(config: Load, code: str) -> None:
    assert config(f'[functions.f]\ncode = "{code}"\n').settings("sbx", "f").code == code


@pytest.mark.parametrize(
    ("code", "expected"), [("a.zip", "a.zip"), ("./src/../lib", "lib"), (".", ""), ("src-{env}", "src-sbx")]
)
def test_a_path_is_seen_from_the_directory_of_the_file(config: Load, here: Path, code: str, expected: str) -> None:
    assert config(f'[functions.f]\ncode = "{code}"\n').settings("sbx", "f").code == str(here / expected)


@pytest.mark.parametrize(
    ("written", "filled"),
    [
        ("{env}", "sbx"),
        ("{function}-{account}-{region}", "f-123456789012-eu-west-1"),
        ("{{env}}", "{env}"),
        ('{ "a": { "b": {} } }', '{ "a": { "b": {} } }'),
        ("{env} }{ {1}", "sbx }{ {1}"),
        ("$${HOME}$".replace("{HOME}", "{{HOME}}"), "$${HOME}$"),
    ],
)
def test_placeholders_are_filled_and_other_braces_left_alone(config: Load, written: str, filled: str) -> None:
    loaded = config(f"account = '123456789012'\nregion = 'eu-west-1'\n{FUNCTION}environment.VALUE = '{written}'\n")
    assert loaded.settings("sbx", "f").lambda_settings == {"Environment": {"Variables": {"VALUE": filled}}}


def test_an_environment_the_file_does_not_name_may_lack_an_account_until_it_is_asked_for(config: Load) -> None:
    loaded = config(
        FUNCTION + 'role = "arn:aws:iam::{account}:role/{region}"\n'
        '[environments.prd]\naccount = "123456789012"\nregion = "eu-west-1"\n'
    )
    assert loaded.settings("prd", "f").lambda_settings == {"Role": "arn:aws:iam::123456789012:role/eu-west-1"}
    with pytest.raises(ConfigError) as caught:
        loaded.settings("stg", "f")
    assert str(caught.value).splitlines() == [
        "deployer.toml:3: functions.f.role: uses {account}, but no account is given (in stg)",
        "deployer.toml:3: functions.f.role: uses {region}, but no region is given (in stg)",
    ]


@pytest.mark.parametrize(
    ("environment", "function", "message"),
    [
        (
            "prod",
            "f",
            "deployer.toml: environments.prod: not defined; did you mean prd? there are sbx, tst, stg and prd",
        ),
        ("x", "f", "deployer.toml: environments.x: not defined; there are sbx, tst, stg and prd"),
        ("prd", "orders", "deployer.toml: functions.orders: not defined; there are f"),
    ],
)
def test_an_unknown_name_is_refused_with_those_that_are_known(
    config: Load, environment: str, function: str, message: str
) -> None:
    loaded = config(FUNCTION)
    with pytest.raises(ConfigError) as caught:
        loaded.settings(environment, function)
    assert str(caught.value) == message
    assert isinstance(caught.value, DeployerError)


def test_settings_that_contradict_themselves_cannot_be_built(config: Load) -> None:
    settings = config(FUNCTION).settings("stg", "f")
    fields = {name: getattr(settings, name) for name in Settings.__slots__}
    with pytest.raises(InvalidValue, match="canary_increments go with canary, and only with it"):
        Settings(**fields | {"strategy": "canary"})
    with pytest.raises(InvalidValue, match="no on_newer of strategy blue_green"):
        Settings(**fields | {"on_newer": "advance"})


def test_settings_do_not_print_the_values_of_variables(config: Load) -> None:
    settings = config(FUNCTION + 'environment.PASSWORD = "hunter2"\n').settings("sbx", "f")
    assert "hunter2" not in repr(settings)


@pytest.mark.parametrize(
    "given",
    [
        "timeout = 1",
        "timeout = 900",
        "memory_size = 128",
        "memory_size = 10240",
        "ephemeral_storage = 512",
        "ephemeral_storage = 10240",
        f"name = '{'n' * 60}-{{env}}'",
        f"alias = '{'a' * 128}'",
        "alias = '2024-01-02'",
        f"handler = '{'h' * 128}'",
        f"description = '{'d' * 256}'",
        "layers = ['arn:1', 'arn:2', 'arn:3', 'arn:4', 'arn:5']",
        f"environment.VARIABLE = '{'x' * (4096 - 8)}'",
        "environment.AWS_LAMBDA_EXEC_WRAPPER = '/opt/wrapper'",
        "runtime = 'python9.99'",
        "canary_increments = [0.01, 99.99]",
    ],
)
def test_a_limit_itself_is_allowed(config: Load, given: str) -> None:
    config(FUNCTION + given).settings("prd", "f")


def test_variables_are_counted_in_bytes(config: Load) -> None:
    with pytest.raises(ConfigError, match="4098 bytes of environment variables; Lambda takes 4096 altogether"):
        config(FUNCTION + f"environment.VARIABLE = '{'é' * (4090 // 2)}'\n")

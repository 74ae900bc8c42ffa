"""The commands that need no AWS: init, package, config, iam-policy."""

from __future__ import annotations

import base64
import hashlib
import json
import os
from pathlib import Path

import pytest
from cli_runs import Runner

from deployer.config import load

ROLLED_OUT = """\
[functions.orders]
code = "src"

[environments.prd]
account = "123456789012"
region = "eu-central-1"

[rollout]
bake_invocations = 5

[rollout.gates]
errors.enabled = false
alarm_tags = { team = "shop" }

[[rollout.tests]]
event = "event.json"

[[rollout.hooks]]
at = "before"
lambda = "smoke:LIVE"

[[rollout.hooks]]
at = "end"
lambda = "arn:aws:lambda:eu-west-1:999999999999:function:far"

[[rollout.notify]]
sns = "arn:aws:sns:{region}:{account}:releases"

[[rollout.notify]]
event_bus = "releases"
"""


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


class TestInit:
    @pytest.mark.parametrize(
        ("files", "code", "handler"),
        [
            ({"app.py": "def handler(event, context): ..."}, ".", "app.handler"),
            (
                {"src/orders/main.py": "import os\n\ndef lambda_handler(event, _): ..."},
                "src/orders",
                "main.lambda_handler",
            ),
            (
                {"src/app.py": "def handler(e, c): ...", "src/deep/er.py": "def handler(e, c): ..."},
                "src",
                "app.handler",
            ),
            ({'so "to" say\\/app.py': "def handler(e, c): ..."}, 'so "to" say\\', "app.handler"),
            ({"tests/app.py": "def handler(e, c): ...", "test_app.py": "def handler(e, c): ..."}, "src", None),
            ({".venv/app.py": "def handler(e, c): ...", "a/b/c/d.py": "def handler(e, c): ..."}, "src", None),
            ({"app.py": "    def handler(self): ...\n# def handler("}, "src", None),
        ],
    )
    def test_what_it_writes_names_the_handler_that_is_there_and_is_valid(
        self, files: dict[str, str], code: str, handler: str | None, here: Path, run: Runner
    ) -> None:
        for name, text in files.items():
            write(here / name, text)
        ran = run("init")
        settings = load(here / "deployer.toml").settings("prd", "shop")
        assert (ran.code, ran.err) == (0, "")
        assert os.path.relpath(settings.code, here) == code
        assert settings.lambda_settings.get("Handler") == handler

    def test_it_says_what_it_found_and_what_comes_next(self, here: Path, run: Runner) -> None:
        write(here / "src/app.py", "def handler(event, context): ...")
        assert run("init", "--function", "orders").out == (
            "wrote deployer.toml for function orders\n"
            "handler app.handler in src\n"
            "next: `deployer config --env sbx` shows what it says, `deployer plan --env sbx` what it would do\n"
        )

    def test_each_environment_has_a_function_of_its_own_and_the_file_says_so(self, here: Path, run: Runner) -> None:
        run("init", "--function", "orders")
        text = (here / "deployer.toml").read_text(encoding="utf-8")
        names = [load().settings(environment, "orders").function_name for environment in ("sbx", "tst", "stg", "prd")]
        assert names == ["orders-sbx", "orders-tst", "orders-stg", "orders-prd"]
        assert "# At Lambda it is called orders-sbx, orders-tst, orders-stg and orders-prd.\n" in text
        assert '# name = "orders"\n' in text

    def test_with_account_and_role_uncommented_every_environment_has_a_role_of_its_own(
        self, here: Path, run: Runner
    ) -> None:
        run("init", "--function", "orders")
        text = (here / "deployer.toml").read_text(encoding="utf-8")
        for line in ('account = "123456789012"', 'region = "eu-west-1"', "role = "):
            assert text.count(f"\n# {line}") == 1
            text = text.replace(f"\n# {line}", f"\n{line}")
        write(here / "deployer.toml", text)
        for environment in ("sbx", "tst", "stg", "prd"):
            settings = load().settings(environment, "orders")
            assert (settings.account, settings.region) == ("123456789012", "eu-west-1")
            assert settings.lambda_settings["Role"] == f"arn:aws:iam::123456789012:role/orders-{environment}"

    @pytest.mark.usefixtures("here")
    def test_the_longest_name_has_room_for_every_environment(self, run: Runner) -> None:
        assert run("init", "--function", "f" * 60).code == 0
        assert load().settings("prd", "f" * 60).function_name == "f" * 60 + "-prd"

    def test_a_longer_name_is_refused_before_anything_is_written(self, here: Path, run: Runner) -> None:
        assert run("init", "--function", "f" * 61).code == 64
        assert not (here / "deployer.toml").exists()

    def test_it_never_touches_what_is_there(self, configured: Path, run: Runner) -> None:
        before = (configured / "deployer.toml").read_bytes()
        ran = run("init")
        assert (configured / "deployer.toml").read_bytes() == before
        assert ran.code == 64
        assert ran.err.startswith("deployer: deployer.toml is there already, and is left as it is\n")

    def test_it_leaves_a_table_in_pyproject_alone_too(self, here: Path, run: Runner) -> None:
        write(here / "pyproject.toml", "[tool.deployer.functions.orders]\ncode = 'src'\n")
        ran = run("init")
        assert not (here / "deployer.toml").exists()
        assert ran.code == 64
        assert ran.err.startswith("deployer: pyproject.toml has a table [tool.deployer] already; nothing was written\n")

    def test_a_directory_with_a_strange_name_gives_a_name_that_lambda_allows(
        self, here: Path, run: Runner, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        odd = here / "my shop (2)"
        odd.mkdir()
        monkeypatch.chdir(odd)
        assert run("init").code == 0
        assert load(odd / "deployer.toml").functions == ("my-shop-2",)


class TestPackage:
    def test_the_same_tree_gives_the_same_bytes_and_their_hash_is_shown(self, configured: Path, run: Runner) -> None:
        first = run("package", "--env", "prd", "--function", "orders", "--out", "first.zip")
        run("package", "--env", "prd", "--function", "orders", "--out", "second.zip")
        bytes_ = (configured / "first.zip").read_bytes()
        sha = base64.b64encode(hashlib.sha256(bytes_).digest()).decode()
        assert bytes_ == (configured / "second.zip").read_bytes()
        assert f"  sha256     {sha}\n" in first.out
        assert "  next       `deployer deploy --artifact first.zip --env prd --function orders`\n" in first.out

    def test_code_that_is_built_already_is_not_built_again(self, configured: Path, run: Runner) -> None:
        run("package", "--env", "prd", "--function", "orders", "--out", "built.zip")
        write(configured / "deployer.toml", "[functions.orders]\ncode = 'built.zip'\n")
        ran = run("package", "--env", "prd", "--out", "again.zip")
        where = "deployer.toml:2: functions.orders.code"
        problem = "is no directory, so there is nothing to build; deploy it as it is"
        assert (ran.code, ran.err) == (78, f"deployer: {where}: {configured / 'built.zip'}: {problem}\n")


@pytest.mark.usefixtures("configured")
class TestConfig:
    def test_every_value_and_its_line_without_secrets(self, run: Runner) -> None:
        ran = run("config", "--env", "prd", "--function", "orders")
        rows = [text.split() for text in ran.out.splitlines()]
        assert rows[0] == ["orders", "in", "prd"]
        assert ["region", '"eu-central-1"', "deployer.toml:14"] in rows
        assert ["strategy", '"canary"', "default"] in rows
        assert ["environment.SECRET", '"***"', "deployer.toml:7"] in rows
        assert "hunter2" not in ran.out

    def test_all_functions_are_shown_by_default(self, run: Runner) -> None:
        out = run("config", "--env", "prd").out
        assert [text for text in out.splitlines() if not text.startswith(" ")] == ["orders in prd", "mails in prd"]

    def test_the_environment_may_come_from_a_variable(self, run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("DEPLOYER_ENV", "sbx")
        assert run("config", "--function", "mails").out.startswith("mails in sbx\n")

    def test_another_file_may_be_named(self, configured: Path, run: Runner) -> None:
        write(configured / "other.toml", "[functions.pays]\ncode = 'src'\n")
        assert run("config", "--env", "tst", "--config", "other.toml").out.startswith("pays in tst\n")

    def test_what_another_environment_may_release_to_is_shown_and_told(self, configured: Path, run: Runner) -> None:
        write(configured / "deployer.toml", "[functions.pays]\nname = 'pays'\ncode = 'src'\n")
        ran = run("config", "--env", "sbx")
        assert ["name", '"pays"', "deployer.toml:2"] in [text.split() for text in ran.out.splitlines()]
        assert ran.code == 78
        assert ran.err == (
            "deployer: deployer.toml:2: functions.pays.name: pays with alias LIVE is the same in tst, stg and prd; "
            "give sbx an account of its own, or put {env} into the name\n"
        )


class TestIamPolicy:
    @pytest.mark.usefixtures("configured")
    def test_one_command_on_one_function(self, run: Runner) -> None:
        arn = "arn:aws:lambda:eu-central-1:123456789012:function:orders-prd"
        ran = run("iam-policy", "status", "--env", "prd", "--function", "orders")
        assert json.loads(ran.out) == {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "Function",
                    "Effect": "Allow",
                    "Action": ["lambda:GetAlias", "lambda:GetProvisionedConcurrencyConfig"],
                    "Resource": [arn, f"{arn}:*"],
                }
            ],
        }

    def test_a_rollout_may_reach_what_the_configuration_says_and_no_more(self, here: Path, run: Runner) -> None:
        write(here / "event.json", "{}")
        write(here / "deployer.toml", ROLLED_OUT)
        ran = run("iam-policy", "rollout", "tick", "--env", "prd")
        there = "eu-central-1:123456789012"
        orders = f"arn:aws:lambda:{there}:function:orders-prd"
        found = {statement["Sid"]: statement for statement in json.loads(ran.out)["Statement"]}
        assert {sid: (one["Action"], one["Resource"]) for sid, one in found.items() if sid != "Function"} == {
            "PassRole": (["iam:PassRole"], ["*"]),
            "Watch": (["cloudwatch:DescribeAlarms", "cloudwatch:GetMetricData", "tag:GetResources"], ["*"]),
            "Invoke": (
                ["lambda:InvokeFunction"],
                [
                    f"{orders}:*",
                    f"arn:aws:lambda:{there}:function:smoke:LIVE",
                    "arn:aws:lambda:eu-west-1:999999999999:function:far",
                ],
            ),
            "Invoke2": (["lambda:InvokeFunction"], [*found["Invoke"]["Resource"][1:]]),
            "Topics": (["sns:Publish"], [f"arn:aws:sns:{there}:releases"]),
            "Buses": (["events:PutEvents"], [f"arn:aws:events:{there}:event-bus/releases"]),
        }

    @pytest.mark.parametrize("command", ["rollback", "hold"])
    def test_what_a_person_does_may_tell_whom_the_configuration_names(
        self, command: str, here: Path, run: Runner
    ) -> None:
        write(here / "event.json", "{}")
        write(here / "deployer.toml", ROLLED_OUT)
        statements = json.loads(run("iam-policy", command, "--env", "prd").out)["Statement"]
        assert [statement["Sid"] for statement in statements] == ["Function", "Topics", "Buses"]

    def test_a_development_environment_has_no_policy_of_rollouts(self, here: Path, run: Runner) -> None:
        write(
            here / "deployer.toml",
            ROLLED_OUT.replace("environments.prd", "environments.sbx").replace(
                "{region}:{account}", "eu-west-1:123456789012"
            ),
        )
        write(here / "event.json", "{}")
        statements = json.loads(run("iam-policy", "--env", "sbx").out)["Statement"]
        assert [statement["Sid"] for statement in statements] == ["Function", "PassRole"]

    @pytest.mark.usefixtures("configured")
    def test_several_commands_are_one_statement_for_a_function(self, run: Runner) -> None:
        ran = run("iam-policy", "promote", "rollback", "--env", "prd", "--function", "orders")
        (statement,) = json.loads(ran.out)["Statement"]
        assert statement["Action"] == [
            "lambda:GetAlias",
            "lambda:GetFunctionConfiguration",
            "lambda:GetProvisionedConcurrencyConfig",
            "lambda:ListVersionsByFunction",
            "lambda:UpdateAlias",
        ]

    @pytest.mark.parametrize(
        ("region", "partition"),
        [("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov"), ("eu-west-1", "aws"), ("ap-southeast-1", "aws")],
    )
    def test_the_partition_follows_from_the_region(self, region: str, partition: str, here: Path, run: Runner) -> None:
        write(here / "deployer.toml", "[functions.orders]\ncode = 's3://bucket/key.zip'\nalias = 'LIVE'\n")
        ran = run("iam-policy", "plan", "--env", "tst", "--region", region, "--account", "123456789012")
        function, code = json.loads(ran.out)["Statement"]
        assert function["Resource"][0] == f"arn:{partition}:lambda:{region}:123456789012:function:orders-tst"
        assert code["Resource"] == [f"arn:{partition}:s3:::bucket/key.zip"]

    def test_code_that_may_go_by_way_of_a_bucket_may_be_put_there(self, here: Path, run: Runner) -> None:
        write(here / "deployer.toml", "artifact_bucket = 'artifacts'\n[functions.orders]\ncode = 'src'\n")
        ran = run("iam-policy", "deploy", "--env", "tst", "--region", "eu-west-1", "--account", "123456789012")
        code = json.loads(ran.out)["Statement"][-1]
        assert code["Action"] == ["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"]
        assert code["Resource"] == ["arn:aws:s3:::artifacts/deployer/*"]


class TestAProjectOfTheOtherAdapter:
    @pytest.mark.parametrize(
        "command",
        [
            ("plan",),
            ("deploy",),
            ("promote",),
            ("rollback",),
            ("route", "1"),
            ("package", "--out", "o.zip"),
            ("status",),
        ],
    )
    def test_its_functions_are_released_by_other_commands(
        self, command: tuple[str, ...], here: Path, run: Runner
    ) -> None:
        write(here / "deployer.toml", 'adapter = "cdk"\n')
        ran = run(*command, "--env", "prd")
        assert ran.code == 64
        assert 'deployer.toml has adapter = "cdk": the functions are released by `deployer cdk`' in ran.err
        assert ("`deployer cdk status` shows them" in ran.err) is (command == ("status",))

    def test_the_configuration_shows_where_its_app_is(self, here: Path, run: Runner) -> None:
        write(here / "deployer.toml", 'adapter = "cdk"\n[cdk]\ndirectory = "infra"\n')
        assert run("config", "--env", "prd").out.splitlines() == [
            'adapter  "cdk"  deployer.toml:1',
            'cdk.directory  "infra"  deployer.toml:3',
        ]

    def test_its_policy_is_that_of_the_commands_for_apps(self, here: Path, run: Runner) -> None:
        write(here / "deployer.toml", 'adapter = "cdk"\n')
        place = ("--account", "123456789012", "--region", "eu-west-1")
        ran = run("iam-policy", "cdk verify", "--function", "orders-prd", *place)
        arn = "arn:aws:lambda:eu-west-1:123456789012:function:orders-prd"
        function, stack = json.loads(ran.out)["Statement"]
        assert function["Action"] == ["lambda:GetAlias", "lambda:GetProvisionedConcurrencyConfig"]
        assert function["Resource"] == [arn, f"{arn}:*"]
        assert stack["Action"] == [
            "cloudformation:DescribeStackResources",
            "cloudformation:DescribeStacks",
            "cloudformation:GetTemplate",
        ]
        assert stack["Resource"] == ["arn:aws:cloudformation:eu-west-1:123456789012:stack/*"]
        (every, _) = json.loads(run("iam-policy", *place).out)["Statement"]
        assert every["Resource"][0] == "arn:aws:lambda:eu-west-1:123456789012:function:*"

    @pytest.mark.parametrize("config", ["", "[functions.orders]\ncode = 'src'\n"])
    def test_its_policy_needs_no_configuration_where_the_commands_are_its_own(
        self, config: str, here: Path, run: Runner
    ) -> None:
        if config:
            write(here / "deployer.toml", config)
        place = ("--account", "123456789012", "--region", "eu-west-1")
        ran = run("iam-policy", "cdk check", "cdk status", *place)
        assert (ran.code, ran.err) == (0, "")
        assert json.loads(ran.out)["Statement"][0]["Action"] == [
            "lambda:GetAlias",
            "lambda:GetProvisionedConcurrencyConfig",
        ]

    @pytest.mark.usefixtures("configured")
    def test_its_policy_and_that_of_functions_are_asked_for_apart(self, run: Runner) -> None:
        ran = run("iam-policy", "cdk plan", "deploy", "--env", "prd")
        assert ran.code == 64
        assert "cdk plan is about a CDK app, and deploy about functions of deployer.toml: ask for them apart" in ran.err

    def test_its_policy_needs_a_place_and_a_command_of_its_own(self, here: Path, run: Runner) -> None:
        write(here / "deployer.toml", 'adapter = "cdk"\n')
        assert "add --account and --region" in run("iam-policy").err
        there = "deploy calls nothing at AWS; there are cdk plan, cdk status, cdk import, cdk check and cdk verify"
        assert there in run("iam-policy", "deploy").err

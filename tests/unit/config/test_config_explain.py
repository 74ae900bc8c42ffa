"""Every value and where it comes from; nothing secret among them."""

from __future__ import annotations

from collections.abc import Callable

from deployer.config import Config, Explained

TEXT = """\
alias = "NOW"
[functions.orders]
name = "orders-{env}"
code = "src"
layers = ["arn:{env}"]
file_systems = []
[functions.orders.environment]
TOKEN = "hunter2"
[functions.orders.logging]
format = "JSON"
[environments.prd]
region = "eu-west-1"
canary_increments = [5, 12.5]
[environments.prd.functions.orders]
memory_size = 1024
environment = { TOKEN = "hunter3" }
"""


def test_every_value_is_shown_with_its_place_and_variables_are_masked(config: Callable[[str], Config]) -> None:
    rows = config(TEXT).explain("prd", "orders")
    assert [row for row in rows if not row.key.startswith("rollout.")] == [
        Explained("account", None, "default"),
        Explained("region", "eu-west-1", "deployer.toml:12"),
        Explained("profile", None, "default"),
        Explained("protected", True, "default"),
        Explained("artifact_bucket", None, "default"),
        Explained("artifact_prefix", "deployer/", "default"),
        Explained("strategy", "canary", "default"),
        Explained("canary_increments", [5, 12.5], "deployer.toml:13"),
        Explained("on_newer", "advance", "default"),
        Explained("alias", "NOW", "deployer.toml:1"),
        Explained("name", "orders-prd", "deployer.toml:3"),
        Explained("code", "src", "deployer.toml:4"),
        Explained("build", "auto", "default"),
        Explained("exclude", [], "default"),
        Explained("release_env_var", None, "default"),
        Explained("architecture", None, "default"),
        Explained("memory_size", 1024, "deployer.toml:15"),
        Explained("environment.TOKEN", "***", "deployer.toml:16"),
        Explained("layers", ["arn:prd"], "deployer.toml:5"),
        Explained("logging.format", "JSON", "deployer.toml:10"),
        Explained("file_systems", [], "deployer.toml:6"),
    ]


def test_a_table_that_is_given_empty_is_shown(config: Callable[[str], Config]) -> None:
    rows = config('[functions.f]\ncode = "src"\nenvironment = {}\n').explain("sbx", "f")
    assert rows[-1] == Explained("environment", {}, "deployer.toml:3")


def test_what_is_said_of_the_whole_project_is_shown_with_its_place(config: Callable[[str], Config]) -> None:
    found = config('adapter = "cdk"\n[cdk]\ndirectory = "infra"\n')
    assert found.explain_project() == [
        Explained("adapter", "cdk", "deployer.toml:1"),
        Explained("cdk.directory", "infra", "deployer.toml:3"),
    ]
    assert config(TEXT).explain_project() == []

"""`deployer iam-policy`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import click

from deployer.cli.asked import Asked, asks
from deployer.cli.exits import Exit

if TYPE_CHECKING:
    from deployer.config import Settings


@click.command("iam-policy", short_help="Print the least IAM policy that commands need.")
@click.argument("commands", nargs=-1, metavar="[COMMAND]...")
@click.option("--account", metavar="ID", help="The account, where the configuration names none.")
@click.option("--region", metavar="NAME", help="The region, where the configuration names none.")
@asks
def command(asked: Asked, *, commands: tuple[str, ...], account: str | None, region: str | None) -> int:
    """Print what the given commands (all, by default) may have to call, as one IAM policy, scoped to the functions.

    Of `rollout` and `tick` that is also what the configuration has them measure, call and tell; of the other commands
    that write, whom it has them tell.

    Needs no AWS: `deployer iam-policy deploy --env prd > policy.json`. Of a CDK app the commands are "cdk plan",
    "cdk status", "cdk import", "cdk check" and "cdk verify", with --account and --region, and --function names
    functions as Lambda does; the CDK CLI has needs of its own.
    """
    from deployer.cli import document

    of_project = _of_app if _are_about_app(asked, commands) else _of_functions
    statements = of_project(asked, commands, account, region)
    policy = {"Version": "2012-10-17", "Statement": list(_merged(statements))}
    if asked.json:
        document.emit("iam-policy", Exit.DONE, {"policy": policy})
    else:
        click.echo(json.dumps(policy, indent=2))
    return Exit.DONE


def _are_about_app(asked: Asked, commands: tuple[str, ...]) -> bool:
    """Whether the commands, or else the configuration, are those of a CDK app, which needs no configuration."""
    from deployer.aws.policy import ACTIONS, CDK_ACTIONS
    from deployer.config import load

    of_app = [name for name in commands if name in CDK_ACTIONS]
    of_functions = [name for name in commands if name in ACTIONS]
    if of_app and of_functions:
        about = f"{of_app[0]} is about a CDK app, and {of_functions[0]} about functions of deployer.toml"
        raise click.UsageError(f"{about}: ask for them apart")
    return bool(of_app) or load(asked.config).cdk is not None


def _of_functions(
    asked: Asked, commands: tuple[str, ...], account: str | None, region: str | None
) -> Iterator[dict[str, Any]]:
    from deployer.aws.policy import ACTIONS, WATCHING
    from deployer.cli.selection import select

    names = _known(commands, tuple(ACTIONS))
    for one in select(asked):
        rolled_out = one.settings.deferred_rollout is not None
        mine = names if commands or rolled_out else tuple(name for name in names if name not in WATCHING)
        yield from _statements(mine, one.settings, _place(one.settings, account, region))


def _of_app(
    asked: Asked, commands: tuple[str, ...], account: str | None, region: str | None
) -> Iterator[dict[str, Any]]:
    """The configuration does not say which functions there are, nor where: the app does, and is not run for this."""
    from deployer.aws.policy import CDK_ACTIONS, cdk_policy

    names = _known(commands, tuple(CDK_ACTIONS))
    if account is None or region is None:
        raise click.UsageError("the CDK app names account and region: add --account and --region")
    arn, place = f"arn:{_partition(region)}", f"{region}:{account}"
    for function in asked.functions or ("*",):
        function_arn = f"{arn}:lambda:{place}:function:{function}"
        for name in names:
            policy = cdk_policy(name, function_arn=function_arn, stack_arn=f"{arn}:cloudformation:{place}:stack/*")
            yield from policy["Statement"]


def _known(commands: tuple[str, ...], known: tuple[str, ...]) -> tuple[str, ...]:
    from deployer.config.suggest import did_you_mean, listed

    for name in commands:
        if name not in known:
            there = f"{did_you_mean(name, known)}; there are {listed(known, 'and')}".replace("?;", "?")
            raise click.UsageError(f"{name} calls nothing at AWS{there}")
    return commands or known


def _place(settings: Settings, account: str | None, region: str | None) -> tuple[str, str]:
    """Region and account; what the configuration names may be repeated, but not contradicted."""
    found = []
    for what, given, named in (("region", region, settings.region), ("account", account, settings.account)):
        if given is not None and named is not None and given != named:
            raise click.UsageError(f"--{what} {given}: environment {settings.environment} names {named}")
        if given is None and named is None:
            raise click.UsageError(f"environment {settings.environment} names no {what}: add --{what}")
        found.append(str(given or named))
    return found[0], found[1]


def _statements(names: tuple[str, ...], settings: Settings, place: tuple[str, str]) -> Iterator[dict[str, Any]]:
    from deployer.aws.policy import TELLING, WATCHING, iam_policy
    from deployer.cli.reach import reach

    region, account = place
    partition = _partition(region)
    role = settings.lambda_settings.get("Role")
    for name in names:
        policy = iam_policy(
            name,
            function_arn=f"arn:{partition}:lambda:{region}:{account}:function:{settings.function_name}",
            role_arn=None if role is None else str(role),
            objects=tuple(_objects(settings, partition)),
            reach=reach(settings, partition, region, account) if name in WATCHING | TELLING else None,
        )
        yield from policy["Statement"]


def _partition(region: str) -> str:
    return {"cn": "aws-cn", "us-gov": "aws-us-gov"}.get(region.rsplit("-", 2)[0], "aws")


def _objects(settings: Settings, partition: str) -> Iterator[str]:
    """S3 objects that code comes from, or goes by way of."""
    from deployer.artifact import S3Artifact, read_code

    if settings.code.startswith("s3://") and isinstance(code := read_code(settings.code), S3Artifact):
        yield f"arn:{partition}:s3:::{code.bucket}/{code.key}"
    elif settings.artifact_bucket is not None:
        yield f"arn:{partition}:s3:::{settings.artifact_bucket}/{settings.artifact_prefix}*"


def _merged(statements: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Statements on the same resources as one, each with a Sid of its own."""
    merged: dict[str, dict[str, Any]] = {}
    for statement in statements:
        same = merged.setdefault(json.dumps({**statement, "Action": None}, sort_keys=True), {**statement, "Action": []})
        same["Action"] = sorted({*same["Action"], *statement["Action"]})
    seen: dict[str, int] = {}
    for statement in merged.values():
        sid = statement["Sid"]
        seen[sid] = seen.get(sid, 0) + 1
        yield {**statement, "Sid": sid if seen[sid] == 1 else f"{sid}{seen[sid]}"}

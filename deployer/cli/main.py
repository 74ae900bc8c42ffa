"""The entry: runs a command, tells of errors, and makes everything an exit code."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from deployer.cli.exits import Exit, exit_of
from deployer.cli.group import COMMANDS, LazyGroup

if TYPE_CHECKING:
    from deployer.cli.commands import Commands


def _version(ctx: click.Context, _: click.Parameter, wanted: Any) -> None:
    if wanted:
        # Slow enough to be looked up only when it is asked for.
        import importlib.metadata

        click.echo(f"deployer {importlib.metadata.version('lambda-rollouts')}")
        ctx.exit()


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_version,
    help="Show the version and exit.",
)
def deployer() -> None:
    """Release AWS Lambda functions through versions and aliases: blue/green, canary, rollback.

    Exit codes: 0 done or nothing to do, 1 failed with traffic untouched, 2 changes present (plan), 3 rolled back by a
    rollout, 4 left half-way, 5 refused or changed underneath, 6 waiting, 64 usage, 77 permissions, 78 configuration,
    130 interrupted, 143 terminated.
    """


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line on `arguments` (those of the process, by default) and answer its exit code."""
    args = list(sys.argv[1:] if arguments is None else arguments)
    try:
        return int(deployer.main(args, prog_name="deployer", standalone_mode=False) or Exit.DONE)
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001  # told to people, and made an exit code
        return _ended(args, error)


def _ended(args: Sequence[str], error: BaseException) -> Exit:
    from deployer.cli.complaint import complain

    code = exit_of(error)
    complain(error, _commands(args))
    if _wants_json(args):
        from deployer.cli import document

        document.emit(_command(args), code, {"error": document.error_data(error)})
    return code


def _command(args: Sequence[str]) -> str | None:
    """The command that was meant, as documents name it: one of a group by both words."""
    called = next((word for word in args if word in COMMANDS), None)
    if called != "cdk":
        return called
    from deployer.cli.cdk.group import CDK_COMMANDS

    inner = next((word for word in args[args.index(called) + 1 :] if word in CDK_COMMANDS), None)
    return called if inner is None else f"{called} {inner}"


def _commands(args: Sequence[str]) -> Commands | None:
    """How the commands of `deployer cdk` are typed, as there are others of the same names; None without it."""
    if not (_command(args) or "").startswith("cdk"):
        return None
    from deployer.cli.cdk.group import CDK_COMMANDS
    from deployer.cli.commands import Commands

    return Commands(_given(args, "--env"), group="deployer cdk", names=frozenset(CDK_COMMANDS))


def _given(args: Sequence[str], option: str) -> str | None:
    """What an option was given, in either way of writing it."""
    apart = (value for name, value in itertools.pairwise(args) if name == option)
    joined = (arg.removeprefix(f"{option}=") for arg in args if arg.startswith(f"{option}="))
    return next(itertools.chain(apart, joined), None)


def _wants_json(args: Sequence[str]) -> bool:
    return "--output=json" in args or ("--output", "json") in itertools.pairwise(args)

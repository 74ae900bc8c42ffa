"""The list of commands. A command's module is imported when the command is called, so that help comes at once."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import ClassVar, Final, TypeAlias

import click

Table: TypeAlias = Mapping[str, tuple[str, str]]

COMMANDS: Final[Table] = {
    "init": ("deployer.cli.init", "Write a small deployer.toml to begin with."),
    "package": ("deployer.cli.package", "Build a function's code once, into a file."),
    "plan": ("deployer.cli.plan", "Show what deploy would do. Writes nothing."),
    "deploy": ("deployer.cli.deploy", "Release the code, or take the release under way one step further."),
    "route": ("deployer.cli.route", "Set the traffic by hand. Publishes nothing."),
    "promote": ("deployer.cli.promote", "Give the release under way all traffic, at once."),
    "rollback": ("deployer.cli.rollback", "Go back to the version before, at once."),
    "rollout": (
        "deployer.cli.rollout",
        "Release the whole way: test, step, watch, and go back if it is worse.",
    ),
    "tick": ("deployer.cli.tick", "Look once at a rollout, and take the one step that is due, if any."),
    "hold": ("deployer.cli.hold", "Let nothing go forward on the alias until it is resumed."),
    "resume": ("deployer.cli.resume", "Let the alias go forward again."),
    "status": ("deployer.cli.status", "Show who has which share of the traffic."),
    "history": ("deployer.cli.history", "List the published versions and where they come from."),
    "config": ("deployer.cli.config", "Show every value of the configuration and where it comes from."),
    "iam-policy": ("deployer.cli.iam_policy", "Print the least IAM policy that commands need."),
    "cdk": ("deployer.cli.cdk.group", "Release functions that a CDK app deploys."),
    "local": ("deployer.cli.local", "Run the embedded Lambda in the foreground."),
    "demo": ("deployer.cli.demo", "Watch a release, a canary and a rollback on the embedded Lambda."),
}
"""Name to module and short help. The module has the command as `command`, with the same short help."""


class LazyGroup(click.Group):
    """A group that knows its commands by name alone until one is called: those of `table`."""

    table: ClassVar[Table] = COMMANDS

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        """In the order in which people meet them."""
        return list(self.table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  # click's
        """Import the command's module."""
        if cmd_name not in self.table:
            return None
        command: click.Command = importlib.import_module(self.table[cmd_name][0]).command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002  # click's
        """The list in the help, from the table."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, help_) for name, (_, help_) in self.table.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that `args` begin with; for one that there is not, the nearest that there is."""
        if args and not args[0].startswith("-") and args[0] not in self.table:
            from deployer.config.suggest import did_you_mean

            ctx.fail(f"there is no command {args[0]}{did_you_mean(args[0], self.table)}")
        return super().resolve_command(ctx, args)

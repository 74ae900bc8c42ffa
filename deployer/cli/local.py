"""`deployer local`."""

from __future__ import annotations

import shlex
import sys
from typing import TYPE_CHECKING, Any

import click

from deployer.cli.asked import output_option
from deployer.cli.exits import Exit

if TYPE_CHECKING:
    from deployer.local.local_lambda import LocalLambda

_COUNT = click.IntRange(min=0)


@click.command("local", short_help="Run the embedded Lambda in the foreground.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="A free one, when 0 (the default).")
@click.option("--region", default="eu-central-1", show_default=True, help="The region of its clients.")
@click.option(
    "--dedupe",
    type=click.Choice(["content", "touch"]),
    default="content",
    show_default=True,
    help="What publishing calls unchanged: equal content, or no update since.",
)
@click.option("--pending-polls", type=_COUNT, default=0, help="How many looks a create or update stays pending.")
@click.option("--version-pending-polls", type=_COUNT, default=0, help="The same for published versions.")
@click.option("--provisioned-polls", type=_COUNT, default=1, help="The same for provisioned concurrency.")
@click.option("--provisioned-init-fails", is_flag=True, help="Provisioned concurrency ends as FAILED.")
@click.option("--role-refusals", type=_COUNT, default=0, help="How many requests find a role not yet assumable.")
@click.option("--metric-delay", type=_COUNT, default=0, help="How many seconds old metrics are before they are shown.")
@click.option("--seed", type=int, help="Of the choice between two versions of an alias.")
@output_option
def command(*, port: int, output: str, **settings: Any) -> int:
    """Serve Lambda on a loopback port until Ctrl-C, and print the variables for its clients, this command among them.

    The ARN of a role that functions may have (`role` in deployer.toml) is printed after them: Lambda creates no
    function with a role that is not there. Nothing of your own AWS settings is used.

    Needs the extra `local`: pip install '.[local]' in a clone of deployer.
    """
    from deployer.local import LocalSettings
    from deployer.local.foreground import serve

    serve(LocalSettings(**settings), port, lambda local: _tell(local, as_json=output == "json"))
    return Exit.DONE


def _tell(local: LocalLambda, *, as_json: bool) -> None:
    variables = local.environment()
    if as_json:
        from deployer.cli import document

        members = {"endpoint_url": local.endpoint_url, "role": local.role(), "variables": variables}
        document.emit("local", Exit.DONE, members)
        return
    for name, value in variables.items():
        sys.stdout.write(f"export {name}={shlex.quote(value)}\n")
    sys.stdout.write(f"# a role that functions may have: {local.role()}\n")
    sys.stdout.flush()
    sys.stderr.write(f"Lambda answers at {local.endpoint_url}; Ctrl-C ends it\n")

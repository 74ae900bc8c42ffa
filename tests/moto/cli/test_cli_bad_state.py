"""What AWS can have in store for a command, and what people ask of it that it cannot have: message and exit code."""

from __future__ import annotations

import io
import json
import warnings
import zipfile
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from cli_world import Project

from deployer import Deployer, DeployerError

Arrange = Callable[[Project], object]


@dataclass(frozen=True)
class Case:
    """What is arranged, the command, its code, and the last of what it says; `{name}` is the function's at Lambda."""

    arrange: Arrange
    arguments: str
    code: int
    told: str


def nothing(_: Project) -> None:
    """A function that does not exist."""


def one(project: Project) -> None:
    """Version 1 alone."""
    project.released(1)


def two(project: Project) -> None:
    """Version 2 alone, 1 on the trail; new code waits."""
    project.released(1, 2)
    project.code("orders", 3)


def without_role(project: Project) -> None:
    project.configure(role="")


def without_anything(project: Project) -> None:
    project.configure(role="", runtime="", handler="")


def other_role(project: Project) -> None:
    two(project)
    project.configure(role=project.local.role("other"))


def dead_letter(project: Project) -> None:
    two(project)
    project.configure(dead_letter_arn="arn:aws:sqs:eu-central-1:123456789012:letters")


def provisioned(project: Project) -> None:
    two(project)
    project.client.put_provisioned_concurrency_config(
        FunctionName=project.name(), Qualifier="LIVE", ProvisionedConcurrentExecutions=1
    )


def foreign(project: Project) -> None:
    """Somebody's own canary, higher number first; no memory."""
    two(project)
    project.write_alias("2", {"1": 0.9}, Description="")


def reversed_(project: Project) -> None:
    """CodeDeploy's: the old version first."""
    two(project)
    project.write_alias("1", {"2": 0.1}, Description="")


def description(change: Callable[[str], str]) -> Arrange:
    def arrange(project: Project) -> None:
        two(project)
        text = project.client.get_alias(FunctionName=project.name(), Name="LIVE")["Description"]
        project.write_alias("2", Description=change(text))

    return arrange


def canary(project: Project) -> None:
    two(project)
    project.run("deploy", "--env", "prd", "--yes")


def refusing(project: Project) -> None:
    project.configure(extra='[environments.prd]\non_newer = "refuse"\n')
    canary(project)
    project.code("orders", 4)


def reverted(project: Project) -> None:
    canary(project)
    project.code("orders", 2)


def without_code(project: Project) -> None:
    two(project)
    (project.here / "src" / "orders" / "app.py").unlink()
    (project.here / "src" / "orders").rmdir()


def other_handler(project: Project) -> None:
    project.configure(handler="main.handler")


def with_text(name: str, text: str) -> Arrange:
    def arrange(project: Project) -> None:
        (project.here / name).write_text(text, encoding="utf-8")

    return arrange


def with_zip(*names: str, spoil: Callable[[bytes], bytes] = lambda data: data) -> Arrange:
    """A zip app.zip with these entries, its bytes spoilt."""

    def arrange(project: Project) -> None:
        held = io.BytesIO()
        with zipfile.ZipFile(held, "w") as archive, warnings.catch_warnings(action="ignore"):
            for name in names:
                archive.writestr(name, "def handler(event, context):\n    return 1\n")
        (project.here / "app.zip").write_bytes(spoil(held.getvalue()))

    return arrange


def encrypted(data: bytes) -> bytes:
    at = data.index(b"PK\x01\x02") + 8
    return data[:at] + b"\x01" + data[at + 1 :]


FOREIGN = "the transition 2 at 10 %, 1 at 90 % was not begun by a deploy of ours, and the environment is protected"
REVERSED = (
    "the transition 1 at 90 %, 2 at 10 % has the lower number first, as CodeDeploy does; the release seems to go to 2"
)
LET_IT = (
    "let CodeDeploy finish or stop it; or set what you mean with `deployer route VERSION1 [VERSION2 WEIGHT] --env "
    "stg`; or take it over with --adopt as a release to 2"
)
ADOPT = "take it over with --adopt, or use `deployer route VERSION1 [VERSION2 WEIGHT] --env prd`"
NO_ALIAS = "  refused    there is no such alias yet\n  way out    `deployer deploy --env prd` makes it\n"
UNREADABLE = "the alias's memory is in format lr9; this deployer knows lr1: upgrade it"


def refused(arrange: Arrange, arguments: str, why: str, way_out: str) -> Case:
    return Case(arrange, arguments, 5, f"  refused    {why}\n  way out    {way_out}\n")


def unusable(arrange: Arrange, told: str) -> Case:
    """What is wrong with app.zip."""
    return Case(arrange, "deploy --env prd --yes --artifact app.zip", 78, f"deployer: app.zip{told}\n")


CASES = [
    refused(
        without_role,
        "deploy --env stg",
        "function {name} does not exist, and these settings of it are not given: Role",
        "to create it, give role in functions.orders; or name one that exists: functions.orders.name",
    ),
    refused(
        without_anything,
        "deploy --env sbx",
        "function {name} does not exist, and these settings of it are not given: Role, Runtime, Handler",
        "to create it, give role, runtime and handler in functions.orders; or name one that exists: "
        "functions.orders.name",
    ),
    refused(
        without_anything,
        "plan --env sbx",
        "function {name} does not exist, and these settings of it are not given: Role, Runtime, Handler",
        "to create it, give role, runtime and handler in functions.orders; or name one that exists: "
        "functions.orders.name",
    ),
    Case(nothing, "promote --env prd --yes", 5, NO_ALIAS),
    Case(nothing, "rollback --env prd --yes", 5, NO_ALIAS),
    Case(nothing, "rollback --env prd --yes --to 3", 5, NO_ALIAS),
    refused(
        nothing,
        "route 1 --env prd --yes",
        "version 1 does not exist",
        "see `deployer history --env prd` for those that do",
    ),
    refused(
        one,
        "rollback --env prd --yes",
        "nothing is known to have been stable before 1",
        "choose a version yourself: `deployer rollback --to N --env prd`; published versions: 1",
    ),
    refused(
        one,
        "rollback --env prd --yes --to 9",
        "version 9 is newer than 1, which is stable: a rollback goes back",
        "see `deployer history --env prd` for what there is to go back to; a newer version is released by "
        "`deployer route 9 --env prd`",
    ),
    refused(
        one, "route 7 --env prd --yes", "version 7 does not exist", "see `deployer history --env prd` for those that do"
    ),
    refused(
        one,
        "route 7 1 30 --env prd --yes",
        "version 7 does not exist",
        "see `deployer history --env prd` for those that do",
    ),
    refused(
        one,
        "route $LATEST --env prd --yes",
        "$LATEST changes under the traffic; only development environments may route to it",
        "name a number",
    ),
    refused(
        other_role,
        "deploy --env prd --yes",
        "Role of version new is arn:aws:iam::123456789012:role/other, of version 2 "
        "arn:aws:iam::123456789012:role/test; Lambda lets them share no traffic",
        "release this change blue/green, as it cannot be canaried",
    ),
    refused(
        dead_letter,
        "deploy --env prd --yes",
        "DeadLetterConfig of version new is arn:aws:sqs:eu-central-1:123456789012:letters, of version 2 none; Lambda "
        "lets them share no traffic",
        "release this change blue/green, as it cannot be canaried",
    ),
    refused(
        provisioned,
        "deploy --env prd --yes",
        "the alias has provisioned concurrency, and Lambda allows no weights with it",
        "release blue/green, or put provisioned concurrency on the versions instead",
    ),
    refused(foreign, "deploy --env prd --yes", FOREIGN, ADOPT),
    refused(foreign, "rollback --env prd --yes", FOREIGN, ADOPT),
    refused(foreign, "promote --env prd --yes", FOREIGN, ADOPT),
    refused(reversed_, "deploy --env stg", REVERSED, LET_IT),
    refused(reversed_, "rollback --env stg", REVERSED, LET_IT),
    refused(
        canary,
        "rollback --env prd --yes --to 3",
        "3 is where the release goes, not where it comes from",
        "`deployer promote --env prd` puts 3 alone on the alias",
    ),
    refused(
        refusing,
        "deploy --env prd --yes",
        "the release of 3 is under way at 25 %, and newer code is refused meanwhile",
        "finish it with `deployer promote --env prd`, or end it with `deployer rollback --env prd` to 2, then "
        "`deployer deploy --env prd`",
    ),
    refused(
        reverted,
        "deploy --env prd --yes",
        "what is wanted equals version 2, where the release under way comes from",
        "`deployer rollback --env prd` puts 2 alone on the alias",
    ),
    refused(
        description(lambda text: text.replace("lr1:", "lr9:")),
        "deploy --env prd --yes",
        UNREADABLE,
        "install the newer deployer that wrote it",
    ),
    Case(description(lambda text: text.replace("lr1:", "lr9:")), "status --env prd", 5, f"deployer: {UNREADABLE}\n"),
    Case(
        description(lambda text: f"mine\x1b[2J\r\n  attention  none \u202e{text}"),
        "status --env prd",
        0,
        "  text       mine\\x1b[2J\\r\\n  attention  none \\u202e\n",
    ),
    Case(
        description(lambda text: text[:-3] + "000"),
        "status --env prd",
        0,
        "  attention  the alias's memory is damaged, or another alias's, and counts as none\n",
    ),
    Case(
        description(lambda text: text[:-3] + "000"),
        "rollback --env prd --yes",
        5,
        "  refused    nothing is known to have been stable before 2\n"
        "  way out    choose a version yourself: `deployer rollback --to N --env prd`; published versions: 1, 2\n"
        "  attention  the alias's memory is damaged, or another alias's, and counts as none\n",
    ),
    Case(
        nothing,
        "history --env prd",
        5,
        "deployer: function {name} does not exist\n  `deployer deploy --env prd` creates it; or correct its name\n",
    ),
    Case(
        without_code,
        "deploy --env prd --yes",
        78,
        "deployer: deployer.toml:6: functions.orders.code: {here}/src/orders: does not exist; of this path {here}/src "
        "exists; check the rest\n",
    ),
    Case(
        other_handler,
        "deploy --env prd --yes",
        78,
        "deployer: deployer.toml:8: functions.orders.handler: handler 'main.handler': module main is not in "
        "{here}/src/orders; the module's file must lie at the root of the code, or in the package the handler names\n",
    ),
    Case(
        nothing,
        "deploy --env prd --yes --artifact none.zip",
        78,
        "deployer: none.zip: does not exist; of this path {here} exists; check the rest, or write the file first with "
        "`deployer package --out FILE --env prd`\n",
    ),
    Case(
        with_text("app.txt", "no zip"),
        "deploy --env prd --yes --artifact app.txt",
        78,
        "deployer: app.txt: is neither a directory nor a .zip; name the directory it is in, or a .zip\n",
    ),
    Case(
        with_text("app.zip", "no zip"),
        "deploy --env prd --yes --artifact app.zip",
        78,
        "deployer: app.zip: is no zip (File is not a zip file); write it again; a copy may have been cut off\n",
    ),
    unusable(
        with_zip("app.py", "app.py"),
        ", entry 'app.py': is in it twice, and only one of the two would be left after unpacking; package the "
        "function's code again, into a new zip",
    ),
    unusable(
        with_zip("app.py", spoil=lambda data: data.replace(b"return 1", b"return 2")),
        ", entry 'app.py': is damaged and cannot be unpacked; write it again; a copy may have been cut off",
    ),
    unusable(
        with_zip("app.py", spoil=encrypted),
        ", entry 'app.py': is encrypted, which Lambda cannot read; package it without a password",
    ),
    unusable(
        with_zip("/app.py"),
        ", entry '/app.py': is an absolute path; package the function's code again, from inside its directory",
    ),
    unusable(
        with_zip("../app.py"),
        ", entry '../app.py': leads out of the archive with '..'; package the function's code again, from inside its "
        "directory",
    ),
    unusable(
        with_zip("app.py", spoil=lambda data: data[:-10]),
        ": is no zip (File is not a zip file); write it again; a copy may have been cut off",
    ),
    unusable(with_zip(), ": is a zip without files; package the function's code again"),
    Case(
        nothing,
        "deploy --env prd --yes --artifact s3://bucket",
        78,
        "deployer: s3://bucket: names no key; write s3://bucket/key or s3://bucket/key?versionId=V\n",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.arrange.__name__}-{case.arguments}")
def test_what_is_in_the_way_is_told_exactly(case: Case, project: Project) -> None:
    case.arrange(project)
    before = (project.alias(), len(project.local.alias_writes))
    ran = project.run(*case.arguments.split())
    told = case.told.replace("{name}", project.name()).replace("{here}", str(project.here))
    assert (ran.out + ran.err).endswith(told)
    assert (ran.code, (project.alias(), len(project.local.alias_writes))) == (case.code, before)


def test_what_is_refused_is_told_on_stderr_alone(project: Project) -> None:
    ran = project.run("rollback", "--env", "prd", "--yes")
    assert (ran.out, ran.err.endswith(NO_ALIAS)) == ("", True)


@pytest.mark.parametrize("command", ["deploy", "rollback", "promote"])
def test_adopt_takes_a_foreign_transition_over(command: str, project: Project) -> None:
    foreign(project)
    assert project.run(command, "--env", "prd", "--yes", "--adopt").code == 0


@pytest.mark.parametrize(
    ("ask", "told"),
    [
        (
            lambda deployer: deployer.route(5, 4),
            "request 'route': a second version comes with a weight, and a weight with a second version",
        ),
        (lambda deployer: deployer.route(5, 5, 30), "routing '5 / 5 at 30 %': the two versions must differ"),
        (lambda deployer: deployer.route(5, 4, 33.333), "percentage 33.333: has more than two decimals"),
        (
            lambda deployer: deployer.route("$LATEST", 4, 30),
            "version '$LATEST': must be the number of a published version",
        ),
        (
            lambda deployer: deployer.rollback("four"),
            "version 'four': must be the number of a published version",
        ),
        (lambda deployer: deployer.promote(), "there is no such alias yet\n  `deploy` makes it"),
        (lambda deployer: deployer.rollback(), "there is no such alias yet\n  `deploy` makes it"),
        (lambda deployer: deployer.deploy(), "request 'deploy': function {name} has no `code` to release"),
        (
            lambda deployer: deployer.prepare(operation_id="no spaces allowed"),
            "request 'deploy': function {name} has no `code` to release",
        ),
    ],
)
def test_the_library_tells_the_same(ask: Callable[[Deployer], object], told: str, project: Project) -> None:
    with pytest.raises(DeployerError) as raised:
        ask(Deployer(function_name=project.name()))
    assert str(raised.value) == told.replace("{name}", project.name())


def test_a_plan_that_was_tampered_with_is_not_carried_out(project: Project) -> None:
    two(project)
    project.run("plan", "--env", "prd", "--out", "plan.json")
    plan = json.loads((project.here / "plan.json").read_text(encoding="utf-8"))
    plan["plan"]["actions"] = plan["plan"]["actions"][:-1]
    (project.here / "plan.json").write_text(json.dumps(plan), encoding="utf-8")
    ran = project.run("deploy", "--plan", "plan.json", "--yes")
    assert ran.code == 5
    assert ran.err == (
        f"deployer: what there is to do for alias LIVE of {project.name()} has moved since the plan was made: "
        "then push-code, publish, now push-code, publish, shift to new and 2 at 75 %\n  make a new plan\n"
    )

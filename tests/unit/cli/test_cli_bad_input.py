"""What people get wrong on the command line, each with its exact message and exit code. Nothing reaches AWS."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from cli_runs import Runner


@dataclass(frozen=True)
class Case:
    """Arguments, what stderr says (`{here}` is the working directory), and the exit code."""

    arguments: str
    told: str
    code: int


def usage(arguments: str, told: str) -> Case:
    """A mistake that the command's own help would have prevented."""
    command = arguments.split(maxsplit=1)[0]
    return Case(arguments, f"{told}\n  see `deployer {command} --help`", 64)


PLAN: dict[str, Any] = {
    "format": "deployer-plan/1",
    "environment": "prd",
    "function": "orders",
    "function_name": "orders",
    "alias_name": "LIVE",
    "request": {"again": False, "adopt": False},
    "operation_id": "planned",
    "release": None,
    "artifact": None,
    "plan": {
        "alias": {"revision": None, "state": "absent"},
        "latest": None,
        "latest_revision": None,
        "wanted": None,
        "decision": "plan",
        "verdict": None,
        "actions": [],
        "notices": [],
    },
}
# Files that are no plans, and what is said of each.
NO_PLANS = {
    "empty.json": (b"", "is no plan"),
    "damaged.json": (b"{", "is no plan"),
    "bytes.json": (b"\xff\xfe", "is no plan"),
    "deep.json": (b"[" * 100_000, "is no plan"),
    "twice.json": (b'{"format": 1, "format": 2}', "is no plan"),
    "huge.json": (b" " * 1_000_001, "is no plan: it has more than 1,000,000 bytes"),
    "list.json": (b"[]", "is no plan: it is malformed"),
    "other.json": (b'{"name": "shop"}', "is no plan: it lacks alias_name"),
    "number.json": (json.dumps({**PLAN, "alias_name": 5}).encode(), "is no plan: alias_name is malformed"),
    "word.json": (
        json.dumps({**PLAN, "request": {"again": "yes", "adopt": False}}).encode(),
        "is no plan: request.again is malformed",
    ),
    "id.json": (json.dumps({**PLAN, "operation_id": "no spaces"}).encode(), "is no plan: operation_id is malformed"),
    "newer.json": (
        json.dumps({**PLAN, "format": "deployer-plan/2"}).encode(),
        "is of format 'deployer-plan/2', not 'deployer-plan/1'",
    ),
}

CASES = [
    Case("depoly", "there is no command depoly; did you mean deploy?\n  see `deployer --help`", 64),
    Case("frobnicate", "there is no command frobnicate\n  see `deployer --help`", 64),
    Case("--verbose", "No such option '--verbose'. Did you mean '--version'?\n  see `deployer --help`", 64),
    usage("status", "missing option '--env' (or DEPLOYER_ENV)"),
    usage("deploy --yes", "missing option '--env' (or DEPLOYER_ENV)"),
    Case("status --env", "Option '--env' requires an argument.", 64),
    usage("status --env prd --output yaml", "Invalid value for '--output': 'yaml' is not one of 'text', 'json'."),
    usage("status --env prd orders", "Got unexpected extra argument (orders)"),
    usage("status --env prd --yes", "No such option '--yes'. Did you mean '--env'?"),
    Case(
        "status --env prod",
        "deployer.toml: environments.prod: not defined; did you mean prd? there are sbx, tst, stg and prd",
        78,
    ),
    Case(
        "status --env prd --function order",
        "deployer.toml: functions.order: not defined; did you mean orders? there are orders and mails",
        78,
    ),
    Case(
        "deploy --env prd --yes --function orders --function mals",
        "deployer.toml: functions.mals: not defined; did you mean mails? there are orders and mails",
        78,
    ),
    Case(
        "status --env \x1b[2Jprd",
        r'deployer.toml: environments."\u001b[2Jprd": not defined; there are sbx, tst, stg and prd',
        78,
    ),
    Case(
        "status --env prd --function ord\u202eers",
        r'deployer.toml: functions."ord\u202eers": not defined; did you mean orders? there are orders and mails',
        78,
    ),
    Case("status --env prd --config no\x9b1m.toml", r"no\x9b1m.toml: no such file; `deployer init` writes one", 78),
    Case("depl\x07oy", "there is no command depl\\x07oy; did you mean deploy?\n  see `deployer --help`", 64),
    Case("status --env prd --config none.toml", "none.toml: no such file; `deployer init` writes one", 78),
    Case("status --env prd --config src", "src: is a directory; name the file in it, e.g. src/deployer.toml", 78),
    usage("history --env prd --limit 0", "Invalid value for '--limit': 0 is not in the range x>=1."),
    usage("route --env prd", "Missing argument 'VERSION1'."),
    usage(
        "route five --env prd",
        "Invalid value for 'VERSION1': version 'five': must be $LATEST or the number of a published version",
    ),
    usage(
        "route 0 --env prd", "Invalid value for 'VERSION1': version 0: a published version has a whole number from 1 up"
    ),
    usage(
        "route $LATEST.PUBLISHED --env prd",
        "Invalid value for 'VERSION1': version '$LATEST.PUBLISHED': belongs to Lambda Managed Instances and is not "
        "immutable; publish numbers",
    ),
    usage(
        "route 5 $LATEST 30 --env prd",
        "Invalid value for '[VERSION2]': version '$LATEST': must be the number of a published version",
    ),
    usage("route 5 4 --env prd", "a second version comes with its weight in percent: route 5 4 WEIGHT"),
    usage(
        "route 5 5 30 --env prd",
        "routing '5 / 5 at 30 %': the two versions must differ",
    ),
    usage(
        "route 5 4 0 --env prd",
        "routing '5 / 4 at 0 %': the weight must be above 0 and below 100; for one version alone name it alone",
    ),
    usage(
        "route 5 4 100 --env prd",
        "routing '5 / 4 at 100 %': the weight must be above 0 and below 100; for one version alone name it alone",
    ),
    usage(
        "route 5 4 33.333 --env prd", "Invalid value for '[WEIGHT]': percentage '33.333': has more than two decimals"
    ),
    usage("route 5 4 101 --env prd", "Invalid value for '[WEIGHT]': percentage '101': must be from 0 to 100"),
    usage(
        "route 5 4 half --env prd", "Invalid value for '[WEIGHT]': percentage 'half': must be a number from 0 to 100"
    ),
    usage(
        "route $LATEST 4 30 --env sbx",
        "routing '$LATEST / 4 at 30 %': Lambda allows weights between published versions only, never with $LATEST",
    ),
    usage("route 5 --env prd --yes", "route is for one function; say which with --function: orders, mails"),
    usage(
        "rollback --env prd --to $LATEST",
        "Invalid value for '--to': version '$LATEST': must be the number of a published version",
    ),
    usage(
        "rollback --env prd --to x",
        "Invalid value for '--to': version 'x': must be the number of a published version",
    ),
    usage("rollback --env prd --yes --to 3", "--to is for one function; say which with --function: orders, mails"),
    usage("plan --env prd --out p.json", "--out is for one function; say which with --function: orders, mails"),
    usage("plan --env prd --out none/p.json", "Invalid value for '--out': there is no directory none."),
    usage("package --env prd --out none/o.zip", "Invalid value for '--out': there is no directory none."),
    usage("demo --svg none/a.svg", "Invalid value for '--svg': there is no directory none."),
    usage(
        "deploy --env prd --dry-run",
        "No such option '--dry-run'; `deployer plan` shows what a deploy would do, and writes nothing",
    ),
    usage("promote --env prd -y", "No such option '-y'; write --yes"),
    usage("status --env prd -y", "No such option '-y'."),
    usage("plan --env prd --out src", "Invalid value for '--out': File 'src' is a directory."),
    usage(
        "deploy --env prd --yes --artifact a.zip",
        "--artifact is for one function; say which with --function: orders, mails",
    ),
    usage(
        "deploy --env prd --yes --function orders --artifact src",
        "--artifact src is a directory; name what `deployer package` wrote",
    ),
    usage("deploy --env prd", "prd is protected: add --yes where nobody can be asked"),
    usage("route 5 --env prd --function orders", "prd is protected: add --yes where nobody can be asked"),
    usage("promote --env prd", "prd is protected: add --yes where nobody can be asked"),
    usage("rollback --env prd", "prd is protected: add --yes where nobody can be asked"),
    Case(
        "deploy --plan none.json",
        "none.json: cannot be read (No such file or directory); make one with `deployer plan --out FILE`",
        64,
    ),
    *(
        Case(f"deploy --plan {name}", f"{name}: {told}; make one with `deployer plan --out FILE`", 64)
        for name, (_, told) in NO_PLANS.items()
    ),
    Case(
        "deploy --plan \x1b]0;x\x07.json",
        r"\x1b]0;x\x07.json: cannot be read (No such file or directory); make one with `deployer plan --out FILE`",
        64,
    ),
    usage("deploy --plan plan.json --env stg", "plan.json is a plan for environment prd, not stg"),
    usage("deploy --plan plan.json --function mails", "plan.json is a plan for function orders, not mails"),
    usage("deploy --plan plan.json --again", "--again is part of the plan: give it to `deployer plan --out`"),
    usage("deploy --plan plan.json --adopt", "--adopt is part of the plan: give it to `deployer plan --out`"),
    usage("package --env prd --function orders", "Missing option '--out'."),
    usage("package --env prd --out o.zip", "package is for one function; say which with --function: orders, mails"),
    usage("local --port 65536", "Invalid value for '--port': 65536 is not in the range 0<=x<=65535."),
    usage("local --port http", "Invalid value for '--port': 'http' is not a valid integer range."),
    usage("local --dedupe hash", "Invalid value for '--dedupe': 'hash' is not one of 'content', 'touch'."),
    usage("local --pending-polls -1", "Invalid value for '--pending-polls': -1 is not in the range x>=0."),
    usage(
        "init --function a.b",
        "--function 'a.b': letters, digits, - and _, 60 at most",
    ),
    usage(
        "iam-policy histroy --env prd",
        "histroy calls nothing at AWS; did you mean history? there are status, history, plan, deploy, rollout, tick, "
        "route, promote, hold, resume and rollback",
    ),
    usage("iam-policy --env stg", "environment stg names no region: add --region"),
    usage("iam-policy --env stg --region eu-west-1", "environment stg names no account: add --account"),
    usage("iam-policy --env prd --region eu-west-1", "--region eu-west-1: environment prd names eu-central-1"),
]


@pytest.fixture
def plans(configured: Path) -> None:
    (configured / "plan.json").write_text(json.dumps(PLAN), encoding="utf-8")
    for name, (content, _) in NO_PLANS.items():
        (configured / name).write_bytes(content)


@pytest.mark.usefixtures("plans")
@pytest.mark.parametrize("case", CASES, ids=lambda case: ascii(case.arguments))
def test_a_mistake_is_told_exactly(case: Case, run: Runner) -> None:
    ran = run(*case.arguments.split())
    assert (ran.err, ran.code, ran.out) == (f"deployer: {case.told}\n", case.code, "")


def test_without_a_configuration_it_says_how_to_begin(here: Path, run: Runner) -> None:
    ran = run("status", "--env", "prd")
    what = "neither deployer.toml nor [tool.deployer] in pyproject.toml, here or above; `deployer init` writes one"
    assert (ran.code, ran.err) == (78, f"deployer: .: {what}\n")


def test_all_mistakes_of_a_configuration_are_told_at_once(configured: Path, run: Runner) -> None:
    text = "alais = 1\n[functions.orders]\ncode = 's'\ntimeout = 1000\nlambda.Tags.team = 'shop'\nlambda.Durable = {}\n"
    (configured / "deployer.toml").write_text(text, encoding="utf-8")
    ran = run("plan", "--env", "prd")
    assert (ran.code, ran.err) == (
        78,
        (
            "deployer: 4 things are wrong with the configuration\n"
            "deployer.toml:1: alais: unknown key; did you mean alias?\n"
            "deployer.toml:4: functions.orders.timeout: expected a whole number from 1 to 900, got 1000\n"
            "deployer.toml:5: functions.orders.lambda.Tags: only CreateFunction takes it; tag the function with "
            "`aws lambda tag-resource`\n"
            "deployer.toml:6: functions.orders.lambda.Durable: unknown member of UpdateFunctionConfiguration; did you "
            "mean DurableConfig?\n"
        ),
    )

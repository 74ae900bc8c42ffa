"""How commands end when something is in the way: codes that only AWS, a person or a signal can bring about."""

from __future__ import annotations

import itertools
import os
import pty
import select
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import botocore.exceptions
import botocore.httpsession
import pytest
from cli_world import ENTRY, Project

from deployer.aws.clock import SystemClock

PRD = ("--env", "prd")
INTERRUPTED = (
    "deployer: interrupted; `deployer status --env prd` shows how far it came: while the alias has not moved, the same "
    "command again carries on from there; once it has, the next `deployer deploy --env prd` is the next step\n"
)
Send = Callable[..., Any]


@pytest.fixture
def canary(project: Project) -> Project:
    """Version 1 is stable, and there is new code to release."""
    project.released(1)
    project.code("orders", 2)
    return project


def cut(monkeypatch: pytest.MonkeyPatch, *, writes: bool, reads_after: bool) -> None:
    """Cut the line at the write of the alias, and for the reads after it."""
    send: Send = botocore.httpsession.URLLib3Session.send
    state = {"cut": False}

    def wrapped(self: object, request: Any) -> Any:
        write = request.method == "PUT" and "/aliases/" in request.url
        if (write and writes) or (state["cut"] and reads_after):
            state["cut"] = True
            raise botocore.exceptions.EndpointConnectionError(endpoint_url=request.url)
        return send(self, request)

    monkeypatch.setattr(botocore.httpsession.URLLib3Session, "send", wrapped)


def test_a_write_that_failed_leaves_traffic_untouched(canary: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        cut(patched, writes=True, reads_after=False)
        ran = canary.run("deploy", *PRD, "--yes")
    assert ran.code == 1
    assert canary.alias() == ("1", {})


def test_a_write_that_nobody_can_tell_of_needs_a_human(canary: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    cut(monkeypatch, writes=True, reads_after=True)
    ran = canary.run("deploy", *PRD, "--yes")
    assert ran.code == 4
    assert "Lambda's answer to the write is lost, and the alias cannot be read" in ran.err
    assert ran.err.endswith("\n  look at the alias before anything else: `deployer status --env prd`\n")


def test_an_update_that_does_not_get_ready_in_time_is_waiting(canary: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    canary.local.configure(pending_polls=1000)
    ticks = itertools.count(step=100)
    monkeypatch.setattr(SystemClock, "monotonic", lambda _self: next(ticks))
    monkeypatch.setattr(SystemClock, "sleep", lambda _self, _seconds: None)
    ran = canary.run("deploy", *PRD, "--yes")
    assert ran.code == 6
    assert canary.alias() == ("1", {})


def test_credentials_of_another_account_end_it_before_any_write(canary: Project) -> None:
    canary.configure(extra='[environments.prd]\naccount = "999999999999"\n')
    before = len(canary.local.calls)
    for command in (("status",), ("plan",), ("deploy", "--yes"), ("rollback", "--yes"), ("history",)):
        ran = canary.run(*command, *PRD)
        assert ran.code == 77
        assert ran.err == (
            "deployer: could not go on: the environment names account 999999999999, but the credentials lead to "
            "123456789012; nothing was written\n  use the environment's own profile, or correct the configuration\n"
        )
    assert {call.operation for call in canary.local.calls[before:]} <= {"GetAlias", "GetFunctionConfiguration"}


def test_credentials_of_another_account_are_found_out_where_there_is_no_function_yet(project: Project) -> None:
    project.configure(extra='[environments.prd]\naccount = "999999999999"\n')
    assert project.run("deploy", *PRD, "--yes").code == 77


def test_no_credentials_are_told_as_such(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name)
    (project.here / "aws-config").write_text("[profile prd]\nregion = eu-central-1\n", encoding="utf-8")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(project.here / "aws-config"))
    ran = project.run("status", *PRD)
    assert ran.code == 77
    assert ran.err.startswith(f"deployer: could not read alias LIVE of {project.name()}: Unable to locate credentials")


def test_a_profile_that_is_not_there_is_told_as_such(project: Project) -> None:
    project.configure(extra='[environments.prd]\nprofile = "nobody"\n')
    ran = project.run("status", *PRD)
    assert ran.code == 77
    assert ran.err.startswith("deployer: could not connect to AWS with profile nobody: The config profile (nobody)")


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_during_a_wait_leaves_nothing_behind_and_says_how_to_carry_on(
    number: int, code: int, canary: Project, tmp_path: Path
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    canary.local.configure(pending_polls=100_000)
    process = canary.start("deploy", *PRD, "--yes", env={"TMPDIR": str(scratch)})
    assert process.stderr is not None
    assert process.stderr.readline().startswith("orders: push code")
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (code, "", INTERRUPTED)
    assert list(scratch.iterdir()) == []
    assert canary.alias() == ("1", {})
    canary.local.configure(pending_polls=0)


class TestOnATerminal:
    """A protected environment, with a person at a pseudo-terminal."""

    @staticmethod
    def _run(project: Project, answer: str, *arguments: str, **environment: str) -> tuple[int, str]:
        ours, theirs = pty.openpty()
        process = subprocess.Popen(
            [sys.executable, "-c", ENTRY, *arguments],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            cwd=project.here,
            env={**os.environ, "TERM": "xterm", **environment},
            start_new_session=True,
        )
        os.close(theirs)
        said, answered = "", False
        while select.select([ours], [], [], 60)[0]:
            try:
                chunk = os.read(ours, 4096)
            except OSError:  # the other end is closed: the process has ended
                break
            if not chunk:
                break
            said += chunk.decode()
            if "[y/N]: " in said and not answered:
                os.write(ours, answer.encode())
                answered = True
        os.close(ours)
        return process.wait(60), said.replace("\r\n", "\n")

    def test_it_shows_the_plan_asks_and_carries_it_out(self, canary: Project) -> None:
        code, said = self._run(canary, "y\n", "deploy", *PRD, NO_COLOR="1")
        shown, asked, told = said.partition("deploy in prd (123456789012, eu-central-1)? [y/N]: ")
        assert (code, asked) == (0, "deploy in prd (123456789012, eu-central-1)? [y/N]: ")
        assert "             publish a version\n             move alias LIVE to new at 25 %, 1 at 75 %\n" in shown
        assert "  now              2     25 %  █████\n" in told
        assert "\x1b" not in said
        assert canary.alias() == ("2", {"1": 0.75})

    def test_no_is_an_answer(self, canary: Project) -> None:
        code, said = self._run(canary, "n\n", "deploy", *PRD, NO_COLOR="1")
        assert (code, said.splitlines()[-1]) == (130, "deployer: not confirmed; nothing was written")
        assert (canary.alias(), canary.versions()) == (("1", {}), ["1"])

    def test_a_rollback_asks_too_unless_told_not_to(self, project: Project) -> None:
        project.released(1, 2)
        assert self._run(project, "n\n", "rollback", *PRD)[0] == 130
        code, said = self._run(project, "", "rollback", *PRD, "--yes")
        assert (code, "[y/N]" in said) == (0, False)
        assert project.alias() == ("1", {})

    def test_nothing_to_do_is_not_asked_about(self, project: Project) -> None:
        project.released(1)
        code, said = self._run(project, "", "deploy", *PRD)
        assert (code, "[y/N]" in said) == (0, False)

    def test_it_is_in_colour(self, project: Project) -> None:
        project.released(1)
        said = self._run(project, "", "status", *PRD)[1]
        assert "\x1b[32m████████████████████\x1b[0m" in said

    def test_what_moved_between_question_and_answer_is_not_overwritten(
        self, canary: Project, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def agree(*_: object, **__: object) -> bool:
            canary.write_alias("1", Description="I was here")
            return True

        monkeypatch.setattr("deployer.cli.release.may_ask", lambda: True)
        monkeypatch.setattr("click.confirm", agree)
        ran = canary.run("deploy", *PRD)
        assert ran.code == 5
        assert (
            "somebody else changed it in between: it is now 1, by other means than a command of ours, its text now "
            "'I was here'\n"
        ) in ran.err
        assert canary.alias() == ("1", {})


class TestLocal:
    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
    def test_it_serves_until_a_signal_and_prints_what_to_export(self, number: int, project: Project) -> None:
        process = project.start("local", "--pending-polls", "0", env={"AWS_PROFILE": "nobody"})
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(7)]
        assert process.stdout.readline() == f"# a role that functions may have: {project.local.role()}\n"
        exports = dict(text.removeprefix("export ").strip().split("=") for text in lines)
        ran = project.start("status", *PRD, env=exports).communicate(timeout=60)
        process.send_signal(number)
        process.communicate(timeout=60)
        assert ran[0].endswith("  now        no such alias yet\n")
        assert list(exports) == list(project.local.environment())
        assert process.returncode == 0

    def test_a_port_that_is_taken_is_told(self, project: Project) -> None:
        port = project.local.endpoint_url.rpartition(":")[2]
        ran = project.run("local", "--port", port)
        assert ran.code == 1
        assert ran.err.startswith(f"deployer: The embedded Lambda cannot listen on 127.0.0.1:{port} (")

    def test_a_missing_extra_is_told(self, project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("deployer.local._PACKAGES", ("there_is_no_such_package",))
        ran = project.run("local")
        told = "The embedded Lambda needs there_is_no_such_package: pip install '.[local]' in a clone of deployer"
        assert (ran.code, ran.err) == (78, f"deployer: {told}\n")

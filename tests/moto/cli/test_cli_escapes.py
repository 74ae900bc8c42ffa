"""Text from AWS, file names and values of the configuration command no terminal, and begin no lines of their own."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from cli_world import ENTRY

if TYPE_CHECKING:
    from cli_world import Project

EVIL = "mine \x1b[2J\x1b]0;owned\x07 \x9b31m \u202eback\u2066 \x00\x7f\r\n  attention  all is well\u2028end"
SHOWN = r"mine \x1b[2J\x1b]0;owned\x07 \x9b31m \u202eback\u2066 \x00\x7f\r\n  attention  all is well\u2028end"
MARK = "release \x1b[1m1.0; commit \x07abc; at 2026-11-25T10:00:00Z; by \x7feve; run x"


@pytest.fixture
def spoilt(project: Project) -> Project:
    """An alias, and a version, with such a Description."""
    project.released(1)
    project.write_alias("1", Description=EVIL)
    project.client.update_function_configuration(FunctionName=project.name(), Timeout=9)
    project.client.publish_version(FunctionName=project.name(), Description=MARK)
    return project


def test_status_shows_the_aliass_text_escaped_on_one_line(spoilt: Project) -> None:
    ran = spoilt.run("status", "--env", "prd")
    assert (ran.code, ran.out.splitlines()[-1]) == (0, f"  text       {SHOWN}")


def test_history_shows_a_versions_mark_escaped_in_its_columns(spoilt: Project) -> None:
    ran = spoilt.run("history", "--env", "prd")
    head, newest = ran.out.splitlines()[1:3]
    assert ran.code == 0
    assert newest.split()[3:7] == ["2026-11-25T10:00:00", r"\x1b[1m1.0", r"\x07abc", r"\x7feve"]
    assert newest.index(r"\x7feve") == head.index("by")


@pytest.mark.parametrize("command", ["status", "history"])
def test_a_terminal_gets_no_character_that_commands_it_but_our_own_colours(spoilt: Project, command: str) -> None:
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm-256color"}
    arguments = [sys.executable, "-c", ENTRY, command, "--env", "prd"]
    subprocess.run(arguments, cwd=spoilt.here, env=environment, stdout=theirs, check=True)
    os.close(theirs)
    text = os.read(ours, 100_000).decode()
    os.close(ours)
    assert r"\x1b[" in text
    theirs_in_it = ("\x1b[2J", "\x1b]", "\x1b[1m1.0", "\x9b", "\x07", "\u202e", "\u2066")
    assert [evil for evil in theirs_in_it if evil in text] == []


def test_json_keeps_the_text_as_it_is(spoilt: Project) -> None:
    ran = spoilt.run("status", "--env", "prd", "--output", "json")
    assert json.loads(ran.out)["functions"][0]["text"] == EVIL
    assert ran.out.isascii()


def test_what_aws_answers_is_escaped_in_an_error(project: Project) -> None:
    project.configure(runtime=r"python\u001b[2J\u202e")
    ran = project.run("deploy", "--env", "stg")
    assert ran.code == 1
    assert r"python\x1b[2J\u202e" in ran.err
    assert not {"\x1b", "\u202e"} & set(ran.err)


def test_a_file_name_with_a_line_break_is_one_line_of_an_error(project: Project) -> None:
    ran = project.run("deploy", "--env", "stg", "--artifact", "no\n\x1b[2J.zip")
    assert (ran.code, ran.err) == (
        78,
        (
            rf"deployer: no\n\x1b[2J.zip: does not exist; of this path {project.here} exists; "
            "check the rest, or write the file first with `deployer package --out FILE --env stg`\n"
        ),
    )

"""`rollout` and `tick` as a person meets them: what they say, how they end, and where the alias stands then."""

from __future__ import annotations

import json
import os
import pty
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from deployer.aws.clock import SystemClock
from deployer.cli.moment import moment
from deployer.cli.signals import Terminated

sys.path.insert(0, str(Path(__file__).parents[2] / "unit" / "cli"))
from cli_schema import valid

if TYPE_CHECKING:
    from cli_traffic import FakeTime, Traffic
    from cli_world import Project, Ran

PRD = ("--env", "prd")
YES = (*PRD, "--yes")
ROLL = ("rollout", *YES, "--every", "60")
JSON = ("--output", "json")
AT_ONCE = '[rollout]\nbake = "0s"\n[rollout.gates]\nerrors.enabled = false\n'
ROLLOUT = '[rollout]\nbake = "3m"\nmetric_delay = "1m"\n'
CARRY_ON = (
    "`deployer rollout --env prd` or `deployer tick --env prd` carries on, `deployer rollback --env prd` goes back"
)
AS_THEY_ARE = "those that are done are left as they are"
Make = Callable[..., "tuple[Project, Traffic]"]


@pytest.fixture
def shop(make_watched: Make) -> tuple[Project, Traffic]:
    """Version 1 has all traffic, and there is new code."""
    project, traffic = make_watched()
    project.configure(top=ROLLOUT)
    project.released(1)
    project.code("orders", 2)
    return project, traffic


@pytest.fixture
def project(shop: tuple[Project, Traffic]) -> Project:
    return shop[0]


@pytest.fixture
def traffic(shop: tuple[Project, Traffic]) -> Traffic:
    return shop[1]


def told(ran: Ran) -> list[str]:
    """What was said, without the times."""
    return [text[9:] if text[:2].isdigit() else text.strip() for text in ran.out.splitlines()]


def document(project: Project, *arguments: str) -> dict[str, Any]:
    """The part of the only function, in a document that fits the schema."""
    ran = project.run(*arguments, *JSON)
    found = valid(ran.out)
    assert (found["command"], found["exit_code"]) == (arguments[0], ran.code)
    (part,) = found["functions"]
    assert isinstance(part, dict)
    return part


def rules(project: Project, more: str, top: str = ROLLOUT) -> None:
    project.configure(top=top + more)


class TestToTheEnd:
    def test_a_good_version_goes_all_the_way_and_every_step_is_a_line(self, project: Project) -> None:
        ran = project.run(*ROLL, "--release", "1.4.0")
        assert (ran.code, project.alias()) == (0, ("2", {}))
        assert "\x1b" not in ran.out
        steps = [text for text in told(ran) if ": step:" in text or "begins" in text or "done" in text]
        assert steps == [
            "orders: begins at 1; 25 → 50 → 75 → 100 %",
            "orders: step: published version 2; 1 → 2 at 25 %, 1 at 75 % (first step)",
            "orders: step: 2 at 25 %, 1 at 75 % → 2 at 50 %, 1 at 50 % (version 2 rests at 25 %: pass)",
            "orders: step: 2 at 50 %, 1 at 50 % → 2 at 75 %, 1 at 25 % (version 2 rests at 50 %: pass)",
            "orders: step: 2 at 75 %, 1 at 25 % → 2 (version 2 rests at 75 %: pass)",
            "orders: done: version 2 has all traffic",
        ]
        assert sum("1,000 calls of the new version: pass" in text for text in told(ran)) == 1

    def test_once_more_does_nothing(self, project: Project) -> None:
        project.run(*ROLL)
        ran = project.run(*ROLL)
        assert (ran.code, told(ran)[-1], project.versions()) == (
            0,
            "orders: done: version 2 has all traffic",
            ["1", "2"],
        )

    def test_the_document_is_all_of_stdout_and_people_read_stderr(self, project: Project) -> None:
        ran = project.run(*ROLL, *JSON)
        (part,) = valid(ran.out)["functions"]
        assert (part["end"], part["exit_code"], part["text"]) == ("done", 0, "version 2 has all traffic")
        assert part["state"] == {"state": "stable", "version1": "2"}
        assert "orders: step: 2 at 75 %, 1 at 25 % → 2 (version 2 rests at 75 %: pass)" in ran.err

    def test_a_worse_version_is_rolled_back_and_the_code_is_3(self, project: Project, traffic: Traffic) -> None:
        traffic.failing = {"2": 0.1}
        ran = project.run(*ROLL)
        assert (ran.code, project.alias()) == (3, ("1", {}))
        assert told(ran)[-1].startswith("orders: rolled-back: ")
        assert ": 10.0 % of the new version's 1,000 calls failed, 0.0 % of the old version's 3,000" in told(ran)[-1]
        # A retry does not turn green: what was to be released is not.
        again = project.run(*ROLL)
        assert (again.code, project.alias()) == (3, ("1", {}))
        assert "orders: rolled-back: version 2 was taken off the alias" in again.out

    def test_a_rollback_in_a_document(self, project: Project, traffic: Traffic) -> None:
        traffic.failing = {"2": 0.1}
        part = document(project, *ROLL)
        assert (part["end"], part["exit_code"], part["state"]["version1"]) == ("rolled-back", 3, "1")

    def test_without_calls_it_is_on_hold_and_says_what_to_type(self, project: Project, traffic: Traffic) -> None:
        traffic.calls = 0
        ran = project.run(*ROLL)
        assert (ran.code, project.alias()) == (4, ("2", {"1": 0.75}))
        assert told(ran)[-2:] == [
            (
                "`deployer deploy --env prd` takes the next step nevertheless, `deployer rollback --env prd` "
                "goes back; or let more calls come"
            ),
            (
                "orders: held: nothing goes forward; once that is settled, `deployer rollout --env prd` or "
                "`deployer tick --env prd` carries on"
            ),
        ]
        part = document(project, "tick", *PRD)
        assert (part["end"], part["exit_code"]) == ("held", 4)

    def test_to_stay_is_to_go_on_when_calls_come(self, project: Project, traffic: Traffic, time: FakeTime) -> None:
        traffic.calls = 0

        def wake(now: float) -> None:
            if now > begun + 600:
                traffic.calls = 4000

        begun, time.meanwhile = time.now(), wake
        assert project.run(*ROLL, "--stay").code == 0
        assert project.alias() == ("2", {})

    def test_somebody_else_who_finishes_it_is_told(self, project: Project, time: FakeTime) -> None:
        def promote(_now: float) -> None:
            if project.alias() == ("2", {"1": 0.75}):
                project.write_alias("2")

        time.meanwhile = promote
        ran = project.run(*ROLL)
        assert (ran.code, project.alias()) == (0, ("2", {}))


class TestSeveralFunctions:
    @pytest.fixture
    def both(self, make_watched: Make) -> tuple[Project, Traffic]:
        project, traffic = make_watched("orders", "mails")
        project.configure(top=ROLLOUT)
        project.run("deploy", "--env", "stg")
        project.code("orders", 2)
        project.code("mails", 2)
        return project, traffic

    def test_they_go_one_after_another(self, both: tuple[Project, Traffic]) -> None:
        project, _ = both
        ran = project.run(*ROLL)
        assert (ran.code, project.alias("orders"), project.alias("mails")) == (0, ("2", {}), ("2", {}))
        lines = told(ran)
        assert lines.index("orders: done: version 2 has all traffic") < lines.index(
            "mails: begins at 1; 25 → 50 → 75 → 100 %"
        )
        assert lines[-2:] == ["summary", "done         orders, mails"]

    def test_the_first_that_does_not_end_well_is_the_last(self, both: tuple[Project, Traffic]) -> None:
        project, traffic = both
        traffic.failing = {"2": 0.1}
        ran = project.run(*ROLL, *JSON)
        assert ran.code == 3
        parts = valid(ran.out)["functions"]
        assert [(part["end"], part["exit_code"]) for part in parts] == [("rolled-back", 3), (None, None)]
        assert (project.alias("orders"), project.alias("mails")) == (("1", {}), ("1", {}))

    def test_the_way_on_with_the_rest_is_typed(self, both: tuple[Project, Traffic], time: FakeTime) -> None:
        project, traffic = both

        def spoil(_now: float) -> None:
            if project.alias("orders") == ("2", {}):
                traffic.failing = {"2": 0.1}

        time.meanwhile = spoil
        ran = project.run(*ROLL)
        assert ran.code == 3
        assert told(ran)[-4:] == [
            "summary",
            "done         orders",
            "rolled-back  mails",
            f"next       `deployer rollout --env prd --function mails` carries on with the rest; {AS_THEY_ARE}",
        ]

    def test_one_refusal_means_that_nothing_is_done(self, both: tuple[Project, Traffic]) -> None:
        project, _ = both
        project.run("deploy", *YES, "--function", "mails")
        project.run("hold", *PRD, "--function", "mails")
        project.code("mails", 3)
        project.configure(top=ROLLOUT + 'stop = "incident 42"\n')
        assert project.run(*ROLL).code == 5
        assert project.alias("orders") == ("1", {})

    def test_a_tick_looks_at_all(self, both: tuple[Project, Traffic], time: FakeTime) -> None:
        project, _ = both
        project.run("deploy", *YES)
        time.sleep(300)
        ran = project.run("tick", *PRD)
        assert (ran.code, project.alias("orders"), project.alias("mails")) == (
            6,
            ("2", {"1": 0.5}),
            ("2", {"1": 0.5}),
        )


class TestTick:
    def test_it_takes_a_rollout_the_whole_way_from_wherever_it_stands(self, project: Project, time: FakeTime) -> None:
        codes = [project.run("deploy", *YES).code]
        while (code := project.run("tick", *PRD).code) == 6:
            codes.append(code)
            time.sleep(240)
        assert (code, project.alias()) == (0, ("2", {}))
        assert codes == [0, 6, 6, 6]

    def test_it_is_waiting_and_says_for_what(self, project: Project) -> None:
        project.run("deploy", *YES)
        part = document(project, "tick", *PRD)
        assert (part["end"], part["exit_code"], part["text"]) == ("waiting", 6, "version 2 rests at 25 %, for 180 s")
        assert part["state"]["weight"] == 75

    def test_it_goes_by_awss_time_where_the_machines_is_wrong_and_a_write_says_so(
        self, project: Project, time: FakeTime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert project.run("deploy", *YES).code == 0
        monkeypatch.setattr(SystemClock, "now", lambda _self: time.now() - 130)
        ran = project.run("tick", *PRD)
        assert ran.code == 6
        assert "clock" not in ran.out
        assert {text[:5] for text in ran.out.splitlines()} == {
            f"{datetime.fromtimestamp(time.now(), UTC).astimezone():%H:%M}"
        }
        held = project.run("hold", *PRD)
        assert "this machine's clock is 130 s behind AWS's; AWS's counts" in held.out

    def test_it_asks_nobody(self, project: Project) -> None:
        assert project.run("tick", *PRD).code == 0
        assert project.run("hold", *PRD).code == 0

    def test_it_rolls_back(self, project: Project, traffic: Traffic, time: FakeTime) -> None:
        project.run("deploy", *YES)
        traffic.failing = {"2": 0.1}
        time.sleep(300)
        assert document(project, "tick", *PRD)["end"] == "rolled-back"
        assert project.alias() == ("1", {})

    @pytest.mark.parametrize("by", ["tick", "rollback"])
    def test_what_was_rolled_back_stays_so_until_something_else_goes_forward(
        self, by: str, project: Project, traffic: Traffic, time: FakeTime
    ) -> None:
        project.run("deploy", *YES)
        traffic.failing = {"2": 0.1}
        time.sleep(300)
        project.run(by, *(PRD if by == "tick" else YES))
        for _ in range(2):
            part = document(project, "tick", *PRD)
            said = "version 1 has all traffic: the last release was rolled back"
            assert (part["end"], part["exit_code"], part["text"]) == ("rolled-back", 3, said)
        project.run("route", "2", *YES)
        assert project.run("tick", *PRD).code == 0

    def test_it_holds_what_is_on_hold(self, project: Project, time: FakeTime) -> None:
        project.run("deploy", *YES)
        assert document(project, "hold", *PRD)["result"] == "done"
        assert document(project, "hold", *PRD)["result"] == "nothing to do"
        time.sleep(300)
        ran = project.run("tick", *PRD)
        assert (ran.code, project.alias()) == (4, ("2", {"1": 0.75}))
        assert "`deployer resume --env prd` lets it go forward; `deployer rollback --env prd` goes back" in told(ran)
        assert document(project, "resume", *YES)["result"] == "done"
        assert project.run("tick", *PRD).code == 6
        assert project.alias() == ("2", {"1": 0.5})


class TestQuiet:
    QUIET = ("tick", *PRD, "--quiet")

    def test_nothing_is_printed_until_something_happens(
        self, project: Project, traffic: Traffic, time: FakeTime
    ) -> None:
        found = [self._printed(project)]
        project.run("deploy", *YES)
        found.append(self._printed(project))
        time.sleep(300)
        ran = project.run(*self.QUIET)
        assert (ran.code, "orders: step: 2 at 25 %, 1 at 75 % → 2 at 50 %" in ran.out) == (6, True)
        found.append(self._printed(project))
        traffic.failing = {"2": 0.1}
        time.sleep(300)
        ran = project.run(*self.QUIET)
        assert (ran.code, "orders: rolled-back: rolled back to 1" in ran.out) == (3, True)
        found.append(self._printed(project))
        assert found == [(0, ""), (6, ""), (6, ""), (3, "")]

    def _printed(self, project: Project) -> tuple[int, str]:
        ran = project.run(*self.QUIET)
        return ran.code, ran.out + ran.err

    def test_a_hold_and_an_error_are_printed_as_always(self, project: Project) -> None:
        project.run("deploy", *YES)
        project.run("hold", *PRD)
        ran = project.run(*self.QUIET)
        assert (ran.code, told(ran)[-1]) == (4, told(project.run("tick", *PRD))[-1])
        assert "orders: on hold: the alias is on hold" in told(ran)
        rules(project, '[[rollout.notify]]\nfile = "nowhere/told.jsonl"\n')
        ran = project.run(*self.QUIET)
        assert (ran.code, "there is no directory" in ran.err) == (78, True)

    def test_the_document_is_printed_always_and_nothing_beside_it(self, project: Project) -> None:
        project.run("deploy", *YES)
        ran = project.run(*self.QUIET, *JSON)
        assert (valid(ran.out)["exit_code"], ran.err) == (6, "")

    def test_of_several_functions_only_those_with_news_are_shown(self, make_watched: Make, time: FakeTime) -> None:
        project, _ = make_watched("orders", "mails")
        project.configure(top=ROLLOUT)
        project.run("deploy", "--env", "stg")
        assert self._printed(project) == (0, "")
        project.code("orders", 2)
        project.run("deploy", *YES, "--function", "orders")
        time.sleep(300)
        ran = project.run(*self.QUIET)
        assert (ran.code, any("mails:" in text for text in told(ran))) == (6, False)
        assert told(ran)[-3:] == ["summary", "waiting      orders", "done         mails"]


class TestBeforeTraffic:
    CHECK = "def no(context):\n    assert context.invoke().json() == 7, 'not seven'\n"

    def test_a_test_that_fails_leaves_the_alias_untouched_with_code_1(self, project: Project) -> None:
        (project.here / "event.json").write_text("{}", encoding="utf-8")
        rules(project, '[[rollout.tests]]\nevent = "event.json"\nstatus = 200\n')
        ran = project.run(*ROLL)
        assert (ran.code, project.alias(), project.versions()) == (1, ("1", {}), ["1", "2"])
        assert told(ran)[-1].startswith(
            "orders: tests-failed: test event of version 2: statusCode is None, not 200: 2; alias LIVE of "
        )
        assert told(ran)[-1].endswith("mend it and run `deployer rollout --env prd` again")
        assert ran.err.count("deployer:") == 0
        part = document(project, *ROLL)
        assert (part["end"], part["exit_code"], part["error"]["kind"]) == ("tests-failed", 1, "TestsFailed")

    def test_a_hook_is_told_of_every_step(self, project: Project) -> None:
        script = project.here / "note.sh"
        script.write_text('#!/bin/sh\necho "$DEPLOYER_MOMENT $DEPLOYER_SHARE" >> noted\n', encoding="utf-8")
        script.chmod(0o755)
        hooks = "".join(
            f'[[rollout.hooks]]\nat = "{at}"\ncommand = ["./note.sh"]\n' for at in ("before", "after", "end")
        )
        rules(project, hooks)
        assert project.run(*ROLL).code == 0
        noted = (project.here / "noted").read_text(encoding="utf-8").split("\n")
        assert noted[:3] == ["before 25", "after 25", "before 50"]
        assert noted[-3:] == ["after 100", "end 100", ""]


class TestFreeze:
    FROZEN = '[[rollout.freeze]]\nname = "weekend"\nfirst = 2026-01-01\nlast = 2027-01-01\nzone = "UTC"\n'

    @pytest.mark.parametrize("command", ["deploy", "promote", "rollout"])
    def test_nothing_goes_forward_and_the_override_is_typed_whole(self, command: str, project: Project) -> None:
        project.run("deploy", *YES)
        rules(project, self.FROZEN)
        if command == "rollout":
            project.run("rollback", *YES)
            project.code("orders", 3)
        before = project.alias()
        ran = project.run(command, *YES)
        assert (ran.code, project.alias()) == (5, before)
        typed = f"`deployer {command} --override REASON --env prd` goes forward nevertheless"
        assert typed in ran.err
        assert "nothing goes forward until 2027-01-02 00:00 UTC: weekend" in ran.err
        assert project.run(command, *YES, "--override", "hotfix 7").code == 0
        assert project.alias() != before

    def test_a_tick_waits_until_it_opens_or_is_overridden(self, project: Project, time: FakeTime) -> None:
        project.run("deploy", *YES)
        rules(project, self.FROZEN)
        time.sleep(300)
        part = document(project, "tick", *PRD)
        assert (part["end"], part["exit_code"]) == ("waiting", 6)
        assert "weekend" in part["text"]
        assert project.run("tick", *PRD, "--override", "hotfix 7").code == 6
        assert project.alias() == ("2", {"1": 0.5})

    def test_going_back_is_allowed(self, project: Project, traffic: Traffic, time: FakeTime) -> None:
        project.run("deploy", *YES)
        rules(project, self.FROZEN)
        traffic.failing = {"2": 0.1}
        time.sleep(300)
        assert project.run("tick", *PRD).code == 3


class TestKept:
    def test_events_and_a_report_are_written(self, project: Project) -> None:
        ran = project.run(*ROLL, "--events", "events.jsonl", "--report", "report.html")
        assert ran.code == 0
        events = [json.loads(text) for text in (project.here / "events.jsonl").read_text(encoding="utf-8").splitlines()]
        assert (events[0]["type"], events[-1]["type"]) == ("began", "ended")
        assert "<svg" in (project.here / "report.html").read_text(encoding="utf-8")

    def test_ticks_append_and_the_report_is_made_of_all(self, project: Project, time: FakeTime) -> None:
        kept = ("--events", "events.jsonl", "--report", "report.html")
        project.run("deploy", *YES)
        sizes = []
        while project.run("tick", *PRD, *kept).code == 6:
            time.sleep(240)
            sizes.append((project.here / "events.jsonl").stat().st_size)
        assert sizes == sorted(set(sizes))
        page = (project.here / "report.html").read_text(encoding="utf-8")
        assert page.count("rests at 25") > 0
        assert page.count("rests at 75") > 0

    @pytest.mark.parametrize(
        ("option", "file", "text"),
        [
            ("--events", "there/events.jsonl", "there is no directory there."),
            ("--report", "there/report.html", "there is no directory there."),
            (
                "--report",
                "/proc/report.html",
                "/proc/report.html: the report cannot be kept there: No such file or directory",
            ),
            ("--events", "/proc/events", "/proc/events: there is no directory /proc: make it first"),
        ],
    )
    def test_what_cannot_be_written_is_a_usage_error_before_anything_is_done(
        self, option: str, file: str, text: str, project: Project
    ) -> None:
        for command in (ROLL, ("tick", *PRD)):
            calls = len(project.local.calls)
            ran = project.run(*command, option, file)
            assert (ran.code, len(project.local.calls)) == (64, calls)
            assert text in ran.err

    def test_a_file_of_something_else_is_a_usage_error_where_a_report_is_to_be_made_of_it(
        self, project: Project
    ) -> None:
        (project.here / "events.jsonl").write_text('{"a": 1}\n', encoding="utf-8")
        ran = project.run(*ROLL, "--events", "events.jsonl", "--report", "report.html")
        assert (ran.code, project.versions()) == (64, ["1"])
        assert ran.err.startswith("deployer: events.jsonl: line 1: ")

    def test_a_report_that_cannot_be_written_in_the_end_changes_nothing_of_the_end(
        self, project: Project, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(*_: object, **__: object) -> int:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(Path, "write_text", full)
        ran = project.run("tick", *PRD, "--report", "report.html")
        assert (ran.code, ran.err) == (0, "deployer: [Errno 28] No space left on device\n")


class TestUsage:
    @pytest.mark.parametrize("command", ["rollout", "tick"])
    def test_a_development_environment_has_nothing_to_roll_out(self, command: str, project: Project) -> None:
        ran = project.run(command, "--env", "sbx")
        assert ran.code == 64
        assert ran.err.startswith(
            "deployer: sbx has strategy latest: its alias follows $LATEST, and nothing is rolled out"
        )

    @pytest.mark.parametrize("command", ["rollout", "tick", "hold", "resume"])
    def test_the_functions_of_a_cdk_app_are_not_its_business(self, command: str, project: Project) -> None:
        (project.here / "deployer.toml").write_text('adapter = "cdk"\n', encoding="utf-8")
        ran = project.run(command, *PRD)
        assert ran.code == 64
        assert 'has adapter = "cdk": the functions are released by `deployer cdk`' in ran.err

    @pytest.mark.parametrize("command", ["rollout", "resume"])
    def test_in_a_protected_environment_somebody_has_to_agree(self, command: str, project: Project) -> None:
        ran = project.run(command, *PRD)
        assert (ran.code, project.versions()) == (64, ["1"])
        assert "prd is protected: add --yes where nobody can be asked" in ran.err

    def test_what_is_asked_shows_the_whole_way(self, project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
        asked: list[str] = []

        def decline(question: str, **_: object) -> bool:
            asked.append(question)
            return False

        monkeypatch.setattr("deployer.cli.release.may_ask", lambda: True)
        monkeypatch.setattr("click.confirm", decline)
        ran = project.run("rollout", *PRD)
        assert (ran.code, project.versions(), asked) == (
            130,
            ["1"],
            ["rollout in prd (123456789012, eu-central-1)?"],
        )
        assert ran.out.splitlines()[-6:] == [
            "  rollout       25 %  rests for 3m",
            "                50 %  rests for 3m",
            "                75 %  rests for 3m",
            "               100 %  and that is the end",
            "  passes     errors: no more than the old version",
            "  takes      12m at least",
        ]

    def test_what_the_configuration_gets_wrong_is_78(self, project: Project) -> None:
        rules(project, 'bakes = "1m"\n')
        assert project.run(*ROLL).code == 78


class TestMeans:
    WRONG = (
        '[[rollout.tests]]\ncheck = "MODULE:one"\n[[rollout.hooks]]\nat = "end"\npython = "nowhere:two"\n'
        '[[rollout.hooks]]\nat = "end"\ncommand = ["./no-such-program"]\n'
    )

    @pytest.mark.parametrize("command", [("plan", *PRD), ROLL, ("tick", *PRD)])
    def test_what_a_rollout_calls_and_is_not_there_is_told_with_its_line(
        self, command: tuple[str, ...], project: Project
    ) -> None:
        module = project.prefix.replace("-", "_")
        (project.here / f"{module}.py").write_text("def other(context): ...\n", encoding="utf-8")
        rules(project, self.WRONG.replace("MODULE", module))
        calls = len(project.local.calls)
        ran = project.run(*command)
        assert (ran.code, len(project.local.calls)) == (78, calls)
        here = project.here
        checks, hook, program = (ran.err.splitlines()[index] for index in (1, 2, 3))
        assert ran.err.startswith("deployer: 3 things are wrong with the configuration\n")
        assert checks == (
            f"deployer.toml:7: rollout.tests[0].check: {module}:one: there is no one in {here / f'{module}.py'}"
        )
        assert hook == f"deployer.toml:10: rollout.hooks[0].python: nowhere:two: there is no module nowhere in {here}"
        missing = f"there is no such program in {here}, or it may not be run"
        assert program == f"deployer.toml:13: rollout.hooks[1].command[0]: ./no-such-program: {missing}"
        assert not (here / "__pycache__").exists()

    @pytest.mark.parametrize("command", ["plan", "tick"])
    def test_a_file_of_events_in_a_directory_that_is_not_there(self, project: Project, command: str) -> None:
        rules(project, '[[rollout.notify]]\nfile = "nowhere/told.jsonl"\n')
        ran = project.run(command, *PRD)
        here = project.here / "nowhere"
        problem = f"{here / 'told.jsonl'}: there is no directory {here}; make it first"
        assert ran.code == 78
        assert f"rollout.notify[0].file: {problem}" in ran.err

    def test_plan_makes_no_file_and_tells_nobody(self, project: Project) -> None:
        rules(project, '[[rollout.notify]]\nfile = "told.jsonl"\n')
        there = sorted(project.here.iterdir())
        assert project.run("plan", *PRD, "--rollout").code == 0
        assert sorted(project.here.iterdir()) == there

    def test_plan_shows_the_rollout_as_data_too(self, project: Project) -> None:
        rules(project, 'stop = "incident 42"\nfinal_bake = "5m"\ngates.errors.ceiling = 5\n')
        part = document(project, "plan", *PRD, "--rollout")
        assert (part["exit_code"], part["watched"]["stopped"], part["watched"]["least_seconds"]) == (
            5,
            "incident 42",
            1080,
        )
        assert [step["share"] for step in part["watched"]["steps"]] == [25, 50, 75, 100]


class TestStatus:
    def test_it_shows_since_when_a_release_rests_and_until_when_with_one_call(
        self, project: Project, time: FakeTime
    ) -> None:
        began = time.now()
        project.run("deploy", *YES)
        time.sleep(240)
        project.run("tick", *PRD)
        before = len(project.local.calls)
        ran = project.run("status", *PRD)
        assert [call.operation for call in project.local.calls[before:]] == ["GetAlias"]
        lines = ran.out.splitlines()
        assert lines[3].startswith(f"  since      {moment(int(began) + 240)}, deploy (run ")
        assert lines[4] == f"  began      {moment(int(began))}"
        assert lines[-1] == (
            f"  rollout    rests at 50 % until {moment(int(began) + 480)} at least; `deployer rollout --env prd` or "
            "`deployer tick --env prd` carries on"
        )

    def test_a_hold_is_in_its_words_and_in_its_document(self, project: Project) -> None:
        project.run("deploy", *YES)
        held = project.run("hold", *PRD)
        on_hold = "  on hold    nothing goes forward until it is resumed\n"
        assert on_hold in held.out
        assert held.err == "orders: put alias LIVE on hold\n"
        assert on_hold in project.run("status", *PRD).out
        assert project.run("resume", *YES).err == "orders: write what alias LIVE remembers\n"
        assert project.run("hold", *PRD).code == 0
        memory = document(project, "status", *PRD)["memory"]
        assert (memory["on_hold"], memory["began"], memory["rolled_back"]) == (True, memory["since"], None)

    def test_while_on_hold_it_does_not_say_until_when_it_rests(self, project: Project) -> None:
        project.run("deploy", *YES)
        assert "rests at 25 % until" in project.run("status", *PRD).out
        project.run("hold", *PRD)
        assert "rests at" not in project.run("status", *PRD).out
        project.run("resume", *YES)
        assert "rests at 25 % until" in project.run("status", *PRD).out

    def test_after_a_rollback_it_says_in_one_line_what_stays_off_and_since_when(
        self, project: Project, time: FakeTime
    ) -> None:
        at = 0
        for number in (2, 3):
            project.code("orders", number)
            project.run("deploy", *YES)
            time.sleep(60)
            at = int(time.now())
            project.run("rollback", *YES)
            off = "version 2 stays off" if number == 2 else "versions 3 and 2 stay off"
            assert f"  went back  {moment(at)}, by a rollback; {off}\n" in project.run("status", *PRD).out
        memory = document(project, "status", *PRD)["memory"]
        assert memory["rolled_back"] == {"since": at, "taken_off": ["3", "2"]}
        project.run("route", "2", *YES)
        assert "went back" not in project.run("status", *PRD).out


class TestStopped:
    """A signal, while it waits."""

    @pytest.mark.parametrize(("signal", "code"), [(KeyboardInterrupt, 130), (Terminated, 143)])
    def test_it_leaves_the_alias_as_it_is_and_says_how_to_carry_on(
        self, signal: type[BaseException], code: int, project: Project, time: FakeTime
    ) -> None:
        def stop(_now: float) -> None:
            raise signal

        time.meanwhile = stop
        ran = project.run(*ROLL)
        assert (ran.code, project.alias()) == (code, ("2", {"1": 0.75}))
        assert told(ran)[-1] == f"orders: interrupted: the alias shows 2 at 25 %, 1 at 75 %: {CARRY_ON}"
        assert "deployer:" not in ran.err

    def test_by_setting_it_goes_back(self, project: Project, time: FakeTime) -> None:
        rules(project, 'on_interrupt = "roll_back"\n')

        def stop(_now: float) -> None:
            raise Terminated

        time.meanwhile = stop
        part = document(project, *ROLL)
        assert (part["end"], part["exit_code"], project.alias()) == ("interrupted", 143, ("1", {}))

    def test_before_anything_is_begun_it_says_the_same(self, project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
        def stop(*_: object, **__: object) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr("deployer.rollout.driver.Driver.prepare", stop)
        ran = project.run(*ROLL)
        assert (ran.code, project.alias()) == (130, ("1", {}))
        assert ran.err == (
            "deployer: interrupted; `deployer rollout --env prd` or `deployer tick --env prd` carries on from wherever "
            "the alias stands, `deployer rollback --env prd` goes back\n"
        )


class TestOnATerminal:
    def test_lines_scroll_by_over_a_panel_and_the_cursor_comes_back(self, project: Project) -> None:
        rules(project, "", top=AT_ONCE)
        ours, theirs = pty.openpty()
        environment = {"TERM": "xterm-256color", "COLUMNS": "200"}
        process = project.start(*ROLL, stdin=theirs, stdout=theirs, stderr=theirs, env=environment)
        os.close(theirs)
        said = b""
        with suppress(OSError):  # the other end is closed: the process has ended
            while chunk := os.read(ours, 4096):
                said += chunk
        os.close(ours)
        text = said.decode()
        assert (process.wait(60), project.alias()) == (0, ("2", {}))
        assert "orders in prd, alias LIVE" in text
        assert "publish a version" in text
        assert text.rindex("\x1b[?25h") > text.rindex("\x1b[?25l")
        assert text.count("first step") == 1


class TestNobodyReads:
    def test_a_closed_stdout_ends_no_rollout(self, project: Project) -> None:
        rules(project, "", top=AT_ONCE)
        assert self._without_a_reader(project, *ROLL) == (0, True)
        assert project.alias() == ("2", {})

    def test_nor_does_one_that_closes_before_a_document(self, project: Project) -> None:
        assert self._without_a_reader(project, "tick", *PRD, *JSON) == (0, True)

    @staticmethod
    def _without_a_reader(project: Project, *arguments: str) -> tuple[int, bool]:
        """Its code, and whether it did without a word on the pipe."""
        process = project.start(*arguments)
        assert process.stdout is not None
        process.stdout.close()
        process.stdout = None
        _, err = process.communicate(timeout=60)
        return process.returncode, "pipe" not in err.lower()

"""What a person does by hand is told to those whom the configuration names, and by nobody failed."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from deployer.aws.clock import SystemClock
from deployer.rollout.event import End, Ended, Event, Held, Noticed, Resumed, RolledBack, Stepped
from deployer.rollout.notifiers.json_lines import read_json_lines

if TYPE_CHECKING:
    from cli_traffic import FakeTime, Traffic
    from cli_world import Project

PRD = ("--env", "prd")
YES = (*PRD, "--yes")
ROLLOUT = '[rollout]\nbake = "3m"\nmetric_delay = "1m"\n'
TOLD = '[[rollout.notify]]\nfile = "told.jsonl"\n'
GOES_BACK = [("rollback", *YES), ("hold", *PRD), ("status", *PRD), ("history", *PRD), ("route", "1", *YES)]
Make = Callable[..., "tuple[Project, Traffic]"]


@pytest.fixture
def project(make_watched: Make) -> Project:
    """Version 1 has all traffic, there is new code, and a file is told."""
    project, _ = make_watched()
    project.configure(top=ROLLOUT)
    project.released(1)
    project.code("orders", 2)
    project.configure(top=ROLLOUT + TOLD)
    return project


def events(project: Project) -> tuple[Event, ...]:
    path = project.here / "told.jsonl"
    return read_json_lines(path) if path.exists() else ()


def told(project: Project, *arguments: str, code: int = 0) -> list[str]:
    """What one command has told, each event in a few words."""
    before = len(events(project))
    assert project.run(*arguments).code == code
    return [words(event) for event in events(project)[before:]]


def words(event: Event) -> str:
    match event.what:
        case Stepped(before, after, _, why, published):
            return f"step {before} → {after}, published {published}, {why}"
        case RolledBack(before, after, _, why):
            return f"back {before} → {after}, {why}"
        case Held(state, why, _):
            return f"held {state}, {why}"
        case Resumed(state):
            return f"resumed {state}"
        case Noticed(topic):
            return topic
        case Ended(end):
            return str(end)
        case other:
            return type(other).__name__


class TestTold:
    def test_it_is_told_by_awss_time(self, project: Project, time: FakeTime, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(SystemClock, "now", lambda _self: time.now() - 130)
        project.run("hold", *PRD)
        told_at = [(words(event), event.at) for event in events(project)]
        now = time.now() // 1  # AWS says it in whole seconds
        assert told_at == [("held 1, by `hold`", now), ("clock", now)]

    def test_every_verb_is_told_as_it_is_written_and_nothing_twice(self, project: Project) -> None:
        quarter, half = "2 at 25 %, 1 at 75 %", "2 at 50 %, 1 at 50 %"
        assert told(project, "deploy", *YES) == [f"step 1 → {quarter}, published 2, by `deploy`"]
        assert told(project, "hold", *PRD) == [f"held {quarter}, by `hold`"]
        assert told(project, "hold", *PRD) == []
        assert told(project, "deploy", *YES, code=5) == []
        assert told(project, "resume", *YES) == [f"resumed {quarter}"]
        assert told(project, "resume", *YES) == []
        assert told(project, "deploy", *YES) == [f"step {quarter} → {half}, published None, by `deploy`"]
        assert told(project, "rollback", *YES) == [f"back {half} → 1, by `rollback`"]
        assert told(project, "rollback", *YES) == []
        assert told(project, "route", "2", "1", "90", *YES) == [
            "step 1 → 2 at 10 %, 1 at 90 %, published None, by `route`"
        ]
        assert told(project, "promote", *YES) == ["step 2 at 10 %, 1 at 90 % → 2, published None, by `promote`"]
        assert told(project, "promote", *YES) == []

    def test_a_plan_that_is_carried_out_is_told_and_once(self, project: Project) -> None:
        assert told(project, "plan", *PRD, "--out", "plan.json") == []
        step = "step 1 → 2 at 25 %, 1 at 75 %, published 2, by `deploy`"
        assert told(project, "deploy", "--plan", "plan.json", "--yes") == [step]
        assert told(project, "deploy", "--plan", "plan.json", "--yes") == []

    def test_the_reason_of_an_override_is_told(self, project: Project) -> None:
        project.configure(top=ROLLOUT + 'stop = "incident 42"\n' + TOLD)
        found = told(project, "deploy", *YES, "--override", "hotfix 7")
        assert found == ["step 1 → 2 at 25 %, 1 at 75 %, published 2, by `deploy`", "overridden"]

    def test_it_is_one_stream_with_that_of_the_ticks(self, project: Project, time: FakeTime) -> None:
        project.run("deploy", *YES)
        began = time.now()
        time.sleep(60)
        project.run("tick", *PRD)
        project.run("rollback", *YES)
        assert told(project, "tick", *PRD, "--events", "told.jsonl", "--report", "report.html", code=3) == [
            "rolled-back"
        ]
        assert len({event.subject for event in events(project)}) == 1
        assert events(project)[0].at == began
        page = (project.here / "report.html").read_text(encoding="utf-8")
        assert page.count('<h2><span class="name">') + page.count("<h2>") == 1
        assert "was rolled back: version 1 has all traffic of LIVE in prd again" in page
        assert "by `rollback`" in page

    def test_without_the_rollback_in_the_file_the_report_says_the_same(self, project: Project, time: FakeTime) -> None:
        project.configure(top=ROLLOUT)
        kept = ("--events", "tick.jsonl", "--report", "report.html")
        project.run("deploy", *YES)
        time.sleep(60)
        assert project.run("tick", *PRD, *kept).code == 6
        project.run("rollback", *YES)
        assert project.run("tick", *PRD, *kept).code == 3
        page = (project.here / "report.html").read_text(encoding="utf-8")
        assert "was rolled back: version 1 has all traffic of LIVE in prd again" in page


class TestNotTold:
    LOST = '[[rollout.notify]]\nfile = "nowhere/lost.jsonl"\n'
    DEAF = '[[rollout.notify]]\nwebhook = "http://127.0.0.1:9/hook"\n'

    @pytest.mark.parametrize("command", [("deploy",), ("rollback",), ("promote",), ("route", "1")])
    def test_notifiers_that_fail_fail_no_command_and_the_others_are_told(
        self, command: tuple[str, ...], project: Project
    ) -> None:
        project.run("deploy", *YES)
        project.configure(top=ROLLOUT + self.LOST + self.DEAF + TOLD)
        before = len(events(project))
        ran = project.run(*command, *YES)
        assert ran.code == 0
        lost = project.here / "nowhere" / "lost.jsonl"
        problem = f"{lost}: there is no directory {lost.parent}: make it first"
        said = [text for text in ran.err.splitlines() if "was not told" in text]
        assert said == [
            f"orders: the file {lost} was not told of everything: {problem}",
            "orders: the webhook at 127.0.0.1 was not told of everything: NewConnectionError: Connection refused",
        ]
        assert [words(event) for event in events(project)[before:]][1:] == ["notifier", "notifier"]

    def test_a_document_is_as_it_was(self, project: Project) -> None:
        project.configure(top=ROLLOUT + self.LOST)
        ran = project.run("deploy", *YES, "--output", "json")
        assert (ran.code, ran.out[:1], "was not told" in ran.err) == (0, "{", True)

    def test_whoever_brakes_brakes_all_before_anybody_is_told(
        self, make_watched: Make, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        project, _ = make_watched("orders", "mails")
        project.configure(top=ROLLOUT)
        project.run("deploy", "--env", "stg")
        for function in ("orders", "mails"):
            project.code(function, 2)
        project.run("deploy", *YES)
        project.configure(top=ROLLOUT + TOLD)
        seen = []

        def look(_self: object, _event: Event) -> None:
            seen.append((project.alias("orders"), project.alias("mails")))

        monkeypatch.setattr("deployer.rollout.notifiers.json_lines.JsonLines.__call__", look)
        assert project.run("rollback", *YES).code == 0
        assert seen == [(("1", {}), ("1", {}))] * 2

    def test_where_nobody_is_named_nothing_of_rollouts_is_loaded(self, project: Project) -> None:
        project.configure(top=ROLLOUT)
        project.run("deploy", *YES)
        assert "deployer.rollout" not in loaded(project, "hold", *PRD)
        project.configure(top=ROLLOUT + TOLD)
        assert "deployer.rollout" in loaded(project, "resume", *YES)


def loaded(project: Project, *arguments: str) -> set[str]:
    """The modules that a command has loaded once it has done its work."""
    code = f"import sys\nfrom deployer.cli.main import main\nassert main({list(arguments)!r}) == 0\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=project.here, capture_output=True, text=True, check=True)
    return set(done.stdout.splitlines()[-1].split())


def test_a_hold_ended_by_a_person_is_no_news_of_a_driver(project: Project, time: FakeTime) -> None:
    project.run("deploy", *YES)
    project.run("hold", *PRD)
    time.sleep(60)
    assert told(project, "tick", *PRD, code=4)[1:] == ["held 2 at 25 %, 1 at 75 %, the alias is on hold", "held"]
    project.run("resume", *YES)
    assert told(project, "tick", *PRD, code=6)[-1] == str(End.WAITING)
    assert not any(isinstance(event.what, Resumed) for event in events(project)[-2:])


class TestMistakes:
    """In the table `rollout`, which going back needs nothing of."""

    MISTAKE = ROLLOUT + TOLD + '[[rollout.tests]]\nname = "order"\nevent = "events/oder.json"\nstatus = 200\n'

    @pytest.mark.parametrize("command", GOES_BACK, ids=str)
    def test_they_stop_nobody_who_goes_back_or_looks(self, project: Project, command: tuple[str, ...]) -> None:
        project.run("deploy", *YES)
        before = len(events(project))
        project.configure(top=self.MISTAKE)
        ran = project.run(*command)
        assert ran.code == 0, ran
        wrong, passed_over, *_ = ran.err.splitlines()
        assert 'rollout.tests[0].event: there is no file "events/oder.json"' in wrong
        assert passed_over == "  passed over here, with all of `rollout`: nobody whom that names is told"
        assert len(events(project)) == before

    @pytest.mark.parametrize("command", ["deploy", "promote", "resume", "tick", "plan"])
    def test_they_stop_who_would_go_forward(self, project: Project, command: str) -> None:
        project.configure(top=self.MISTAKE)
        assert project.run(command, *PRD, *(("--yes",) if command in {"deploy", "promote"} else ())).code == 78

    def test_others_stop_everybody(self, project: Project) -> None:
        project.configure(top=f"{self.MISTAKE}\n[environments.prd]\naccount = 12\n")
        ran = project.run("rollback", *YES)
        assert (ran.code, ran.out) == (78, "")
        assert "events/oder.json" in ran.err
        assert "environments.prd.account" in ran.err

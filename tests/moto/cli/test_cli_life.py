"""The whole life of a function, by the real commands on the embedded Lambda."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from cli_world import Project

from deployer.aws.failure import AwsFailure, Moved, NotAllowed, Unsettled
from deployer.aws.version import Versions

PRD = ("--env", "prd")
HERE = "123456789012, eu-central-1"
AS_THEY_ARE = "those that are done are left as they are"
LATER = "to those that are done, another deploy is the next step"


def test_from_init_by_way_of_a_canary_to_a_rollback(project: Project) -> None:
    (project.here / "deployer.toml").unlink()
    name = project.name()
    assert project.run("init", "--function", name).code == 0
    written = (project.here / "deployer.toml").read_text(encoding="utf-8")
    role = written.replace('# role = "arn:aws:iam::{account}:role/' + name + '-{env}"', f'role = "{project.role}"')
    named = f'\n[environments.prd.functions.{name}]\nname = "{name}"\n'
    (project.here / "deployer.toml").write_text(role + named, encoding="utf-8")

    assert project.run("deploy", *PRD, "--yes").code == 0
    project.code("orders", 2)
    shares = []
    for _ in range(4):
        assert project.run("deploy", *PRD, "--yes").code == 0
        shares.append(project.alias())
    assert shares == [("2", {"1": 0.75}), ("2", {"1": 0.5}), ("2", {"1": 0.25}), ("2", {})]

    project.code("orders", 3)
    assert project.run("deploy", *PRD, "--yes").code == 0
    assert project.alias() == ("3", {"2": 0.75})
    assert project.run("rollback", *PRD, "--yes").code == 0
    assert project.alias() == ("2", {})
    assert project.run("deploy", *PRD, "--yes").code == 0
    assert project.alias() == ("2", {})
    assert project.versions() == ["1", "2", "3"]


def test_a_release_is_told_as_it_was_and_as_it_is(project: Project) -> None:
    project.released(1)
    project.code("orders", 2)
    ran = project.run("deploy", *PRD, "--yes", "--release", "1.4.0")
    assert ran.code == 0
    assert ran.out == (
        f"orders in prd ({project.name()}), alias LIVE, {HERE}\n"
        "  was              1    100 %  ████████████████████\n"
        "  now              2     25 %  █████\n"
        "                   1     75 %  ███████████████\n"
        "  published  version 2\n"
        "  next       `deployer deploy --env prd` takes it to 50 %\n"
    )
    push = r"orders: push code \S{12}…\n"
    assert re.fullmatch(push + r"orders: publish a version\norders: move alias LIVE to 2 at 25 %, 1 at 75 %\n", ran.err)


def test_a_repeated_rollback_does_nothing_and_says_so(project: Project) -> None:
    project.released(1, 2)
    project.run("rollback", "--env", "stg")
    ran = project.run("rollback", "--env", "stg")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines()[-2:] == [
        "  done       nothing",
        "  note       already rolled back to 1; further back is `deployer rollback --to N --env stg`",
    ]


def test_a_rollback_says_what_stays_off_and_how_it_comes_back(project: Project) -> None:
    project.released(1, 2)
    ran = project.run("rollback", "--env", "stg")
    assert ran.out.splitlines()[-1] == (
        "  next       version 2 stays off until its code changes; `deployer deploy --again --env stg` brings it back"
    )
    assert project.run("deploy", "--env", "stg").code == 0
    assert project.alias() == ("1", {})
    assert project.run("deploy", "--env", "stg", "--again").code == 0
    assert project.alias() == ("2", {})
    assert project.versions() == ["1", "2"]


def test_promote_and_route_and_a_rollback_further_back(project: Project) -> None:
    project.released(1, 2)
    assert project.run("route", "2", "1", "12.5", "--env", "stg").code == 0
    assert project.alias() == ("2", {"1": 0.125})
    assert project.run("promote", "--env", "stg").code == 0
    assert project.alias() == ("2", {})
    assert project.run("rollback", "--to", "1", "--env", "stg").code == 0
    assert project.alias() == ("1", {})


def test_status_tells_shares_memory_and_the_text_of_people(project: Project) -> None:
    project.released(1)
    description = project.client.get_alias(FunctionName=project.name(), Name="LIVE")["Description"]
    project.write_alias("1", Description=f"ask Alice {description}")
    project.code("orders", 2)
    project.run("deploy", *PRD, "--yes")
    lines = project.run("status", *PRD).out.splitlines()
    since = r"  since      \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ, deploy \(run [\w-]{8}\)"
    assert re.fullmatch(since, lines.pop(3))
    assert lines == [
        f"orders in prd ({project.name()}), alias LIVE, {HERE}",
        "  now              2     25 %  █████",
        "                   1     75 %  ███████████████",
        "  deployed   version 2 last",
        "  text       ask Alice",
        "  next       `deployer deploy --env prd` takes it to 50 %",
    ]


def test_status_shows_what_was_stable_before(project: Project) -> None:
    project.released(1, 2, 3)
    assert "  before     2, 1\n" in project.run("status", *PRD).out


def test_status_of_an_alias_that_is_not_there_yet(project: Project) -> None:
    ran = project.run("status", *PRD)
    heading = f"orders in prd ({project.name()}), alias LIVE, eu-central-1"
    assert (ran.code, ran.out) == (0, f"{heading}\n  now        no such alias yet\n")


def test_status_is_one_call(project: Project) -> None:
    project.released(1)
    before = len(project.local.calls)
    project.run("status", *PRD)
    assert [call.operation for call in project.local.calls[before:]] == ["GetAlias"]


def test_history_lists_the_newest_first_with_marks_shares_and_trail(project: Project) -> None:
    project.released(1)
    project.code("orders", 2)
    project.run("deploy", "--env", "stg", "--release", "1.4.0")
    project.code("orders", 3)
    project.run("deploy", *PRD, "--yes")
    heading, columns, *rows = project.run("history", *PRD, "--limit", "2").out.splitlines()
    assert heading == f"orders in prd ({project.name()}), alias LIVE, eu-central-1"
    assert columns.split() == ["version", "share", "place", "published", "release", "commit", "by", "code"]
    assert [row.split()[:4] for row in rows] == [["3", "25", "%", "deployed"], ["2", "75", "%", "-"]]
    assert "1.4.0" in rows[1]


def test_history_of_a_function_with_nothing_published(project: Project) -> None:
    assert project.run("deploy", "--env", "sbx").code == 0
    assert project.run("history", "--env", "sbx").out.splitlines()[1:] == ["  versions   none are published"]


def test_plan_changes_nothing_and_tells_by_its_code_when_it_is_asked_to(project: Project) -> None:
    project.released(1)
    unchanged = project.run("plan", *PRD, "--detailed-exitcode")
    project.code("orders", 2)
    changed = project.run("plan", *PRD, "--detailed-exitcode", "--rollout")
    assert (unchanged.code, changed.code, project.run("plan", *PRD).code) == (0, 2, 0)
    assert changed.out.splitlines()[-9:] == [
        "  ahead      deploy 2: new at 50 %, 1 at 50 %",
        "             deploy 3: new at 75 %, 1 at 25 %",
        "             deploy 4: new",
        "  rollout       25 %  rests for 10m",
        "                50 %  rests for 10m",
        "                75 %  rests for 10m",
        "               100 %  and that is the end",
        "  passes     errors: no more than the old version",
        "  takes      36m at least",
    ]
    assert (project.alias(), project.versions()) == (("1", {}), ["1"])


def test_the_rollout_of_what_was_held_is_that_of_deploying_it_again(project: Project) -> None:
    project.released(1, 2)
    project.run("rollback", "--env", "stg")
    assert "  to do      nothing\n" in project.run("plan", *PRD, "--rollout").out
    assert project.run("plan", *PRD, "--rollout", "--again").out.splitlines()[-7] == "             deploy 4: 2"


def test_a_development_environment_follows_latest(project: Project) -> None:
    assert project.run("deploy", "--env", "sbx").code == 0
    project.code("orders", 2)
    assert project.run("deploy", "--env", "sbx").code == 0
    assert (project.alias(), project.versions()) == (("$LATEST", {}), [])


def test_the_bytes_that_package_wrote_go_through_all_environments(project: Project) -> None:
    assert project.run("package", "--env", "stg", "--out", "orders.zip").code == 0
    project.code("orders", 99)
    assert project.run("deploy", "--env", "stg", "--artifact", "orders.zip").code == 0
    project.configure(extra='[environments.prd]\nalias = "PRD"\n')
    assert project.run("deploy", *PRD, "--yes", "--artifact", "orders.zip").code == 0
    assert project.versions() == ["1"]


def test_values_of_environment_variables_are_never_shown(project: Project) -> None:
    project.configure(extra='[functions.orders.environment]\nTOKEN = "hunter2"\n')
    project.released(1)
    project.configure(extra='[functions.orders.environment]\nTOKEN = "hunter3"\n')
    for arguments in (("plan", *PRD), ("plan", *PRD, "--output", "json"), ("deploy", *PRD, "--yes")):
        ran = project.run(*arguments)
        assert "TOKEN" in ran.out + ran.err
        assert "hunter" not in ran.out + ran.err


class TestSeveralFunctions:
    def test_all_of_the_file_are_released_one_after_another(self, make_project: Callable[..., Project]) -> None:
        project = make_project("orders", "mails")
        ran = project.run("deploy", *PRD, "--yes")
        assert ran.code == 0
        assert ran.out.splitlines()[-2:] == ["summary", "  done         orders, mails"]
        assert (project.alias("orders"), project.alias("mails")) == (("1", {}), ("1", {}))

    def test_only_those_that_are_named(self, make_project: Callable[..., Project]) -> None:
        project = make_project("orders", "mails", "pays")
        assert project.run("deploy", *PRD, "--yes", "--function", "pays", "--function", "orders").code == 0
        assert [project.alias(name) for name in project.functions] == [("1", {}), None, ("1", {})]

    def test_a_failure_in_the_middle_ends_it_and_the_summary_tells(
        self, make_project: Callable[..., Project], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        project = make_project("orders", "mails", "pays")
        self._failing(project, monkeypatch, "mails")
        ran = project.run("deploy", *PRD, "--yes")
        assert ran.code == 4
        assert ran.out.splitlines()[-5:] == [
            "summary",
            "  done         orders",
            "  failed       mails",
            "  not begun    pays",
            f"  next       carry on with `deployer deploy --env prd --function mails --function pays`; {LATER}",
        ]
        assert f"deployer: could not publish {project.name('mails')}: the disk is on fire" in ran.err
        assert [project.alias(name) for name in project.functions] == [("1", {}), None, None]

    def test_the_same_command_again_does_the_rest(
        self, make_project: Callable[..., Project], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        project = make_project("orders", "mails", "pays")
        with monkeypatch.context() as patched:
            self._failing(project, patched, "mails")
            project.run("deploy", *PRD, "--yes")
        ran = project.run("deploy", *PRD, "--yes")
        assert ran.out.splitlines()[-3:] == ["summary", "  nothing to do  orders", "  done         mails, pays"]
        assert [project.versions(name) for name in project.functions] == [["1"], ["1"], ["1"]]

    @pytest.mark.parametrize(
        ("error", "code"),
        [
            (AwsFailure("do it", "it broke"), 4),
            (Moved("do it", "it moved"), 4),
            (Unsettled("do it", "not yet"), 4),
            (NotAllowed("do it", "who are you"), 4),
            (KeyboardInterrupt(), 130),
        ],
    )
    def test_once_one_has_moved_no_code_invites_a_plain_retry(
        self, error: BaseException, code: int, make_project: Callable[..., Project], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        project = make_project("orders", "mails")
        self._failing(project, monkeypatch, "mails", error)
        ran = project.run("deploy", *PRD, "--yes", "--again", "--release", "1.4 b", "--config", "deployer.toml")
        typed = "deployer deploy --again --release '1.4 b' --env prd --function mails --config deployer.toml"
        assert (ran.code, ran.out.splitlines()[-1]) == (code, f"  next       carry on with `{typed}`; {LATER}")

    def test_with_json_the_way_on_is_told_on_stderr(
        self, make_project: Callable[..., Project], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        project = make_project("orders", "mails")
        self._failing(project, monkeypatch, "mails")
        ran = project.run("deploy", *PRD, "--yes", "--output", "json")
        typed = "deployer deploy --env prd --function mails"
        assert (ran.code, ran.err.splitlines()[-1]) == (4, f"  next       carry on with `{typed}`; {LATER}")

    def test_in_development_those_that_are_done_have_no_next_step(
        self, make_project: Callable[..., Project], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        project = make_project("orders", "mails")
        project.run("deploy", "--env", "sbx")
        project.code("orders", 2)
        project.configure(extra="[environments.sbx.functions.mails]\nmemory_size = 256\n")

        def fail(*_: object) -> None:
            raise Moved("do it", "it moved")

        monkeypatch.setattr("deployer.aws.function.Function.push_settings", fail)
        ran = project.run("deploy", "--env", "sbx")
        typed = "deployer deploy --env sbx --function mails"
        told = f"  next       carry on with `{typed}`; {AS_THEY_ARE}"
        assert (ran.code, ran.out.splitlines()[-1]) == (4, told)

    @staticmethod
    def _failing(
        project: Project, monkeypatch: pytest.MonkeyPatch, function: str, error: BaseException | None = None
    ) -> None:
        publish = Versions.publish

        def fail(self: Versions, *given: object) -> object:
            if self.function_name == project.name(function):
                raise error or AwsFailure(f"publish {self.function_name}", "the disk is on fire")
            return publish(self, *given)  # type: ignore[arg-type]  # passed on as they came

        monkeypatch.setattr(Versions, "publish", fail)

    def test_one_refusal_means_that_nothing_is_written(self, make_project: Callable[..., Project]) -> None:
        project = make_project("orders", "mails")
        project.configure(extra='[environments.prd.functions.mails]\nhandler = "gone.handler"\n')
        ran = project.run("deploy", *PRD, "--yes")
        assert ran.code == 78
        assert ran.out.splitlines() == ["summary", "  not begun    orders", "  failed       mails"]
        assert project.alias("orders") is None

    def test_a_rollback_brakes_what_it_can(self, make_project: Callable[..., Project]) -> None:
        project = make_project("mails", "orders")
        project.run("deploy", "--env", "stg")
        project.code("orders", 2)
        project.run("deploy", "--env", "stg")
        ran = project.run("rollback", "--env", "stg")
        assert ran.code == 4
        assert ran.out.splitlines()[-4:] == [
            "summary",
            "  refused      mails",
            "  done         orders",
            f"  next       carry on with `deployer rollback --env stg --function mails`; {AS_THEY_ARE}",
        ]
        assert project.alias("orders") == ("1", {})


def test_a_link_to_the_configuration_is_enough(project: Project, tmp_path: Path) -> None:
    project.released(1)
    ran = project.run("status", *PRD, "--config", str(tmp_path / "project" / "deployer.toml"))
    assert ran.code == 0

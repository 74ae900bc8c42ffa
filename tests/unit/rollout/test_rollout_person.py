"""What a person does by hand, as events, and how those are told whom a configuration names."""

from __future__ import annotations

from pathlib import Path

import pytest
from rollout_events import HAPPENINGS, event
from rollout_world import FakeDeployer, Scene

from deployer.aws.session import Session
from deployer.config.rollout.settings import NotifyBus, NotifyFile, NotifySettings, NotifyTopic, NotifyWebhook
from deployer.core import (
    Content,
    Deploy,
    FollowedUp,
    Hold,
    Percent,
    Promote,
    Published,
    Request,
    Resume,
    Rollback,
    Route,
    Stable,
    Transition,
)
from deployer.core.freeze import Freeze
from deployer.core.strategy import Policy
from deployer.rollout.audience import Late, audience
from deployer.rollout.event import Event, Happening, Held, Noticed, Resumed, RolledBack, Stepped
from deployer.rollout.notifiers.json_lines import JsonLines, UnusableFile, read_json_lines
from deployer.rollout.person import done_by_hand

ONE, TWO = Stable(Published(1)), Stable(Published(2))
AT_25 = Transition(Published(2), Published(1), Percent(7500))
A, B = Content("code-A", {}), Content("code-B", {})


@pytest.fixture
def scene() -> Scene:
    """Version 2 has a quarter of the traffic, put there by a person."""
    scene = Scene()
    for code in (A, B):
        done(scene, Deploy(), code)
    assert scene.world.state == AT_25
    return scene


def done(scene: Scene, request: Request, code: Content | None = None) -> list[Happening]:
    """What a person's command tells."""
    fake = FakeDeployer(scene, "person", code)
    prepared = fake.prepare(request)
    return list(done_by_hand(prepared, fake.execute(prepared)))


@pytest.mark.parametrize(
    ("request_", "told"),
    [
        (Promote(), Stepped(AT_25, TWO, "person-1", "by `promote`")),
        (Route(ONE), Stepped(AT_25, ONE, "person-1", "by `route`")),
        (Rollback(), RolledBack(AT_25, ONE, "person-1", "by `rollback`")),
        (Hold(), Held(AT_25, "by `hold`", "`resume` lets it go forward; `rollback` goes back")),
    ],
)
def test_each_verb_is_told_as_what_it_has_done(request_: Request, told: Happening, scene: Scene) -> None:
    assert done(scene, request_) == [told]


def test_a_step_by_hand_is_one(scene: Scene) -> None:
    at_50 = Transition(Published(2), Published(1), Percent(5000))
    assert done(scene, Deploy(), B) == [Stepped(AT_25, at_50, "person-1", "by `deploy`")]


def test_a_resume_is_told_with_where_the_alias_stands(scene: Scene) -> None:
    done(scene, Hold())
    assert done(scene, Resume()) == [Resumed(AT_25)]


@pytest.mark.parametrize("request_", [Promote(), Rollback(), Hold()])
def test_what_has_been_done_already_is_not_told_again(request_: Request, scene: Scene) -> None:
    done(scene, request_)
    assert done(scene, request_) == []


def test_what_a_driver_writes_for_itself_is_no_persons(scene: Scene) -> None:
    done(scene, Rollback(follow_up=True))
    assert done(scene, FollowedUp(Stable(Published(1)), 1)) == []


def test_the_reason_of_an_override_is_told_after_the_step(scene: Scene) -> None:
    scene.policy = Policy(scene.policy.strategy, freeze=Freeze(), stopped="incident 42")
    step, *notices = done(scene, Promote(override="hotfix 7"))
    assert step == Stepped(AT_25, TWO, "person-1", "by `promote`")
    assert [(type(one), one.topic) for one in notices if isinstance(one, Noticed)] == [(Noticed, "overridden")]
    assert "hotfix 7" in str(notices)


# Who is told


class Hearing(list[Event]):
    """A listener that keeps what it is told."""

    def __call__(self, what: Event) -> None:
        self.append(what)


def test_a_file_that_somebody_listens_with_already_is_written_once(tmp_path: Path) -> None:
    path = tmp_path / "told.jsonl"
    other = tmp_path / "other.jsonl"
    named = [NotifyFile(tmp_path / "." / "told.jsonl"), NotifyFile(other)]
    audience(named, Session(), [JsonLines(path)]).tell(event(HAPPENINGS[0]))
    assert read_json_lines(path) == read_json_lines(other) == (event(HAPPENINGS[0]),)


def test_what_cannot_work_is_found_at_once_where_all_are_to_be_ready(tmp_path: Path) -> None:
    with pytest.raises(UnusableFile):
        audience([NotifyFile(tmp_path / "nowhere" / "told.jsonl")], Session())


def test_otherwise_it_is_a_notice_and_the_others_are_told(tmp_path: Path) -> None:
    heard, path = Hearing(), tmp_path / "told.jsonl"
    lost = tmp_path / "nowhere" / "told.jsonl"
    stream = audience([NotifyFile(lost), NotifyFile(path)], Session(), [heard], ready=False)
    for what in HAPPENINGS[:2]:
        stream.tell(event(what))
    problem = f"{lost}: there is no directory {lost.parent}: make it first"
    notice = Noticed("notifier", f"the file {lost} was not told of everything: {problem}")
    assert heard == [event(HAPPENINGS[0]), event(notice), event(HAPPENINGS[1])]
    assert read_json_lines(path) == tuple(heard)


def test_one_that_has_failed_is_not_tried_again_and_costs_its_time_once(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[Event] = []

    class Dead:
        def __init__(self, _url: str) -> None: ...

        def __call__(self, what: Event) -> None:
            tried.append(what)
            raise OSError("no route")

    monkeypatch.setattr("deployer.rollout.audience.Webhook", Dead)
    late = Late(NotifyWebhook("https://hooks.example/secret"), Session())
    with pytest.raises(OSError, match="no route"):
        late(event(HAPPENINGS[0]))
    late(event(HAPPENINGS[1]))
    assert tried == [event(HAPPENINGS[0])]


def test_one_that_works_is_made_once_and_told_of_all(tmp_path: Path) -> None:
    late = Late(NotifyFile(tmp_path / "told.jsonl"), Session())
    for what in HAPPENINGS:
        late(event(what))
    assert read_json_lines(tmp_path / "told.jsonl") == tuple(map(event, HAPPENINGS))


@pytest.mark.parametrize(
    ("settings", "name"),
    [
        (NotifyFile(Path("/here/told.jsonl")), "the file /here/told.jsonl"),
        (NotifyWebhook("https://hooks.example:8443/secret?key=1"), "the webhook at hooks.example"),
        (NotifyTopic("arn:aws:sns:eu-west-1:123456789012:t"), "the SNS topic arn:aws:sns:eu-west-1:123456789012:t"),
        (NotifyBus("releases"), "the event bus releases"),
    ],
)
def test_they_have_a_name_before_they_are_made_and_no_secret_in_it(settings: NotifySettings, name: str) -> None:
    assert Late(settings, Session()).name == name

"""The second act, played once after the end of the first, in this process: what the rollouts did by themselves.

How long anything takes is not asked: outcomes must hold for any draw of the alias, on any machine.
"""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass, field

import boto3
import pytest

import deployer.local
from deployer.config import load
from deployer.core import Published, Stable, Transition
from deployer.demo.clock import SkippingClock
from deployer.demo.scene import Command, Moved, Said, Scene
from deployer.demo.second_act import SecondAct
from deployer.demo.story import Story
from deployer.demo.watching import Watching
from deployer.demo.working_copy import working_copy
from deployer.local.local_lambda import LocalLambda
from deployer.local.surroundings import apart
from deployer.rollout.event import End, Looked, RolledBack, Stepped
from deployer.rollout.report import render

pytestmark = pytest.mark.xdist_group("the second act of the demo")

# Of the chapters before: 1 and 2 were released, 3 rolled back, 4 is the stage.
STAGE, GOOD, BAD, SLOW, LAST = (Published(number) for number in (4, 5, 6, 7, 8))


@dataclass(slots=True)
class Played:
    """What was shown, what the embedded Lambda saw, and how much of it came before the ticks."""

    act: SecondAct
    local: LocalLambda
    scenes: list[Scene] = field(default_factory=list)
    before_ticks: int = 0

    def show(self, scene: Scene) -> None:
        self.scenes.append(scene)
        if isinstance(scene, Command) and scene.text.startswith("deployer tick"):
            self.before_ticks = len(self.local.calls)

    @property
    def watched(self) -> tuple[Watching, Watching, Watching, Watching, Watching]:
        good, bad, slow, killed, carried_on = self.act.watched
        return good, bad, slow, killed, carried_on


@pytest.fixture(scope="module")
def played() -> Played:
    # Long ago: metrics belong to the process, and those of other tests are of today.
    clock = SkippingClock(1_700_000_000.0)
    settings = deployer.local.LocalSettings(metric_delay=90)
    with working_copy() as copy, apart(), deployer.local.start(settings, clock=clock.now) as local:
        os.environ.update(local.environment())
        client = boto3.session.Session().client("lambda")
        config = load(copy.configuration)
        for _ in Story(client, copy, config, clock, calls=1).scenes():
            pass
        act = SecondAct(lambda scene: done.show(scene), client, copy, config, clock)  # noqa: PLW0108  # made below
        done = Played(act, local)
        act.play()
    return done


def said(played: Played) -> list[str]:
    return [scene.text for scene in played.scenes if isinstance(scene, Said)]


def shares(watching: Watching) -> list[str]:
    return [str(state) for state in watching.steps]


def test_two_go_all_the_way_and_two_are_rolled_back(played: Played) -> None:
    assert played.act.ends == [End.DONE, End.ROLLED_BACK, End.ROLLED_BACK, End.DONE]


def test_a_good_version_goes_through_every_step_by_itself(played: Played) -> None:
    assert shares(played.watched[0]) == ["5 at 25 %, 4 at 75 %", "5 at 50 %, 4 at 50 %", "5 at 75 %, 4 at 25 %", "5"]


@pytest.mark.parametrize("which", [1, 2], ids=["fails", "slow"])
def test_a_bad_version_never_has_more_than_a_quarter(played: Played, which: int) -> None:
    version = (BAD, SLOW)[which - 1]
    assert shares(played.watched[which]) == [f"{version} at 25 %, {GOOD} at 75 %", f"{GOOD}"]
    written = [write.after for write in played.local.alias_writes if write.function == "orders-prd"]
    had = [
        1 - sum(routing.weights.values()) if routing.version == str(version) else routing.weights[str(version)]
        for routing in written
        if routing is not None and str(version) in {routing.version, *routing.weights}
    ]
    assert had == [0.25]


def test_it_is_errors_that_give_the_one_away_and_durations_the_other(played: Played) -> None:
    failing, slow = (text for text in said(played) if "evidence" in text)
    assert "calls failed" in failing
    assert "p50 of the new version is about" in slow


def test_only_the_version_that_fails_fails(played: Played) -> None:
    failed = [
        {answers.version for answers in step.by_version if answers.failed}
        for watching in played.watched
        for step in watching.rounds
    ]
    assert [versions for versions in failed if versions] == [{str(BAD)}]


def test_calls_follow_the_weights_at_every_step(played: Played) -> None:
    for watching in played.watched:
        for step in watching.rounds:
            new = step.by_version[0]
            share = new.expected / 100
            # Six standard deviations on either side: never in the life of this test by chance.
            assert abs(new.answered - step.made * share) < 6 * (step.made * share * (1 - share)) ** 0.5
            assert sum(answers.answered for answers in step.by_version) == step.made


def test_each_version_is_tried_before_it_has_traffic(played: Played) -> None:
    tried = [text for text in said(played) if "test " in text]
    assert tried == [
        f"published version {version}; without traffic, test kettle-and-tea passed" for version in (5, 6, 7, 8)
    ]


def test_a_killed_rollout_is_carried_on_by_ticks_on_the_same_path(played: Played) -> None:
    *_, killed, carried_on = played.watched
    assert shares(killed) == ["8 at 25 %, 5 at 75 %", "8 at 50 %, 5 at 50 %"]
    assert shares(carried_on) == ["8 at 75 %, 5 at 25 %", "8"]


def test_a_tick_looks_once_and_moves_the_alias_when_that_is_due_alone(played: Played) -> None:
    made = Counter(call.operation for call in played.local.calls[played.before_ticks :])
    assert made.pop("Invoke") > 200
    # Right after a step there is nothing to ask for yet.
    assert 0 < made.pop("GetMetricData") < played.act.ticks
    # The demo, too, looks once where it stands.
    assert made == {"GetAlias": 1 + played.act.ticks, "UpdateAlias": 2}


def test_every_call_of_the_load_generator_is_real_and_counted(played: Played) -> None:
    rounds = [step for watching in played.watched for step in watching.rounds]
    assert sum(step.made for step in rounds) == played.act.calls


def test_the_page_of_the_bad_version_can_be_written(played: Played) -> None:
    kinds = [type(event.what) for event in played.act.events]
    assert (kinds.count(Stepped), kinds.count(RolledBack)) == (1, 1)
    assert Looked in kinds
    assert "calls failed" in render(played.act.events)


def test_it_is_told_as_it_happened(played: Played) -> None:
    moves = [scene.after for scene in played.scenes if isinstance(scene, Moved)]
    assert [state for state in moves if isinstance(state, Stable)] == [
        Stable(version) for version in (STAGE, GOOD, GOOD, GOOD, LAST)
    ]
    assert sum(isinstance(state, Transition) for state in moves) == 1 + 3 + 1 + 1 + 3
    first, second = played.act.facts
    assert first == "4 rollouts watched themselves: 2 took all traffic, 2 were rolled back."
    assert second.startswith(f"They saw {played.act.calls} real calls, of which ")

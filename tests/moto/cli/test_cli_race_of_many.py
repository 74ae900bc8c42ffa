"""Sixteen processes deploy, roll back, route and promote one alias at once: the log of its writes tells one story."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from cli_race import Race, winner_of
from cli_racers import RACERS, SECONDS, StartingLine
from cli_world import Project, Ran
from hypothesis import settings

from deployer import Deployer
from deployer.config import load
from deployer.core import Content, Published, read_published
from deployer.core.mark import read_mark
from deployer.local.rules import api

if TYPE_CHECKING:
    from deployer.config import Settings
    from deployer.local.journal import AliasWrite
    from deployer.local.local_lambda import LocalLambda

CODES = (1, 2, 3, 4)
RESTART = '[environments.prd]\non_newer = "restart"\n'
# The first heat has nothing but deploys of new code, and two others have a route that nobody else asks for.
LEAST_STEPS = 3


@pytest.fixture
def copies(make_project_on: Callable[..., Project], local: LocalLambda) -> dict[int, Project]:
    """A working copy for each code; all release the same function."""
    project = make_project_on(local)
    copies = {}
    for code in CODES:
        here = project.here / f"copy-{code}"
        here.mkdir()
        copies[code] = copy = replace(project, here=here)
        copy.code("orders", code)
        copy.configure(extra=f'{RESTART}[functions.orders.environment]\nCODE = "{code}"\n')
    return copies


def run(copy: Project, *arguments: str) -> Ran:
    """A command in a working copy, with nobody else about."""
    return copy.run(*arguments, "--env", "stg", "--config", str(copy.here / "deployer.toml"))


@pytest.fixture
def race(copies: dict[int, Project], local: LocalLambda, monkeypatch: pytest.MonkeyPatch) -> Race:
    """Versions 1 and 2 are released, and then all race; each update and each version takes Lambda a while."""
    local.configure(pending_polls=1, version_pending_polls=1)
    for code in (1, 2):
        assert run(copies[code], "deploy").code == 0
    earlier = len(_log(copies[1]))
    line = StartingLine(lambda: len(_log(copies[1])) - earlier)
    monkeypatch.setattr(api, "answer", line.before(api.answer))
    began = time.monotonic()
    ends = line.run(copies)
    assert time.monotonic() - began < SECONDS
    published = _published(copies[1])
    versions = {version: Content.of(shown) for version, shown in published.items()}
    return Race(
        ends=ends,
        log=_log(copies[1])[earlier - 1 :],
        steps=tuple(line.steps),
        versions=versions,
        publishers={version: _publisher(shown["Description"]) for version, shown in published.items()},
        wanted={code: _wanted(copy) for code, copy in copies.items()},
        policies={name: _settings(copies[1], name).policy for name in ("stg", "prd")},
    )


def _log(project: Project) -> tuple[AliasWrite, ...]:
    return tuple(write for write in project.local.alias_writes if write.function == project.name())


def _published(project: Project) -> dict[Published, Mapping[str, Any]]:
    listed = project.client.list_versions_by_function(FunctionName=project.name())["Versions"]
    return {read_published(one["Version"]): one for one in listed if one["Version"] != "$LATEST"}


def _publisher(description: str) -> str:
    mark = read_mark(description)
    assert mark is not None
    return str(mark.by)


def _settings(copy: Project, environment: str) -> Settings:
    return load(copy.here / "deployer.toml").settings(environment, "orders")


def _wanted(copy: Project) -> Content:
    wanted = Deployer.from_settings(_settings(copy, "prd")).prepare().wanted
    assert wanted is not None
    return wanted


@pytest.mark.parametrize("_turn", range(10 if settings.get_current_profile_name() == "nightly" else 1))
def test_each_step_of_sixteen_racing_commands_has_exactly_one_winner(
    race: Race, copies: dict[int, Project], _turn: int
) -> None:
    winners = [winner_of(write) for write in race.writes]
    assert len(set(winners)) == len(winners) >= LEAST_STEPS
    for racer in RACERS:
        ran = race.ends[racer.name]
        if racer in winners:
            assert (ran.code, "  done       nothing" in ran.out) == (0, False), (racer, ran)
        elif ran.code == 0 or "  refused    " in ran.err:
            assert race.reasonable(racer), (racer, ran)
        else:
            assert (ran.code, ran.out, race.lost(racer)) == (5, "", True), (racer, ran)
    _alias_tells_one_story(race)
    _function_tells_one_story(race)
    _all_is_as_ever(copies[3])


def _alias_tells_one_story(race: Race) -> None:
    for found, write in pairwise(race.log):
        assert write.before == found.after
        assert race.legal(winner_of(write), found, write), (found, write)


def _function_tells_one_story(race: Race) -> None:
    """Nobody pushes without need, or publishes anything but the racer's own code and settings, or twice."""
    held, pushed, publishes = race.versions[Published(2)], False, 0
    for step in race.steps:
        wanted = race.wanted[step.racer.code]
        if step.operation == "PublishVersion":
            assert step.content == held == wanted, step
            publishes += pushed
        else:
            assert step.content != held, step
            assert step.content in (wanted, wanted.with_code(held.code_sha256)), step
        held, pushed = step.content, step.operation != "PublishVersion"
    made = [racer for racer in RACERS if racer.name in race.publishers.values()]
    assert len(race.versions) - 2 == len(made) <= publishes
    for racer in made:
        assert [race.versions[one] for one, name in race.publishers.items() if name == racer.name] == [
            race.wanted[racer.code]
        ]


def _all_is_as_ever(copy: Project) -> None:
    """Afterwards a release goes as it always does, and again it is nothing."""
    assert run(copy, "promote").code == 0
    assert run(copy, "deploy", "--again").code == 0
    (version, weights), versions = copy.alias() or ("", {}), copy.versions()
    assert (weights, Content.of(_published(copy)[read_published(version)]).settings["Environment"]) == (
        {},
        {"Variables": {"CODE": "3"}},
    )
    assert "  done       nothing\n" in run(copy, "deploy").out
    assert copy.versions() == versions

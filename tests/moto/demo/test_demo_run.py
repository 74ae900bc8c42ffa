"""The whole demo, as a person runs it: in a process, from any directory, with nothing configured."""

from __future__ import annotations

import importlib.metadata
import re
import signal
import sys
from pathlib import Path

import pytest
from demo_runs import Place, Run, ended

from deployer.cli.main import main
from deployer.core import Percent, Published, Stable, Transition
from deployer.demo.second_act import SecondAct
from deployer.rollout.event import Event, RolledBack, Subject

PICTURE = Path(__file__).parents[3] / "docs" / "images" / "rollout.svg"
ROW = re.compile(
    r"version (\d+) .* (\d+) of (\d+) calls +([\d.]+) %  expected (\d+)(?: to (\d+))? %(?: +(\d+) errors?)?$"
)
pytestmark = pytest.mark.xdist_group("the demo")  # one worker runs it once for all
needs_proc = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="processes are looked for in /proc")


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The run that draws the picture of the README: `make docs-picture`."""
    place = Place.below(tmp_path_factory.mktemp("demo"))
    return ended(place, place.start("--act", "1", "--seed", "19", "--svg", "rollout.svg"))


def rounds(text: str) -> list[dict[str, tuple[int, int]]]:
    """For each round of calls, what each version answered and how often it failed."""
    found: list[dict[str, tuple[int, int]]] = []
    open_round = False
    for line in text.splitlines():
        row = ROW.search(line)
        if row and not open_round:
            found.append({})
        if row:
            found[-1][row[1]] = (int(row[2]), int(row[7] or 0))
        open_round = row is not None
    return found


def chapter(text: str, number: int) -> str:
    return text.split(f"\n{number}  ")[1].split("\n\n", maxsplit=1)[0]


def test_it_ends_well_within_a_minute_and_complains_of_nothing(run: Run) -> None:
    assert (run.code, run.complaints) == (0, "")
    assert run.seconds < 60


def test_a_sandbox_stays_on_latest_and_publishes_nothing(run: Run) -> None:
    told = chapter(run.text, 1)
    assert "LIVE: $LATEST" in told
    assert "published version" not in told
    assert '"version": "$LATEST"' in told


def test_the_first_release_has_all_traffic_at_once(run: Run) -> None:
    assert rounds(chapter(run.text, 2)) == [{"1": (200, 0)}]


def test_a_canary_goes_through_every_step_and_the_calls_follow_the_weights(run: Run) -> None:
    told = chapter(run.text, 3)
    states = re.findall(r"LIVE: (.*)", told)
    assert states == ["2 at 25 %, 1 at 75 %", "2 at 50 %, 1 at 50 %", "2 at 75 %, 1 at 25 %", "2"]
    # Six standard deviations on either side: never in the life of this test by chance.
    for share, seen in zip((0.25, 0.5, 0.75), rounds(told), strict=False):
        assert sum(answered for answered, _ in seen.values()) == 200
        assert abs(seen["2"][0] - 200 * share) < 6 * (200 * share * (1 - share)) ** 0.5
    assert rounds(told)[3:] == [{"2": (200, 0)}]
    assert '"shipping": 0' in told


def test_errors_come_from_the_bad_version_alone_and_go_with_the_rollback(run: Run) -> None:
    bad, after = rounds(chapter(run.text, 4))
    answered, failed = bad["3"]
    assert 0 < failed < answered
    assert bad["2"][1] == 0
    assert after == {"2": (200, 0)}
    assert f"version 3 fails on {100 * failed / answered:.0f} % of the calls" in run.text
    assert "the errors are gone" in run.text


def test_what_was_rolled_back_does_not_come_back(run: Run) -> None:
    told = chapter(run.text, 5)
    assert "LIVE stays at 2" in told
    assert "version 3 was taken off the alias" in told
    assert "deploy --again" in told


def test_it_says_what_happened_and_what_to_try_next(run: Run) -> None:
    failed = rounds(run.text)[5]["3"][1]
    assert f"1400 real calls went through the alias; {failed} failed, all of them answered by version 3." in run.text
    assert run.text.rstrip().endswith("keep an embedded Lambda running for experiments")


@needs_proc
def test_nothing_is_left_behind(run: Run) -> None:
    assert (run.temporary, run.work, run.processes) == ([], ["rollout.svg"], [])


def test_the_picture_in_the_readme_is_the_one_that_the_demo_draws(run: Run) -> None:
    assert run.picture == PICTURE.read_text(), "draw it anew: make docs-picture"


@needs_proc
def test_an_interrupt_ends_it_cleanly(tmp_path: Path) -> None:
    place = Place.below(tmp_path)
    process = place.start()
    assert process.stdout is not None
    seen = ""
    while "published version 2" not in seen:
        line = process.stdout.readline()
        assert line, "the demo ended before it was interrupted"
        seen += line
    process.send_signal(signal.SIGINT)
    done = ended(place, process, seen)
    assert (done.code, done.temporary, done.work, done.processes) == (130, [], [], [])
    assert done.complaints.strip().startswith("deployer: interrupted")
    assert "Traceback" not in done.complaints


def test_without_the_extra_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def absent(name: str) -> str:
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "version", absent)
    assert main(["demo"]) == 78
    assert capsys.readouterr().err == (
        "deployer: The embedded Lambda needs moto: pip install '.[local]' in a clone of deployer\n"
    )


def test_a_round_needs_a_call(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", "--calls", "0"]) == 64
    assert "--calls" in capsys.readouterr().err


@pytest.mark.parametrize(("option", "act"), [("--svg", "2"), ("--report", "1")])
def test_what_is_drawn_needs_its_act(option: str, act: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", option, str(tmp_path / "drawn"), "--act", act]) == 64
    assert option in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_the_page_of_a_rollout_is_written_where_it_is_asked_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def played(act: SecondAct) -> None:
        before = Transition(Published(2), Published(1), Percent.of(75))
        back = RolledBack(before, Stable(Published(1)), "op", "9.9 % of its calls failed")
        act.events.append(Event(1_798_200_000.0, Subject("orders", "LIVE"), back))

    monkeypatch.setattr(SecondAct, "play", played)
    page = tmp_path / "rollout.html"
    assert main(["demo", "--act", "2", "--report", str(page)]) == 0
    assert "9.9 % of its calls failed" in page.read_text(encoding="utf-8")
    assert f"{page} is the page of the rollout that failed calls." in capsys.readouterr().out


def test_where_only_ascii_can_be_written_everything_stays_readable(tmp_path: Path) -> None:
    place = Place.below(tmp_path)
    done = ended(place, place.start("--act", "1", "--calls", "4", encoding="ascii"))
    assert (done.code, done.complaints) == (0, "")
    assert "\\" not in done.text
    assert "#" * 10 in done.text

"""What the demo shows, where, and in which surroundings."""

from __future__ import annotations

import io
import os
import signal
import xml.etree.ElementTree as ET
from itertools import pairwise
from pathlib import Path

import pytest
from rich.console import Console
from rich.text import Text

from deployer.cli.group import COMMANDS
from deployer.cli.main import main
from deployer.core import Absent, Percent, Published, Settling, Stable, Transition
from deployer.core.state import Move
from deployer.demo.drawing import drawn
from deployer.demo.interrupt import Interrupt
from deployer.demo.picture import Picture, svg
from deployer.demo.scene import Chapter, Closing, Command, Moved, Said, Tone
from deployer.demo.screens import Lines, Terminal
from deployer.demo.story import NEXT
from deployer.demo.traffic import Answers, Traffic, shares
from deployer.local.surroundings import apart

SVG = "{http://www.w3.org/2000/svg}"
HALF = Traffic(200, 100, (Answers("2", 25.0, 30, 10), Answers("1", 75.0, 70)))
WHOLE = Traffic(200, 200, (Answers("2", 25.0, 60, 20), Answers("1", 75.0, 140)))


def plain(*lines: Text) -> list[str]:
    return [line.plain for line in lines]


def test_calls_are_counted_by_the_version_that_answered() -> None:
    traffic = Traffic(3, 0, shares(Transition(Published(2), Published(1), Percent.of(75))))
    for version, failed in (("2", True), ("1", False), ("1", False)):
        traffic = traffic.counted(version, failed=failed)
    assert traffic == Traffic(3, 3, (Answers("2", 25.0, 1, 1), Answers("1", 75.0, 2, 0)))
    assert (traffic.finished, traffic.failed) == (True, 1)


def test_a_version_that_is_not_on_the_alias_is_shown_when_it_answers() -> None:
    traffic = Traffic(1, 0, shares(Stable(Published(2)))).counted("1", failed=False)
    assert traffic.by_version == (Answers("2", 100.0), Answers("1", 0.0, 1))


def test_shares_are_those_of_the_alias() -> None:
    assert shares(Absent()) == ()
    assert shares(Stable(Published(3))) == (Answers("3", 100.0),)
    assert shares(Settling(Published(4), Published(3), Move.UNDER_WAY)) == (Answers("4", 0.0), Answers("3", 100.0))


def test_chance_is_three_standard_deviations_of_the_calls() -> None:
    low, high = WHOLE.expected(WHOLE.by_version[0])
    assert (round(low, 1), round(high, 1)) == (15.8, 34.2)
    assert Traffic(10, 0, ()).expected(Answers("1", 5.0))[0] == 0.0


def test_a_bar_has_the_length_of_its_share_and_its_failed_part_in_red() -> None:
    [second, first] = drawn(WHOLE, 100)
    assert plain(second, first) == [
        "     version 2  ████████...................  60 of 200 calls  30.0 %  expected 16 to 34 %  20 errors",
        "     version 1  ███████████████████........ 140 of 200 calls  70.0 %  expected 66 to 84 %",
    ]
    styles = {str(span.style): second.plain[span.start : span.end] for span in second.spans}
    assert styles["red"] == "█" * 3
    assert styles["green"] == "█" * 5


def test_a_single_error_is_never_too_small_to_be_seen() -> None:
    [row] = drawn(Traffic(1000, 1000, (Answers("3", 25.0, 1, 1),)), 80)
    assert [row.plain[span.start : span.end] for span in row.spans if span.style == "red"] == ["█"]
    assert row.plain.endswith("  1 error")


def test_bars_grow_while_calls_are_made() -> None:
    assert [line.count("█") for line in plain(*drawn(HALF, 100))] == [4, 9]
    assert [line.count("█") for line in plain(*drawn(WHOLE, 100))] == [8, 19]


@pytest.mark.parametrize("width", [60, 80, 100])
def test_lines_fit_where_they_stand(width: int) -> None:
    said = Said("what is longer than a line goes on in the next one, below where it began: " * 3)
    assert max(len(line) for line in plain(*drawn(said, width))) <= width
    assert all(line.startswith("     ") for line in plain(*drawn(said, width)))
    if width >= 80:
        assert max(len(line) for line in plain(*drawn(WHOLE, width))) <= width


def test_an_alias_that_did_not_move_stays() -> None:
    stays = Moved((), "LIVE", Stable(Published(2)), Stable(Published(2)))
    moves = Moved(("pushed the code", "published version 2"), "LIVE", Stable(Published(1)), Stable(Published(2)))
    assert plain(*drawn(stays), *drawn(moves)) == [
        "     LIVE stays at 2",
        "     pushed the code; published version 2; LIVE: 2",
    ]


def test_plain_lines_have_finished_rounds_only() -> None:
    seen: list[str] = []
    lines = Lines(seen.append)
    for scene in (HALF, WHOLE):
        lines.show(scene)
    assert seen == plain(*drawn(WHOLE))


def test_a_terminal_draws_over_what_is_unfinished_and_gives_its_cursor_back() -> None:
    shown = io.StringIO()
    console = Console(file=shown, force_terminal=True, width=100, color_system="standard", _environ={})
    with Terminal(console) as terminal:
        for scene in (Command("deployer deploy"), HALF, WHOLE, HALF):
            terminal.show(scene)
    text = shown.getvalue()
    assert text.count("60 of 200 calls") == 1
    assert text.count("\x1b[?25l") == text.count("\x1b[?25h") == 2
    assert "\x1b[31m" in text


def test_a_picture_is_drawn_of_the_chapters_that_matter(tmp_path: Path) -> None:
    picture = Picture(tmp_path / "rollout.svg")
    for scene in (Chapter(1, "one"), Chapter(3, "three"), HALF, WHOLE, Said("<done>", Tone.GOOD), Closing((), 1.0, ())):
        picture.show(scene)
    root = ET.parse(tmp_path / "rollout.svg").getroot()  # noqa: S314  # our own file
    assert root.tag == f"{SVG}svg"
    texts = [text.text for text in root.iter(f"{SVG}text")]
    assert texts[:3] == ["3", "three", "version 2"]
    assert texts[-1] == "<done>"
    assert "one" not in texts
    assert "http" not in (tmp_path / "rollout.svg").read_text().replace("http://www.w3.org/2000/svg", "")


def test_the_parts_of_a_bar_lie_side_by_side_in_the_picture() -> None:
    root = ET.fromstring(svg(drawn(WHOLE)[:1]))  # noqa: S314  # our own text
    bars = [
        (rect.get("class"), float(rect.get("x") or 0), float(rect.get("width") or 0))
        for rect in root.iter(f"{SVG}rect")
        if rect.get("class") != "page"
    ]
    assert [kind for kind, _, _ in bars] == ["green", "red", "bright_black"]
    for (_, left, width), (_, following, _) in pairwise(bars):
        assert following == pytest.approx(left + width, abs=0.11)


def test_clients_see_the_embedded_lambda_alone_and_get_their_surroundings_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.setenv("https_proxy", "http://proxy")
    before = dict(os.environ)
    with apart():
        os.environ["AWS_ENDPOINT_URL"] = "http://127.0.0.1:1"
        seen = {name: value for name, value in os.environ.items() if name.startswith("AWS_") or "proxy" in name}
    assert seen == {
        "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }
    assert dict(os.environ) == before


def test_an_interrupt_waits_for_the_next_scene_and_a_second_one_does_not() -> None:
    before = signal.getsignal(signal.SIGINT)
    with Interrupt() as interrupt:
        interrupt.show(WHOLE)
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            interrupt.show(WHOLE)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before


@pytest.mark.parametrize("suggestion", NEXT, ids=lambda suggestion: suggestion.command)
def test_what_to_try_next_can_be_run(suggestion: object, capsys: pytest.CaptureFixture[str]) -> None:
    words = str(getattr(suggestion, "command", "")).split()
    assert (words[0], words[1] in COMMANDS) == ("deployer", True)
    assert main([words[1], "--help"]) == 0
    help_ = capsys.readouterr().out
    assert all(word in help_ for word in words[2:] if word.startswith("--"))

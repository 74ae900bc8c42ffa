"""How a rollout stands on a terminal: shares set and measured, verdicts, and the time to the next."""

from __future__ import annotations

import io
from dataclasses import dataclass

import pytest
from rich.console import Console

from deployer.cli.commands import Commands
from deployer.cli.paper import plain
from deployer.cli.watching.lines import Lines, spoken
from deployer.cli.watching.panel import Panel
from deployer.cli.watching.terminal import Terminal
from deployer.core import Absent, Percent, Published, Stable, Transition
from deployer.core.watch.judgement import Finding, Judged, Judgement
from deployer.core.watch.observation import Observation, Period
from deployer.rollout.event import (
    Began,
    End,
    Ended,
    Event,
    Happening,
    Held,
    Looked,
    Noticed,
    Resumed,
    RolledBack,
    Stepped,
    Subject,
    Waited,
)

AT = 1_795_000_020
SUBJECT = Subject("orders-prd", "LIVE", "orders", "prd")
COMMANDS = Commands("prd")
OLD = Stable(Published(1))
PAIR = Transition(Published(2), Published(1), Percent.of(75))
SCHEDULE = tuple(map(Percent.of, (25, 50, 100)))
FOUND = Finding("errors", Judged.PASS, "0.0 % failed")
EVIL = "\x1b[2J\x1b]0;owned\x07\u202e"


def event(what: Happening) -> Event:
    return Event(AT, SUBJECT, what)


def looked(*, since: int = AT, new: int = 260, old: int = 740) -> Looked:
    before = Period(since - 60, 999)
    seen = Observation(since + 60, (before, Period(since, new)), (before, Period(since, old)))
    return Looked(PAIR, since, seen, Judgement(Judged.PASS, (FOUND,), new))


def shown(*happened: Happening, now: float = AT) -> list[str]:
    panel = Panel()
    for what in happened:
        panel.take(event(what))
    return [plain(text) for text in panel.lines(now)]


def test_a_step_shows_what_is_set_and_measured_the_verdict_and_a_countdown() -> None:
    begun = (Began(OLD, SCHEDULE), Stepped(OLD, PAIR, "run", "first step"))
    assert shown(*begun, looked(), Waited(AT + 3725, "version 2 rests at 25 %"), now=AT + 60) == [
        "orders in prd, alias LIVE",
        "  step       1 of 3:  25 → 50 → 100 %",
        "             version      set  measured",
        "  now              2     25 %    26.0 %  █████",
        "                   1     75 %    74.0 %  ███████████████",
        "  verdict    pass, 260 calls of the new version since 11:07:00, measured until 11:08:00",
        "               errors: pass, 0.0 % failed",
        "  next       in 1:01:05: version 2 rests at 25 %",
    ]


def test_what_was_measured_before_a_step_is_not_shown_after_it() -> None:
    after = Transition(Published(2), Published(1), Percent.of(50))
    lines = shown(Began(OLD, SCHEDULE), looked(), Stepped(PAIR, after, "run", "pass"))
    assert lines[1:] == [
        "  step       2 of 3:  25 → 50 → 100 %",
        "             version      set  measured",
        "  now              2     50 %         -  ██████████",
        "                   1     50 %         -  ██████████",
    ]


def test_a_share_off_the_schedule_counts_as_the_step_that_it_is_on_the_way_to() -> None:
    off = Transition(Published(2), Published(1), Percent.of(67))
    assert shown(Began(off, SCHEDULE))[1] == "  step       2 of 3:  25 → 50 → 100 %"


def test_before_there_are_calls_nothing_is_measured() -> None:
    assert "         -  █████" in shown(looked(new=0, old=0))[2]


def test_when_the_time_has_come_it_is_now() -> None:
    assert shown(Waited(AT, "why"), now=AT + 5)[-1] == "  next       now: why"
    assert shown(Waited(AT + 65, "why"))[-1] == "  next       in 1:05: why"


def test_a_hold_takes_the_place_of_the_countdown_and_ends_with_the_next_look() -> None:
    held = (Waited(AT + 60, "why"), Held(PAIR, "the alias is on hold", "`resume`"))
    assert shown(*held)[-1] == "  on hold    the alias is on hold"
    assert "on hold" not in shown(*held, looked())[-1]


def test_a_hold_ends_when_it_is_resumed() -> None:
    lines = shown(Held(PAIR, "the alias is on hold", "`resume`"), Resumed(PAIR))
    assert not any("on hold" in text for text in lines)
    assert len(lines) == len(shown(Resumed(PAIR)))


def test_a_rollback_shows_the_old_version_alone() -> None:
    lines = shown(
        Began(OLD, SCHEDULE), looked(), RolledBack(PAIR, OLD, "run", "worse"), Ended(End.ROLLED_BACK, OLD, "")
    )
    assert lines[-1] == "  now              1    100 %         -  ████████████████████"


def test_an_alias_that_is_not_there_yet() -> None:
    assert shown(Began(Absent(), SCHEDULE))[1:] == ["  now        no such alias yet"]


@dataclass
class FakeTerminal(io.StringIO):
    """A stream that says it is a terminal."""

    def __post_init__(self) -> None:
        super().__init__()

    def isatty(self) -> bool:
        return True

    @property
    def encoding(self) -> str:  # type: ignore[override]  # read-only is enough
        return "utf-8"


class Gone(FakeTerminal):
    """A terminal that has been closed."""

    def write(self, _text: str) -> int:
        raise OSError(5, "Input/output error")


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> FakeTerminal:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    return FakeTerminal()


class TestTerminal:
    def test_the_cursor_comes_back_after_whatever_ends_it(self, terminal: FakeTerminal) -> None:
        for error in (ZeroDivisionError, KeyboardInterrupt):
            with pytest.raises(error):
                self._ended_by(error, terminal)
            said = terminal.getvalue()
            assert said.rindex("\x1b[?25h") > said.rindex("\x1b[?25l")

    @staticmethod
    def _ended_by(error: type[BaseException], terminal: FakeTerminal) -> None:
        with Terminal(COMMANDS, terminal, lambda: AT) as view:
            view(event(Began(OLD, SCHEDULE)))
            raise error

    def test_events_scroll_by_and_looks_change_the_panel_alone(self, terminal: FakeTerminal) -> None:
        with Terminal(COMMANDS, terminal, lambda: AT) as view:
            view(event(Stepped(OLD, PAIR, "run", "first step")))
            view(event(looked()))
            view(event(Waited(AT + 60, "it rests")))
        said = terminal.getvalue()
        assert said.count("orders: ") == 1
        assert "(first step)" in said

    def test_what_others_wrote_commands_no_terminal(self, terminal: FakeTerminal) -> None:
        with Terminal(COMMANDS, terminal, lambda: AT) as view:
            view(event(Held(PAIR, f"alarm {EVIL} is red", f"{EVIL}")))
            view(event(Noticed("look", EVIL, loud=True)))
            view(event(Waited(AT + 60, EVIL)))
            console = Console(file=io.StringIO(), force_terminal=True, width=200)
            console.print(view._drawn())
        for said in (terminal.getvalue(), console.file.getvalue()):  # type: ignore[attr-defined]  # a StringIO
            assert r"\x1b[2J\x1b]0;owned\x07\u202e" in said
            assert [evil for evil in ("\x1b[2J", "\x1b]", "\x07", "\u202e") if evil in said] == []

    def test_a_terminal_that_is_gone_ends_nothing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("TERM", "xterm")
        with Terminal(COMMANDS, Gone(), lambda: AT):
            pass


class Pipe(io.StringIO):
    """One that nobody reads any more."""

    def write(self, _text: str) -> int:
        raise BrokenPipeError(32, "Broken pipe")


class TestLines:
    def test_a_look_that_says_the_same_is_passed_over(self) -> None:
        out = io.StringIO()
        view = Lines(COMMANDS, out)
        for _ in range(3):
            view(event(looked()))
        assert out.getvalue() == (
            "11:07:00 orders: 260 calls of the new version: pass\n                   errors: pass, 0.0 % failed\n"
        )

    def test_what_others_wrote_is_one_line(self) -> None:
        out = io.StringIO()
        Lines(COMMANDS, out)(event(Noticed("look", f"a\nb{EVIL}")))
        assert out.getvalue() == "11:07:00 orders: a\\nb\\x1b[2J\\x1b]0;owned\\x07\\u202e\n"

    def test_a_pipe_that_nobody_reads_is_no_error(self) -> None:
        Lines(COMMANDS, Pipe())(event(Noticed("look", "text")))
        spoken(Pipe(), lambda: None)

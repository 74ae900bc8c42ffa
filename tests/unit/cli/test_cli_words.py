"""What people read: golden texts, plain and coloured."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from deployer.cli import paper, words
from deployer.cli.commands import Commands
from deployer.cli.paper import Span, Tone, line, plain
from deployer.cli.place import Place
from deployer.config import load
from deployer.core import (
    LATEST,
    NEW,
    Absent,
    AliasState,
    Await,
    Canary,
    CanaryIncrements,
    Content,
    CreateFunction,
    Decision,
    Deploy,
    Move,
    Percent,
    Policy,
    Promote,
    Published,
    PushCode,
    PushSettings,
    Request,
    Rollback,
    Settling,
    Situation,
    Stable,
    Transition,
    plan,
    rollout,
)

INCREMENTS = CanaryIncrements.of([25, 50, 75])
OLD = Content("b2xkIGNvZGUgb2xkIGNvZGU=", {"MemorySize": 128})
WANTED = Content("bmV3IGNvZGUgbmV3IGNvZGU=", {"MemorySize": 256})
V4, V5 = Published(4), Published(5)
PRD = Commands("prd")


def shown(lines: object) -> str:
    return "\n".join(plain(text) for text in lines)  # type: ignore[attr-defined]  # any iterable of lines


def decided(state: AliasState, request: Request, wanted: Content | None = None, *, protected: bool = False) -> Decision:
    situation = Situation(state, "", OLD, {V4: OLD.fingerprint, V5: OLD.with_code("x").fingerprint})
    return plan(situation, request, Policy(Canary(INCREMENTS), protected), wanted, now=0, operation_id="run")


def test_a_canary_that_begins() -> None:
    decision = decided(Stable(V4), Deploy(), WANTED)
    assert shown(words.decision_lines(decision, "LIVE", Stable(V4), PRD)) == (
        "  now              4    100 %  ████████████████████\n"
        "  then           new     25 %  █████\n"
        "                   4     75 %  ███████████████\n"
        "  to do      change settings: MemorySize\n"
        "             push code bmV3IGNvZGUg…\n"
        "             publish a version\n"
        "             move alias LIVE to new at 25 %, 4 at 75 %\n"
        "  note       the alias has no memory of ours: version 4 counts as what was last deployed"
    )


def test_all_the_deploys_ahead() -> None:
    situation = Situation(Stable(V4), "", OLD, {V4: OLD.fingerprint})
    ahead = rollout(situation, Deploy(), Policy(Canary(INCREMENTS)), WANTED, now=0, operation_id="run")
    assert shown(words.ahead_lines(ahead)) == (
        "  ahead      deploy 2: new at 50 %, 4 at 50 %\n"
        "             deploy 3: new at 75 %, 4 at 25 %\n"
        "             deploy 4: new"
    )


def test_a_refusal_shows_the_way_out() -> None:
    decision = decided(Stable(V4), Rollback())
    assert shown(words.decision_lines(decision, "LIVE", Stable(V4), PRD)) == (
        "  now              4    100 %  ████████████████████\n"
        "  refused    nothing is known to have been stable before 4\n"
        "  way out    choose a version yourself: `deployer rollback --to N --env prd`"
    )


def test_nothing_to_do_says_why() -> None:
    decision = decided(Stable(V4), Promote())
    assert shown(words.decision_lines(decision, "LIVE", Stable(V4), PRD)) == (
        "  now              4    100 %  ████████████████████\n"
        "  to do      nothing\n"
        "  note       the alias already points at 4 alone"
    )


def test_what_may_surprise_later_stands_out() -> None:
    state = Transition(V5, V4, Percent.of(60))
    decision = decided(state, Deploy(), OLD.with_code("x"))
    *_, last = words.decision_lines(decision, "LIVE", state, PRD)
    assert last[0] == Span("  attention  ", Tone.LOUD)
    assert last[1].tone is Tone.LOUD
    assert last[1].text.endswith("was not begun by a deploy of ours; carrying on with it as a canary")


@pytest.mark.parametrize(
    ("state", "text"),
    [
        (Absent(), "  now        no such alias yet"),
        (Stable(LATEST), "  now        $LATEST    100 %  ████████████████████"),
        (
            Transition(V5, V4, Percent.of("0.25")),
            "  now              5  99.75 %  ███████████████████\n                   4   0.25 %  █",
        ),
        (
            Settling(V5, V4, Move.FAILED),
            (
                "  now              5      0 %\n"
                "                   4    100 %  ████████████████████\n"
                "             Lambda's move of provisioned concurrency: failed"
            ),
        ),
    ],
)
def test_traffic_is_shown_as_shares_and_bars(state: AliasState, text: str) -> None:
    assert shown(words.traffic("now", state)) == text


def test_the_actions_that_need_no_alias_have_words_too() -> None:
    assert [
        words.action_words(action, "LIVE")
        for action in (
            CreateFunction("f"),
            PushSettings("f", "g", ("MemorySize", "Environment.Variables.TABLE"), ("Environment.Variables.TABLE",)),
            PushCode("f", "g", "short"),
            Await(Settling(V5, V4, Move.UNDER_WAY)),
        )
    ] == [
        "create the function",
        "change settings: MemorySize, Environment.Variables.TABLE (removed)",
        "push code short",
        "wait for Lambda to move provisioned concurrency from 4 to 5",
    ]


def test_the_heading_names_what_is_known_of_the_place(configured: Path) -> None:
    (configured / "deployer.toml").write_text('[functions.orders]\ncode = "src"\nname = "orders-{env}"\n')
    settings = load(configured / "deployer.toml").settings("sbx", "orders")
    places = (
        Place(None, None),
        Place(None, "eu-west-1"),
        Place.of_arn("arn:aws:lambda:eu-west-1:123456789012:function:f"),
    )
    assert [plain(words.heading(settings, place)) for place in places] == [
        "orders in sbx (orders-sbx), alias LIVE",
        "orders in sbx (orders-sbx), alias LIVE, eu-west-1",
        "orders in sbx (orders-sbx), alias LIVE, 123456789012, eu-west-1",
    ]


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


class Ascii(io.TextIOWrapper):
    """A stream that has no bars."""

    def __init__(self) -> None:
        self.bytes = io.BytesIO()
        super().__init__(self.bytes, encoding="ascii")

    def text(self) -> str:
        self.flush()
        return self.bytes.getvalue().decode()


LINE = line(Span("attention", Tone.LOUD), " █ [bold] :smile:")


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")


def test_a_terminal_gets_colour_and_nothing_in_the_text_counts_as_markup() -> None:
    out = Terminal()
    paper.write([LINE], out)
    assert out.getvalue() == "\x1b[1;33mattention\x1b[0m █ [bold] :smile:\n"


@pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_a_terminal_that_wants_no_colour_gets_plain_lines(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    out = Terminal()
    paper.write([LINE], out)
    assert out.getvalue() == "attention █ [bold] :smile:\n"


def test_an_empty_no_color_counts_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "")
    assert paper.is_coloured(Terminal())


def test_a_stream_without_bars_gets_stand_ins() -> None:
    out = Ascii()
    paper.write([line("█ … é")], out)
    assert out.text() == "# ~ \\xe9\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("\x1b[2J\x9b1m", r"\x1b[2J\x9b1m"),
        ("a\r\n\tb\0\x7f\x85", r"a\r\n\tb\x00\x7f\x85"),
        ("\u202eevil\u2066\u200f\u061c\u2028\u2029", r"\u202eevil\u2066\u200f\u061c\u2028\u2029"),
        ("naïve ☃ שלום 👩\u200d💻 \xa0\\", "naïve ☃ שלום 👩\u200d💻 \xa0\\"),
    ],
)
def test_what_commands_a_terminal_is_escaped_and_letters_are_not(text: str, told: str) -> None:
    terminal, file = Terminal(), io.StringIO()
    paper.write([line(Span(text, Tone.BAD), "|")], terminal)
    paper.write([line(Span(text, Tone.BAD), "|")], file)
    assert (terminal.getvalue(), file.getvalue()) == (f"\x1b[1;31m{told}\x1b[0m|\n", f"{told}|\n")


def test_nothing_of_new_is_shown_as_a_number() -> None:
    assert words.shares(Transition(NEW, V4, Percent.of(75))) == (("new", Percent.of(25)), ("4", Percent.of(75)))

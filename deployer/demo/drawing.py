"""Scenes as lines of styled text, for whatever shows them."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap
from typing import Final

from rich.text import Text

from deployer.demo.scene import Chapter, Closing, Command, Moved, Opening, Said, Scene, Tone
from deployer.demo.traffic import Answers, Traffic
from deployer.demo.working_copy import Edit

WIDTH: Final = 100
BLOCK: Final = "█"
_REST: Final = "."
REST_STYLE: Final = "bright_black"
_BAR_LEAST: Final = 10
_INDENT: Final = " " * 5
# The widest that stands beside a bar: a label, an expectation, errors.
_LABEL: Final = f"{_INDENT}version 999"
_EXPECTED: Final = "expected 25 to 75 %"
_ERRORS: Final = "  99 errors"
_TONES: Final = {Tone.PLAIN: "", Tone.GOOD: "bold green", Tone.BAD: "bold red"}
# A version keeps its colour through the demo; red is for errors.
_VERSIONS: Final = ("blue", "green", "magenta")


def drawn(scene: Scene, width: int = WIDTH) -> tuple[Text, ...]:
    """The lines of one scene, for a place that is `width` characters wide."""
    return tuple(_lines(scene, width))


def _lines(scene: Scene, width: int) -> Iterator[Text]:
    match scene:
        case Opening(endpoint_url):
            yield Text("An order service, released on an embedded Lambda.", "bold")
            yield Text(f"It answers at {endpoint_url}; no AWS account is touched.", "dim")
        case Chapter(number, title):
            yield Text()
            yield Text(f"{number}  {title}", "bold")
        case Command(text):
            yield Text.assemble(("   $ ", "dim"), (text, "bold"))
        case Edit(file, before, after):
            yield Text.assemble((f"   {file}  ", "dim"), (f"- {before}", "red"))
            yield Text.assemble(" " * len(f"   {file}  "), (f"+ {after}", "green"))
        case Moved():
            yield _moved(scene)
        case Said(text, tone):
            for part in wrap(text, width - len(_INDENT), break_on_hyphens=False):
                yield Text.assemble(_INDENT, (part, _TONES[tone]))
        case Traffic():
            yield from (_answers(scene, answers, width) for answers in scene.by_version)
        case Closing():
            yield from _closing(scene)


def _moved(moved: Moved) -> Text:
    where = f"{moved.alias} stays at {moved.after}" if moved.before == moved.after else f"{moved.alias}: {moved.after}"
    return Text(_INDENT + "; ".join((*moved.done, where)))


def _answers(traffic: Traffic, answers: Answers, width: int) -> Text:
    """One version's bar, its failed part in red, and its numbers; where room is short, errors or expectation."""
    roomy = width >= WIDTH
    wide = len(str(traffic.calls))
    numbers = f" {answers.answered:>{wide}} of {traffic.made:>{wide}} calls {traffic.share(answers):>5.1f} %  "
    beside = len(_LABEL) + len(numbers) + len(_EXPECTED) + (len(_ERRORS) if roomy else 0)
    expected = _expected(traffic, answers) if roomy or not answers.failed else ""
    errors = _counted(answers.failed, "error") if answers.failed else ""
    return Text.assemble(
        f"{_INDENT}version {answers.version:<3}",
        *_bar(traffic, answers, max(_BAR_LEAST, width - beside)),
        numbers,
        (expected, "dim"),
        " " * (len(_EXPECTED) + 2 - len(expected)) if expected and errors else "",
        (errors, "bold red"),
    )


def _expected(traffic: Traffic, answers: Answers) -> str:
    low, high = traffic.expected(answers)
    return f"expected {low:.0f} %" if low == high else f"expected {low:.0f} to {high:.0f} %"


def _bar(traffic: Traffic, answers: Answers, length: int) -> Iterator[tuple[str, str]]:
    """The bar's pieces: answered well, failed (no error goes unseen), and the calls of others or still to come."""
    failed = max(round(length * answers.failed / traffic.calls), 1 if answers.failed else 0)
    filled = max(round(length * answers.answered / traffic.calls), failed)
    yield BLOCK * (filled - failed), _colour(answers.version)
    yield BLOCK * failed, "red"
    yield _REST * (length - filled), REST_STYLE


def _colour(version: str) -> str:
    return _VERSIONS[(int(version) - 1) % len(_VERSIONS)] if version.isdecimal() else ""


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def _closing(closing: Closing) -> Iterator[Text]:
    yield Text()
    yield Text(f"What happened, in {closing.seconds:.0f} seconds", "bold")
    yield from (Text(f"   {fact}") for fact in closing.facts)
    yield Text()
    yield Text("What to try next", "bold")
    longest = max(len(suggestion.command) for suggestion in closing.suggestions)
    for suggestion in closing.suggestions:
        yield Text.assemble((f"   {suggestion.command:<{longest}}", "bold"), f"   {suggestion.purpose}")

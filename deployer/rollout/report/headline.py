"""How it came out, in one sentence, and the facts under it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from deployer.core.percent import Percent
from deployer.core.state import Stable
from deployer.core.watch.policy import ALL
from deployer.rollout.event import End
from deployer.rollout.report.figures import (
    NOTHING,
    count,
    counted,
    date,
    day,
    exact,
    hour,
    iso,
    length,
    moment,
    percent,
)
from deployer.rollout.report.markup import Markup, Part, element, joined
from deployer.rollout.report.naming import first_upper, new_version, old_version
from deployer.rollout.report.series import Point, total
from deployer.rollout.report.story import Story
from deployer.rollout.report.wording import ENDS, tone_of

_NONE = Percent(0)


def sentence(story: Story) -> str:
    """How it came out. Function, version and alias are in it."""
    return first_upper(_outcome(story, story.came_to))


def _outcome(story: Story, end: End | None) -> str:
    who = f"{new_version(story)} of {story.subject.function_name}"
    where, at = _place(story), _at(story)
    match end:
        case End.DONE if story.share == ALL:
            return f"{who} has all traffic of {where}"
        case End.DONE if story.ended is not None and isinstance(story.ended.state, Stable) and story.share == _NONE:
            return f"{who} has no traffic of {where} any more: version {story.ended.state} has all of it"
        case End.ROLLED_BACK:
            return f"{who} was rolled back: {old_version(story)} has all traffic of {where} again"
        case End.TESTS_FAILED:
            return f"{who} failed its tests and got no traffic of {where}"
        case End.HELD:
            return f"{who} is held{at} on {where}"
        case End.WAITING:
            return f"{who} waits{at} on {where}"
        case End.DONE | End.OVERTAKEN | End.INTERRUPTED | End.FAILED | None:
            return f"the rollout of {who} on {where} {_stopped(end, at)}"


def _stopped(end: Literal[End.DONE, End.OVERTAKEN, End.INTERRUPTED, End.FAILED] | None, at: str) -> str:
    match end:
        case End.DONE:
            return "is done"
        case End.OVERTAKEN:
            return "was overtaken: somebody else changed the alias"
        case End.INTERRUPTED:
            return f"was interrupted{at}"
        case End.FAILED:
            return f"failed{at}"
        case None:
            return f"has no recorded end; it was last seen{at or ' without a share'}"


def headline(story: Story) -> Markup:
    """The sentence, what the driver said, and the facts."""
    said = story.ended.text if story.ended else ""
    return element(
        "header",
        element("p", _badge(story), _when(story), class_="over"),
        element("h2", *_unbroken(sentence(story), story.subject.function_name)),
        element("p", said, class_="lead") if said else None,
        element("p", _left_out(story.earlier), class_="quiet") if story.earlier else None,
        element(
            "dl", joined(element("div", element("dt", name), element("dd", value)) for name, value in _facts(story))
        ),
    )


def _left_out(earlier: int) -> str:
    is_are = "is" if earlier == 1 else "are"
    return f"{counted(earlier, 'earlier release')} {is_are} in the same events, and not shown here."


def _unbroken(text: str, name: str) -> tuple[Part, ...]:
    """A name keeps together at the end of a line, whatever hyphens are in it."""
    before, found, after = text.partition(name or text)
    return before, element("span", found, class_="name"), after


def _place(story: Story) -> str:
    subject = story.subject
    return f"{subject.alias} in {subject.environment}" if subject.environment else subject.alias


def _at(story: Story) -> str:
    return f" at {exact(story.share)}" if story.share is not None else ""


def _badge(story: Story) -> Markup:
    if story.came_to is None:
        return element("span", "no end on record", class_="badge warn")
    return element("span", ENDS[story.came_to], class_=f"badge {tone_of(story.came_to)}".rstrip())


def _when(story: Story) -> Markup:
    begin, end = story.begin, story.end
    same = moment(begin).date() == moment(end).date()
    until = hour(end) if same else f"{day(end)} {hour(end)}"
    return element(
        "span",
        element("time", f"{date(begin)}, {hour(begin)}", datetime=iso(begin)),
        " to ",
        element("time", until, datetime=iso(end)),
        f" UTC, {length(end - begin)}",
    )


def _facts(story: Story) -> Iterator[tuple[str, Part]]:
    subject, about = story.subject, story.compared
    yield "Function", subject.function_name
    if subject.function and subject.function != subject.function_name:
        yield "Configured as", subject.function
    yield "Alias", _place(story)
    if about.old or about.new:
        yield "Versions", f"{about.old or NOTHING} → {about.new or NOTHING}"
    if subject.region or subject.account:
        yield "Region, account", ", ".join(filter(None, (subject.region, subject.account)))
    if story.release:
        yield "Release", story.release
    if story.schedule:
        yield "Steps planned", ", ".join(exact(share) for share in story.schedule)
    for name, points in ((new_version(story), story.series.new), (old_version(story), story.series.old)):
        whole = total(points)
        if whole is not None:
            yield f"Errors of {name}", _errors(whole)
    if story.drivers > 1:
        yield "Carried on by", counted(story.drivers, "driver")


def _errors(whole: Point) -> Markup:
    share = percent(whole.share) if whole.share is not None else "none"
    return joined((share, element("span", f" {count(whole.errors)} of {count(whole.invocations)}", class_="quiet")))

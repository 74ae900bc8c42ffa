"""A report as its tests read it: elements that must be closed in order, and what they say."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

from deployer.core.percent import Percent
from deployer.core.state import Stable, Transition
from deployer.core.version import Published
from deployer.core.watch.judgement import Finding, Judged, Judgement
from deployer.core.watch.observation import Observation, Period
from deployer.rollout.event import Event, Happening, Looked, Subject

VOID = {"meta", "br", "hr"}
NOON = 1_781_265_600  # 12 June 2026, 12:00 UTC
ORDERS = Subject("orders", "LIVE", "orders", "prd")
OLD, NEW = Stable(Published(4)), Stable(Published(5))
QUARTER = Transition(Published(5), Published(4), Percent.of(75))


@dataclass
class Node:
    tag: str
    attributes: dict[str, str | None]
    parts: list[Node | str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(part if isinstance(part, str) else part.text for part in self.parts)

    def all(self, tag: str, kind: str | None = None) -> list[Node]:
        found = [self] if self.tag == tag and (kind is None or kind in self.kinds) else []
        return found + [node for part in self.parts if isinstance(part, Node) for node in part.all(tag, kind)]

    @property
    def kinds(self) -> list[str]:
        return (self.attributes.get("class") or "").split()


class Reader(HTMLParser):
    """Fails on an element that is closed out of order, and on an attribute that is there twice."""

    def __init__(self) -> None:
        super().__init__()
        self.root = Node("page", {})
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(dict(attrs)) == len(attrs), f"an attribute twice in {self.get_starttag_text()}"
        node = Node(tag, dict(attrs))
        self.open[-1].parts.append(node)
        if tag not in VOID:
            self.open.append(node)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop().tag == tag

    def handle_data(self, data: str) -> None:
        self.open[-1].parts.append(data)


def read(page: str) -> Node:
    """The page, which is well-formed, whose ids are unique and whose references lead somewhere."""
    reader = Reader()
    reader.feed(page)
    reader.close()
    assert reader.open == [reader.root]
    ids = [node.attributes["id"] for node in every(reader.root) if "id" in node.attributes]
    assert len(set(ids)) == len(ids)
    for node in every(reader.root):
        for name in ("aria-labelledby", "aria-describedby"):
            assert node.attributes.get(name) in {None, *ids}
        assert (node.attributes.get("href") or "#").removeprefix("#") in {"", *ids}
    return reader.root


def every(node: Node) -> list[Node]:
    return [node, *(found for part in node.parts if isinstance(part, Node) for found in every(part))]


def told(*happenings: tuple[float, Happening], subject: Subject = ORDERS) -> tuple[Event, ...]:
    """Events by seconds since NOON."""
    return tuple(Event(NOON + at, subject, what) for at, what in happenings)


def looked(
    judged: Judged = Judged.PASS,
    *,
    new: tuple[Period, ...] = (),
    old: tuple[Period, ...] = (),
    state: Stable | Transition = QUARTER,
    findings: tuple[Finding, ...] = (),
) -> Looked:
    through = max([NOON, *(period.start + 60 for period in (*new, *old))])
    calls = sum(period.invocations for period in new)
    return Looked(state, NOON, Observation(through, new, old), Judgement(judged, findings, calls))


def period(minute: int, invocations: int, errors: int = 0, **durations: float) -> Period:
    """`minute` since NOON; durations as p50=12.0."""
    measured = {float(name[1:]): value for name, value in durations.items()}
    return Period(NOON + 60 * minute, invocations, errors, durations=measured)

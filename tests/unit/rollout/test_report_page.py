"""The page as a whole: what is on it, in which order, and how large it may get."""

from importlib.metadata import version

import pytest
from report_pages import NEW, NOON, OLD, QUARTER, Node, every, looked, period, read, told

from deployer.core.percent import Percent
from deployer.core.watch.judgement import Finding, Judged
from deployer.rollout.event import (
    Began,
    End,
    Ended,
    Event,
    Happening,
    Held,
    Hooked,
    Noticed,
    RolledBack,
    Stepped,
    Subject,
    Tried,
    Waited,
)
from deployer.rollout.event import Tested as WasTested  # a name that pytest does not take for a class of tests
from deployer.rollout.report import FORMAT, render
from deployer.rollout.report.figures import NOTHING
from tools.rollouts import by_hand, long, passed, rolled_back

MOST_BYTES = 1_000_000
HOSTILE = "</style></script><script>alert(1)</script>\"'><img src=x onerror=alert(1)>&lt;\x00\u202e\ud800"
FINDINGS = (
    Finding("errors", Judged.FAIL, "5 % of 40", 2_000.0, 1_200.0, 5.0, 1.0),
    Finding("duration p95", Judged.PASS, "120 ms", 0.5, 1_200.0, 120.0, 118.0),
    Finding("alarm 5xx", Judged.PASS, "OK"),
)
SMALL = told(
    (0, Began(OLD, (Percent.of(25), Percent.of(100)), "r1")),
    (10, WasTested("5", (Tried("ping", "5", 12.0, difference="a: 1 is now 2"),))),
    (20, Hooked("warm", "before", 0.5)),
    (60, Stepped(OLD, QUARTER, "op-1", "the first step", "5")),
    (120, looked(Judged.NO_DATA)),
    (125, Waited(NOON + 300, "bakes")),
    (180, looked(Judged.INCONCLUSIVE, new=(period(1, 20, 1, p95=118.0),), old=(period(1, 60, p95=119.0),))),
    (240, looked(Judged.FAIL, new=(period(2, 20, 1, p95=120.0),), old=(period(2, 60, 1),), findings=FINDINGS)),
    (240, RolledBack(QUARTER, OLD, "op-2", "it fails")),
    (242, Ended(End.ROLLED_BACK, OLD, "Look into it.")),
)


def words(node: Node) -> str:
    return " ".join(node.text.replace("\N{NO-BREAK SPACE}", " ").split())


def outline(page: Node) -> list[str]:
    wanted = {"h1", "h2", "h3", "caption", "summary"}
    return [f"{node.tag}: {words(node)}" for node in every(page) if node.tag in wanted]


def rows(table: Node) -> list[list[str]]:
    return [[words(cell) for cell in row.all("th") + row.all("td")] for row in table.all("tr")]


def table(page: Node, caption: str) -> list[list[str]]:
    (found,) = (node for node in page.all("table") if words(node.all("caption")[0]).startswith(caption))
    return rows(found)


def test_a_small_rollout_has_everything_in_order() -> None:
    page = read(render(SMALL))
    assert outline(page) == [
        "h1: Rollout report",
        "h2: Version 5 of orders was rolled back: version 4 has all traffic of LIVE in prd again",
        "h3: Share of traffic",
        "h3: Share of errors",
        "h3: Invocations",
        "h3: Duration p95",
        "caption: What each gate said last",
        "caption: Step by step, with the 95 % confidence interval of each share of errors",
        "caption: Tests before traffic",
        "caption: Hooks",
        "summary: The numbers, every minute",
        "caption: Each period of both versions, times in UTC",
        "h3: Events",
        "summary: 12:02:002 looks: 1 inconclusive, 1 no data",
    ]


def test_the_tables_hold_the_numbers() -> None:
    page = read(render(SMALL))
    assert table(page, "What each gate said last") == [
        ["Gate", "Verdict", "New", "Old", "Evidence of needed", "Looked at"],
        ["errors5 % of 40", "fail", "5.00 %", "1.00 %", "2,000 of 1,200", "12:04:00"],
        ["duration p95120 ms", "pass", "120 ms", "118 ms", "0.50 of 1,200", "12:04:00"],
        ["alarm 5xxOK", "pass", NOTHING, NOTHING, NOTHING, "12:04:00"],
    ]
    assert table(page, "Step by step") == [
        ["Share", "From", "For", "Errors of version 5", "Errors of version 4"],
        ["0 %", "12:00", "1 min", NOTHING, NOTHING],
        ["25 %", "12:01", "3 min", "5.00 % 2 of 40, 1.38 % to 16.5 %", "0.83 % 1 of 120, 0.15 % to 4.57 %"],
        ["0 %", "12:04", "2 s", NOTHING, NOTHING],
    ]
    assert table(page, "Tests before traffic") == [
        ["Test", "Result", "Took", "Difference to the old version"],
        ["ping", "pass", "12 ms", "a: 1 is now 2"],
    ]
    assert table(page, "Hooks") == [
        ["Hook", "Moment", "Result", "Took", "At"],
        ["warm", "before", "pass", "0.5 s", "12:00:20"],
    ]
    assert table(page, "Each period") == [
        ["From", "5 calls", "5 errors", "4 calls", "4 errors", "5 p95", "4 p95"],
        ["12:01", "20", "1", "60", "0", "118 ms", "119 ms"],
        ["12:02", "20", "1", "60", "1", "120 ms", NOTHING],
    ]


def test_a_gate_shows_its_last_finding_in_the_order_of_the_last_look() -> None:
    early = Finding("duration p95", Judged.NO_DATA, "nothing yet")
    gone = Finding("throttles", Judged.PASS, "none")
    page = read(render(told((0, looked(findings=(early, gone))), (60, looked(findings=FINDINGS[:2])))))
    assert [row[::2] for row in table(page, "What each gate said last")][1:] == [
        ["throttlesnone", NOTHING, NOTHING],
        ["errors5 % of 40", "5.00 %", "2,000 of 1,200"],
        ["duration p95120 ms", "120 ms", "0.50 of 1,200"],
    ]


def test_the_events_are_listed_in_order_with_time_kind_and_text() -> None:
    (journal,) = read(render(SMALL)).all("ol", "journal")
    listed = [tuple(words(part) for part in every(row)[1:4]) for row in journal.all("li") if "fold" not in row.kinds]
    assert [row[:2] for row in listed] == [
        ("12:00:00", "began"),
        ("12:00:10", "tests"),
        ("12:00:20", "hook"),
        ("12:01:00", "step"),
        ("12:02:00", "look"),
        ("12:02:05", "wait"),
        ("12:03:00", "look"),
        ("12:04:00", "look"),
        ("12:04:00", "rolled back"),
        ("12:04:02", "ended"),
    ]
    assert listed[3][2] == "4 → 5 at 25 %, 4 at 75 %: the first step. Version 5 was published."
    assert listed[7][2] == "Fail after 20 invocations errors: 5 % of 40 duration p95: 120 ms alarm 5xx: OK"


def test_the_chart_has_steps_marks_and_the_rollback() -> None:
    (share, *_) = read(render(SMALL)).all("svg", "chart")
    assert words(share.all("title")[0]) == "Share of version 5 over time"
    assert words(share.all("desc")[0]) == (
        "0 % from 12:00; 25 % from 12:01; 0 % from 12:04; rolled back at 12:04. "
        "3 looks: 1 fail, 1 inconclusive, 1 no data."
    )
    marks = [mark.attributes["href"] for mark in share.all("use")]
    assert marks == ["#mark-no-data", "#mark-inconclusive", "#sign-fail"]
    assert share.all("path", "line")[0].attributes["d"] == "M0 220V220H2431V165H9723V220H9804"
    assert [words(text) for text in share.all("text", "words")] == ["25 %", "rolled back 12:04"]


def test_every_drawing_has_a_title_and_a_description_and_every_table_headings() -> None:
    page = read(render(passed()))
    for drawing in page.all("svg", "chart"):
        assert drawing.attributes["role"] == "img"
        assert [bool(drawing.all(tag)[0].text) for tag in ("title", "desc")] == [True, True]
    for found in page.all("table"):
        assert {cell.attributes["scope"] for cell in found.all("th")} == {"col", "row"}
    assert page.all("html")[0].attributes == {"lang": "en"}


def test_it_says_what_made_it() -> None:
    page = read(render(SMALL))
    named = {
        node.attributes.get("name"): node.attributes["content"]
        for node in page.all("meta")
        if len(node.attributes) == 2
    }
    assert named["generator"] == f"deployer {version('lambda-rollouts')}"
    assert named["deployer-report-format"] == str(FORMAT)
    assert f"deployer {version('lambda-rollouts')} from 10 events" in words(page.all("footer")[0])


def test_nothing_is_fetched_and_nothing_runs() -> None:
    page = read(render(passed()))
    tags = {node.tag for node in every(page)}
    assert tags & {"script", "link", "img", "iframe", "object", "image", "a", "base", "form"} == set()
    names = {name for node in every(page) for name in node.attributes}
    assert not [name for name in names if name.startswith("on") or name == "src"]
    css = page.all("style")[0].text
    assert not [word for word in ("url(", "@import", "@font-face", "http") if word in css]


def test_the_same_events_give_the_same_page() -> None:
    assert render(passed()) == render(passed())


def test_hostile_text_stays_text() -> None:
    subject = Subject(*[HOSTILE] * 6)
    finding = Finding(HOSTILE, Judged.FAIL, HOSTILE)
    events = told(
        (0, Began(OLD, (), HOSTILE)),
        (1, WasTested(HOSTILE, (Tried(HOSTILE, HOSTILE, 1, HOSTILE, HOSTILE),))),
        (2, Hooked(HOSTILE, HOSTILE, 1, HOSTILE)),
        (3, Stepped(OLD, QUARTER, HOSTILE, HOSTILE, HOSTILE)),
        (4, looked(Judged.FAIL, findings=(finding,))),
        (5, Waited(0, HOSTILE, HOSTILE)),
        (6, Held(QUARTER, HOSTILE, HOSTILE)),
        (7, Noticed(HOSTILE, HOSTILE, loud=True)),
        (8, RolledBack(QUARTER, OLD, HOSTILE, HOSTILE)),
        (9, Ended(End.FAILED, OLD, HOSTILE)),
        subject=subject,
    )
    written = render(events)
    written.encode()
    page = read(written)
    assert not {node.tag for node in every(page)} & {"script", "img"}
    assert [node.text for node in page.all("style")] == [read(render(())).all("style")[0].text]
    shown = HOSTILE.translate({0: "\ufffd", 0x202E: "\ufffd", 0xD800: "\ufffd"})
    assert shown in page.all("p", "lead")[0].text


def test_a_stream_without_events_says_so() -> None:
    page = read(render(()))
    assert words(page.all("title")[0]) == "A rollout of which nothing is on record"
    assert words(page.all("main")[0]).startswith("Rollout reportThere are no events.")


def test_without_looks_there_is_a_line_and_no_chart_of_errors() -> None:
    page = read(render(told((0, Began(OLD, ())), (5, Ended(End.INTERRUPTED, OLD, "")))))
    assert outline(page)[2:] == [
        "h3: Share of traffic",
        "caption: Step by step, with the 95 % confidence interval of each share of errors",
        "h3: Events",
    ]


def test_a_single_moment_is_a_page_too() -> None:
    assert outline(read(render(told((0, Noticed("a", "b"))))))[-1] == "h3: Events"


def test_one_period_of_the_new_version_alone_is_a_dot_in_its_band() -> None:
    page = read(render(told((60, looked(new=(period(0, 10, 1),), state=NEW)))))
    (errors,) = (
        chart for chart in page.all("svg", "chart") if words(chart.all("title")[0]).startswith("Share of errors")
    )
    assert [path.kinds for path in errors.all("path")] == [["band", "new"], ["line", "new"]]
    assert str(errors.all("path", "line")[0].attributes["d"]).endswith("h0")


def test_periods_without_invocations_have_no_share() -> None:
    page = read(render(told((60, looked(new=(period(0, 0), period(1, 0)), old=(period(0, 0),))))))
    (errors,) = (
        chart for chart in page.all("svg", "chart") if words(chart.all("title")[0]).startswith("Share of errors")
    )
    assert errors.all("path") == []


def test_drivers_that_take_one_look_each_are_folded_and_one_that_died_is_not() -> None:
    began: Happening = Began(QUARTER, ())
    one: list[Happening] = [began, looked(), Ended(End.WAITING, QUARTER, "")]
    events = told(*enumerate([*one, *one, began, looked(), *one]))
    (journal,) = read(render(events)).all("ol", "journal")
    assert [row.kinds for row in journal.parts if isinstance(row, Node)] == [[], ["fold"], [], [], []]


def test_several_functions_in_one_stream_have_a_part_each() -> None:
    other = Subject("payments", "LIVE")
    page = read(render((*SMALL, *told((5, Began(OLD, ())), subject=other))))
    assert [words(part.all("h2")[0]).split(" on ")[0] for part in page.all("article")] == [
        "Version 5 of orders was rolled back: version 4 has all traffic of LIVE in prd again",
        "The rollout of the new version of payments",
    ]


@pytest.mark.parametrize(
    "events",
    [
        long(2_000, 2),
        told(*((at, Noticed("topic", f"{at} {'text ' * 200}")) for at in range(5_000))),
        told(*((at, looked() if at % 2 else Stepped(OLD, QUARTER, "op", "why " * 500)) for at in range(5_000))),
        told(*((at, looked(Judged.FAIL if at % 2 else Judged.PASS, findings=FINDINGS)) for at in range(5_000))),
    ],
    ids=["periods", "notices", "steps", "flapping"],
)
def test_a_page_of_many_events_stays_small(events: tuple[Event, ...]) -> None:
    written = render(events)
    read(written)
    assert len(written.encode()) < MOST_BYTES


def test_the_pictured_rollouts_come_out_as_they_are_told() -> None:
    assert [words(read(render(events)).all("h2")[0]) for events in (rolled_back(), passed(), by_hand())] == [
        "Version 42 of shop-orders-prd was rolled back: version 41 has all traffic of LIVE in prd again",
        "Version 42 of shop-orders-prd has all traffic of LIVE in prd",
        "Version 42 of shop-orders-prd was rolled back: version 41 has all traffic of LIVE in prd again",
    ]


def test_what_a_person_did_between_two_looks_stands_in_the_journal_and_what_is_found_again_does_not() -> None:
    (journal,) = read(render(by_hand())).all("ol", "journal")
    rows = [node for node in journal.parts if isinstance(node, Node)]
    assert [words(node.all("span", "kind")[0]) if "fold" not in node.kinds else "…" for node in rows] == [
        "step",
        "look",
        "…",
        "held",
        "held",
        "ended",
        "…",
        "resumed",
        "look",
        "…",
        "rolled back",
        "ended",
        "…",
        "ended",
    ]

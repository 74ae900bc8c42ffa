"""The report as a person sees it: in a real browser, on a narrow and a wide screen, in light and in dark.

Each look opens one page with four frames: the report as it is, at both widths, for the picture; and, below, copies with
a measuring script, as the report itself runs none.
"""

from __future__ import annotations

import html
import json
import os
import re
from dataclasses import dataclass, replace
from typing import Any

import pytest
from report_pages import NOON

from deployer.core.state import Stable
from deployer.core.version import Published
from deployer.core.watch.judgement import Finding, Judged
from deployer.rollout.event import Event, Happening, Held, Hooked, Looked, Noticed, Subject, Tried
from deployer.rollout.event import Tested as WasTested  # a name that pytest does not take for a class of tests
from deployer.rollout.report import render
from tools.browser import NAMES, Scheme, find_browser, look
from tools.png import Picture, read_png
from tools.rollouts import rolled_back

# One worker looks, as each look takes seconds.
pytestmark = pytest.mark.xdist_group("browser")

WIDTHS = {"narrow": 390, "wide": 1280}
HEIGHT = 900
NEW = {"light": "#1d5fd1", "dark": "#74a9ff"}
BAD = {"light": "#b3261e", "dark": "#ff8278"}
PAGE = {"light": "#fcfcfb", "dark": "#131518"}
HELLO = "the console is heard"

MEASURE = """
<script>
addEventListener("load", () => {
  const all = (what) => [...document.querySelectorAll(what)];
  const box = (one) => { const it = one.getBoundingClientRect(); return [it.left, it.top, it.right, it.bottom]; };
  all("details").forEach((one) => { one.open = true; });
  parent.postMessage({
    name: location.hash.slice(1),
    width: innerWidth,
    scrolls: document.documentElement.scrollWidth,
    beyond: all("body *").filter((one) => box(one)[2] > innerWidth + 0.5).map((one) => one.outerHTML.slice(0, 120)),
    marks: all(".chart use.sign.fail").map(box),
    share: box(all(".chart")[0]),
    letters: Math.min(...all("p, td, th, dd, text, li").map((one) => parseFloat(getComputedStyle(one).fontSize))),
  }, "*");
});
</script>
"""
HOST = """<!doctype html><meta charset="utf-8"><title>host</title>
<style>body { margin: 0 } iframe { border: 0; float: left; height: %(height)dpx } pre { clear: both }</style>
%(frames)s<pre id="measured"></pre>
<script>
console.log("%(hello)s");
const seen = {};
addEventListener("message", (said) => {
  seen[said.data.name] = said.data;
  document.getElementById("measured").textContent = JSON.stringify(seen);
});
</script>
"""


@dataclass(frozen=True)
class Sight:
    scheme: Scheme
    picture: Picture
    measured: dict[str, Any]
    console: tuple[str, ...]


@pytest.fixture(scope="module")
def browser() -> str:
    found = find_browser()
    if found is None and os.environ.get("BROWSER_TESTS") != "required":
        pytest.skip(f"no browser: none of {', '.join(NAMES)} is on the path, and CHROMIUM names none")
    assert found is not None, "BROWSER_TESTS=required, and there is no browser"
    return found


@pytest.fixture(scope="module", params=["light", "dark"])
def sight(request: pytest.FixtureRequest, browser: str, tmp_path_factory: pytest.TempPathFactory) -> Sight:
    folder, scheme = tmp_path_factory.mktemp("report"), request.param
    report = render(rolled_back())
    (folder / "report.html").write_text(report, encoding="utf-8")
    (folder / "copy.html").write_text(measuring(report), encoding="utf-8")
    (folder / "long.html").write_text(measuring(render(with_long_names())), encoding="utf-8")
    frames = [frame(file, name) for file in ("report.html", "copy.html") for name in WIDTHS]
    frames.append('<iframe src="long.html#long" style="width:360px"></iframe>')
    host = folder / "host.html"
    host.write_text(HOST % {"height": HEIGHT, "frames": "".join(frames), "hello": HELLO}, encoding="utf-8")
    seen = look(browser, host, width=sum(WIDTHS.values()), height=HEIGHT, scheme=scheme)
    told = re.search(r'<pre id="measured">(.*?)</pre>', seen.page, re.DOTALL)
    assert told is not None
    return Sight(scheme, read_png(seen.picture), json.loads(html.unescape(told[1])), seen.console)


def with_long_names() -> list[Event]:
    """The longest names that Lambda allows, and texts without a place to break."""
    subject, long = Subject("f" * 140, "a" * 128, "c" * 60, "e" * 60, "r" * 30, "1" * 12), "w" * 300
    findings = (Finding("g" * 90, Judged.INCONCLUSIVE, long, 1e9, 1e9, 100.0, 100.0),)
    happenings: list[Happening] = [
        WasTested("5", (Tried(long, "5", 1e7, long, long),)),
        Hooked(long, "before", 1e6, long),
        Held(Stable(Published(10**17)), long, long),
        *(replace_findings(event.what, findings) for event in rolled_back()),
        Noticed(long, long),
    ]
    return [Event(NOON + 86_400.0 * place, subject, what) for place, what in enumerate(happenings)]


def replace_findings(what: Happening, findings: tuple[Finding, ...]) -> Happening:
    return replace(what, judgement=replace(what.judgement, findings=findings)) if isinstance(what, Looked) else what


def frame(file: str, name: str) -> str:
    return f'<iframe src="{file}#{name}" style="width:{WIDTHS[name]}px"></iframe>'


def measuring(report: str) -> str:
    """A copy that may run a script, and does."""
    allowed, times = re.subn(r'<meta http-equiv="Content-Security-Policy"[^>]*>', MEASURE.replace("\\", "\\\\"), report)
    assert times == 1
    return allowed


@pytest.mark.parametrize("name", WIDTHS)
def test_nothing_lies_beyond_the_side_of_the_screen(sight: Sight, name: str) -> None:
    seen = sight.measured[name]
    assert (seen["width"], seen["scrolls"], seen["beyond"]) == (WIDTHS[name], WIDTHS[name], [])


def test_long_names_break_on_the_narrowest_screen(sight: Sight) -> None:
    seen = sight.measured["long"]
    assert (seen["width"], seen["scrolls"], seen["beyond"]) == (360, 360, [])


@pytest.mark.parametrize("name", WIDTHS)
def test_letters_are_large_enough_to_be_read(sight: Sight, name: str) -> None:
    assert sight.measured[name]["letters"] >= 12


@pytest.mark.parametrize("name", WIDTHS)
def test_the_mark_of_the_failure_is_painted_where_it_belongs(sight: Sight, name: str) -> None:
    ((left, top, right, bottom),) = sight.measured[name]["marks"]
    share = sight.measured[name]["share"]
    assert share[0] < left < right <= share[2] + 12
    start = left_of(name)
    painted = sight.picture.colours(start + int(left), int(top), start + int(right) + 1, int(bottom) + 1)
    assert painted[BAD[sight.scheme]] > 40


@pytest.mark.parametrize("name", WIDTHS)
def test_the_line_is_painted_in_the_colours_of_the_theme(sight: Sight, name: str) -> None:
    left, top, right, bottom = (int(edge) for edge in sight.measured[name]["share"])
    start = left_of(name)
    painted = sight.picture.colours(start + left, top, start + right, bottom)
    assert painted[NEW[sight.scheme]] > 100
    assert sight.picture.at(start + 3, 3) == PAGE[sight.scheme]


def test_the_console_stays_silent(sight: Sight) -> None:
    assert [line for line in sight.console if HELLO not in line] == []
    assert len(sight.console) == 1


def left_of(name: str) -> int:
    return 0 if name == "narrow" else WIDTHS["narrow"]

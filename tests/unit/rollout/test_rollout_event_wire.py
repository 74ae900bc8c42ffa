"""Events as JSON: whatever happened is read back as it was, and fits the schema in docs/."""

from __future__ import annotations

import json
import math
import runpy
import sys
import typing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from rollout_events import AT, HAPPENINGS, JUDGED, QUARTER, SEEN, event, events

from deployer.rollout.event import End, Event, Happening, Looked, Noticed
from deployer.rollout.event_wire import TYPES, event_data, event_text, read_event, type_of
from deployer.rollout.json_form import Unreadable

# The check of schemas lives beside the command line's tests.
sys.path.insert(0, str(Path(__file__).parents[1] / "cli"))
from cli_schema import mistakes

ROOT = Path(__file__).parents[3]
SUBJECT = {
    "function_name": "shop-orders-prd",
    "alias": "LIVE",
    "function": "orders",
    "environment": "prd",
    "region": "eu-central-1",
    "account": "123456789012",
}


def whole_schema() -> Any:
    """With every reference replaced by what it refers to."""
    found = json.loads((ROOT / "docs" / "event.schema.json").read_text(encoding="utf-8"))

    def resolved(part: Any) -> Any:
        if isinstance(part, list):
            return [resolved(item) for item in part]
        if not isinstance(part, dict):
            return part
        if "$ref" in part:
            return resolved(found["$defs"][part["$ref"].rpartition("/")[2]])
        return {name: resolved(member) for name, member in part.items() if name != "$defs"}

    return resolved(found)


SCHEMA = whole_schema()


def test_an_event_as_data() -> None:
    assert event_data(event(HAPPENINGS[3])) == {
        "format": "lambda-rollouts/event",
        "version": 1,
        "type": "stepped",
        "at": "2026-11-18T11:06:40.250Z",
        "subject": SUBJECT,
        "what": {
            "before": {"state": "stable", "version1": "4"},
            "after": {"state": "transition", "version1": "5", "version2": "4", "weight": 75},
            "operation_id": "op-1",
            "why": "the first step",
            "published": "5",
        },
    }


def test_a_resume_is_told_with_where_the_alias_stands() -> None:
    data = event_data(event(HAPPENINGS[8]))
    pair = {"state": "transition", "version1": "5", "version2": "4", "weight": 75}
    assert (data["type"], data["what"]) == ("resumed", {"state": pair})


def test_a_look_as_data_has_its_numbers() -> None:
    what = event_data(event(HAPPENINGS[4]))["what"]
    assert what["observation"]["new"] == [
        {
            "start": 1_794_999_900,
            "invocations": 40,
            "errors": 4,
            "throttles": 0,
            "durations": {"50": 12.5, "99.9": 80.0},
        }
    ]
    assert what["observation"]["alarms"][1] == {"name": "gone", "state": "MISSING", "since": None}
    assert what["judgement"]["findings"][0]["evidence"] == 431


def test_every_happening_has_a_name() -> None:
    assert set(TYPES.values()) == set(typing.get_args(Happening))
    assert [type_of(event(what)) for what in HAPPENINGS] == list(TYPES)


@given(events())
def test_an_event_is_read_back_as_it_was(given_: Event) -> None:
    text = event_text(given_)
    assert "\n" not in text
    assert read_event(json.loads(text)) == given_


@given(events())
def test_every_event_fits_the_schema(given_: Event) -> None:
    assert list(mistakes(json.loads(event_text(given_)), SCHEMA, "$")) == []


@pytest.mark.parametrize("change", [{"version": 2}, {"at": "today"}, {"type": "stopped"}, {"what": {}}])
def test_what_is_no_event_does_not_fit_the_schema(change: dict[str, Any]) -> None:
    assert list(mistakes({**event_data(event(HAPPENINGS[0])), **change}, SCHEMA, "$")) != []


def test_the_schema_is_what_the_code_says() -> None:
    generated = runpy.run_path(str(ROOT / "tools" / "event_schema.py"), run_name="event_schema")["page"]()
    written = (ROOT / "docs" / "event.schema.json").read_text(encoding="utf-8")
    assert written == generated, "run `make docs-schema` and read what changed"


def test_evidence_beyond_all_bounds_is_json_still() -> None:
    finding = replace(JUDGED.findings[0], evidence=math.inf, old=-math.inf)
    looked = event(Looked(QUARTER, 0, SEEN, replace(JUDGED, findings=(finding,))))
    found = json.loads(event_text(looked))
    assert found["what"]["judgement"]["findings"][0]["evidence"] == "Infinity"
    assert read_event(found) == looked


def test_a_number_that_is_none_is_named() -> None:
    finding = replace(JUDGED.findings[0], evidence=math.nan)
    data = event_data(event(Looked(QUARTER, 0, SEEN, replace(JUDGED, findings=(finding,)))))
    assert data["what"]["judgement"]["findings"][0]["evidence"] == "NaN"
    what = read_event(data).what
    assert isinstance(what, Looked)
    assert math.isnan(what.judgement.findings[0].evidence or 0)


def test_a_time_is_kept_to_the_millisecond() -> None:
    late = replace(event(HAPPENINGS[0]), at=AT + 0.0006)
    assert event_data(late)["at"] == "2026-11-18T11:06:40.251Z"


def test_a_member_that_is_not_known_is_passed_over_and_one_left_out_has_its_default() -> None:
    data = event_data(event(HAPPENINGS[9]))
    data["colour"] = "red"
    data["what"] = {"topic": "clock", "text": "late", "since": 7}
    assert read_event(data) == event(Noticed("clock", "late", loud=False))


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"format": "other"}, "event: it has no format 'lambda-rollouts/event', so it is no event of a rollout"),
        (
            {"version": 2},
            (
                "event.version: 2 is unknown; this release of lambda-rollouts reads version 1: "
                "use the one that wrote it, or a later one"
            ),
        ),
        (
            {"type": "leaped"},
            f"event.type: 'leaped' is none of {', '.join(TYPES)}",
        ),
        ({"type": None}, f"event.type: None is none of {', '.join(TYPES)}"),
        ({"at": 7}, "event.at: 7 is no time as ISO 8601 writes it"),
        ({"at": "2026-11-18T11:06:40"}, "event.at: '2026-11-18T11:06:40' names no time zone"),
        ({"subject": []}, "event.subject: [] is not an object"),
        ({"what": None}, "event.what: None is not an object"),
    ],
)
def test_what_is_no_event_is_told_where(change: dict[str, Any], problem: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read_event({**event_data(event(HAPPENINGS[0])), **change})
    assert str(caught.value) == problem


@pytest.mark.parametrize(
    ("index", "member", "value", "problem"),
    [
        (0, "schedule", [25, "much"], "event.what.schedule[1]: 'much' is no number"),
        (0, "schedule", [125], "event.what.schedule[0]: percentage 125.0: must be from 0 to 100"),
        (0, "schedule", 25, "event.what.schedule: 25 is not a list"),
        (0, "release", 7, "event.what.release: 7 is not a text"),
        (2, "seconds", True, "event.what.seconds: True is no number"),
        (5, "until", 1.5, "event.what.until: 1.5 is not a whole number"),
        (9, "loud", "yes", "event.what.loud: 'yes' is not true or false"),
        (
            10,
            "end",
            "lost",
            f"event.what.end: 'lost' is none of {', '.join(End)}",
        ),
    ],
)
def test_a_member_that_cannot_be_read_is_told_where(index: int, member: str, value: Any, problem: str) -> None:
    data = event_data(event(HAPPENINGS[index]))
    with pytest.raises(Unreadable) as caught:
        read_event({**data, "what": {**data["what"], member: value}})
    assert str(caught.value) == problem


def test_what_no_state_can_be_is_told_where() -> None:
    data = event_data(event(HAPPENINGS[3]))
    data["what"]["after"] = {"state": "stable"}
    with pytest.raises(Unreadable, match=r"^event\.what\.after: value .* is no state of an alias"):
        read_event(data)


def test_counts_that_cannot_be_are_told_where() -> None:
    data = event_data(event(HAPPENINGS[4]))
    data["what"]["observation"]["new"][0]["errors"] = 41
    with pytest.raises(Unreadable, match=r"^event\.what\.observation\.new\[0\]: .*41 errors of 40 invocations"):
        read_event(data)


def test_a_percentile_that_is_no_number_is_told_where() -> None:
    data = event_data(event(HAPPENINGS[4]))
    data["what"]["observation"]["new"][0]["durations"] = {"most": 7}
    with pytest.raises(Unreadable, match=r"^event\.what\.observation\.new\[0\]\.durations: 'most' is no number"):
        read_event(data)


@pytest.mark.parametrize("data", [None, [], "stepped", {}])
def test_what_is_no_object_is_no_event(data: object) -> None:
    with pytest.raises(Unreadable, match="no event of a rollout"):
        read_event(data)


def test_a_missing_member_without_a_default_is_told() -> None:
    data = event_data(event(HAPPENINGS[3]))
    del data["what"]["why"]
    with pytest.raises(Unreadable, match=r"^event\.what\.why: is missing$"):
        read_event(data)

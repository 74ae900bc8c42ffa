"""How two answers differ, and what is missing in one."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deployer.rollout.json_difference import difference, missing

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ({"a": 1, "b": [1, 2]}, {"b": [1, 2], "a": 1}, ""),
        ({"total": 3}, {"total": 4}, "$.total: 3 → 4"),
        ({"a": 1}, {"b": 1}, "$.a: 1 → (not there)\n$.b: (not there) → 1"),
        ([1, {"x": "é"}], [1, {"x": "è"}, 3], '$[1].x: "é" → "è"\n$[2]: (not there) → 3'),
        (1, True, "$: 1 → true"),
        (1, 1.0, ""),
        ({"a": None}, {}, "$.a: null → (not there)"),
        ([], {}, "$: [] → {}"),
        ({"a": "x" * 200}, {"a": ""}, '$.a: "' + "x" * 79 + '… → ""'),
    ],
)
def test_a_difference_is_told_by_its_place(old: Any, new: Any, found: str) -> None:
    assert difference(old, new) == found


def test_many_differences_are_counted() -> None:
    lines = difference(list(range(100)), list(range(1, 101))).split("\n")
    assert (lines[0], lines[19], lines[20:]) == ("$[0]: 0 → 1", "$[19]: 19 → 20", ["and 80 more"])


def test_long_names_are_cut() -> None:
    assert len(difference({"n" * 1000: 1}, {})) == 321


@pytest.mark.parametrize(
    ("wanted", "found", "lacking"),
    [
        ({"a": {"b": 1}}, {"a": {"b": 1, "c": 2}, "d": 3}, ""),
        ({"a": {"b": 1}}, {"a": {"b": 2}}, "$.a.b is 2, not 1"),
        ({"a": 1, "b": 2}, {"c": 3}, "$.a is not there\n$.b is not there"),
        ({"a": [1, {"b": 1}]}, {"a": [1, {"b": 1, "c": 2}]}, '$.a is [1, {"b": 1, "c": 2}], not [1, {"b": 1}]'),
        ({"a": [1, {"b": 1}]}, {"a": [1, {"b": 1}]}, ""),
        ({"ok": True}, {"ok": 1}, "$.ok is 1, not true"),
        ({"body": {"id": 7}}, {"body": '{"id": 7, "more": 8}'}, ""),
        ({"body": {"id": 7}}, {"body": '{"id": 8}'}, "$.body.id is 8, not 7"),
        ({"body": [7]}, {"body": "[7]"}, ""),
        ({"body": {"id": 7}}, {"body": "none"}, '$.body is "none", not {"id": 7}'),
        ({"body": "[7]"}, {"body": "[7]"}, ""),
        ("x", None, '$ is null, not "x"'),
    ],
)
def test_what_is_missing_is_told_by_its_place(wanted: Any, found: Any, lacking: str) -> None:
    assert missing(wanted, found) == lacking


@given(JSON)
def test_a_value_does_not_differ_from_itself_and_holds_itself(value: Any) -> None:
    again = json.loads(json.dumps(value))
    assert difference(value, again) == missing(value, again) == ""


@given(JSON, JSON)
def test_two_values_differ_both_ways_or_not_at_all(one: Any, other: Any) -> None:
    assert (difference(one, other) == "") == (difference(other, one) == "")

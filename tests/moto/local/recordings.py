"""Answers that the real Lambda gave, and how an answer of the embedded one is held against them.

A recording names its answers in order; values that differ from run to run stand as placeholders (`<uuid:1>`). The same
placeholder is the same value, and of the RevisionIds (`uuid`) two placeholders are two values.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

PATH = Path(__file__).parents[4] / "shared" / "aws-recorded" / "lambda.json"

_PLACEHOLDER = re.compile(r"<[a-z0-9-]+(?::\d+)?>|111111111111")
_UNCHECKED = {"date", "<code-size>", "<location>"}


@cache
def recordings() -> Mapping[str, Mapping[str, Any]]:
    """Answers by name, by the name of the recorded test."""
    return {name.rpartition("::")[2]: entry["recorded-content"] for name, entry in json.loads(PATH.read_text()).items()}


class Comparison:
    """Holds answers against one recording, and remembers which placeholder stood for what."""

    def __init__(self, younger: frozenset[str] = frozenset()) -> None:
        """`younger`: fields that the API did not have yet when this was recorded."""
        self._younger = younger
        self._bound: dict[str, str] = {}

    def same(self, recorded: Any, answered: Any, where: str) -> None:
        """Fail where the answer has other fields, other values or another pattern of equal values."""
        match recorded:
            case dict():
                self._same_fields(_unwrapped(recorded), answered, where)
            case list():
                assert len(answered) == len(recorded), f"{where}: {len(answered)} entries, not {len(recorded)}"
                for index, item in enumerate(recorded):
                    self.same(item, answered[index], f"{where}[{index}]")
            case str() if recorded in _UNCHECKED:
                assert answered, f"{where}: empty"
            case str():
                self._same_text(recorded, answered, where)
            case _:
                assert answered == recorded, f"{where}: {answered!r}, not {recorded!r}"

    def _same_fields(self, recorded: dict[str, Any], answered: Any, where: str) -> None:
        if "HTTPStatusCode" in recorded:
            assert answered["HTTPStatusCode"] == recorded["HTTPStatusCode"], f"{where}: {answered['HTTPStatusCode']}"
            return
        got = {name for name in answered if name != "ResponseMetadata" or name in recorded} - self._younger
        assert got == set(recorded), f"{where}: fields differ: {sorted(got ^ set(recorded))}"
        for name, value in recorded.items():
            self.same(value, answered[name], f"{where}.{name}")

    def _same_text(self, recorded: str, answered: str, where: str) -> None:
        open_names: list[str] = []

        def part(found: re.Match[str]) -> str:
            name = found[0]
            if name in self._bound:
                return re.escape(self._bound[name])
            if name in open_names:
                return f"(?P=p{open_names.index(name)})"
            open_names.append(name)
            return f"(?P<p{len(open_names) - 1}>.+?)"

        pattern = "".join(
            part(found) if (found := _PLACEHOLDER.fullmatch(piece)) else re.escape(piece)
            for piece in re.split(f"({_PLACEHOLDER.pattern})", recorded)
        )
        matched = re.fullmatch(pattern, answered)
        assert matched, f"{where}: {answered!r}, not {recorded!r} (known: {self._bound})"
        for index, name in enumerate(open_names):
            self._bind(name, matched[f"p{index}"], where)

    def _bind(self, name: str, value: str, where: str) -> None:
        if name.startswith("<uuid:"):
            twins = [known for known, held in self._bound.items() if held == value and known.startswith("<uuid:")]
            assert not twins, f"{where}: the RevisionId of {twins[0]} again; the recording has a new one"
        self._bound[name] = value


def _unwrapped(recorded: dict[str, Any]) -> dict[str, Any]:
    """Some recordings wrap the answer to CreateFunction."""
    inner: dict[str, Any] = recorded.get("CreateFunctionResponse", recorded)
    return inner

"""What the source of the core may hold: it decides, purely, and leaves out no case of its own unions."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import deployer

CORE = Path(deployer.__file__).parent / "core"
SOURCES = [pytest.param(path.read_text(encoding="utf-8"), id=path.name) for path in sorted(CORE.glob("**/*.py"))]
# Nothing here can read a file, a clock, the environment or a random number, nor reach another machine.
ALLOWED = {
    "__future__",
    "base64",
    "collections.abc",
    "dataclasses",
    "datetime",
    "decimal",
    "enum",
    "functools",
    "hashlib",
    "itertools",
    "json",
    "math",
    "re",
    "types",
    "typing",
}
# What needs no import: the world outside, and imports that do not show.
CLOCKS = {"now", "today", "utcnow"}
IMPURE = {"__import__", "breakpoint", "compile", "eval", "exec", "input", "open", "print"}


def imported(source: str) -> Iterator[str]:
    """The modules that are imported anywhere in it, at the top or later; a relative one with its dots."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            # `from deployer import provenance` imports deployer.provenance.
            yield from (f"{module}.{alias.name}" for alias in node.names) if module == "deployer" else (module,)


def foreign(source: str) -> set[str]:
    """What it imports that is neither harmless nor of the core."""
    return {name for name in imported(source) if name not in ALLOWED and not f"{name}.".startswith("deployer.core.")}


def impure(source: str) -> set[str]:
    """The builtins it names that reach out of it."""
    return {node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)} & IMPURE


def clocks(source: str) -> set[str]:
    """The ways it takes to the time of the machine; `datetime` itself only reckons."""
    called = (node.func for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
    return {func.attr for func in called if isinstance(func, ast.Attribute)} & CLOCKS


def catches_all(source: str) -> list[int]:
    """The lines of cases that match whatever comes: a new member of a union would fall into them unseen."""
    patterns = (node.pattern for node in ast.walk(ast.parse(source)) if isinstance(node, ast.match_case))
    return [one.lineno for one in patterns if isinstance(one, ast.MatchAs) and one.pattern is None]


@pytest.mark.parametrize("source", SOURCES)
def test_the_core_imports_only_what_can_touch_nothing(source: str) -> None:
    assert foreign(source) == set()


@pytest.mark.parametrize("source", SOURCES)
def test_the_core_calls_nothing_that_reaches_out(source: str) -> None:
    assert impure(source) == set()


@pytest.mark.parametrize("source", SOURCES)
def test_the_core_has_no_clock(source: str) -> None:
    assert clocks(source) == set()


@pytest.mark.parametrize("source", SOURCES)
def test_every_match_of_the_core_names_its_last_cases(source: str) -> None:
    assert catches_all(source) == []


def test_the_core_has_sources() -> None:
    assert {param.id for param in SOURCES} >= {"planner.py", "case.py", "memory.py"}


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import shutil", {"shutil"}),
        ("import json, signal as s", {"signal"}),
        ("def f():\n    from pickle import loads", {"pickle"}),
        ("from collections import deque", {"collections"}),
        ("import deployer.corefile", {"deployer.corefile"}),
        ("from deployer import provenance", {"deployer.provenance"}),
        ("from deployer.aws.engine import Engine", {"deployer.aws.engine"}),
        ("from ..aws import engine", {"..aws"}),
        ("from . import state", {"."}),
        ("import json\nfrom deployer import core\nfrom deployer.core.plan import Plan", set()),
    ],
)
def test_an_import_that_is_not_on_the_list_is_found(source: str, found: set[str]) -> None:
    assert foreign(source) == found


def test_builtins_that_reach_out_are_found() -> None:
    assert impure("def f(path): return open(path), re.compile('x'), print") == {"open", "print"}


def test_a_clock_is_found() -> None:
    assert clocks("a = datetime.now(UTC), date.today(), case.now, datetime.fromtimestamp(case.now, UTC)") == {
        "now",
        "today",
    }


@pytest.mark.parametrize(
    ("case", "found"),
    [
        ("_", True),
        ("other", True),
        ("_ if x", True),
        ("Stable() as x", False),
        ("Stable(_)", False),
        ("Stable() | None", False),
    ],
)
def test_a_case_that_takes_whatever_comes_is_found(case: str, *, found: bool) -> None:
    assert catches_all(f"match state:\n    case {case}:\n        pass") == ([2] if found else [])

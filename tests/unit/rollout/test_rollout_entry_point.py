"""Functions of the user's own: found before anything begins, and nothing else taken for them."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from deployer.core.errors import ErrorInLines, InvalidValue
from deployer.rollout.entry_point import CannotLoad, load, outcome


def test_a_function_of_a_module_beside_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "mychecks.py").write_text("def orders(context):\n    return context + 1\n", encoding="utf-8")
    assert load("mychecks:orders", tmp_path)(1) == 2


def test_a_module_of_a_package_may_import_its_neighbours_at_any_time(tmp_path: Path) -> None:
    package = tmp_path / "myrelease"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "checks.py").write_text(
        "def run():\n    import myneighbour\n    return myneighbour.X\n", encoding="utf-8"
    )
    (tmp_path / "myneighbour.py").write_text("X = 7\n", encoding="utf-8")
    assert load("myrelease.checks:run", tmp_path)() == 7


def test_an_installed_module_will_do(tmp_path: Path) -> None:
    assert load("json:dumps", tmp_path)([1]) == "[1]"


def test_the_folder_is_looked_in_last_and_is_there_once(tmp_path: Path) -> None:
    (tmp_path / "mychecks.py").write_text("def a(): ...\n", encoding="utf-8")
    before = list(sys.path)
    load("mychecks:a", tmp_path)
    load("mychecks:a", tmp_path)
    assert sys.path == [*before, str(tmp_path)]


@pytest.mark.parametrize(
    "name", ["", "mychecks", "mychecks:", ":a", "my checks:a", "mychecks:a.b", "my..checks:a", "a:b:c"]
)
def test_a_name_of_another_form_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(InvalidValue, match='names a function as "module:function"'):
        load(name, tmp_path)


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("gone:a", "gone:a: there is no module gone in {folder}"),
        ("mychecks.more:a", "mychecks.more:a: there is no module mychecks.more in {folder}"),
        ("mychecks:gone", "mychecks:gone: there is no gone in {folder}/mychecks.py"),
        ("mychecks:NUMBER", "mychecks:NUMBER: NUMBER in {folder}/mychecks.py is no function"),
        ("broken:a", "broken:a: importing broken failed: ZeroDivisionError: division by zero"),
        ("quitter:a", "quitter:a: importing quitter failed: SystemExit: 3"),
        ("needy:a", "needy:a: importing needy failed: ModuleNotFoundError: No module named 'nothere'"),
    ],
)
def test_what_cannot_be_called_is_told(tmp_path: Path, name: str, problem: str) -> None:
    (tmp_path / "mychecks.py").write_text("NUMBER = 7\n", encoding="utf-8")
    (tmp_path / "broken.py").write_text("1 / 0\n", encoding="utf-8")
    (tmp_path / "quitter.py").write_text("raise SystemExit(3)\n", encoding="utf-8")
    (tmp_path / "needy.py").write_text("import nothere\n", encoding="utf-8")
    with pytest.raises(CannotLoad) as caught:
        load(name, tmp_path)
    assert str(caught.value).startswith(problem.format(folder=tmp_path))


@pytest.mark.parametrize("taken", ["json", "wave"])
def test_a_module_with_the_name_of_another_is_not_mistaken_for_it(tmp_path: Path, taken: str) -> None:
    (tmp_path / f"{taken}.py").write_text("def a(): ...\n", encoding="utf-8")
    with pytest.raises(CannotLoad, match=f"^{taken}:a: the name {taken} is taken by another module .*another name$"):
        load(f"{taken}:a", tmp_path)


def raised(source: str, tmp_path: Path) -> Exception:
    (tmp_path / "mychecks.py").write_text(f"def a():\n    {source}\n", encoding="utf-8")
    with pytest.raises(Exception) as caught:  # noqa: PT011  # of any kind
        load("mychecks:a", tmp_path)()
    return caught.value


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("assert 1 == 2, 'one is not two'", "one is not two"),
        ("assert 1 == 2", "AssertionError at mychecks.py:2: assert 1 == 2"),
        ("{}['a']", "KeyError: 'a'"),
        ("raise ValueError", "ValueError at mychecks.py:2: raise ValueError"),
    ],
)
def test_what_a_function_raised_in_one_line(tmp_path: Path, source: str, said: str) -> None:
    assert outcome(raised(source, tmp_path)) == said


def test_an_error_of_ours_is_told_in_its_own_words() -> None:
    class InLines(ErrorInLines):
        lines = ("could not invoke: denied", "  see the policy")

    assert outcome(InLines()) == "could not invoke: denied see the policy"

"""Hooks: what each is told, what its failure comes to, and that all is found before anything begins."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from rollout_answers import Given, failed, json_answer

from deployer.aws.failure import AwsFailure
from deployer.config.rollout.settings import (
    CommandHook,
    HookRun,
    HookSettings,
    LambdaHook,
    Moment,
    OnFailure,
    PythonHook,
)
from deployer.core import Percent
from deployer.core.errors import InvalidValue
from deployer.rollout.context import HookContext
from deployer.rollout.entry_point import CannotLoad
from deployer.rollout.event import End, Hooked
from deployer.rollout.hook import Ready, Tools, resolve, run_hooks
from deployer.rollout.ports import Ran

BEFORE = HookContext(Moment.BEFORE, "shop-orders-prd", "LIVE", "5", "4", Percent(8750), 2, Percent(2500), release="v2")
END = HookContext(Moment.END, "shop-orders-prd", "LIVE", "5", ended=End.DONE)
DATA = {
    "format": "lambda-rollouts/hook",
    "version": 1,
    "moment": "before",
    "function_name": "shop-orders-prd",
    "alias": "LIVE",
    "version1": "5",
    "version2": "4",
    "weight": 87.5,
    "step": {"index": 2, "share": 25},
    "release": "v2",
    "ended": None,
}


@dataclass
class Functions:
    """Lambda, with one answer for every call."""

    answer: Given | Exception = field(default_factory=lambda: json_answer({"ok": True}))
    asked: list[tuple[str, bytes, float]] = field(default_factory=list)

    def __call__(self, function: str, payload: bytes, timeout: float) -> Given:
        self.asked.append((function, payload, timeout))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@dataclass
class Ticks:
    """A second passes from one look at the clock to the next."""

    seconds: float = 0.0

    def __call__(self) -> float:
        self.seconds += 1
        return self.seconds


def ports(functions: Functions | None = None) -> Tools:
    return Tools(functions or Functions(), {}, Ticks())


def hook(run: HookRun, name: str = "h", **more: Any) -> HookSettings:
    return HookSettings(name, Moment.BEFORE, run, **more)


def problem(run: HookRun, folder: Path, functions: Functions | None = None, **more: Any) -> str:
    (found,) = run_hooks(resolve([hook(run, **more)], folder), BEFORE, ports(functions)).hooked
    return found.problem


def python(source: str, folder: Path) -> PythonHook:
    (folder / "myhooks.py").write_text(source, encoding="utf-8")
    return PythonHook("myhooks:run")


def test_the_context_as_data_and_as_variables() -> None:
    assert BEFORE.data() == DATA
    assert BEFORE.variables() == {
        "DEPLOYER_MOMENT": "before",
        "DEPLOYER_FUNCTION": "shop-orders-prd",
        "DEPLOYER_ALIAS": "LIVE",
        "DEPLOYER_VERSION1": "5",
        "DEPLOYER_VERSION2": "4",
        "DEPLOYER_WEIGHT": "87.5",
        "DEPLOYER_STEP": "2",
        "DEPLOYER_SHARE": "25",
        "DEPLOYER_RELEASE": "v2",
    }


def test_the_end_is_told_how_it_ended() -> None:
    data, variables = END.data(), END.variables()
    assert (data["ended"], data["version2"], data["weight"]) == ("done", None, 0)
    assert (variables["DEPLOYER_ENDED"], "DEPLOYER_VERSION2" in variables) == ("done", False)


def test_a_hook_that_succeeds(tmp_path: Path) -> None:
    ran = run_hooks(resolve([hook(LambdaHook("check"))], tmp_path), BEFORE, ports())
    assert ran == Ran((Hooked("h", "before", 1.0),), None)


def test_a_hook_is_run_at_its_moment_alone(tmp_path: Path) -> None:
    called = (("one", Moment.BEFORE), ("two", Moment.AFTER), ("one", Moment.END))
    hooks = resolve([HookSettings(name, moment, LambdaHook("a")) for name, moment in called], tmp_path)
    names = {
        moment: [hooked.name for hooked in run_hooks(hooks, replace(BEFORE, moment=moment), ports()).hooked]
        for moment in Moment
    }
    assert names == {Moment.BEFORE: ["one"], Moment.AFTER: ["two"], Moment.END: ["one"]}


class TestConsequences:
    """Hooks that fail, by their names, and what that comes to."""

    @staticmethod
    def ran(context: HookContext, *on_failure: OnFailure | None) -> tuple[list[str], OnFailure | None]:
        def fails(*_: Any) -> None:
            raise ValueError("no")

        def passes(*_: Any) -> None: ...

        hooks = [
            Ready(
                HookSettings(f"{place}", context.moment, LambdaHook("f"), on_failure=one or OnFailure.ROLL_BACK),
                passes if one is None else fails,
            )
            for place, one in enumerate(on_failure)
        ]
        found = run_hooks(hooks, context, ports())
        return [f"{hooked.name}{'!' if hooked.problem else ''}" for hooked in found.hooked], found.gravest

    def test_none_that_fails_comes_to_nothing(self) -> None:
        assert self.ran(BEFORE, None, None) == (["0", "1"], None)

    def test_the_gravest_counts(self) -> None:
        assert self.ran(BEFORE, OnFailure.IGNORE, None) == (["0!", "1"], OnFailure.IGNORE)
        assert self.ran(BEFORE, OnFailure.HOLD, OnFailure.IGNORE) == (["0!", "1!"], OnFailure.HOLD)
        assert self.ran(BEFORE, OnFailure.HOLD, OnFailure.ROLL_BACK) == (["0!", "1!"], OnFailure.ROLL_BACK)

    def test_nothing_is_run_after_one_that_rolls_back(self) -> None:
        assert self.ran(BEFORE, OnFailure.ROLL_BACK, None, OnFailure.HOLD) == (["0!"], OnFailure.ROLL_BACK)

    def test_at_the_end_all_are_run(self) -> None:
        assert self.ran(END, OnFailure.ROLL_BACK, None) == (["0!", "1"], OnFailure.ROLL_BACK)


class TestPython:
    def test_it_is_called_with_the_context(self, tmp_path: Path) -> None:
        source = "seen = []\n\ndef run(context):\n    seen.append(context)\n"
        assert problem(python(source, tmp_path), tmp_path) == ""
        assert sys.modules["myhooks"].seen == [BEFORE]

    @pytest.mark.parametrize(
        ("body", "said"),
        [
            ("return False", "the function says no"),
            ("return None", ""),
            ("raise RuntimeError('not today')", "RuntimeError: not today"),
            ("raise SystemExit(3)", "ended by SystemExit(3)"),
        ],
    )
    def test_it_fails_by_raising_or_by_false(self, tmp_path: Path, body: str, said: str) -> None:
        assert problem(python(f"def run(context):\n    {body}\n", tmp_path), tmp_path) == said

    def test_one_that_does_not_end_is_given_up(self, tmp_path: Path) -> None:
        source = "import threading\nreleased = threading.Event()\n\ndef run(context):\n    released.wait()\n"
        said = problem(python(source, tmp_path), tmp_path, timeout=0.02)
        released: threading.Event = sys.modules["myhooks"].released
        released.set()
        assert said == "not done within 0.02 s, and given up"

    def test_one_that_is_not_there_is_told_before_anything_begins(self, tmp_path: Path) -> None:
        with pytest.raises(CannotLoad, match="myhooks:run: there is no run in"):
            resolve([hook(python("", tmp_path))], tmp_path)


class TestLambda:
    def test_it_is_invoked_with_the_context(self, tmp_path: Path) -> None:
        functions = Functions()
        assert problem(LambdaHook("check:LIVE"), tmp_path, functions, timeout=20) == ""
        ((function, payload, timeout),) = functions.asked
        assert (function, json.loads(payload), timeout) == ("check:LIVE", DATA, 20)

    @pytest.mark.parametrize(
        ("answer", "said"),
        [
            (json_answer(None), ""),
            (json_answer({"ok": 0}), ""),
            (Given(b"fine"), ""),
            (Given(b"[" * 1_000_000), ""),
            (json_answer({"ok": False}), "the function says no"),
            (json_answer({"ok": False, "why": "too early"}), "too early"),
            (json_answer({"ok": False, "why": "x" * 1000}), "x" * 300 + "…"),
            (failed(), "the function failed (Unhandled): KeyError: boom"),
            (AwsFailure("invoke check", "denied", "see"), "could not invoke check: denied see"),
        ],
    )
    def test_it_fails_by_an_error_or_by_saying_so(self, tmp_path: Path, answer: Any, said: str) -> None:
        assert problem(LambdaHook("check"), tmp_path, Functions(answer)) == said


class TestCommand:
    def test_it_is_told_at_stdin_and_by_variables(self, tmp_path: Path) -> None:
        source = "import os, sys\nopen('told', 'w').write(sys.stdin.read() + os.environ['DEPLOYER_VERSION1'])"
        assert problem(CommandHook((sys.executable, "-c", source)), tmp_path) == ""
        told = (tmp_path / "told").read_text(encoding="utf-8")
        assert (json.loads(told[:-1]), told[-1]) == (DATA, "5")

    def test_it_has_the_variables_of_the_machine_too(self, tmp_path: Path) -> None:
        source = "import os\nopen('told', 'w').write(os.environ['MINE'] + os.environ['DEPLOYER_STEP'])"
        hooks = resolve([hook(CommandHook((sys.executable, "-c", source)))], tmp_path)
        run_hooks(hooks, BEFORE, Tools(Functions(), {"MINE": "mine", "DEPLOYER_STEP": "9"}))
        assert (tmp_path / "told").read_text(encoding="utf-8") == "mine2"

    def test_it_fails_by_its_status(self, tmp_path: Path) -> None:
        said = problem(CommandHook((sys.executable, "-c", "raise SystemExit('not today')")), tmp_path)
        assert said == "the command ended with status 1: not today"

    def test_one_that_does_not_end_is_killed(self, tmp_path: Path) -> None:
        forever = CommandHook((sys.executable, "-c", "import signal\nwhile True: signal.pause()"))
        assert problem(forever, tmp_path, timeout=0.05) == "not done within 0.05 s, and killed"

    @pytest.fixture
    def script(self, tmp_path: Path) -> Callable[[int], Path]:
        def make(mode: int) -> Path:
            path = tmp_path / "check"
            path.write_text(f"#!{sys.executable}\nopen('told', 'w')\n", encoding="utf-8")
            path.chmod(mode)
            return path

        return make

    def test_a_program_below_the_folder(self, tmp_path: Path, script: Callable[[int], Path]) -> None:
        script(0o755)
        assert problem(CommandHook(("./check",)), tmp_path) == ""
        assert (tmp_path / "told").exists()

    @pytest.mark.parametrize("name", ["./check", "./gone", "no-such-program-anywhere"])
    def test_one_that_is_not_there_is_told_before_anything_begins(
        self, tmp_path: Path, script: Callable[[int], Path], name: str
    ) -> None:
        script(0o644)
        with pytest.raises(CannotLoad, match=f"^{name}: there is no such program .*, or it may not be run$"):
            resolve([hook(CommandHook((name,)))], tmp_path)


def test_what_the_machine_has_for_variables_is_told_but_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKEN", "s3cr3t")
    made = Tools(Functions())
    assert made.environ["TOKEN"] == "s3cr3t"
    assert "s3cr3t" not in repr(made)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: HookSettings("", Moment.END, LambdaHook("f")), "a hook has a name"),
        (lambda: HookSettings("h", Moment.END, LambdaHook("f"), timeout=0), "the limit of a hook is above 0 seconds"),
        (lambda: PythonHook("myhooks"), 'names a function as "module:function"'),
        (lambda: LambdaHook(""), "a hook names the Lambda function that it calls"),
        (lambda: CommandHook(()), "a hook's command is a program and its arguments"),
        (lambda: CommandHook(("",)), "a hook's command is a program and its arguments"),
        (lambda: CommandHook(("a", "b\0c")), "a hook's command is a program and its arguments"),
    ],
)
def test_a_hook_that_makes_no_sense_is_refused(make: Callable[[], object], said: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        make()
    assert said in str(caught.value)

"""Tests before traffic: what the new version has to make of events."""

from __future__ import annotations

import json
import sys
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rollout_answers import Given, Versions, failed, json_answer

from deployer.aws.failure import AwsFailure
from deployer.config.rollout.settings import Shadow, TrialSettings
from deployer.core import Published
from deployer.core.errors import InvalidValue
from deployer.rollout.entry_point import CannotLoad
from deployer.rollout.event import Tested, Tried
from deployer.rollout.trial import CheckContext, Pair, Ready, resolve, run

PAIR = Pair("shop-orders-prd", "LIVE", Published(5), Published(4))
FIRST = Pair("shop-orders-prd", "LIVE", Published(5))
OK = json_answer({"statusCode": 200, "body": '{"id": 7, "total": 3}'})


def sent(name: str = "t", **expected: Any) -> TrialSettings:
    """A test with an event, which is none of a file's here."""
    return TrialSettings(name, Path("event.json"), **expected)


def tried(
    test: TrialSettings, versions: Versions, pair: Pair = PAIR, function: Any = None, event: bytes = b"{}"
) -> Tried:
    (found,) = run([Ready(test, event, function)], pair, versions).tests
    return found


def event(folder: Path, text: bytes) -> Path:
    path = folder / "event.json"
    path.write_bytes(text)
    return path


def problem(test: TrialSettings, answer: Given | Exception) -> str:
    return tried(test, Versions({5: answer})).problem


def test_the_new_version_is_asked_by_its_number_with_the_event() -> None:
    versions = Versions({5: OK})
    test = sent("order", status=200, json={"body": {"id": 7}}, within=1, timeout=20)
    assert run([Ready(test, b'{"id": 7}')], PAIR, versions) == Tested("5", (Tried("order", "5", 10.0),))
    assert versions.asked == [(5, b'{"id": 7}', 20)]


def test_all_tests_are_run_whether_they_pass_or_not() -> None:
    tests = [Ready(sent("one", status=500)), Ready(sent("two"))]
    found = run(tests, PAIR, Versions({5: OK}))
    assert (found.passed, [bool(test.problem) for test in found.tests]) == (False, [True, False])


def test_without_tests_everything_passes() -> None:
    assert run([], PAIR, Versions({})) == Tested("5", ())


@pytest.mark.parametrize(
    ("test", "answer", "said"),
    [
        (sent(status=200), json_answer({"statusCode": 500}), 'statusCode is 500, not 200: {"statusCode": 500}'),
        (sent(status=200), json_answer([]), "statusCode is None, not 200: []"),
        (sent(json={"a": 1, "b": 2}), json_answer({"b": 3}), "$.a is not there, $.b is 3, not 2"),
        (sent(json={"a": 1}), Given(b"<html>"), "the answer is no JSON: <html>"),
        (sent(status=200), Given(b""), "the answer is no JSON: no payload"),
        (sent(within=0.5), json_answer({}, milliseconds=501.0), "took 501 ms, and may take 500"),
        (
            sent(within=0.5, status=200),
            json_answer({"statusCode": 404}, milliseconds=900.0),
            'took 900 ms, and may take 500; statusCode is 404, not 200: {"statusCode": 404}',
        ),
        (sent(), failed(), "the function failed (Unhandled): KeyError: boom"),
        (sent(), Given(b"oops", function_error="Unhandled"), "the function failed (Unhandled): oops"),
        (sent(), json_answer([1], function_error="Unhandled"), "the function failed (Unhandled): [1]"),
        (sent(status=200), failed(), "the function failed (Unhandled): KeyError: boom"),
        (sent(), json_answer({}, executed_version="4"), "version 4 answered"),
    ],
)
def test_an_answer_that_is_not_as_expected_is_told(test: TrialSettings, answer: Given, said: str) -> None:
    assert problem(test, answer) == said


@pytest.mark.parametrize(
    ("test", "answer"),
    [
        (sent(), Given(b"not json")),
        (sent(), json_answer({}, executed_version="5")),
        (sent(within=0.5), json_answer({}, milliseconds=500.0)),
        (sent(json={"a": 1}), json_answer({"a": 1, "b": 2})),
    ],
)
def test_an_answer_that_is_as_expected_passes(test: TrialSettings, answer: Given) -> None:
    assert problem(test, answer) == ""


def test_an_invocation_that_fails_at_aws_is_a_failed_test_with_its_reason() -> None:
    refused = AwsFailure("invoke version 5", "TooManyRequestsException: slow down", "wait a little")
    assert tried(sent(), Versions({5: refused})) == Tried(
        "t", "5", 0.0, "could not invoke version 5: TooManyRequestsException: slow down wait a little"
    )


def test_what_is_shown_of_an_answer_is_bounded() -> None:
    said = problem(sent(status=200), json_answer({"statusCode": 500, "body": "x" * 100_000}))
    assert len(said) < 400
    assert len(problem(sent(), failed("x" * 100_000))) < 400


def test_an_answer_that_is_nested_too_deep_ends_nothing() -> None:
    deep = 1_000_000
    said = problem(sent(json={"a": 1}), Given(b"[" * deep + b"]" * deep))
    assert said == "the answer is nested too deep to be read"


class TestShadow:
    SHOW = sent(shadow=Shadow.SHOW)
    FAIL = sent(shadow=Shadow.FAIL)
    DIFFERENT = "the old and the new version answer differently"

    def test_both_versions_are_asked_the_same(self) -> None:
        versions = Versions({5: OK, 4: OK})
        assert tried(self.FAIL, versions) == Tried("t", "5", 10.0)
        assert versions.asked == [(5, b"{}", 60.0), (4, b"{}", 60.0)]

    @pytest.mark.parametrize(
        ("new", "old", "found"),
        [
            (json_answer({"a": 2}), json_answer({"a": 1}), "$.a: 1 → 2"),
            (Given(b"two"), Given(b"one"), "one → two"),
            (json_answer({"a": 2}), failed(), 'the function failed (Unhandled): KeyError: boom → {"a": 2}'),
            (
                json_answer({"a": 2}),
                AwsFailure("invoke version 4", "ServiceException: x"),
                "the old version gave no answer: could not invoke version 4: ServiceException: x",
            ),
        ],
    )
    def test_a_difference_is_shown_or_fails(self, new: Given, old: Any, found: str) -> None:
        versions = Versions({5: new, 4: old})
        assert tried(self.SHOW, versions) == Tried("t", "5", 10.0, "", found)
        assert tried(self.FAIL, versions) == Tried("t", "5", 10.0, self.DIFFERENT, found)

    def test_two_that_fail_alike_do_not_differ_but_the_new_one_fails(self) -> None:
        versions = Versions({5: failed(), 4: failed()})
        assert tried(self.FAIL, versions) == Tried("t", "5", 10.0, "the function failed (Unhandled): KeyError: boom")

    def test_the_same_text_that_is_no_json_does_not_differ(self) -> None:
        assert tried(self.FAIL, Versions({5: Given(b"one"), 4: Given(b"one")})) == Tried("t", "5", 10.0)

    def test_without_an_old_version_there_is_nothing_to_compare(self) -> None:
        found = tried(self.FAIL, Versions({5: OK}), FIRST)
        assert found == Tried("t", "5", 10.0, "", "there is no old version to compare with")

    def test_a_failed_expectation_is_told_before_a_difference(self) -> None:
        test = sent(status=500, shadow=Shadow.FAIL)
        found = tried(test, Versions({5: OK, 4: json_answer({"statusCode": 500})}))
        assert found.problem.startswith("statusCode is 200, not 500")
        assert found.difference.startswith("$.statusCode: 500 → 200")


class TestCheck:
    TEST = TrialSettings("t", check="mychecks:a")

    def test_it_sees_both_versions_and_asks_them_what_it_likes(self) -> None:
        seen: list[Any] = []

        def check(context: CheckContext) -> None:
            seen.extend([context.function_name, context.alias, context.version, context.old, context.event])
            seen.append(json.loads(context.invoke({"id": 8}).payload))
            seen.append(json.loads(context.invoke_old(context.event).payload))

        versions = Versions({5: json_answer("new"), 4: json_answer("old", milliseconds=2.5)})
        assert tried(self.TEST, versions, function=check, event=b'{"id": 7}') == Tried("t", "5", 12.5)
        assert seen == ["shop-orders-prd", "LIVE", "5", "4", b'{"id": 7}', "new", "old"]
        assert versions.asked == [(5, b'{"id": 8}', 60.0), (4, b'{"id": 7}', 60.0)]

    @pytest.mark.parametrize(
        ("returned", "said"), [(None, ""), (True, ""), (0, ""), ("", ""), (False, "the check says no")]
    )
    def test_false_alone_says_no(self, returned: Any, said: str) -> None:
        assert tried(self.TEST, Versions({}), function=lambda _: returned).problem == said

    def test_the_message_of_an_assertion_is_shown(self) -> None:
        def check(context: CheckContext) -> None:
            assert context.version == "6", "six is needed"

        # pytest adds to the message what it saw.
        assert tried(self.TEST, Versions({}), function=check).problem.startswith("six is needed")

    def test_any_other_error_is_a_failure_too(self) -> None:
        assert tried(self.TEST, Versions({}), function=lambda _: 1 // 0).problem.startswith("ZeroDivisionError: ")

    def test_an_invocation_that_fails_at_aws_fails_it(self) -> None:
        refused = AwsFailure("invoke version 5", "denied")
        found = tried(self.TEST, Versions({5: refused}), function=lambda context: context.invoke())
        assert found.problem == "could not invoke version 5: denied"

    def test_where_there_is_no_old_version_it_cannot_be_asked(self) -> None:
        found = tried(self.TEST, Versions({}), FIRST, lambda context: context.invoke_old())
        assert found.problem == "the alias LIVE of shop-orders-prd has no old version to compare with"

    def test_one_that_does_not_end_is_given_up(self) -> None:
        released = threading.Event()
        test = replace(self.TEST, timeout=0.02)
        found = tried(test, Versions({}), function=lambda _: released.wait())
        released.set()
        assert found.problem == "not done within 0.02 s, and given up"

    def test_one_that_would_end_the_process_fails(self) -> None:
        assert tried(self.TEST, Versions({}), function=lambda _: sys.exit(0)).problem == "ended by SystemExit(0)"

    def test_its_function_is_found_before_anything_begins(self, tmp_path: Path) -> None:
        (tmp_path / "mychecks.py").write_text("def a(context):\n    context.invoke()\n", encoding="utf-8")
        plain = TrialSettings("u", event(tmp_path, b'{"id": 8}'))
        first, second = resolve([self.TEST, plain], tmp_path)
        assert (first.test, second) == (self.TEST, Ready(plain, b'{"id": 8}'))
        assert run([first], PAIR, Versions({5: OK})) == Tested("5", (Tried("t", "5", 10.0),))

    def test_a_function_that_is_not_there_is_told_before_anything_begins(self, tmp_path: Path) -> None:
        with pytest.raises(CannotLoad, match="mychecks:a: there is no module mychecks in"):
            resolve([self.TEST], tmp_path)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "there is no file "),
        (b"{", "is not JSON: Expecting property name"),
        (b"\xff", "is not JSON: "),
    ],
)
def test_an_event_that_is_gone_or_no_json_is_told_before_anything_begins(
    tmp_path: Path, text: bytes | None, said: str
) -> None:
    path = tmp_path / "gone.json" if text is None else event(tmp_path, text)
    with pytest.raises(CannotLoad) as caught:
        resolve([TrialSettings("order", path)], tmp_path)
    assert str(caught.value).startswith("test order: ")
    assert f'"{path}"' in str(caught.value)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": ""}, "a test has a name"),
        ({"timeout": 0}, "a test takes time, and `within` is at most its limit of 0 s"),
        ({"within": 61}, "a test takes time, and `within` is at most its limit of 60 s"),
        ({"within": 0}, "a test takes time"),
        ({"check": "mychecks"}, 'names a function as "module:function"'),
        ({"check": "mychecks:a", "status": 200}, "a test has either a check or expectations, not both"),
        ({"check": "mychecks:a", "shadow": Shadow.SHOW}, "a test has either a check or expectations, not both"),
    ],
)
def test_a_test_that_makes_no_sense_is_refused(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        TrialSettings(**{"name": "t", "event": Path("event.json"), **wrong})
    assert said in str(caught.value)

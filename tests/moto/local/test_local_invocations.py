"""Invoke: qualifiers, weights, what an answer tells, and the metrics of it."""

from __future__ import annotations

import base64
import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.config import Config

import deployer.local
from deployer.local import LocalSettings
from deployer.local.runtime import Answer, PoolClosed, Sandbox
from deployer.local.server import Server

from .subject import Refused, Subject

if TYPE_CHECKING:
    from deployer.local.local_lambda import LocalLambda


class FakePool:
    """Answers with the version, without a process; `handle` may be replaced."""

    def __init__(self) -> None:
        self.calls: list[tuple[Sandbox, bytes, str, str]] = []
        self.closed = False
        self.handle: Callable[[Sandbox, bytes], Answer] = lambda sandbox, _: Answer(
            json.dumps(sandbox.version).encode(), None, "a log line", 12.5, None
        )

    def invoke(self, sandbox: Sandbox, payload: bytes, *, invoked_arn: str, request_id: str) -> Answer:
        self.calls.append((sandbox, payload, invoked_arn, request_id))
        return self.handle(sandbox, payload)

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def pool() -> FakePool:
    return FakePool()


@pytest.fixture
def faked(pool: FakePool) -> Iterator[LocalLambda]:
    """A server of its own over the fake pool."""
    with deployer.local.start(LocalSettings(seed=7), pool=lambda: pool) as running:
        yield running


@pytest.fixture
def fake(faked: LocalLambda, function_name: str, zipped: Callable[..., bytes]) -> Subject:
    """A function on it with versions 1 and 2 and alias `live` on 1."""
    client = boto3.client("lambda", endpoint_url=faked.endpoint_url)
    subject = Subject(client, function_name, faked.role("test"), zipped)
    subject.create(Environment={"Variables": {"STAGE": "tst"}}, Timeout=7, MemorySize=256)
    subject.versions(2)
    subject.alias("1")
    return subject


def invoke(subject: Subject, payload: bytes = b"{}", **given: Any) -> dict[str, Any]:
    answer = subject("invoke", Payload=payload, **given)
    answer["Payload"] = answer["Payload"].read()
    return answer


def test_handlers_really_run_through_an_alias(subject: Subject) -> None:
    source = (
        "def handler(event, context):\n    return [event, context.function_version, context.invoked_function_arn]\n"
    )
    subject.create(Code={"ZipFile": subject.zipped(source)})
    subject.publish()
    subject.alias("1")
    answer = invoke(subject, b'{"a": 1}', Qualifier="live")
    assert json.loads(answer["Payload"]) == [{"a": 1}, "1", f"{subject.arn}:live"]
    assert (answer["StatusCode"], answer["ExecutedVersion"]) == (200, "1")
    assert "FunctionError" not in answer


def test_an_error_of_the_handler_is_an_answer_with_a_mark(subject: Subject) -> None:
    """§7."""
    source = "def handler(event, context):\n    raise ValueError('no')\n"
    subject.create(Code={"ZipFile": subject.zipped(source)})
    answer = invoke(subject, LogType="Tail")
    assert (answer["StatusCode"], answer["FunctionError"], answer["ExecutedVersion"]) == (200, "Unhandled", "$LATEST")
    assert json.loads(answer["Payload"])["errorType"] == "ValueError"
    assert "ValueError" in base64.b64decode(answer["LogResult"]).decode()


def test_the_handler_gets_what_its_version_froze(fake: Subject, pool: FakePool, faked: LocalLambda) -> None:
    invoke(fake, b"[1]", Qualifier="2")
    sandbox, payload, arn, request_id = pool.calls[-1]
    assert sandbox == Sandbox(
        function_name=fake.name,
        version="2",
        function_arn=f"{fake.arn}:2",
        code_sha256=fake.latest()["CodeSha256"],
        code=fake.zipped(),
        handler="index.handler",
        variables={"STAGE": "tst"},
        timeout=7.0,
        memory_mb=256,
        region="eu-central-1",
        endpoint_url=faked.endpoint_url,
    )
    assert sandbox.code == fake.zipped()
    assert (payload, arn, len(request_id)) == (b"[1]", f"{fake.arn}:2", 36)


@pytest.mark.parametrize(
    ("given", "executed"),
    [
        ({}, "$LATEST"),
        ({"Qualifier": "$LATEST"}, "$LATEST"),
        ({"Qualifier": "2"}, "2"),
        ({"Qualifier": "live"}, "1"),
    ],
)
def test_the_qualifier_decides_and_the_answer_tells_the_version(
    fake: Subject, given: dict[str, Any], executed: str
) -> None:
    """§7."""
    answer = invoke(fake, **given)
    assert (answer["ExecutedVersion"], json.loads(answer["Payload"])) == (executed, executed)


def test_the_qualifier_may_stand_in_the_name(fake: Subject) -> None:
    assert invoke(fake, FunctionName=f"{fake.arn}:2")["ExecutedVersion"] == "2"


def test_an_unknown_version_is_refused(fake: Subject) -> None:
    assert fake.refused("invoke", Qualifier="9") == (
        "ResourceNotFoundException",
        404,
        f"Function not found: {fake.arn}:9",
    )


@pytest.mark.parametrize(("weight", "least", "most"), [(0.0, 0, 0), (0.25, 60, 90), (1.0, 300, 300)])
def test_an_alias_sends_its_share_of_calls_to_the_second_version(
    fake: Subject, weight: float, least: int, most: int
) -> None:
    """§2."""
    fake.move(RoutingConfig={"AdditionalVersionWeights": {"2": weight}})
    seen = Counter(invoke(fake, Qualifier="live")["ExecutedVersion"] for _ in range(300))
    assert least <= seen["2"] <= most
    assert seen["1"] + seen["2"] == 300


def test_a_seed_gives_the_same_choices_again(fake: Subject, faked: LocalLambda) -> None:
    fake.move(RoutingConfig={"AdditionalVersionWeights": {"2": 0.5}})

    def choices() -> list[str]:
        faked.configure(seed=3)
        return [invoke(fake, Qualifier="live")["ExecutedVersion"] for _ in range(20)]

    assert choices() == choices()
    assert len(set(choices())) == 2


def test_the_log_is_told_only_when_asked_for_and_only_its_end(fake: Subject, pool: FakePool) -> None:
    pool.handle = lambda _, __: Answer(b"1", None, "x" * 5000 + "end", 1.0, None)
    assert "LogResult" not in invoke(fake)
    log = base64.b64decode(invoke(fake, LogType="Tail")["LogResult"]).decode()
    assert (len(log), log[-4:]) == (4096, "xend")


def test_a_dry_run_runs_nothing(fake: Subject, pool: FakePool) -> None:
    assert invoke(fake, InvocationType="DryRun")["StatusCode"] == 204
    assert fake.refused("invoke", InvocationType="DryRun", Qualifier="9").status == 404
    assert pool.calls == []


def test_an_asynchronous_call_is_answered_before_the_handler_ends(fake: Subject, pool: FakePool) -> None:
    begun, release = threading.Event(), threading.Event()

    def slow(_: Sandbox, __: bytes) -> Answer:
        begun.set()
        release.wait(10)
        return Answer(b"1", None, "", 1.0, None)

    pool.handle = slow
    assert invoke(fake, InvocationType="Event")["StatusCode"] == 202
    assert begun.wait(10)
    release.set()


def test_others_are_answered_while_a_handler_runs(fake: Subject, pool: FakePool) -> None:
    """The lock of the world is not held meanwhile."""

    def asks(_: Sandbox, __: bytes) -> Answer:
        return Answer(json.dumps(fake.got()["FunctionVersion"]).encode(), None, "", 1.0, None)

    pool.handle = asks
    assert invoke(fake)["Payload"] == b'"1"'


def test_an_update_under_way_still_serves_the_old_code(fake: Subject, faked: LocalLambda, pool: FakePool) -> None:
    """§3."""
    fake.latest()
    faked.configure(pending_polls=1)
    fake("update_function_code", ZipFile=fake.zipped("new = 1"))
    invoke(fake)
    fake.latest()
    fake.latest()
    invoke(fake)
    assert [call[0].code for call in pool.calls] == [fake.zipped(), fake.zipped("new = 1")]


@pytest.mark.parametrize(
    ("payload", "code", "status"),
    [
        (b"{", "InvalidRequestContentException", 400),
        (b'"' + b"x" * 6_291_456 + b'"', "RequestEntityTooLargeException", 413),
    ],
)
def test_payloads_that_lambda_refuses(fake: Subject, payload: bytes, code: str, status: int) -> None:
    assert fake.refused("invoke", Payload=payload)[:2] == (code, status)


def test_other_runtimes_are_told_not_to_run_here(fake: Subject) -> None:
    fake.configure(Runtime="nodejs22.x")
    fake.latest()
    assert fake.refused("invoke")[:2] == ("InvalidRuntimeException", 502)


def test_stopping_the_server_closes_the_pool(pool: FakePool) -> None:
    with deployer.local.start(pool=lambda: pool):
        assert not pool.closed
    assert pool.closed


def refused_once(subject: Subject, local: LocalLambda, **given: Any) -> Refused:
    """What an invocation is answered by a client that does not try again."""
    config = Config(retries={"mode": "standard", "total_max_attempts": 1})
    subject.client = boto3.client("lambda", endpoint_url=local.endpoint_url, config=config)
    return subject.refused("invoke", **given)


STOPPING = ("ServiceException", 500, "the embedded Lambda is stopping")


def test_a_call_that_comes_while_the_server_stops_ends_quietly(
    fake: Subject, faked: LocalLambda, pool: FakePool, caplog: pytest.LogCaptureFixture
) -> None:
    def too_late(sandbox: Sandbox, _: bytes) -> Answer:
        raise PoolClosed(sandbox.function_arn)

    pool.handle = too_late
    assert refused_once(fake, faked) == STOPPING
    assert caplog.records == []


def test_a_call_that_nobody_waits_for_is_refused_while_the_server_stops(
    fake: Subject, faked: LocalLambda, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(Server, "stop", lambda _self: None)
        faked.stop()
    assert refused_once(fake, faked, InvocationType="Event") == STOPPING
    assert caplog.records == []


def read(local: LocalLambda, metric: str, statistic: str, period: int = 60, **dimensions: str) -> list[float]:
    """All values of one metric of the last hours, oldest first; dimensions in the order given."""
    cloudwatch = boto3.client("cloudwatch", endpoint_url=local.endpoint_url)
    now = datetime.now(UTC)
    answer = cloudwatch.get_metric_data(
        MetricDataQueries=[
            {
                "Id": "m",
                "MetricStat": {
                    "Period": period,
                    "Stat": statistic,
                    "Metric": {
                        "Namespace": "AWS/Lambda",
                        "MetricName": metric,
                        "Dimensions": [{"Name": name, "Value": value} for name, value in dimensions.items()],
                    },
                },
            }
        ],
        StartTime=now - timedelta(hours=2),
        EndTime=now + timedelta(minutes=1),
        ScanBy="TimestampAscending",
    )["MetricDataResults"][0]
    assert all(at.timestamp() % period == 0 for at in answer["Timestamps"])
    return list(answer["Values"])


DAY = 86_400


def test_each_call_counts_for_the_function_the_qualifier_and_the_version_behind_an_alias(
    fake: Subject, faked: LocalLambda, pool: FakePool
) -> None:
    """§6."""
    pool.handle = lambda sandbox, _: Answer(b"1", "Unhandled" if sandbox.version == "2" else None, "", 5.0, None)
    fake.move(RoutingConfig={"AdditionalVersionWeights": {"2": 0.5}})
    seen = Counter(invoke(fake, Qualifier="live")["ExecutedVersion"] for _ in range(20))
    invoke(fake, Qualifier="2")
    invoke(fake)
    name, live = fake.name, f"{fake.name}:live"

    def total(metric: str, **dimensions: str) -> float:
        return sum(read(faked, metric, "Sum", DAY, **dimensions))

    def counts(**dimensions: str) -> tuple[float, float, float]:
        invocations = total("Invocations", **dimensions)
        return invocations, total("Errors", **dimensions), total("Throttles", **dimensions)

    assert counts(FunctionName=name) == (22, seen["2"] + 1, 0)
    assert counts(FunctionName=name, Resource=live) == (20, seen["2"], 0)
    assert counts(FunctionName=name, Resource=f"{name}:2") == (1, 1, 0)
    assert counts(FunctionName=name, Resource=name) == (1, 0, 0)
    assert counts(FunctionName=name, Resource=live, ExecutedVersion="1") == (seen["1"], 0, 0)
    assert counts(ExecutedVersion="2", Resource=live, FunctionName=name) == (seen["2"], seen["2"], 0)
    assert counts(FunctionName=name, Resource=f"{name}:2", ExecutedVersion="2") == (0, 0, 0)


def test_durations_have_percentiles(fake: Subject, faked: LocalLambda, pool: FakePool) -> None:
    """§6."""
    durations = iter(range(1, 101))
    pool.handle = lambda _, __: Answer(b"1", None, "", float(next(durations)), None)
    for _ in range(100):
        invoke(fake)

    def duration(statistic: str) -> list[float]:
        return [round(value, 6) for value in read(faked, "Duration", statistic, DAY, FunctionName=fake.name)]

    assert {statistic: duration(statistic) for statistic in ("Average", "p50", "p90", "p95", "p99", "Maximum")} == {
        "Average": [50.5],
        "p50": [50.5],
        "p90": [90.1],
        "p95": [95.05],
        "p99": [99.01],
        "Maximum": [100.0],
    }

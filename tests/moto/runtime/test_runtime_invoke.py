"""A handler gets what Lambda gives it, and its answer, errors and log come back as Lambda sends them."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator

import pytest
from runtime_sandboxes import ARN, call, sandbox_of, zipped

from deployer.local.runtime import Answer, WorkerPool
from deployer.local.runtime.call import ANSWER_LIMIT_BYTES

REPORT = (
    r"REPORT RequestId: r-1\tDuration: \d+\.\d\d ms\tBilled Duration: \d+ ms\tMemory Size: 256 MB"
    r"(\tInit Duration: \d+\.\d\d ms)?"
)


@pytest.fixture
def pool() -> Iterator[WorkerPool]:
    with WorkerPool() as pool:
        yield pool


def error_of(answer: Answer) -> tuple[str, str]:
    body = json.loads(answer.payload)
    return body["errorType"], body["errorMessage"]


def test_the_handler_gets_the_event_and_its_answer_comes_back(pool: WorkerPool) -> None:
    answer = call(pool, sandbox_of("def handler(event, context): return {'twice': event['n'] * 2}"), {"n": 21})
    assert (json.loads(answer.payload), answer.function_error) == ({"twice": 42}, None)


def test_the_context_tells_what_was_called_and_how_long_it_may_run(pool: WorkerPool) -> None:
    source = """
        def handler(event, context):
            left = context.get_remaining_time_in_millis()
            return [context.function_name, context.function_version, context.memory_limit_in_mb,
                    context.invoked_function_arn, context.aws_request_id, 8_000 < left <= 10_000]
    """
    answer = json.loads(call(pool, sandbox_of(source)).payload)
    assert answer == ["orders", "7", "256", f"{ARN}:LIVE", "r-1", True]


def test_the_environment_is_what_lambda_gives_and_nothing_of_ours(
    pool: WorkerPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_PROFILE", "AWS_ACCESS_KEY_ID", "PYTHONPATH", "SECRET_OF_THE_SHELL"):
        monkeypatch.setenv(name, "ours")
    for name in ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"):
        monkeypatch.delenv(name, raising=False)
    source = "import os\ndef handler(event, context): return dict(os.environ)"
    sandbox = sandbox_of(source, variables={"STAGE": "prd", "AWS_REGION": "x"}, endpoint_url="http://127.0.0.1:1")
    seen = json.loads(call(pool, sandbox).payload)
    assert seen.pop("PATH").endswith(":/usr/local/bin:/usr/bin:/bin")
    assert seen.pop("LAMBDA_TASK_ROOT").startswith("/")
    assert re.fullmatch(r"127\.0\.0\.1:\d+", seen.pop("AWS_LAMBDA_RUNTIME_API"))
    seen.pop("__CF_USER_TEXT_ENCODING", None)  # macOS adds it to every process
    seen.pop("LC_CTYPE", None)  # Python adds it where the machine has no en_US.UTF-8
    assert seen == {
        "LANG": "en_US.UTF-8",
        "TZ": ":UTC",
        "STAGE": "prd",
        "_HANDLER": "app.handler",
        "AWS_EXECUTION_ENV": f"AWS_Lambda_python{sys.version_info.major}.{sys.version_info.minor}",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_FUNCTION_NAME": "orders",
        "AWS_LAMBDA_FUNCTION_VERSION": "7",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256",
        "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/orders",
        "AWS_LAMBDA_LOG_STREAM_NAME": f"[7]{sandbox.code_sha256[:8]}",
        "AWS_REGION": "eu-west-1",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_SESSION_TOKEN": "local",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
    }


def test_the_function_may_choose_its_own_endpoint(pool: WorkerPool) -> None:
    source = "import os\ndef handler(event, context): return os.environ['AWS_ENDPOINT_URL']"
    sandbox = sandbox_of(source, variables={"AWS_ENDPOINT_URL": "http://its-own"}, endpoint_url="http://ours")
    assert json.loads(call(pool, sandbox).payload) == "http://its-own"


def test_imports_come_from_the_code_first_and_not_from_this_project(pool: WorkerPool) -> None:
    code = zipped(
        app="import pool, sub.deep, sys\ndef handler(event, context): return [pool.X, sub.deep.X, sys.path[0]]",
        pool="X = 'its own'",
        sub__deep="X = 'deep'",
    )
    own, deep, root = json.loads(call(pool, sandbox_of("", code=code)).payload)
    assert (own, deep) == ("its own", "deep")
    assert "deployer/local" not in root


def test_a_handler_in_a_package_is_found_as_lambda_finds_it(pool: WorkerPool) -> None:
    code = zipped(api__orders="def handler(event, context): return __name__")
    assert json.loads(call(pool, sandbox_of("", code=code, handler="api/orders.handler")).payload) == "api.orders"


def test_prints_stderr_and_logging_stand_in_the_log_between_lambdas_own_lines(pool: WorkerPool) -> None:
    source = """
        import logging, sys
        print("at import")
        def handler(event, context):
            print("on stdout")
            print("on stderr", file=sys.stderr)
            logging.getLogger().warning("logged")
            sys.stdout.write("no newline")
    """
    sandbox = sandbox_of(source)
    first, second = call(pool, sandbox).log.splitlines(), call(pool, sandbox).log.splitlines()
    assert first[0] == "at import"
    assert first[1:4] == second[0:3] == ["START RequestId: r-1 Version: 7", "on stdout", "on stderr"]
    assert re.fullmatch(r"\[WARNING\]\t\S+Z\tr-1\tlogged", first[4])
    assert first[5:7] == second[4:6] == ["no newline", "END RequestId: r-1"]
    assert "Init Duration" in first[7]
    assert "Init Duration" not in second[6]
    assert re.fullmatch(REPORT, first[7])
    assert re.fullmatch(REPORT, second[6])


def test_a_log_is_kept_to_its_last_mebibyte(pool: WorkerPool) -> None:
    source = """
        def handler(event, context):
            for n in range(40_000):
                print("x" * 60, n)
    """
    lines = call(pool, sandbox_of(source)).log.splitlines()
    assert lines[-3] == "x" * 60 + " 39999"
    assert sum(map(len, lines)) <= 1 << 20


def test_an_exception_of_the_handler_is_told_with_its_type_message_and_trace(pool: WorkerPool) -> None:
    answer = call(pool, sandbox_of("def handler(event, context):\n    raise KeyError('no such order')"))
    body = json.loads(answer.payload)
    assert answer.function_error == "Unhandled"
    assert (body["errorType"], body["errorMessage"]) == ("KeyError", "'no such order'")
    assert len(body["stackTrace"]) == 1
    assert re.search(r'app\.py", line 2, in handler\n    raise KeyError', body["stackTrace"][0])
    assert "[ERROR] KeyError: 'no such order'\nTraceback (most recent call last):\n" in answer.log


@pytest.mark.parametrize(
    ("source", "handler", "kind", "message"),
    [
        ("import no_such", "app.handler", "Runtime.ImportModuleError", "No module named 'no_such'"),
        ("", "other.handler", "Runtime.ImportModuleError", "Unable to import module 'other'"),
        ("x = 1", "app.handler", "Runtime.HandlerNotFound", "Handler 'handler' missing on module 'app'"),
        ("x = 1", "handler", "Runtime.MalformedHandlerName", "Bad handler 'handler'"),
        ("def handler(", "app.handler", "Runtime.UserCodeSyntaxError", "Syntax error in module 'app'"),
        ("raise ValueError('at import')", "app.handler", "ValueError", "at import"),
    ],
)
def test_code_that_cannot_be_imported_answers_the_init_error(
    pool: WorkerPool, source: str, handler: str, kind: str, message: str
) -> None:
    answer = call(pool, sandbox_of(source, handler=handler))
    assert answer.function_error == "Unhandled"
    assert error_of(answer)[0] == kind
    assert message in error_of(answer)[1]
    assert answer.init_ms is not None


@pytest.mark.parametrize(
    ("ending", "reason"),
    [
        ("sys.exit(3)", "Runtime exited with error: exit status 3"),
        ("os._exit(0)", "Runtime exited without providing a reason"),
        ("os.kill(os.getpid(), 9)", "Runtime exited with error: signal: killed"),
        ("os.kill(os.getpid(), 11)", "Runtime exited with error: signal: segmentation fault"),
    ],
)
@pytest.mark.parametrize("place", ["import", "call"])
def test_a_process_that_ends_by_itself_answers_exit_error_and_is_replaced(
    pool: WorkerPool, place: str, ending: str, reason: str
) -> None:
    guard = "if not os.path.exists(__file__ + '.ended'): open(__file__ + '.ended', 'w').close(); " + ending
    body = guard if place == "import" else "pass"
    within = guard if place == "call" else "pass"
    sandbox = sandbox_of(f"import os, sys\n{body}\ndef handler(event, context):\n    {within}\n    return 'well'")
    answer = call(pool, sandbox)
    assert answer.function_error == "Unhandled"
    assert error_of(answer) == ("Runtime.ExitError", f"RequestId: r-1 Error: {reason}")
    assert answer.log.endswith("\tStatus: error\tError Type: Runtime.ExitError\n")
    assert call(pool, sandbox).payload == b'"well"'


def test_a_call_over_its_time_is_ended_and_the_next_gets_a_fresh_worker(pool: WorkerPool) -> None:
    source = """
        import time
        calls = 0
        def handler(event, context):
            global calls
            calls += 1
            print("begun")
            time.sleep(event["s"])
            return calls
    """
    sandbox = sandbox_of(source, timeout=0.4)
    assert call(pool, sandbox, {"s": 0}).payload == b"1"
    late = call(pool, sandbox, {"s": 30})
    assert late.function_error == "Unhandled"
    assert error_of(late) == ("Sandbox.Timedout", "RequestId: r-1 Error: Task timed out after 0.40 seconds")
    assert 400 <= late.duration_ms < 2_000
    assert late.log.startswith("START RequestId: r-1 Version: 7\nbegun\nEND RequestId: r-1\n")
    assert late.log.endswith("\tStatus: timeout\n")
    after = call(pool, sandbox, {"s": 0})
    assert (after.payload, after.init_ms is None) == (b"1", False)


def test_the_time_limit_holds_while_the_handler_floods_its_log(pool: WorkerPool) -> None:
    source = "def handler(event, context):\n    while True: print('x' * 5000)"
    assert error_of(call(pool, sandbox_of(source, timeout=0.4)))[0] == "Sandbox.Timedout"


def test_an_answer_over_six_megabytes_is_refused_and_the_worker_lives_on(pool: WorkerPool) -> None:
    sandbox = sandbox_of("def handler(event, context): return 'x' * event")
    whole = call(pool, sandbox, ANSWER_LIMIT_BYTES - 2)
    assert (len(whole.payload), whole.function_error) == (ANSWER_LIMIT_BYTES, None)
    over = call(pool, sandbox, ANSWER_LIMIT_BYTES - 1)
    assert over.function_error == "Unhandled"
    assert error_of(over) == (
        "Function.ResponseSizeTooLarge",
        "Response payload size exceeded maximum allowed payload size (6291556 bytes).",
    )
    assert call(pool, sandbox, 1).init_ms is None


def test_a_large_event_arrives_whole(pool: WorkerPool) -> None:
    answer = call(pool, sandbox_of("def handler(event, context): return [len(event), event[-1]]"), "é" * 2_000_000)
    assert json.loads(answer.payload) == [2_000_000, "é"]


def test_the_handler_can_use_boto3_as_in_lambda(pool: WorkerPool) -> None:
    source = """
        import boto3
        def handler(event, context):
            client = boto3.client("lambda")
            return [client.meta.endpoint_url, client.meta.region_name]
    """
    sandbox = sandbox_of(source, endpoint_url="http://127.0.0.1:9")
    assert json.loads(call(pool, sandbox).payload) == ["http://127.0.0.1:9", "eu-west-1"]

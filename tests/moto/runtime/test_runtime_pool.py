"""Workers are shared, bounded and stopped as execution environments are; nothing is left behind."""

from __future__ import annotations

import gc
import json
import os
import select
import signal
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import pytest
from runtime_sandboxes import ARN, call, sandbox_of

from deployer.local.runtime import BadCode, PoolClosed, WorkerPool

PID = """
    import os
    calls = 0
    def handler(event, context):
        global calls
        calls += 1
        return [os.getpid(), calls]
"""
# Each call waits until `event["n"]` calls are at work, so that they cannot share a worker.
TOGETHER = """
    import os, pathlib, time
    def handler(event, context):
        meeting = pathlib.Path(event["meeting"])
        (meeting / str(os.getpid())).touch()
        while len(list(meeting.iterdir())) < event["n"]:
            time.sleep(0.005)
        return os.getpid()
"""
# Holds a FIFO open for writing, in itself and in a child: its reader sees the end once both are gone.
HOLDS = """
    import os, subprocess, time
    def handler(event, context):
        end = os.open(event["fifo"], os.O_WRONLY)
        os.write(end, b"!")
        subprocess.Popen(["sleep", "600"], pass_fds=(end,))
        time.sleep(event["s"])
        return "held"
"""


@pytest.fixture
def pool() -> Iterator[WorkerPool]:
    with WorkerPool() as pool:
        yield pool


def fifo_at(path: Path) -> tuple[str, int]:
    os.mkfifo(path)
    return str(path), os.open(path, os.O_RDONLY | os.O_NONBLOCK)


def wait_readable(fd: int) -> bytes:
    assert select.select([fd], [], [], 20)[0], "somebody still holds the pipe"
    return os.read(fd, 1)


def test_global_state_lives_on_between_calls_of_one_version(pool: WorkerPool) -> None:
    sandbox = sandbox_of(PID)
    (pid, first), (same, second) = (json.loads(call(pool, sandbox).payload) for _ in range(2))
    assert (first, second, pid) == (1, 2, same)


def test_an_exception_of_the_handler_does_not_cost_the_worker(pool: WorkerPool) -> None:
    sandbox = sandbox_of("def handler(event, context): raise ValueError")
    assert call(pool, sandbox).init_ms is not None
    assert call(pool, sandbox).init_ms is None


@pytest.mark.parametrize(
    "change",
    [
        {"version": "8", "function_arn": f"{ARN}:8"},
        {"variables": {"STAGE": "prd"}},
        {"timeout": 9.0},
        {"memory_mb": 512},
        {"handler": "app.other"},
        {"endpoint_url": "http://127.0.0.1:1"},
        {"source": PID + "\n    changed = True"},
    ],
)
def test_another_version_or_setting_gets_another_worker(pool: WorkerPool, change: dict[str, object]) -> None:
    other = {"source": PID + "\n    other = handler"} | change
    first = call(pool, sandbox_of(PID + "\n    other = handler"))
    second = call(pool, sandbox_of(**other))  # type: ignore[arg-type]  # the source is among them
    assert json.loads(first.payload)[0] != json.loads(second.payload)[0]


def test_changing_the_callers_mapping_later_does_not_change_a_sandbox() -> None:
    variables = {"STAGE": "sbx"}
    sandbox = sandbox_of(PID, variables=variables)
    before = hash(sandbox)
    variables["STAGE"] = "prd"
    assert (hash(sandbox), sandbox.variables["STAGE"]) == (before, "sbx")


def test_a_sandbox_does_not_show_its_variables_or_code() -> None:
    assert "hunter2" not in repr(sandbox_of(PID, variables={"PASSWORD": "hunter2"}))


def test_calls_at_the_same_time_have_workers_of_their_own(pool: WorkerPool, tmp_path: Path) -> None:
    sandbox, event = sandbox_of(TOGETHER), {"meeting": str(tmp_path), "n": 3}
    with ThreadPoolExecutor(3) as threads:
        answers = list(threads.map(lambda _: call(pool, sandbox, event).payload, range(3)))
    assert len(set(answers)) == 3


def test_calls_one_after_the_other_go_to_the_worker_that_rested_last(pool: WorkerPool, tmp_path: Path) -> None:
    sandbox, event = sandbox_of(TOGETHER), {"meeting": str(tmp_path), "n": 2}
    with ThreadPoolExecutor(2) as threads:
        list(threads.map(lambda _: call(pool, sandbox, event), range(2)))
    assert len({call(pool, sandbox, {"meeting": str(tmp_path), "n": 0}).payload for _ in range(4)}) == 1


def test_many_threads_share_workers_without_mixing_answers(pool: WorkerPool) -> None:
    sandbox = sandbox_of("def handler(event, context): return event")
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda n: call(pool, sandbox, {"n": n}).payload, range(200)))
    assert [json.loads(payload)["n"] for payload in answers] == list(range(200))


def test_of_the_workers_at_rest_the_one_that_rested_longest_is_stopped() -> None:
    sandboxes = [sandbox_of(PID, version=str(n), function_arn=f"{ARN}:{n}") for n in range(3)]
    with WorkerPool(idle_kept=2) as pool:
        for sandbox in (*sandboxes[:2], sandboxes[0], sandboxes[2]):
            call(pool, sandbox)
        fresh = [call(pool, sandbox).init_ms is not None for sandbox in (sandboxes[0], sandboxes[2])]
        assert fresh == [False, False]
        assert call(pool, sandboxes[1]).init_ms is not None


def test_a_worker_that_died_at_rest_is_replaced_unseen(pool: WorkerPool) -> None:
    sandbox = sandbox_of(PID)
    pid = json.loads(call(pool, sandbox).payload)[0]
    os.kill(pid, signal.SIGKILL)
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    answer = call(pool, sandbox)
    assert (answer.function_error, json.loads(answer.payload)[1]) == (None, 1)


def test_code_is_unpacked_once_with_its_file_modes(pool: WorkerPool) -> None:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        tool = zipfile.ZipInfo("bin/tool")
        tool.external_attr = 0o755 << 16
        archive.writestr(tool, "#!/bin/sh\necho from the tool\n")
        archive.writestr(
            "app.py",
            "import os, subprocess\n"
            "def handler(event, context):\n"
            "    text = subprocess.run(['bin/tool'], capture_output=True, text=True, check=True).stdout\n"
            "    return [os.getcwd(), text]\n",
        )
    first = json.loads(call(pool, sandbox_of("", code=out.getvalue())).payload)
    second = json.loads(call(pool, sandbox_of("", code=out.getvalue(), version="8")).payload)
    assert first == second
    assert first[1] == "from the tool\n"


@pytest.mark.parametrize("name", ["../out.py", "/etc/out.py", "a/../../out.py", "C:/out.py", "a\\b.py"])
def test_code_that_would_be_unpacked_elsewhere_is_refused(pool: WorkerPool, name: str) -> None:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(name, "")
    with pytest.raises(BadCode, match="cannot be unpacked: entry "):
        call(pool, sandbox_of("", code=out.getvalue()))


def test_code_with_a_symbolic_link_is_refused(pool: WorkerPool) -> None:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        link = zipfile.ZipInfo("link")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(BadCode, match="is a symbolic link"):
        call(pool, sandbox_of("", code=out.getvalue()))


def test_code_that_is_no_zip_is_refused(pool: WorkerPool) -> None:
    with pytest.raises(BadCode, match="File is not a zip file"):
        call(pool, sandbox_of("", code=b"no zip"))


def test_a_time_limit_also_ends_what_the_handler_started(pool: WorkerPool, tmp_path: Path) -> None:
    path, end = fifo_at(tmp_path / "fifo")
    assert call(pool, sandbox_of(HOLDS, timeout=0.4), {"fifo": path, "s": 60}).function_error == "Unhandled"
    assert os.read(end, 1) == b"!"
    assert wait_readable(end) == b""
    os.close(end)


def test_closing_ends_calls_at_work_and_removes_the_code(tmp_path: Path) -> None:
    path, end = fifo_at(tmp_path / "fifo")
    pool = WorkerPool()
    root = call(pool, sandbox_of("import os\ndef handler(event, context): return os.getcwd()"))
    with ThreadPoolExecutor(1) as threads:
        at_work = threads.submit(call, pool, sandbox_of(HOLDS), {"fifo": path, "s": 60})
        assert wait_readable(end) == b"!"
        pool.close()
        answer = at_work.result()
    assert wait_readable(end) == b""
    os.close(end)
    assert json.loads(answer.payload)["errorType"] == "Runtime.ExitError"
    assert not Path(json.loads(root.payload)).exists()


def test_a_closed_pool_refuses_calls_and_may_be_closed_again() -> None:
    pool = WorkerPool()
    pool.close()
    pool.close()
    with pytest.raises(PoolClosed, match=r"function:orders:7 cannot be called"):
        call(pool, sandbox_of(PID))


def test_a_pool_leaves_no_open_files() -> None:
    gc.collect()  # what earlier tests left is not counted
    before = len(list(Path("/dev/fd").iterdir()))
    with WorkerPool() as pool:
        call(pool, sandbox_of(PID))
        call(pool, sandbox_of("import sys\nsys.exit(1)"))
    gc.collect()
    # Fewer, where something that earlier tests left was closed meanwhile by a thread of its own.
    assert len(list(Path("/dev/fd").iterdir())) <= before


def test_workers_and_their_code_go_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    (tmp_path / "tmp").mkdir()
    path, end = fifo_at(tmp_path / "fifo")
    script = (
        "import sys\n"
        "from deployer.local.runtime import WorkerPool\n"
        "from runtime_sandboxes import call, sandbox_of\n"
        "from test_runtime_pool import HOLDS\n"
        f"call(WorkerPool(), sandbox_of(HOLDS), {{'fifo': {path!r}, 's': 0}})\n"
        "print('ready', flush=True)\n"
        "sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script],
        env=os.environ | {"TMPDIR": str(tmp_path / "tmp")},
        cwd=Path(__file__).parent,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == b"ready\n"
        parent.kill()
    assert os.read(end, 1) == b"!"
    assert wait_readable(end) == b""
    os.close(end)
    assert list((tmp_path / "tmp").iterdir()) == []

"""What a worker is started from, what a call gets back, and the environment variables that Lambda gives a handler."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

_RUNTIME_NAME = f"AWS_Lambda_python{sys.version_info.major}.{sys.version_info.minor}"


@dataclass(frozen=True, slots=True, eq=False)
class Sandbox:
    """One version of one function, as its execution environments see it.

    Two sandboxes are equal when a worker of the one may answer a call to the other. `timeout` is in seconds,
    `memory_mb` in MiB; `code` is the deployment zip and `code_sha256` its CodeSha256.
    """

    function_name: str
    version: str
    function_arn: str
    code_sha256: str
    code: bytes = field(repr=False)
    handler: str
    variables: Mapping[str, str] = field(repr=False)
    timeout: float
    memory_mb: int
    region: str
    endpoint_url: str | None = None

    def __post_init__(self) -> None:
        # A later change of the caller's own mapping would otherwise change the identity of a running worker.
        object.__setattr__(self, "variables", MappingProxyType(dict(self.variables)))

    @property
    def identity(self) -> tuple[object, ...]:
        """All that a running worker was started with; the code stands in it by its hash."""
        return (
            self.function_arn,
            self.version,
            self.code_sha256,
            self.handler,
            tuple(sorted(self.variables.items())),
            self.timeout,
            self.memory_mb,
            self.endpoint_url,
        )

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sandbox):
            return NotImplemented
        return self.identity == other.identity

    def __hash__(self) -> int:
        return hash(self.identity)


@dataclass(frozen=True, slots=True)
class Answer:
    """What Invoke answers: `function_error` is None or "Unhandled", `log` the whole log text of the call.

    `duration_ms` is the handler's time; `init_ms` the start of a fresh worker, None where a warm one answered.
    """

    payload: bytes
    function_error: str | None
    log: str
    duration_ms: float
    init_ms: float | None


def environment(sandbox: Sandbox, task_root: Path, runtime_api: str) -> dict[str, str]:
    """The whole environment of a worker: nothing of the parent's own goes in, save the dynamic linker's path.

    Names from "Defined runtime environment variables" of the Lambda developer guide. The reserved ones win over the
    function's variables, as Lambda refuses those; AWS_ENDPOINT_URL and PATH are free to the function.
    """
    free = {
        "PATH": os.pathsep.join((str(Path(sys.executable).parent), "/usr/local/bin", "/usr/bin", "/bin")),
        "LANG": "en_US.UTF-8",
        "TZ": ":UTC",
    }
    if sandbox.endpoint_url is not None:
        free["AWS_ENDPOINT_URL"] = sandbox.endpoint_url
    # An interpreter that is linked against libraries of its own does not start without these.
    linker = {k: os.environ[k] for k in ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH") if k in os.environ}
    return linker | free | dict(sandbox.variables) | _reserved(sandbox, task_root, runtime_api)


def _reserved(sandbox: Sandbox, task_root: Path, runtime_api: str) -> dict[str, str]:
    return {
        "_HANDLER": sandbox.handler,
        "LAMBDA_TASK_ROOT": str(task_root),
        "AWS_LAMBDA_RUNTIME_API": runtime_api,
        "AWS_EXECUTION_ENV": _RUNTIME_NAME,
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_FUNCTION_NAME": sandbox.function_name,
        "AWS_LAMBDA_FUNCTION_VERSION": sandbox.version,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(sandbox.memory_mb),
        "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{sandbox.function_name}",
        "AWS_LAMBDA_LOG_STREAM_NAME": f"[{sandbox.version}]{sandbox.code_sha256[:8]}",
        "AWS_REGION": sandbox.region,
        "AWS_DEFAULT_REGION": sandbox.region,
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_SESSION_TOKEN": "local",
    }

"""Runs Python handlers as Lambda does: AWS's own runtime client in a process of its own, behind a Runtime API.

One worker process stands for one execution environment. It belongs to one version of one function, answers one call
at a time, keeps its global state between calls, and is thrown away once it ran out of time or ended by itself. Needs
POSIX process groups and pipes (Linux, macOS).
"""

from deployer.local.runtime.code import BadCode
from deployer.local.runtime.pool import PoolClosed, WorkerPool
from deployer.local.runtime.sandbox import Answer, Sandbox

__all__ = ["Answer", "BadCode", "PoolClosed", "Sandbox", "WorkerPool"]

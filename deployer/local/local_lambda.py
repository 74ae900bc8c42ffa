"""One running embedded Lambda, as the process that started it holds it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from deployer.local import neighbours
from deployer.local.cloudformation.clients import Clients
from deployer.local.cloudformation.service import CloudFormation
from deployer.local.front import Front
from deployer.local.gate import Gate
from deployer.local.journal import AliasWrite, ApiCall, Journal
from deployer.local.rules.invocations import Invoker, Pool
from deployer.local.rules.world import World
from deployer.local.server import Server
from deployer.local.settings import LocalSettings
from deployer.local.viewpoint import Gap, Viewpoint, within


class LocalLambda:
    """A server on 127.0.0.1 with the rules of Lambda and CloudFormation, and moto for S3, IAM, STS and the rest.

    The role that `role()` names is there from the start, and after a reset.
    A context manager; leaving it stops the server. Functions, versions and aliases belong to this server alone; the
    other services' state belongs to the process.
    """

    def __init__(
        self, settings: LocalSettings, port: int, pool: Callable[[], Pool], clock: Callable[[], float]
    ) -> None:
        def now() -> datetime:
            return datetime.fromtimestamp(clock(), UTC)

        self._journal = Journal()
        self._world = World(settings, neighbours.MotoNeighbours(), self._journal, now)
        self._world.adopt(settings)
        self.role()
        self._server = Server(port, clock)
        self._invoker = Invoker(self._world, pool(), self.endpoint_url)
        front = Front(self._world, self._invoker)
        clients = Clients(self.endpoint_url, neighbours.whatever_the_profile)
        self._cloudformation = CloudFormation(front.answer, clients, now)
        self._viewpoint = Viewpoint(now, lambda: self._world.settings.metric_delay)
        others = within(self._viewpoint, neighbours.application())
        self._server.start(Gate(front, self._cloudformation, others, neighbours.account_of, self.reset))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def endpoint_url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self._server.port}"

    @property
    def region(self) -> str:
        """The region named in `environment()`."""
        return self._world.settings.region

    @property
    def account(self) -> str:
        """The account of every access key that moto's IAM did not give out."""
        return neighbours.ACCOUNT

    @property
    def settings(self) -> LocalSettings:
        """How it behaves now."""
        return self._world.settings

    @property
    def calls(self) -> tuple[ApiCall, ...]:
        """Every API call so far, in the order in which they were answered."""
        return self._journal.calls

    @property
    def alias_writes(self) -> tuple[AliasWrite, ...]:
        """Every accepted alias write so far, in the order in which they took effect."""
        return self._journal.alias_writes

    def environment(self) -> dict[str, str]:
        """The variables under which any AWS client talks to this server and to nothing else."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint_url,
            "AWS_ACCESS_KEY_ID": "local",
            "AWS_SECRET_ACCESS_KEY": "local",
            "AWS_SESSION_TOKEN": "local",
            "AWS_DEFAULT_REGION": self.region,
            "AWS_REGION": self.region,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def role(self, name: str = "lambda") -> str:
        """The ARN of an IAM role that Lambda may assume, made when it is not there."""
        return neighbours.role(self.account, name)

    def configure(self, **changes: object) -> LocalSettings:
        """Behave otherwise from now on; raises InvalidSetting."""
        with self._world.lock:
            self._world.adopt(self._world.settings.changed(changes))
        return self._world.settings

    def fail_resource(self, type_name: str, nth: int = 1) -> None:
        """Let the nth create or update of such a stack resource (`AWS::Lambda::Alias`) from now on fail, once."""
        self._cloudformation.faults.add(type_name, nth)

    def fail_metrics(
        self, metric: str, gap: Gap = "InternalError", *, version: str | None = None, times: int = 1
    ) -> None:
        """Let the next `times` answers of GetMetricData not give a metric (`Errors`) whole, of one version or of any.

        `gap` is what they say: InternalError and Forbidden come without data, PartialData with the earlier half of
        them. Raises InvalidSetting.
        """
        self._viewpoint.faults.add(metric, version, gap, times)

    def reset(self) -> None:
        """Forget functions, stacks, logs, and the other services' state (that of the whole process); settings stay."""
        with self._world.lock:
            self._world.realms.clear()
            self._world.adopt(self._world.settings)
            self._journal.clear()
            self._cloudformation.clear()
            self._viewpoint.faults.clear()
            neighbours.reset()
            self.role()

    def stop(self) -> None:
        """End workers and connections and free the port; again does nothing."""
        if self._server.running:
            self._invoker.close()
            self._server.stop()

"""Lambda's front: the rule for a call, and its line in the journal, whoever calls."""

from __future__ import annotations

import re
from dataclasses import dataclass

from deployer.local.rules import api
from deployer.local.rules.invocations import Invoker
from deployer.local.rules.refusals import Refusal
from deployer.local.rules.world import Call, Reply, World

_APP_ID = re.compile(r"(?:^|\s)app/(\S+)")


@dataclass(frozen=True, slots=True)
class Front:
    """Answers calls of one world, and writes down every one that was answered."""

    world: World
    invoker: Invoker

    def answer(self, call: Call) -> Reply:
        """Lambda's answer; raises Refusal."""
        named = call.params.get("FunctionName") or call.body.get("FunctionName") or call.params.get("Resource")
        try:
            invoked = call.operation in api.INVOCATIONS
            reply = self.invoker.answer(call) if invoked else api.answer(self.world, call)
        except Refusal as refusal:
            self.log("lambda", call.operation, call.user_agent, refusal.status, function=named, error=refusal.code)
            raise
        self.log("lambda", call.operation, call.user_agent, reply.status, function=named)
        return reply

    def log(
        self,
        service: str,
        operation: str,
        user_agent: str,
        status: int,
        *,
        function: str | None = None,
        error: str | None = None,
    ) -> None:
        """One answered request of any service, into the journal."""
        client = _APP_ID.search(user_agent)
        self.world.journal.call(
            time=self.world.clock().timestamp(),
            service=service,
            operation=operation,
            function=function,
            client=client[1] if client else None,
            status=status,
            error=error,
            user_agent=user_agent,
        )

"""Where an alias's traffic stands while a plan is carried out, so that every failure can say it.

Only here both are known: where the alias points, and what has been sent. A function alone knows nothing of its aliases.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from deployer.aws.alias import Alias
from deployer.aws.failure import AwsFailure, HalfWay
from deployer.aws.function import Function
from deployer.aws.prepared import Prepared, Refused
from deployer.core import LATEST, Stable


@dataclass(slots=True)
class Traffic:
    """The traffic of one alias during one run. `sent`: whether a write of `$LATEST` may have been done by it."""

    prepared: Prepared
    alias: Alias
    function: Function
    sent: bool = False

    @property
    def watched(self) -> Function:
        """The function, its writes noted."""
        return replace(self.function, on_sent=self._note)

    def _note(self) -> None:
        self.sent = True

    @contextmanager
    def told(self, *but: type[AwsFailure]) -> Iterator[None]:
        """Say with a failure where the traffic stands. Not with those in `but`: they say so themselves."""
        try:
            yield
        except but:
            raise
        except AwsFailure as failure:
            if self._has_part():
                advice = failure.advised(self._follows).advice
                raise HalfWay(failure.doing, failure.problem, advice, code=failure.code) from failure
            raise failure.advised("traffic is untouched") from failure
        except Refused as refused:
            if self._has_part():
                text, way_out = refused.refusal.text, refused.refusal.way_out
                raise HalfWay(f"move {self.alias.called}", text, f"{self._follows}; {way_out}") from refused
            raise

    def _has_part(self) -> bool:
        """Whether part of the release takes traffic although the alias was not written. In doubt it does."""
        before = self.prepared.latest
        if not self.sent or before is None or self.prepared.alias.state != Stable(LATEST):
            return False
        try:
            now = self.function.look()
        except AwsFailure:
            return True
        return now is not None and now.revision != before.revision

    @property
    def _follows(self) -> str:
        return (
            f"{self.alias.called} follows $LATEST, so whatever was pushed so far takes traffic already, "
            "and the same command again carries on from there"
        )

"""What a deploy would do for each function, decided and told, nothing written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from deployer.cli import document, words
from deployer.cli.asked import Asked
from deployer.cli.complaint import complain
from deployer.cli.exits import Exit
from deployer.cli.job import Job, job_data, jobs_for
from deployer.cli.paper import Line, write
from deployer.cli.release import plan_lines
from deployer.cli.selection import Selected
from deployer.core import Await, Decision, Deploy, Refusal
from deployer.core.wire import decision_data

if TYPE_CHECKING:
    from deployer.cli.watching.outline import Outline


@dataclass(frozen=True, slots=True)
class Forecast:
    """One function's plan, and the deploys after it if they were asked for."""

    job: Job
    ahead: tuple[Decision, ...] | None

    @property
    def decision(self) -> Decision | None:
        """The plan or refusal; None when an error came before it."""
        return None if self.job.prepared is None else self.job.prepared.decision

    def exit(self, *, detailed: bool) -> Exit:
        """REFUSED for a refusal; CHANGES or WAITING, where something is to be done, only when `detailed`."""
        match self.decision:
            case None:
                return self.job.exit
            case Refusal():
                return Exit.REFUSED
            case plan if not detailed or not plan.actions:
                return Exit.DONE
            case plan:
                return Exit.WAITING if isinstance(plan.actions[0], Await) else Exit.CHANGES


def forecast(
    asked: Asked, selected: Iterable[Selected], request: Deploy, *, rollout: bool, **more: Any
) -> list[Forecast]:
    """Decide for every function; one that cannot be looked at does not hide the others."""
    seen = []
    for job in jobs_for(asked, selected, **more):
        ahead: list[tuple[Decision, ...]] = []
        job.attempt(partial(_look, request=request, ahead=ahead, rollout=rollout))
        seen.append(Forecast(job, ahead[0] if ahead else None))
        if job.stopped:
            break
    return seen


def _look(job: Job, *, request: Deploy, ahead: list[tuple[Decision, ...]], rollout: bool) -> None:
    job.decide(lambda deployer: deployer.prepare(request))
    if rollout and job.prepared is not None:
        ahead.append(job.deployer.rollout(job.prepared))


def tell(asked: Asked, forecasts: Sequence[Forecast], code: Exit, *, detailed: bool) -> None:
    """Show them all."""
    if asked.json:
        document.emit("plan", code, {"functions": [_data(seen, detailed=detailed) for seen in forecasts]})
    else:
        for seen in forecasts:
            if seen.decision is not None:
                write(_lines(seen))
    for seen in forecasts:
        if seen.job.error is not None:
            complain(seen.job.error, seen.job.commands)


def _lines(seen: Forecast) -> Iterator[Line]:
    yield from plan_lines(seen.job)
    if seen.ahead is not None:
        yield from words.ahead_lines(seen.ahead)
    if (found := _outline(seen)) is not None:
        yield from found.lines()


def _outline(seen: Forecast) -> Outline | None:
    """What a rollout would look like, where that was asked for."""
    prepared = seen.job.prepared
    if seen.ahead is None or prepared is None:
        return None
    from deployer.cli.watching.outline import outline

    now = int(seen.job.deployer.now())
    return outline(seen.job.settings, prepared.alias.state, prepared.decision, now)


def _data(seen: Forecast, *, detailed: bool) -> dict[str, Any]:
    data = job_data(seen.job)
    del data["result"]
    data["exit_code"] = int(seen.exit(detailed=detailed))
    data["changes"] = seen.exit(detailed=True) is Exit.CHANGES
    prepared = seen.job.prepared
    if prepared is not None and prepared.release is not None:
        data["code_sha256"] = prepared.release.code.sha256
    if seen.ahead is not None:
        data["rollout"] = [decision_data(decision) for decision in seen.ahead]
    if (found := _outline(seen)) is not None:
        data["watched"] = found.data()
    return data

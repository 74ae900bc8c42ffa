"""How it is told what a command did, or would do, with each release."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from deployer.cdk_adapter.target import target_data
from deployer.cli import document, words
from deployer.cli.cdk.asked import CdkAsked
from deployer.cli.cdk.job import Job
from deployer.cli.cdk.selection import Selected
from deployer.cli.complaint import complain
from deployer.cli.exits import Exit
from deployer.cli.paper import Line, Span, Tone, line, write
from deployer.core.wire import decision_data, state_data


def heading(selected: Selected) -> Line:
    """Which function, where."""
    release, stack = selected.release, selected.stack
    environment = f" in {release.environment}" if release.environment else ""
    where = f", stack {stack.path}, alias {release.alias_name}, {stack.place.account}, {stack.place.region}"
    return line(Span(release.function_name, Tone.STRONG), environment + where)


def lines(job: Job) -> Iterator[Line]:
    """What the template will say, or why it cannot."""
    if job.before is None:
        return
    yield heading(job.selected)
    if job.decision is not None:
        alias = job.selected.release.alias_name
        yield from words.decision_lines(job.decision, alias, job.before.state, job.commands)
        if not job.selected.chosen:
            yield words.row("note", "was not asked for, but is in the same stack, and stays as it is")
    elif job.planned is not None:
        yield from words.traffic("now", job.before.state)
        yield from words.traffic("then", job.planned.routing)


def none_done(what: str) -> Line:
    """The last word where one release holds up all: those that could be carried out read like what was done."""
    return line(Span(what, Tone.STRONG), ": all releases can be carried out, or none is")


def job_data(job: Job) -> dict[str, Any]:
    """One release's part of the document."""
    data = {**about(job.selected), **outcome_data(job)}
    if job.decision is not None:
        data["decision"] = decision_data(job.decision)
    if job.before is not None:
        data["before"] = state_data(job.before.state)
    if job.target is not None:
        data["target"] = target_data(job.target)
    return data


def outcome_data(job: Job) -> dict[str, Any]:
    """How it ended: the alias as it was found afterwards, or the error."""
    data: dict[str, Any] = {"exit_code": int(job.exit)}
    if job.after is not None:
        data["after"] = state_data(job.after.state)
    if job.error is not None:
        data["error"] = document.error_data(job.error)
    return data


def about(selected: Selected) -> dict[str, Any]:
    """Which function, where."""
    return {
        "function_name": selected.release.function_name,
        "environment": selected.release.environment,
        "alias": selected.release.alias_name,
        "stack": selected.stack.path,
    }


def tell(
    asked: CdkAsked,
    command: str,
    code: Exit,
    jobs: Sequence[Job],
    told: Iterable[Line],
    *,
    data: Callable[[Job], dict[str, Any]] = job_data,
    **members: str | None,
) -> None:
    """Tell how the command went, and then of the errors.

    That is the lines of `told`; or else a document with the `data` of each release, and `members` of its own.
    """
    if asked.json:
        document.emit(command, code, {"functions": [data(job) for job in jobs], **members})
    else:
        write(told)
    for index, job in enumerate(jobs):
        # A stack that fails is one error, kept with everything that it releases.
        if job.error is not None and all(job.error is not other.error for other in jobs[:index]):
            complain(job.error, job.commands)

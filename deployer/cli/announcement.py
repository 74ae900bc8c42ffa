"""Telling the notifiers of a configuration what a person has done by hand, as they are told what a driver does."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from deployer.cli.paper import Span, Tone, line, write

if TYPE_CHECKING:
    from collections.abc import Sequence

    from deployer.cli.job import Job
    from deployer.config import Settings
    from deployer.config.rollout.settings import NotifySettings
    from deployer.rollout.event import Event


def announce(job: Job) -> None:
    """Tell what was written, if anything was. Whoever cannot be told is named on stderr, and fails nothing."""
    prepared, outcome = job.prepared, job.outcome
    notify = _notified(job.settings)
    if prepared is None or outcome is None or not outcome.decision.actions or not notify:
        return
    from deployer.rollout.audience import audience, subject_of
    from deployer.rollout.event import Event
    from deployer.rollout.person import done_by_hand

    subject = subject_of(job.settings, job.deployer)
    stream = audience(notify, job.deployer.session, [_Untold(job)], ready=False)
    for what in done_by_hand(prepared, outcome):
        stream.tell(Event(job.at, subject, what))


class _Untold:
    """Hears of notifiers that were not told, and says so to whoever gave the command."""

    def __init__(self, job: Job) -> None:
        self._who = f"{job.settings.function}: "

    def __call__(self, event: Event) -> None:
        from deployer.rollout.event import Noticed
        from deployer.rollout.stream import TOPIC

        if isinstance(event.what, Noticed) and event.what.topic == TOPIC:
            write((line(Span(self._who, Tone.DIM), Span(event.what.text, Tone.LOUD)),), sys.stderr)


def _notified(settings: Settings) -> Sequence[NotifySettings]:
    """Those who are told. What a configuration without a table `rollout` leaves unread stays so: it names nobody."""
    rollout = settings.written_rollout
    return () if rollout is None else rollout.notify

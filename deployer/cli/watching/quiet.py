"""For schedules that mail whatever is printed: nothing is, until something has happened."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from deployer.cli.watching.lines import View
from deployer.rollout.event import (
    Began,
    Ended,
    Event,
    Happening,
    Held,
    Hooked,
    Looked,
    Noticed,
    Resumed,
    RolledBack,
    Stepped,
    Tested,
    Waited,
)


@dataclass(slots=True)
class Quiet:
    """Holds back what `view` shows until there is news; then it is shown, with what led to it and what follows."""

    view: View
    _held_back: list[Event] = field(default_factory=list, init=False)
    _news: bool = field(default=False, init=False)

    def __enter__(self) -> Self:
        self.view.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.view.__exit__(kind, error, trace)

    def __call__(self, event: Event) -> None:
        """Show it, or keep it until something has happened."""
        self._held_back.append(event)
        self._news = self._news or is_news(event.what)
        if self._news:
            for kept in self._held_back:
                self.view(kept)
            self._held_back.clear()


def is_news(what: Happening) -> bool:
    """Whether anything has happened: not where a look only waited, or nothing was under way."""
    match what:
        case Began() | Looked() | Waited():
            return False
        case Ended():
            return not what.idle
        case Tested() | Hooked() | Stepped() | RolledBack() | Held() | Resumed() | Noticed():
            return True

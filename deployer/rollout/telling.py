"""Telling what happens, and nothing twice that was said already."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from deployer.core import DeployerError, Notice, Topic
from deployer.rollout.event import Happening, Held, Looked, Noticed, Waited


@dataclass(slots=True)
class Telling:
    """What one driver tells, and has told: the same notice once, and the same state of things once in a row."""

    tell: Callable[[Happening], None]
    _last: dict[type, object] = field(default_factory=dict, init=False)
    _noticed: set[Noticed] = field(default_factory=set, init=False)
    _clock_told: bool = field(default=False, init=False)

    def notice(self, topic: str, text: str) -> None:
        """Something that a person should read."""
        notice = Noticed(topic, text, loud=True)
        if notice not in self._noticed:
            self._noticed.add(notice)
            self.tell(notice)

    def take(self, notice: Notice) -> None:
        """What was noticed when it was decided how to begin."""
        self._clock_told = self._clock_told or notice.topic is Topic.CLOCK
        self.tell(Noticed(str(notice.topic), notice.text, notice.loud))

    def of_clock(self, notices: Iterable[Notice]) -> None:
        """That the machine's clock is wrong: once, though by how much may change."""
        for notice in () if self._clock_told else notices:
            self.take(notice)

    def once(self, what: Looked | Waited | Held, known_by: object = None) -> None:
        """Tell it unless the last of its kind said the same; a hold that is over may come again."""
        same = what if known_by is None else known_by
        if isinstance(what, Waited):
            self._last.pop(Held, None)
        if self._last.get(type(what)) != same:
            self._last[type(what)] = same
            self.tell(what)


def in_one_line(error: DeployerError) -> str:
    """What an error says, for an event or a notice."""
    return "; ".join(line.strip() for line in error.lines)

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
    _noticed: set[tuple[str, str]] = field(default_factory=set, init=False)

    def notice(self, topic: str, text: str, *, loud: bool = True) -> None:
        """Something that a person should read, once; of a clock that is wrong by more or less, the first word."""
        known_by = (topic, "" if topic == Topic.CLOCK else text)
        if known_by not in self._noticed:
            self._noticed.add(known_by)
            self.tell(Noticed(topic, text, loud))

    def noted(self, notices: Iterable[Notice]) -> None:
        """What was noticed when something was decided."""
        for notice in notices:
            self.notice(str(notice.topic), notice.text, loud=notice.loud)

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

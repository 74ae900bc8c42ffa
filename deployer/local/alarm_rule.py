"""What a composite alarm says of others: `(ALARM("a") OR ALARM(b)) AND NOT OK(c)` (botocore's model, AlarmRule).

NOT binds closer than AND, and AND closer than OR.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""\s*(?:(?P<state>ALARM|OK|INSUFFICIENT_DATA)\s*\(\s*(?:"(?P<quoted>[^"]+)"|(?P<bare>[^\s()"]+))\s*\)
    |(?P<word>TRUE|FALSE|AND|OR|NOT|\(|\)))\s*""",
    re.VERBOSE,
)

StateOf = Callable[[str], str | None]
"""The state of an alarm by its name; None when there is no such alarm."""


class BadRule(Exception):
    """An expression that is no rule."""


@dataclass(frozen=True, slots=True)
class AlarmRule:
    """One rule; `names` are those of the alarms that it looks at."""

    text: str

    @property
    def names(self) -> frozenset[str]:
        """The alarms that it looks at."""
        return frozenset(found.name for found in _tokens(self.text) if found.name)

    def holds(self, state_of: StateOf) -> bool:
        """Whether the composite alarm goes into ALARM; raises BadRule."""
        reading = _Reading(list(_tokens(self.text)), state_of)
        found = reading.any_of()
        if reading.rest:
            raise BadRule(self.text)
        return found


@dataclass(frozen=True, slots=True)
class _Token:
    """A word, or a state that an alarm of that name may be in."""

    word: str
    name: str = ""


def _tokens(text: str) -> Iterator[_Token]:
    place = 0
    while place < len(text):
        found = _TOKEN.match(text, place)
        if found is None:
            raise BadRule(text)
        place = found.end()
        name = found["quoted"] or found["bare"] or ""
        # An ARN ends in the name, which may have colons of its own.
        yield _Token(found["state"] or found["word"], name.split(":", 6)[-1] if name.startswith("arn:") else name)


@dataclass(slots=True)
class _Reading:
    """Reads from the front of `rest`. Every part is read, whatever came before it."""

    rest: list[_Token]
    state_of: StateOf

    def any_of(self) -> bool:
        found = self.all_of()
        while self._took("OR"):
            found = self.all_of() or found
        return found

    def all_of(self) -> bool:
        found = self.one()
        while self._took("AND"):
            found = self.one() and found
        return found

    def one(self) -> bool:
        if self._took("NOT"):
            return not self.one()
        if self._took("("):
            found = self.any_of()
            if not self._took(")"):
                raise BadRule("a parenthesis is not closed")
            return found
        return self._leaf()

    def _leaf(self) -> bool:
        if not self.rest:
            raise BadRule("the rule breaks off")
        token = self.rest.pop(0)
        if token.name:
            return self.state_of(token.name) == token.word
        if token.word not in {"TRUE", "FALSE"}:
            raise BadRule(token.word)
        return token.word == "TRUE"

    def _took(self, word: str) -> bool:
        if not self.rest or self.rest[0] != _Token(word):
            return False
        self.rest.pop(0)
        return True

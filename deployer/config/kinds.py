"""The kinds of value that a key takes. Patterns hold for the whole text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from deployer.config.duration import spelled


@dataclass(frozen=True, slots=True)
class Flag:
    """True or false."""


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number from `least` to `most`."""

    least: int
    most: int

    def __str__(self) -> str:
        return f"whole number from {self.least} to {self.most}"


@dataclass(frozen=True, slots=True)
class Number:
    """A number above `above` and below `below`."""

    above: int
    below: int

    def __str__(self) -> str:
        return f"number above {self.above} and below {self.below}"


@dataclass(frozen=True, slots=True)
class Between:
    """A number from `least` to `most`, both included."""

    least: int
    most: int

    def __str__(self) -> str:
        return f"number from {self.least} to {self.most}"


@dataclass(frozen=True, slots=True)
class Duration:
    """A time like "10m", from `least` to `most` seconds."""

    least: int
    most: int

    def __str__(self) -> str:
        return f'duration like "30s", "10m" or "1h30m", from {spelled(self.least)} to {spelled(self.most)}'


@dataclass(frozen=True, slots=True)
class Day:
    """A date without a time, as TOML has it, from the year `least` to the year `most`."""

    least: int
    most: int

    def __str__(self) -> str:
        return f"date without quotes, like 2026-12-24, from {self.least} to {self.most}"


@dataclass(frozen=True, slots=True)
class Word:
    """One of a few words."""

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class String:
    """Text; `pattern` holds as it is written, `filled` and `most` (characters) once placeholders are filled.

    `hint` says to people what is expected. What is `secret` is shown nowhere.
    """

    pattern: str | None = None
    filled: str | None = None
    most: int | None = None
    hint: str = ""
    secret: bool = False


@dataclass(frozen=True, slots=True)
class List:
    """From `least` to `most` items of one kind."""

    item: Kind
    least: int = 0
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A table with keys of ours."""

    keys: tuple[Key, ...]


@dataclass(frozen=True, slots=True)
class Names:
    """A table with names of the user's own, which fit `pattern`; `hint` says what that means."""

    pattern: str
    hint: str
    value: Kind


@dataclass(frozen=True, slots=True)
class Raw:
    """A table of whatever JSON can carry; Lambda judges it."""


Scalar: TypeAlias = Flag | Whole | Number | Between | Duration | Day | Word | String
Kind: TypeAlias = Scalar | List | Table | Names | Raw


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a table; `api` is the Lambda member that it sets, dotted."""

    name: str
    kind: Kind
    meaning: str
    api: str = ""
    needed: bool = False

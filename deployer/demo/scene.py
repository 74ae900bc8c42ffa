"""What the demo tells, as data: one frozen value for each thing that a reader sees.

Opening, then for each chapter: Chapter, and any of Command, Edit, Moved, Said, Traffic; Closing at the end
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from deployer.core import AliasState
from deployer.demo.traffic import Traffic
from deployer.demo.working_copy import Edit


@dataclass(frozen=True, slots=True)
class Opening:
    """Where all of it takes place."""

    endpoint_url: str


@dataclass(frozen=True, slots=True)
class Chapter:
    """The beginning of a chapter; numbers count from 1."""

    number: int
    title: str


@dataclass(frozen=True, slots=True)
class Command:
    """The command that does what the library call behind this chapter does."""

    text: str


@dataclass(frozen=True, slots=True)
class Moved:
    """What one verb did, in words, and the alias before and after it."""

    done: tuple[str, ...]
    alias: str
    before: AliasState
    after: AliasState


class Tone(StrEnum):
    """How a sentence is meant."""

    PLAIN = "plain"
    GOOD = "good"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence."""

    text: str
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A command to try next, and what for."""

    command: str
    purpose: str


@dataclass(frozen=True, slots=True)
class Closing:
    """What happened, how many seconds it took, and what to try next."""

    facts: tuple[str, ...]
    seconds: float
    suggestions: tuple[Suggestion, ...]


Scene: TypeAlias = Opening | Chapter | Command | Edit | Moved | Said | Traffic | Closing

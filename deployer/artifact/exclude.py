"""What of a directory is left out of its zip: a fixed list, and a person's own patterns."""

from __future__ import annotations

import re

from deployer.artifact.errors import UnusableCode

# Caches, version control and what editors and systems leave behind: never wanted in a release, never the same twice.
# And .env files: secrets far more often than code, and whoever may read the function could read them.
DEFAULT_EXCLUDE = (
    "__pycache__",
    "*.pyc",
    "*.pyo",
    ".git",
    ".hg",
    ".svn",
    ".venv",
    ".tox",
    ".nox",
    ".mypy_cache",
    ".pytest_cache",
    ".ruff_cache",
    ".hypothesis",
    ".coverage",
    ".env",
    ".env.*",
    ".idea",
    ".vscode",
    ".DS_Store",
    "Thumbs.db",
    "*.egg-info",
)
_WILDCARDS = {"**/": "(?:[^/]+/)*", "**": ".*", "*": "[^/]*", "?": "[^/]"}
_PIECE = re.compile(r"\*\*/|\*\*|\*|\?|[^*?]+")


class Exclude:
    """Patterns over names with "/" between their parts; upper and lower case are told apart.

    A pattern without "/" is for a name at any depth (`tests`, `*.md`); one with "/" starts at the root of the
    directory (`docs/*.png`, `/tests`). `*` and `?` stay within one name, `**` does not. What is excluded is excluded
    with everything below it. UnusableCode for an empty pattern and for `!`, which has no meaning here.
    """

    def __init__(self, patterns: tuple[str, ...] = ()) -> None:
        for pattern in patterns:
            if not pattern.strip("/ ") or pattern.startswith("!"):
                example = "write a name or a glob, such as tests or *.md"
                raise UnusableCode(f"exclude pattern {pattern!r}", "leaves nothing out", example)
        self._expression = re.compile("|".join(map(_translated, (*DEFAULT_EXCLUDE, *patterns))), re.DOTALL)

    def matches(self, name: str) -> bool:
        """Whether this entry is excluded, its parents being not."""
        return self._expression.fullmatch(name) is not None


def _translated(pattern: str) -> str:
    stem = pattern.rstrip("/")
    anywhere = "" if "/" in stem else "(?:.*/)?"
    pieces = _PIECE.findall(stem.removeprefix("/"))
    return anywhere + "".join(_WILDCARDS.get(piece) or re.escape(piece) for piece in pieces)

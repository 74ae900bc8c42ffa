"""Who releases what, from where: read off the machine for the release mark, never guessed."""

from __future__ import annotations

import getpass
import secrets
import subprocess
from datetime import UTC, datetime
from pathlib import Path

from deployer.core.mark import Mark


def new_operation_id() -> str:
    """Eight characters that no other run has: 48 random bits."""
    return secrets.token_urlsafe(6)


def mark(
    operation_id: str,
    now: float,
    source: Path | None = None,
    release: str | None = None,
) -> Mark:
    """The mark of one run: `now` in Unix seconds, the git commit of `source` if it lies in a repository."""
    return Mark(run=operation_id, at=moment(now), release=release, commit=git_commit(source), by=person())


def moment(now: float) -> str:
    """Unix seconds as a mark gives its time."""
    return datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def git_commit(source: Path | None) -> str | None:
    """The short commit id that `source` stands at, with a `+` when files below it differ from it.

    Code that is not on this machine has none: what lies in the current directory need not be what it was made of.
    """
    if source is None:
        return None
    folder = source if source.is_dir() else source.parent
    commit = _git(folder, "rev-parse", "--short=12", "HEAD")
    if commit is None:
        return None
    changed = _git(folder, "status", "--porcelain", "--", ".")
    return f"{commit}+" if changed else commit


def _git(folder: Path, *words: str) -> str | None:
    try:
        done = subprocess.run(  # noqa: S603  # fixed words; no shell
            ["git", *words],  # noqa: S607  # whichever git the person uses
            cwd=folder,
            capture_output=True,
            text=True,
            check=True,
            timeout=10,
        )
    except (OSError, subprocess.SubprocessError):
        # No git, or no repository: the mark simply has no commit.
        return None
    return done.stdout.strip()


def person() -> str | None:
    """The login name, if there is one."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return None

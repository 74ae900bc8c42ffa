"""The files of a directory that go into its zip.

- Empty directories do not exist for Lambda and are left out.
- A symbolic link stands for what it points to, which must lie in the same directory; unpacking gives a copy.
- A directory with a `pyvenv.cfg` is a virtual environment, whatever its name, and left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from deployer.artifact.errors import UnusableCode
from deployer.artifact.exclude import Exclude
from deployer.artifact.member import Member, unsafe_name


def members_of(root: Path, exclude: Exclude, leave_out: Path | None = None) -> tuple[Member, ...]:
    """All files below `root` that are not excluded and are not `leave_out` (a zip being written there).

    UnusableCode for a directory that is missing, unreadable or empty, for links that lead nowhere, out of it or into
    themselves, for what is no file, and for names that cannot stand in a zip.
    """
    if not root.is_dir():
        raise UnusableCode(root, "is no directory", "name the directory that holds the function's code")
    real = root.resolve()
    walk = _Walk(real, exclude, leave_out.resolve() if leave_out else None)
    found = tuple(walk.below(root, "", (real,)))
    if not found:
        raise UnusableCode(
            root, "has no files to release", "all is excluded or it is empty; check `code` and `exclude`"
        )
    return found


@dataclass(frozen=True, slots=True)
class _Walk:
    root: Path
    exclude: Exclude
    leave_out: Path | None

    def below(self, directory: Path, prefix: str, within: tuple[Path, ...]) -> Iterator[Member]:
        for path in _listed(directory):
            name = prefix + path.name
            if self.exclude.matches(name):
                continue
            _check_name(path, name)
            real = self._resolved(path)
            if real.is_dir():
                if not (real / "pyvenv.cfg").exists():
                    yield from self.below(path, f"{name}/", _deeper(path, real, within))
            elif not real.is_file():
                raise UnusableCode(path, "is no file", "sockets, pipes and devices cannot be released; exclude it")
            elif real != self.leave_out:
                yield Member(name, path, bool(real.stat().st_mode & 0o100))

    def _resolved(self, path: Path) -> Path:
        if not path.is_symlink():
            return path.resolve()
        target = path.readlink()
        try:
            real = path.resolve(strict=True)
        except FileNotFoundError as error:
            problem = f"is a symbolic link to {target}, which does not exist"
            raise UnusableCode(path, problem, "mend or exclude it") from error
        except (OSError, RuntimeError) as error:  # a RuntimeError until Python 3.12
            raise UnusableCode(path, "is a symbolic link to itself", "mend or exclude it") from error
        if not real.is_relative_to(self.root):
            problem = f"is a symbolic link to {target}, outside of {self.root}"
            raise UnusableCode(path, problem, "copy the file in, or exclude the link")
        return real


def _listed(directory: Path) -> list[Path]:
    try:
        return list(directory.iterdir())
    except PermissionError as error:
        raise UnusableCode(directory, "cannot be read", "check its permissions, or exclude it") from error


def _deeper(path: Path, real: Path, within: tuple[Path, ...]) -> tuple[Path, ...]:
    if real in within:
        raise UnusableCode(path, f"is a symbolic link to {real}, which it lies in", "exclude the link")
    return (*within, real)


def _check_name(path: Path, name: str) -> None:
    try:
        name.encode()
    except UnicodeEncodeError as error:
        raise UnusableCode(repr(path), "has a name that is not UTF-8", "rename or exclude it") from error
    if reason := unsafe_name(name):
        raise UnusableCode(path, reason, "rename or exclude it")

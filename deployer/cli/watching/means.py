"""What a rollout calls that is the user's own: found before anything begins, or told with file and line."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from deployer.config.rollout.settings import (
    CommandHook,
    HookSettings,
    LambdaHook,
    NotifyFile,
    NotifySettings,
    PythonHook,
    TrialSettings,
)

Finder: TypeAlias = tuple["Place", Callable[[], object]]
"""What finds one of them, and where in the table `rollout` it is named."""

if TYPE_CHECKING:
    from deployer.cli.selection import Selected
    from deployer.config import Problem
    from deployer.config.positions import Path as Place


def see_means(selected: Iterable[Selected]) -> None:
    """Raise ConfigError with every check and hook of the functions that cannot be found. Nothing is called.

    Python's are imported, as that is how Python finds a function; nothing is written beside them.
    """
    from deployer.config import ConfigError

    with _no_bytecode():
        problems = dict.fromkeys(problem for one in selected for problem in _missing(one))
    if problems:
        raise ConfigError(sorted(problems, key=lambda problem: (problem.file, problem.line or 0, problem.key)))


def _missing(one: Selected) -> Iterator[Problem]:
    settings = one.settings.written_rollout
    if settings is None:
        return
    folder = settings.directory
    finders = (*_of_tests(settings.tests, folder), *_of_hooks(settings.hooks, folder), *_of_files(settings.notify))
    for within, find in finders:
        if what := _mistake(find):
            named = one.settings
            yield one.config.problem(named.environment, named.function, "rollout", what, within)


def _of_tests(tests: Iterable[TrialSettings], folder: Path) -> Iterator[Finder]:
    from deployer.rollout.entry_point import load

    for index, test in enumerate(tests):
        if (check := test.check) is not None:
            yield ("tests", index, "check"), partial(load, check, folder)


def _of_hooks(hooks: Iterable[HookSettings], folder: Path) -> Iterator[Finder]:
    from deployer.rollout.entry_point import load
    from deployer.rollout.hook import program

    for index, hook in enumerate(hooks):
        match hook.run:
            case PythonHook(target):
                yield ("hooks", index, "python"), partial(load, target, folder)
            case CommandHook(words):
                yield ("hooks", index, "command", 0), partial(program, words[0], folder)
            case LambdaHook():
                pass


def _of_files(notify: Iterable[NotifySettings]) -> Iterator[Finder]:
    for index, one in enumerate(notify):
        if isinstance(one, NotifyFile):
            yield ("notify", index, "file"), partial(_find_folder, one.path)


def _find_folder(path: Path) -> None:
    from deployer.rollout.entry_point import CannotLoad

    if not path.parent.is_dir():
        raise CannotLoad(str(path), f"there is no directory {path.parent}; make it first")


def _mistake(find: Callable[[], object]) -> str:
    """Why it cannot be found; empty where it can."""
    from deployer.rollout.entry_point import CannotLoad

    try:
        find()
    except CannotLoad as error:
        return str(error)
    return ""


@contextmanager
def _no_bytecode() -> Iterator[None]:
    before = sys.dont_write_bytecode
    sys.dont_write_bytecode = True
    try:
        yield
    finally:
        sys.dont_write_bytecode = before

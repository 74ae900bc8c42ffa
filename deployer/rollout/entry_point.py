"""Functions of the user's own, named "module:function", from modules beside the configuration file."""

from __future__ import annotations

import importlib
import importlib.util
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

from deployer.config.rollout.callable_name import check_name
from deployer.core.errors import DeployerError


class CannotLoad(DeployerError):
    """What `name` stands for, be it a function, a program or an event, cannot be used, for `problem`."""

    def __init__(self, name: str, problem: str) -> None:
        super().__init__(name, problem)
        self.name = name
        self.problem = problem

    def __str__(self) -> str:
        return f"{self.name}: {self.problem}"


def load(name: str, folder: Path) -> Callable[..., object]:
    """The function `name`, whose module is looked for in `folder`, then wherever Python looks for modules.

    `folder` goes to the end of `sys.path` and stays there, since the module may import its neighbours at any time: so
    nothing of ours or of Python's is ever taken from it. Raises CannotLoad.
    """
    check_name(name)
    module_name, _, function_name = name.partition(":")
    _add_to_path(folder)
    _refuse_hidden(name, module_name, folder)
    try:
        module = importlib.import_module(module_name)
    except (Exception, SystemExit) as error:
        raise CannotLoad(name, _why_not(error, module_name, folder)) from error
    found = getattr(module, function_name, None)
    if found is None:
        raise CannotLoad(name, f"there is no {function_name} in {module.__file__}")
    if not callable(found):
        raise CannotLoad(name, f"{function_name} in {module.__file__} is no function")
    function: Callable[..., object] = found
    return function


def _add_to_path(folder: Path) -> None:
    there = str(folder.resolve())
    if there not in sys.path:
        sys.path.append(there)
        importlib.invalidate_caches()


def _refuse_hidden(name: str, module_name: str, folder: Path) -> None:
    """Raise CannotLoad where the module of `folder` has the name of another, which would be called in its place."""
    top = module_name.partition(".")[0]
    own = {folder.resolve() / f"{top}.py", folder.resolve() / top / "__init__.py"}
    if not any(path.is_file() for path in own):
        return
    loaded = sys.modules.get(top)
    spec = importlib.util.find_spec(top) if loaded is None else getattr(loaded, "__spec__", None)
    origin = None if spec is None else spec.origin
    if origin is None or Path(origin).resolve() not in own:
        raise CannotLoad(name, f"the name {top} is taken by another module ({origin}): give yours another name")


def _why_not(error: BaseException, module_name: str, folder: Path) -> str:
    if isinstance(error, ModuleNotFoundError) and error.name and f"{module_name}.".startswith(f"{error.name}."):
        return f"there is no module {error.name} in {folder}"
    return f"importing {module_name} failed: {type(error).__name__}: {error}"


def outcome(error: Exception) -> str:
    """What a function of the user's raised, in one line: the message, or else the line of source that raised it."""
    if isinstance(error, DeployerError):
        return " ".join(str(error).split())
    words = " ".join(str(error).split())
    if isinstance(error, AssertionError):
        return words or f"AssertionError at {_place(error)}"
    return f"{type(error).__name__}: {words}" if words else f"{type(error).__name__} at {_place(error)}"


def _place(error: Exception) -> str:
    """The line that raised it."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{Path(frame.filename).name}:{frame.lineno}: {frame.line}"

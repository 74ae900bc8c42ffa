"""Whether a Python handler can be found in a zip, and imported, asked before anything is uploaded."""

from __future__ import annotations

import difflib
import re
import sys
from pathlib import Path
from typing import Final

from deployer.artifact.archive import names_in, read_entry
from deployer.artifact.errors import UnusableCode
from deployer.artifact.model import ZipArtifact
from deployer.artifact.module import names_in_module

_MINOR: Final = re.compile(r"python3\.(\d+)")
_MODULE_ENDINGS = (".py", ".pyc", "/__init__.py", "/__init__.pyc")


def check_handler(artifact: ZipArtifact, handler: str, runtime: str, packaged: Path | None = None) -> None:
    """UnusableCode unless `handler` (`package.module.function`) is in the zip, as far as its source can tell.

    `packaged` is the directory that the zip was made of: people know that one, and not a temporary file.
    For Python runtimes, and for functions without layers: a handler may as well come from a layer.
    """
    what = f"handler {handler!r}"
    module, dot, function = handler.rpartition(".")
    if not (module and dot and function.isidentifier()):
        raise UnusableCode(what, "is no Python handler", "write module.function, as in app.handler")
    path = module.replace(".", "/")
    names = names_in(artifact)
    if not any(_is_module(name, path) for name in names):
        problem = f"module {module} is not in {packaged or artifact.path}"
        raise UnusableCode(what, problem, _nearest(path, names))
    if (source := _source_of(path, names)) is not None:
        _check_function(what, function, source, _names(what, source, read_entry(artifact, source), runtime))


def _source_of(path: str, names: frozenset[str]) -> str | None:
    """The file that Python would import, where that is a source: a package first, then an extension."""
    package, module = f"{path}/__init__.py", f"{path}.py"
    if package in names:
        return package
    compiled = any(_is_module(name, path) and not name.endswith(".py") for name in names)
    return module if module in names and not compiled else None


def _names(what: str, source: str, content: bytes, runtime: str) -> frozenset[str] | None:
    try:
        return names_in_module(content)
    except SyntaxError as error:
        if not _speaks(runtime):
            return None
        line = "" if error.lineno is None else f", line {error.lineno}"
        shown = "" if not error.text else f": {error.text.strip()}"
        raise UnusableCode(what, f"{source}{line}: {error.msg}{shown}", "correct it: it cannot be imported") from error


def _speaks(runtime: str) -> bool:
    """Whether the Python that runs here knows all of the function's Python."""
    found = _MINOR.fullmatch(runtime)
    return found is not None and int(found[1]) <= sys.version_info.minor


def _check_function(what: str, function: str, source: str, names: frozenset[str] | None) -> None:
    if names is None or function in names:
        return
    near = difflib.get_close_matches(function, sorted(names))
    meant = f"did you mean {', '.join(near)}?" if near else f"name what Lambda is to call in {source}"
    raise UnusableCode(what, f"{source} has no {function}", meant)


def _is_module(name: str, path: str) -> bool:
    extension = name.startswith(f"{path}.") and name.endswith(".so") and "/" not in name[len(path) :]
    return extension or any(name == path + ending for ending in _MODULE_ENDINGS)


def _nearest(path: str, names: frozenset[str]) -> str:
    modules = {name.removesuffix(".py").removesuffix("/__init__") for name in names if name.endswith(".py")}
    # The same module one directory too deep (the parent was zipped) is the most frequent of these mistakes.
    deeper = sorted(module for module in modules if module.endswith(f"/{path}"))
    near = deeper or difflib.get_close_matches(path, sorted(modules))
    if not near:
        return "the module's file must lie at the root of the code, or in the package the handler names"
    found = ", ".join(module.replace("/", ".") for module in near[:3])
    return f"did you mean {found}? What the handler names is looked for from the root of the code"

"""Whether a Python handler can be found in a zip, asked before anything is uploaded."""

from __future__ import annotations

import difflib
from pathlib import Path

from deployer.artifact.archive import names_in
from deployer.artifact.errors import UnusableCode
from deployer.artifact.model import ZipArtifact

_MODULE_ENDINGS = (".py", ".pyc", "/__init__.py", "/__init__.pyc")


def check_handler(artifact: ZipArtifact, handler: str, packaged: Path | None = None) -> None:
    """UnusableCode unless the module of `handler` (`package.module.function`) is in the zip.

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

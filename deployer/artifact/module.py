"""The names that a Python module has once it is imported, as far as its source tells without running it."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterable, Iterator
from typing import Final

_SCOPES: Final = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
# With these a module can have names that nobody reads in it.
_MAKES_NAMES: Final = frozenset(
    {"__dict__", "__getattr__", "eval", "exec", "globals", "locals", "modules", "setattr", "vars"}
)


def names_in_module(source: bytes) -> frozenset[str] | None:
    """All names of the module; None when its source cannot tell them. Raises SyntaxError for what is no Python."""
    try:
        tree = _parsed(source)
        if any(_makes_names(node) for node in ast.walk(tree)):
            return None
        return frozenset(_bound(tree.body)) | _made_global(tree)
    except (RecursionError, MemoryError):
        return None  # too deep for us, and perhaps not for a larger machine


def _parsed(source: bytes) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what is allowed, if only just, Lambda itself will tell
        try:
            return ast.parse(source)
        except ValueError as error:
            raise SyntaxError(str(error)) from error  # null bytes, before Python 3.12


def _makes_names(node: ast.AST) -> bool:
    match node:
        case ast.ImportFrom(names=[ast.alias("*")]):
            return True
        case ast.Name(name) | ast.Attribute(attr=name) | ast.FunctionDef(name) | ast.alias(name):
            return name in _MAKES_NAMES
        case _:
            return False


def _made_global(tree: ast.Module) -> frozenset[str]:
    """What functions bind in the module rather than in themselves."""
    return frozenset(name for node in ast.walk(tree) if isinstance(node, ast.Global) for name in node.names)


def _bound(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """The names that these nodes bind in the scope that they stand in."""
    for node in nodes:
        yield from _bound_by(node)
        yield from _bound(_outside(node) if isinstance(node, _SCOPES) else ast.iter_child_nodes(node))


def _outside(scope: ast.AST) -> Iterator[ast.AST]:
    """What of a function or class is evaluated where it stands: decorators, defaults, bases."""
    for name, value in ast.iter_fields(scope):
        if name == "args":
            yield from (default for default in (*value.defaults, *value.kw_defaults) if default is not None)
        elif name in {"decorator_list", "bases", "keywords"}:
            yield from value


def _bound_by(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.FunctionDef(name) | ast.AsyncFunctionDef(name) | ast.ClassDef(name) | ast.Name(name, ast.Store()):
            yield name
        case ast.alias(name, alias):
            yield alias or name.partition(".")[0]
        case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(str(name)):
            yield name
        case ast.MatchMapping(rest=str(name)):
            yield name
        case _:
            return

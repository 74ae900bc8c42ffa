"""The reference of every key, for people and for editors, read from the schema."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec
from msgspec import inspect

from deployer.config.keys import Key, bare, keys_of
from deployer.config.merge import BUILT_IN, BUILT_IN_ENVIRONMENTS
from deployer.config.schema import File, FileSystem, Function, Place, Release
from deployer.config.suggest import listed, quoted

_BEGIN = "<!-- keys: written by python -m deployer.config.reference docs -->"
_END = "<!-- end of keys -->"
_HEAD = "| key | type | default | meaning |\n| --- | --- | --- | --- |"


def json_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of a configuration, for editors; limits on text after placeholders are not in it."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "deployer.toml",
        **msgspec.json.schema(File),
    }


def tables() -> str:
    """Every key in Markdown: what it takes, what it is when it is not given, what it means."""
    release = {key.path for key in keys_of(Release)}
    return "\n\n".join(
        (
            "### Anywhere: top level, environment, function, function of an environment",
            _markdown(keys_of(Release)),
            "### Top level and environment",
            _markdown([key for key in keys_of(Place) if key.path not in release]),
            "### Function, and function of an environment",
            _markdown([key for key in keys_of(Function) if key.path not in release]),
            "### Element of `file_systems`",
            _markdown(keys_of(FileSystem)),
            "### Built-in environments",
            "\n".join(_environments()),
        )
    )


def _markdown(keys: Iterable[Key]) -> str:
    return "\n".join((_HEAD, *(_row(key) for key in keys)))


def _row(key: Key) -> str:
    meaning = key.description
    if key.api and ".".join(key.api) != key.path[-1]:
        meaning += f" (`{'.'.join(key.api)}`)"
    default = BUILT_IN.get(key.path[0]) if len(key.path) == 1 else None
    cells = (
        f"`{'.'.join(key.path)}`",
        _type(key.type) + _limits(key),
        "" if default is None else f"`{quoted(default)}`",
        meaning,
    )
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _type(kind: inspect.Type) -> str:
    match bare(kind):
        case inspect.LiteralType(values=values):
            return listed([f"`{quoted(value)}`" for value in values])
        case inspect.IntType(ge=least, le=most):
            return f"whole number from {least} to {most}"
        case inspect.FloatType(gt=above, lt=below):
            return f"number above {above} and below {below}"
        case inspect.BoolType():
            return "`true` or `false`"
        case inspect.StrType():
            return "string"
        case inspect.ListType(item_type=item, max_length=most):
            return f"list of {_plural(_type(item))}{f', at most {most}' if most else ''}"
        case inspect.DictType(value_type=inspect.StrType()):
            return "table of strings"
        case _:
            return "table"


def _limits(key: Key) -> str:
    text = key.text
    if text is None or not isinstance(key.type, inspect.StrType):
        return ""
    return (f", at most {text.most} characters" if text.most else "") + (f": {text.hint}" if text.hint else "")


def _plural(word: str) -> str:
    noun, space, rest = word.partition(" ")
    return f"{noun}s{space}{rest}"


def _environments() -> Iterator[str]:
    yield "| environment | built in |\n| --- | --- |"
    for name, values in BUILT_IN_ENVIRONMENTS.items():
        yield f"| `{name}` | {', '.join(f'`{key} = {quoted(value)}`' for key, value in values.items())} |"


def export(directory: Path) -> None:
    """Write config.schema.json, and the reference between its marks in configuration.md."""
    schema = json.dumps(json_schema(), indent=2, ensure_ascii=False)
    (directory / "config.schema.json").write_text(f"{schema}\n", encoding="utf-8")
    page = directory / "configuration.md"
    before, begin, rest = page.read_text(encoding="utf-8").partition(_BEGIN)
    _, end, after = rest.partition(_END)
    page.write_text(f"{before}{begin}\n{tables()}\n{end}{after}", encoding="utf-8")


if __name__ == "__main__":
    export(Path(sys.argv[1]))

"""The reference of every key, for people and for editors, read from the schema."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from deployer.config.duration import PATTERN as DURATION
from deployer.config.duration import spelled
from deployer.config.keys import by_path
from deployer.config.kinds import (
    Between,
    Day,
    Duration,
    Flag,
    Key,
    Kind,
    List,
    Names,
    Number,
    Raw,
    Scalar,
    String,
    Table,
    Whole,
    Word,
)
from deployer.config.merge import BUILT_IN, BUILT_IN_ENVIRONMENTS
from deployer.config.rollout.tables import BUILT_IN_ELEMENTS, ELEMENTS, ROLLOUT_TABLE
from deployer.config.schema import (
    ENVIRONMENT_TABLE,
    FILE_SYSTEM,
    FILE_TABLE,
    FUNCTION,
    FUNCTION_TABLE,
    PLACE,
    PROJECT,
    RELEASE,
)
from deployer.config.suggest import listed, quoted

_BEGIN = "<!-- keys: written by python -m deployer.config.reference docs -->"
_END = "<!-- end of keys -->"
_SHARED = {"environment": ENVIRONMENT_TABLE, "function": FUNCTION_TABLE, "rollout": ROLLOUT_TABLE}
_HEAD = "| key | type | default | meaning |\n| --- | --- | --- | --- |"


def json_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of a configuration, for editors.

    Lengths and patterns of text that hold once placeholders are filled are not in it, nor are the limits of durations.
    """
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "deployer.toml",
        **_table(FILE_TABLE),
        "$defs": {name: _table(table) for name, table in _SHARED.items()},
    }


def _schema(kind: Kind) -> dict[str, Any]:
    match kind:
        case List(item=item, least=least, most=items):
            limits = ({"minItems": least} if least else {}) | ({"maxItems": items} if items is not None else {})
            return {"type": "array", "items": _schema(item), **limits}
        case Names(pattern=pattern, value=value):
            return {
                "type": "object",
                "propertyNames": {"pattern": f"^{pattern}$"},
                "additionalProperties": _schema(value),
            }
        case Table():
            shared = next((name for name, table in _SHARED.items() if table is kind), None)
            return _table(kind) if shared is None else {"$ref": f"#/$defs/{shared}"}
        case Raw():
            return {"type": "object"}
        case Flag() | Whole() | Number() | Between() | Duration() | Day() | Word() | String():
            return _scalar(kind)


def _scalar(kind: Scalar) -> dict[str, Any]:
    match kind:
        case Flag():
            return {"type": "boolean"}
        case Whole(least=least, most=most):
            return {"type": "integer", "minimum": least, "maximum": most}
        case Number(above=above, below=below):
            return {"type": "number", "exclusiveMinimum": above, "exclusiveMaximum": below}
        case Between(least=least, most=most):
            return {"type": "number", "minimum": least, "maximum": most}
        case Duration():
            return {"type": "string", "pattern": f"^{DURATION}$"}
        case Day():
            return {"type": "string", "format": "date"}
        case Word(words=words):
            return {"enum": list(words)}
        case String(pattern=pattern):
            return {"type": "string"} | ({"pattern": f"^{pattern}$"} if pattern else {})


def _table(table: Table) -> dict[str, Any]:
    needed = [key.name for key in table.keys if key.needed]
    return {
        "type": "object",
        "properties": {key.name: {"description": key.meaning, **_schema(key.kind)} for key in table.keys},
        **({"required": needed} if needed else {}),
        "additionalProperties": False,
    }


def tables() -> str:
    """Every key in Markdown: what it takes, what it is when it is not given, what it means."""
    return "\n\n".join(
        (
            "### Anywhere: top level, environment, function, function of an environment",
            _markdown(RELEASE),
            "### Top level and environment",
            _markdown(PLACE),
            "### Top level alone",
            _markdown(PROJECT),
            "### Function, and function of an environment",
            _markdown(FUNCTION),
            "### Element of `file_systems`",
            _markdown(FILE_SYSTEM, {}),
            *(_element(name, keys) for name, keys in ELEMENTS.items()),
            "### Built-in environments",
            "\n".join(_environments()),
        )
    )


def _element(name: str, keys: Iterable[Key]) -> str:
    return f"### Element of `{name}`\n\n{_markdown(keys, BUILT_IN_ELEMENTS.get(name, {}))}"


def _markdown(keys: Iterable[Key], built_in: Mapping[str, Any] = BUILT_IN) -> str:
    return "\n".join((_HEAD, *(_row(path, key, _default(built_in, path)) for path, key in by_path(keys))))


def _row(path: tuple[str, ...], key: Key, default: object) -> str:
    meaning = f"{'needed: ' if key.needed else ''}{key.meaning}{f' (`{key.api}`)' if key.api else ''}"
    cells = (f"`{'.'.join(path)}`", _takes(key.kind), "" if default is None else f"`{quoted(default)}`", meaning)
    return f"| {' | '.join(cells)} |"


def _default(built_in: Mapping[str, Any], path: tuple[str, ...]) -> object:
    """What a key is where it is not given, if that is no table."""
    value: Any = built_in
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return None if isinstance(value, Mapping) else value


def _takes(kind: Kind) -> str:
    match kind:
        case Word(words=words):
            return listed([f"`{quoted(word)}`" for word in words])
        case Whole() | Number() | Between() | Day():
            return str(kind)
        case Duration(least=least, most=most):
            return f"duration from {spelled(least)} to {spelled(most)}"
        case Flag():
            return "`true` or `false`"
        case String(most=characters, hint=hint):
            limit = f", at most {characters} characters" if characters else ""
            return f"string{limit}{': ' if hint else ''}{hint}"
        case List(item=item, most=items):
            return f"list{f' of at most {items}' if items else ''}, each a {_takes(item)}"
        case Names(value=String()):
            return "table of strings"
        case Names() | Table() | Raw():
            return "table"


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

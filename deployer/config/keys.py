"""The schema's keys as plain facts: what each one sets at Lambda, and what its text must be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from msgspec import Struct, inspect

from deployer.config.schema import FileSystem, Function, Place, Text


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a table; `path` is relative to the table, `api` the Lambda member that it sets."""

    path: tuple[str, ...]
    type: inspect.Type
    description: str
    api: tuple[str, ...]
    text: Text | None


def bare(kind: inspect.Type) -> inspect.Type:
    """The type without what is said about it."""
    return kind.type if isinstance(kind, inspect.Metadata) else kind


def text_of(kind: inspect.Type) -> Text | None:
    """What the schema demands of the text of a key, of the items of a list, or of the names in a table."""
    extra = kind.extra or {} if isinstance(kind, inspect.Metadata) else {}
    text: Text | None = extra.get("text")
    inner = bare(kind)
    return text_of(inner.item_type) if text is None and isinstance(inner, inspect.ListType) else text


@cache
def keys_of(table: type[Struct]) -> tuple[Key, ...]:
    """Every key of `table` in the order of the schema, nested tables after the key that holds them."""
    return tuple(_keys(table, ()))


def _keys(table: type[Struct], above: tuple[str, ...]) -> Iterator[Key]:
    for found in struct_type(table).fields:
        path = (*above, found.encode_name)
        kind = found.type
        said = kind if isinstance(kind, inspect.Metadata) else None
        description = (said.extra_json_schema or {}).get("description", "") if said else ""
        api = ((said.extra or {}).get("api") or "") if said else ""
        yield Key(path, bare(kind), description, tuple(api.split(".")) if api else (), text_of(kind))
        if isinstance(inner := bare(kind), inspect.StructType):
            yield from _keys(inner.cls, path)


@cache
def struct_type(table: type[Struct]) -> inspect.StructType:
    """What msgspec knows about `table`."""
    found = inspect.type_info(table)
    if not isinstance(found, inspect.StructType):
        raise TypeError(f"{table.__name__} is no table of the schema")
    return found


@cache
def function_keys() -> dict[tuple[str, ...], Key]:
    """The keys of a function, by path."""
    return {key.path: key for key in keys_of(Function)}


@cache
def place_keys() -> dict[tuple[str, ...], Key]:
    """The keys of an environment that are no table, by path."""
    return {key.path: key for key in keys_of(Place)}


@cache
def file_system_members() -> dict[str, tuple[str, Text | None]]:
    """For each key of a file system, Lambda's name of it and what its text must be."""
    return {key.path[0]: (key.api[0], key.text) for key in keys_of(FileSystem)}


@cache
def own_key_of_member() -> dict[str, str]:
    """Lambda's members that have a key of their own, e.g. {"MemorySize": "memory_size"}."""
    members = {key.api[0]: key.path[0] for key in reversed(keys_of(Function)) if key.api}
    code = ("ZipFile", "S3Bucket", "S3Key", "S3ObjectVersion", "ImageUri")
    return members | dict.fromkeys(code, "code") | {"FunctionName": "name"}


def schema_order(path: tuple[str, ...]) -> int:
    """Sorts paths of a function as the schema has their first keys."""
    return list(function_keys()).index(path[:1])

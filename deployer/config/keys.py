"""The schema's keys by path: what each one sets at Lambda, and what its text must be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache

from deployer.config.kinds import Key, Kind, List, String, Table
from deployer.config.schema import FILE_SYSTEM, FUNCTION_TABLE, PLACE, RELEASE

_MEMBERS_OF_CODE = ("Code", "ZipFile", "S3Bucket", "S3Key", "S3ObjectVersion", "ImageUri")


def by_path(keys: Iterable[Key], above: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Key]]:
    """Every key in the order of the schema, those of a nested table after the key that holds them."""
    for key in keys:
        path = (*above, key.name)
        yield path, key
        if isinstance(key.kind, Table):
            yield from by_path(key.kind.keys, path)


@cache
def function_keys() -> dict[tuple[str, ...], Key]:
    """The keys of a function, by path."""
    return dict(by_path(FUNCTION_TABLE.keys))


@cache
def plain_keys() -> dict[str, Key]:
    """The keys of an environment or a function that are not in a nested table."""
    return {key.name: key for key in (*RELEASE, *PLACE, *FUNCTION_TABLE.keys)}


def text_of(kind: Kind | None) -> String | None:
    """What the schema demands of a text, or of the texts in a list."""
    match kind:
        case String():
            return kind
        case List(item=String() as item):
            return item
        case _:
            return None


def file_system_members() -> dict[str, tuple[str, String | None]]:
    """For each key of a file system, Lambda's name of it and what its text must be."""
    return {key.name: (key.api, text_of(key.kind)) for key in FILE_SYSTEM}


@cache
def own_key_of_member() -> dict[str, str]:
    """Lambda's members that have a key of their own, e.g. {"MemorySize": "memory_size"}."""
    members = {key.api.partition(".")[0]: path[0] for path, key in function_keys().items() if key.api}
    return members | dict.fromkeys(_MEMBERS_OF_CODE, "code") | {"FunctionName": "name"}


def schema_order(path: tuple[str, ...]) -> int:
    """Sorts paths of a function as the schema has their first keys."""
    return list(function_keys()).index(path[:1])

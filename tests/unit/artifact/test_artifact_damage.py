"""A zip that nobody could unpack whole is refused before anything is uploaded, whatever is wrong with it."""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from artifact_trees import entries, zip_of
from hypothesis import given, settings
from hypothesis import strategies as st

from deployer.artifact import ArtifactError, UnusableCode, read_zip

CONTENT = bytes(range(256)) * 8
Change = Callable[[bytearray, int], None]


def refused(path: Path) -> str:
    with pytest.raises(UnusableCode) as caught:
        read_zip(path)
    return str(caught.value)


def changed(path: Path, change: Change, method: int = zipfile.ZIP_DEFLATED) -> Path:
    """A zip whose one entry was changed; `change` is told where its content begins."""
    with zipfile.ZipFile(path, "w", method) as whole:
        whole.writestr("lib/app.py", CONTENT)
    data = bytearray(path.read_bytes())
    change(data, data.index(b"lib/app.py") + len("lib/app.py"))
    path.write_bytes(data)
    return path


def flip_a_bit(data: bytearray, content: int) -> None:
    data[content + 20] ^= 1


def lose_the_rest(data: bytearray, content: int) -> None:
    """Zeros, as a broken transfer leaves them."""
    size = data.index(b"PK\x01\x02") - content - 20
    data[content + 20 : content + 20 + size] = bytes(size)


def lose_the_beginning(data: bytearray, content: int) -> None:
    data[: content + 20] = bytes(content + 20)


def tell_another_size(data: bytearray, content: int) -> None:
    """The list of contents tells of more than there is."""
    at = data.index(b"PK\x01\x02") + 24
    data[at : at + 4] = (len(CONTENT) + 1).to_bytes(4, "little")


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED], ids=["stored", "deflated"])
@pytest.mark.parametrize("change", [flip_a_bit, lose_the_rest, lose_the_beginning, tell_another_size])
def test_a_damaged_entry_is_named(tmp_path: Path, method: int, change: Change) -> None:
    path = changed(tmp_path / "app.zip", change, method)
    assert refused(path) == (
        f"{path}, entry 'lib/app.py': is damaged and cannot be unpacked; write it again; a copy may have been cut off"
    )


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA, 98])
def test_an_entry_compressed_by_a_rare_method_is_named(tmp_path: Path, method: int) -> None:
    def change(data: bytearray, _: int) -> None:
        data[data.index(b"PK\x01\x02") + 10] = method

    path = changed(tmp_path / "app.zip", change)
    assert refused(path) == (
        f"{path}, entry 'lib/app.py': is compressed by a method that not everyone can read; package it with deflate"
    )


@pytest.mark.parametrize("second", ["app.py", "./app.py", ".//app.py"])
def test_a_name_that_stands_twice_is_refused(tmp_path: Path, second: str) -> None:
    path = tmp_path / "app.zip"
    with zipfile.ZipFile(path, "w") as whole, warnings.catch_warnings(action="ignore"):
        for name in ("lib/", "app.py", "lib/", second):
            whole.writestr(name, "")
    assert refused(path) == (
        f"{path}, entry {second!r}: is in it twice, and only one of the two would be left after unpacking; "
        "package the function's code again, into a new zip"
    )


WHOLE = {"app.py": "import lib\n" * 30, "lib/naïve ☃.txt": "text"}


@settings(deadline=None)  # it writes files
@given(st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), min_size=1, max_size=4), st.booleans())
def test_bytes_that_changed_anywhere_are_refused_or_make_no_difference(
    places: list[tuple[int, int]],
    cut_off: bool,
) -> None:
    with TemporaryDirectory() as folder:
        path = zip_of(Path(folder) / "app.zip", WHOLE)
        data = bytearray(path.read_bytes())
        for place, value in places:
            data[place % len(data)] = value
        path.write_bytes(data[: places[0][0] % len(data)] if cut_off else data)
        with suppress(ArtifactError):
            read_zip(path)
            assert set(entries(path).values()) <= {text.encode() for text in WHOLE.values()}


@pytest.mark.parametrize("names", [("a", "a/b.py"), ("a", "a/"), ("app.py/x.py", "./app.py")])
def test_a_path_that_is_a_file_and_a_directory_at_once_is_refused(tmp_path: Path, names: tuple[str, ...]) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, b"")
    with pytest.raises(UnusableCode, match="is a file and a directory at once, and cannot be unpacked as both"):
        read_zip(path)

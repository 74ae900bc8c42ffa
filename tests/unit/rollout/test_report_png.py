"""Pictures are read as they were written, whatever the lines were foretold from."""

import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.png import Picture, read_png, write_png

FLAT = b"\x00\x0a\x0a\x0a\x14\x14\x14"


@st.composite
def pictures(draw: st.DrawFn) -> Picture:
    width, height, channels = draw(st.integers(1, 5)), draw(st.integers(1, 5)), draw(st.sampled_from([3, 4]))
    size = width * channels
    return Picture(width, channels, tuple(draw(st.binary(min_size=size, max_size=size)) for _ in range(height)))


@given(pictures())
def test_what_is_written_is_read_again(picture: Picture) -> None:
    assert read_png(write_png(picture)) == picture


@pytest.mark.parametrize(
    ("lines", "rows"),
    [
        # Two pixels a line; by hand, after the formulas of section 9.2.
        ((b"\x01\x0a\x14\x1e\x01\x02\x03",), (b"\x0a\x14\x1e\x0b\x16\x21",)),
        ((b"\x00\x01\x02\x03\x04\x05\x06", b"\x02\xff\x01\x01\x01\x01\x01"), (b"\1\2\3\4\5\6", b"\0\3\4\5\6\7")),
        ((FLAT, b"\x03\1\1\1\1\1\1"), (FLAT[1:], b"\6\6\6\x0e\x0e\x0e")),
        (
            (b"\x00\x0a\x0a\x0a\x14\x14\x14", b"\x04\1\1\1\1\1\1"),
            (FLAT[1:], b"\x0b\x0b\x0b\x15\x15\x15"),
        ),
    ],
    ids=["left", "above", "average", "paeth"],
)
def test_each_filter_is_undone(lines: tuple[bytes, ...], rows: tuple[bytes, ...]) -> None:
    header = struct.pack(">IIBBBBB", 2, len(lines), 8, 2, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(b"".join(lines))))
    data = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + bytes(4) for name, body in parts
    )
    assert read_png(data) == Picture(2, 3, rows)


def test_what_is_no_picture_is_refused() -> None:
    with pytest.raises(ValueError, match="not a PNG"):
        read_png(b"GIF89a")

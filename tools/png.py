"""Pictures as browsers write them (PNG, ISO/IEC 15948): read for their pixels, and written smaller."""

from __future__ import annotations

import struct
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_CHANNELS: Final = {2: 3, 6: 4}  # by colour type: RGB, and RGB with alpha; eight bits each
_DEPTH: Final = 8
_NONE, _LEFT, _ABOVE, _AVERAGE = range(4)


@dataclass(frozen=True, slots=True)
class Picture:
    """Lines of pixels, from the top; each pixel has `channels` bytes."""

    width: int
    channels: int
    rows: tuple[bytes, ...]

    def at(self, x: int, y: int) -> str:
        """The colour of one pixel, as #rrggbb."""
        place = x * self.channels
        return "#" + self.rows[y][place : place + 3].hex()

    def colours(self, left: int, top: int, right: int, bottom: int) -> Counter[str]:
        """How often each colour is in a box, as far as that lies in the picture."""
        lines = range(max(top, 0), min(bottom, len(self.rows)))
        columns = range(max(left, 0), min(right, self.width))
        return Counter(self.at(x, y) for y in lines for x in columns)


def read_png(data: bytes) -> Picture:
    """Read a picture of eight bits a channel, not interlaced; ValueError for any other."""
    chunks = list(_chunks(data))
    width, height, depth, kind = struct.unpack(">IIBB", chunks[0][1][:10])
    if depth != _DEPTH or kind not in _CHANNELS or chunks[0][1][12]:
        raise ValueError(f"a picture of depth {depth} and colour type {kind} is not read here")
    channels = _CHANNELS[kind]
    packed = b"".join(body for name, body in chunks if name == b"IDAT")
    return Picture(width, channels, tuple(_rows(zlib.decompress(packed), width * channels, height, channels)))


def write_png(picture: Picture) -> bytes:
    """Write it without filters: flat colours pack far better so than as browsers write them."""
    kind = next(kind for kind, channels in _CHANNELS.items() if channels == picture.channels)
    header = struct.pack(">IIBBBBB", picture.width, len(picture.rows), _DEPTH, kind, 0, 0, 0)
    packed = zlib.compress(b"".join(b"\0" + row for row in picture.rows), 9)
    return _SIGNATURE + b"".join(_chunk(*one) for one in ((b"IHDR", header), (b"IDAT", packed), (b"IEND", b"")))


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    if not data.startswith(_SIGNATURE):
        raise ValueError("not a PNG")
    at = len(_SIGNATURE)
    while at < len(data):
        (size,) = struct.unpack(">I", data[at : at + 4])
        yield data[at + 4 : at + 8], data[at + 8 : at + 8 + size]
        at += size + 12


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def _rows(raw: bytes, size: int, height: int, channels: int) -> Iterator[bytes]:
    above = bytes(size)
    for start in range(0, height * (size + 1), size + 1):
        above = _unfiltered(raw[start], raw[start + 1 : start + 1 + size], above, channels)
        yield above


def _unfiltered(kind: int, line: bytes, above: bytes, channels: int) -> bytes:
    """Each line says what it was foretold from: the pixel to the left, the one above, or both (section 9.2)."""
    if kind == _NONE:
        return line
    if kind == _LEFT:
        row = bytearray(line)
        for channel in range(channels):
            summed: Iterator[int] = accumulate(line[channel::channels], _sum)
            row[channel::channels] = bytes(summed)
        return bytes(row)
    if kind == _ABOVE:
        return bytes(map(_sum, line, above))
    return _from_both(kind, line, above, channels)


def _from_both(kind: int, line: bytes, above: bytes, channels: int) -> bytes:
    row, over = bytearray(channels) + line, bytes(channels) + above
    for at in range(channels, len(row)):
        left, up = row[at - channels], over[at]
        guess = (left + up) // 2 if kind == _AVERAGE else _paeth(left, up, over[at - channels])
        row[at] = _sum(row[at], guess)
    return bytes(row[channels:])


def _sum(one: int, other: int) -> int:
    return (one + other) & 255


def _paeth(left: int, up: int, corner: int) -> int:
    to_left, to_up, to_corner = abs(up - corner), abs(left - corner), abs(left + up - 2 * corner)
    if to_left <= to_up and to_left <= to_corner:
        return left
    return up if to_up <= to_corner else corner

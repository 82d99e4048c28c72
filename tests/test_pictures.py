"""The pictures of the documents are made small without losing what they show."""

import struct
import zlib

import pytest

from docs.pictures.palette import SIGNATURE, compact

COLOURS = [bytes([value, 255 - value, value // 2]) for value in range(0, 250, 10)]


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(lines: bytes, width: int, height: int, kind: int) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, 8, kind, 0, 0, 0)
    packed = zlib.compress(lines)
    # Its data in two pieces, as an encoder may write them.
    pieces = [chunk(b"IDAT", packed[:9]), chunk(b"IDAT", packed[9:])]
    return b"".join([SIGNATURE, chunk(b"IHDR", head), *pieces, chunk(b"IEND", b"")])


def colours_of(picture: bytes, width: int, height: int) -> list[bytes]:
    """The pixels of a picture with a palette, whose lines are unfiltered."""
    at, found = len(SIGNATURE), {}
    while at < len(picture):
        (length,) = struct.unpack(">I", picture[at : at + 4])
        found[picture[at + 4 : at + 8]] = picture[at + 8 : at + 8 + length]
        at += length + 12
    palette, lines = found[b"PLTE"], zlib.decompress(found[b"IDAT"])
    places = [lines[y * (width + 1) + 1 + x] for y in range(height) for x in range(width)]
    return [palette[3 * place : 3 * place + 3] for place in places]


def guessed(guess: int, left: int, above: int, corner: int) -> int:
    """The five guesses as the format defines them (RFC 2083, 6)."""
    if guess == 4:
        slope = left + above - corner
        far = [abs(slope - each) for each in (left, above, corner)]
        return (left, above, corner)[far.index(min(far))]
    return (0, left, above, (left + above) // 2)[guess]


@pytest.mark.parametrize("guess", range(5))
@pytest.mark.parametrize(("kind", "more"), [(2, b""), (6, b"\xff")])
def test_a_picture_keeps_its_pixels_however_it_was_filtered(guess, kind, more):
    size, rows = 3 + len(more), [COLOURS[0:5], COLOURS[7:12], COLOURS[20:25]]
    lines, above = b"", bytes(5 * size)
    for row in rows:
        line = b"".join(pixel + more for pixel in row)
        lines += bytes([guess])
        for at, value in enumerate(line):
            left = line[at - size] if at >= size else 0
            corner = above[at - size] if at >= size else 0
            lines += bytes([(value - guessed(guess, left, above[at], corner)) % 256])
        above = line
    picture = compact(png(lines, 5, 3, kind))
    assert colours_of(picture, 5, 3) == [pixel for row in rows for pixel in row]


def test_of_too_many_colours_the_nearest_is_taken():
    common, rare = b"\x10\x10\x10", [bytes([200, each, 0]) for each in range(256)]
    line = common * 300 + b"".join(rare)
    found = colours_of(compact(png(b"\0" + line, 556, 1, 2)), 556, 1)
    assert found[:300] == [common] * 300
    assert len(set(found)) == 256
    assert all(abs(a[1] - b[1]) <= 1 for a, b in zip(found[300:], rare, strict=True))

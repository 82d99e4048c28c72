"""Pictures of pages made small: a PNG of few colours, as screens of text have them."""

import struct
import zlib
from collections import Counter

SIGNATURE = b"\x89PNG\r\n\x1a\n"
BYTES_OF = {2: 3, 6: 4}  # red, green and blue; the same with opacity
MOST_COLOURS = 256


def compact(picture: bytes) -> bytes:
    """The picture in the 256 colours that it has most of; what has another takes the nearest."""
    width, height, _depth, kind = struct.unpack(">IIBB", picture[16:26])
    pixels = _pixels(picture, width, height, BYTES_OF[kind])
    colours = [colour for colour, _times in Counter(pixels).most_common(MOST_COLOURS)]
    place = {pixel: _nearest(pixel, colours) for pixel in set(pixels)}
    places = bytes(place[pixel] for pixel in pixels)
    starts = range(0, width * height, width)
    lines = b"".join(b"\0" + places[start : start + width] for start in starts)
    return SIGNATURE + b"".join(
        [
            _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
            _chunk(b"PLTE", b"".join(colours)),
            _chunk(b"IDAT", zlib.compress(lines, 9)),
            _chunk(b"IEND", b""),
        ]
    )


def _nearest(pixel: bytes, colours: list[bytes]) -> int:
    """The place of the colour that is most like another."""
    red, green, blue = pixel
    return min(
        range(len(colours)),
        key=lambda place: (
            abs(red - colours[place][0])
            + abs(green - colours[place][1])
            + abs(blue - colours[place][2])
        ),
    )


def _pixels(picture: bytes, width: int, height: int, size: int) -> list[bytes]:
    """The colours of a picture as a browser writes it, line by line."""
    raw = zlib.decompress(b"".join(_data_of(picture)))
    stride = width * size
    above, pixels = bytes(stride), []
    for start in range(0, height * (stride + 1), stride + 1):
        above = _line(raw[start], bytearray(raw[start + 1 : start + 1 + stride]), above, size)
        pixels += [bytes(above[each : each + 3]) for each in range(0, stride, size)]
    return pixels


def _line(guess: int, line: bytearray, above: bytes, size: int) -> bytearray:
    """A line of a PNG, which holds only how far each byte is from a guess by its neighbours."""
    for at in range(len(line) if guess else 0):
        left = line[at - size] if at >= size else 0
        corner = above[at - size] if at >= size else 0
        near = (0, left, above[at], (left + above[at]) // 2)
        guessed = near[guess] if guess < 4 else _paeth(left, above[at], corner)
        line[at] = (line[at] + guessed) & 255
    return line


def _paeth(left: int, above: int, corner: int) -> int:
    """The neighbour nearest to what the slope of the three leads to."""
    slope = left + above - corner
    return min((left, above, corner), key=lambda each: abs(slope - each))


def _data_of(picture: bytes):
    """The packed data of a picture, chunk by chunk."""
    at = len(SIGNATURE)
    while at < len(picture):
        (length,) = struct.unpack(">I", picture[at : at + 4])
        if picture[at + 4 : at + 8] == b"IDAT":
            yield picture[at + 8 : at + 8 + length]
        at += length + 12


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

"""Sets of places as numbers: a bit for each place, set where it belongs to the set."""

from collections.abc import Iterable, Iterator

_FLAGS = bytes.maketrans(b"01", b"\0\1")


def bits_of(places: Iterable[int]) -> int:
    """The bits of these places."""
    places = list(places)
    if not places:
        return 0
    # A digit for each is set faster than a bit of a byte; Python reads digits of bits in one go.
    last = max(places)
    digits = bytearray(b"0") * (last + 1)
    for place in places:
        digits[last - place] = 49  # "1"
    return int(digits, 2)


def places_of(bits: int) -> Iterator[int]:
    """The places of the bits that are set."""
    for at, byte in enumerate(bits.to_bytes((bits.bit_length() + 7) // 8, "little")):
        while byte:
            lowest = byte & -byte
            yield at * 8 + lowest.bit_length() - 1
            byte ^= lowest


def add(sums: list[int], cases: int, number: int) -> None:
    """Add a number, not below 0, to the sums of these cases: the binary figures, lowest first."""
    carried = at = 0
    while number or carried:
        if at == len(sums):
            sums.append(0)
        figure = sums[at]
        if number & 1:
            sums[at] = figure ^ cases ^ carried
            carried = figure & cases | carried & (figure ^ cases)
        else:
            sums[at] = figure ^ carried
            carried &= figure
        number >>= 1
        at += 1


def descending(sums: list[int], cases: int) -> Iterator[int]:
    """These cases parted by their sums, the greatest first; `sums` as `add` leaves them."""
    parts = [cases]
    for figure in reversed(sums):
        parts = [half for part in parts for half in (part & figure, part & ~figure) if half]
    yield from parts


def flags_of(bits: int, size: int) -> bytes:
    """The bits as a byte for each place below `size`, which is 1 where the bit is set."""
    return f"{bits:b}"[::-1].ljust(size, "0").encode().translate(_FLAGS)

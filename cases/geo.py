"""Where a place lies on our map of the world, and how circles share the space there.

The map is in the Equal Earth projection (B. Šavrič, T. Patterson and B. Jenny, 2018), which shows
areas in their true proportion; `cases/static/cases/world-land.svg` was drawn with the very numbers
below. Pure arithmetic: no Django, no files. A map is never mirrored, whatever the language.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import asin, cos, hypot, radians, sin, sqrt

WIDTH, HEIGHT = 1600, 730
# East of Greenwich, so that the map is cut in the Bering Strait and not through Chukotka.
MERIDIAN = 11.0
# Antarctica is left out, so the equator lies below the middle.
EQUATOR = HEIGHT * 0.555

_A1, _A2, _A3, _A4 = 1.340264, -0.081106, 0.000893, 0.003796
_M = sqrt(3) / 2


def equal_earth(longitude: float, latitude: float) -> tuple[float, float]:
    """A point (radians, longitude from the central meridian) on the plane; x eastward, y north."""
    theta = asin(_M * sin(latitude))
    square = theta * theta
    sixth = square**3
    slope = 9 * _A4 * square * sixth + 7 * _A3 * sixth + 3 * _A2 * square + _A1
    return longitude * cos(theta) / (_M * slope), theta * (_A1 + _A2 * square) + theta * sixth * (
        _A3 + _A4 * square
    )


_SCALE = WIDTH / 2 / equal_earth(radians(179.999), 0)[0]


def project(longitude: float, latitude: float) -> tuple[float, float]:
    """A point (degrees) on the map: x from its left edge, y from its top."""
    turned = (longitude - MERIDIAN + 180) % 360 - 180
    x, y = equal_earth(radians(turned), radians(latitude))
    return WIDTH / 2 + x * _SCALE, EQUATOR - y * _SCALE


@dataclass(frozen=True)
class Frame:
    """The part of the map that is shown."""

    x: float
    y: float
    width: float
    height: float


WORLD = Frame(0, 0, WIDTH, HEIGHT)


def frame(points: Sequence[tuple[float, float]], *, margin: float = 90, least: float = 420):
    """The smallest part of the map, of its shape, that holds the points and a margin.

    Never narrower than `least`, for the coast is drawn too coarsely to be enlarged further; the
    whole world where there are no points.
    """
    if not points:
        return WORLD
    left, right = min(x for x, _y in points) - margin, max(x for x, _y in points) + margin
    top, bottom = min(y for _x, y in points) - margin, max(y for _x, y in points) + margin
    width = min(WIDTH, max(right - left, (bottom - top) * WIDTH / HEIGHT, least))
    height = width * HEIGHT / WIDTH
    return Frame(
        min(max(0, (left + right - width) / 2), WIDTH - width),
        min(max(0, (top + bottom - height) / 2), HEIGHT - height),
        width,
        height,
    )


@dataclass(frozen=True)
class Circle:
    """A circle on the map."""

    x: float
    y: float
    radius: float


def spread(circles: Sequence[Circle], *, rounds: int = 60) -> list[Circle]:
    """The circles, in their order, moved apart as little as lets each of them be seen and hit.

    Two that touch are pushed apart along the line between them, again and again; the same input
    gives the same map.
    """
    moved = list(circles)
    widest = 2 * max((circle.radius for circle in moved), default=0)
    for _round in range(rounds):
        order = sorted(range(len(moved)), key=lambda at: (moved[at].x, moved[at].y, at))
        is_settled = True
        for rank, first in enumerate(order):
            for second in order[rank + 1 :]:
                if moved[second].x - moved[first].x > widest:
                    break
                is_settled &= not _push_apart(moved, first, second)
        if is_settled:
            break
    return moved


def within(frame: Frame, circle: Circle) -> Circle:
    """The circle, moved as far as it must be for none of it to be cut off."""
    reach = circle.radius
    return replace(
        circle,
        x=min(max(circle.x, frame.x + reach), frame.x + frame.width - reach),
        y=min(max(circle.y, frame.y + reach), frame.y + frame.height - reach),
    )


def _push_apart(circles: list[Circle], first: int, second: int) -> bool:
    """Move two circles to where they only touch; False if they do no more than that already."""
    one, other = circles[first], circles[second]
    east, south = other.x - one.x, other.y - one.y
    distance, wanted = hypot(east, south), one.radius + other.radius
    if distance >= wanted - 0.01:
        return False
    # Two at the same point have no line between them: one goes west, the other east.
    east, south = (east / distance, south / distance) if distance else (1, 0)
    step = (wanted - distance) / 2
    circles[first] = replace(one, x=one.x - east * step, y=one.y - south * step)
    circles[second] = replace(other, x=other.x + east * step, y=other.y + south * step)
    return True

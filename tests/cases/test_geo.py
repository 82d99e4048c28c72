"""Where places lie on the map, and that circles do not cover each other."""

import re
from math import dist, pi

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from cases.geo import HEIGHT, WIDTH, WORLD, Circle, equal_earth, frame, project, spread

LAND = settings.BASE_DIR / "cases/static/cases/world-land.svg"


def test_the_projection_has_the_measures_that_its_authors_print():
    assert equal_earth(pi, 0) == pytest.approx((2.70663, 0), abs=1e-5)
    assert equal_earth(0, pi / 2) == pytest.approx((0, 1.31736), abs=1e-5)


def test_east_is_right_and_north_is_up():
    x, y = project(11, 0)
    assert x == pytest.approx(WIDTH / 2)
    assert project(30, 0)[0] > x
    assert project(11, 30)[1] < y


@given(st.floats(-180, 180), st.floats(-57, 84))
def test_every_place_but_antarctica_lies_on_the_map(longitude, latitude):
    x, y = project(longitude, latitude)
    assert -0.1 <= x <= WIDTH + 0.1
    assert 0 <= y <= HEIGHT


def rings():
    """The outlines of the land file, as points."""
    path = re.search(r' d="([^"]+)"', LAND.read_text()).group(1)
    for outline in path.split("z")[:-1]:
        start, steps = outline.split("l")
        numbers = [int(number) for number in re.findall(r"-?\d+", steps)]
        x, y = (int(number) for number in re.findall(r"-?\d+", start))
        points = [(x, y)]
        for east, south in zip(numbers[::2], numbers[1::2], strict=True):
            x, y = x + east, y + south
            points.append((x, y))
        yield points


def is_on_land(x, y):
    crossings = 0
    for points in rings():
        for (ax, ay), (bx, by) in zip(points, points[1:] + points[:1], strict=True):
            if (ay > y) != (by > y) and x < (bx - ax) * (y - ay) / (by - ay) + ax:
                crossings += 1
    return crossings % 2 == 1


@pytest.mark.parametrize(
    ("place", "longitude", "latitude", "on_land"),
    [
        ("Guinea", -10.9, 10.4, True),
        ("Kenya", 37.8, 0.5, True),
        ("Kyrgyzstan", 74.5, 41.5, True),
        ("Brazil", -53, -10, True),
        ("Australia", 134, -25, True),
        ("Canada", -100, 55, True),
        ("the Gulf of Guinea", 0, 0, False),
        ("the South Atlantic", -20, -30, False),
        ("the Pacific", -140, 10, False),
    ],
)
def test_the_land_was_drawn_in_the_same_projection(place, longitude, latitude, on_land):
    assert is_on_land(*project(longitude, latitude)) is on_land


def test_without_points_the_whole_world_is_shown():
    assert frame([]) == WORLD


@given(st.lists(st.tuples(st.floats(0, WIDTH), st.floats(0, HEIGHT)), min_size=1))
def test_the_frame_holds_all_points_and_stays_on_the_map(points):
    shown = frame(points)
    for x, y in points:
        assert shown.x - 0.01 <= x <= shown.x + shown.width + 0.01
        assert shown.y - 0.01 <= y <= shown.y + shown.height + 0.01
    assert shown.x >= 0
    assert shown.x + shown.width <= WIDTH + 0.01
    assert shown.y >= 0
    assert shown.y + shown.height <= HEIGHT + 0.01
    assert shown.width / shown.height == pytest.approx(WIDTH / HEIGHT)
    assert shown.width >= 420


def test_circles_that_do_not_touch_stay_where_they_are():
    apart = [Circle(0, 0, 5), Circle(20, 0, 5)]
    assert spread(apart) == apart
    assert spread([]) == []


@given(
    st.lists(
        st.builds(Circle, st.floats(0, 60), st.floats(0, 60), st.floats(1, 5)),
        min_size=2,
        max_size=9,
    )
)
def test_a_crowd_is_moved_apart_and_keeps_its_order_and_sizes(crowd):
    moved = spread(crowd, rounds=500)
    assert [circle.radius for circle in moved] == [circle.radius for circle in crowd]
    for at, one in enumerate(moved):
        for other in moved[at + 1 :]:
            distance = dist((one.x, one.y), (other.x, other.y))
            # Seen and hit, be it that they still overlap by a hair.
            assert distance > 0.8 * (one.radius + other.radius)
    assert spread(crowd) == spread(crowd)

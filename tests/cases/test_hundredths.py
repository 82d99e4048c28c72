"""Numbers on the pictures of `/explore/`: every class that a page may write has its rule."""

import re

import pytest
from django.contrib.staticfiles import finders

from cases.templatetags.exploring import hundredths
from cases.timeline import MOST_STEPS, day_axis


@pytest.fixture(scope="module")
def rules() -> dict[str, float]:
    """The number that each class of the stylesheet gives its property."""
    with open(finders.find("cases/hundredths.css"), encoding="utf-8") as file:
        found = re.findall(r"\.((?:at|by)[-_]\d+)\{--(\w+(?:-part)?):([\d.]+)\}", file.read())
    for name, variable, _number in found:
        assert variable == (f"{name[:2]}-part" if "_" in name else name[:2])
    return {name: float(number) for name, _variable, number in found}


@pytest.mark.parametrize("name", ["at", "by"])
def test_every_number_from_0_to_100_is_the_sum_of_its_two_classes(rules, name):
    for number in range(10_001):
        whole, part = hundredths(number / 100, name).split()
        assert rules[whole] + rules[part] == pytest.approx(number / 100), number
    assert len(rules) == 2 * (101 + 100)


def test_numbers_are_rounded_not_cut_off():
    assert hundredths(12.996, "at") == "at-13 at_00"
    assert hundredths(200 / 3, "by") == "by-66 by_67"


def test_every_number_of_steps_has_its_rule():
    with open(finders.find("cases/site.css"), encoding="utf-8") as file:
        known = {int(n) for n in re.findall(r"\.in-(\d+)\{--step:calc\(100%/\1\)\}", file.read())}
    assert known == set(range(1, MOST_STEPS + 1))
    assert {day_axis(most).steps for most in range(20_000)} <= known

"""Queries that are compiled once and asked again with other values."""

import pytest
from django.db import DEFAULT_DB_ALIAS

from cases.compiled import asked_again
from cases.models import Case
from tests.factories import make_case

pytestmark = pytest.mark.django_db


def of_slugs(slugs):
    return Case.objects.filter(slug__in=slugs).order_by("slug").values_list("slug", "coverage")


def of_all(_values):
    return Case.objects.order_by("slug").values_list("slug")


def of_two_lists(values):
    return Case.objects.filter(slug__in=values, coverage__in=["full"]).values_list("slug")


def test_it_gives_what_the_query_gives_for_any_number_of_values():
    for slug in ("one", "two", "three"):
        make_case(slug)
    for slugs in (["one"], ["two", "three", "four"], []):
        assert list(asked_again(of_slugs, slugs, DEFAULT_DB_ALIAS)) == list(of_slugs(slugs))
    assert len(asked_again(of_all, (), DEFAULT_DB_ALIAS)) == 3


def test_a_query_in_which_the_place_of_the_values_is_not_clear_is_refused():
    with pytest.raises(ValueError, match="Not one place for the values"):
        asked_again(of_two_lists, ["one"], DEFAULT_DB_ALIAS)

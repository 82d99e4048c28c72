"""What people type and what it must find: recall of search over the real texts.

`search_variants.csv` has one line for each way to write a notion. Its `expects` are the cases
(slugs) and passages (references, which have a slash) that have the notion, read from the seeds.
"""

import csv
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

import pytest
from django.http import QueryDict

from cases.filters import select_cases
from cases.models import Passage
from cases.search import matching

TABLE = Path(__file__).with_name("search_variants.csv")
LEAST_RECALL = 0.95


class Variant(NamedTuple):
    group: str
    query: str
    language: str
    expects: frozenset[str]
    why: str


def variants() -> list[Variant]:
    with TABLE.open(encoding="utf-8", newline="") as lines:
        return [
            Variant(**(row | {"expects": frozenset(row["expects"].split(";"))}))
            for row in csv.DictReader(lines)
        ]


def asked(question: str) -> QueryDict:
    params = QueryDict(mutable=True)
    params["q"] = question
    return params


def cases_with(question: str) -> set[str]:
    return set(select_cases(asked(question)).cases.values_list("slug", flat=True))


def passages_with(question: str) -> set[str]:
    return set(Passage.objects.filter(matching(question)).values_list("ref", flat=True))


def found_of(variant: Variant) -> frozenset[str]:
    found = set()
    if any("/" in name for name in variant.expects):
        found |= passages_with(variant.query)
    if any("/" not in name for name in variant.expects):
        found |= cases_with(variant.query)
    return variant.expects & found


def test_the_table_is_wide_enough():
    groups = defaultdict(list)
    for variant in variants():
        groups[variant.group].append(variant.query)
    assert len(groups) >= 70
    for group, queries in groups.items():
        assert 2 <= len(queries) <= 6, group
        assert len(set(queries)) == len(queries), group


@pytest.mark.django_db
def test_recall_over_spelling_variants(seeded):
    found = expected = 0
    misses = []
    for variant in variants():
        hits = found_of(variant)
        found, expected = found + len(hits), expected + len(variant.expects)
        if missed := sorted(variant.expects - hits):
            misses.append(f"{variant.group}: {variant.query} ({variant.why}): {', '.join(missed)}")
    print(f"recall: {found} of {expected} = {found / expected:.4f}", *misses, sep="\n")  # noqa: T201
    assert found / expected >= LEAST_RECALL, "\n".join(misses)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("question", "never"),
    [
        ("Mali", {"somalia", "afghanistan"}),  # so-mali-a
        ("مالی", {"somalia", "burundi"}),  # سو-مالی
        ("توگو", {"fiji", "egypt", "geneva-international-discussions"}),  # گف-توگو
        ("Togo", {"fiji", "libya-2011"}),  # to go-vernment
        ("اردن", {"guinea-2009", "guatemala-2007"}),  # مو-ارد ن-قض
        ("inform", {"libya-2011"}),  # in form-al meetings
        ("mine", {"egypt", "sudan-2011"}),  # self-deter-mine, promine-nt
        ('"Niger"', {"great-lakes-2008", "cameroon-nigeria", "nepal"}),  # Niger-ia
        ("Nigeria", {"niger", "mauritania"}),
        ("لیبریا", {"libya-2011"}),
        ("ليبيريا", {"libya-2011"}),
        ('"regional war"', {"sudan-2011", "kenya-2008"}),
        ('"war regional"', {"great-lakes-2008"}),
        ("«عنان کوفی»", {"kenya-2008"}),
        ("کنیا کابیلا", {"kenya-2008", "great-lakes-2008"}),
        ("2012", {"sierra-leone-2009"}),
        ("۲۰۰۷", {"kenya-2008", "great-lakes-2008"}),
        ("الانفصال", {"kenya-2008", "egypt"}),
    ],
)
def test_what_only_looks_alike_is_not_found(seeded, question, never):
    assert never & cases_with(question) == set()

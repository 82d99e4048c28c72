"""What make_cases makes: valid, complete and indexed records, spread as real ones are."""

import re
from collections import Counter

import pytest
from django.db.models import Count

from cases import edtf, index, records
from cases.models import Case, CaseFacet, Document, Passage, Quotation, Revision, Statement
from cases.models.vocabulary import SCHEMES
from cases.querysets import ORDERED, SEARCHED
from cases.records.completeness import lacks
from cases.volume import fill
from cases.volume.dates import KINDS
from ingest.services import load_lists
from tests.keeping import kept

NUMBER = 60
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("made")]


@pytest.fixture(scope="module")
def made(django_db_setup, django_db_blocker):
    """Sixty cases of three documents, with the lists of the seed folder."""
    from django.conf import settings

    with kept(django_db_blocker):
        load_lists(settings.SEEDS_DIR)
        fill(NUMBER, seed=7, per_document=20)
        yield


def test_all_are_there_and_one_in_five_is_a_draft():
    assert Case.objects.count() == NUMBER
    assert Case.objects.exclude(review="published").count() == NUMBER // 5


def test_each_is_what_the_forms_would_take():
    for model in (Case, Statement, Quotation, Document):
        for row in model.objects.order_by("pk")[:15]:
            row.full_clean()


def test_each_is_a_record_that_could_be_saved_as_it_is():
    dumped = records.dump("case")
    shelf = records.Index()
    plan = records.plan("case", dumped, shelf, {})
    assert plan.problems == []
    assert plan.unchanged == set(dumped)


def test_published_ones_lack_nothing():
    dumped = records.dump("case")
    states = dict(Case.objects.values_list("slug", "review"))
    of_readers = [data for slug, data in dumped.items() if states[slug] == "published"]
    assert [lacks(data) for data in of_readers] == [[]] * len(of_readers)
    drafts = [data for slug, data in dumped.items() if states[slug] != "published"]
    assert any(lacks(data) for data in drafts)


def test_the_index_is_what_a_refresh_would_write():
    def indexed():
        columns = Case.objects.order_by("slug").values_list("slug", *SEARCHED, *ORDERED)
        facets = CaseFacet.objects.values_list("case__slug", "facet", "value")
        return list(columns), sorted(facets)

    written = indexed()
    index.refresh()
    assert indexed() == written
    assert index.is_written()


def test_passages_are_indexed_like_any_other():
    for passage in Passage.objects.select_related("edition"):
        stored = passage.search_text, passage.search_squashed
        passage.indexed()
        assert (passage.search_text, passage.search_squashed) == stored


def test_most_cases_have_five_to_twenty_statements_and_few_have_many():
    sizes = list(Case.objects.annotate(n=Count("statements")).values_list("n", flat=True))
    usual = [size for size in sizes if 5 <= size <= 20]
    assert len(usual) > 0.8 * NUMBER
    assert max(sizes) > 20


def test_every_kind_of_statement_is_there():
    counted = Counter(Statement.objects.values_list("scheme", flat=True))
    assert set(counted) == set(SCHEMES) - {"finding"}


def test_texts_are_in_three_languages():
    assert {"en", "fa", "ar"} == set(Passage.objects.values_list("edition__language", flat=True))


def test_quotations_are_whole_sentences_of_their_passage():
    for quotation in Quotation.objects.select_related("passage"):
        before = quotation.passage.text[: quotation.start]
        assert before == "" or before.endswith(". ")
        assert quotation.passage.text[quotation.end] == "."


def shape(date):
    return re.sub(r"\d", "0", date)


def test_every_kind_of_date_is_told():
    said = Statement.objects.exclude(when="").values_list("when", flat=True)
    shapes = {shape(date) for date in said}
    example = {"year": 2008, "month": 9, "day": 28, "season": 23, "end": 2010}
    assert shapes == {shape(form.format(**example)) for form in KINDS}
    assert [date for date in said if edtf.clean(date) != date] == []


def test_no_history_is_written():
    # The lists have one from their seed files.
    assert not Revision.objects.filter(kind__in=("case", "quotation")).exists()

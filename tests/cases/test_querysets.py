"""What querysets filter and compute."""

from datetime import date, timedelta
from itertools import product

import pytest

from cases import edtf, index
from cases.models import Actor, Case, Passage, Quotation, Statement, Term
from cases.querysets import GAP
from tests.factories import make_case, make_passage, make_quotation, make_statement, make_term

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("review", ["draft", "in_review", "withdrawn"])
def test_only_published_cases_are_published(review):
    shown = make_case()
    make_case(review=review)
    assert list(Case.objects.published()) == [shown]


@pytest.mark.parametrize("review", ["draft", "in_review"])
def test_a_working_copy_is_neither_published_nor_an_original(review):
    original = make_case()
    make_case(original.slug, review=review, working_copy_of=original)
    assert list(Case.objects.published()) == list(Case.objects.originals()) == [original]


def test_originals_are_of_every_state_of_review():
    cases = {make_case(review=review) for review in ("draft", "in_review", "withdrawn")}
    assert set(Case.objects.originals()) == cases


YEAR = date(2008, 1, 1), date(2008, 12, 31)


@pytest.mark.parametrize(
    ("start", "end", "period", "certainly", "possibly"),
    [
        # No date never matches, whatever is asked.
        ("", "", YEAR, False, False),
        ("", "", (None, None), False, False),
        ("", "2008", YEAR, False, False),
        # Where no end is stated, the start's latest day stands in.
        ("2008", "", YEAR, True, True),
        ("2008-12-31", "", YEAR, True, True),
        ("2008-01-01", "", YEAR, True, True),
        ("2007-12-31", "", YEAR, False, False),
        ("2009-01-01", "", YEAR, False, False),
        # Winter ends in the February after.
        ("2008-24", "", YEAR, False, True),
        ("2008-23", "", YEAR, True, True),
        # With an end, start's earliest to end's latest day.
        ("2008-02", "2008-11", YEAR, True, True),
        ("2007", "2008", YEAR, False, True),
        ("2007", "2009", YEAR, False, True),
        ("2006", "2007", YEAR, False, False),
        ("2008", "2009-01-01", YEAR, False, True),
        # Marks do not widen, sets and intervals do.
        ("2008~", "", YEAR, True, True),
        ("2008?", "", YEAR, True, True),
        ("[2007..2010]", "", YEAR, False, True),
        ("2005/2006", "", YEAR, False, False),
        # An open end is the last of all days, an open start the first.
        ("2008/..", "", YEAR, False, True),
        ("2009/..", "", YEAR, False, False),
        ("../2008", "", YEAR, False, True),
        ("2008/..", "", (date(2008, 1, 1), None), True, True),
        # A period open at one side.
        ("2008", "2010", (date(2008, 1, 1), None), True, True),
        ("2007", "2010", (date(2008, 1, 1), None), False, True),
        ("2007", "", (date(2008, 1, 1), None), False, False),
        ("2007", "2008", (None, date(2008, 12, 31)), True, True),
        ("2007", "2009", (None, date(2008, 12, 31)), False, True),
        ("2009", "", (None, date(2008, 12, 31)), False, False),
    ],
)
def test_within_a_period(start, end, period, certainly, possibly):
    case = make_case(start=start, end=end)
    assert list(Case.objects.certainly_within(*period)) == [case] * certainly
    assert list(Case.objects.possibly_within(*period)) == [case] * possibly


DATES = ("", "2008", "2008-24", "2009-01-01", "2009", "[2008..2010]", "2009/..", "../2008", "2010")
DAYS = (None, date(2008, 12, 1), date(2009, 1, 1), date(2009, 12, 31), date(2010, 6, 1))


def test_the_database_and_the_reader_of_dates_agree_on_periods():
    cases = []
    for number, (start, end) in enumerate(product(DATES, DATES)):
        (earliest, latest), last = edtf.bounds(start), edtf.bounds(end)[1]
        if earliest is None or last is None or earliest <= last:
            row = Case(slug=f"case-{number}", start=start, end=end, coverage="named_only")
            cases.append((row, (earliest, last or latest)))
    Case.objects.bulk_create([row for row, _bounds in cases])
    for period in product(DAYS, DAYS):
        if None not in period and period[0] > period[1]:
            continue
        for found, asked in (
            (Case.objects.certainly_within(*period), edtf.certainly_within),
            (Case.objects.possibly_within(*period), edtf.possibly_within),
        ):
            # A case of which only the end is known has no stated time.
            expected = {row.slug for row, bounds in cases if row.start and asked(bounds, period)}
            assert {case.slug for case in found} == expected, period


def gap(case):
    found = Case.objects.with_gap().get(pk=case.pk)
    return found.gap_min_days, found.gap_max_days


@pytest.mark.parametrize(
    ("opening", "action", "least", "most"),
    [
        # Whole days, across months, a leap day and a year.
        ("2008-01-30", "2008-02-02", 3, 3),
        ("2008-02-28", "2008-03-01", 2, 2),
        ("2009-02-28", "2009-03-01", 1, 1),
        ("2009-12-31", "2010-01-01", 1, 1),
        ("2009-09-28", "2009-09-28", 0, 0),
        ("2008-01-01", "2009-01-01", 366, 366),
        # Least: from the opening's last day to the action's first; most: the other way round.
        ("2008-01", "2008-03", 30, 90),
        ("2008-12-31", "2009", 1, 365),
        # Overlapping: never below 0.
        ("2008-01", "2008-01", 0, 30),
        ("2008", "2008-06-01", 0, 152),
        ("2008-06-01", "2008", 0, 213),
        ("2008-03", "2008-02/2008-03", 0, 30),
        # An action without a stated end has no latest day to count to.
        ("2008-01-01", "2008-01-31/..", 30, None),
        # The action was over before the opening: contradictory.
        ("2009", "2008", None, None),
        ("2008-01-02", "2008-01-01", None, None),
        # Undated.
        ("", "2008", None, None),
        ("2008", "", None, None),
        ("", "", None, None),
        (None, "2008", None, None),
        ("2008", None, None, None),
    ],
)
def test_the_gap_between_opening_and_action(opening, action, least, most):
    case = make_case()
    if opening is not None:
        make_statement(case, "event:coup", when=opening, phase="opening")
    if action is not None:
        make_statement(case, "tool:mediation", when=action)
    assert gap(case) == (least, most)


def test_the_gap_runs_from_the_first_opening_to_the_first_action():
    case = make_case()
    make_statement(case, "tool:mediation", when="2010", order=1)
    make_statement(case, "tool:good_offices", when="2009-02-10", order=2)
    make_statement(case, "tool:envoy_deployment", when="", order=0)
    make_statement(case, "event:coup", when="2009-02-05", phase="opening")
    make_statement(case, "event:coup", when="2009-02-01", phase="opening")
    assert gap(case) == (9, 9)


def test_the_gap_names_the_two_statements_that_it_comes_from():
    case = make_case()
    assert Case.objects.with_gap().get(pk=case.pk).opening_key is None
    make_statement(case, "event:coup", key="v1", when="2008-12-23", phase="opening")
    make_statement(case, "tool:mediation", key="t1", when="2010")
    make_statement(case, "tool:mediation", key="t2", when="2009")
    make_statement(case, "tool:mediation", key="t3", when="2008-12-24", scope="pattern")
    found = Case.objects.with_gap().get(pk=case.pk)
    assert (found.opening_key, found.action_key) == ("v1", "t2")


def test_the_gap_starts_with_an_opening_event_and_no_other():
    case = make_case()
    make_statement(case, "event:coup", when="2008-01-01")
    make_statement(case, "event:agreement", when="2008-01-01", phase="closing")
    make_statement(case, "tool:mediation", when="2008-01-10")
    assert gap(case) == (None, None)
    make_statement(case, "event:violence", when="2008-01-08", phase="opening")
    assert gap(case) == (2, 2)


@pytest.mark.parametrize(("scope", "days"), [("group", 1), ("pattern", 9)])
def test_a_general_rule_neither_opens_a_case_nor_acts_in_it(scope, days):
    case = make_case()
    make_statement(case, "event:coup", when="2008-01-01", phase="opening")
    make_statement(case, "tool:mediation", when="2008-01-02", scope=scope)
    make_statement(case, "tool:good_offices", when="2008-01-10")
    assert gap(case) == (days, days)


def test_an_opening_that_is_a_general_rule_starts_no_clock():
    case = make_case()
    make_statement(case, "event:coup", when="2008-01-01", phase="opening", scope="pattern")
    make_statement(case, "tool:mediation", when="2008-01-02")
    assert gap(case) == (None, None)


def test_each_case_has_a_gap_of_its_own():
    first, second = make_case(), make_case()
    for case, day in ((first, 5), (second, 9)):
        make_statement(case, "event:coup", when="2008-01-01", phase="opening")
        make_statement(case, "tool:mediation", when=f"2008-01-0{day}")
    assert (gap(first), gap(second)) == ((4, 4), (8, 8))


def test_cases_may_be_sought_by_their_gap():
    case = make_case()
    make_statement(case, "event:coup", when="2008-01", phase="opening")
    make_statement(case, "tool:mediation", when="2008-03")
    spread = timedelta(days=60)
    assert list(Case.objects.with_gap().filter(gap_max_days__gt=spread.days)) == [case]
    assert not Case.objects.with_gap().filter(gap_min_days__gt=spread.days)


def test_statements_are_counted_without_general_rules():
    case, other = make_case(), make_case(terms=["tool:mediation"])
    for scope in ("this_case", "group", "pattern"):
        make_statement(case, scope=scope)
    empty = make_case()
    counts = dict(Case.objects.with_statement_count().values_list("slug", "statement_count"))
    assert counts == {case.slug: 2, other.slug: 1, empty.slug: 0}


def test_findings_belong_to_no_case():
    make_case(terms=["tool:mediation"])
    finding = make_statement(None, "finding:lesson")
    assert list(Statement.objects.findings()) == [finding]


def test_uses_are_counted_where_they_are():
    passage = make_passage()
    words, unused = make_quotation("mediated", passage), make_quotation("Conakry", passage)
    case = make_case()
    make_statement(case, "tool:mediation", by=["au", "un"], quotations=[words])
    make_statement(case, "tool:mediation", by=["au"], quotations=[words])
    make_term("tool:good_offices")
    actors = dict(Actor.objects.with_statement_count().values_list("code", "statement_count"))
    assert (actors["au"], actors["un"]) == (2, 1)
    uses = dict(Term.objects.with_uses().values_list("id", "uses"))
    assert (uses["tool:mediation"], uses["tool:good_offices"]) == (2, 0)
    assert Passage.objects.with_quotation_count().get(pk=passage.pk).quotation_count == 2
    quoted = Quotation.objects.with_uses()
    assert (quoted.get(pk=words.pk).uses, quoted.get(pk=unused.pk).uses) == (2, 0)
    behind = Statement.objects.with_quotation_count().values_list("quotation_count", flat=True)
    assert list(behind) == [1, 1]


@pytest.mark.parametrize("words", ["میانجیگری", "🕊 peace", "é"])
def test_words_of_a_quotation_are_cut_from_its_passage(words):
    # Both databases must count characters as Python does, beyond the basic plane too.
    passage = make_passage(f"🕊🕊 قبل {words} بعد")
    quotation = make_quotation(words, passage)
    found = Quotation.objects.with_words().get(pk=quotation.pk)
    assert (found.words, found.ref) == (words, str(quotation))
    assert found.words == passage.text[quotation.start : quotation.end]


def fill(case):
    for tool in ("mediation", "good_offices", "envoy_deployment"):
        make_statement(case, f"tool:{tool}", by=["au", "un"])
    make_statement(case, "situation:electoral", scope="pattern")
    make_statement(case, "event:coup")


def test_the_list_takes_as_many_queries_for_one_case_as_for_many(django_assert_num_queries):
    fill(make_case("guinea-2009"))
    fill(make_case("kenya-2008", countries=["KEN"]))
    # cases, their countries, regions and shown statements with terms
    with django_assert_num_queries(4):
        rows = list(Case.objects.for_list())
        shown = [
            (
                [str(each.country) for each in case.case_countries.all()],
                list(case.regions.all()),
                [str(statement.term) for statement in case.shown_statements],
            )
            for case in rows
        ]
    tools = ["mediation", "good offices", "envoy deployment"]
    assert shown == [(["Guinea"], [], tools), (["Kenya"], [], tools)]


def test_statements_of_a_page_take_a_fixed_number_of_queries(django_assert_num_queries):
    case = make_case()
    fill(case)
    # statements, parts, names of actors, documents, about, credited tools, words, editions, errata
    with django_assert_num_queries(9):
        for statement in Statement.objects.filter(case=case).for_page():
            for part in statement.parts.all():
                str(part.actor)
            for evidence in statement.evidence.all():
                str(evidence.quotation.passage.edition.document)
                list(evidence.quotation.passage.erratum_places.all())
            list(statement.documents.all())
            list(statement.about.all())
            list(statement.credited_to.all())


def test_the_gap_that_files_and_pictures_take_is_the_one_that_pages_show():
    for at, (opening, action) in enumerate(product(["", "2008", "2008-06-01"], repeat=2)):
        case = make_case(f"case-{at}")
        make_statement(case, "event:coup", when=opening, phase="opening")
        make_statement(case, "event:coup", when="2007", phase="opening", scope="pattern")
        make_statement(case, "tool:mediation", when=f"{action}/.." if at == 4 else action)
    index.refresh()
    shown = Case.objects.with_gap().values_list("slug", "gap_min_days", "gap_max_days")
    stored = Case.objects.values_list("slug", *GAP)
    assert set(stored) == set(shown)
    assert len({days[1:] for days in stored}) > 3

"""Expressions that must give the same answer on both databases."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from django.db.models import DateField, F, OuterRef, Value
from django.db.models.functions import Lower
from django.utils import timezone as django_timezone

from cases.expressions import COLON, Bytewise, Code, DaysBetween, IsoTime, Joined, text
from cases.models import Actor, ActorName, Case, StatementActor, Term
from tests.factories import make_actor, make_case, make_statement, make_term

pytestmark = pytest.mark.django_db


def name_an_actor(*names):
    """An actor with these names, in this order, and a first one of its own."""
    actor = make_actor("un", name="z")
    for order, name in enumerate(names, start=1):
        ActorName.objects.create(actor=actor, language="en", name=name, order=order)
    return actor


def test_bytewise_sorts_by_code_point():
    # A locale would put small beside capital letters and accents beside none.
    name_an_actor("Zaire", "ar", "é", "Ärzte", "a b", "a-b", "ab", "اب", "کاب", "٣")
    names = ActorName.objects.order_by(Bytewise("name")).values_list("name", flat=True)
    assert list(names) == sorted(names)
    assert list(names)[:5] == ["Zaire", "a b", "a-b", "ab", "ar"]


def joined_names(**options):
    rows = ActorName.objects.filter(actor=OuterRef("pk"))
    expression = options.pop("expression", F("name"))
    actors = Actor.objects.filter(code="un")
    return actors.annotate(joined_names=Joined(rows, expression, **options)).get().joined_names


def test_joined_rows_are_distinct_and_sorted():
    actor = name_an_actor("b", "B", "a")
    ActorName.objects.create(actor=actor, language="fa", name="b")
    assert joined_names() == "B;a;b;z"


def test_joined_rows_may_keep_an_order_of_their_own():
    name_an_actor("b", "B", "a")
    assert joined_names(ordered_by=["order"]) == "z;b;B;a"
    assert joined_names(ordered_by=["-order"]) == "a;B;b;z"


def test_joined_rows_that_keep_their_order_are_not_merged():
    actor = name_an_actor("b")
    ActorName.objects.create(actor=actor, language="fa", name="b", order=2)
    assert joined_names(ordered_by=["order"]) == "z;b;b"


def test_nothing_joined_is_the_empty_text():
    actor = make_actor("un")
    actor.names.all().delete()
    assert joined_names() == ""


def test_what_is_joined_may_be_computed():
    name_an_actor("B")
    assert joined_names(expression=text(Lower("name"), COLON, "language")) == "b:en;z:en"


def test_a_joined_column_takes_values_with_a_per_cent_sign():
    name_an_actor()
    assert joined_names(expression=text("name", Value(" 5% %s"))) == "z 5% %s"


def test_two_joined_columns_do_not_multiply_one_another():
    case = make_case()
    make_statement(case, "tool:mediation", by=["au", "un"])
    make_statement(case, "tool:good_offices", by=["un"])
    parts = StatementActor.objects.filter(statement__case=OuterRef("pk"))
    row = Case.objects.annotate(
        tools=Joined(parts, Code("statement__term_id")), who=Joined(parts, F("actor__code"))
    ).get()
    assert (row.tools, row.who) == ("good_offices;mediation", "au;un")


@pytest.mark.parametrize(
    ("first", "second", "days"),
    [
        (date(2008, 1, 1), date(2008, 1, 1), 0),
        (date(2008, 1, 31), date(2008, 2, 1), 1),
        (date(2008, 2, 28), date(2008, 3, 1), 2),
        (date(2009, 2, 28), date(2009, 3, 1), 1),
        (date(2009, 12, 31), date(2010, 1, 1), 1),
        (date(2010, 1, 1), date(2009, 12, 31), -1),
        (date(2008, 1, 1), date(2012, 1, 1), 1461),
        (date(1, 1, 1), date(9999, 12, 31), 3652058),
    ],
)
def test_days_between(first, second, days):
    assert days == (second - first).days
    case = make_case()
    Case.objects.update(start_earliest=first, start_latest=second)
    of_columns = DaysBetween(F("start_earliest"), F("start_latest"))
    of_value = DaysBetween(Value(first, DateField()), F("start_latest"))
    found = Case.objects.annotate(columns=of_columns, value=of_value).get(pk=case.pk)
    assert (found.columns, found.value) == (days, days)


def test_days_to_no_date_are_null():
    make_case(start="2008")
    found = Case.objects.annotate(days=DaysBetween(F("start_earliest"), F("end_latest"))).get()
    assert found.days is None


@pytest.mark.parametrize(
    ("moment", "written"),
    [
        (datetime(2011, 8, 26, 9, 5, 7, tzinfo=UTC), "2011-08-26T09:05:07Z"),
        (datetime(2011, 8, 26, 9, 5, 7, 999_999, tzinfo=UTC), "2011-08-26T09:05:07Z"),
        (
            datetime(2011, 1, 1, 1, 0, tzinfo=timezone(timedelta(hours=3, minutes=30))),
            "2010-12-31T21:30:00Z",
        ),
        (datetime(2011, 8, 26, 23, 59, 59, 999_600, tzinfo=UTC), "2011-08-26T23:59:59Z"),
    ],
)
def test_a_moment_in_iso_8601(moment, written):
    make_case(published_on=moment)
    found = Case.objects.annotate(iso=IsoTime("published_on"))
    assert found.get().iso == written
    with django_timezone.override("Asia/Tehran"):
        assert found.get().iso == written


def test_no_moment_is_null():
    make_case(review="draft")
    assert Case.objects.annotate(iso=IsoTime("published_on")).get().iso is None


def test_the_code_of_a_term_stands_after_the_colon():
    make_term("success_element:national_ownership")
    row = Term.objects.annotate(said=Code("id"), whole=text("scheme", COLON, "code")).get()
    assert row.said == row.code == "national_ownership"
    assert row.whole == row.id


def test_text_joins_numbers_and_missing_values():
    make_case(start="2008")
    row = Case.objects.annotate(
        said=text("slug", Value("@"), "version", COLON, "working_copy_of__slug")
    ).get()
    assert row.said == f"{row.slug}@0:"

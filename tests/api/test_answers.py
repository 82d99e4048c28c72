"""What the API gives: the rows of the files, page by page, to whoever asks, and nothing hidden."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.utils.http import http_date, parse_http_date

from api import answering
from api.rows import shape_of
from cases.exports import TABLES, write
from cases.filters import ORDERS
from cases.models import (
    Actor,
    Case,
    Document,
    Edition,
    Revision,
    Statement,
    StatementQuotation,
    Term,
)
from cases.querysets import CaseQuerySet
from tests.api.world import MARK, make_world
from tests.cases.test_error_pages import AWAY, as_django_says_it
from tests.factories import make_case, make_quotation, make_statement
from tests.keeping import kept

pytestmark = pytest.mark.django_db

SITE = "http://localhost:8000"
LISTS = (
    *("cases", "statements", "evidence", "findings", "documents", "terms", "actors"),
    "countries",
)


@pytest.fixture(scope="module", autouse=True)
def world(django_db_setup, django_db_blocker):
    with kept(django_db_blocker):
        yield make_world()


def ask(address: str, status: int = 200, **headers):
    """What is at an address, which answers with this status; the language changes nothing."""
    response = Client(headers=headers).get(f"/api/v1/{address}")
    assert response.status_code == status, response.content
    return response.json() if response.content else None


def all_of(address: str, limit: int) -> list:
    """The rows of all pages of a list."""
    rows, following = [], f"{address}{'&' if '?' in address else '?'}limit={limit}"
    while following:
        page = ask(following)
        assert len(page["items"]) == limit or page["next"] is None
        rows += page["items"]
        following = page["next"] and page["next"].removeprefix(f"{SITE}/api/v1/")
    return rows


def every_address() -> list[str]:
    """Every address that stands on records, as far as readers may know of these."""
    found = ["", "schemes", "regions", *LISTS, *(f"cases?order={order}" for order in ORDERS)]
    found += [f"cases/{slug}" for slug in Case.objects.values_list("slug", flat=True)]
    found += [
        f"findings/{key}" for key in Statement.objects.findings().values_list("key", flat=True)
    ]
    found += [f"documents/{code}" for code in Document.objects.values_list("code", flat=True)]
    for document, code in Edition.objects.values_list("document__code", "code"):
        found.append(f"documents/{document}/editions/{code}/passages")
    found += [f"terms/{term.scheme}/{term.code}" for term in Term.objects.all()]
    found += [f"actors/{code}" for code in Actor.objects.values_list("code", flat=True)]
    for name in ("cases", "statements", "evidence"):
        found += [f"{name}?q={MARK}", f"{name}?country=KGZ", f"{name}?tool=secondment"]
    return [*found, "actors?q=zz", "actors?type=individual", "findings?kind=lesson", "openapi.json"]


# Rows


def as_cell(value) -> str:
    """A value of the API as the files write it."""
    if isinstance(value, list):
        return ";".join(
            ":".join(each.values()) if isinstance(each, dict) else each for each in value
        )
    return "" if value is None else f"{value:.2f}" if isinstance(value, float) else str(value)


@pytest.mark.parametrize("name", [*LISTS, "passages"])
def test_each_row_is_that_of_the_file(name):
    text = b"".join(write(TABLES[name], "csv")).decode()
    of_file = list(csv.DictReader(io.StringIO(text, newline="")))
    assert of_file
    if name == "passages":
        rows = []
        for document, code in Edition.objects.values_list("document__code", "code"):
            rows += all_of(f"documents/{document}/editions/{code}/passages", 200)
    else:
        rows = all_of(name, 200)
    assert [list(row) for row in rows] == [list(TABLES[name].columns)] * len(of_file)
    found = [{column: as_cell(value) for column, value in row.items()} for row in rows]
    # Rows that belong to cases stand case by case in either, but the cases in another order.
    assert sorted(found, key=str) == sorted(of_file, key=str)
    if name in ("cases", "findings", "documents", "terms", "actors", "countries"):
        assert found == of_file


def test_the_filters_of_files_are_those_of_the_api():
    for query in ("country=KEN", "tool=mediation&q=guinea", "from=2008&to=2010&dates=certainly"):
        for name in ("cases", "statements", "evidence"):
            selected = TABLES[name].select(QueryDict(query))
            text = b"".join(write(TABLES[name], "csv", selected)).decode()
            rows = all_of(f"{name}?{query}", 3)
            assert len(rows) == len(list(csv.reader(io.StringIO(text, newline="")))) - 1
            assert rows, (name, query)


def test_a_case_stands_in_its_row_with_types():
    (row,) = [each for each in ask("cases")["items"] if each["slug"] == "guinea-2009"]
    assert (row["version"], row["statements"], row["gap_min_days"]) == (3, 10, 9)
    assert (row["title_fa"], row["title_ar"], row["summary_fa"]) == ("گینه", None, None)
    assert row["countries"] == ["GIN"]
    assert row["other_countries"] == [
        {"country": "KEN", "role": "party"},
        {"country": "LBR", "role": "at_risk"},
    ]
    assert row["relations"] == [{"kind": "follows", "case": "guinea-2008"}]
    assert {"actor": "au", "role": "lead_mediator"} in row["actors"]
    assert (row["start"], row["start_earliest"]) == ("2008-12-23", "2008-12-23")
    assert row["published_on"] == "2020-01-02T03:04:05Z"
    undated = next(each for each in ask("cases")["items"] if each["slug"] == "undated")
    assert (undated["start"], undated["gap_max_days"], undated["tools"]) == (None, None, [])


def test_a_case_is_given_whole_with_the_words_that_it_stands_on():
    whole = ask("cases/guinea-2009")
    assert whole["case"] == next(r for r in ask("cases")["items"] if r["slug"] == "guinea-2009")
    of_list = [row for row in all_of("statements", 200) if row["case"] == "guinea-2009"]
    assert whole["statements"] == of_list
    words = {each["ref"]: each["words"] for each in whole["quotations"]}
    named = {ref for statement in whole["statements"] for ref in statement["quotations"]}
    assert set(words) == named
    assert "The envoy came" in words.values()
    assert whole["pages"] == {
        "en": f"{SITE}/cases/guinea-2009/",
        "fa": f"{SITE}/fa/cases/guinea-2009/",
        "ar": f"{SITE}/ar/cases/guinea-2009/",
    }


def test_one_of_each_other_kind_is_given_with_what_belongs_to_it():
    finding = ask("findings/lesson-1")
    assert finding["finding"]["about"] == ["tool:mediation"]
    assert [each["ref"] for each in finding["quotations"]] == finding["finding"]["quotations"]
    document = ask("documents/S-2009-1")
    (edition,) = document["editions"]
    assert (edition["ref"], edition["title"]) == ("S-2009-1/en", None)
    assert ask(edition["passages"].removeprefix(f"{SITE}/api/v1/"))["items"][0]["number"] == "24"
    assert {each["name"] for each in ask("actors/au")["names"]} == {
        "African Union",
        "اتحادیهٔ آفریقا",
    }
    assert ask("terms/tool/mediation")["term"]["label_fa"] == "mediation"
    scheme = next(each for each in ask("schemes")["items"] if each["code"] == "tool")
    assert (scheme["label_en"], scheme["label_fa"]) == ("Tool", "ابزار")
    assert ask(scheme["terms"].removeprefix(f"{SITE}/api/v1/"))["items"] == [
        row for row in ask("terms")["items"] if row["scheme"] == "tool"
    ]
    region = next(each for each in ask("regions")["items"] if each["code"] == "western_africa")
    assert (region["parent"], region["name_en"]) == ("africa", "Western Africa")


def test_actors_are_narrowed_as_on_their_page():
    def codes(query):
        return [row["code"] for row in ask(f"actors?{query}")["items"]]

    assert codes("type=individual") == ["kofi-annan"]
    assert codes("q=african") == codes("q=اتحادیه") == ["au"]
    assert codes("q=african&type=individual") == []


@pytest.mark.parametrize("column", TABLES["cases"].columns)
def test_a_cell_of_several_values_is_never_a_text(column):
    """Whoever adds a column of lists to a file says so here too."""
    cells = [dict(zip(TABLES["cases"].columns, row, strict=True))[column] for row in _case_rows()]
    joined = any(isinstance(cell, str) and ";" in cell for cell in cells)
    has_text = column.startswith(("title_", "summary_"))
    if joined and not has_text:
        assert str(shape_of("cases", column).type).startswith("list[")


def _case_rows():
    return list(TABLES["cases"].query())


# Pages


@pytest.mark.parametrize(
    "query", ["q=guinea", "coverage=substantial", *(f"order={order}" for order in ORDERS)]
)
def test_pages_of_one_give_what_one_page_gives(query):
    whole = [row["slug"] for row in ask(f"cases?{query}&limit=200")["items"]]
    assert len(whole) > 1
    text = b"".join(write(TABLES["cases"], "csv", TABLES["cases"].select(QueryDict(query))))
    assert whole == [row["slug"] for row in csv.DictReader(io.StringIO(text.decode()))]
    assert [row["slug"] for row in all_of(f"cases?{query}", 1)] == whole


@pytest.mark.parametrize("address", [*LISTS, "findings?order=text"])
def test_pages_of_two_give_each_row_once(address):
    assert all_of(address, 2) == ask(f"{address}{'&' if '?' in address else '?'}limit=200")["items"]


def test_the_next_page_is_named_in_the_body_and_the_head():
    response = Client().get("/api/v1/cases?limit=2&order=title")
    following = response.json()["next"]
    assert following.startswith(f"{SITE}/api/v1/cases?limit=2&order=title&cursor=")
    assert response["Link"] == f'<{following}>; rel="next"'
    last = Client().get("/api/v1/cases?limit=200")
    assert last.json()["next"] is None
    assert "Link" not in last


def test_a_row_that_comes_or_goes_neither_hides_nor_repeats_another():
    for number in range(6):
        make_case(f"b-{number}", start=f"201{number}", countries=["LBR"])
    first = ask("cases?country=LBR&from=2012&limit=2")
    slugs = [row["slug"] for row in first["items"]]
    assert slugs == ["b-2", "b-3"]
    Case.objects.filter(slug__in=["b-2", "b-3"]).delete()
    make_case("a-new", start="2012-05", countries=["LBR"])
    following = ask(first["next"].removeprefix(f"{SITE}/api/v1/"))
    assert [row["slug"] for row in following["items"]] == ["b-4", "b-5"]


@pytest.mark.parametrize(
    "spoil", [lambda cursor: "x", lambda cursor: cursor[:-1], lambda cursor: f"{cursor}é"]
)
def test_a_cursor_that_is_none_is_refused(spoil):
    following = ask("cases?limit=1")["next"].partition("cursor=")[2]
    refused = ask(f"cases?{urlencode({'cursor': spoil(following)})}", 400)
    assert refused["errors"][0]["name"] == "cursor"


@pytest.mark.parametrize("address", ["cases?order=title", "cases?order=-start", "actors"])
def test_a_cursor_of_another_list_or_order_is_refused(address):
    cursor = ask("cases?limit=1")["next"].partition("cursor=")[2]
    mark = "&" if "?" in address else "?"
    assert ask(f"{address}{mark}cursor={cursor}", 400)["errors"][0]["name"] == "cursor"


def test_a_page_far_down_costs_what_the_first_does():
    """SQLite's own steps for the first page and for one behind nine of ten rows."""
    if connection.vendor != "sqlite":
        pytest.skip("only SQLite counts its steps")
    words, now = make_quotation(), datetime.now(UTC)
    plain = {"coverage": "named_only", "review": "published", "published_on": now}
    cases = Case.objects.bulk_create(
        Case(slug=f"c-{number:03}", start="2003", **plain) for number in range(120)
    )
    said = {"term_id": "tool:mediation", "scheme": "tool", "support": "states"}
    told = Statement.objects.bulk_create(
        Statement(case=case, key=f"k{at}", order=at, **said) for case in cases for at in range(3)
    )
    StatementQuotation.objects.bulk_create(
        StatementQuotation(statement=each, quotation=words) for each in told
    )
    for name, rows in (("cases", 120), ("statements", 360), ("evidence", 360)):
        following, steps = f"{name}?limit=10", []
        for _page in range(rows // 10):
            steps.append(_steps_of(following))
            following = ask(following)["next"].removeprefix(f"{SITE}/api/v1/")
        assert steps[-2] < 1.3 * steps[1], (name, steps)


def _steps_of(address: str) -> int:
    """How many hundred steps SQLite takes for an answer."""
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return 0

    connection.connection.set_progress_handler(count, 100)
    try:
        ask(address)
    finally:
        connection.connection.set_progress_handler(None, 0)
    return steps


# What they cost


COSTS = {
    # The terms of no filter are asked for; the keys of the page, its rows, the newest revision.
    "cases": 3,
    "cases?order=title&limit=1": 3,
    # Besides, that the code is known, and the terms under it.
    "cases?tool=mediation": 5,
    "statements": 3,
    "evidence": 3,
    # All findings are read with what they are about, for the filters (cases.findings).
    "findings": 8,
    "documents": 3,
    "terms": 3,
    "actors": 3,
    "countries": 3,
    # Its row, its statements, their words, the newest revision.
    "cases/guinea-2009": 4,
    "findings/lesson-1": 3,
    "documents/S-2009-1": 3,
    "actors/au": 3,
    "terms/tool/mediation": 2,
    "regions": 2,
    "schemes": 0,
    "releases": 0,
    "": 0,
}


@pytest.mark.parametrize("address", COSTS)
def test_each_answer_costs_a_fixed_number_of_queries(address, django_assert_num_queries):
    ask(address)
    with django_assert_num_queries(COSTS[address]):
        ask(address)
    case = make_case("more", start="2001")
    make_statement(case, by=["one", "two"], quotations=[make_quotation(), make_quotation()])
    with django_assert_num_queries(COSTS[address]):
        ask(address)


def test_a_page_behind_a_cursor_costs_at_most_a_query_more_for_each_key(
    django_assert_max_num_queries,
):
    """Along an index it is asked for in steps: the same day, later days, no day."""
    following = ask("cases?limit=1")["next"]
    while following:
        with django_assert_max_num_queries(COSTS["cases"] + 2):
            following = ask(following.removeprefix(f"{SITE}/api/v1/"))["next"]


# Whether anything has changed


@pytest.mark.parametrize("address", ["cases", "cases/guinea-2009", "terms", "openapi.json", ""])
def test_what_has_not_changed_is_not_sent_again(address):
    response = Client().get(f"/api/v1/{address}")
    etag = response["ETag"]
    assert etag.startswith('"')
    for said in (etag, f"W/{etag}", f'"other", {etag}', "*"):
        again = Client(headers={"If-None-Match": said}).get(f"/api/v1/{address}")
        assert (again.status_code, again.content, again["ETag"]) == (304, b"", etag)
        assert again["Access-Control-Allow-Origin"] == "*"
    assert Client(headers={"If-None-Match": '"x"'}).get(f"/api/v1/{address}").status_code == 200


def test_what_is_compressed_keeps_its_etag_in_the_weak_form():
    response = Client(headers={"Accept-Encoding": "br"}).get("/api/v1/cases")
    assert response["Content-Encoding"] == "br"
    assert response["ETag"].startswith('W/"')
    again = {"Accept-Encoding": "br", "If-None-Match": response["ETag"]}
    assert Client(headers=again).get("/api/v1/cases").status_code == 304


def test_any_change_of_what_is_shown_changes_the_etag():
    """Also one that no record of the case itself tells of."""
    before = Client().get("/api/v1/cases/guinea-2009")["ETag"]
    Case.objects.filter(slug="guinea-2008").update(review="withdrawn")
    after = Client().get("/api/v1/cases/guinea-2009")["ETag"]
    assert after != before
    Case.objects.filter(slug="guinea-2008").update(review="published")
    assert Client().get("/api/v1/cases/guinea-2009")["ETag"] == before


def modified(since: str | None = None):
    headers = {"If-Modified-Since": since} if since else {}
    response = Client(headers=headers).get("/api/v1/cases")
    return response.status_code, response["Last-Modified"]


def save(version: int, when: datetime) -> None:
    saved = {"kind": "case", "key": "x", "source": "admin", "change_set": "0" * 32}
    Revision.objects.create(**saved, version=version, when=when)


@pytest.fixture
def last_week(monkeypatch):
    """The program began, and somebody saved something, a week ago; then nothing happened."""
    day = datetime.now(UTC) - timedelta(days=7)
    # A revision has its time from the beginning: nothing can be changed of it.
    monkeypatch.setattr(Revision._meta.get_field("when"), "auto_now_add", False)
    save(1, day)
    monkeypatch.setattr(answering, "_STARTED", day)
    return day


def test_the_time_of_the_last_change_is_the_end_of_its_day(last_week):
    status, said = modified()
    midnight = datetime.fromtimestamp(parse_http_date(said), UTC)
    assert (midnight.hour, midnight.minute, midnight.second) == (0, 0, 0)
    assert timedelta(0) < midnight - last_week <= timedelta(days=1)
    assert modified(said) == (304, said)


def test_no_other_time_says_that_nothing_has_changed(last_week):
    """A time of the asker's own, or that of a state which a backup has taken back."""
    _status, said = modified()
    later = http_date(parse_http_date(said) + 3600)
    for since in (later, http_date(last_week.timestamp()), "yesterday"):
        assert modified(since) == (200, said)


def test_on_the_day_of_a_change_all_is_sent_again(last_week):
    _status, said = modified()
    save(2, datetime.now(UTC))
    status, now = modified(said)
    assert status == 200
    assert abs(parse_http_date(now) - datetime.now(UTC).timestamp()) < 5
    # Within the second something may change still.
    assert modified(now)[0] == 200


def test_a_new_version_of_the_program_counts_as_a_change(last_week, monkeypatch):
    _status, said = modified()
    monkeypatch.setattr(answering, "_STARTED", last_week + timedelta(days=3))
    assert modified(said)[0] == 200


def test_when_editors_work_cannot_be_told_from_it(last_week):
    """To the hour at least: every save of that day gives the same time."""
    _status, said = modified()
    save(2, last_week.replace(hour=0, minute=30))
    early = modified()
    save(3, last_week.replace(hour=23, minute=30))
    assert modified() == early == (200, said)


def test_a_draft_is_no_change(last_week):
    """Nor does it tell on which day somebody works on one."""
    _status, said = modified()
    make_case("x", review="draft")
    save(2, datetime.now(UTC))
    assert modified(said) == (304, said)
    Case.objects.filter(slug="x").update(published_on=datetime.now(UTC))
    assert modified(said)[0] == 200


# Who may ask, and how


@pytest.mark.parametrize("address", ["cases", "cases/nowhere", "cases?tol=x", "nowhere"])
def test_any_site_may_read_every_answer(address):
    response = Client(headers={"Origin": "https://example.org"}).get(f"/api/v1/{address}")
    assert response["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in response
    assert "ETag" in response["Access-Control-Expose-Headers"]
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")


def test_browsers_are_told_beforehand_what_they_may_ask():
    asked = {
        "Origin": "https://example.org",
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "if-none-match",
    }
    response = Client(headers=asked).options("/api/v1/cases")
    assert (response.status_code, response.content) == (204, b"")
    assert response["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
    assert "If-None-Match" in response["Access-Control-Allow-Headers"]


def test_pages_and_files_are_not_for_other_sites():
    for address in ("/cases/", "/codebook.json", "/api/"):
        assert "Access-Control-Allow-Origin" not in Client().get(address)


@pytest.mark.parametrize("address", ["cases", "cases/guinea-2009", "actors", "openapi.json", ""])
def test_head_says_what_get_would(address):
    got, asked = Client().get(f"/api/v1/{address}"), Client().head(f"/api/v1/{address}")
    assert (asked.status_code, asked.content) == (200, b"")
    assert asked["ETag"] == got["ETag"]
    assert asked["Content-Length"] == got["Content-Length"]


def test_the_language_of_who_asks_changes_nothing():
    in_persian = Client(headers={"Accept-Language": "fa"})
    in_persian.cookies["django_language"] = "fa"
    assert in_persian.get("/api/v1/cases").content == Client().get("/api/v1/cases").content
    assert in_persian.get("/api/v1/cases?tol=x").json()["errors"][0]["reasons"] == [
        "There is no such filter. Did you mean tool?"
    ]
    assert Client().get("/fa/api/v1/cases").status_code == 404


# Errors


def refused(address: str, status: int, method: str = "get") -> dict:
    client = Client(raise_request_exception=False)
    response = getattr(client, method)(f"/api/v1/{address}")
    assert response["Content-Type"] == "application/problem+json"
    said = response.json()
    assert (response.status_code, said["status"], said["type"]) == (status, status, "about:blank")
    assert said["detail"].endswith(".")
    return said


@pytest.mark.parametrize(
    ("address", "name", "reason"),
    [
        ("cases?tol=x", "tol", "There is no such filter. Did you mean tool?"),
        ("cases?tool=mediatin", "tool", "“mediatin” is not known here. Did you mean mediation?"),
        ("cases?from=banana", "from", None),
        ("cases?order=x", "order", None),
        ("cases?order=title&order=start", "order", "Only one value is possible."),
        ("cases?tool=", "tool", "Write a value, or leave it out."),
        ("cases?limit=0", "limit", "Write a number from 1 to 200."),
        ("cases?limit=201", "limit", "Write a number from 1 to 200."),
        ("cases?limit=007", "limit", "Write a number from 1 to 200."),
        ("cases?limit=٥", "limit", "Write a number from 1 to 200."),
        ("cases?limit=5&limit=6", "limit", "Only one value is possible."),
        ("statements?order=title", "order", "There is no such filter."),
        ("findings?tol=x", "tol", "There is no such filter. Did you mean tool?"),
        ("actors?type=nothing", "type", None),
        ("terms?scheme=nothing", "scheme", None),
        ("documents?tool=mediation", "tool", "There is no such filter."),
        ("cases/guinea-2009?x=1", "x", "There is no such filter."),
        ("?x=1", "x", "There is no such filter."),
        ("openapi.json?x=1", "x", "There is no such filter."),
    ],
)
def test_what_is_not_understood_is_refused_with_the_reason(address, name, reason):
    (error,) = refused(address, 400)["errors"]
    assert error["name"] == name
    assert error["reasons"] == [reason] if reason else all(error["reasons"])


def test_the_character_nul_is_refused():
    assert "NUL" in refused("cases?q=%00", 400)["detail"]


@pytest.mark.parametrize(
    "address",
    [
        *("cases/nowhere", f"cases/{MARK}-draft", "findings/nowhere", "documents/nowhere"),
        *("documents/accord/editions/en/passages", "actors/nowhere", f"actors/{MARK}-actor"),
        *("terms/tool/nothing", "nowhere", "cases/", "cases/guinea-2009/", "documents/a%00b"),
    ],
)
def test_what_is_not_there_is_not_found(address):
    refused(address, 404)


def test_what_was_withdrawn_is_gone():
    assert "withdrawn" in refused("cases/gone", 410)["detail"]


@pytest.mark.parametrize(
    ("old", "new"), [("cases/old-guinea", "cases/guinea-2009"), ("actors/old-au", "actors/au")]
)
def test_what_was_merged_leads_to_what_it_is_now(old, new):
    response = Client().get(f"/api/v1/{old}")
    assert (response.status_code, response["Location"]) == (301, f"{SITE}/api/v1/{new}")


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "trace"])
@pytest.mark.parametrize("address", ["cases", "cases/guinea-2009", "openapi.json", ""])
def test_nothing_can_be_written(address, method):
    client = Client(enforce_csrf_checks=True)
    response = getattr(client, method)(f"/api/v1/{address}")
    assert response["Allow"] == "GET, HEAD, OPTIONS"
    refused(address, 405, method)


def test_a_precondition_that_fails_is_said_so():
    response = Client(headers={"If-Match": '"x"'}).get("/api/v1/cases")
    assert (response.status_code, response.json()["title"]) == (412, "Precondition Failed")


def test_a_host_that_is_not_ours_is_refused_in_json():
    response = Client().get("/api/v1/cases", headers={"host": "evil.example.org"})
    assert (response.status_code, response.json()["title"]) == (400, "Bad Request")


@pytest.mark.parametrize("address", ["cases", "statements", "cases/guinea-2009", "actors?q=x"])
def test_while_the_database_is_away_it_says_to_ask_again(address, monkeypatch):
    def refuse(*arguments, **more):
        raise as_django_says_it(AWAY[0])

    for name in ("cursor", "chunked_cursor"):
        monkeypatch.setattr(connection, name, refuse)
    response = Client(raise_request_exception=False).get(f"/api/v1/{address}")
    assert (response.status_code, response["Retry-After"]) == (503, "10")
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response.json()["title"] == "Service Unavailable"


def test_a_fault_of_ours_is_admitted_in_json(monkeypatch):
    def fail(*arguments, **more):
        raise RuntimeError("the disk is full")

    # There is no fault to be had otherwise: it has to be broken on purpose.
    monkeypatch.setattr(CaseQuerySet, "published", fail)
    assert "disk" not in json.dumps(refused("cases", 500))


# What never leaves


def test_nothing_of_a_draft_is_at_any_address():
    for address in every_address():
        response = Client().get(f"/api/v1/{address}", follow=True)
        assert response.status_code in (200, 404, 410), address
        content = response.content.decode().replace(urlencode({"q": MARK}), "")
        assert MARK not in content, address


@pytest.mark.parametrize("address", ["cases?actor=", "statements?actor=", "evidence?actor="])
def test_no_error_names_what_is_hidden(address):
    # Written almost as the code of an actor that only drafts name.
    nearly = f"{MARK.replace('a', 'o')}-actor"
    assert MARK not in json.dumps(refused(f"{address}{nearly}", 400))
    refused(f"{address}{MARK}-actor", 400)


def test_the_marks_would_be_seen_if_the_drafts_were_public():
    """The tests above fail when something leaks: here everything does."""
    hidden = Case.objects.filter(working_copy_of=None, slug__startswith=MARK)
    hidden.update(review="published", published_on=datetime(2020, 1, 1, tzinfo=UTC))
    for name in ("cases", "statements", "evidence", "actors", f"cases/{MARK}-draft"):
        assert MARK in Client().get(f"/api/v1/{name}").content.decode(), name

"""Pages: the list over HTTP against Datasette, search, deep pages, and pages of one record."""

from collections.abc import Iterator
from statistics import median
from urllib.parse import quote, urlencode

from django.db.models import Count
from django.http import QueryDict
from django.test import Client

from cases.exports import TABLES, write
from cases.filters import LAST_PAGE, select_cases
from cases.models import Case, CaseFacet, Edition
from cases.views import kept
from cases.views.case_list import PER_PAGE
from tests.benchmarks import peers
from tests.benchmarks.databases import Database
from tests.benchmarks.measuring import Row, asked, in_turn, percentile, run_all, timed
from tests.benchmarks.servers import Reader, datasette_site, site

ROUNDS = 3
# Of which filters how many values are asked for, and in which column Datasette has them.
ASKED = {
    "tool": (6, "tools__contains"),
    "country": (5, "country"),
    "situation": (4, "situation"),
    "outcome": (4, "outcomes__contains"),
    "trigger": (3, "trigger"),
    "un_role": (2, "un_role"),
}
PERIODS = ((1990, 1999), (2000, 2009), (2010, 2020))
QUESTIONS = (
    *("mediation", "good offices", "political crisis", '"good offices"'),
    *("میانجیگری", "بحران سیاسی", "سازمان ملل", "وساطة", "أزمة سياسية", "الأمم المتحدة"),
)


def rows(database: Database) -> Iterator[Row]:
    content = b"".join(write(TABLES["cases"], "csv"))
    file = peers.datasette_file(database.cases, content)
    with site(database) as ours, datasette_site(file) as theirs:
        for address in ("/cases/", "/cases/", "/cases/?q=mediation"):
            ours.fetch(address)
            theirs.fetch("/" + file.stem)
        yield from _lists(database, ours, theirs, file.stem)
        yield from _searches(database, ours, theirs, file.stem)
        yield _deep(database, ours)
    yield from _page(database, "case page", _case_address())
    yield from _page(database, "case page, 100 statements", _case_address(largest=True))
    yield from _page(database, "document page", _document_address())


def _lists(database: Database, ours: Reader, theirs: Reader, table: str) -> Iterator[Row]:
    """Thirty mixed filters with all facets, ours and Datasette's in turn."""
    asked = list(_filters())
    facets = [("_facet", name) for name in peers.FACETS]
    own, other = [], []
    for _round in range(ROUNDS):
        for filters, columns in asked:
            own.append(ours.fetch(f"/cases/?{urlencode(filters)}"))
            other.append(theirs.fetch(f"/{table}/cases?{urlencode([*columns, *facets])}"))
    yield from _compared(database, f"/cases/, {len(asked)} filters", own, other, 0.2)


def _compared(database: Database, work: str, own: list, other: list, goal: float) -> Iterator[Row]:
    kind, cases = database.kind, database.cases
    for name, share in (("p50", 0.5), ("p95", 0.95)):
        times = percentile(own, share), "Datasette", percentile(other, share)
        yield Row(f"{work}, {name}", kind, cases, *times, goal)


def _filters() -> Iterator[tuple[list, list]]:
    """What is asked of our list, and of Datasette's."""
    singles = [([], [])]
    for facet, (number, column) in ASKED.items():
        counted = CaseFacet.objects.filter(facet=facet).order_by().values_list("value")
        values = counted.annotate(n=Count("pk")).order_by("-n", "value")[:number]
        singles += [([(facet, value)], [(column, value)]) for value, _n in values]
    yield from singles
    for first, last in PERIODS:
        within = [("start_earliest__lte", f"{last}-12-31"), ("end_latest__gte", f"{first}-01-01")]
        yield [("from", str(first)), ("to", str(last))], within
    # Two at once, of different filters.
    for one, other in ((1, 7), (8, 12)):
        yield singles[one][0] + singles[other][0], singles[one][1] + singles[other][1]


def _searches(database: Database, ours: Reader, theirs: Reader, table: str) -> Iterator[Row]:
    facets = urlencode([("_facet", name) for name in peers.FACETS])
    own, other, bare = [], [], []
    for _round in range(ROUNDS):
        for question in QUESTIONS:
            own.append(ours.fetch(f"/cases/?q={quote(question)}"))
            other.append(theirs.fetch(f"/{table}/cases?_search={quote(question)}&{facets}"))
            bare.append(timed(lambda asked=question: _first_page(asked)))
    kind, cases = database.kind, database.cases
    times = median(own), "its index query", median(bare)
    yield Row("search, ranked first page", kind, cases, *times, 3.0)
    p95 = percentile(own, 0.95), "Datasette", percentile(other, 0.95)
    yield Row("search, p95", kind, cases, *p95, 1.0)


def _first_page(question: str) -> list[int]:
    """The bare query of a search: the ids of the first page in their order."""
    params = QueryDict(f"q={quote(question)}")
    return list(select_cases(params).cases.values_list("pk", flat=True)[:PER_PAGE])


def _deep(database: Database, ours: Reader) -> Row:
    last = min(LAST_PAGE, -(-Case.objects.published().count() // PER_PAGE))
    deep, first = in_turn(
        lambda: ours.fetch(f"/cases/?page={last}"), lambda: ours.fetch("/cases/"), least=5
    )
    return Row(f"/cases/, page {last}", database.kind, database.cases, deep, "page 1", first, 1.5)


def _page(database: Database, work: str, address: str) -> Iterator[Row]:
    """A page against its own queries, run again without anything around them.

    As its first reader gets it after a change, and as the next ones do.
    """
    client = Client()

    def first() -> float:
        kept.forget()
        return again()

    def read() -> None:
        answer = client.get(address)
        if answer.status_code != 200:
            raise RuntimeError(f"{address} is answered with {answer.status_code}")

    def again() -> float:
        return timed(read)

    first()
    kept.forget()
    with asked() as queries:
        again()
    seconds, repeated, bare = in_turn(
        first, again, lambda: timed(lambda: run_all(queries)), least=5, most=15
    )
    peer = f"its {len(queries)} queries"
    yield Row(f"{work}, first reader", database.kind, database.cases, seconds, peer, bare, 3.0)
    yield Row(f"{work}, next readers", database.kind, database.cases, repeated, peer, bare, 3.0)


def _case_address(*, largest: bool = False) -> str:
    cases = Case.objects.published().annotate(n=Count("statements"))
    cases = cases.order_by("-n", "slug") if largest else cases.filter(n=12).order_by("slug")
    return f"/cases/{cases.first().slug}/"


def _document_address() -> str:
    edition = Edition.objects.defer("content").select_related("document").order_by("ref").first()
    return f"/documents/{edition.document.code}/{edition.code}/"

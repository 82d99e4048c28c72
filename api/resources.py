"""The addresses of the API and what each gives.

Every list begins with what readers may see: the selections and tables of the pages and files.
"""

from collections.abc import Callable, Mapping
from datetime import UTC
from typing import Annotated, Any

from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponsePermanentRedirect
from django.urls import reverse
from django.utils import translation
from ninja import NinjaAPI, Path, Schema
from pydantic import Field, create_model

from api import asking
from api.answering import answer, last_change, problem
from api.asking import PAGING
from api.description import answers
from api.paging import Order
from api.rows import (
    ActorNameRow,
    ActorRow,
    CaseRow,
    CountryRow,
    DocumentRow,
    EvidenceRow,
    FindingRow,
    PassageRow,
    QuotationRow,
    StatementRow,
    TermRow,
    as_json,
    rows_of,
)
from cases import codebook, gone, models
from cases.addresses import LANGUAGES, absolute, in_languages
from cases.exports import TABLES
from cases.expressions import Bytewise
from cases.filters import DEFAULT_ORDER, InvalidQuery, select_cases
from cases.findings import select_findings
from cases.models import (
    Actor,
    ActorName,
    Case,
    Country,
    Document,
    Edition,
    Passage,
    Quotation,
    Statement,
    StatementQuotation,
    Term,
)
from cases.querysets import is_published
from cases.views.actors import is_called
from releases import store

api = NinjaAPI(
    title="Preventive diplomacy cases",
    version="1",
    urls_namespace="api",
    openapi_url=None,
    docs_url=None,
)
METHODS = ["GET", "HEAD"]
SLUG, WORD = "^[-a-zA-Z0-9_]+$", "^[^/\\u0000]+$"


def _path(what: str, pattern: str) -> Any:
    """A part of an address, as the description tells of it."""
    return Annotated[
        str,
        Field(json_schema_extra={"format": what, "pattern": pattern, "minLength": 1}),
    ]


CaseSlug, ActorCode = _path("case-slug", SLUG), _path("actor-code", SLUG)
SchemeCode, TermCode = _path("scheme-code", SLUG), _path("term-code", SLUG)
DocumentCode, EditionCode = _path("document-code", WORD), _path("edition-code", WORD)
FindingKey = _path("finding-key", "^[^\\u0000]+$")
ReleaseName = _path("release-name", "^[a-z0-9.-]+$")
# In what order rows are paged that readers ask for in no order of their own: along an index.
OF_STATEMENTS = Order("statements", ("case_id", "order", "id"), indexed=True)
OF_EVIDENCE = Order("evidence", ("statement__case_id", "statement_id", "order", "id"), indexed=True)
OF_PASSAGES = Order("passages", ("order", "id"))
OF_CODES = Order("codes", (Bytewise("code").asc(),))
OF_COUNTRIES = Order("countries", ("alpha3",))
OF_TERMS = Order("terms", (Bytewise("scheme").asc(), "order", Bytewise("code").asc()))


class Addresses(Schema):
    """The page of a record in each language."""

    en: str
    fa: str
    ar: str


class EditionOfDocument(Schema):
    """A version of a document in one language, as a file that was received."""

    code: str
    ref: str
    language: str
    title: str | None = Field(..., description="As printed.")
    file_name: str
    sha256: str = Field(..., description="The fingerprint of the file's bytes.")
    passages: str = Field(..., description="The address of its passages.")


class Scheme(Schema):
    """A vocabulary: its code, and its name and meaning in three languages."""

    code: str
    label_en: str
    label_fa: str
    label_ar: str
    definition_en: str
    definition_fa: str
    definition_ar: str
    terms: str = Field(..., description="The address of its terms.")


class Resource(Schema):
    """One of the lists of the API."""

    name: str
    address: str


class Region(Schema):
    """A region of the UN's M49 list; `parent` is the one around it."""

    code: str
    m49: str
    parent: str | None
    name_en: str
    name_fa: str
    name_ar: str


class FileOfRelease(Schema):
    """A file of a release; `path` is its name within the release."""

    path: str
    size: int = Field(..., description="In bytes.")
    sha256: str
    address: str


class ReleaseRow(Schema):
    """All published data as of one moment, in files that never change again."""

    name: str
    made_on: str = Field(..., description="In UTC.", json_schema_extra={"format": "date-time"})
    schema_version: str = Field(..., description="That of the columns of its files.")
    counts: dict[str, int] = Field(..., description="Rows by table.")
    archive: FileOfRelease = Field(..., description="The whole as one file.")


class ReleaseList(Schema):
    items: list[ReleaseRow]


class WholeRelease(Schema):
    """A release and its files."""

    release: ReleaseRow
    files: list[FileOfRelease]
    pages: Addresses


class Index(Schema):
    items: list[Resource]


class SchemeList(Schema):
    items: list[Scheme]


class RegionList(Schema):
    items: list[Region]


class WholeCase(Schema):
    """A case with all that is said of it and the words that this stands on."""

    case: CaseRow
    statements: list[StatementRow]
    quotations: list[QuotationRow] = Field(
        ..., description="The words that the statements name in their column quotations."
    )
    pages: Addresses


class WholeFinding(Schema):
    """A finding and the words that it stands on."""

    finding: FindingRow
    quotations: list[QuotationRow]
    pages: Addresses


class WholeDocument(Schema):
    """A document and its editions."""

    document: DocumentRow
    editions: list[EditionOfDocument]
    pages: Addresses


class WholeActor(Schema):
    """An actor and all of its names."""

    actor: ActorRow
    names: list[ActorNameRow]
    pages: Addresses


class WholeTerm(Schema):
    """A term."""

    term: TermRow
    pages: Addresses


def _pages_of(item: type[Schema]) -> type[Schema]:
    """The type of a page of rows."""
    following = Field(..., description="The address of the next page; null on the last.")
    name = f"{item.__name__}Page"
    return create_model(
        name, __base__=Schema, items=(list[item], ...), next=(str | None, following)
    )


def _operation(
    path: str, name: str, model: type[Schema], filters=None, *, also=(), dated: bool = True
) -> Callable:
    """Registers a view at an address: what it gives, and what may be asked of it.

    `filters` are the form fields of a list, None for one record; `also` are the statuses that it
    may answer with besides those of every address; `dated` says whether it has a Last-Modified.
    """
    parameters, headers = [], ["ETag", *(["Last-Modified"] if dated else [])]
    if filters is not None:
        parameters = asking.parameters(filters) + asking.paging_parameters()

    def registered(view: Callable) -> Callable:
        return api.api_operation(
            METHODS,
            path,
            response=model,
            url_name=name,
            operation_id=name,
            summary=view.__doc__.splitlines()[0],
            openapi_extra={"parameters": parameters, "responses": answers(headers, also)},
        )(view)

    return registered


def _list(name: str, model: type[Schema], filters: Mapping | None = None) -> Callable:
    return _operation(name, name, _pages_of(model), filters or {})


def _listed(
    request, table: str, rows: QuerySet, order: Order, public: QuerySet | None = None
) -> HttpResponse:
    """A page of the rows of a table, with the address of the next.

    `public` is all that readers may see, where the databases would rather look through everything
    that the filters leave than read the rows of one page.
    """
    limit, cursor = asking.limit_of(request.GET), request.GET.get("cursor")
    page = order.page(rows, limit, cursor)
    items: list[dict[str, Any]] = []
    if page.keys:
        chosen = (rows if public is None else public).filter(pk__in=page.keys)
        found = TABLES[table].rows(chosen, False).order_by(*order.by)
        items = list(as_json(TABLES[table], found))
    following = None
    if page.cursor:
        params = request.GET.copy()
        params["cursor"] = page.cursor
        following = absolute(f"{request.path}?{params.urlencode()}")
    response = answer(request, {"items": items, "next": following}, changed=last_change())
    if following:
        response["Link"] = f'<{following}>; rel="next"'
    return response


def _whole(request, data: dict[str, Any], page: str, *codes: str) -> HttpResponse:
    """One record with the addresses of its page."""
    data["pages"] = in_languages(reverse(page, args=codes))
    return answer(request, data, changed=last_change())


def _one(table: str, chosen: QuerySet, what: str) -> dict[str, Any]:
    rows = rows_of(table, chosen)
    if not rows:
        raise Http404(f"There is no such {what}.")
    return rows[0]


def _quotations(statements: QuerySet) -> list[dict[str, Any]]:
    """The words that statements stand on, each once."""
    told = StatementQuotation.objects.filter(statement__in=statements.order_by().values("pk"))
    return rows_of("quotations", Quotation.objects.filter(pk__in=told.values("quotation")))


def _ask(form, request) -> dict[str, Any]:
    asking.refuse_empty(request.GET)
    return asking.asked(form, request.GET)


def _cases(request, *refused: str):
    asking.refuse_empty(request.GET)
    asking.refuse(request.GET, *refused)
    return select_cases(request.GET, also_known=PAGING)


def _listed_of_cases(request, table: str, order: Order, public: QuerySet) -> HttpResponse:
    """A page of what belongs to the cases asked for, case by case."""
    selected = _cases(request, "order").cases
    if place := order.place(request.GET.get("cursor")):
        # The databases would look each of the earlier cases up to find that it is behind us.
        selected = selected.filter(pk__gte=place[0])
    return _listed(request, table, TABLES[table].public(selected), order, public)


@_operation("", "index", Index, dated=False)
def index(request):
    """The lists that there are, and the description of the API."""
    _ask(asking.NoQuery, request)
    items = [{"name": name, "address": absolute(reverse(f"api:{name}"))} for name in LISTS]
    return answer(request, {"items": items})


@_list("cases", CaseRow, asking.CASE_FILTERS)
def cases(request):
    """Published cases, as in cases.csv, in the order asked for."""
    selection = _cases(request)
    order = selection.asked.get("order")
    # Cases are the more relevant only where there are words to be relevant to.
    is_usual = "q" not in selection.asked and order in (None, "relevance", DEFAULT_ORDER)
    name = f"cases {DEFAULT_ORDER if is_usual else order}"
    by = selection.cases.query.order_by
    return _listed(request, "cases", selection.cases, Order(name, by, indexed=is_usual))


@_operation("cases/{slug:slug}", "case", WholeCase, also=(301, 404, 410))
def case(request, slug: Path[CaseSlug]):
    """One case whole: its row, its statements and the words that they stand on."""
    _ask(asking.NoQuery, request)
    found = Case.objects.published().filter(slug=slug)
    rows = rows_of("cases", found)
    if not rows:
        if now := gone.case_now(slug):
            return HttpResponsePermanentRedirect(absolute(reverse("api:case", args=[now])))
        if gone.is_withdrawn(slug):
            return problem(410, "This case was published once and then withdrawn.")
        raise Http404("There is no such case.")
    told = Statement.objects.filter(case__in=found.values("pk"))
    whole = {"case": rows[0], "statements": rows_of("statements", told)}
    return _whole(request, whole | {"quotations": _quotations(told)}, "case", slug)


@_list("statements", StatementRow, asking.FILTERS_OF_CASES)
def statements(request):
    """The statements of the cases asked for, case by case, as in statements.csv."""
    return _listed_of_cases(request, "statements", OF_STATEMENTS, Statement.objects.public())


@_list("evidence", EvidenceRow, asking.FILTERS_OF_CASES)
def evidence(request):
    """Each statement of the cases asked for with each stretch of words behind it."""
    public = StatementQuotation.objects.filter(is_published("statement__case__"))
    return _listed_of_cases(request, "evidence", OF_EVIDENCE, public)


@_list("findings", FindingRow, asking.FINDING_FILTERS)
def findings(request):
    """What the documents say of no single case, as in findings.csv."""
    asking.refuse_empty(request.GET)
    selection = select_findings(request.GET, also_known=PAGING)
    order = Order(f"findings {selection.asked.get('order')}", selection.findings.query.order_by)
    return _listed(request, "findings", selection.findings, order)


@_operation("findings/{path:key}", "finding", WholeFinding, also=(404,))
def finding(request, key: Path[FindingKey]):
    """One finding and the words that it stands on."""
    _ask(asking.NoQuery, request)
    found = Statement.objects.findings().filter(key=key)
    whole = {"finding": _one("findings", found, "finding"), "quotations": _quotations(found)}
    return _whole(request, whole, "finding", key)


@_list("documents", DocumentRow)
def documents(request):
    """The documents that were read or are cited."""
    _ask(asking.PageQuery, request)
    return _listed(request, "documents", Document.objects.all(), OF_CODES)


@_operation("documents/{code}", "document", WholeDocument, also=(404,))
def document(request, code: Path[DocumentCode]):
    """One document and its editions."""
    _ask(asking.NoQuery, request)
    whole: dict[str, Any] = {
        "document": _one("documents", Document.objects.filter(code=code), "document")
    }
    there = Edition.objects.filter(document__code=code).order_by("ref")
    columns = ("code", "ref", "language", "title", "file_name", "sha256")
    whole["editions"] = [
        row
        | {
            "title": row["title"] or None,
            "passages": absolute(reverse("api:passages", args=[code, row["code"]])),
        }
        for row in there.values(*columns)
    ]
    return _whole(request, whole, "document", code)


@_operation(
    "documents/{code}/editions/{edition}/passages",
    "passages",
    _pages_of(PassageRow),
    {},
    also=(404,),
)
def passages(request, code: Path[DocumentCode], edition: Path[EditionCode]):
    """The passages of an edition in the order of the text, each whole and as printed."""
    _ask(asking.PageQuery, request)
    there = Edition.objects.filter(document__code=code, code=edition)
    key = there.values_list("pk", flat=True).first()
    if key is None:
        raise Http404("There is no such edition.")
    return _listed(request, "passages", Passage.objects.filter(edition=key), OF_PASSAGES)


@_operation("schemes", "schemes", SchemeList, dated=False)
def schemes(request):
    """The vocabularies, in the order in which a case is told."""
    _ask(asking.NoQuery, request)
    columns = [name for name in Scheme.model_fields if name not in ("code", "terms")]
    terms = absolute(reverse("api:terms"))
    items = [
        {"code": each.group}
        | {name: getattr(each, name) for name in columns}
        | {"terms": f"{terms}?scheme={each.group}"}
        for each in codebook.groups("terms")
    ]
    return answer(request, {"items": items})


@_list("terms", TermRow, asking.TermQuery.base_fields)
def terms(request):
    """The terms of the vocabularies, retired ones too."""
    rows, asked = Term.objects.all(), _ask(asking.TermQuery, request)
    if wanted := asked.get("scheme"):
        rows = rows.filter(scheme__in=wanted)
    return _listed(request, "terms", rows, OF_TERMS)


@_operation("terms/{slug:scheme}/{slug:code}", "term", WholeTerm, also=(404,))
def term(request, scheme: Path[SchemeCode], code: Path[TermCode]):
    """One term."""
    _ask(asking.NoQuery, request)
    chosen = Term.objects.filter(id=f"{scheme}:{code}")
    return _whole(request, {"term": _one("terms", chosen, "term")}, "term", scheme, code)


@_list("actors", ActorRow, asking.ActorQuery.base_fields)
def actors(request):
    """The actors, narrowed by words of their names and by type."""
    rows, asked = Actor.objects.public(), _ask(asking.ActorQuery, request)
    if wanted := asked.get("type"):
        rows = rows.filter(type__in=[f"actor_type:{code}" for code in wanted])
    if question := asked.get("q"):
        named = rows.prefetch_related("names")
        rows = rows.filter(pk__in=[each.pk for each in named if is_called(each, question)])
    return _listed(request, "actors", rows, OF_CODES)


@_operation("actors/{slug:code}", "actor", WholeActor, also=(301, 404))
def actor(request, code: Path[ActorCode]):
    """One actor and all of its names."""
    _ask(asking.NoQuery, request)
    found = Actor.objects.public().filter(code=code)
    rows = rows_of("actors", found)
    if not rows and (now := gone.actor_now(code)):
        return HttpResponsePermanentRedirect(absolute(reverse("api:actor", args=[now])))
    if not rows:
        raise Http404("There is no such actor.")
    names = rows_of("actor_names", ActorName.objects.filter(actor__in=found))
    return _whole(request, {"actor": rows[0], "names": names}, "actor", code)


@_list("countries", CountryRow)
def countries(request):
    """The countries, with the regions that they lie in and their names."""
    _ask(asking.PageQuery, request)
    return _listed(request, "countries", Country.objects.all(), OF_COUNTRIES)


@_operation("regions", "regions", RegionList)
def regions(request):
    """The regions that countries lie in, and regions lie in, with their names."""
    _ask(asking.NoQuery, request)
    items = []
    for region in models.Region.objects.order_by("code"):
        item = {"code": region.code, "m49": region.m49, "parent": region.parent_id}
        for language in LANGUAGES:
            with translation.override(language):
                item[f"name_{language}"] = str(region)
        items.append(item)
    return answer(request, {"items": items}, changed=last_change())


def _release(found: store.Release) -> dict[str, Any]:
    return {
        "name": found.name,
        "made_on": found.made_on.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "schema_version": found.schema_version,
        "counts": dict(found.counts),
        "archive": _file(found, found.archive),
    }


def _file(found: store.Release, file: store.File) -> dict[str, Any]:
    address = absolute(reverse("release-file", args=[found.name, file.path]))
    return {"path": file.path, "size": file.size, "sha256": file.sha256, "address": address}


@_operation("releases", "releases", ReleaseList, dated=False)
def releases(request):
    """The releases of the data, the newest first."""
    _ask(asking.NoQuery, request)
    return answer(request, {"items": [_release(each) for each in store.all_releases()]})


@_operation("releases/{name}", "release", WholeRelease, also=(404,), dated=False)
def release(request, name: Path[ReleaseName]):
    """One release and its files."""
    _ask(asking.NoQuery, request)
    if (found := store.find(name)) is None:
        raise Http404("There is no such release.")
    data = {"release": _release(found), "files": [_file(found, each) for each in found.files]}
    return answer(request, data | {"pages": in_languages(reverse("release", args=[name]))})


LISTS = (
    *("cases", "statements", "evidence", "findings", "documents", "schemes", "terms", "actors"),
    *("countries", "regions", "releases"),
)


@api.exception_handler(InvalidQuery)
def _invalid(request, error: InvalidQuery):
    return problem(400, "This address cannot be understood.", errors=error.errors)


@api.exception_handler(Http404)
def _missing(request, error: Http404):
    return problem(404, str(error))

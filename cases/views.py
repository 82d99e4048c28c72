"""Pages and files for readers; everything here begins with what is published."""

from dataclasses import dataclass

from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cases import exports
from cases.filters import (
    DATES,
    DEFAULT_ORDER,
    LAST_PAGE,
    ORDERS,
    TERM_FILTERS,
    InvalidQuery,
    select_cases,
)
from cases.models import (
    Actor,
    Case,
    CaseCountry,
    CaseRelation,
    Country,
    Document,
    Region,
    Statement,
    Term,
)
from cases.models.choices import Coverage
from cases.models.vocabulary import ALL_SCHEMES, SCHEMES

PER_PAGE = 20


def language() -> str:
    """The reader's language as its two letters."""
    return (get_language() or "en").split("-")[0]


@require_safe
def home(request):
    """The cases are the way in."""
    return redirect("case-list")


@dataclass(frozen=True)
class Option:
    """One value that a filter offers."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True)
class Facet:
    """One filter as the page shows it."""

    name: str
    label: str
    options: list[Option]

    @property
    def open(self) -> bool:
        return any(option.chosen for option in self.options)


@require_safe
def case_list(request):
    """The cases that the query string asks for, a page of them, and the filters to change it."""
    params = request.GET
    selection = select_cases(params, also_known=["page"], language=language())
    number = _page_number(params)
    pages = Paginator(selection.cases.for_list(), PER_PAGE)
    if number > pages.num_pages:
        raise Http404(_("There is no page %(number)s of these cases.") % {"number": number})
    return render(
        request,
        "cases/case_list.html",
        {
            "page": pages.page(number),
            "facets": _facets(selection.asked),
            "asked": {name: params.get(name, "") for name in ("q", "from", "to")},
            "dates": _options(DATES, [selection.asked.get("dates") or "possibly"]),
            "orders": _options(ORDERS, [selection.asked.get("order") or DEFAULT_ORDER]),
            "is_filtered": bool(set(selection.asked) - {"order", "dates"}),
            "files": _file_links("cases", _without(params, "page")),
        },
    )


def _page_number(params) -> int:
    word = params.get("page") or "1"
    number = word.lstrip("0")
    if not (number.isascii() and number.isdigit()):
        raise InvalidQuery({"page": [_("Write a number from 1 up.")]})
    # Not all of it: Python reads no number of more than 4,300 digits.
    if int(number[:9]) > LAST_PAGE:
        sentence = _("Pages run to %(last)s; the file holds all of these cases.")
        raise InvalidQuery({"page": [sentence % {"last": LAST_PAGE}]})
    return int(number)


def _without(params, *names) -> str:
    kept = params.copy()
    for name in names:
        kept.pop(name, None)
    return kept.urlencode()


def _file_links(name: str, query: str) -> list[tuple[str, str]]:
    """(label, address) of a table's files for the same query."""
    excel = f"{query}&for=excel" if query else "for=excel"
    return [
        ("CSV", f"/{name}.csv?{query}".rstrip("?")),
        (_("CSV for Excel"), f"/{name}.csv?{excel}"),
        ("XLSX", f"/{name}.xlsx?{query}".rstrip("?")),
        ("JSON", f"/{name}.json?{query}".rstrip("?")),
    ]


def _options(labels: dict, chosen) -> list[Option]:
    return [Option(value, str(label), value in chosen) for value, label in labels.items()]


def _facets(asked: dict) -> list[Facet]:
    """What can be chosen: values that published cases really have."""
    cases = Case.objects.published()
    told = Statement.objects.counted().filter(case__in=cases)
    terms: dict[str, dict[str, str]] = {}
    for term in Term.objects.filter(statements__in=told).distinct():
        terms.setdefault(term.scheme, {})[term.code] = str(term)
    types = Term.objects.filter(actors_of_type__statements__in=told).distinct()
    terms["actor_type"] = {term.code: str(term) for term in types}
    countries = Country.objects.filter(case_countries__case__in=cases).distinct()
    regions = set(countries.values_list("region", flat=True))
    regions |= set(Region.objects.filter(cases__in=cases).values_list("code", flat=True))
    regions = Region.objects.filter(code__in=regions)
    actors = Actor.objects.filter(statements__in=told).distinct().prefetch_related("names")
    quoted = Document.objects.filter(editions__passages__quotations__statements__in=told)
    named = Document.objects.filter(statements__in=told)
    documents = (quoted | named).distinct()
    choices = [
        ("region", _("Region"), {region.code: str(region) for region in regions}),
        ("country", _("Country"), {country.alpha3: str(country) for country in countries}),
        *((name, str(ALL_SCHEMES[name]), terms.get(name, {})) for name in TERM_FILTERS[:4]),
        ("actor", _("Actor"), {actor.code: str(actor) for actor in actors}),
        *(
            (name, str(ALL_SCHEMES[name]), terms.get(name, {}))
            for name in ("actor_type", "role", *TERM_FILTERS[4:])
        ),
        ("document", _("Document"), {document.code: str(document) for document in documents}),
        ("coverage", _("Coverage"), dict(Coverage.choices)),
    ]
    by_name = {"region", "country", "actor"}
    return [
        Facet(
            name,
            label,
            _options(
                dict(sorted(values.items(), key=lambda item: item[1]))
                if name in by_name
                else values,
                asked.get(name, ()),
            ),
        )
        for name, label, values in choices
    ]


@require_safe
def case_detail(request, slug):
    """One case with everything said of it and, beside each statement, its words."""
    public = Case.objects.published()
    related = CaseRelation.objects.filter(to__in=public).select_related("to")
    related_from = CaseRelation.objects.filter(case__in=public).select_related("case")
    cases = public.with_gap().prefetch_related(
        Prefetch("case_countries", CaseCountry.objects.select_related("country")),
        "regions",
        Prefetch("relations", related),
        Prefetch("related_from", related_from),
        Prefetch("statements", Statement.objects.for_page()),
    )
    case = Case.objects.originals().filter(slug=slug).only("review").first()
    if case is not None and case.review == "withdrawn":
        return error_page(
            request, 410, _("Withdrawn"), [_("This case was published once and then withdrawn.")]
        )
    case = get_object_or_404(cases, slug=slug)
    groups: dict[str, list[Statement]] = {scheme: [] for scheme in SCHEMES}
    for statement in case.statements.all():
        groups[statement.scheme].append(statement)
    return render(
        request,
        "cases/case_detail.html",
        {
            "case": case,
            "groups": [(s, SCHEMES[s], said) for s, said in groups.items() if said],
        },
    )


@require_safe
def finding_list(request):
    """What the documents say of no single case, by kind."""
    unknown = sorted(set(request.GET) - {"kind"})
    if unknown:
        raise InvalidQuery({name: [_("There is no such filter.")] for name in unknown})
    kinds = Term.objects.filter(scheme="finding")
    wanted = [kind for kind in request.GET.getlist("kind") if kind]
    known = {kind.code for kind in kinds}
    if bad := [kind for kind in wanted if kind not in known]:
        sentence = _("“%(code)s” is none of %(known)s.")
        known_words = ", ".join(sorted(known))
        raise InvalidQuery({"kind": [sentence % {"code": bad[0], "known": known_words}]})
    findings = Statement.objects.findings().for_page().order_by("order")
    if wanted:
        findings = findings.filter(term__in=[f"finding:{kind}" for kind in wanted])
    groups: dict[str, list[Statement]] = {}
    for finding in findings:
        groups.setdefault(finding.term_id, []).append(finding)
    return render(
        request,
        "cases/finding_list.html",
        {
            "groups": [(kind, groups[kind.id]) for kind in kinds if kind.id in groups],
            "kinds": [Option(kind.code, str(kind), kind.code in wanted) for kind in kinds],
            "count": sum(map(len, groups.values())),
            "files": _file_links("findings", ""),
        },
    )


@require_safe
def table_file(request, name, file_format):
    """A table as a file, of the cases that the query string asks for."""
    table, params = exports.TABLES[name], request.GET
    flavour = params.get("for", "")
    if flavour not in ("", "excel") or (flavour and file_format != "csv"):
        raise InvalidQuery({"for": [_("Only “excel” is possible here, and only for CSV.")]})
    if table.of_cases:
        cases = select_cases(params, also_known=["for"]).cases
    elif unknown := sorted(set(params) - {"for"}):
        raise InvalidQuery({key: [_("This file has no filters.")] for key in unknown})
    else:
        cases = None
    kind = flavour or file_format
    pieces = exports.write(table, kind, cases)
    response = StreamingHttpResponse(pieces, content_type=exports.CONTENT_TYPES[kind])
    response["Content-Disposition"] = f'attachment; filename="{name}.{file_format}"'
    return response


def error_page(request, status: int, title: str, sentences: list[str]):
    """A page that says what is wrong; plain text for whoever asked for a file."""
    if request.resolver_match and request.resolver_match.url_name == "file":
        body = "\n".join([f"{status} {title}", *sentences]) + "\n"
        return HttpResponse(body, status=status, content_type="text/plain; charset=utf-8")
    context = {"title": title, "sentences": sentences, "status": status}
    return render(request, "error.html", context, status=status)


def invalid_query(request, error: InvalidQuery):
    """400: what in the query string cannot be understood, parameter by parameter."""
    sentences = [f"{name}: {' '.join(said)}" for name, said in error.errors.items()]
    return error_page(request, 400, _("This address cannot be understood"), sentences)


def bad_request(request, exception=None):
    return error_page(request, 400, _("This address cannot be understood"), [])


def forbidden(request, exception=None):
    return error_page(request, 403, _("Not allowed"), [_("You may not do this here.")])


def not_found(request, exception=None):
    sentence = str(exception) if isinstance(exception, Http404) and exception.args else ""
    if not sentence or sentence.startswith(("{", "No ")):
        sentence = _("There is nothing at this address.")
    return error_page(request, 404, _("Not found"), [sentence])


def server_error(request):
    """500: no template with queries, since the database may be what failed."""
    return render(request, "500.html", status=500)

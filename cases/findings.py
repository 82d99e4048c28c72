"""The filters of the findings, which their page and their files share, and what each would leave.

They work as those of the cases do: values are codes, repeated values of one filter mean any of
them, different filters all of them; what is unknown is refused with a reason.
"""

from collections import defaultdict
from dataclasses import dataclass, field

import django_filters
from django.db.models import F, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.expressions import Bytewise
from cases.facets import Facet, Option
from cases.filters import CodesFilter, InvalidQuery, KnownParameters, ancestors
from cases.models import Document, Statement, StatementQuotation, Term
from cases.models.vocabulary import ALL_SCHEMES

ORDERS = {
    "kind": gettext_lazy("by kind"),
    "text": gettext_lazy("order of the text"),
}
DEFAULT_ORDER = "kind"
FACETS = ("kind", "tool", "success_element", "document")
# What a filter's values are terms of; a document is no term.
SCHEMES = {"kind": "finding", "tool": "tool", "success_element": "success_element"}
Values = dict[str, dict[int, set[str]]]


def _terms(name: str) -> CodesFilter:
    return CodesFilter(model=Term, lookup="id", prefix=f"{SCHEMES[name]}:", method="skip")


class FindingFilterSet(django_filters.FilterSet):
    """Findings by kind, by the tools and success elements they are about, and by document."""

    kind = _terms("kind")
    tool = _terms("tool")
    success_element = _terms("success_element")
    document = CodesFilter(model=Document, lookup="code", method="skip")
    order = django_filters.ChoiceFilter(
        choices=list(ORDERS.items()), method="skip", empty_label=None
    )

    class Meta:
        model = Statement
        fields = ()
        form = KnownParameters

    def get_form_class(self):
        form = super().get_form_class()
        form.repeatable = frozenset(FACETS)
        return form

    def skip(self, findings, name, value):
        """Answered in `select_findings`, which counts what each value would leave as well."""
        return findings


@dataclass(frozen=True)
class FindingSelection:
    """Findings that a query string selects, and how it was read.

    `values` maps a filter to the values that each finding has for it, broader terms included.
    """

    findings: QuerySet
    asked: dict = field(default_factory=dict)
    values: Values = field(default_factory=dict)

    def facets(self) -> list[Facet]:
        """Every filter with its values and, its own selection left out, their counts."""
        terms = list(Term.objects.filter(scheme__in=SCHEMES.values()).order_by("scheme", "order"))
        used = {code for codes in self.values["document"].values() for code in codes}
        documents = Document.objects.filter(code__in=used)
        labels = {"kind": _("Kind"), "document": _("Document")}
        facets = []
        for name in FACETS:
            if name == "document":
                offered = sorted((document.code, str(document), 0) for document in documents)
            else:
                offered = [
                    (term.code, str(term), 1 if term.broader_id else 0)
                    for term in terms
                    if term.scheme == SCHEMES[name]
                ]
            counts = self._counts(name)
            chosen = self.asked.get(name, ())
            options = [
                Option(code, label, counts[code], code in chosen, depth)
                for code, label, depth in offered
                if code in counts or code in chosen
            ]
            label = labels.get(name) or str(ALL_SCHEMES[name])
            facets.append(Facet(name, label, options))
        return facets

    def _counts(self, name: str) -> dict[str, int]:
        """What each value of a filter would leave; values that no finding has are not there."""
        others = {key: self.asked.get(key) for key in FACETS if key != name}
        left = _matching(self.values, others)
        counts: dict[str, int] = defaultdict(int)
        for finding, values in self.values[name].items():
            for value in values:
                counts[value] += 1 if finding in left else 0
        return counts


def select_findings(params: QueryDict, *, also_known=()) -> FindingSelection:
    """The findings that a query string asks for, or InvalidQuery saying what is wrong with it."""
    everything = Statement.objects.findings()
    filterset = FindingFilterSet(params, everything)
    filterset.form.also_known = frozenset(also_known)
    if not filterset.is_valid():
        raise InvalidQuery({name: list(said) for name, said in filterset.form.errors.items()})
    asked = {name: value for name, value in filterset.form.cleaned_data.items() if value}
    values = _values_of_findings()
    wanted = {name: asked.get(name) for name in FACETS}
    findings = everything
    if any(wanted.values()):
        findings = findings.filter(pk__in=_matching(values, wanted))
    findings = findings.with_place()
    place = ("first_text", "first_passage", "first_start")
    by_place = (*(F(name).asc(nulls_last=True) for name in place), "order", "pk")
    if (asked.get("order") or DEFAULT_ORDER) == "kind":
        findings = findings.order_by("term__order", Bytewise("term_id"), *by_place)
    else:
        findings = findings.order_by(*by_place)
    return FindingSelection(findings, asked, values)


def _matching(values: Values, wanted: dict[str, list[str] | None]) -> set[int]:
    """The findings that have one of the wanted values of every filter that wants any."""
    found = set(values["kind"])
    for name, codes in wanted.items():
        if codes:
            found &= {finding for finding, has in values[name].items() if has & set(codes)}
    return found


def _values_of_findings() -> Values:
    """Which values of each filter each finding has.

    All findings at once: there are hundreds of them, not hundreds of thousands, and one reading
    serves the selection and every count.
    """
    around = dict(Term.objects.filter(scheme__in=SCHEMES.values()).values_list("id", "broader_id"))
    findings = Statement.objects.findings().order_by()
    values: Values = {name: defaultdict(set) for name in FACETS}

    def add(name: str, finding: int, term: str) -> None:
        values[name][finding] |= {each.partition(":")[2] for each in ancestors(around, [term])}

    for finding, kind in findings.values_list("pk", "term_id"):
        add("kind", finding, kind)
    topics = findings.filter(about__scheme__in=("tool", "success_element"))
    for finding, term in topics.values_list("pk", "about__id"):
        add(term.partition(":")[0], finding, term)
    named = findings.filter(documents__isnull=False).values_list("pk", "documents__code")
    quoted = StatementQuotation.objects.filter(statement__in=findings).values_list(
        "statement_id", "quotation__passage__edition__document__code"
    )
    for finding, code in (*named, *quoted.distinct()):
        values["document"][finding].add(code)
    return values

"""The filters of the case list, which pages, files and everything else that selects cases share.

Values are codes. Repeated values of one filter: any of them; different filters: all of them. What
is unknown, doubled or unreadable is refused with a reason: a typo must not quietly show, or
export, everything.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import ProhibitNullCharactersValidator
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.lookups import IsNull
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases import edtf, search
from cases.expressions import Bytewise
from cases.models import (
    Actor,
    Case,
    CaseCountry,
    Country,
    Document,
    OldCode,
    Region,
    Statement,
    StatementActor,
    Term,
)
from cases.models.choices import PLACES, Coverage, Part, Scope
from cases.models.fields import why_no_date
from cases.near import meant, not_known

# Filters that are a scheme of terms, said by any statement of the case.
TERM_FILTERS = (
    *("situation", "trigger", "aim", "tool"),
    *("initiation", "un_role", "outcome", "success_element"),
)
# Filters of actors, which must meet in one statement.
MEETING = ("actor", "actor_type", "role")
DATES = {
    "possibly": gettext_lazy("possibly within"),
    "certainly": gettext_lazy("certainly within"),
}
ORDERS = {
    "relevance": gettext_lazy("relevance"),
    "start": gettext_lazy("earliest first"),
    "-start": gettext_lazy("latest first"),
    "title": gettext_lazy("title"),
    "place": gettext_lazy("place"),
    "-changed": gettext_lazy("last changed"),
}
DEFAULT_ORDER = "start"
LAST_PAGE = 100


class InvalidQuery(Exception):
    """A query string that cannot be understood; `errors` maps a parameter to its sentences."""

    def __init__(self, errors: dict[str, list[str]]):
        super().__init__("; ".join(f"{name}: {' '.join(said)}" for name, said in errors.items()))
        self.errors = errors


class CodesField(forms.Field):
    """Codes of rows of a model, each of which must exist.

    `lookup` is the column that holds the code; `prefix` is what the column has before it.
    """

    widget = forms.MultipleHiddenInput

    def __init__(self, *, model, lookup: str, prefix: str = "", **kwargs):
        self.model, self.lookup, self.prefix = model, lookup, prefix
        super().__init__(**kwargs)

    def to_python(self, value):
        return list(dict.fromkeys(code for code in value or [] if code))

    def clean(self, value):
        """Codes that name something today: of what was merged, the code that stands for it."""
        value = self.to_python(value)
        if not value:
            return value
        for code in value:
            ProhibitNullCharactersValidator()(code)
        wanted = {f"{self.prefix}{code}": code for code in value}
        # An actor that only drafts name is not known to readers, nor is its code offered to them.
        rows = self.model.objects.public() if self.model is Actor else self.model.objects.all()
        rows = rows.values_list(self.lookup, flat=True)
        known = set(rows.filter(**{f"{self.lookup}__in": list(wanted)}))
        old = {}
        if len(known) < len(wanted) and self.model is Actor:
            old = OldCode.objects.targets("actor", value)
        for full, code in wanted.items():
            if full not in known and code not in old:
                codes = [
                    row.removeprefix(self.prefix)
                    for row in rows.filter(**{f"{self.lookup}__startswith": self.prefix})
                ]
                raise ValidationError(not_known(code, codes))
        return list(dict.fromkeys(old.get(code, code) for code in value))


class CodesFilter(django_filters.Filter):
    """A repeatable filter whose values are codes of rows."""

    field_class = CodesField


class PeriodField(forms.CharField):
    """A date in EDTF (a year, a month, a season, a day …), cleaned to (earliest, latest)."""

    def to_python(self, value):
        try:
            # Direction marks alone are no text either.
            text = edtf.clean(super().to_python(value))
            return edtf.bounds(text) if text else None
        except edtf.EdtfError as error:
            raise ValidationError(why_no_date(error)) from error


class PeriodFilter(django_filters.Filter):
    field_class = PeriodField


class KnownParameters(forms.Form):
    """The form of the filters: nothing may be asked that is not among them."""

    repeatable: frozenset[str] = frozenset()
    also_known: frozenset[str] = frozenset()

    def clean(self):
        known = {*self.fields, *self.also_known}
        for name in self.data:
            if name not in known:
                hint = meant(name, sorted(known), most=1)
                self._refuse(name, _("There is no such filter.") + hint)
            elif name not in self.repeatable and len(self.data.getlist(name)) > 1:
                self._refuse(name, _("Only one value is possible."))
        first, last = self.cleaned_data.get("from"), self.cleaned_data.get("to")
        if first and last and first[0] > last[1]:
            self._refuse("from", _("The period ends before it starts."))
        return self.cleaned_data

    def _refuse(self, name: str, sentence: str) -> None:
        if name in self.fields:
            self.add_error(name, sentence)
        else:
            # Not a field of the form, so add_error would not take it.
            self._errors.setdefault(name, self.error_class()).append(sentence)


class ChosenField(forms.MultipleChoiceField):
    """Any of the choices; an empty value asks for nothing, as in every other filter."""

    def to_python(self, value):
        return [choice for choice in super().to_python(value) if choice]


class ChosenFilter(django_filters.MultipleChoiceFilter):
    field_class = ChosenField


def _choices(choices) -> django_filters.ChoiceFilter:
    return django_filters.ChoiceFilter(choices=choices, method="skip", empty_label=None)


class CaseFilterSet(django_filters.FilterSet):
    """Cases by what was said of them, where and when."""

    # SQLite takes conditions a thousand deep: two for each word, and a word may be one letter.
    q = django_filters.CharFilter(method="by_words", max_length=200)
    country = CodesFilter(model=Country, lookup="alpha3", method="by_country")
    region = CodesFilter(model=Region, lookup="code", method="by_region")
    situation = CodesFilter(model=Term, lookup="id", prefix="situation:", method="by_term")
    trigger = CodesFilter(model=Term, lookup="id", prefix="trigger:", method="by_term")
    aim = CodesFilter(model=Term, lookup="id", prefix="aim:", method="by_term")
    tool = CodesFilter(model=Term, lookup="id", prefix="tool:", method="by_term")
    actor = CodesFilter(model=Actor, lookup="code", method="skip")
    actor_type = CodesFilter(model=Term, lookup="id", prefix="actor_type:", method="skip")
    role = CodesFilter(model=Term, lookup="id", prefix="role:", method="skip")
    initiation = CodesFilter(model=Term, lookup="id", prefix="initiation:", method="by_term")
    un_role = CodesFilter(model=Term, lookup="id", prefix="un_role:", method="by_term")
    outcome = CodesFilter(model=Term, lookup="id", prefix="outcome:", method="by_term")
    success_element = CodesFilter(
        model=Term, lookup="id", prefix="success_element:", method="by_term"
    )
    document = CodesFilter(model=Document, lookup="code", method="by_document")
    coverage = ChosenFilter(choices=Coverage.choices)
    dates = _choices(list(DATES.items()))
    order = _choices(list(ORDERS.items()))

    class Meta:
        model = Case
        fields = ()
        form = KnownParameters

    def __init__(self, data, queryset, *, language: str):
        """`language` is that of the titles by which `order=title` sorts."""
        self.language = language
        super().__init__(data, queryset)

    @classmethod
    def get_filters(cls):
        """The declared filters and `from` and `to`: the first is a word of Python's own."""
        return super().get_filters() | {
            "from": PeriodFilter(method="skip"),
            "to": PeriodFilter(method="skip"),
        }

    def get_form_class(self):
        form = super().get_form_class()
        repeatable = (CodesFilter, django_filters.MultipleChoiceFilter)
        form.repeatable = frozenset(
            name for name, each in self.filters.items() if isinstance(each, repeatable)
        )
        return form

    def skip(self, cases, name, value):
        """Answered together with others in `filter_queryset`."""
        return cases

    def filter_queryset(self, queryset):
        return self.narrowed(queryset, self.form.cleaned_data)

    def narrowed(self, cases, asked: dict):
        """The cases that answer to these values, in the order that is asked for."""
        for name, value in asked.items():
            cases = self.filters[name].filter(cases, value)
        cases = self._by_actor(cases, asked)
        cases = self._by_period(cases, asked)
        order = self.ordering(asked)
        if order[0] == F("relevance").desc():
            cases = cases.annotate(relevance=search.relevance(asked["q"]))
        return cases.order_by(*order)

    def ordering(self, asked: dict) -> list:
        """The order that these values ask for, by relevance only where there are words."""
        order = asked.get("order") or "relevance"
        if order == "relevance" and not asked.get("q"):
            order = DEFAULT_ORDER
        return _ordering(order, self.language)

    def pairs(self, name: str, asked: dict) -> Iterable[tuple[str, int]]:
        """(value, case) of one of MEETING where it meets, in a statement, what the others ask."""
        others = {key: asked.get(key) for key in MEETING if key != name}
        column = {
            "actor": "actor__code",
            "actor_type": "actor__type",
            "role": "statement__term",
        }[name]
        parts = self.parts(others, by_role=name == "role").order_by()
        return parts.values_list(column, "statement__case").distinct()

    def by_words(self, cases, name, value):
        condition = search.matching(value)
        return cases.none() if condition is None else cases.filter(condition)

    def by_country(self, cases, name, value):
        """The scene of a case, or a side of it."""
        if not value:
            return cases
        places = CaseCountry.objects.filter(case=OuterRef("pk"), role__in=PLACES)
        return cases.filter(Exists(places.filter(country__in=value)))

    def by_region(self, cases, name, value):
        if not value:
            return cases
        regions = narrower(Region.objects.values_list("code", "parent_id"), value)
        places = CaseCountry.objects.filter(case=OuterRef("pk"), role__in=PLACES)
        named = Case.regions.through.objects.filter(case=OuterRef("pk"), region__in=regions)
        return cases.filter(Exists(places.filter(country__region__in=regions)) | Exists(named))

    def by_term(self, cases, name, value):
        if not value:
            return cases
        said = Statement.objects.counted().filter(
            case=OuterRef("pk"), scheme=name, term__in=_narrower_terms(name, value)
        )
        return cases.filter(Exists(said))

    def by_document(self, cases, name, value):
        """Documents whose words the case stands on, or that one of its statements names."""
        if not value:
            return cases
        told = Statement.objects.counted().filter(case=OuterRef("pk"))
        quoted = Q(quotations__passage__edition__document__code__in=value)
        return cases.filter(Exists(told.filter(quoted | Q(documents__code__in=value))))

    def _by_actor(self, cases, asked):
        """Actor, type of actor and role meet in one statement: who held this role was this one."""
        wanted = {name: asked.get(name) for name in MEETING}
        if not any(wanted.values()):
            return cases
        return cases.filter(Exists(self.parts(wanted).filter(statement__case=OuterRef("pk"))))

    @staticmethod
    def parts(wanted: dict, *, by_role: bool = False):
        """What actors did in statements, narrowed by actor, actor_type and role.

        Where roles are asked for (`by_role`: all of them), only who held the role counts, not for
        whom it was held.
        """
        parts = StatementActor.objects.exclude(statement__scope=Scope.PATTERN)
        if actors := wanted.get("actor"):
            parts = parts.filter(actor__code__in=actors)
        if types := wanted.get("actor_type"):
            parts = parts.filter(actor__type__in=_narrower_terms("actor_type", types))
        if by_role:
            parts = parts.filter(part=Part.BY, statement__scheme="role")
        if roles := wanted.get("role"):
            parts = parts.filter(part=Part.BY, statement__term__in=_narrower_terms("role", roles))
        return parts

    def _by_period(self, cases, asked):
        first, last = asked.get("from"), asked.get("to")
        if not (first or last):
            return cases
        period = first and first[0], last and last[1]
        if asked.get("dates") == "certainly":
            return cases.certainly_within(*period)
        return cases.possibly_within(*period)


def narrower(pairs, codes) -> set[str]:
    """The codes and all that lie under them; `pairs` are (code, code of its parent)."""
    children: dict[str, list[str]] = {}
    for code, parent in pairs:
        children.setdefault(parent, []).append(code)
    found, waiting = set(), list(codes)
    while waiting:
        code = waiting.pop()
        if code not in found:
            found.add(code)
            waiting += children.get(code, [])
    return found


def ancestors(around: dict[str, str | None], codes) -> set[str]:
    """The codes and all that lie around them; `around` maps each to the one around it."""
    found = set()
    for code in codes:
        while code and code not in found:
            found.add(code)
            code = around.get(code)
    return found


def _narrower_terms(scheme: str, codes) -> set[str]:
    terms = Term.objects.filter(scheme=scheme)
    rows = list(terms.values_list("id", "broader_id", "replaced_by"))
    # Who asks for a term that was replaced gets what stands for it now.
    pairs = [(term, broader) for term, broader, _now in rows]
    pairs += [(now, term) for term, _broader, now in rows if now]
    return narrower(pairs, [f"{scheme}:{code}" for code in codes])


def _ordering(order: str, language: str) -> list:
    """Undated cases come last whichever way; the slug settles ties, so that paging is stable.

    Whether a case is dated comes first and apart: only so does an index of SQLite give the order.
    """
    slug, undated = Bytewise("slug").asc(), IsNull(F("start_earliest"), True)
    if order == "relevance":
        return [F("relevance").desc(), undated, F("start_earliest").asc(), slug]
    if order == "start":
        return [undated, F("start_earliest").asc(), slug]
    if order == "-start":
        return [undated, F("start_earliest").desc(), slug]
    if order == "-changed":
        return [F("changed_on").desc(nulls_last=True), slug]
    if order == "title":
        return [Bytewise(f"title_order_{language}").asc(), slug]
    place = Bytewise(f"place_order_{language}").asc(nulls_last=True)
    return [place, undated, F("start_earliest").asc(), slug]


@dataclass(frozen=True)
class Selection:
    """Cases that a query string selects, and the filters it was read by."""

    cases: QuerySet
    filterset: CaseFilterSet
    asked: dict = field(default_factory=dict)


def select_cases(params: QueryDict, *, also_known=(), language: str = "en") -> Selection:
    """The published cases that a query string asks for, or InvalidQuery saying what is wrong.

    `also_known` are parameters that are no filters, such as `page`; `language` is that of the page
    on which they are shown (files have none, and sort as the English pages do).
    """
    filterset = CaseFilterSet(params, Case.objects.published(), language=language)
    filterset.form.also_known = frozenset(also_known)
    if not filterset.is_valid():
        raise InvalidQuery({name: list(said) for name, said in filterset.form.errors.items()})
    asked = {name: value for name, value in filterset.form.cleaned_data.items() if value}
    return Selection(filterset.qs, filterset, asked)

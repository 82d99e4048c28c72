"""How a row reads as plain data: columns, codes of other records, lists of codes, spans of text."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models import (
    Actor,
    Case,
    Country,
    Document,
    Edition,
    OldCode,
    Passage,
    Quotation,
    Region,
    Term,
)
from cases.near import written_alike

Data = dict[str, Any]
SHORT = 60  # a code, a date, one of a list


class Problem(NamedTuple):
    """Something wrong with incoming data: where it stands, and what to do about it.

    What `may_wait` is only missing as yet: a draft may be kept without it, as its form keeps it.
    """

    where: str
    what: str
    may_wait: bool = False

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


class Span(NamedTuple):
    """A stretch of a passage; its ref reads `S-2011-552/fa/p24/12-80`."""

    passage: str
    start: int
    end: int

    def __str__(self) -> str:
        return f"{self.passage}/{self.start}-{self.end}"

    @classmethod
    def parse(cls, ref: str) -> "Span | None":
        """The span that a ref names, or None if it is not the ref of a span."""
        # Nine digits: more is no place in a text, and more than a database's integers hold.
        found = re.fullmatch(r"(?P<passage>.+)/(?P<start>[0-9]{1,9})-(?P<end>[0-9]{1,9})", str(ref))
        return found and cls(found["passage"], int(found["start"]), int(found["end"]))


# For each kind of code: the model it names a row of, and the lookup that finds the code.
CODED = {
    "actor": (Actor, "code"),
    "country": (Country, "alpha3"),
    "document": (Document, "code"),
    "edition": (Edition, "ref"),
    "passage": (Passage, "ref"),
    "region": (Region, "code"),
    "term": (Term, "id"),
}

# Kinds whose code is their primary key: whoever names one has the code at hand.
OWN_CODE = frozenset(
    kind for kind, (model, lookup) in CODED.items() if model._meta.pk.name == lookup
)


# What a code names, in words.
_KINDS_IN_WORDS = {
    "actor": gettext_lazy("actor"),
    "case": gettext_lazy("case"),
    "country": gettext_lazy("country"),
    "document": gettext_lazy("document"),
    "edition": gettext_lazy("edition"),
    "passage": gettext_lazy("passage"),
    "quotation": gettext_lazy("quotation"),
    "region": gettext_lazy("region"),
    "term": gettext_lazy("term"),
}


class Index:
    """Finds rows by code, knowing also the records that are about to be written.

    Rows of most kinds are read once and kept. Of cases, passages and quotations there may be
    hundreds of thousands, so these are looked up by the codes that are asked for: `find` looks up
    many at once. `expect` announces codes that a load will bring, so that records may name one
    another whatever the order of the files.
    """

    def __init__(self):
        # By kind, the primary key of each code; None where there is no such row.
        self._rows: dict[str, dict[str, Any]] = {}
        self._expected: dict[str, set[str]] = {}
        self._texts: dict[str, str] = {}
        self._old: dict[str, dict[str, str]] = {}

    def expect(self, kind: str, codes: Iterable[str]) -> None:
        """Announce codes that will exist by the time of saving."""
        self._expected.setdefault(kind, set()).update(codes)

    def expect_texts(self, texts: dict[str, str]) -> None:
        """Announce passages that will exist, by ref."""
        self._texts.update(texts)
        self.expect("passage", texts)

    def find(self, kind: str, codes: Iterable[Any]) -> None:
        """Look these codes of "case", "passage" or "quotation" up, those that are not known yet."""
        rows = self._rows.setdefault(kind, {})
        # Asked one by one: to take the keys of `rows` away goes through all of them.
        asked = {code for code in codes if isinstance(code, str) and code not in rows}
        for some in _batches(asked):
            rows |= dict.fromkeys(some) | _found(kind, some)

    def find_texts(self, passages: Iterable[str]) -> None:
        """Read the texts of these passages, those that are not known yet."""
        for some in _batches(set(passages) - self._texts.keys()):
            self._texts.update(_rows_of("passage", some).values_list("ref", "text"))

    def add(self, kind: str, code: str, pk: Any) -> None:
        """A row that has just been written; kinds that nothing names are not kept."""
        if kind in _MANY:
            self._rows.setdefault(kind, {})[code] = pk
        elif kind in CODED:
            self._load(kind)[code] = pk

    def forget(self, *kinds: str) -> None:
        """Look these kinds up anew: their rows were written behind the index's back."""
        for kind in kinds:
            self._rows.pop(kind, None)

    def pk(self, kind: str, code: str) -> Any:
        """The primary key of the row with this code; it must exist."""
        found = self._row(kind, code)
        if found is None:
            raise KeyError(code)
        return found

    def current(self, kind: str, code: str) -> str:
        """The code that stands today for one of a record that was merged into another."""
        if kind not in self._old:
            self._old[kind] = OldCode.objects.targets(kind)
        return self._old[kind].get(code, code)

    def knows(self, kind: str, code: str) -> bool:
        """Whether a row with this code exists or is expected."""
        return code in self._expected.get(kind, ()) or self._row(kind, code) is not None

    def text(self, passage: str) -> str | None:
        """The text of a passage, or None if there is none with this ref."""
        self.find_texts([passage])
        return self._texts.get(passage)

    def near(self, kind: str, code: str) -> list[str]:
        """Codes like one that does not exist."""
        known = _in_the_same_text(kind, str(code)) if kind in _MANY else self._load(kind)
        return written_alike(str(code), sorted({*known, *self._expected.get(kind, ())}))

    def _row(self, kind: str, code: str) -> Any:
        if kind not in _MANY:
            return self._load(kind).get(code)
        if code not in self._rows.get(kind, ()):
            self.find(kind, [code])
        return self._rows[kind].get(code)

    def _load(self, kind: str) -> dict[str, Any]:
        if kind not in self._rows:
            model, lookup = CODED[kind]
            self._rows[kind] = dict(model.objects.values_list(lookup, "pk"))
        return self._rows[kind]


# Kinds of which there may be hundreds of thousands.
_MANY = ("case", "passage", "quotation")
_BATCH = 500  # few enough at a time for a database's limit of parameters


def _batches(codes: Iterable[str]) -> Iterator[list[str]]:
    """A few hundred at a time, without what no database can be asked for."""
    codes = sorted(filter(_can_be_asked, codes))
    for first in range(0, len(codes), _BATCH):
        yield codes[first : first + _BATCH]


def _can_be_asked(code: str) -> bool:
    """Whether it has neither NUL nor half of a letter, as a file of seeds may."""
    return "\0" not in code and not any("\ud800" <= letter <= "\udfff" for letter in code)


def _found(kind: str, codes: list[str]) -> dict[str, Any]:
    """The primary keys of those of these codes that there are, perhaps of others too."""
    if kind == "quotation":
        rows = _rows_of(kind, codes).values_list("passage__ref", "start", "end", "pk")
        return {str(Span(*row[:3])): row[3] for row in rows}
    return dict(_rows_of(kind, codes).values_list("slug" if kind == "case" else "ref", "pk"))


def _rows_of(kind: str, codes: list[str]) -> models.QuerySet:
    if kind == "case":
        return Case.objects.originals().filter(slug__in=codes)
    if kind == "passage":
        return Passage.objects.order_by().filter(ref__in=codes)
    spans = [span for code in codes if (span := Span.parse(code))]
    passages, starts = {span.passage for span in spans}, {span.start for span in spans}
    return Quotation.objects.order_by().filter(passage__ref__in=passages, start__in=starts)


def _in_the_same_text(kind: str, code: str) -> Iterable[str]:
    """What may have been meant: a case, a passage of the edition, a quotation of the passage."""
    if kind == "case":
        return Case.objects.originals().values_list("slug", flat=True)
    if not _can_be_asked(code):
        return ()
    within = code.rpartition("/")[0]
    if kind == "passage":
        passages = Passage.objects.filter(edition__ref=within)
        return (passages if passages else Passage.objects).values_list("ref", flat=True)
    rows = Quotation.objects.filter(passage__ref=within).values_list("passage__ref", "start", "end")
    return (str(Span(*row)) for row in rows)


def plain(value: Any) -> Any:
    """A value as JSON and YAML know it."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    return value


def is_empty(value: Any) -> bool:
    """Nothing worth keeping in canonical data: zero and False are values."""
    return value is None or value == "" or value == [] or value == {}


def unknown_code(index: Index, kind: str, code: Any) -> str:
    """The sentence for a code that names nothing."""
    words = {"code": repr(code), "kind": _KINDS_IN_WORDS[kind]}
    if near := index.near(kind, code):
        words["near"] = _(" or ").join(near)
        return _("%(code)s is not a known %(kind)s; did you mean %(near)s?") % words
    return _("%(code)s is not a known %(kind)s.") % words


def no_list(value: Any) -> str:
    """The sentence for what should be a list."""
    return _("%(value)s must be a list.") % {"value": repr(value)}


def clean_value(column: models.Field, value: Any) -> Any:
    """The value as the column keeps it, as plain data; ValidationError says what is allowed."""
    if is_empty(value):
        if column.has_default():
            # Stored rows show their defaults, so a file that leaves them out must show them too.
            return plain(column.get_default())
        if column.blank:
            return None
        raise ValidationError(_("is missing."))
    if column.choices and value not in (allowed := [code for code, _label in column.flatchoices]):
        sentence = _("%(value)s is not one of %(known)s.")
        known = ", ".join(map(str, allowed))
        raise ValidationError(sentence % {"value": repr(value), "known": known})
    if isinstance(column, (models.CharField, models.TextField)) and not isinstance(value, str):
        sentence = _("%(value)s must be text: put it in quotation marks.")
        raise ValidationError(sentence % {"value": repr(value)})
    value = column.clean(value, None)
    if isinstance(column, models.DecimalField):
        value = value.quantize(Decimal(1).scaleb(-column.decimal_places))
    return plain(value)


def _clean(column: models.Field, value: Any) -> Any:
    """The same; short texts and nothing at all, which come thousands of times, are kept in mind."""
    is_short = value is None or (type(value) is str and len(value) <= SHORT)
    return _kept_clean(column, value) if is_short else clean_value(column, value)


_kept_clean = lru_cache(maxsize=10_000)(clean_value)


@dataclass(frozen=True)
class Shape:
    """Which columns of a model a record shows, in canonical order."""

    model: type[models.Model]
    columns: tuple[str, ...] = ()
    codes: dict[str, str] = field(default_factory=dict)  # column → kind of the record it names
    lists: dict[str, str] = field(default_factory=dict)  # list of codes → their kind

    def keys(self) -> set[str]:
        """The keys that data of this shape may have."""
        return set(self._keys)

    @cached_property
    def _keys(self) -> frozenset[str]:
        return frozenset([*self.columns, *self.codes, *self.lists])

    def read(self, data: Data, where: str, index: Index, problems: list[Problem], more=()) -> Data:
        """Canonical data; everything wrong with it is added to `problems`."""
        if not isinstance(data, dict):
            sentence = _("%(value)s must be a mapping of keys to values.")
            problems.append(Problem(where, sentence % {"value": repr(data)}))
            return {}
        allowed = self._keys.union(more) if more else self._keys
        for key in data:
            if key not in allowed:
                near = written_alike(str(key), sorted(allowed), 1)
                if near:
                    sentence = _("unknown key %(key)s; did you mean %(near)s?")
                else:
                    sentence = _("unknown key %(key)s; use %(known)s.")
                words = {"key": repr(key), "known": ", ".join(sorted(allowed))}
                words["near"] = "".join(near)
                problems.append(Problem(where, sentence % words))
        result: Data = {}
        for name in self.columns:
            try:
                value = _clean(self.model._meta.get_field(name), data.get(name))
            except ValidationError as error:
                problems.append(Problem(f"{where}, {name}", " ".join(error.messages)))
                continue
            if not is_empty(value):
                result[name] = value
        for name, kind in self.codes.items():
            code = data.get(name)
            if isinstance(code, str):
                code = index.current(kind, code)
            if is_empty(code):
                if not self.model._meta.get_field(name).null:
                    problems.append(Problem(f"{where}, {name}", _("is missing.")))
            elif not isinstance(code, str) or not index.knows(kind, code):
                problems.append(Problem(f"{where}, {name}", unknown_code(index, kind, code)))
            else:
                result[name] = code
        for name, kind in self.lists.items():
            codes = data.get(name) or []
            if not isinstance(codes, list):
                problems.append(Problem(f"{where}, {name}", no_list(codes)))
                continue
            for code in codes:
                if not isinstance(code, str) or not index.knows(kind, index.current(kind, code)):
                    problems.append(Problem(f"{where}, {name}", unknown_code(index, kind, code)))
                elif codes.count(code) > 1:
                    sentence = _("%(value)s stands there twice.") % {"value": repr(code)}
                    problems.append(Problem(f"{where}, {name}", sentence))
            if codes:
                now = (index.current(kind, code) for code in codes if isinstance(code, str))
                result[name] = list(dict.fromkeys(now))
        return result

    def dump(self, row: models.Model) -> Data:
        """Canonical data of a stored row (its lists aside: they need prefetched relations)."""
        result: Data = {}
        for name in self.columns:
            value = plain(getattr(row, name))
            if not is_empty(value):
                result[name] = value
        for name, kind in self.codes.items():
            if kind in OWN_CODE:
                code = getattr(row, f"{name}_id")
            elif related := getattr(row, name):
                code = related.slug if kind == "case" else getattr(related, CODED[kind][1])
            else:
                code = None
            if code:
                result[name] = code
        return result

    def assign(self, row: models.Model, data: Data, index: Index, *, leave: str = "") -> None:
        """Set the row's columns from canonical data, but codes of the kind `leave`."""
        for name in self.columns:
            column = self.model._meta.get_field(name)
            value = data.get(name)
            if value is None:
                value = column.get_default()
            setattr(row, name, column.to_python(value))
        for name, kind in self.codes.items():
            if kind != leave:
                code = data.get(name)
                setattr(row, f"{name}_id", code and index.pk(kind, code))


def read_rows(
    shape: Shape, rows: Any, where: str, index: Index, problems: list[Problem]
) -> list[Data]:
    """Canonical data of a list of rows below a record."""
    if not isinstance(rows or [], list):
        problems.append(Problem(where, no_list(rows)))
        return []
    return [
        shape.read(row, f"{where} {place}", index, problems)
        for place, row in enumerate(rows or [], start=1)
    ]


def read_span(ref: Any, where: str, index: Index, problems: list[Problem]) -> Span | None:
    """The span a ref names, if its passage has that many characters."""
    span = Span.parse(ref) if isinstance(ref, str) else None
    text = span and index.text(span.passage)
    if span is None:
        sentence = _("%(value)s is no place such as S-2011-552/fa/p24/12-80.")
        problems.append(Problem(where, sentence % {"value": repr(ref)}))
    elif text is None:
        problems.append(Problem(where, unknown_code(index, "passage", span.passage)))
    elif not 0 <= span.start < span.end <= len(text):
        sentence = _("%(ref)s: the passage has %(n)s characters, so no such place.")
        problems.append(Problem(where, sentence % {"ref": ref, "n": len(text)}))
    else:
        return span
    return None

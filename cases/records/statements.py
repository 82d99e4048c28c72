"""Statements as plain data: below a case, or alone as findings."""

from collections import Counter
from collections.abc import Iterable, Iterator

from django.db import router
from django.db.models import F, Model, Prefetch, QuerySet, prefetch_related_objects
from django.utils.translation import gettext as _

from cases.compiled import asked_again
from cases.models import (
    Document,
    Statement,
    StatementActor,
    StatementQuotation,
    Term,
)
from cases.models.choices import Part, Scope, Support
from cases.models.fields import update_each
from cases.models.statements import breaches
from cases.models.vocabulary import ABSENCE_CODES, HEADER_SCHEMES, WORDLESS_TERMS
from cases.records.shapes import Data, Index, Problem, Shape, Span, is_empty, plain

SHAPE = Shape(
    Statement,
    (
        "key",
        "when",
        "scope",
        "support",
        "phase",
        "horizon",
        "attribution",
        "effect",
        "quantity",
        "place",
        "note_en",
        "note_fa",
        "note_ar",
    ),
    {"term": "term", "assessed_by": "document"},
    {
        **dict.fromkeys(Part.values, "actor"),
        "documents": "document",
        "about": "term",
        "quotations": "quotation",
    },
)


def rows() -> QuerySet:
    """Statements with all that `dump` touches."""
    read = Statement.objects.select_related("assessed_by").prefetch_related(*_listed())
    return read.order_by("order", "id")


def _listed() -> list[Prefetch]:
    """The lists of statements as plain lists: a manager for every row and list takes long."""
    # Within its statement alone: their own order asks for that of the statements too.
    parts = StatementActor.objects.only("statement", "part").order_by("order", "id")
    evidence = StatementQuotation.objects.only("statement").order_by("order", "id")
    evidence = evidence.annotate(
        passage_ref=F("quotation__passage__ref"),
        start=F("quotation__start"),
        end=F("quotation__end"),
    )
    documents = Document.objects.only("code").order_by("code")
    topics = Term.objects.only("id").order_by("id")
    tools = Statement.objects.only("key").order_by("key")
    return [
        Prefetch("parts", parts.annotate(code=F("actor__code")), to_attr="stored_parts"),
        Prefetch("evidence", evidence, to_attr="stored_evidence"),
        Prefetch("documents", documents, to_attr="stored_documents"),
        Prefetch("about", topics, to_attr="stored_about"),
        Prefetch("credited_to", tools, to_attr="stored_credit"),
    ]


def dump(row: Statement) -> Data:
    """Canonical data of a stored statement."""
    return SHAPE.dump(row) | _lists(row)


def dump_of_cases(cases: Iterable[int]) -> dict[int, list[Data]]:
    """What `dump` gives of the statements of these cases, by case and in their order.

    Read as plain values: models of thousands of statements, which nobody changes, take many times
    as long as their values.
    """
    cases, alias = list(cases), router.db_for_write(Statement)
    names = [*SHAPE.columns, "term", "assessed_by"]
    by_case: dict[int, list[Data]] = {}
    by_pk: dict[int, Data] = {}
    for pk, case, *values in asked_again(_of_cases, cases, alias):
        stored = zip(names, map(plain, values), strict=True)
        by_pk[pk] = data = {name: value for name, value in stored if not is_empty(value)}
        by_case.setdefault(case, []).append(data)
    if not by_pk:
        return by_case
    for pk, part, code in asked_again(_parts_of, cases, alias):
        by_pk[pk].setdefault(part, []).append(code)
    for name, query in _CODES_OF.items():
        for pk, code in asked_again(query, cases, alias):
            by_pk[pk].setdefault(name, []).append(code)
    for pk, *place in asked_again(_words_of, cases, alias):
        by_pk[pk].setdefault("quotations", []).append(str(Span(*place)))
    return by_case


def _of_cases(ids) -> QuerySet:
    rows = Statement.objects.filter(case__in=ids).order_by("order", "id")
    return rows.values_list("pk", "case", *SHAPE.columns, "term", "assessed_by__code")


def _parts_of(ids) -> QuerySet:
    rows = StatementActor.objects.filter(statement__case__in=ids).order_by("order", "id")
    return rows.values_list("statement", "part", "actor__code")


def _documents_of(ids) -> QuerySet:
    rows = CITED.objects.filter(statement__case__in=ids).order_by("document__code")
    return rows.values_list("statement", "document__code")


def _topics_of(ids) -> QuerySet:
    rows = ABOUT.objects.filter(statement__case__in=ids).order_by("term")
    return rows.values_list("statement", "term")


def _credit_of(ids) -> QuerySet:
    rows = CREDIT.objects.filter(from_statement__case__in=ids).order_by("to_statement__key")
    return rows.values_list("from_statement", "to_statement__key")


def _words_of(ids) -> QuerySet:
    rows = StatementQuotation.objects.filter(statement__case__in=ids).order_by("order", "id")
    places = (f"quotation__{name}" for name in ("passage__ref", "start", "end"))
    return rows.values_list("statement", *places)


_CODES_OF = {"documents": _documents_of, "about": _topics_of, "credited_to": _credit_of}


def _lists(row: Statement) -> Data:
    """The lists of a statement as they were read; a new one has none."""
    if not hasattr(row, "stored_parts"):
        return {}
    result: Data = {}
    for part in row.stored_parts:
        result.setdefault(part.part, []).append(part.code)
    lists = {
        "documents": [document.code for document in row.stored_documents],
        "about": [term.id for term in row.stored_about],
        "credited_to": [tool.key for tool in row.stored_credit],
        "quotations": [
            str(Span(each.passage_ref, each.start, each.end)) for each in row.stored_evidence
        ],
    }
    return result | {name: codes for name, codes in lists.items() if codes}


def read(
    data: Data, where: str, index: Index, problems: list[Problem], *, of_draft: bool = False
) -> Data:
    """Canonical form of one incoming statement."""
    rest = {key: value for key, value in data.items() if key != "credited_to"}
    rest.setdefault("scope", Scope.THIS_CASE.value)
    result = SHAPE.read(rest, where, index, problems)
    for name in ("documents", "about"):
        if name in result:
            result[name] = sorted(result[name])
    tools = data.get("credited_to") or []
    if not isinstance(tools, list) or not all(isinstance(key, str) for key in tools):
        sentence = _("%(value)s must be a list of keys.") % {"value": repr(tools)}
        problems.append(Problem(f"{where}, credited_to", sentence))
    elif len(set(tools)) < len(tools):
        problems.append(Problem(f"{where}, credited_to", _("the same key stands there twice.")))
    elif tools:
        result["credited_to"] = sorted(tools)
    if "term" in result:
        problems += _problems_of(result, where, of_draft)
    return result


def _problems_of(data: Data, where: str, of_draft: bool) -> list[Problem]:
    """The rules that a single statement breaks, and what it lacks, which a draft may."""
    broken = [Problem(where, what) for what in _broken_rules(data)]
    return broken + [Problem(where, what, of_draft) for what in _lacks(data)]


def read_of_case(
    items,
    where: str,
    index: Index,
    problems: list[Problem],
    *,
    of_draft: bool = False,
    stored: Iterable[Data] = (),
) -> list[Data]:
    """Canonical form of all statements of a case, with the rules that hold between them.

    Those that are as they are `stored` have their canonical form: rules alone are asked of them.
    """
    if not isinstance(items or [], list):
        problems.append(Problem(f"{where}, statements", _("must be a list.")))
        return []
    results = []
    there = {data["key"]: data for data in stored}
    for place, data in enumerate(items or [], start=1):
        if isinstance(data, dict) and "key" in data:
            name = data["key"]
        else:
            name = _("number %(n)s") % {"n": place}
        if not isinstance(data, dict):
            problems.append(Problem(f"{where}, {named(name)}", _("must be a mapping.")))
            continue
        if isinstance(name, str) and there.get(name) == data:
            for problem in _problems_of(data, "", of_draft):
                problems.append(problem._replace(where=f"{where}, {named(name)}"))
            results.append(data)
            continue
        here = f"{where}, {named(name)}"
        results.append(read(data, here, index, problems, of_draft=of_draft))
    keys = Counter(statement.get("key") for statement in results)
    for key, count in keys.items():
        if count > 1:
            sentence = _("this key stands %(n)s times.") % {"n": count}
            problems.append(Problem(f"{where}, {named(key)}", sentence))
    for statement in results:
        if statement.get("term", "").startswith("finding:"):
            here = f"{where}, {named(statement.get('key'))}"
            problems.append(Problem(here, _("a finding belongs to no case.")))
    problems += [Problem(f"{where}, {named(key)}", what) for key, what in credit_breaches(results)]
    problems += [Problem(where, f"{scheme}: {what}") for scheme, what in absence_breaches(results)]
    return results


def named(key) -> str:
    """How problems name a statement of a case."""
    return _("statement %(key)s") % {"key": key}


def credit_breaches(items: list[Data]) -> list[tuple[str, str]]:
    """(key, sentence) of outcomes that are credited to what is no tool of their case."""
    tools = {s.get("key") for s in items if s.get("term", "").startswith("tool:")}
    sentence = _("credited_to: %(key)r is no tool statement of this case.")
    return [
        (statement.get("key", ""), sentence % {"key": key})
        for statement in items
        for key in statement.get("credited_to", [])
        if key not in tools
    ]


def absence_breaches(items: list[Data]) -> list[tuple[str, str]]:
    """(scheme, sentence) of header schemes that say at once something and that there is nothing."""
    found = []
    for scheme in HEADER_SCHEMES:
        codes = codes_of(items, scheme)
        if len(codes) > 1 and not set(ABSENCE_CODES).isdisjoint(codes):
            found.append((scheme, _("an absence code never stands beside another code.")))
    return found


def codes_of(items: list[Data], scheme: str) -> list[str]:
    """The codes of one scheme that statements say."""
    terms = [statement.get("term", "").partition(":") for statement in items]
    return [code for owner, _colon, code in terms if owner == scheme]


def breaches_of(data: Data) -> list[str]:
    """Rules that a single statement breaks: those of its columns, and those of its lists."""
    return [*_broken_rules(data), *_lacks(data)]


def missing_of(data: Data) -> list[str]:
    """Which of «words» and «actors» a statement still needs; a draft may be without them."""
    term = data["term"]
    found = []
    is_silent = term in WORDLESS_TERMS or data.get("support") == Support.EDITOR_INFERENCE
    if not is_silent and not data.get("quotations"):
        found.append("words")
    if term.startswith(("role:", "tool:")) and not any(data.get(part) for part in Part.values):
        found.append("actors")
    return found


def _lacks(data: Data) -> list[str]:
    missing = missing_of(data)
    if not missing:
        return []
    sentences = {
        "words": _("no words: quote the source, or mark it editor_inference."),
        "actors": _("%(scheme)s without an actor.") % {"scheme": data["term"].partition(":")[0]},
    }
    return [sentences[name] for name in missing]


def _broken_rules(data: Data) -> list[str]:
    term = data["term"]
    scheme = term.partition(":")[0]
    found = [str(sentence) for sentence in breaches(data)]
    found += [
        _("%(column)s is only for %(scheme)s.") % {"column": name, "scheme": owner}
        for name, owner in (("credited_to", "outcome"), ("about", "finding"))
        if name in data and scheme != owner
    ]
    if term in WORDLESS_TERMS and "quotations" in data:
        sentence = _("%(term)s says that the source is silent: leave quotations out.")
        found.append(sentence % {"term": term})
    return found


def assign(row: Statement, data: Data, index: Index) -> None:
    """Set the row's own columns."""
    SHAPE.assign(row, data, index)
    row.scheme = data["term"].partition(":")[0]


def write(case, items: list[Data], index: Index) -> None:
    """Make the statements of a case exactly these, keeping the rows that have not changed."""
    # A case that was read to be changed has them at hand; a new one has none.
    there = list(case.statements.all())
    prefetch_related_objects(there, *_listed())
    stored = {row.key: row for row in there}
    wanted = {data["key"] for data in items}
    if gone := [row.pk for key, row in stored.items() if key not in wanted]:
        Statement.objects.filter(pk__in=gone).delete()
    new, old, touched = [], [], []
    for place, data in enumerate(items):
        row = stored.get(data["key"])
        if row and row.order == place and dump(row) == data:
            continue
        if row is None:
            row = Statement(case=case)
            new.append(row)
        else:
            old.append(row)
        assign(row, data, index)
        row.order = place
        touched.append((row, data))
    update_each(old)
    Statement.objects.bulk_create(new)
    link(touched, index)


def link(pairs: list[tuple[Statement, Data]], index: Index) -> None:
    """Write what hangs on statements whose rows exist: actors, words, documents, credit."""
    before = {row.pk: _lists(row) for row, _data in pairs}
    for names, through, owner, made_of in LINKS:
        changed = [
            (row, data)
            for row, data in pairs
            if any(before[row.pk].get(name, []) != data.get(name, []) for name in names)
        ]
        if gone := [row.pk for row, _data in changed if set(names) & set(before[row.pk])]:
            through.objects.filter(**{f"{owner}__in": gone}).delete()
        through.objects.bulk_create(
            [link for row, data in changed for link in made_of(row, data, index)]
        )


def _parts(row: Statement, data: Data, index: Index) -> Iterator[StatementActor]:
    for part in Part.values:
        for place, code in enumerate(data.get(part, [])):
            actor = index.pk("actor", code)
            yield StatementActor(statement=row, actor_id=actor, part=part, order=place)


def _evidence(row: Statement, data: Data, index: Index) -> Iterator[StatementQuotation]:
    for place, ref in enumerate(data.get("quotations", [])):
        quotation = index.pk("quotation", ref)
        yield StatementQuotation(statement=row, quotation_id=quotation, order=place)


def _documents(row: Statement, data: Data, index: Index) -> Iterator[Model]:
    for code in data.get("documents", []):
        yield CITED(statement=row, document_id=index.pk("document", code))


def _about(row: Statement, data: Data, index: Index) -> Iterator[Model]:
    for term in data.get("about", []):
        yield ABOUT(statement=row, term_id=term)


def _credit(row: Statement, data: Data, index: Index) -> Iterator[Model]:
    if keys := data.get("credited_to"):
        tools = Statement.objects.filter(case=row.case_id, key__in=keys)
        ids = dict(tools.values_list("key", "pk"))
        for key in keys:
            yield CREDIT(from_statement_id=row.pk, to_statement_id=ids[key])


CREDIT, CITED = Statement.credited_to.through, Statement.documents.through
ABOUT = Statement.about.through
# The lists of a statement: their names, the rows that keep them, their owner in these, how to make.
LINKS = (
    (tuple(Part.values), StatementActor, "statement", _parts),
    (("quotations",), StatementQuotation, "statement", _evidence),
    (("documents",), CITED, "statement", _documents),
    (("about",), ABOUT, "statement", _about),
    (("credited_to",), CREDIT, "from_statement", _credit),
)

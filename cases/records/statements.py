"""Statements as plain data: below a case, or alone as findings."""

from collections import Counter

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _

from cases.models import (
    Document,
    Statement,
    StatementActor,
    StatementQuotation,
    Term,
)
from cases.models.choices import Part, Scope, Support
from cases.models.statements import breaches
from cases.models.vocabulary import ABSENCE_CODES, HEADER_SCHEMES, WORDLESS_TERMS
from cases.records.shapes import Data, Index, Problem, Shape

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
    return (
        Statement.objects.select_related("term", "assessed_by")
        .prefetch_related(
            Prefetch("parts", StatementActor.objects.select_related("actor")),
            Prefetch("evidence", StatementQuotation.objects.select_related("quotation__passage")),
            Prefetch("documents", Document.objects.order_by("code")),
            Prefetch("about", Term.objects.order_by("id")),
            Prefetch("credited_to", Statement.objects.order_by("key")),
        )
        .order_by("order", "id")
    )


def dump(row: Statement) -> Data:
    """Canonical data of a stored statement."""
    result = SHAPE.dump(row)
    for part in row.parts.all():
        result.setdefault(part.part, []).append(part.actor.code)
    lists = {
        "documents": [document.code for document in row.documents.all()],
        "about": [term.id for term in row.about.all()],
        "credited_to": [tool.key for tool in row.credited_to.all()],
        "quotations": [str(evidence.quotation) for evidence in row.evidence.all()],
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
        problems += [Problem(where, what) for what in _broken_rules(result)]
        problems += [Problem(where, what, of_draft) for what in _lacks(result)]
    return result


def read_of_case(
    items, where: str, index: Index, problems: list[Problem], *, of_draft: bool = False
) -> list[Data]:
    """Canonical form of all statements of a case, with the rules that hold between them."""
    if not isinstance(items or [], list):
        problems.append(Problem(f"{where}, statements", _("must be a list.")))
        return []
    results = []
    for place, data in enumerate(items or [], start=1):
        number = _("number %(n)s") % {"n": place}
        name = data.get("key", number) if isinstance(data, dict) else number
        if not isinstance(data, dict):
            problems.append(Problem(f"{where}, {named(name)}", _("must be a mapping.")))
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
    sentences = {
        "words": _("no words: quote the source, or mark it editor_inference."),
        "actors": _("%(scheme)s without an actor.") % {"scheme": data["term"].partition(":")[0]},
    }
    return [sentences[name] for name in missing_of(data)]


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
    stored = {row.key: row for row in case.statements.all()}
    wanted = {data["key"] for data in items}
    Statement.objects.filter(
        pk__in=[row.pk for key, row in stored.items() if key not in wanted]
    ).delete()
    new, touched = [], []
    for place, data in enumerate(items):
        row = stored.get(data["key"])
        if row and row.order == place and dump(row) == data:
            continue
        if row is None:
            row = Statement(case=case)
            new.append(row)
        assign(row, data, index)
        row.order = place
        if row.pk:
            row.save()
        touched.append((row, data))
    Statement.objects.bulk_create(new)
    link(touched, index)


def link(pairs: list[tuple[Statement, Data]], index: Index) -> None:
    """Write actors, documents, words and credit of statements whose rows exist."""
    ids = [row.pk for row, _data in pairs]
    through = Statement.credited_to.through, Statement.documents.through, Statement.about.through
    credit, documents, about = through
    StatementActor.objects.filter(statement__in=ids).delete()
    StatementQuotation.objects.filter(statement__in=ids).delete()
    credit.objects.filter(from_statement__in=ids).delete()
    documents.objects.filter(statement__in=ids).delete()
    about.objects.filter(statement__in=ids).delete()
    parts, evidence, owed, cited, topics = [], [], [], [], []
    for row, data in pairs:
        parts += [
            StatementActor(statement=row, actor_id=index.pk("actor", code), part=part, order=place)
            for part in Part.values
            for place, code in enumerate(data.get(part, []))
        ]
        evidence += [
            StatementQuotation(statement=row, quotation_id=index.pk("quotation", ref), order=place)
            for place, ref in enumerate(data.get("quotations", []))
        ]
        cited += [
            documents(statement=row, document_id=index.pk("document", code))
            for code in data.get("documents", [])
        ]
        topics += [about(statement=row, term_id=term) for term in data.get("about", [])]
        if data.get("credited_to"):
            tools = dict(
                Statement.objects.filter(case=row.case_id, key__in=data["credited_to"]).values_list(
                    "key", "pk"
                )
            )
            owed += [
                credit(from_statement_id=row.pk, to_statement_id=tools[key])
                for key in data["credited_to"]
            ]
    StatementActor.objects.bulk_create(parts)
    StatementQuotation.objects.bulk_create(evidence)
    documents.objects.bulk_create(cited)
    about.objects.bulk_create(topics)
    credit.objects.bulk_create(owed)

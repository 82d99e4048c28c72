"""Records for tests, each from one call; what a test does not say is plain and valid."""

from itertools import count

from django.utils import timezone

from cases import index
from cases.models import (
    Actor,
    ActorName,
    Case,
    CaseCountry,
    Country,
    Document,
    Edition,
    Erratum,
    ErratumPlace,
    Passage,
    Quotation,
    Reference,
    Region,
    Statement,
    StatementActor,
    StatementQuotation,
    Term,
)

_number = count(1)


def make_term(name="tool:mediation", **changed) -> Term:
    """A term by its id, such as `tool:mediation`; the same call twice gives the same term."""
    scheme, code = name.split(":")
    label = code.replace("_", " ")
    values = {f"label_{language}": label for language in ("en", "fa", "ar")}
    defaults = {"scheme": scheme, "code": code, "definition_en": f"What {label} is."}
    return Term.objects.get_or_create(id=name, defaults=defaults | values | changed)[0]


def make_region(code="africa", m49="002", parent=None) -> Region:
    return Region.objects.get_or_create(code=code, defaults={"m49": m49, "parent": parent})[0]


COUNTRIES = {
    "GIN": ("GN", "324", "western_africa", "011"),
    "KEN": ("KE", "404", "eastern_africa", "014"),
    "LBR": ("LR", "430", "western_africa", "011"),
    "KGZ": ("KG", "417", "central_asia", "143"),
}


def make_country(alpha3="GIN") -> Country:
    """One of COUNTRIES, in its region."""
    alpha2, m49, region, region_m49 = COUNTRIES[alpha3]
    continent = make_region("asia", "142") if region == "central_asia" else make_region()
    defaults = {
        "alpha2": alpha2,
        "m49": m49,
        "region": make_region(region, region_m49, continent),
        "longitude": "-10.50",
        "latitude": "10.40",
    }
    return Country.objects.get_or_create(alpha3=alpha3, defaults=defaults)[0]


def make_actor(code=None, *, name=None, type="regional_organization", **changed) -> Actor:
    code = code or f"actor-{next(_number)}"
    actor, new = Actor.objects.get_or_create(
        code=code, defaults={"type": make_term(f"actor_type:{type}")} | changed
    )
    if new:
        ActorName.objects.create(actor=actor, language="en", name=name or code.upper())
    return actor


def make_document(code=None, **changed) -> Document:
    code = code or f"S-2011-{next(_number)}"
    defaults = {"kind": "report", "title_en": f"Report {code}", "symbol": code.replace("-", "/")}
    return Document.objects.get_or_create(code=code, defaults=defaults | changed)[0]


def make_passage(
    text="The envoy mediated in Conakry in 2009.", *, code="p24", edition=None, kind="paragraph"
):
    """A passage of an edition (a new English one unless given)."""
    if edition is None:
        document = make_document()
        edition = Edition.objects.create(
            document=document,
            code="en",
            ref=f"{document.code}/en",
            language="en",
            file_name="report.txt",
            content=b"text",
            sha256=f"{next(_number):064d}",
        )
    return Passage.objects.create(
        edition=edition,
        code=code,
        ref=f"{edition.ref}/{code}",
        kind=kind,
        number=code[1:],
        order=next(_number),
        text=text,
        lines=[1, 1],
    )


def make_quotation(words=None, passage=None, **changed) -> Quotation:
    """Words of a passage (all of it unless given)."""
    passage = passage or make_passage()
    start = passage.text.index(words) if words else 0
    end = start + len(words) if words else len(passage.text)
    values = {"translation_en": "What it says.", "translated_by": "person"} | changed
    return Quotation.objects.create(passage=passage, start=start, end=end, **values)


OUTCOME = {"horizon": "at_close", "attribution": "credited"}


def make_statement(
    case, term="tool:mediation", *, by=(), quotations=None, indexed=True, **changed
) -> Statement:
    """A statement with its words (a new quotation unless given) and the actors that did it.

    Its case is indexed anew unless `indexed` is false, which spares time where many are made.
    """
    scheme = term.split(":")[0]
    values = {"key": f"k{next(_number)}", "order": next(_number), "support": "states"}
    if term.endswith((":not_stated", ":not_applicable")):
        values["support"] = ""
        quotations = [] if quotations is None else quotations
    elif scheme == "outcome":
        values |= OUTCOME | {"assessed_by": make_document("S-2011-552")}
    elif scheme == "success_element":
        values["effect"] = "helped"
    statement = Statement.objects.create(case=case, term=make_term(term), **(values | changed))
    for order, actor in enumerate(by):
        actor = make_actor(actor) if isinstance(actor, str) else actor
        StatementActor.objects.create(statement=statement, actor=actor, part="by", order=order)
    for order, quotation in enumerate([make_quotation()] if quotations is None else quotations):
        StatementQuotation.objects.create(statement=statement, quotation=quotation, order=order)
    if case is not None and indexed:
        index.refresh([case.slug])
    return statement


def make_case(slug=None, *, countries=("GIN",), terms=(), **changed) -> Case:
    """A published case with statements of the given terms, ready to be searched."""
    slug = slug or f"case-{next(_number)}"
    title = slug.replace("-", " ").title()
    values = {f"title_{language}": title for language in ("en", "fa", "ar")}
    values |= {"coverage": "named_only", "review": "published"} | changed
    if values["review"] == "published":
        values.setdefault("published_on", timezone.now())
    if original := values.get("working_copy_of"):
        values.setdefault("base_version", original.version)
    case = Case.objects.create(slug=slug, **values)
    for order, alpha3 in enumerate(countries):
        CaseCountry.objects.create(case=case, country=make_country(alpha3), order=order)
    for term in terms:
        make_statement(case, term, indexed=False)
    index.refresh([slug])
    return case


def make_edition(code="S-2011-552", language="fa") -> Edition:
    """An edition without passages, of a document that is made where it is missing."""
    return Edition.objects.create(
        document=make_document(code),
        code=language,
        ref=f"{code}/{language}",
        language=language,
        title="As printed",
        file_name="text.txt",
        content=b"",
        sha256=f"{next(_number):064d}",
        furniture=[{"line": 3, "text": "Photo credit"}],
        warnings=["footnote 9 breaks off: «… and»"],
    )


PASSAGE_KINDS = {
    "p": "paragraph",
    "n": "footnote",
    "h": "heading",
    "a": "abstract",
    "f": "front",
}


def add_passage(edition, code, text, *, calls=(), section=None, number=None) -> Passage:
    """The next passage of an edition; its code says of what kind it is."""
    return Passage.objects.create(
        edition=edition,
        section=section,
        code=code,
        ref=f"{edition.ref}/{code}",
        kind=PASSAGE_KINDS[code[0]],
        number=number or (code[1:] if code[0] in "pn" else ""),
        order=edition.passages.count(),
        text=text,
        lines=[1, 1],
        calls=list(calls),
    )


SENTENCE = "سازمان ملل متحد از طریق گروه خود در فیجی از تلاش ها برای ادامه مکالمه پشتیبانی کرد."


def make_text_of_fiji() -> Edition:
    """A heading and two paragraphs, which share some words; the second is SENTENCE."""
    edition = make_edition()
    add_passage(edition, "h1", "اقیانوسیه")
    add_passage(edition, "p33", "گروه‌های کشوری <در> فیجی کار می کنند.")
    add_passage(edition, "p34", SENTENCE)
    return edition


def _place(passage, words) -> dict:
    start = passage.text.index(words)
    return {"passage": passage, "start": start, "end": start + len(words)}


def make_misprint(passage, words, **changed) -> ErratumPlace:
    """Words of a passage that must be read otherwise."""
    values = {
        "kind": "name",
        "printed": words,
        "reading": "Conakry",
        "why_en": "There is no such town.",
        "basis": "same_text",
        "certainty": "certain",
    } | changed
    code = f"erratum-{next(_number)}"
    erratum = Erratum.objects.create(code=code, edition=passage.edition, **values)
    return ErratumPlace.objects.create(erratum=erratum, **_place(passage, words))


def make_reference(passage, words, document, kind="cites") -> Reference:
    """Words of a passage that refer to a document."""
    return Reference.objects.create(document=document, kind=kind, **_place(passage, words))

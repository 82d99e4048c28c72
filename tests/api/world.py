"""Records for the tests of the API: public ones, and others full of a word that must not show."""

from datetime import UTC, datetime

from cases.models import (
    ActorName,
    Case,
    CaseCountry,
    CaseRelation,
    OldCode,
    StatementActor,
)
from tests.factories import (
    make_actor,
    make_case,
    make_country,
    make_document,
    make_passage,
    make_quotation,
    make_region,
    make_statement,
    make_term,
)

MARK = "zzmarked"
RELEASE = "2026-01"
# What there is for each format of the description.
KNOWN = {
    "case-slug": ["guinea-2009", "kenya-2008", "old-guinea", "nowhere"],
    "actor-code": ["au", "kofi-annan"],
    "release-name": [RELEASE, "2025-12"],
    "country-code": ["GIN", "KEN", "LBR"],
    "region-code": ["africa", "western_africa"],
    "document-code": ["accord", "S-2009-1"],
    "edition-code": ["en", "fa"],
    "finding-key": ["lesson-1", "no/such"],
    "scheme-code": ["tool", "event"],
    "term-code": ["mediation", "nothing"],
    "situation-code": ["electoral"],
    "trigger-code": ["coup"],
    "aim-code": ["prevent_conflict"],
    "tool-code": ["mediation", "secondment"],
    "actor_type-code": ["individual", "regional_organization"],
    "role-code": ["lead_mediator"],
    "initiation-code": ["not_stated"],
    "un_role-code": ["lead"],
    "outcome-code": ["agreement_reached"],
    "success_element-code": ["timeliness"],
    "kind-code": ["lesson"],
    "finding-code": ["lesson"],
    "edtf": ["2008", "2009-01", "2008-23", "2010-02-03"],
}


def make_world() -> Case:
    """Three public cases, one of which has something in every column; what is hidden is marked."""
    guinea = _guinea()
    kenya = make_case("kenya-2008", countries=["KEN"], start="2008/..", internal_notes=MARK)
    make_statement(kenya, "tool:mediation", by=["kofi-annan"], when="2008-02")
    make_case("undated", countries=[], coverage="substantial")
    finding = make_statement(None, "finding:lesson", key="lesson-1", by=["au"], when="2010")
    finding.about.add(make_term("tool:mediation"))
    make_statement(None, "finding:lesson", key="lesson-2", note_en="A lesson.")
    OldCode.objects.create(kind="case", code="old-guinea", target="guinea-2009")
    OldCode.objects.create(kind="actor", code="old-au", target="au")
    make_hidden(guinea)
    return guinea


def _guinea() -> Case:
    au, annan = make_actor("au", name="African Union"), make_actor("kofi-annan", type="individual")
    ActorName.objects.create(actor=au, language="fa", name="اتحادیهٔ آفریقا")
    accord = make_document("accord", kind="agreement", date="2009-05", issuer=au)
    edition_of = make_document("S-2009-1")
    passage = make_passage('The envoy came, "mediated", and left.', edition=_edition(edition_of))
    came, mediated = make_quotation("The envoy came", passage), make_quotation("and left", passage)
    case = make_case(
        "guinea-2009",
        title_fa="گینه",
        title_ar="",
        summary_en='He said "no"; then yes.',
        start="2008-12-23",
        end="2010",
        coverage="substantial",
        version=3,
        internal_notes=MARK,
        coded_by=MARK,
        published_on=datetime(2020, 1, 2, 3, 4, 5, 678901, tzinfo=UTC),
        changed_on=datetime(2021, 6, 7, 8, 9, 10, tzinfo=UTC),
    )
    CaseCountry.objects.create(case=case, country=make_country("LBR"), role="at_risk", order=2)
    CaseCountry.objects.create(case=case, country=make_country("KEN"), role="party", order=1)
    case.regions.add(make_region("western_africa"))
    CaseRelation.objects.create(case=case, to=make_case("guinea-2008"), kind="follows")
    for number, term in enumerate(("situation:electoral", "trigger:coup", "aim:prevent_conflict")):
        make_statement(case, term, key=f"s{number}", quotations=[came])
    make_statement(case, "initiation:not_stated", key="i1")
    make_statement(case, "un_role:lead", key="u1", quotations=[came])
    make_statement(case, "role:lead_mediator", key="r1", by=[annan, au], quotations=[mediated])
    make_statement(case, "event:coup", key="v1", when="2008-12-23", phase="opening")
    more = {"quantity": "more than 40", "place": "Conakry", "note_en": "A note; with a semicolon"}
    tool = make_statement(
        *(case, "tool:mediation"),
        **{"key": "t1", "when": "2009-01", "by": [annan], "quotations": [mediated, came]} | more,
    )
    for part in ("with", "on_behalf_of", "in_support_of", "at_request_of", "towards", "subject"):
        StatementActor.objects.create(statement=tool, actor=au, part=part)
    outcome = make_statement(case, "outcome:agreement_reached", key="o1", assessed_by=accord)
    outcome.credited_to.add(tool)
    outcome.documents.add(accord)
    make_statement(case, "success_element:timeliness", key="e1", quotations=[came])
    make_statement(case, "tool:secondment", key="general", by=[annan], scope="pattern")
    return case


def _edition(document):
    return document.editions.create(
        code="en",
        ref=f"{document.code}/en",
        language="en",
        file_name="report.txt",
        content=MARK.encode(),
        sha256="0" * 64,
        warnings=[MARK],
    )


def make_hidden(public: Case) -> None:
    """Cases in each state that readers do not see, a working copy, and an actor of these alone."""
    for review in ("draft", "in_review"):
        _marked(f"{MARK}-{review}", public, review=review)
    _marked("gone", public, review="withdrawn")
    _marked(public.slug, public, review="draft", working_copy_of=public)


def _marked(slug: str, public: Case, **changed) -> Case:
    languages = ("en", "fa", "ar")
    texts = {f"{name}_{each}": MARK for name in ("title", "summary") for each in languages}
    hidden = make_actor(f"{MARK}-actor", name=MARK, type="individual", note_en=MARK)
    case = make_case(
        slug, countries=["KGZ"], internal_notes=MARK, coded_by=MARK, start="2009", **texts | changed
    )
    quotation = make_quotation(translation_en=MARK)
    texts = dict.fromkeys(("quantity", "place", "note_en", "note_fa", "note_ar"), MARK)
    make_statement(
        case, "tool:secondment", key=f"{MARK}-t", by=[hidden], quotations=[quotation], **texts
    )
    CaseRelation.objects.create(case=public, to=case, kind="parallel")
    CaseRelation.objects.create(case=case, to=public, kind="part_of")
    return case

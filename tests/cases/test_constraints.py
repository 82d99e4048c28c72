"""What the database refuses, and what forms say about it beforehand."""

from datetime import date
from itertools import product

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError

from cases.models import (
    ActorName,
    Case,
    CaseCountry,
    CaseFacet,
    CaseRelation,
    Erratum,
    ErratumPlace,
    OldCode,
    Passage,
    Reference,
    Revision,
    Section,
    Statement,
    StatementActor,
    StatementQuotation,
)
from cases.models.statements import breaches
from cases.models.vocabulary import SCHEMES, WORDLESS_TERMS
from tests.factories import (
    make_actor,
    make_case,
    make_document,
    make_passage,
    make_quotation,
    make_statement,
    make_term,
)

pytestmark = pytest.mark.django_db

# For each constraint a maker of a valid row, with the change that must be refused; for those that
# a form can break also the sentence it shows, and what was typed where that is not the change.
BREACHES = {}


def breaks(name, sentence=""):
    """Registers how a constraint is broken."""

    def register(make):
        assert name not in BREACHES
        BREACHES[name] = make, sentence
        return make

    return register


def all_constraints():
    models = apps.get_app_config("cases").get_models()
    return {c.name: (model, c) for model in models for c in model._meta.constraints}


def copied(row, *columns):
    """The values that make another row the same as this one."""
    return {column: getattr(row, column) for column in columns}


@breaks("actor_is_not_its_own_parent", "An actor cannot belong to itself.")
def _():
    actor = make_actor()
    return actor, {"parent": actor}


@breaks("actor_type_is_an_actor_type", "is not a valid choice")
def _():
    return make_actor(), {"type": make_term("tool:mediation")}


@breaks("actor_name_once", "This actor has this name already.")
def _():
    first = make_actor(name="African Union").names.get()
    other = ActorName.objects.create(actor=first.actor, language="fa", name="African Union")
    return other, {"language": "en"}


@breaks("case_slug_once", "There is a case with this slug already.")
def _():
    make_case("guinea-2009")
    return make_case("guinea-2010"), {"slug": "guinea-2009"}


@breaks("case_starts_before_it_ends", "The case ends before it starts.")
def _():
    changes = {"start_earliest": date(2010, 1, 1), "end_latest": date(2009, 12, 31)}
    return make_case(), changes, {"start": "2010", "end": "2009"}


@breaks("case_coverage_is_known", "is not a valid choice")
def _():
    return make_case(), {"coverage": "thorough"}


@breaks("case_review_is_known", "is not a valid choice")
def _():
    return make_case(), {"review": "perhaps"}


# Forms set the date themselves.
@breaks("case_published_has_a_date")
def _():
    return make_case(review="draft"), {"review": "published"}


# No form sets what a case is a copy of.
@breaks("case_working_copy_is_not_public")
def _():
    original = make_case()
    copy = make_case(original.slug, review="draft", working_copy_of=original)
    return copy, {"review": "withdrawn"}


@breaks("case_working_copy_knows_its_base")
def _():
    original = make_case()
    copy = make_case(original.slug, review="draft", working_copy_of=original)
    return copy, {"base_version": None}


@breaks("case_country_once_per_role", "This country has this role in the case already.")
def _():
    first = make_case(countries=["GIN"]).case_countries.get()
    other = CaseCountry.objects.create(case=first.case, country=first.country, role="at_risk")
    return other, {"role": "scene"}


@breaks("case_facet_once", "The case has this value already.")
def _():
    case = make_case(countries=["GIN"])
    return CaseFacet.objects.create(case=case, facet="country", value="KEN"), {"value": "GIN"}


def _relation(kind="follows"):
    return CaseRelation.objects.create(case=make_case(), to=make_case(), kind=kind)


@breaks("case_relation_once", "The case has this relation to that case already.")
def _():
    first = _relation()
    other = CaseRelation.objects.create(case=first.case, to=first.to, kind="part_of")
    return other, {"kind": "follows"}


@breaks("case_relation_has_two_cases", "A case cannot be related to itself.")
def _():
    relation = _relation()
    return relation, {"to": relation.case}


# Editions, sections and passages are the parser's work, revisions the program's: no form.
@breaks("edition_code_once_per_document")
def _():
    first, other = make_passage().edition, make_passage().edition
    return other, copied(first, "document")


def _section(edition, code):
    return Section.objects.create(edition=edition, code=code, title="Heading", level=1, order=1)


@breaks("section_code_once_per_edition")
def _():
    edition = make_passage().edition
    _section(edition, "h1")
    return _section(edition, "h2"), {"code": "h1"}


@breaks("passage_code_once_per_edition")
def _():
    first = make_passage(code="p1")
    return make_passage(code="p2", edition=first.edition), {"code": "p1"}


@breaks("quotation_once", "These words are quoted already: use that quotation.")
def _():
    first = make_quotation("mediated")
    return make_quotation("Conakry", first.passage), copied(first, "start", "end")


@breaks("quotation_has_words", "A quotation ends after it starts.")
def _():
    return make_quotation("mediated"), {"start": 7, "end": 7}


@breaks("quotation_translation_has_a_translator", "Say who translated: a person or a machine.")
def _():
    return make_quotation(), {"translated_by": ""}


def _reference(start=4, end=9):
    passage = make_passage()
    return Reference.objects.create(
        passage=passage, start=start, end=end, document=make_document(), kind="cites"
    )


@breaks("reference_once", "This place cites that document already.")
def _():
    first = _reference()
    values = copied(first, "passage", "document", "kind")
    return Reference.objects.create(**values, start=5, end=9), {"start": 4}


@breaks("reference_has_words", "A reference ends after it starts.")
def _():
    return _reference(), {"end": 4}


def _place():
    passage = make_passage()
    erratum = Erratum.objects.create(
        code="libya",
        edition=passage.edition,
        kind="name",
        why_en="It is no neighbour.",
        basis="outside",
        certainty="certain",
    )
    return ErratumPlace.objects.create(erratum=erratum, passage=passage, start=4, end=9)


@breaks("erratum_place_once", "The erratum stands at this place already.")
def _():
    first = _place()
    values = copied(first, "erratum", "passage")
    return ErratumPlace.objects.create(**values, start=5, end=9), {"start": 4}


@breaks("erratum_place_has_words", "A place ends after it starts.")
def _():
    return _place(), {"end": 4}


@breaks("revision_once_per_version")
def _():
    values = {"kind": "case", "key": "guinea-2009", "source": "seed", "change_set": "0" * 32}
    Revision.objects.create(**values, version=1)
    return Revision.objects.create(**values, version=2), {"version": 1}


@breaks("old_code_once", "This old code is known already.")
def _():
    OldCode.objects.create(kind="actor", code="au-2", target="au")
    return OldCode.objects.create(kind="actor", code="au-3", target="au"), {"code": "au-2"}


@breaks("statement_key_once_per_case", "The case has a statement with this key already.")
def _():
    case = make_case()
    make_statement(case, key="t1")
    return make_statement(case, key="t2"), {"key": "t1"}


@breaks("finding_key_once", "There is a finding with this key already.")
def _():
    make_statement(None, "finding:lesson", key="f1")
    return make_statement(None, "finding:lesson", key="f2"), {"key": "f1"}


@breaks("statement_has_a_case_unless_finding", "A finding belongs to no case, all else to one.")
def _():
    return make_statement(make_case()), {"case": None}


# Saving takes the scheme from the term.
@breaks("statement_scheme_is_that_of_its_term")
def _():
    return make_statement(make_case(), "tool:mediation"), {"scheme": "event"}


@breaks("statement_support_unless_wordless", "support is missing")
def _():
    return make_statement(make_case()), {"support": ""}


@breaks("statement_scope_is_known", "is not a valid choice")
def _():
    return make_statement(make_case()), {"scope": "world"}


@breaks("statement_phase_only_for_event", "phase is only for event.")
def _():
    return make_statement(make_case(), "tool:mediation"), {"phase": "opening"}


@breaks("statement_horizon_only_for_outcome", "horizon is only for outcome.")
def _():
    return make_statement(make_case(), "event:agreement"), {"horizon": "during"}


@breaks("statement_assessed_by_only_for_outcome", "assessed_by is only for outcome.")
def _():
    return make_statement(make_case()), {"assessed_by": make_document()}


@breaks("statement_attribution_only_for_outcome", "attribution is only for outcome.")
def _():
    return make_statement(make_case()), {"attribution": "credited"}


@breaks("statement_effect_only_for_success_element", "effect is only for success_element.")
def _():
    return make_statement(make_case(), "outcome:agreement_reached"), {"effect": "helped"}


@breaks("statement_outcome_is_complete", "horizon is missing: outcome needs it.")
def _():
    return make_statement(make_case(), "outcome:agreement_reached"), {"horizon": ""}


@breaks("statement_success_element_has_effect", "effect is missing: success_element needs it.")
def _():
    return make_statement(make_case(), "success_element:leverage"), {"effect": ""}


# The field of the date refuses such a date, and fills both bounds.
@breaks("statement_bounds_in_order")
def _():
    changes = {"earliest": date(2010, 1, 1), "latest": date(2009, 1, 1)}
    return make_statement(make_case()), changes


@breaks("statement_actor_once_per_part", "The actor has this part in the statement already.")
def _():
    first = make_statement(make_case(), by=["au"]).parts.get()
    values = copied(first, "statement", "actor")
    return StatementActor.objects.create(**values, part="with"), {"part": "by"}


@breaks("statement_quotation_once", "The statement has these words already.")
def _():
    statement = make_statement(make_case())
    other = StatementQuotation.objects.create(statement=statement, quotation=make_quotation())
    return other, copied(statement.evidence.first(), "quotation")


@breaks("term_id_is_scheme_and_code")
def _():
    return make_term("tool:mediation"), {"scheme": "event"}


@breaks("term_is_not_its_own_broader", "A term cannot be broader than itself.")
def _():
    term = make_term("tool:mediation")
    return term, {"broader": term}


def test_every_constraint_has_a_breach():
    assert set(BREACHES) == set(all_constraints())


def named_by_database(model, constraint):
    """How the database in use names a constraint when it refuses a row."""
    columns = getattr(constraint, "fields", ())
    if connection.vendor == "sqlite" and columns:
        # SQLite names the columns of a unique index, not the index.
        table = model._meta.db_table
        return ", ".join(f"{table}.{model._meta.get_field(name).column}" for name in columns)
    return constraint.name


def said_by_form(row):
    """What a form that offers all editable columns says of a row."""
    hidden = {field.name for field in row._meta.fields if not field.editable}
    try:
        row.full_clean(exclude=hidden)
    except ValidationError as error:
        return error.messages
    return []


@pytest.mark.parametrize("name", BREACHES)
def test_the_database_refuses(name):
    model, constraint = all_constraints()[name]
    row, changes, *_typed = BREACHES[name][0]()
    refusal = pytest.raises(IntegrityError, match=named_by_database(model, constraint))
    with refusal, transaction.atomic():
        if model is Revision:  # which cannot be changed at all
            fields = [each.attname for each in model._meta.concrete_fields if each.attname != "id"]
            values = {name: getattr(row, name) for name in fields}
            model._base_manager.create(**(values | changes))
        else:
            model._base_manager.filter(pk=row.pk).update(**changes)


@pytest.mark.parametrize("name", [name for name, (_make, says) in BREACHES.items() if says])
def test_a_form_says_in_a_sentence(name):
    make, sentence = BREACHES[name]
    row, *changes = make()
    assert said_by_form(row) == []
    for column, value in changes[-1].items():
        setattr(row, column, value)
    said = said_by_form(row)
    assert any(sentence in message for message in said), said


def test_a_form_refuses_a_finding_below_a_case():
    finding = make_statement(None, "finding:lesson")
    finding.case = make_case()
    assert said_by_form(finding) == ["A finding belongs to no case, all else to one."]


def test_a_case_and_its_working_copy_share_a_slug():
    original = make_case("guinea-2009")
    copy = make_case("guinea-2009", review="draft", working_copy_of=original)
    assert said_by_form(original) == said_by_form(copy) == []


def test_the_rules_in_sentences_are_those_of_the_database():
    # One statement takes every mix of term and columns; forms and loads must foresee the refusals.
    statement = make_statement(make_case())
    terms = [f"{scheme}:mediation" for scheme in SCHEMES if scheme != "finding"]
    terms += [*WORDLESS_TERMS, "outcome:unknown"]
    choices = {
        "support": ["", "states"],
        "phase": ["", "opening"],
        "horizon": ["", "during"],
        "assessed_by": [None, make_document()],
        "attribution": ["", "credited"],
        "effect": ["", "helped"],
    }
    allowed = 0
    for term in terms:
        make_term(term)
        scheme = term.partition(":")[0]
        for mix in product(*choices.values()):
            values = {"term": term} | dict(zip(choices, mix, strict=True))
            columns = values | {"term": term, "scheme": scheme}
            try:
                with transaction.atomic():
                    Statement.objects.filter(pk=statement.pk).update(**columns)
                accepted = True
            except IntegrityError:
                accepted = False
            assert accepted == (not breaches(values)), values
            allowed += accepted
    # Each plain scheme has one mix or, with the phase of an event, two.
    assert allowed >= len(terms)


def test_a_statement_of_no_known_scheme_is_a_breach():
    (sentence,) = breaches({"term": "colour:red", "support": "states"})
    assert sentence == "The term colour:red is of a scheme that is no statement's."


def test_the_text_of_a_passage_never_changes():
    passage = make_passage("As printed.")
    passage.text = "As we would have it."
    with pytest.raises(ValidationError, match="add a new edition"):
        passage.save()
    with pytest.raises(ValidationError, match="add a new edition"):
        Passage.objects.filter(pk=passage.pk).update(text="As we would have it.")
    with pytest.raises(ValidationError, match="add a new edition"), transaction.atomic():
        Passage.objects.bulk_update([passage], ["text"])
    passage.refresh_from_db()
    assert passage.text == "As printed."


def test_a_passage_that_is_quoted_is_not_deleted():
    quotation = make_quotation("mediated")
    with pytest.raises(ProtectedError):
        quotation.passage.delete()
    with pytest.raises(ProtectedError):
        quotation.passage.edition.delete()


def test_words_that_a_statement_stands_on_are_not_deleted():
    quotation = make_quotation()
    make_statement(make_case(), quotations=[quotation])
    with pytest.raises(ProtectedError):
        quotation.delete()


def test_a_quotation_ends_within_its_passage():
    quotation = make_quotation()
    quotation.end = len(quotation.passage.text) + 1
    assert said_by_form(quotation) == ["The passage ends before this quotation does."]


AUTUMN = (date(2008, 9, 1), date(2008, 11, 30))


def start_of(case):
    """The start of a case as the database has it."""
    columns = ("start", "start_earliest", "start_latest")
    return Case.objects.values_list(*columns).get(pk=case.pk)


def test_saving_fills_the_bounds_of_a_date():
    case = make_case(start="2008-23")
    assert start_of(case) == ("2008-23", *AUTUMN)
    case.start = ""
    case.save()
    assert start_of(case) == ("", None, None)


def test_saving_many_fills_the_bounds_of_a_date():
    row = Case(slug="guinea", start="2008-23", coverage="named_only")
    (case,) = Case.objects.bulk_create([row])
    assert start_of(case) == ("2008-23", *AUTUMN)


@pytest.mark.parametrize("typed", ["۲۰۰۸-۲۳", "٢٠٠٨-٢٣", " 2008–23 "])
def test_a_date_may_be_typed_in_any_digits(typed):
    case = make_case()
    case.start = typed
    case.full_clean()
    case.save()
    assert start_of(case) == ("2008-23", *AUTUMN)


def test_what_is_no_date_is_refused_in_a_sentence():
    case = make_case()
    case.start = "autumn"
    (sentence,) = said_by_form(case)
    assert sentence.startswith("“autumn” is not a date. Allowed are 2008,")

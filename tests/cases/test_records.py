"""Records as plain data and back: dump, plan, apply, revisions, conflicts."""

import threading
import time
import uuid

import pytest
from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from cases import records
from cases.models import Actor, Case, Revision, Statement, Term
from cases.models.choices import (
    Attribution,
    Effect,
    Horizon,
    Part,
    Phase,
    Scope,
    Source,
    Support,
)
from cases.models.vocabulary import ABSENCE_CODES, HEADER_SCHEMES, WORDLESS_TERMS
from cases.records import KINDS, Conflict, Index
from cases.records.completeness import lacks_of_whole
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

pytestmark = pytest.mark.django_db

TEXT = "The envoy mediated in Conakry in 2009; the envoy left."


def plan(kind, *incoming, index=None):
    """The plan of incoming records, named as the program names them."""
    spec = records.KINDS[kind]
    keys = {"reference": lambda d: f"{d['ref']}>{d['document']}"}
    keys["term"] = lambda data: f"{data['scheme']}:{data['code']}"
    key_of = keys.get(kind, lambda data: data[spec.key])
    data = {key_of(each): each for each in incoming}
    index = index or Index()
    index.expect(kind, data)
    return records.plan(kind, data, index, {})


def save(kind, *incoming, source=Source.SEED, **options):
    """Plan and apply; gives the plan."""
    index = Index()
    made = plan(kind, *incoming, index=index)
    assert made.problems == []
    records.apply([made], index, source=source, **options)
    return made


def problems(kind, incoming):
    return [str(problem) for problem in plan(kind, incoming).problems]


def world():
    """Rows that the records below name."""
    for term in (
        *("situation:electoral", "trigger:coup", "initiation:unknown", "un_role:lead"),
        *("aim:prevent_conflict", "role:lead_mediator", "tool:mediation", "tool:good_offices"),
        *("event:coup", "outcome:agreement_reached", "success_element:leverage"),
        *("finding:lesson", "actor_type:regional_organization", *WORDLESS_TERMS),
    ):
        make_term(term)
    for alpha3 in ("GIN", "LBR"):
        make_country(alpha3)
    make_region("western_africa", "011")
    for actor in ("au", "un", "ecowas"):
        make_actor(actor)
    make_document("S-2011-1")
    passage = make_passage(TEXT)
    words = ("mediated", "Conakry", "2009")
    return passage, [str(make_quotation(each, passage)) for each in words]


def plain_case(**changed):
    return {"slug": "guinea-2009", "title_en": "Guinea", "coverage": "named_only"} | changed


def tool(key="t1", **changed):
    plain = {"key": key, "term": "tool:mediation", "by": ["un"], "support": "editor_inference"}
    return plain | changed


def outcome(key="o1", **changed):
    plain = {"key": key, "term": "outcome:agreement_reached", "support": "editor_inference"}
    plain |= {"horizon": "at_close", "attribution": "credited", "assessed_by": "S-2011-1"}
    return plain | changed


def whole_case(refs):
    """A case that uses every column."""
    title = {f"title_{lang}": f"Title {lang}" for lang in ("en", "fa", "ar")}
    summary = {f"summary_{lang}": "خلاصه" for lang in ("en", "fa", "ar")}
    every_part = {part: ["un", "au"] for part in Part.values}
    return {
        "slug": "guinea-2009",
        **title,
        **summary,
        "start": "2009-09-28",
        "end": "2010~",
        "coverage": "substantial",
        "review": "published",
        "coding": "double",
        "coded_by": "A and B",
        "reviewed_by": "C",
        "internal_notes": "Ask again.",
        "regions": ["africa", "western_africa"],
        "countries": [
            {"country": "LBR", "role": "at_risk"},
            {"country": "GIN", "role": "scene"},
        ],
        "relations": [{"to": "mali-2009", "kind": "follows"}],
        "statements": [
            outcome(when="2010", credited_to=["t1", "t2"], scope="group", quotations=refs[:1]),
            {
                **tool(when="2009/2010", quantity="three", place="Conakry", **every_part),
                "scope": "this_case",
                "support": "states",
                "documents": ["S-2011-1", "S-2011-2"],
                "note_en": "A note.",
                "note_fa": "یادداشت",
                "note_ar": "ملاحظة",
                "quotations": [refs[2], refs[0]],
            },
            tool("t2", scope="pattern"),
            {"key": "v1", "term": "event:coup", "phase": "opening", "scope": "this_case"}
            | {"support": "implies", "quotations": [refs[1]]},
            {"key": "e1", "term": "success_element:leverage", "effect": "absent"}
            | {"scope": "this_case", "support": "states", "quotations": [refs[1]]},
            *(
                {"key": scheme, "term": f"{scheme}:not_stated", "scope": "this_case"}
                for scheme in HEADER_SCHEMES
            ),
        ],
    }


def whole_record(kind):
    """A record of the kind that uses every column, with what it names."""
    passage, refs = world()
    notes = {f"note_{lang}": "Why." for lang in ("en", "fa", "ar")}
    ref = f"{passage.ref}/4-9"
    if kind == "term":
        texts = ("label", "definition", "scope_note")
        values = {f"{text}_{lang}": text for text in texts for lang in ("en", "fa", "ar")}
        values |= {"match": "Charter:33", "retired_on": "2011-08-26", "order": 0}
        values |= {"broader": "tool:good_offices", "replaced_by": "tool:mediation"}
        return {"scheme": "tool", "code": "arbitration"} | values
    if kind == "region":
        return {"code": "middle_africa", "m49": "017", "parent": "africa"}
    if kind == "country":
        place = {"longitude": "15.00", "latitude": "-0.50", "region": "western_africa"}
        return {"alpha3": "COG", "alpha2": "CG", "m49": "178"} | place
    if kind == "actor":
        names = [
            {"language": "fa", "name": "اتحادیهٔ آفریقا", "kind": "official"},
            {"language": "en", "name": "African Union", "kind": "official"},
            {"language": "en", "name": "AU", "kind": "acronym"},
        ]
        links = {"parent": "un", "country": "GIN", "successor": "au", "names": names}
        when = {"start": "1963", "end": "2002-07-08", "naming": "described"}
        return {"code": "oau", "type": "actor_type:regional_organization"} | links | when | notes
    if kind == "document":
        titles = {f"title_{lang}": "A resolution" for lang in ("en", "fa", "ar")}
        more = {"url": "https://example.org/1325", "identification": "probable", "licence": "Free."}
        more |= {"symbol": "S/RES/1325", "kind": "resolution", "date": "2000-10-31"}
        return {"code": "S-RES-1325", "issuer": "un"} | titles | more | notes
    if kind == "erratum":
        why = {f"why_{lang}": "Why." for lang in ("en", "fa", "ar")}
        more = {"printed": "envoy", "reading": "envoys", "reading_en": "envoys", "kind": "ocr"}
        more |= {"basis": "same_text", "certainty": "probable"}
        places = [f"{passage.ref}/43-48", ref]
        return {"code": "e1", "edition": passage.edition.ref, "places": places} | why | more
    if kind == "reference":
        return {"ref": ref, "document": "S-2011-1", "kind": "quotes"}
    if kind == "quotation":
        words = {"words": "envoy", "translation_en": "envoy", "translated_by": "machine"}
        return {"ref": ref} | words
    if kind == "case":
        save("case", plain_case(slug="mali-2009"))
        make_document("S-2011-2")
        return whole_case(refs)
    assert kind == "finding"
    more = {"about": ["success_element:leverage", "tool:mediation"], "quotations": refs[:2]}
    more |= {"documents": ["S-2011-1"], "scope": "pattern", "support": "states", "by": ["un"]}
    return {"key": "f1", "term": "finding:lesson", "when": "2009", "order": 7} | more | notes


@pytest.mark.parametrize("kind", records.KINDS)
def test_what_is_applied_is_what_is_dumped(kind):
    record = whole_record(kind)
    made = save(kind, record)
    ((key, canonical),) = made.new.items()
    assert records.dump(kind, [key]) == {key: canonical}
    stated = {name for name, value in record.items() if canonical.get(name) == value}
    # The statements of a case gain only the scope that every statement has.
    assert set(record) - stated <= {"statements"}
    assert set(canonical) == set(record)


@pytest.mark.parametrize("kind", records.KINDS)
def test_a_dump_comes_home_unchanged(kind):
    ((key, canonical),) = save(kind, whole_record(kind)).new.items()
    again = plan(kind, canonical)
    assert (again.unchanged, again.new, again.changed, again.problems) == ({key}, {}, {}, [])


REQUIRED = {
    "term": "scheme code label_en label_fa label_ar definition_en",
    "region": "code m49",
    "country": "alpha3 alpha2 m49 longitude latitude",
    "actor": "code type names",
    "document": "code kind title_en",
    "erratum": "code kind edition why_en basis certainty places",
    "reference": "ref document kind",
    "quotation": "ref",
    "case": "slug title_en coverage",
    "finding": "key term support quotations",
}


@pytest.mark.parametrize("kind", records.KINDS)
def test_a_record_that_says_the_least_is_saved_once(kind):
    whole = whole_record(kind)
    least = {name: whole[name] for name in REQUIRED[kind].split()}
    save(kind, least)
    assert plan(kind, least).unchanged


# A reference is nothing but what is required.
@pytest.mark.parametrize("kind", [kind for kind in records.KINDS if kind != "reference"])
def test_a_record_may_lose_all_that_is_not_required(kind):
    whole = whole_record(kind)
    least = {name: whole[name] for name in REQUIRED[kind].split()}
    save(kind, whole)
    ((key, (_stored, wanted)),) = save(kind, least).changed.items()
    assert records.dump(kind, [key]) == {key: wanted}


@pytest.mark.parametrize(
    ("kind", "name"), [(kind, name) for kind in REQUIRED for name in REQUIRED[kind].split()]
)
def test_what_is_required_is_missed(kind, name):
    record = whole_record(kind)
    key = list(save(kind, record).new)[0]
    del record[name]
    made = records.plan(kind, {key: record}, Index(), {key: "here"})
    assert made.problems
    assert all(problem.where.startswith("here") for problem in made.problems)


@pytest.mark.parametrize("kind", records.KINDS)
def test_an_unknown_key_is_refused_with_the_one_that_was_meant(kind):
    record = whole_record(kind)
    name = {"region": "parent", "reference": "kind", "country": "region"}.get(kind)
    name = name or {"quotation": "translated_by", "term": "label_en"}.get(kind, "note_en")
    name = {"erratum": "why_en", "case": "title_en"}.get(kind, name)
    (problem,) = problems(kind, record | {name[:-1] + "x": "y"})
    assert f"unknown key {name[:-1] + 'x'!r}; did you mean" in problem


def test_words_and_lists_may_come_in_several_shapes():
    """Spreadsheets and people write one value in several ways; the canonical form is one."""
    world()
    country = {"alpha3": "COG", "alpha2": "CG", "m49": "178", "region": "africa"}
    save("country", country | {"longitude": "15", "latitude": "-0.5"})
    assert plan("country", country | {"longitude": 15.0, "latitude": "-0.50"}).unchanged
    save("case", plain_case(start="۲۰۰۹-۰۹", statements=[], regions=["western_africa", "africa"]))
    assert plan("case", plain_case(start="2009-09", regions=["africa", "western_africa"])).unchanged


# A random case: valid by construction, so that every difference is the program's.


@st.composite
def statement_lists(draw, refs):
    statements = []
    some_refs = st.lists(st.sampled_from(refs), unique=True, min_size=1)
    actors = st.lists(st.sampled_from(["au", "un", "ecowas"]), unique=True, min_size=1)
    dates = st.sampled_from(["", "2008", "2008-23", "2009-09-28", "[2008..2011]", "2008/.."])
    keys = st.lists(st.sampled_from("abcdefgh"), unique=True, max_size=8)
    for key in draw(keys):
        scheme = draw(st.sampled_from(["aim", "role", "tool", "event", "outcome", "element"]))
        data = {"key": key, "scope": draw(st.sampled_from(Scope.values)), "when": draw(dates)}
        data["support"] = draw(st.sampled_from(Support.values))
        if data["support"] != Support.EDITOR_INFERENCE or draw(st.booleans()):
            data["quotations"] = draw(some_refs)
        if draw(st.booleans()):
            data["documents"] = draw(st.permutations(["S-2011-1", "S-2011-2"]))
        for part in draw(st.lists(st.sampled_from(Part.values), unique=True, max_size=3)):
            data[part] = draw(actors)
        data["note_fa"] = draw(st.sampled_from(["", "یادداشت", " spaced "]))
        if scheme == "aim":
            data["term"] = "aim:prevent_conflict"
        elif scheme in ("role", "tool"):
            term = {"role": ["role:lead_mediator"], "tool": ["tool:mediation", "tool:good_offices"]}
            data |= {"term": draw(st.sampled_from(term[scheme])), "by": draw(actors)}
        elif scheme == "event":
            data |= {"term": "event:coup", "phase": draw(st.sampled_from(["", *Phase.values]))}
        elif scheme == "outcome":
            data |= {"term": "outcome:agreement_reached", "assessed_by": "S-2011-1"}
            data["horizon"] = draw(st.sampled_from(Horizon.values))
            data["attribution"] = draw(st.sampled_from(Attribution.values))
        else:
            data |= {"term": "success_element:leverage"}
            data["effect"] = draw(st.sampled_from(Effect.values))
        statements.append(data)
    tools = [data["key"] for data in statements if data["term"].startswith("tool:")]
    for data in statements:
        if data["term"].startswith("outcome:") and tools:
            data["credited_to"] = draw(st.lists(st.sampled_from(tools), unique=True))
    return statements


def test_any_case_is_dumped_as_it_was_applied_over_any_other():
    _passage, refs = world()
    make_document("S-2011-2")
    save("case", plain_case())

    @settings(max_examples=60)
    @given(statements=statement_lists(refs))
    def check(statements):
        incoming = plain_case(statements=statements)
        made = save("case", incoming)
        wanted = made.changed["guinea-2009"][1] if made.changed else None
        if wanted:
            assert records.dump("case") == {"guinea-2009": wanted}
            assert [s["key"] for s in wanted.get("statements", [])] == [
                s["key"] for s in statements
            ]
        assert plan("case", incoming).unchanged == {"guinea-2009"}

    check()
    assert Revision.objects.filter(kind="case").count() > 10


def test_statements_read_as_values_are_those_that_are_read_as_rows():
    """Of a case with everything, one with little and one without any."""
    save("case", whole_record("case"))
    save("case", plain_case(slug="small", statements=[tool()]), plain_case(slug="empty"))
    read = {row.slug: KINDS["case"].dump(row) for row in KINDS["case"].rows()}
    assert {row.slug: data for row, data in KINDS["case"].stored()} == read
    assert "statements" not in read["empty"]
    for row, data in KINDS["case"].stored(["small"]):
        assert list(data) == list(read[row.slug])
        assert [list(each) for each in data["statements"]] == [
            list(each) for each in read[row.slug]["statements"]
        ]


def test_a_statement_that_stays_keeps_its_row():
    world()
    save("case", plain_case(statements=[tool("t1"), tool("t2"), outcome(credited_to=["t1"])]))
    rows = dict(Statement.objects.values_list("key", "pk"))
    changed = [outcome(credited_to=["t3", "t2"]), tool("t3"), tool("t2", place="Conakry")]
    save("case", plain_case(statements=changed))
    after = dict(Statement.objects.values_list("key", "pk"))
    assert (after["t2"], after["o1"]) == (rows["t2"], rows["o1"])
    assert set(after) == {"o1", "t2", "t3"}


# Plans


def test_statements_that_are_as_they_were_are_not_read_again_but_asked_what_they_lack(monkeypatch):
    from cases.records import statements

    case, original, read = make_case("one", review="draft"), statements.read, []
    for key in ("t1", "t2"):
        make_statement(case, "tool:mediation", key=key, quotations=[])
    stored = records.dump("case", ["one"])["one"]
    changed = stored | {"title_en": "Another"}
    lacks = records.plan("case", {"one": changed}, Index(), {}, drafts_may_lack=True).lacks
    assert [each.where for each in lacks].count("case one, statement t2") == 2  # words, an actor

    def reading(data, *rest, **more):
        read.append(data["key"])
        return original(data, *rest, **more)

    monkeypatch.setattr(statements, "read", reading)
    again = records.plan("case", {"one": changed}, Index(), {}, drafts_may_lack=True)
    assert (again.lacks, read) == (lacks, [])
    assert again.changed["one"][1]["statements"] == stored["statements"]
    other = [stored["statements"][0], stored["statements"][1] | {"note_en": "More."}]
    records.plan("case", {"one": changed | {"statements": other}}, Index(), {})
    assert read == ["t2"]


def test_a_plan_tells_new_changed_and_unchanged_apart_and_saves_nothing():
    save("case", plain_case(slug="same"), plain_case(slug="other"))
    before = records.dump("case")
    made = plan(
        "case",
        plain_case(slug="same"),
        plain_case(slug="other", title_en="Otherwise"),
        plain_case(slug="fresh"),
    )
    assert (set(made.new), set(made.changed), made.unchanged) == ({"fresh"}, {"other"}, {"same"})
    stored, wanted = made.changed["other"]
    assert (stored["title_en"], wanted["title_en"]) == ("Guinea", "Otherwise")
    assert records.dump("case") == before


def test_a_plan_finds_every_error_at_once():
    world()
    case = plain_case(
        title_en="",
        coverage="thorough",
        start="autumn",
        titel_fa="x",
        regions=["afrika"],
        countries=[{"country": "GNI"}, "GIN"],
        statements=[
            tool("t1", term="tool:mediaton"),
            tool("t1", by=["uno"], phase="opening"),
            outcome("o1", credited_to=["t9"], horizon=""),
            tool("t3", quotations=["S-1/fa/p1/0-5"]),
            tool("t4", by=[], support=""),
            "not a statement",
        ],
    )
    made = records.plan("case", {"guinea-2009": case}, Index(), {"guinea-2009": "guinea.yaml"})
    found = [str(problem) for problem in made.problems]
    assert [problem for problem in found if not problem.startswith("guinea.yaml")] == []
    for words in (
        "guinea.yaml, title_en: is missing.",
        "coverage: 'thorough' is not one of substantial, named_only.",
        "start: “autumn” is not a date.",
        "unknown key 'titel_fa'; did you mean title_fa",
        "regions: 'afrika' is not a known region; did you mean africa",
        "countries 1, country: 'GNI' is not a known country; did you mean GIN",
        "countries 2: 'GIN' must be a mapping",
        "statement t1, term: 'tool:mediaton' is not a known term; did you mean tool:mediation",
        "statement t1: this key stands 2 times.",
        "statement t1, by: 'uno' is not a known actor; did you mean un",
        "statement t1: phase is only for event.",
        "statement o1: horizon is missing: outcome needs it.",
        "statement o1: credited_to: 't9' is no tool statement of this case.",
        "statement t3, quotations: 'S-1/fa/p1/0-5' is not a known quotation",
        "statement t4: support is missing",
        "statement t4: no words: quote the source, or mark it editor_inference.",
        "statement t4: tool without an actor.",
        "statement number 6: must be a mapping.",
    ):
        assert any(words in problem for problem in found), (words, found)


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        (tool(by=["un", "un"]), "by: 'un' stands there twice."),
        (tool(by="un"), "by: 'un' must be a list."),
        (tool(about=["tool:mediation"]), "about is only for finding."),
        (tool(credited_to=["t1"]), "credited_to is only for outcome."),
        (tool(credited_to="t1"), "credited_to: 't1' must be a list of keys."),
        (outcome(credited_to=[1]), "credited_to: [1] must be a list of keys."),
        (outcome(credited_to=["o1"]), "credited_to: 'o1' is no tool statement of this case."),
        (outcome(credited_to=["t1", "t1"]), "credited_to: the same key stands there twice."),
        (tool(place=5), "place: 5 must be text"),
        (tool(key=""), "key: is missing."),
        (tool(term=""), "term: is missing."),
        (tool(term="finding:lesson"), "a finding belongs to no case."),
        (tool(when="2008-13"), "after the year comes a month"),
        (tool(place="x" * 151), "at most 150 characters"),
        (
            {"key": "c1", "term": "situation:not_stated", "support": "states"},
            "situation:not_stated says that the source is silent: leave support empty.",
        ),
        (
            {"key": "c1", "term": "situation:not_stated", "quotations": ["words"]},
            "situation:not_stated says that the source is silent: leave quotations out.",
        ),
    ],
)
def test_a_statement_is_refused(statement, problem):
    _passage, refs = world()
    if "quotations" in statement:
        statement = statement | {"quotations": refs[:1]}
    case = plain_case(statements=[tool(), statement | {"key": statement["key"] and "x1"}])
    if "o1" in statement.get("credited_to", []):
        case["statements"].append(outcome("o1"))
    found = problems("case", case)
    assert any(problem in each for each in found), found


@pytest.mark.parametrize("scheme", HEADER_SCHEMES)
@pytest.mark.parametrize("code", ABSENCE_CODES)
def test_an_absence_code_never_stands_beside_a_real_term(scheme, code):
    world()
    make_term(f"{scheme}:real")
    absent = make_term(f"{scheme}:{code}")
    real = {"key": "c1", "term": f"{scheme}:real", "support": "editor_inference"}
    absence = {"key": "c2", "term": absent.id}
    absence |= {} if absent.id in WORDLESS_TERMS else {"support": "editor_inference"}
    assert problems("case", plain_case(statements=[absence])) == []
    assert problems("case", plain_case(statements=[real])) == []
    assert problems("case", plain_case(statements=[real, absence])) == [
        f"case guinea-2009: {scheme}: an absence code never stands beside another code."
    ]


def test_a_tool_of_another_case_gets_no_credit():
    world()
    save("case", plain_case(slug="mali", statements=[tool("t7")]))
    case = plain_case(statements=[tool("t1"), outcome(credited_to=["t7"])])
    (problem,) = problems("case", case)
    assert "'t7' is no tool statement of this case." in problem


def test_equal_keys_in_two_cases_are_kept_apart():
    world()
    same = [outcome(credited_to=["t1"]), tool("t1")]
    save("case", plain_case(slug="a", statements=same), plain_case(slug="b", statements=same))
    for credited in Statement.objects.filter(key="o1"):
        assert credited.credited_to.get().case_id == credited.case_id


@pytest.mark.parametrize(
    ("kind", "changed", "problem"),
    [
        ("term", {"broader": "event:coup"}, "broader: is a term of another scheme."),
        ("actor", {"type": "tool:mediation"}, "type: is no term of the scheme actor_type."),
        ("actor", {"names": [{"language": "fa", "name": "نام"}]}, "needs a name in English."),
        ("quotation", {"words": "envoys"}, "words: the passage prints «envoy» at that place."),
        ("quotation", {"translated_by": ""}, "a translation and translated_by go together."),
        ("quotation", {"ref": "p24"}, "'p24' is no place such as"),
        ("erratum", {"places": []}, "needs at least one place."),
        ("finding", {"term": "tool:mediation"}, "term: is no term of the scheme finding."),
        ("case", {"relations": [{"to": "malli-2009", "kind": "follows"}]}, "did you mean mali"),
        ("region", {"parent": "afrika"}, "did you mean africa"),
        ("country", {"latitude": "95000"}, "latitude: "),
        ("document", {"url": "not an address"}, "url: Enter a valid URL."),
    ],
)
def test_a_record_is_refused(kind, changed, problem):
    record = whole_record(kind)
    found = problems(kind, record | changed)
    assert any(problem in each for each in found), found


@pytest.mark.parametrize("kind", ["case", "passage", "quotation"])
@pytest.mark.parametrize(
    "code",
    [
        pytest.param("guinea\u200c2009", id="half-space"),
        pytest.param("guinea\0", id="nul"),
        pytest.param("\ud800", id="half-a-letter"),
        pytest.param("S-2011-1/en\0/p1/1-2", id="nul-in-a-place"),
        pytest.param(f"S-2011-1/en/p1/{10**23}-{10**24}", id="beyond-all-integers"),
        pytest.param(f"S-2011-1/en/p1/1-{'9' * 5000}", id="beyond-what-python-reads"),
    ],
)
def test_a_code_that_no_row_can_have_is_simply_unknown(kind, code):
    """A file may name anything; neither database takes NUL, nor a number of twenty digits."""
    index = Index()
    assert not index.knows(kind, code)
    assert index.text(code) is None
    assert isinstance(index.near(kind, code), list)
    with pytest.raises(KeyError):
        index.pk(kind, code)


def test_a_quotation_beyond_its_passage_is_refused():
    passage, _refs = world()
    (problem,) = problems("quotation", {"ref": f"{passage.ref}/4-400"})
    assert f"the passage has {len(TEXT)} characters" in problem


def test_a_published_case_lacks_nothing():
    _passage, refs = world()
    save("case", plain_case(slug="mali-2009"))
    make_document("S-2011-2")
    case = whole_case(refs)
    assert problems("case", case) == []
    assert "title_fa: There is no title in Persian." in problems("case", case | {"title_fa": ""})[0]
    assert problems("case", case | {"title_fa": "", "review": "draft"}) == []


COMPLETE = {f"{text}_{lang}": "x" for text in ("title", "summary") for lang in ("en", "fa", "ar")}
SILENT = [{"key": scheme, "term": f"{scheme}:not_stated"} for scheme in HEADER_SCHEMES]


def told(*terms, scope="this_case"):
    return [{"key": term, "term": term, "scope": scope} for term in terms]


@pytest.mark.parametrize("name", COMPLETE)
def test_a_text_is_missing_for_publication(name):
    case = COMPLETE | {"statements": SILENT, "coverage": "named_only"}
    assert lacks_of_whole(case) == []
    del case[name]
    field = Case._meta.get_field(name).verbose_name
    assert lacks_of_whole(case) == [(name, f"There is no {field}.")]


@pytest.mark.parametrize("scheme", HEADER_SCHEMES)
def test_a_header_scheme_is_missing_for_publication(scheme):
    rest = [each for each in SILENT if each["key"] != scheme]
    case = COMPLETE | {"statements": rest, "coverage": "named_only"}
    ((path, sentence),) = lacks_of_whole(case)
    assert path == scheme
    assert sentence.endswith(f"say at least {scheme}:not_stated.")


@pytest.mark.parametrize(
    ("statements", "substantial"),
    [
        ([], False),
        (told("tool:mediation"), False),
        (told("event:coup"), False),
        (told("tool:mediation", "event:coup"), True),
        (told("tool:mediation", "trigger:coup"), True),
        (told("tool:mediation", "outcome:agreement_reached"), True),
        (told("tool:mediation", "situation:electoral", "aim:prevent_conflict"), False),
        (told("tool:mediation", "outcome:not_stated"), False),
        (told("tool:mediation", "event:coup", scope="group"), True),
        (told("tool:mediation", "event:coup", scope="pattern"), False),
        (told("tool:mediation") + told("event:coup", scope="pattern"), False),
    ],
)
def test_coverage_is_what_the_statements_make_it(statements, substantial):
    case = COMPLETE | {"statements": SILENT + statements}
    right, wrong = ("substantial", "named_only") if substantial else ("named_only", "substantial")
    assert lacks_of_whole(case | {"coverage": right}) == []
    ((path, sentence),) = lacks_of_whole(case | {"coverage": wrong})
    assert (path, "but substantial means a tool and" in sentence) == ("coverage", True)


# Revisions


def revisions(kind):
    rows = Revision.objects.filter(kind=kind).order_by("pk")
    return list(rows.values_list("key", "version", "source"))


def test_each_record_gets_one_revision_and_all_one_change_set():
    who = get_user_model().objects.create_user("editor")
    save("case", plain_case(slug="same"), plain_case(slug="a"), plain_case(slug="b"))
    changed = [plain_case(slug=slug, title_en="Otherwise") for slug in ("a", "b", "fresh")]
    made = plan("case", plain_case(slug="same"), *changed)
    index = Index()
    mark = records.apply([made], index, source=Source.IMPORT, why="cases.csv", who=who)
    written = Revision.objects.filter(change_set=mark).order_by("key")
    assert [(row.key, row.version, row.source, row.why, row.who) for row in written] == [
        ("a", 2, "import", "cases.csv", who),
        ("b", 2, "import", "cases.csv", who),
        ("fresh", 1, "import", "cases.csv", who),
    ]
    assert {row.key: row.data for row in written} == records.dump("case", ["a", "b", "fresh"])
    versions = dict(Case.objects.values_list("slug", "version"))
    assert versions == {"same": 1, "a": 2, "b": 2, "fresh": 1}
    assert not Case.objects.filter(changed_on=None)


def test_several_plans_may_share_a_change_set():
    world()
    mark = uuid.uuid4()
    save("region", {"code": "middle_africa", "m49": "017"}, change_set=mark)
    save("case", plain_case(), change_set=mark)
    assert set(Revision.objects.values_list("change_set", flat=True)) == {mark}
    assert Revision.objects.count() == 2


def test_a_plan_with_problems_is_not_applied():
    made = plan("case", plain_case(slug="good"), plain_case(slug="bad", coverage="thorough"))
    with pytest.raises(ValueError, match="cannot be applied"):
        records.apply([made], Index(), source=Source.SEED)
    assert not Case.objects.exists()


def test_a_working_copy_is_no_record():
    save("case", plain_case())
    original = Case.objects.get()
    Case.objects.create(
        slug=original.slug,
        title_en="Copy",
        coverage="named_only",
        working_copy_of=original,
        base_version=1,
    )
    assert records.dump("case")["guinea-2009"]["title_en"] == "Guinea"
    save("case", plain_case(title_en="New"))
    titles = set(Case.objects.values_list("title_en", flat=True))
    assert titles == {"New", "Copy"}


def test_records_of_one_load_may_name_one_another_in_any_order():
    world()
    index = Index()
    labels = {f"label_{lang}": "x" for lang in ("en", "fa", "ar")} | {"definition_en": "x"}
    terms = [
        {"scheme": "actor_type", "code": "office", "broader": "actor_type:organ"} | labels,
        {"scheme": "actor_type", "code": "organ"} | labels,
        {"scheme": "actor_type", "code": "old", "replaced_by": "actor_type:office"} | labels,
    ]
    actors = [
        {"code": code, "type": "actor_type:office", "names": [{"language": "en", "name": code}]}
        for code in ("desk", "department", "secretariat")
    ]
    actors[0]["parent"], actors[1]["parent"] = "department", "secretariat"
    actors[2]["successor"] = "desk"
    regions = [{"code": "oceania-x", "m49": "901", "parent": "oceania"}]
    regions += [{"code": "oceania", "m49": "009"}]
    cases = [plain_case(slug=slug) for slug in ("a", "b")]
    cases[0]["relations"] = [{"to": "b", "kind": "precedes"}]
    cases[1]["relations"] = [{"to": "a", "kind": "follows"}]
    incoming = {"term": terms, "region": regions, "actor": actors, "case": cases}
    names = {"term": lambda d: f"{d['scheme']}:{d['code']}", "case": lambda d: d["slug"]}
    keyed = {
        kind: {names.get(kind, lambda d: d["code"])(data): data for data in rows}
        for kind, rows in incoming.items()
    }
    for kind, rows in keyed.items():
        index.expect(kind, rows)
    plans = [records.plan(kind, rows, index, {}) for kind, rows in keyed.items()]
    assert [problem for made in plans for problem in made.problems] == []
    records.apply(plans, index, source=Source.SEED)
    for made in plans:
        assert records.dump(made.kind, made.new) == made.new
    assert Actor.objects.get(code="desk").parent.parent.successor.code == "desk"
    assert Term.objects.get(id="actor_type:old").replaced_by.broader_id == "actor_type:organ"


# Conflicts


def test_a_record_changed_since_its_plan_is_a_conflict():
    save("case", plain_case(slug="a"), plain_case(slug="b"))
    index = Index()
    incoming = [plain_case(slug=slug, title_en="Mine") for slug in ("a", "b")]
    mine = plan("case", *incoming, plain_case(slug="c"), index=index)
    save("case", plain_case(slug="b", title_en="Theirs"), source=Source.ADMIN)
    with pytest.raises(Conflict, match="case b .*by somebody else"):
        records.apply([mine], index, source=Source.IMPORT)
    titles = dict(Case.objects.values_list("slug", "title_en"))
    assert titles == {"a": "Guinea", "b": "Theirs"}
    assert revisions("case") == [("a", 1, "seed"), ("b", 1, "seed"), ("b", 2, "admin")]


def test_a_statement_changed_since_the_plan_of_its_case_is_a_conflict():
    world()
    save("case", plain_case(statements=[tool()]))
    index = Index()
    mine = plan("case", plain_case(statements=[tool(place="Conakry")]), index=index)
    Statement.objects.get().delete()
    with pytest.raises(Conflict):
        records.apply([mine], index, source=Source.IMPORT)


def test_a_record_deleted_since_its_plan_is_a_conflict():
    save("case", plain_case())
    index = Index()
    mine = plan("case", plain_case(title_en="Mine"), index=index)
    Case.objects.get().delete()
    with pytest.raises(Conflict, match="case guinea-2009"):
        records.apply([mine], index, source=Source.IMPORT)
    assert not Case.objects.exists()


@pytest.mark.parametrize("kind", records.KINDS)
def test_a_record_made_since_its_plan_is_a_conflict(kind):
    record = whole_record(kind)
    index = Index()
    mine = plan(kind, record, index=index)
    save(kind, record, source=Source.ADMIN)
    ((key, _data),) = mine.new.items()
    with pytest.raises(Conflict, match="by somebody else"):
        records.apply([mine], index, source=Source.IMPORT)
    assert [(key, 1, "admin")] == [each for each in revisions(kind) if each[0] == key]


@pytest.mark.django_db(transaction=True)
def test_the_second_of_two_connections_that_save_a_case_gets_a_conflict():
    save("case", plain_case())
    locked, outcome_of = threading.Event(), {}
    second_process = []

    def in_thread(name, work):
        def run():
            try:
                work()
                outcome_of[name] = "saved"
            except Exception as error:
                outcome_of[name] = error
            finally:
                locked.set()
                connection.close()

        return threading.Thread(target=run)

    def plan_of(title):
        index = Index()
        return [plan("case", plain_case(title_en=title), index=index)], index

    first_plan, second_plan = plan_of("First"), plan_of("Second")

    def first():
        with transaction.atomic():
            records.apply(*first_plan, source=Source.ADMIN)
            locked.set()
            wait_until_the_second_waits()

    def wait_until_the_second_waits():
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            if second_process and is_waiting(second_process[0]):
                return
            time.sleep(0.02)
        raise AssertionError("the second connection never waited for the first")

    def is_waiting(process):
        if connection.vendor == "sqlite":
            # Nobody can look inside another connection; it has begun, so let it run into the lock.
            time.sleep(0.3)
            return True
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_locks WHERE pid = %s AND NOT granted", [process])
            return cursor.fetchone() is not None

    def second():
        locked.wait(10)
        connection.ensure_connection()
        is_postgres = connection.vendor == "postgresql"
        second_process.append(connection.connection.info.backend_pid if is_postgres else 0)
        records.apply(*second_plan, source=Source.ADMIN)

    threads = [in_thread("first", first), in_thread("second", second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert outcome_of["first"] == "saved"
    assert isinstance(outcome_of["second"], Conflict), outcome_of["second"]
    assert Case.objects.get().title_en == "First"
    assert revisions("case") == [("guinea-2009", 1, "seed"), ("guinea-2009", 2, "admin")]


# What is saved by other means


def test_a_record_saved_by_other_means_is_noted_once():
    save("case", plain_case())
    who = get_user_model().objects.create_user("editor")
    Case.objects.update(title_en="By hand")
    options = {"source": Source.ADMIN, "who": who, "why": "a typo"}
    assert records.note_saved("case", "guinea-2009", **options) is True
    assert records.note_saved("case", "guinea-2009", **options) is False
    assert revisions("case") == [("guinea-2009", 1, "seed"), ("guinea-2009", 2, "admin")]
    newest = Revision.objects.get(version=2)
    assert (newest.who, newest.why, newest.data["title_en"]) == (who, "a typo", "By hand")
    assert Case.objects.get().version == 2


def test_a_record_without_revisions_gets_its_first():
    make_actor("un")
    assert records.note_saved("actor", "un", source=Source.ADMIN) is True
    assert revisions("actor") == [("un", 1, "admin")]


def test_a_changed_statement_is_a_revision_of_its_case():
    world()
    save("case", plain_case())
    make_statement(Case.objects.get(), "tool:good_offices", by=["un"], key="t9")
    assert records.note_saved("case", "guinea-2009", source=Source.ADMIN) is True
    (statement,) = Revision.objects.get(version=2).data["statements"]
    assert (statement["key"], statement["by"]) == ("t9", ["un"])


def test_a_deleted_record_leaves_a_revision_without_data():
    save("case", plain_case())
    Case.objects.get().delete()
    records.note_deleted("case", "guinea-2009", source=Source.ADMIN)
    newest = Revision.objects.get(version=2)
    assert (newest.data, newest.source) == (None, "admin")
    found = records.provenance("case")["guinea-2009"]
    assert (found.source, found.version, found.deleted) == ("admin", 2, True)


def test_versions_go_on_after_a_deletion():
    save("case", plain_case())
    Case.objects.get().delete()
    records.note_deleted("case", "guinea-2009", source=Source.ADMIN)
    save("case", plain_case())
    assert Case.objects.get().version == 3
    assert records.provenance("case")["guinea-2009"].deleted is False


def test_provenance_is_that_of_the_newest_revision_of_its_kind():
    save("case", plain_case(slug="a"), plain_case(slug="b"))
    save("case", plain_case(slug="b", title_en="New"), source=Source.IMPORT)
    save("region", {"code": "a", "m49": "900"}, source=Source.ADMIN)
    found = {key: (p.source, p.version) for key, p in records.provenance("case").items()}
    assert found == {"a": ("seed", 1), "b": ("import", 2)}


def test_problems_are_told_in_the_language_of_whoever_reads_them(say):
    say("fa", "statement %(key)s", "گزارهٔ %(key)s")
    say("fa", "%(value)s is not one of %(known)s.", "%(value)s هیچ‌یک از %(known)s نیست.")
    say("fa", "%(value)s stands there twice.", "%(value)s دو بار آمده است.")
    make_actor("un")
    wrong = plain_case(coverage="thorough", statements=[tool(by=["un", "un"])])
    with translation.override("fa"):
        problems = [str(problem) for problem in plan("case", wrong).problems]
    assert any("'thorough' هیچ‌یک از substantial, named_only نیست." in each for each in problems)
    assert any("گزارهٔ t1, by: 'un' دو بار آمده است." in each for each in problems)

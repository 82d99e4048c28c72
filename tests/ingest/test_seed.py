import copy
import re
import shutil
from contextlib import suppress
from io import StringIO

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.db import transaction

from cases import records
from cases.models import (
    Actor,
    Case,
    Document,
    Edition,
    Quotation,
    Reference,
    Revision,
    Statement,
)
from cases.models.choices import Source
from cases.views.home import figures
from ingest import uploads
from ingest.parsers.report import parse_report
from ingest.parsers.source import decode, read_source
from ingest.services import SeedRefused, load_seeds, store_edition
from tests.ingest import seed_folder

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path):
    return seed_folder.write_folder(tmp_path / "seeds")


def seed(folder):
    """The command's last line of tally and what it says on stderr."""
    output, errors = StringIO(), StringIO()
    call_command("seed", folder=folder, stdout=output, stderr=errors)
    return output.getvalue().splitlines()[-1], errors.getvalue()


def refused(folder):
    """The problems of a folder that must not load, as printed, and nothing may have been saved."""
    before = Revision.objects.count(), Edition.objects.count(), Case.objects.count()
    errors = StringIO()
    with pytest.raises(CommandError) as error:
        call_command("seed", folder=folder, stderr=errors, verbosity=0)
    assert error.value.returncode == 1
    problems = errors.getvalue().splitlines()
    assert f"{len(problems)} problem" in str(error.value)
    assert before == (Revision.objects.count(), Edition.objects.count(), Case.objects.count())
    return problems


def rewrite(folder, name, change):
    """Write one YAML file anew after `change` has been made to what it said."""
    content = seed_folder.FILES[name]()
    change(content)
    seed_folder.write_yaml(folder, name, content)


def rewrite_case(folder, **changed):
    rewrite(folder, "cases/guinea-2009.yaml", lambda case: case.update(changed))


def rewrite_statement(folder, **changed):
    rewrite(folder, "cases/guinea-2009.yaml", lambda case: case["statements"][0].update(changed))


def rewrite_quotation(folder, **changed):
    rewrite(folder, "cases/guinea-2009.yaml", lambda case: case["quotations"]["q1"].update(changed))


def test_it_loads_the_whole_folder(folder):
    assert seed(folder)[0] == "seed: 32 new, 0 changed, 0 unchanged, 0 left to editors"
    case = Case.objects.get()
    assert (case.slug, case.title_fa, case.coding) == ("guinea-2009", "Guinea", "double")
    assert case.published_on is not None
    tool = Statement.objects.get(key="t1")
    assert tool.scope == "this_case"
    assert [(p.part, p.actor.code) for p in tool.parts.order_by("part")] == [
        ("by", "envoy"),
        ("on_behalf_of", "un"),
    ]
    quotation = tool.quotations.get()
    passage = quotation.passage
    assert passage.text[quotation.start : quotation.end] == "The envoy mediated in Conakry in 2009"
    assert quotation.translated_by == "machine"
    assert Reference.objects.get().document.code == "A-66-811"
    assert Statement.objects.get(scheme="finding").key == "f1"
    assert "conakry" in case.search_text


def test_an_edition_keeps_the_bytes_that_were_received(folder):
    seed(folder)
    edition = Edition.objects.get()
    assert edition.ref == "S-2011-552/en"
    assert bytes(edition.content).decode() == seed_folder.REPORT
    assert edition.title == "Preventive diplomacy"
    assert [p.code for p in edition.passages.order_by("order")] == ["f1", "h1", "p1", "p2", "n1"]
    assert edition.passages.get(code="p1").section.title == "Introduction"
    assert edition.passages.get(code="p1").calls == [[1, 80, 81]]


def test_an_edition_alone_is_counted_on_pages_at_once(folder):
    seed(folder)
    edition = Edition.objects.get(ref="S-2011-552/en")
    passages = edition.passages.count()
    assert figures()["passages"] == passages
    report = parse_report(bytes(edition.content).decode(), "en")
    store_edition(edition.document, "en", b"", "again.txt", report, code="en-2")
    assert figures()["passages"] == 2 * passages


def test_one_load_is_one_change_set_with_one_revision_a_record(folder):
    seed(folder)
    revisions = Revision.objects.all()
    assert len({revision.change_set for revision in revisions}) == 1
    assert {revision.source for revision in revisions} == {Source.SEED}
    names = [(revision.kind, revision.key) for revision in revisions]
    assert len(names) == len(set(names)) == 31  # an edition never changes and has none


def test_loading_it_twice_changes_nothing(folder):
    seed(folder)
    before = list(Revision.objects.values_list("pk", flat=True))
    rows = list(Statement.objects.values_list("pk", flat=True))
    assert seed(folder)[0] == "seed: 0 new, 0 changed, 32 unchanged, 0 left to editors"
    assert list(Revision.objects.values_list("pk", flat=True)) == before
    assert list(Statement.objects.values_list("pk", flat=True)) == rows


def test_a_changed_file_changes_its_record_and_no_other(folder):
    seed(folder)
    rewrite_case(folder, end="2010")
    assert seed(folder)[0] == "seed: 0 new, 1 changed, 31 unchanged, 0 left to editors"
    assert Case.objects.get().end == "2010"
    newest = Revision.objects.order_by("-pk").first()
    assert (newest.kind, newest.key, newest.version) == ("case", "guinea-2009", 2)


def test_it_says_not_stated_where_a_case_codes_nothing(folder):
    statement = {"key": "s1", "term": "situation:electoral", "support": "implies"}
    rewrite(
        folder,
        "cases/guinea-2009.yaml",
        lambda case: case["statements"].append(statement | {"quotations": ["q2"]}),
    )
    seed(folder)
    silent = Statement.objects.filter(term__code="not_stated").order_by("order")
    assert [(s.key, s.term_id, s.support, s.scope) for s in silent] == [
        (f"{scheme}-not-stated", f"{scheme}:not_stated", "", "this_case")
        for scheme in ("trigger", "initiation", "un_role")
    ]
    assert not any(statement.quotations.exists() for statement in silent)


def test_what_an_editor_changed_is_left_alone_and_reported(folder):
    seed(folder)
    Case.objects.update(title_en="Guinea, as an editor calls it")
    records.note_saved("case", "guinea-2009", source=Source.ADMIN)
    Actor.objects.filter(code="un").update(note_en="An editor's note.")
    records.note_saved("actor", "un", source=Source.ADMIN)
    # A case that is left takes its quotations along: two records less are looked at.
    rewrite_case(folder, title=seed_folder.title("A newer title"))
    rewrite(folder, "actors.yaml", lambda actors: actors[1].update(note_en="From the file."))

    total, said = seed(folder)
    assert total == "seed: 0 new, 1 changed, 27 unchanged, 2 left to editors"
    assert "case guinea-2009: changed by an editor, left as it is" in said
    assert "actor un: changed by an editor, left as it is" in said
    assert Case.objects.get().title_en == "Guinea, as an editor calls it"
    assert Actor.objects.get(code="un").note_en == "An editor's note."
    assert Actor.objects.get(code="envoy").note_en == "From the file."


def test_a_translation_that_an_editor_mended_is_left_alone(folder):
    seed(folder)
    mended = Quotation.objects.get(passage__code="p2")
    mended.translation_en, mended.translated_by = "The vote was calm", "person"
    mended.save()
    records.note_saved("quotation", str(mended), source=Source.ADMIN)

    total, said = seed(folder)
    assert total == "seed: 0 new, 0 changed, 31 unchanged, 1 left to editors"
    assert f"quotation {mended}: changed by an editor, left as it is" in said
    mended.refresh_from_db()
    assert mended.translation_en == "The vote was calm"


def test_what_an_editor_deleted_stays_deleted(folder):
    seed(folder)
    records.note_deleted("case", "guinea-2009", source=Source.ADMIN)
    Case.objects.all().delete()
    key = "S-2011-552/en/n1/4-12>A-66-811"
    records.note_deleted("reference", key, source=Source.ADMIN)
    Reference.objects.all().delete()
    records.note_deleted("document", "A-66-811", source=Source.ADMIN)
    Document.objects.filter(code="A-66-811").delete()

    for _time in range(2):
        total, said = seed(folder)
        assert total == "seed: 0 new, 0 changed, 27 unchanged, 3 left to editors"
        assert "case guinea-2009: deleted by an editor, left as it is" in said
        assert f"reference {key}: deleted by an editor, left as it is" in said
        assert "document A-66-811: deleted by an editor, left as it is" in said
    assert not Case.objects.exists()
    assert not Reference.objects.exists()


def test_a_deleted_report_does_not_come_back_through_its_edition(folder):
    rewrite(folder, "errata.yaml", list.clear)
    rewrite(folder, "documents.yaml", lambda documents: documents[0].pop("references"))
    rewrite(folder, "findings.yaml", lambda findings: [part.clear() for part in findings.values()])
    (folder / "cases/guinea-2009.yaml").unlink()
    seed(folder)
    records.note_deleted("document", "S-2011-552", source=Source.ADMIN)
    Edition.objects.all().delete()
    Document.objects.filter(code="S-2011-552").delete()
    assert "document S-2011-552: deleted by an editor" in seed(folder)[1]
    assert not Edition.objects.exists()


def test_a_new_case_cannot_quote_what_an_editor_deleted(folder):
    seed(folder)
    ref = str(Quotation.objects.get(passage__code="p2"))
    records.note_deleted("case", "guinea-2009", source=Source.ADMIN)
    Case.objects.all().delete()
    records.note_deleted("quotation", ref, source=Source.ADMIN)
    Quotation.objects.filter(passage__code="p2").delete()
    seed_folder.write_yaml(folder, "cases/guinea.yaml", seed_folder.case() | {"slug": "guinea"})
    (problem,) = refused(folder)
    assert problem.startswith("cases/guinea.yaml, statement v1, quotations: ")
    assert f"{ref!r} is not a known quotation" in problem


QUOTED = "cases/guinea-2009.yaml, quotation q1 (of t1): "
TOOL = "cases/guinea-2009.yaml, statement t1"


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        (
            {"words": "envoy in Konakry"},
            "not verbatim in S-2011-552/en/p1: «envoy in Konakry». The nearest print is «",
        ),
        ({"words": "the envoy  came"}, "not verbatim in S-2011-552/en/p1: «the envoy  came»."),
        ({"passage": "S-2011-552/en/p9"}, "there is no passage S-2011-552/en/p9."),
        (
            {"occurrence": "2"},
            "the words stand in S-2011-552/en/p1 only 1 times: «The envoy mediated in Conakry",
        ),
        ({"occurrence": "0"}, "occurrence: 0 is not 1, 2, 3 …"),
        ({"occurrence": "-1"}, "occurrence: -1 is not 1, 2, 3 …"),
        ({"occurrence": "²"}, "occurrence: ² is not 1, 2, 3 …"),
        ({"words": ""}, "needs the keys passage and words, both text."),
        ({"words": ["one", "two"]}, "needs the keys passage and words, both text."),
        (
            {"note": "x"},
            "unknown key note; use occurrence, passage, translation_en, words.",
        ),
    ],
)
def test_a_quotation_names_file_case_statement_and_remedy(folder, changed, problem):
    rewrite_quotation(folder, **changed)
    assert refused(folder)[0].startswith(QUOTED + problem)


def test_the_second_of_two_occurrences_can_be_quoted(folder):
    rewrite_quotation(folder, words="envoy", occurrence="2", translation_en="envoy")
    seed(folder)
    assert Statement.objects.get(key="t1").quotations.get().start == 62


@pytest.mark.parametrize(
    ("changed", "where", "says"),
    [
        ({"term": "tool:mediatoin"}, ", term", "did you mean tool:mediation"),
        ({"term": "mediation"}, ", term", "'mediation' is not a known term"),
        (
            {"actors": {"by": ["envoi"]}},
            ", by",
            "'envoi' is not a known actor; did you mean envoy?",
        ),
        ({"actors": {"buy": ["envoy"]}}, "", "unknown key 'buy'; did you mean by?"),
        ({"when": "spring 2009"}, ", when", "spring 2009"),
        ({"when": "2009-13"}, ", when", "2009-13"),
        (
            {"support": "says"},
            ", support",
            "'says' is not one of states, implies, editor_inference.",
        ),
        ({"wen": "2009"}, "", "unknown key 'wen'; did you mean when?"),
        ({"quotations": ["q7"]}, "", "no quotation 'q7'; there are q1, q2."),
        ({"quotations": []}, "", "no words"),
        ({"quotations": ["q1", "q1"]}, ", quotations", "stands there twice"),
        ({"phase": "opening"}, "", "phase is only for event."),
        ({"documents": ["S-RES-1"]}, ", documents", "'S-RES-1' is not a known document"),
        ({"credited_to": ["t9"]}, "", "credited_to: 't9' is no tool statement of this case."),
    ],
)
def test_a_statement_names_file_case_statement_and_what_is_allowed(folder, changed, where, says):
    rewrite_statement(folder, **changed)
    problems = refused(folder)
    assert [p for p in problems if p.startswith(f"{TOOL}{where}: ") and says in p], problems


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"slug": "guinea"}, "slug: must be guinea-2009, as the file is named."),
        ({"start": "autumn 2009"}, "start: “autumn 2009” is not a date. Allowed are 2008, "),
        ({"coverage": "full"}, "coverage: 'full' is not one of substantial, named_only."),
        ({"colour": "red"}, "unknown key 'colour'; "),
        ({"title": {"en": "G", "de": "G"}}, "title: must have texts for en, fa and ar, "),
        ({"title": {"en": "Guinea"}}, "title_fa: There is no title in Persian."),
        ({"countries": [{"country": "GNI"}]}, "countries 1, country: 'GNI' is not a known country"),
        ({"statements": "t1"}, "statements: must be a list."),
        ({"quotations": "q1"}, "quotations: must map names to words."),
    ],
)
def test_a_case_names_its_file_and_what_is_allowed(folder, changed, problem):
    rewrite_case(folder, **changed)
    problems = refused(folder)
    start = re.compile(rf"cases/guinea-2009\.yaml[:,] {re.escape(problem)}")
    assert [p for p in problems if start.match(p)], problems


def test_all_errors_of_all_files_come_at_once_and_nothing_is_saved(folder):
    def spoil(case):
        case["start"] = "soon"
        case["quotations"]["q1"]["words"] = "no such words"
        case["statements"][1]["term"] = "event:elektion"

    rewrite(folder, "cases/guinea-2009.yaml", spoil)
    rewrite(folder, "actors.yaml", lambda actors: actors[0].update(type="planet"))
    rewrite(folder, "errata.yaml", lambda errata: errata[0].update(certainty="sure"))
    rewrite(folder, "documents.yaml", lambda documents: documents[0].update(issuer="nobody"))
    problems = "\n".join(refused(folder))
    for place in [
        "actors.yaml, un, type: 'actor_type:planet' is not a known term",
        "documents.yaml, A-66-811, issuer: 'nobody' is not a known actor",
        "errata.yaml, en-conakry, certainty: 'sure' is not one of certain, probable, possible.",
        "cases/guinea-2009.yaml, start: “soon” is not a date. Allowed are 2008, ",
        "cases/guinea-2009.yaml, quotation q1 (of t1): not verbatim",
        "cases/guinea-2009.yaml, statement v1, term: 'event:elektion' is not a known term",
    ]:
        assert place in problems
    assert not Actor.objects.exists()
    assert not Revision.objects.exists()


def test_a_key_that_stands_twice_is_refused(folder):
    path = folder / "cases/guinea-2009.yaml"
    path.write_text(path.read_text("utf-8") + "start: '2010'\n", "utf-8")
    (problem,) = refused(folder)
    assert problem.startswith("cases/guinea-2009.yaml: is not YAML: ")
    assert "the key 'start' stands here a second time (line " in problem


def test_a_record_that_stands_twice_is_refused(folder):
    rewrite(folder, "actors.yaml", lambda actors: actors.append(copy.deepcopy(actors[0])))
    rewrite(
        folder,
        "cases/guinea-2009.yaml",
        lambda case: case["statements"].append(copy.deepcopy(case["statements"][0])),
    )
    assert refused(folder) == [
        "actors.yaml, un: actor un stands in actors.yaml, un already.",
        f"{TOOL}: this key stands 2 times.",
    ]


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("actors.yaml", b"- code: [un", "seeds/actors.yaml: is not YAML: "),
        ("actors.yaml", b"code: un", "actors.yaml: must be a list of records."),
        ("actors.yaml", b"- un", "actors.yaml, number 1: must be a mapping."),
        (
            "documents.yaml",
            "- code: Présence".encode("latin-1"),
            "seeds/documents.yaml: is not YAML: ",
        ),
        ("cases/guinea-2009.yaml", b"- slug: x", "cases/guinea-2009.yaml: must be a mapping."),
        ("cases/guinea-2009.yaml", b"{[a]: b}", "cases/guinea-2009.yaml: is not YAML: "),
        ("cases/guinea-2009.yaml", b"a: *b", "cases/guinea-2009.yaml: is not YAML: "),
        (
            "findings.yaml",
            b"- key: f1",
            "findings.yaml: must have the keys quotations and statements.",
        ),
        ("countries.csv", b"alpha3,alpha2\nGIN\n", "countries.csv, row 2: has more or fewer cells"),
        ("countries.csv", b"alpha3\nGIN,GN\n", "countries.csv, row 2: has more or fewer cells"),
        ("countries.csv", b'alpha3\n"GIN\n', "countries.csv: cannot be read: "),
        ("countries.csv", "alpha3\nGuinée\n".encode("latin-1"), "countries.csv: cannot be read: "),
        (
            "vocabularies/tool.csv",
            b"scheme,code\nevent,x\n",
            "tool.csv, row 2: scheme: must be tool",
        ),
    ],
)
def test_a_broken_file_is_named(folder, name, content, problem):
    (folder / name).write_bytes(content)
    problems = refused(folder)
    assert [p for p in problems if p.startswith(problem)], problems


def test_a_missing_file_is_named(folder):
    (folder / "actors.yaml").unlink()
    (folder / "countries.csv").unlink()
    problems = refused(folder)
    assert "seeds/actors.yaml: cannot be read: No such file or directory." in problems
    assert [p for p in problems if p.startswith("countries.csv: cannot be read: ")]


def test_a_table_that_excel_saved_is_read(folder):
    path = folder / "countries.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert seed(folder)[0].startswith("seed: 32 new")


def test_an_edition_that_an_editor_replaced_is_left(folder):
    write = seed_folder.write_yaml
    for name in ("documents.yaml", "errata.yaml"):
        write(folder, name, [])
    write(folder, "findings.yaml", {"quotations": {}, "statements": []})
    (folder / "cases/guinea-2009.yaml").unlink()
    seed(folder)
    editor = get_user_model().objects.create_user("editor")
    document = Document.objects.get(code="S-2011-552")
    corrected = seed_folder.REPORT.replace("envoy came", "envoy drove").encode()
    kept = uploads.keep_aside(editor, corrected, "new.txt", "en", document, {})
    uploads.save(kept, editor, replaced="en")
    _, said = seed(folder)
    assert "edition S-2011-552/en: differs from report.en.txt; an editor saved" in said
    assert bytes(Edition.objects.get().content) == corrected


def test_a_file_that_an_editor_uploaded_elsewhere_is_not_stored_twice(folder):
    seed(folder)
    path = folder / "reports/report.en.txt"
    other = seed_folder.REPORT + "3. One paragraph more.\n"
    editor = get_user_model().objects.create_user("editor")
    document = Document.objects.get(code="A-66-811")
    kept = uploads.keep_aside(editor, other.encode(), "new.txt", "en", document, {})
    uploads.save(kept, editor)
    path.write_text(other, "utf-8")
    assert any("is the edition A-66-811/en already" in problem for problem in refused(folder))


def test_a_changed_edition_file_is_refused(folder):
    seed(folder)
    path = folder / "reports/report.en.txt"
    path.write_text(seed_folder.REPORT + "3. One paragraph more.\n", "utf-8")
    (problem,) = refused(folder)
    assert problem == (
        "reports.yaml, S-2011-552: report.en.txt: differs from the edition S-2011-552/en that is "
        "stored; words are quoted from it, so add the corrected file as a new edition."
    )
    assert Edition.objects.get().passages.count() == 5


@pytest.mark.parametrize(
    ("edition", "problem"),
    [
        ({"file": "missing.txt"}, "missing.txt: cannot be read: No such file or directory."),
        ({"file": "binary.txt"}, "binary.txt: this is a binary file"),
        ({"file": "latin.txt"}, "latin.txt: not UTF-8: byte 0xe9 at position 1"),
        ({"language": "de"}, "no rules for the language 'de': use en, fa, ar, fr, es, ru, zh."),
        ({"file": ""}, "edition: needs the keys language and file."),
        ({"sha": "x"}, "edition: unknown key sha."),
    ],
)
def test_an_edition_that_cannot_be_read_is_named(folder, edition, problem):
    (folder / "reports/binary.txt").write_bytes(b"\x00")
    (folder / "reports/latin.txt").write_bytes(b"t\xe9")
    rewrite(folder, "reports/reports.yaml", lambda items: items[0]["editions"][0].update(edition))
    problems = refused(folder)
    assert [p for p in problems if problem in p], problems
    assert problems[0].startswith("reports.yaml, S-2011-552: ")


def test_the_same_words_cannot_have_two_translations(folder):
    def add(case):
        case["quotations"]["q3"] = case["quotations"]["q1"] | {"translation_en": "Otherwise"}
        case["statements"][0]["quotations"] = ["q1", "q3"]

    rewrite(folder, "cases/guinea-2009.yaml", add)
    assert (
        "cases/guinea-2009.yaml, quotation q3 (of t1): the same words are translated otherwise in "
        "cases/guinea-2009.yaml, quotation q1 (of t1)."
    ) in refused(folder)


def test_a_quotation_that_no_statement_uses_is_refused(folder):
    rewrite_statement(folder, quotations=["q2"])
    assert refused(folder) == ["cases/guinea-2009.yaml, quotation q1: no statement uses it."]


def test_an_erratum_and_a_reference_must_be_verbatim_too(folder):
    rewrite(folder, "errata.yaml", lambda errata: errata[0]["places"][0].update(words="Konakry"))
    rewrite(
        folder, "documents.yaml", lambda docs: docs[0]["references"][0].update(words="A/66/8111")
    )
    problems = "\n".join(refused(folder))
    assert "errata.yaml, en-conakry: not verbatim in S-2011-552/en/p1: «Konakry»." in problems
    assert (
        "documents.yaml, A-66-811, reference in S-2011-552/en/n1: not verbatim in "
        "S-2011-552/en/n1: «A/66/8111»."
    ) in problems


ODD_VALUES = [[["x"]], {"x": "y"}]


def nodes(content, path=()):
    """The path to every value in nested mappings and lists."""
    yield path
    keys = content if isinstance(content, dict) else range(len(content))
    for key in keys if isinstance(content, dict | list) else ():
        yield from nodes(content[key], (*path, key))


@pytest.mark.parametrize("name", seed_folder.FILES)
def test_whatever_stands_in_the_place_of_any_value_never_breaks_the_load(folder, name):
    for path in nodes(seed_folder.FILES[name]()):
        for odd in ODD_VALUES:
            content = parent = {"root": seed_folder.FILES[name]()}
            *way, last = ("root", *path)
            for key in way:
                parent = parent[key]
            parent[last] = odd
            seed_folder.write_yaml(folder, name, content["root"])
            with suppress(SeedRefused), transaction.atomic():
                load_seeds(folder)
                transaction.set_rollback(True)


def test_the_folder_must_be_there(tmp_path):
    with pytest.raises(CommandError, match="nowhere is no folder"):
        call_command("seed", folder=tmp_path / "nowhere")


def test_the_real_report_files_load_with_their_documents(tmp_path):
    """Cases, findings and errata are written all the time: here only what they stand on."""
    folder = seed_folder.write_folder(tmp_path / "seeds")
    shutil.rmtree(folder / "vocabularies")
    for name in ("vocabularies", "reports"):
        shutil.copytree(settings.SEEDS_DIR / name, folder / name, dirs_exist_ok=True)
    for name in ("countries.csv", "actors.yaml", "documents.yaml", "cases/kenya-2008.yaml"):
        shutil.copy(settings.SEEDS_DIR / name, folder / name)
    (folder / "cases/guinea-2009.yaml").unlink()
    seed_folder.write_yaml(folder, "errata.yaml", [])
    seed_folder.write_yaml(folder, "findings.yaml", {"quotations": {}, "statements": []})

    seed(folder)
    editions = Edition.objects.order_by("ref")
    assert [e.ref for e in editions] == ["S-2011-552/fa", "sg-mediation-page/ar"]
    assert [e.passages.filter(kind="paragraph").count() for e in editions] == [72, 5]
    for edition in editions:
        path = settings.SEEDS_DIR / "reports" / edition.file_name
        assert bytes(edition.content) == read_source(path)
        assert decode(bytes(edition.content), path.name)
    case = Case.objects.get()
    assert case.slug == "kenya-2008"
    for quotation in Quotation.objects.filter(statements__case=case):
        assert quotation.passage.text[quotation.start : quotation.end].strip()
    assert seed(folder)[0].endswith(" 0 left to editors")
    assert seed(folder)[0].startswith("seed: 0 new, 0 changed, ")

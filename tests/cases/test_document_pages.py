"""/documents/: the list, the record of a document, and the reader of a whole text."""

import re
from html import unescape

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import translation

from cases import index
from cases.models import Document, Passage, Section
from cases.reader import read_edition
from cases.templatetags.documents import document_name, in_words, marked
from cases.views import documents, kept
from ingest.parsers.report import parse_report
from ingest.parsers.source import decode, read_source
from tests.factories import (
    add_passage,
    make_actor,
    make_case,
    make_document,
    make_edition,
    make_misprint,
    make_quotation,
    make_reference,
    make_statement,
)

pytestmark = pytest.mark.django_db

TEXT = "The envoy mediated in Conacry 1 under resolution 1325 of the Council."
ADDRESS = "/documents/S-2011-552/fa/"


@pytest.fixture
def edition():
    return make_edition()


def add(edition, code, text=TEXT, **values) -> Passage:
    return add_passage(edition, code, text, **values)


def html(client, address=ADDRESS) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def text_of(markup: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", markup)).split())


def row_of(page: str, code: str) -> str:
    """The part of the page about one passage."""
    return re.search(
        rf'<div class="row[^>]* id="{code}">.*?(?=<div class="row|</article>)', page, re.DOTALL
    )[0]


# The list


def test_texts_come_first_and_say_how_much_of_them_is_coded(client, edition):
    make_document("A-1")
    add(edition, "h1", "Heading")
    coded, _not_coded = add(edition, "p1"), add(edition, "p2")
    make_statement(make_case("one"), quotations=[make_quotation("envoy", coded)])
    page = html(client, "/documents/")
    assert page.index("/documents/S-2011-552/") < page.index("/documents/A-1/")
    assert "1 of 2 passages coded" in page


def test_drafts_and_general_rules_code_nothing(client, edition):
    quotation = make_quotation("envoy", add(edition, "p1"))
    make_statement(make_case("draft", review="draft"), quotations=[quotation])
    make_statement(make_case("one"), quotations=[quotation], scope="pattern")
    assert "0 of 1 passages coded" in html(client, "/documents/")


def test_the_list_leads_to_each_passage_that_cites(client, edition):
    passage = add(edition, "p7")
    cited = make_document("S-RES-1325")
    make_reference(passage, "resolution 1325", cited)
    make_reference(passage, "Council", cited)
    assert html(client, "/documents/").count('href="/documents/S-2011-552/fa/#p7"') == 1


def test_the_list_stands_on_pages_texts_first_and_then_by_code(client, monkeypatch):
    monkeypatch.setattr(documents, "PER_PAGE", 3)
    for code in ("b-2", "B-1", "a-3"):
        make_edition(code)
    for code in ("a-1", "A-2"):
        make_document(code)
    pages = [html(client, f"/documents/?page={number}") for number in (1, 2)]
    listed = [re.findall(r'<th scope="row">.*?/documents/([^/]+)/"', page) for page in pages]
    # By code points, on every database: capitals before small letters.
    assert listed == [["B-1", "a-3", "b-2"], ["A-2", "a-1"]]
    assert all("5 documents" in page for page in pages)
    assert 'rel="next" href="?page=2"' in pages[0]
    assert 'rel="prev"' in pages[1]
    assert 'rel="next"' not in pages[1]


@pytest.mark.parametrize(
    ("page", "status"), [("1", 200), ("2", 404), ("0", 400), ("x", 400), ("1&page=1", 400)]
)
def test_only_pages_that_there_are_are_answered(client, edition, page, status):
    assert client.get(f"/documents/?page={page}").status_code == status


def test_a_list_of_no_documents_is_a_page(client):
    assert "0 documents" in html(client, "/documents/")


@pytest.mark.parametrize("number", [1, 10])
def test_the_list_takes_five_queries(client, number, django_assert_num_queries):
    for at in range(number):
        passage = add(make_edition(f"A-{number}-{at}"), "p1")
        issuer = make_actor(f"issuer-{at}")
        make_reference(passage, "Council", make_document(f"B-{number}-{at}", issuer=issuer))
    # How many; documents with issuers; the issuers' names; editions with counts; places that cite.
    with django_assert_num_queries(5):
        html(client, "/documents/")


# The record


def test_a_record_says_where_the_document_is_cited_with_which_words(client, edition):
    make_reference(add(edition, "p7"), "resolution 1325", make_document("S-RES-1325"), "quotes")
    page = html(client, "/documents/S-RES-1325/")
    assert '<blockquote lang="fa" dir="rtl">resolution 1325</blockquote>' in page
    assert 'href="/documents/S-2011-552/fa/#p7"' in page
    assert "quotes" in page
    assert "No text of this document is held here" in page


def test_a_record_names_public_statements_only(client):
    document = make_document("S-RES-1325")
    for slug, review in (("shown", "published"), ("hidden", "draft")):
        statement = make_statement(make_case(slug, review=review), "event:referendum", key="k1")
        statement.documents.add(document)
    make_statement(None, "finding:norm", key="n1", note_en="A norm").documents.add(document)
    index.refresh()
    page = html(client, "/documents/S-RES-1325/")
    assert 'href="/cases/shown/#k1"' in page
    assert "hidden" not in page.lower().replace("aria-hidden", "")
    assert 'href="/findings/n1/"' in page
    assert "1 case stands on its words or names it" in page
    assert 'href="/findings/?document=S-RES-1325"' in page


@pytest.mark.parametrize(
    "address",
    [
        "/documents/S-9999-1/",
        "/documents/S-2011-552/xx/",
        "/documents/" + "x" * 2000 + "/",
    ],
)
def test_what_is_not_there_is_not_found(client, edition, address):
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("path", ["", "S-2011-552/", "S-2011-552/fa/"])
def test_filters_that_do_not_exist_are_refused_and_posts_too(client, edition, path):
    response = client.get(f"/documents/{path}?x=1")
    assert response.status_code == 400
    assert client.post(f"/documents/{path}").status_code == 405
    assert client.head(f"/documents/{path}").status_code == 200


# The reader


def test_every_passage_is_there_whole_at_its_anchor(client, edition):
    add(edition, "p1", 'A <b>"first"</b> & foremost')
    passage = add(edition, "p2")
    make_misprint(passage, "Conacry")
    make_reference(passage, "resolution 1325", make_document("S-RES-1325"))
    make_statement(make_case("one"), quotations=[make_quotation("mediated in Conacry", passage)])
    page = html(client)
    assert "A &lt;b&gt;&quot;first&quot;&lt;/b&gt; &amp; foremost" in row_of(page, "p1")
    for block in read_edition(edition).blocks:
        without_letters = re.sub(r'<sup class="letter">.*?</sup>', "", marked(block.pieces))
        assert unescape(re.sub(r"<[^>]+>", "", without_letters)) == block.passage.text


@pytest.mark.parametrize(
    ("prefix", "own", "direction"), [("", "fa", "rtl"), ("/fa", "en", "ltr"), ("/ar", "fa", "rtl")]
)
def test_the_text_keeps_its_language_and_direction(client, prefix, own, direction):
    add(make_edition(language=own), "p1")
    page = html(client, f"{prefix}/documents/S-2011-552/{own}/")
    assert f'<div class="print" lang="{own}" dir="{direction}">' in page


def test_headings_are_nested_and_listed(client, edition):
    chapter = Section.objects.create(edition=edition, code="s1", title="One", level=1, order=0)
    part = Section.objects.create(
        edition=edition, code="s2", title="Two", level=2, order=1, parent=chapter
    )
    add(edition, "h1", "Chapter", section=chapter)
    add(edition, "h2", "Part", section=part)
    page = html(client)
    assert "<h2>Chapter</h2>" in page
    assert "<h3>Part</h3>" in page
    assert '<a href="#h2">Part</a>' in page


def test_footnotes_are_linked_both_ways(client, edition):
    add(edition, "p1", calls=[[1, 30, 31]])
    add(edition, "n1", "A note.")
    page = html(client)
    assert '<a role="doc-noteref" href="#n1" id="p1-m30">1</a>' in row_of(page, "p1")
    assert '<a role="doc-backlink" href="#p1-m30">paragraph 1</a>' in row_of(page, "n1")


def test_an_asterisk_calls_the_footnote_that_is_printed_with_one(client, edition):
    add(edition, "f1", "A line of the speech.*")
    add(edition, "p1")
    add(edition, "n0", "From a speech.", number="*")
    page = html(client)
    assert '<a role="doc-noteref" href="#n0" id="f1-m21">*</a>' in row_of(page, "f1")
    assert 'href="#f1-m21">front matter 1</a>' in row_of(page, "n0")


def test_a_mark_without_a_note_and_a_note_without_a_mark_say_so(client, edition):
    add(edition, "p1", calls=[[18, 30, 31]])
    add(edition, "n3", "A note.")
    page = html(client)
    assert 'href="#n18"' in row_of(page, "p1")
    missing = text_of(row_of(page, "n18"))
    assert missing.startswith("Footnote 18 is missing in print. Its mark: paragraph 1")
    assert "No mark in the text calls it." in text_of(row_of(page, "n3"))


def test_footnotes_stand_as_printed_where_numbers_begin_anew_and_the_missing_in_between(
    client, edition
):
    add(edition, "n0", "From a speech.", number="*")
    add(edition, "p1", calls=[[1, 4, 5], [2, 8, 9], [3, 30, 31], [4, 33, 34]])
    for code in ("n1", "n3"):
        add(edition, code, "A note.", number=code[1])
    add(edition, "p2", calls=[["1-1", 4, 5], [5, 8, 9]])
    for code in ("n1-1", "n6"):
        add(edition, code, "A note.", number=code[1])
    add(edition, "n1-2", "A note.", number="1")
    page = html(client)
    notes = re.findall(r'id="(n[\d-]+)"', page)
    assert notes == ["n0", "n1", "n2", "n3", "n4", "n1-1", "n5", "n6", "n1-2"]
    assert 'href="#n1-1"' in row_of(page, "p2")
    assert text_of(row_of(page, "n2")).startswith("Footnote 2 is missing in print.")


def test_a_misprint_is_read_at_its_place_without_hovering(client, edition):
    passage = add(edition, "p1")
    make_misprint(passage, "Conacry")
    make_misprint(passage, "envoy", reading="mediator", certainty="possible")
    row = row_of(html(client), "p1")
    assert '<span class="misprint">Conacry</span><sup class="letter"><a href="#p1-eb-note"' in row
    note = text_of(re.search(r'<details[^>]*id="p1-eb-note">.*?</details>', row, re.DOTALL)[0])
    assert note.startswith("b Conacry to be read → Conakry There is no such town.")
    assert "wrong name, certain, this text. Coded as corrected." in note
    assert "Coded as printed." in text_of(row)


def test_a_link_holds_no_link(client, edition):
    passage = add(edition, "p1", calls=[[1, 30, 31]])
    make_misprint(passage, "1325")
    make_reference(
        passage, "Conacry 1 under resolution 1325 of", make_document("S-RES-1325"), "quotes"
    )
    make_reference(passage, "resolution 1325", make_document("S-RES-1325-2000"))
    row = row_of(html(client), "p1")
    assert not re.search(r"<a\b(?:(?!</a>).)*<a\b", row, re.DOTALL)
    assert '<a class="cited" href="/documents/S-RES-1325-2000/">resolution ' in row


def test_ids_stand_once_where_stretches_cross(client, edition):
    passage = add(edition, "p1", calls=[[1, 30, 31]])
    case = make_case("one")
    for words in ("envoy mediated in", "mediated in Conacry 1 under", "Conacry 1"):
        make_statement(case, quotations=[make_quotation(words, passage)])
    make_misprint(passage, "in Conacry 1")
    ids = re.findall(r'\bid="([^"]+)"', html(client))
    assert len(ids) == len(set(ids))
    assert {"p1-4-21", "p1-10-37", "p1-22-31"} <= set(ids)


def test_beside_a_passage_stands_what_was_coded_from_it(client, edition):
    quotation = make_quotation("mediated in Conacry", add(edition, "p1"))
    make_statement(make_case("guinea-2009"), key="t1", by=["unowa"], quotations=[quotation])
    make_statement(make_case("draft", review="draft"), key="t9", quotations=[quotation])
    make_statement(None, "finding:lesson", key="l1", note_en="Be early.", quotations=[quotation])
    row = row_of(html(client), "p1")
    assert '<span class="stretch first" id="p1-10-29">mediated in Conacry</span>' in row
    assert '<a class="words" href="#p1-10-29" lang="fa" dir="rtl">mediated in Conacry</a>' in row
    assert '<a href="/cases/guinea-2009/#t1">mediation</a> (UNOWA)' in row
    assert '<a href="/findings/l1/">lesson</a>: Be early.' in row
    assert "1 statement, 1 finding" in text_of(row).replace(" ,", ",")
    assert "t9" not in row
    assert "draft" not in row.lower()


def test_a_general_rule_is_shown_and_marked(client, edition):
    quotation = make_quotation("envoy", add(edition, "p1"))
    make_statement(make_case("one"), quotations=[quotation], scope="pattern")
    assert "(general rule)" in text_of(row_of(html(client), "p1")).replace("( ", "(")


def test_much_is_folded_and_little_is_open(client, edition):
    few, many = add(edition, "p1"), add(edition, "p2")
    case = make_case("one")
    make_statement(case, quotations=[make_quotation("envoy", few)])
    quotation = make_quotation("envoy", many)
    for _each in range(9):
        make_statement(case, quotations=[quotation])
    page = html(client)
    assert '<details class="coded" open>' in row_of(page, "p1")
    assert '<details class="coded">' in row_of(page, "p2")


def test_the_end_says_what_is_not_coded_and_what_could_not_be_placed(client, edition):
    add(edition, "h1", "Heading")
    add(edition, "p1")
    make_statement(make_case("one"), quotations=[make_quotation("envoy", add(edition, "p2"))])
    page = html(client)
    end = page[page.index('<section id="coverage">') :]
    assert "Something was coded from 1 of 2 passages" in end
    assert re.findall(r'<a href="#([a-z]\d+)">', end) == ["p1"]
    assert "Photo credit" in end
    assert "Footnote 9 breaks off" in end


@pytest.mark.parametrize("number", [1, 10])
def test_the_reader_takes_twelve_queries(client, edition, number, django_assert_num_queries):
    for at in range(number):
        passage = add(edition, f"p{at}", calls=[[at, 30, 31]])
        make_misprint(passage, "Conacry")
        make_reference(passage, "Council", make_document(f"B-{at}"))
        case = make_case(f"case-of-{at}")
        make_statement(case, by=["au", f"a{at}"], quotations=[make_quotation("envoy", passage)])
    html(client)
    kept.forget()
    # Whether anything has changed since the page was kept.
    # The edition and its document; passages, their sections; references; misprints; what stands on
    # the words; its terms, its cases, who did it, actors, their names; other editions. No sections
    # here.
    with django_assert_num_queries(12):
        html(client)


def test_words_of_cases_and_findings_lead_into_the_text(client, edition):
    quotation = make_quotation("mediated in Conacry", add(edition, "p1"))
    make_statement(make_case("one"), quotations=[quotation])
    make_statement(None, "finding:lesson", key="l1", quotations=[quotation])
    for address in ("/findings/", "/findings/l1/"):
        assert 'href="/documents/S-2011-552/fa/#p1-10-29"' in html(client, address)
    # A case shows the whole passage with all its words in it, so there the passage is the link.
    for prefix in ("", "/fa"):
        page = html(client, f"{prefix}/cases/one/")
        assert f'href="{prefix}/documents/S-2011-552/fa/#p1"' in page


@pytest.mark.parametrize("code", ["S/2011/552", "a b", "", "-a", "a\n"])
def test_a_code_that_cannot_stand_in_an_address_is_refused(code):
    with pytest.raises(ValidationError) as refusal:
        Document(code=code, kind="report", title_en="A title").full_clean()
    assert "code" in refusal.value.message_dict


@pytest.mark.parametrize(
    ("warning", "said"),
    [
        ("no title found", "عنوانی یافت نشد."),
        (
            "footnote 15 is missing: its mark stands in p52",
            "پانوشت ۱۵ نیست؛ نشانهٔ آن در بند ۵۲ است.",
        ),
        ("footnote 15 is missing", "پانوشت ۱۵ نیست."),
        (
            "footnote 9 breaks off: «… <b>»",
            'پانوشت ۹ ناتمام است: «<bdi lang="ar">… &lt;b&gt;</bdi>»',
        ),
        ("line 3: section B follows where A was due", "سطر ۳: بخش B جایی آمده است که نوبت A بود."),
        ("something new", '<bdi lang="en" dir="ltr">something new</bdi>'),
    ],
)
def test_what_the_parser_said_is_told_in_the_readers_language(warning, said):
    with translation.override("fa"):
        assert in_words(warning, "ar") == said


@pytest.mark.parametrize("name", ["s-2011-552.fa.txt", "secretary-general-mediation.ar.txt"])
def test_every_warning_of_the_seeds_is_known(name):
    language = name.split(".")[1]
    text = decode(read_source(settings.SEEDS_DIR / "reports" / name), name)
    for warning in parse_report(text, language).warnings:
        assert 'lang="en"' not in in_words(warning, language), warning


def test_words_stand_beside_the_text_with_their_translation(client, edition):
    quotation = make_quotation(
        "envoy", add(edition, "p1"), translation_en="the emissary", translated_by="machine"
    )
    make_statement(make_case("one"), quotations=[quotation])
    translated = re.search(r'<span class="tr">.*?</span></span>', html(client))[0]
    assert text_of(translated) == "the emissary (machine translation)"
    # It is English, and would make the other pages heavy for those who read the text itself.
    assert "the emissary" not in html(client, f"/fa{ADDRESS}")


def test_a_text_of_which_all_is_coded_offers_nothing_uncoded(client, edition):
    passage = add(edition, "p1")
    assert 'href="#coverage">what is not</a>' in html(client)
    make_statement(make_case("one"), quotations=[make_quotation("envoy", passage)])
    assert 'href="#coverage">what is not</a>' not in html(client)


def test_a_document_without_a_symbol_is_called_by_its_title():
    document = make_document("x-page", symbol="", title_en="The words of a page of the web")
    assert document_name(document, 3) == "The words of…"
    assert document_name(make_document("S-1", symbol="S/1")) == "S/1"

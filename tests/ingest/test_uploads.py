"""Uploading an edition: refused, shown, saved, replaced; whatever is sent, no page breaks."""

import hashlib
import io
from datetime import timedelta

import docx
import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from cases.models import Document, Edition, Erratum, Passage, Revision
from cases.models.choices import Language
from ingest import uploads
from ingest.models import PendingUpload
from ingest.readers import clean_name
from tests.factories import (
    make_document,
    make_misprint,
    make_quotation,
    make_reference,
)

pytestmark = pytest.mark.django_db

UPLOAD = "/admin/cases/edition/upload/"
TEXT = "Title\nI. Introduction\n1. The envoy went.^{1}\n2. The envoy came back.\n1. See A/66/811.\n"
PERSIAN = "دیپلماسی پیشگیرانه\nاول- مقدمه\n۱- دیپلماسی ارزان است.\n۲- فرستاده رفت.\n"


def user_who(*permissions, name="editor"):
    user = get_user_model().objects.create_user(name, is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    return user


@pytest.fixture
def editor():
    return user_who("add_edition", "view_edition", "add_document", "view_document")


@pytest.fixture
def desk(client, editor):
    client.force_login(editor)
    return client


@pytest.fixture
def document():
    return make_document("S-2011-552")


def send(client, content=TEXT, name="report.txt", language="en", document=None, **posted):
    """Post a file; a text is sent as UTF-8."""
    content = content.encode() if isinstance(content, str) else content
    file = io.BytesIO(content)
    file.name = name  # as it is: what Django has of its own for tests refuses odd names first
    posted |= {"language": language, "file": file}
    if document:
        posted["document"] = document.pk
    return client.post(UPLOAD, posted)


def looked_at(client, *arguments, **named) -> str:
    """The address at which a file that was sent is shown."""
    response = send(client, *arguments, **named)
    assert response.status_code == 302, response.content.decode()
    return response.url


def saved(client, *arguments, replace="", **named) -> Edition:
    url = looked_at(client, *arguments, **named)
    response = client.post(url, {"save": "1", "replace": replace})
    assert response.status_code == 302, response.content.decode()
    return Edition.objects.latest("pk")


def refusal(response) -> str:
    """The page of a file that was refused; nothing of it was kept."""
    assert response.status_code == 400
    assert not PendingUpload.objects.exists()
    return response.content.decode()


def word(*lines) -> bytes:
    made = docx.Document()
    for line in lines:
        made.add_paragraph(line)
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


# Look, then save


def test_what_the_parser_found_is_shown_before_anything_is_saved(desk, document):
    url = looked_at(desk, PERSIAN + "۴- بی شماره.\n", language="fa", document=document)
    page = desk.get(url)
    text = page.content.decode()
    for shown in ("دیپلماسی ارزان است.", "مقدمه", "paragraph 3 is missing", 'dir="rtl"', "p2"):
        assert shown in text
    assert page.context["counts"] == [("paragraph", 3), ("heading", 1), ("front matter", 1)]
    assert not Edition.objects.exists()
    assert not Revision.objects.exists()


def test_an_edition_is_saved_with_the_file_as_received(desk, document, editor):
    content = PERSIAN.encode("utf-8-sig")
    edition = saved(desk, content, "گزارش من.txt", "fa", document)
    assert (edition.ref, edition.title) == ("S-2011-552/fa", "دیپلماسی پیشگیرانه")
    assert bytes(Edition.objects.get().content) == content
    assert edition.sha256 == hashlib.sha256(content).hexdigest()
    assert edition.file_name == "گزارش من.txt"
    assert list(edition.passages.values_list("code", flat=True)) == ["f1", "h1", "p1", "p2"]
    assert edition.sections.get().title == "مقدمه"
    assert not PendingUpload.objects.exists()


def test_the_history_of_the_document_tells_of_its_editions(desk, document, editor):
    edition = saved(desk, document=document)
    (revision,) = Revision.objects.filter(kind="document", key="S-2011-552")
    assert (revision.who, revision.source) == (editor, "admin")
    assert revision.why == f"edition en added: report.txt, SHA-256 {edition.sha256[:16]}"
    document.refresh_from_db()
    assert document.version == revision.version


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("report.docx", word("Title", "1. The envoy went.", "2. He came back.")),
        ("report.html", "<h1>Title</h1><p>1. The envoy went.</p><p>2. He came back.</p>"),
        ("REPORT.HTM", "<h1>Title</h1><ol><li>The envoy went.<li>He came back.</ol>"),
        ("report.TXT", "Title\n1. The envoy went.\n2. He came back.\n"),
    ],
)
def test_the_same_text_is_read_from_each_format(desk, document, name, content):
    edition = saved(desk, content, name, document=document)
    assert list(edition.passages.values_list("code", "text")) == [
        ("f1", "Title"),
        ("p1", "The envoy went."),
        ("p2", "He came back."),
    ]


@pytest.mark.parametrize("language", Language.values)
def test_every_language_of_documents_can_be_uploaded(desk, document, language):
    edition = saved(desk, "Title\n1. One.\n2. Two.\n", language=language, document=document)
    assert edition.ref == f"S-2011-552/{language}"


def test_a_new_document_is_made_with_its_first_edition(desk, editor):
    new = {
        "new-code": "A-66-811",
        "new-symbol": "A/66/811",
        "new-kind": "report",
        "new-title_en": "Mediation",
        "new-date": "2012-06",
    }
    url = looked_at(desk, **new)
    assert not Document.objects.exists()
    assert "A-66-811" in desk.get(url).content.decode()
    assert desk.post(url, {"save": "1"}).status_code == 302
    assert Edition.objects.get().ref == "A-66-811/en"
    assert str(Document.objects.get().earliest) == "2012-06-01"
    versions = Revision.objects.filter(kind="document", key="A-66-811").order_by("version")
    assert [(r.version, r.who) for r in versions] == [(1, editor), (2, editor)]


@pytest.mark.parametrize(
    ("new", "said"),
    [
        ({}, "This field is required."),
        ({"new-code": "S-2011-552"}, "already exists"),
        ({"new-code": "a b"}, "Only letters, digits"),
        ({"new-date": "sometime"}, "sometime"),
    ],
)
def test_a_document_that_cannot_be_made_is_refused_with_the_reason(desk, document, new, said):
    filled = {"new-code": "A", "new-kind": "report", "new-title_en": "A"} if new else {}
    assert said in refusal(send(desk, **(filled | new)))


def test_a_document_whose_code_was_taken_meanwhile_is_not_made(desk):
    url = looked_at(desk, **{"new-code": "A", "new-kind": "report", "new-title_en": "Mediation"})
    make_document("A")
    response = desk.post(url, {"save": "1"})
    assert response.status_code == 400
    assert "cannot be made any more" in response.content.decode()
    assert not Edition.objects.exists()


def test_a_file_can_be_discarded(desk, document):
    url = looked_at(desk, document=document)
    assert desk.post(url, {"discard": "1"}).status_code == 302
    assert not PendingUpload.objects.exists()
    assert not Edition.objects.exists()
    assert desk.post(url, {"save": "1"}, follow=True).status_code == 200
    assert not Edition.objects.exists()


def test_what_nobody_saves_within_a_day_is_removed(desk, document):
    url = looked_at(desk, document=document)
    PendingUpload.objects.update(when=timezone.now() - timedelta(hours=25))
    desk.get(UPLOAD)
    assert not PendingUpload.objects.exists()
    page = desk.get(url, follow=True)
    assert "a day has passed" in page.content.decode()


def test_the_file_of_one_editor_is_not_shown_to_another(desk, document, client):
    url = looked_at(desk, document=document)
    client.force_login(user_who("add_edition", name="other"))
    assert client.post(url, {"save": "1"}).status_code == 302
    assert not Edition.objects.exists()
    assert "The envoy went" not in client.get(url, follow=True).content.decode()


# The same file, and corrected ones


def test_the_same_file_is_recognized_and_its_edition_linked(desk, document):
    edition = saved(desk, document=document)
    page = refusal(send(desk, name="other.txt", language="fr", document=make_document("B")))
    assert reverse("admin:cases_edition_change", args=[edition.pk]) in page
    assert "S-2011-552/en" in page


def test_the_same_file_saved_by_somebody_else_meanwhile_is_not_saved_again(desk, document):
    url = looked_at(desk, document=document)
    other = Client()
    other.force_login(user_who("add_edition", "view_edition", name="other"))
    saved(other, document=document)
    response = desk.post(url, {"save": "1"})
    assert response.status_code == 400
    assert "is the edition S-2011-552/en already" in response.content.decode()


def test_a_language_may_have_several_editions(desk, document):
    refs = [saved(desk, f"{TEXT}{n}. More.\n", document=document).ref for n in (3, 4, 5)]
    assert refs == ["S-2011-552/en", "S-2011-552/en-2", "S-2011-552/en-3"]


def test_a_corrected_file_replaces_an_edition_that_nothing_stands_on(desk, document):
    old = saved(desk, document=document)
    page = desk.get(looked_at(desk, TEXT.replace("came", "drove"), document=document))
    assert page.context["replaceable"] == [old]
    new = saved(desk, TEXT.replace("came", "drove"), document=document, replace="en")
    assert (new.ref, Edition.objects.count()) == ("S-2011-552/en", 1)
    assert Passage.objects.get(code="p2").text == "The envoy drove back."
    revision = Revision.objects.filter(kind="document").latest("pk")
    assert "edition en replaced" in revision.why
    assert old.sha256[:16] in revision.why


def quote(passage):
    make_quotation("The envoy", passage)


def misprint(passage):
    make_misprint(passage, "envoy")


def refer(passage):
    make_reference(passage, "envoy", make_document("cited"))


def err_without_a_place(passage):
    Erratum.objects.create(
        code="x", edition=passage.edition, kind="omission", basis="same_text", certainty="certain"
    )


@pytest.mark.parametrize(
    ("use", "said"),
    [
        (quote, "1 quotation"),
        (misprint, "1 place of an erratum"),
        (refer, "1 reference"),
        (err_without_a_place, "1 erratum"),
    ],
)
def test_an_edition_that_something_stands_on_stays(desk, document, use, said):
    old = saved(desk, document=document)
    url = looked_at(desk, TEXT + "3. More.\n", document=document)
    use(old.passages.get(code="p1"))
    page = desk.get(url)
    assert page.context["replaceable"] == []
    assert said in page.context["staying"][0]

    refused = desk.post(url, {"save": "1", "replace": "en"})
    assert refused.status_code == 400
    assert "S-2011-552/en cannot be replaced" in refused.content.decode()
    assert said in refused.content.decode()
    assert list(Edition.objects.all()) == [old]
    assert old.passages.count() == 5

    assert desk.post(url, {"save": "1"}).status_code == 302
    assert set(document.editions.values_list("code", flat=True)) == {"en", "en-2"}


@pytest.mark.parametrize("code", ["fa", "en-9", "x" * 500])
def test_only_an_edition_of_the_document_and_language_is_replaced(desk, document, code):
    old = saved(desk, PERSIAN, "fa.txt", "fa", document)
    url = looked_at(desk, document=document)
    assert desk.post(url, {"save": "1", "replace": code}).status_code == 400
    assert list(Edition.objects.all()) == [old]


# Refusals


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.txt", b"", "is empty"),
        ("a.docx", b" \n", "is empty"),
        ("a.txt", b"\xef\xbb\xbf \n", "holds no text"),
        ("a.html", b"<html><body><script>x</script></body></html>", "holds no text"),
        ("a.txt", b"a\x00b", "binary file"),
        ("a.txt", "1. Présence".encode("latin-1"), "not UTF-8"),
        ("a.pdf", b"%PDF-1.7", "files named .txt, .docx, .html, .htm are read"),
        ("a.docx", b"%PDF-1.7", "this is a PDF"),
        ("a", b"text", "files named"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_what_to_do(desk, document, name, content, said):
    assert said in refusal(send(desk, content, name, document=document))


def test_a_huge_file_is_refused_with_the_limit(desk, document, settings):
    settings.MAX_UPLOAD_MB = 1
    page = refusal(send(desk, b"a" * (1024 * 1024 + 1), document=document))
    assert "larger than 1 MB" in page
    assert send(desk, TEXT + "a" * 1000, document=document).status_code == 302


def test_a_request_beyond_every_limit_is_refused_unread(client):
    class Unread(io.BytesIO):
        def read(self, *sizes):
            raise AssertionError("it was read")

    asked = {"CONTENT_TYPE": "multipart/form-data; boundary=x", "CONTENT_LENGTH": "90000000"}
    for address in (UPLOAD, "/admin/login/", "/cases/"):
        response = client.generic("POST", address, **asked | {"wsgi.input": Unread()})
        assert response.status_code == 413
        assert "More than 28 MB are not taken in at once" in response.content.decode()


def test_of_one_editors_files_the_ten_newest_wait(desk, document):
    for number in range(12):
        looked_at(desk, f"{TEXT}{number}", document=document)
    waiting = PendingUpload.objects.order_by("when")
    assert [bytes(each.content)[-2:].decode().strip() for each in waiting] == [
        *(str(number) for number in range(2, 12))
    ]


def test_without_a_file_or_a_language_the_form_says_so(desk, document):
    for posted in ({}, {"document": document.pk}, {"document": "x", "language": "xx"}):
        assert "This field is required." in refusal(desk.post(UPLOAD, posted))


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\me\\گزارش.docx", "گزارش.docx"),
        ("a\u202etxt.docx", "atxt.docx"),
        ("می\u200cروم.txt", "می\u200cروم.txt"),
        ("a\nb\x07.txt", "ab.txt"),
        ("é" * 300 + ".docx", "é" * 195 + ".docx"),
        ("...", "file"),
    ],
)
def test_the_name_of_a_file_is_cleaned(sent, kept):
    assert clean_name(sent) == kept


LANGUAGES = st.sampled_from([*Language.values, "", "xx", "en-US", "x" * 300])
NAMES = st.one_of(
    st.text(min_size=1, max_size=30),
    st.builds("{}.{}".format, st.text(max_size=8), st.sampled_from(["txt", "docx", "html", "htm"])),
)
WORD = word("Title", "1. The envoy went.", "2. He came back.")


@st.composite
def spoiled(draw):
    """A Word file with some of its bytes changed."""
    content = bytearray(WORD)
    for _ in range(draw(st.integers(1, 6))):
        content[draw(st.integers(0, len(content) - 1))] = draw(st.integers(0, 255))
    return bytes(content[: draw(st.integers(1, len(content)))])


CONTENTS = st.one_of(
    st.binary(max_size=300),
    st.text(max_size=300).map(str.encode),
    st.text(max_size=200).map(lambda text: f"<p>{text}</p>".encode()),
    st.binary(max_size=200).map(lambda part: b"<ol start=3><li>" + part),
    spoiled(),
)


@given(CONTENTS, NAMES, LANGUAGES)
@hypothesis_settings(max_examples=150)
@example(b"<p>&#0;&#x1f;&#xD800;", "a.html", "fa")
@example("1. \ud7ff\ufffe\u2028".encode(), "a.txt", "zh")
@example(b"PK\x03\x04word/", "a.docx", "en")
def test_whatever_is_sent_is_answered_and_nothing_is_saved(desk, document, content, name, language):
    response = send(desk, content, name, language, document)
    assert response.status_code in (302, 400)
    if response.status_code == 302:
        assert desk.get(response.url).status_code == 200
    assert not Edition.objects.exists()
    assert not Passage.objects.exists()


@given(CONTENTS, st.sampled_from(["a.txt", "a.docx", "a.html"]), st.sampled_from(Language.values))
@hypothesis_settings(max_examples=60)
def test_whatever_can_be_shown_can_be_saved(desk, document, content, name, language):
    Edition.objects.all().delete()
    response = send(desk, content, name, language, document)
    if response.status_code == 302:
        assert desk.post(response.url, {"save": "1"}).status_code == 302
        assert bytes(Edition.objects.get().content) == content


# Permissions


def test_uploading_takes_the_permission_to_add_editions(client, document):
    client.force_login(user_who("view_edition", "view_document"))
    assert client.get(UPLOAD).status_code == 403
    assert send(client, document=document).status_code == 403
    lists = reverse("admin:cases_edition_changelist")
    assert UPLOAD not in client.get(lists).content.decode()
    assert not PendingUpload.objects.exists()


def test_saving_takes_the_permission_too(desk, document, editor):
    url = looked_at(desk, document=document)
    editor.user_permissions.clear()
    assert desk.get(url).status_code == 403
    assert desk.post(url, {"save": "1"}).status_code == 403
    assert not Edition.objects.exists()


def test_a_new_document_takes_the_permission_to_add_documents(desk, editor):
    new = {"new-code": "A", "new-kind": "report", "new-title_en": "Mediation"}
    url = looked_at(desk, **new)
    editor.user_permissions.set(Permission.objects.filter(codename="add_edition"))
    assert desk.post(url, {"save": "1"}).status_code == 403
    assert 'name="new-code"' not in desk.get(UPLOAD).content.decode()
    response = send(desk, TEXT + "more", **new)
    assert response.status_code == 400
    assert "Choose a document." in response.content.decode()
    assert not Document.objects.exists()


def test_nobody_uploads_without_signing_in(client, document):
    for url in (UPLOAD, f"{UPLOAD}5b0a43c2-0000-4000-8000-000000000000/"):
        assert client.get(url).status_code == 302
        assert "/login/" in client.get(url).url


def test_saving_is_posted_with_a_token(desk, document, editor):
    url = looked_at(desk, document=document)
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(editor)
    assert strict.post(url, {"save": "1"}).status_code == 403
    assert strict.put(url).status_code in (403, 405)
    assert desk.get(url, {"save": "1"}).status_code == 200
    assert not Edition.objects.exists()


# Pages around it


@pytest.mark.parametrize("language", ["en", "fa", "ar"])
def test_the_pages_open_in_three_languages_and_lead_to_each_other(desk, document, language):
    edition = saved(desk, document=document)
    base = "" if language == "en" else f"/{language}"
    of_document = desk.get(f"{base}/admin/cases/document/{document.pk}/change/").content.decode()
    assert f"{base}{UPLOAD}?document={document.pk}" in of_document
    of_edition = desk.get(f"{base}/admin/cases/edition/{edition.pk}/change/").content.decode()
    assert f"{base}/admin/cases/edition/{edition.pk}/file/" in of_edition
    assert f"{base}{UPLOAD}?document={document.pk}&amp;language=en" in of_edition
    assert f"{base}{UPLOAD}" in desk.get(f"{base}/admin/cases/edition/").content.decode()
    form = desk.get(f"{base}{UPLOAD}", {"document": document.pk, "language": "ru"})
    assert f'<option value="{document.pk}" selected>' in form.content.decode()
    assert '<option value="ru" selected>' in form.content.decode()
    sent = send(desk, TEXT + "3. More.", document=document)
    assert desk.get(f"{base}{sent.url}").status_code == 200


@pytest.mark.parametrize("key", ["x", "9" * 18, "9" * 30, "-1", "٣"])
def test_an_address_with_a_document_that_is_none_still_opens(desk, key):
    page = desk.get(UPLOAD, {"document": key, "language": "xx"})
    assert page.status_code == 200


def test_the_file_comes_back_as_it_was_received(desk, document):
    content = b"<h1>Title</h1><p>1. One.</p><script>alert(1)</script>"
    edition = saved(desk, content, "گزارش.html", "en", document)
    response = desk.get(reverse("admin:cases_edition_file", args=[edition.pk]))
    assert response.content == content
    assert response["Content-Type"] == "text/html"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert desk.get("/admin/cases/edition/999999/file/").status_code == 404


def test_the_file_takes_the_permission_to_see_editions(client, document, desk):
    edition = saved(desk, document=document)
    client.force_login(user_who("view_document", name="other"))
    url = reverse("admin:cases_edition_file", args=[edition.pk])
    assert client.get(url).status_code == 403
    client.logout()
    assert client.get(url).status_code == 302


def test_what_stands_on_an_edition_is_counted_wherever_it_is(desk, document):
    edition = saved(desk, document=document)
    assert uploads.uses(edition) == []
    for words in ("The envoy", "envoy"):
        make_quotation(words, edition.passages.get(code="p1"))
    make_misprint(edition.passages.get(code="p2"), "envoy")
    assert uploads.uses(edition) == ["1 erratum", "2 quotations", "1 place of an erratum"]

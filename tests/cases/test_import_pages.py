"""Files in and out of the desk: shown before they are saved, with every choice the editor's own."""

import re
from datetime import timedelta

import pytest
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import translation

from cases import records
from cases.exports import TABLES
from cases.imports import NAMES
from cases.models import (
    Actor,
    Case,
    Country,
    Document,
    Erratum,
    PendingImport,
    Quotation,
    Reference,
    Revision,
    Statement,
    Term,
)
from cases.models.choices import Source
from tests.cases.world import change, content_of, edited, make_world, sheets_of
from tests.keeping import kept

pytestmark = pytest.mark.django_db

HOMES = {
    "cases": Case,
    "workbook": Case,
    "statements": Statement,
    "findings": Statement,
    "quotations": Quotation,
    "actors": Actor,
    "actor_names": Actor,
    "terms": Term,
    "countries": Country,
    "documents": Document,
    "errata": Erratum,
    "references": Reference,
}


@pytest.fixture(scope="module", autouse=True)
def world(django_db_setup, django_db_blocker):
    with kept(django_db_blocker):
        yield make_world()


def address(name: str, page: str) -> str:
    return reverse(f"admin:cases_{HOMES[name]._meta.model_name}_{page}")


def place_of(name: str) -> int:
    return admin.site.get_model_admin(HOMES[name]).tables.index(name)


def upload(client, name: str, content: bytes, file_name=None):
    file = SimpleUploadedFile(file_name or f"{name}.csv", content)
    posted = {"import_file": file, "resource": place_of(name)}
    return client.post(address(name, "import"), posted)


def agree(client, response, name="cases", **choices):
    """Say yes to what a page shows."""
    return client.post(
        address(name, "process_import"), response.context["confirm_form"].initial | choices
    )


def title() -> str:
    return Case.objects.get(slug="guinea-2009").title_en


def edits() -> bytes:
    cells = {"title_en": "Mine", "title_fa": "<b>گینه</b>", "summary_fa": ""}
    return edited("cases", {"guinea-2009": cells})


# In


@pytest.mark.parametrize("name", NAMES)
def test_every_table_is_uploaded_at_the_list_of_its_records(desk, name):
    flavour = "xlsx" if name == "workbook" else "csv"
    page = upload(desk, name, content_of(name, flavour))
    assert page.status_code == 200
    comparison = page.context["comparison"]
    assert comparison.name == name
    assert comparison.counts[:2] == (0, 0)
    assert comparison.counts[2] > 0
    assert "The file changes nothing." in page.content.decode()
    assert "confirm_form" not in page.context


def test_the_preview_shows_the_changed_cells_and_saves_nothing(desk):
    page = upload(desk, "cases", edits())
    html = page.content.decode()
    assert "0 new, 1 changed, 1 unchanged, 0 conflicts, 0 errors" in html
    assert "<del><bdi>Guinea en</bdi></del>" in html
    assert "<ins><bdi>Mine</bdi></ins>" in html
    assert "&lt;b&gt;گینه&lt;/b&gt;" in html
    assert "<strong>emptied</strong>" in html
    assert "kenya-2008" not in html.split("coming-home")[1]
    assert title() == "Guinea en"


def test_consent_saves_all_as_one_change_and_forgets_the_file(desk, superuser):
    response = agree(desk, upload(desk, "cases", edits(), "june.csv"))
    assert response.url == address("cases", "changelist")
    assert title() == "Mine"
    revision = Revision.objects.filter(key="guinea-2009").first()
    assert (revision.who, revision.source, revision.why) == (superuser, Source.IMPORT, "june.csv")
    assert not PendingImport.objects.exists()
    said = [str(message) for message in desk.get(response.url).context["messages"]]
    assert said == ["Saved: 0 new, 1 changed, 1 unchanged."]


def test_errors_are_listed_by_row_and_column_and_cannot_be_agreed_to(desk):
    cells = {"coverage": "much", "end": "soon", "tools": "x"}
    page = upload(desk, "cases", edited("cases", {"guinea-2009": cells}))
    rows = re.findall(r"<tr><td>2</td><td><code dir=\"ltr\">(\w+)</code>", page.content.decode())
    assert rows == ["end", "coverage", "tools"]
    assert "confirm_form" not in page.context
    assert 'type="file"' in page.content.decode()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "submitted file is empty"),
        ("slug\nغينيا\n".encode("cp1256"), "looks like Windows-1256"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old", "save it as XLSX"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_beside_its_field(desk, content, said):
    page = upload(desk, "cases", content)
    assert page.status_code == 200
    assert said in " ".join(page.context["form"].errors["import_file"])
    assert not PendingImport.objects.exists()


def test_a_file_beyond_the_limit_is_refused(desk, settings):
    settings.IMPORT_MAX_BYTES = 100
    page = upload(desk, "cases", content_of("cases"))
    assert "larger than" in " ".join(page.context["form"].errors["import_file"])


# Conflicts


@pytest.fixture
def conflict(desk):
    """A page that shows two conflicts."""
    content = edited("cases", {"guinea-2009": {"title_en": "Mine", "title_ar": "Mine"}})
    change("case", "guinea-2009", title_en="Theirs", title_ar="Theirs")
    page = upload(desk, "cases", content)
    assert page.context["comparison"].counts == (0, 0, 2, 2, 0)
    return page


def titles() -> tuple[str, str]:
    case = Case.objects.get(slug="guinea-2009")
    return case.title_en, case.title_ar


def test_without_a_choice_nothing_is_overwritten(desk, conflict):
    page = agree(desk, conflict)
    assert "Choose for every conflict" in page.content.decode()
    assert titles() == ("Theirs", "Theirs")


def test_one_choice_of_two_is_kept_on_the_page_and_saves_nothing(desk, conflict):
    page = agree(desk, conflict, **{"choice-cases-2-title_en": "file"})
    assert 'name="choice-cases-2-title_en" value="file" checked' in page.content.decode()
    assert titles() == ("Theirs", "Theirs")


@pytest.mark.parametrize(
    ("choices", "stored"),
    [
        ({"choice": "file"}, ("Mine", "Mine")),
        (
            {"choice-cases-2-title_en": "file", "choice-cases-2-title_ar": "database"},
            ("Mine", "Theirs"),
        ),
        ({"choice": "database", "choice-cases-2-title_ar": "file"}, ("Theirs", "Mine")),
    ],
)
def test_the_editor_chooses_for_a_cell_or_for_the_file(desk, conflict, choices, stored):
    assert agree(desk, conflict, **choices).status_code == 302
    assert titles() == stored


def test_a_choice_that_there_is_not_is_none(desk, conflict):
    agree(desk, conflict, choice="everything")
    assert titles() == ("Theirs", "Theirs")


def test_what_changed_between_the_page_and_the_consent_is_shown_again(desk):
    page = upload(desk, "cases", edits())
    change("case", "guinea-2009", title_en="Theirs")
    again = agree(desk, page)
    assert again.status_code == 200
    assert "The database has changed meanwhile" in again.content.decode()
    assert again.context["comparison"].counts == (0, 1, 1, 1, 0)
    assert title() == "Theirs"
    assert agree(desk, again, choice="file").status_code == 302
    assert title() == "Mine"


def test_a_change_elsewhere_needs_no_second_look(desk):
    page = upload(desk, "cases", edits())
    change("case", "guinea-2009", end="2012")
    assert agree(desk, page).status_code == 302
    data = records.dump("case")["guinea-2009"]
    assert (data["title_en"], data["end"]) == ("Mine", "2012")


# Whose file it is


def test_nobody_agrees_to_the_file_of_another(desk, client):
    page = upload(desk, "cases", edits())
    client.force_login(get_user_model().objects.create_superuser("other", password=None))
    assert agree(client, page).url == address("cases", "import")
    assert title() == "Guinea en"


def test_a_file_is_kept_for_some_hours_only(desk):
    page = upload(desk, "cases", edits())
    for pending in PendingImport.objects.all():
        PendingImport.objects.filter(pk=pending.pk).update(when=pending.when - timedelta(hours=13))
    response = agree(desk, page)
    assert response.url == address("cases", "import")
    said = [str(message) for message in desk.get(response.url).context["messages"]]
    assert said == ["The file is no longer kept: upload it again."]
    upload(desk, "cases", edits())
    assert PendingImport.objects.count() == 1


@pytest.mark.parametrize("posted", [{}, {"token": "x", "fingerprint": "y"}])
def test_consent_to_nothing_is_no_error_page(desk, posted):
    assert desk.post(address("cases", "process_import"), posted).status_code == 302
    assert desk.get(address("cases", "process_import")).status_code == 405


def test_a_file_of_one_list_is_not_saved_at_another(desk):
    page = upload(desk, "terms", edited("terms", {"shuttle": {"label_en": "X"}}))
    assert agree(desk, page, "cases").status_code == 302
    assert Term.objects.get(id="tool:shuttle").label_en == "shuttle"


# Who may


@pytest.fixture
def staff(client):
    """Signs somebody in who may do just this."""

    def sign_in(*codes):
        user = get_user_model().objects.create_user("staff", is_staff=True)
        user.user_permissions.set(Permission.objects.filter(codename__in=codes))
        client.force_login(user)
        return client

    return sign_in


def test_who_may_only_look_exports_and_does_not_import(staff):
    client = staff("view_case")
    assert client.get(address("cases", "import")).status_code == 403
    assert client.post(address("cases", "process_import")).status_code == 403
    assert client.get(address("cases", "export")).status_code == 200
    assert client.get(address("terms", "export")).status_code == 403


def test_a_workbook_needs_the_right_to_all_that_is_in_it(staff):
    client = staff("view_case", "add_case", "change_case")
    assert upload(client, "cases", edits()).status_code == 200
    assert upload(client, "workbook", content_of("workbook")).status_code == 403


def test_who_may_not_publish_leaves_published_cases_alone(staff):
    client = staff("view_case", "add_case", "change_case")
    content = edits()
    Case.objects.filter(slug="guinea-2009").update(
        review="published", published_on="2020-01-01T00:00:00Z"
    )
    page = upload(client, "cases", content)
    assert "only who may publish" in page.content.decode()
    assert "confirm_form" not in page.context


def test_a_reader_is_sent_to_sign_in(client):
    for name in NAMES:
        for page in ("import", "export"):
            assert client.get(address(name, page)).status_code == 302
    for name in TABLES:
        if name in ("cases", "statements", "evidence"):
            assert b"guinea-2009" not in b"".join(client.get(f"/{name}.csv").streaming_content)


# Out


def export(client, name, place, query="", **posted):
    posted = {"resource": place_of(name), "format": place} | posted
    return client.post(address(name, "export") + query, posted)


def body(response) -> bytes:
    return b"".join(response.streaming_content)


@pytest.mark.parametrize("name", [name for name in NAMES if name != "workbook"])
@pytest.mark.parametrize(("place", "flavour"), [(0, "csv"), (1, "excel")])
def test_the_desk_exports_what_comes_home(desk, name, place, flavour):
    response = export(desk, name, place)
    assert response["Content-Disposition"] == f'attachment; filename="{name}.csv"'
    assert body(response) == content_of(name, flavour)


def test_the_desk_exports_workbooks(desk):
    book = sheets_of(body(export(desk, "workbook", 2)))
    assert list(book) == ["cases", "statements", "quotations"]
    assert len(book["cases"]) == 3
    refused = export(desk, "workbook", 0)
    assert "A workbook is always XLSX" in refused.content.decode()


def test_an_export_keeps_to_the_filter_and_the_search_of_the_list(desk):
    assert b"\nkenya-2008" not in body(export(desk, "cases", 0, "?q=guinea"))
    assert body(export(desk, "cases", 0, "?review=published")).count(b"\n") == 1
    assert body(export(desk, "statements", 0, "?scheme=tool")).count(b"\n") == 3


def test_filters_that_make_no_sense_export_nothing_and_lead_to_the_list(desk):
    for method in (desk.get, desk.post):
        answer = method(address("cases", "export") + "?translated_by__exact=person")
        assert (answer.status_code, answer["Location"]) == (302, address("cases", "changelist"))
    page = desk.get(answer["Location"]).content.decode()
    assert "nothing was exported" in page


def test_what_is_selected_is_exported_and_nothing_else(desk):
    chosen = Case.objects.get(slug="kenya-2008")
    posted = {"action": "export_selected", "_selected_action": [chosen.pk]}
    page = desk.post(address("cases", "changelist"), posted)
    assert page.status_code == 200
    assert "Export 1 selected item" in page.content.decode()
    content = body(export(desk, "cases", 0, export_items=[chosen.pk]))
    assert b"kenya-2008" in content
    assert b"guinea-2009," not in content
    book = sheets_of(body(export(desk, "workbook", 2, export_items=[chosen.pk])))
    assert [len(rows) for rows in book.values()] == [2, 1, 1]


@pytest.mark.parametrize("language", ["en", "fa", "ar"])
def test_the_pages_speak_the_languages_of_the_desk(desk, language):
    with translation.override(language):
        for page in ("import", "export"):
            html = desk.get(address("cases", page)).content.decode()
            assert f'<html lang="{language}"' in html
        assert "coming-home" in upload(desk, "cases", edits()).content.decode()

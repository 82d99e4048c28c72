"""No room left: on the database's disk, or where the server keeps what is being sent."""

import errno
import io
import resource
import tempfile
from contextlib import contextmanager

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext
from openpyxl import load_workbook

from cases.exports import TABLES, write
from cases.models import Case, Revision
from cases.views.errors import is_full
from ingest.models import PendingUpload
from tests.cases.test_admin import form_of
from tests.cases.test_error_pages import as_django_says_it
from tests.factories import make_case, make_document
from tests.ingest.test_uploads import send

LARGE = "The envoy went to Conakry and came back. " * 100_000  # larger than what memory keeps


@contextmanager
def no_room():
    """The database can grow no more.

    SQLite is told how many pages there are. A server's disk cannot be filled here: it is said to
    be where PostgreSQL would say so.
    """
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM")  # pages that earlier tests left would be taken first
            cursor.execute("PRAGMA page_count")
            cursor.execute(f"PRAGMA max_page_count = {cursor.fetchone()[0]}")
        try:
            yield
        finally:
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA max_page_count = 4294967294")
        return

    def refuse(execute, sql, params, many, context):
        if sql.startswith("INSERT INTO"):
            raise as_django_says_it(psycopg.errors.DiskFull("could not extend file"))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(refuse):
        yield


@contextmanager
def no_room_for_files(room=1_000_000):
    """No file of this process may have more bytes; the system then refuses to write."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def said(response, language="en") -> str:
    """The sentences of the page, which must be that of a full disk."""
    assert response.status_code == 507
    page = response.content.decode()
    with translation.override(language):
        assert f"<h1>{gettext('The disk of the server is full')}</h1>" in page
    return page


@pytest.fixture
def desk(admin_client):
    admin_client.raise_request_exception = False
    return admin_client


def state():
    return list(Case.objects.values()), Revision.objects.count(), PendingUpload.objects.count()


# A full disk ends the whole transaction, also that which a test would be in.
on_database = pytest.mark.django_db(transaction=True)


@on_database
@pytest.mark.parametrize("prefix", ["", "/fa", "/ar"])
def test_a_form_is_not_half_saved_and_its_author_is_told(desk, prefix):
    case = make_case("kenya-2008", title_en="Kenya", review="draft")
    address = prefix + reverse("admin:cases_case_change", args=[case.pk])
    posted = form_of(desk, address) | {"summary_en": "Long. " * 20_000}
    before = state()
    with no_room():
        said(desk.post(address, posted), prefix.strip("/") or "en")
    assert state() == before
    assert desk.post(address, posted).status_code == 302
    assert Case.objects.get().summary_en.startswith("Long. ")


@on_database
def test_a_file_that_comes_home_is_not_half_saved_and_says_so(tmp_path):
    for number in range(20):
        make_case(f"case-{number}", summary_en="Old", review="draft")
    written = b"".join(write(TABLES["cases"].for_desk(), "csv"))
    path = tmp_path / "cases.csv"
    path.write_bytes(written.replace(b"Old", b"New " * 2000))
    before = state()
    with no_room(), pytest.raises(CommandError, match=r"refused: .*\. What was under way was not"):
        call_command("import", "cases", str(path))
    assert state() == before
    call_command("import", "cases", str(path))
    assert Case.objects.first().summary_en.startswith("New ")


@on_database
def test_a_document_that_the_database_has_no_room_for_is_said(desk):
    document = make_document()
    before = state()
    with no_room():
        said(send(desk, LARGE, document=document))
    assert state() == before


@pytest.mark.django_db
def test_a_file_that_the_server_has_no_room_for_while_it_comes_is_said(desk, settings, tmp_path):
    document = make_document()
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    before = state()
    with no_room_for_files():
        said(send(desk, LARGE, document=document))
    assert state() == before
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def spool(tmp_path, monkeypatch):
    """The folder of temporary files, in which a workbook is made before it is sent."""
    folder = tmp_path / "spool"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def many_cases(db):
    for number in range(20):
        make_case(f"case-{number}", summary_en="Long. " * 200)


# None at all, and some, but not for all of it.
little_room = pytest.mark.parametrize("room", [0, 1_000])


@pytest.mark.django_db
@little_room
@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_an_export_leaves_no_part_of_a_file_and_the_old_one_stays(
    many_cases, spool, tmp_path, file_format, room
):
    path = tmp_path / f"cases.{file_format}"
    path.write_text("of yesterday\n")
    said = rf"cases\.{file_format}: cannot be written: File too large"
    with no_room_for_files(room), pytest.raises(CommandError, match=said):
        call_command("export", "cases", format=file_format, output=str(path))
    assert sorted(tmp_path.iterdir()) == [path, spool]
    assert path.read_text() == "of yesterday\n"
    assert list(spool.iterdir()) == []


@pytest.mark.django_db
@little_room
def test_a_workbook_that_the_server_has_no_room_for_is_refused_and_leaves_nothing(
    many_cases, client, spool, room
):
    client.raise_request_exception = False
    with no_room_for_files(room):
        response = client.get("/cases.xlsx")
    assert list(spool.iterdir()) == []
    assert response.status_code == 507
    assert "Content-Disposition" not in response
    assert response.content.decode() == (
        "507 The disk of the server is full\n"
        "Nothing was saved. Please tell those who run this site, then do it again.\n"
    )
    whole = b"".join(client.get("/cases.xlsx").streaming_content)
    assert len([*load_workbook(io.BytesIO(whole)).active.rows]) == 21
    assert list(spool.iterdir()) == []


def test_a_full_disk_is_told_from_other_faults():
    assert is_full(OSError(errno.ENOSPC, "No space left on device"))
    assert is_full(as_django_says_it(psycopg.errors.DiskFull("could not extend file")))
    assert not is_full(OSError(errno.EACCES, "Permission denied"))
    assert not is_full(as_django_says_it(psycopg.errors.AdminShutdown("terminating")))
    assert not is_full(ValueError("x"))

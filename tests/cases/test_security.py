"""What strangers and insiders try, where no other file has it; docs/security.md lists all of it."""

import ast
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.admin.utils import quote
from django.contrib.auth import get_user_model
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from cases.models import Case, CaseRelation, PendingImport, Revision, Term
from tests.cases.test_exports import MARK, every_address, make_marked
from tests.cases.world import make_world
from tests.factories import (
    make_actor,
    make_case,
    make_document,
    make_passage,
    make_quotation,
    make_statement,
)
from tests.people import make_person

DOC = settings.BASE_DIR / "docs" / "security.md"
PREFIXES = ["", "/fa", "/ar"]


# The document


def named_tests() -> list[str]:
    """The tests that the table names, as pytest names them."""
    return re.findall(r"`(tests/[\w/]+\.py::\w+)`", DOC.read_text(encoding="utf-8"))


def rows_of_the_table() -> list[list[str]]:
    lines = DOC.read_text(encoding="utf-8").splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]
    return [row for row in cells if len(row) == 3 and not row[0].startswith(("threat", "---"))]


def test_every_line_of_the_threat_model_names_tests_that_exist():
    assert len(rows_of_the_table()) >= 30
    for threat, stopped_by, tests in rows_of_the_table():
        assert stopped_by, threat
        assert re.fullmatch(r"(`tests/[\w/]+\.py::test_\w+`(, )?)+", tests), threat
    missing = []
    for name in named_tests():
        path, _colons, function = name.partition("::")
        file = settings.BASE_DIR / path
        if not file.exists() or f"\ndef {function}(" not in file.read_text(encoding="utf-8"):
            missing.append(name)
    assert missing == []


# Strangers who look for drafts


@pytest.fixture
def hidden(db):
    """A published case, and drafts full of marked words around it."""
    public = make_case("public")
    make_statement(public, "tool:mediation", by=["au"])
    for review in ("draft", "in_review"):
        make_marked(f"{MARK}-{review}", review=review)
    for to in Case.objects.exclude(pk=public.pk):
        CaseRelation.objects.create(case=public, to=to, kind="follows")
    return public


ADDRESSES = ["/cases/{}/", "/fa/cases/{}/", "/cases/{}/cite.bib", "/similar/?case={}"]
ADDRESSES += ["/compare/?case={}&case=public", "/cases/?order=-changed&q={}"]


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_draft_answers_as_a_case_that_never_was(client, hidden, address):
    client.get(address.format("no-such"))  # what a process reads once is read
    answers = []
    for slug in (f"{MARK}-draft", f"{MARK}-never"):
        with CaptureQueriesContext(connection) as queries:
            response = client.get(address.format(slug))
        body = response.content.decode().replace(slug, "SLUG")
        headers = {name: value.replace(slug, "SLUG") for name, value in response.items()}
        for name in ("Content-Length", "X-Request-ID"):
            headers.pop(name, None)
        # As many questions to the database: the time it takes tells no more than the answer.
        answers.append((response.status_code, body, headers, len(queries)))
    assert answers[0] == answers[1]


def test_no_answer_has_a_mark_that_changes_with_a_draft(client, hidden):
    def marks():
        addresses = ["/", "/cases/", "/cases/public/", "/sitemap.xml", "/feed.xml", "/cases.csv"]
        answers = [client.get(address) for address in addresses]
        bodies = [each.getvalue() for each in answers]
        return bodies, [(each.get("ETag"), each.get("Last-Modified")) for each in answers]

    before = marks()
    draft = Case.objects.get(slug=f"{MARK}-draft")
    draft.title_en, draft.version = "another", draft.version + 1
    draft.save()
    make_case(f"{MARK}-new", review="draft")
    assert marks() == before


@pytest.mark.django_db
@pytest.mark.parametrize("value", ["' OR '1'='1", "1; DROP TABLE cases_case; --", "%' OR 1=1 --"])
def test_a_filter_with_sql_in_it_is_a_code_that_is_not_known(client, hidden, value):
    filters = "q country region tool actor actor_type role outcome document coverage from to order"
    for name in filters.split():
        for address in ("/cases/", "/cases.csv", "/explore/"):
            response = client.get(address, {name: value})
            body = response.getvalue().decode()
            assert response.status_code in (200, 400), (name, address)
            assert MARK not in body, (name, address)
    assert Case.objects.filter(slug="public").exists()


# Scripts in what is written


EVIL = "<img src=x onerror=alert(1)></script><script>alert(1)</script>\"'"


@pytest.mark.django_db
def test_nothing_that_editors_write_is_code_on_any_page(client):
    texts = {
        f"{name}_{language}": EVIL for name in ("title", "summary") for language in ("en", "fa")
    }
    case = make_case("public", terms=["tool:mediation"], **texts)
    make_statement(
        case,
        key="t9",
        place=EVIL,
        quantity=EVIL,
        note_en=EVIL,
        note_fa=EVIL,
        by=[make_actor(name=EVIL)],
        quotations=[make_quotation(passage=make_passage(EVIL), translation_en=EVIL)],
    )
    make_document("evil", title_en=EVIL)
    shown = 0
    for address in (*every_address(), "/cases/", "/cases/public/", "/fa/cases/public/"):
        response = client.get(address, follow=True)
        kind = response.get("Content-Type", "")
        if not kind.startswith(("text/html", "application/xml", "application/atom", "text/xml")):
            continue  # what no browser runs
        page = response.getvalue().decode()
        assert "<img src=x" not in page, address
        assert "<script>alert" not in page, address
        shown += "onerror=alert(1)" in page
    assert shown >= 10  # it does stand there, as text


@pytest.mark.django_db
def test_nothing_that_editors_write_is_code_at_the_desk(client, superuser):
    case = make_case("one", review="draft", title_en=EVIL, summary_fa=EVIL, internal_notes=EVIL)
    make_statement(case, key="t9", note_en=EVIL, by=[make_actor(name=EVIL)])
    client.force_login(superuser)
    for address in ("", "cases/case/", f"cases/case/{case.pk}/change/", "cases/actor/"):
        page = client.get(f"/admin/{address}").content.decode()
        assert "<img src=x" not in page, address
        assert "<script>alert" not in page, address


@pytest.mark.django_db
def test_an_address_that_is_a_script_is_refused(client, superuser):
    client.force_login(superuser)
    posted = {"code": "evil", "kind": "report", "title_en": "x", "url": "javascript:alert(1)"}
    page = client.post("/admin/cases/document/add/", posted)
    assert "Enter a valid URL." in page.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/", "/cases/", "/admin/login/", "/cases.csv", "/nope/"])
def test_no_page_stands_in_the_frame_of_another_or_runs_foreign_code(client, address):
    headers = client.get(address).headers
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    policy = headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy
    assert "script-src" not in policy.replace("script-src 'self'", "")
    assert "default-src 'self'" in policy


# Links that lead away


ELSEWHERE = ["https://evil.example.com/", "//evil.example.com/", "https:evil.example.com"]
ELSEWHERE += ["\\\\evil.example.com", "/\\evil.example.com", "javascript:alert(1)"]


@pytest.mark.django_db
@pytest.mark.parametrize("elsewhere", ELSEWHERE)
def test_neither_signing_in_nor_the_choice_of_language_leads_elsewhere(client, elsewhere):
    person = make_person("editor", "amina")
    person.set_password("river stone lamp 7")
    person.save()
    posted = {"username": "amina", "password": "river stone lamp 7", "next": elsewhere}
    assert client.post("/admin/login/", posted)["Location"] == "/admin/"
    posted = {"language": "fa", "next": elsewhere}
    leads = client.post("/i18n/setlang/", posted, headers={"referer": elsewhere})["Location"]
    assert "evil" not in leads
    assert not leads.startswith("javascript")


# What the server itself asks for


OUTSIDE = {"requests", "urllib3", "httpx", "aiohttp", "socket", "ftplib", "telnetlib"}
OUTSIDE |= {"urllib.request", "http.client.HTTPConnection", "xmlrpc.client"}


def imported(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {each.name for each in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{each.name}" for each in node.names)}
    return names


def test_the_program_asks_no_other_server_for_anything():
    """An address in a file or a form can make it fetch nothing: it has nothing to fetch with."""
    paths = [
        path
        for app in ("api", "backup", "cases", "ingest", "config", "releases")
        for path in Path(app).rglob("*.py")
    ]
    assert len(paths) > 100
    assert [str(path) for path in paths if imported(path) & OUTSIDE] == []


# History


@pytest.mark.django_db
@pytest.mark.parametrize("changed", [{"data": {}}, {"who": None}, {"why": "x"}, {"version": 9}])
def test_the_database_refuses_to_change_what_history_says(changed):
    make_world()
    revision = Revision.objects.first()
    with pytest.raises(DatabaseError, match="written once"), transaction.atomic():
        Revision.objects.filter(pk=revision.pk).update(**changed)
    revision.why = "another"
    with pytest.raises(DatabaseError, match="written once"), transaction.atomic():
        revision.save()


@pytest.mark.django_db
@pytest.mark.parametrize("group", ["editor", "reviewer", "administrator", "superuser"])
def test_nobody_at_the_desk_changes_or_deletes_history(client, group):
    make_world()
    revision = Revision.objects.first()
    client.force_login(make_person(group))
    for page in (f"{revision.pk}/change/", f"{revision.pk}/delete/", "add/"):
        assert client.post(f"/admin/cases/revision/{page}", {"post": "yes"}).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": [revision.pk], "post": "yes"}
    client.post("/admin/cases/revision/", chosen)
    assert Revision.objects.filter(pk=revision.pk).exists()


@pytest.mark.django_db
def test_who_changed_what_is_written_with_the_change_and_cannot_be_deleted_with_the_account(client):
    make_world()
    editor = make_person("administrator", "amina")
    client.force_login(editor)
    term = Term.objects.get(pk="tool:mediation")
    address = f"/admin/cases/term/{quote(term.pk)}/change/"
    form = client.get(address).context["adminform"].form
    shown = {name: form[name].value() for name in form.fields} | {"label_en": "Another"}
    posted = {name: value for name, value in shown.items() if value is not None}
    answer = client.post(address, posted)
    assert answer.status_code == 302, answer.context["errors"]
    assert Revision.objects.latest("pk").who == editor
    client.force_login(make_person("superuser"))
    page = client.post(f"/admin/auth/user/{editor.pk}/delete/", {"post": "yes"})
    assert page.status_code in (200, 403)
    assert get_user_model().objects.filter(pk=editor.pk).exists()


# Passwords


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("short7stone", "password_too_short"),
        ("123456789012345", "password_entirely_numeric"),
        ("megaparol12345", "password_too_common"),
        ("amina.karimi1", "password_too_similar"),
    ],
)
def test_a_password_that_is_guessed_first_is_refused(password, code):
    user = get_user_model()(username="amina.karimi", email="amina@example.org")
    with pytest.raises(ValidationError) as refused:
        validate_password(password, user)
    assert code in {each.code for each in refused.value.error_list}
    validate_password("river stone lamp 7", user)


@pytest.mark.django_db
def test_passwords_are_kept_as_slow_hashes():
    user = get_user_model().objects.create_user("amina", password="river stone lamp 7")
    algorithm, rounds = user.password.split("$")[:2]
    assert algorithm == "pbkdf2_sha256"
    assert int(rounds) >= 600_000


# Files that wait


@pytest.mark.django_db
def test_of_one_editors_tables_the_ten_newest_wait():
    who, other = make_person("editor"), make_person("reviewer")
    values = {"name": "cases", "content": b"slug\n"}
    PendingImport.objects.keep(who=other, file_name="theirs", **values)
    for number in range(12):
        PendingImport.objects.keep(who=who, file_name=f"{number}.csv", **values)
    waiting = PendingImport.objects.of(who).order_by("when")
    assert [each.file_name for each in waiting] == [f"{number}.csv" for number in range(2, 12)]
    assert PendingImport.objects.of(other).count() == 1


# Search engines


@pytest.mark.django_db
@pytest.mark.parametrize("prefix", PREFIXES)
def test_no_search_engine_keeps_a_page_of_the_desk(client, prefix):
    said = client.get("/robots.txt").content.decode().splitlines()
    assert f"Disallow: {prefix}/admin/" in said
    page = client.get(f"{prefix}/admin/login/")
    assert page["Cache-Control"] == "private, no-store"
    assert '<meta name="robots" content="NONE,NOARCHIVE">' in page.content.decode()

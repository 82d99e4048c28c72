"""Questions that nobody means, a few of those of `make fuzz`; and that a fault would be found."""

import io
import zipfile

import pytest
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.test import override_settings
from django.urls import path

from cases import index
from cases.models import Case
from tests.addresses import Address, all_addresses
from tests.benchmarks.visitors import SECRET
from tests.cases.test_workflow import make_complete
from tests.cases.world import make_world
from tests.factories import make_statement
from tests.fuzzing.__main__ import told
from tests.fuzzing.asking import InProcess, Question, faults
from tests.fuzzing.frozen import FIRST, SECOND, freeze_twice
from tests.fuzzing.hidden import HIDDEN_SLUG, STAFF, hide, sign_in
from tests.fuzzing.questions import Questions
from tests.fuzzing.survey import survey
from tests.fuzzing.worker import run
from tests.keeping import kept
from tests.releases.freezing import freeze

pytestmark = pytest.mark.django_db

SEED = 20261122
REQUESTS = 1_400
PAGES = 170
RELEASE_FILE = "/releases/%(name)s/%(path)s"


@pytest.fixture(scope="module")
def sessions(django_db_setup, django_db_blocker, tmp_path_factory):
    """A small world with marked drafts, copies and notes, and two releases; who asks in it."""
    folder = override_settings(RELEASES_DIR=tmp_path_factory.mktemp("releases"))
    with kept(django_db_blocker), folder:
        make_world()
        for slug in ("ghana-2008", "honduras-2010"):
            make_statement(make_complete(slug, review="published"), "tool:mediation")
        make_statement(make_complete("togo-2005"), "tool:mediation", key="t9")
        Case.objects.filter(slug="kenya-2008").update(
            review="published", published_on="2020-01-01T00:00:00Z"
        )
        index.refresh()
        hide()
        freeze_twice(freeze)
        yield sign_in()


@pytest.fixture
def asker(sessions):
    asker = InProcess(get_wsgi_application(), sessions)
    yield asker
    asker.close()


def hidden_slugs() -> list[str]:
    drafts = Case.objects.filter(slug__startswith=HIDDEN_SLUG).order_by("pk")
    return list(drafts.values_list("slug", flat=True))


def test_no_question_is_answered_by_a_fault_or_by_what_readers_must_not_see(asker):
    before = Case.objects.count()
    found = survey(asker, hidden_slugs(), most=PAGES, alike=1)
    assert found.pages == PAGES
    result = run(asker, Questions(SEED, found), range(REQUESTS), until=float("inf"))
    assert not result.finds, f"seed {SEED}\n" + "\n".join(result.finds)
    statuses = {status for row in result.rows.values() for status in row.statuses}
    assert statuses >= {"200", "302", "400", "403", "404", "405"}
    forms = {each.form for each in all_addresses()}
    assert len(forms & set(result.rows)) > 0.9 * len(forms)
    # Releases are asked for by their names and files, and some of these are had.
    addresses = {each.form: each for each in found.addresses}
    for form in ("/releases/%(name)s/", "/api/v1/releases/%(name)s", RELEASE_FILE):
        assert set(found.of_part(addresses[form], "name")) == {FIRST, SECOND}, form
    files = {"data/cases.csv", "workbook.xlsx", "codebook.css", f"{FIRST}.zip"}
    assert files < set(found.parts[f"{RELEASE_FILE} path"])
    for form in ("/releases/%(name)s/", "/releases/compare/", RELEASE_FILE):
        assert result.rows[form].statuses["200"], form
    # Whatever was posted is taken back, so that any question can be asked again alone.
    assert Case.objects.count() == before


def test_releases_differ(asker):
    changed = Question("", "GET", f"/releases/compare.csv?from={FIRST}&to={SECOND}")
    said = asker.ask(changed).plain()
    assert b"cases,added," in said
    assert b",Changed since" in said


def test_the_same_number_is_the_same_question(asker):
    found = survey(asker, hidden_slugs(), most=5, alike=1)
    first, again = Questions(1, found), Questions(1, found)
    assert [str(first[n]) for n in range(50)] == [str(again[n]) for n in range(50)]
    assert [str(Questions(2, found)[n]) for n in range(50)] != [str(first[n]) for n in range(50)]


def test_what_is_marked_is_there_for_those_who_may_see_it(asker):
    """The tests above would pass if nothing were hidden."""
    case = Case.objects.filter(slug__startswith=HIDDEN_SLUG).first()
    form = Question("", "GET", f"/admin/cases/case/{case.pk}/change/", STAFF[0])
    assert SECRET.encode() in asker.ask(form).plain()
    assert faults(form, asker.ask(form)) == []


def leaking(request):
    return HttpResponse(f"<p style='x'>{SECRET}</p>".upper())


def packed(request):
    content = SECRET.encode()
    for name in ("part", "workbook.xlsx"):
        whole = io.BytesIO()
        with zipfile.ZipFile(whole, "w") as archive:
            archive.writestr(name, content)
        content = whole.getvalue()
    return HttpResponse(content, content_type="application/zip")


def failing(request):
    raise ZeroDivisionError


@pytest.mark.urls(__name__)
@pytest.mark.parametrize("packing", ["identity", "gzip", "br"])
def test_a_fault_would_be_found(asker, packing):
    headers = (("Accept-Encoding", packing),)
    leak = Question("/leak/", "GET", "/leak/", headers=headers)
    assert faults(leak, asker.ask(leak)) == ["a draft's word", "p style=X"]
    deep = Question("/deep/", "GET", "/deep/", headers=headers)
    assert faults(deep, asker.ask(deep)) == ["a draft's word"]
    fail = Question("/fail/", "GET", "/fail/", headers=headers)
    *_trace, status = faults(fail, asker.ask(fail))
    assert "ZeroDivisionError" in _trace[0]
    assert status == "status 500"


urlpatterns = [path("leak/", leaking), path("deep/", packed), path("fail/", failing)]


def test_a_run_that_did_not_ask_all_is_not_well(asker, capsys):
    found = survey(asker, hidden_slugs(), most=5, alike=1)
    questions = Questions(SEED, found)
    whole = run(asker, questions, range(3), until=float("inf"))
    assert told("whole", whole, 3)
    assert "ENDED EARLY" not in capsys.readouterr().out
    assert not told("less", whole, 5)
    assert "ENDED EARLY: 2 of 5 were not asked" in capsys.readouterr().out
    assert not told("nothing", run(asker, questions, range(3), until=0), 3)


def test_an_address_is_known_by_its_form():
    forms = {each.form: each for each in all_addresses()}
    citation = forms["/cases/%(slug)s/cite.%(file_format)s"]
    assert citation.choices("file_format") == ["bib", "ris", "csl.json"]
    assert citation.choices("slug") == []
    assert citation.sample(["a b", "guinea-2009"]) == "/cases/guinea-2009/cite.bib"
    assert isinstance(forms["/admin/login/"], Address)
    assert forms["/admin/login/"].is_of_desk

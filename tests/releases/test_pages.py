"""Releases as readers meet them: pages, files, differences, citations."""

import csv
import hashlib
import io
import re
import shutil
import zipfile
from datetime import UTC, datetime

import pytest
from django.conf import settings
from django.utils import timezone

from cases import index
from cases.models import Case
from releases import changes, store, telling, views
from releases.making import make
from tests.factories import make_case, make_statement
from tests.headers import faults_of_headers, faults_of_page

pytestmark = pytest.mark.django_db

BETWEEN = "?from=2026-11&to=2026-12"


@pytest.fixture(scope="module", autouse=True)
def releases(saved):
    """Two releases: between them a case came, one went, one was changed and one was left alone."""
    guinea = make_case("guinea-2009", version=1)
    kept = make_statement(guinea, "tool:mediation", key="t1", note_en="Before.")
    make_statement(guinea, "aim:prevent", key="a1")
    make_case("kenya-2008", countries=["KEN"], terms=["situation:not_stated"])
    make_case("kept", version=3)
    first = make("2026-11", datetime(2026, 11, 3, tzinfo=UTC))
    type(kept).objects.filter(pk=kept.pk).update(note_en="After, with\na line.")
    guinea.statements.filter(key="a1").delete()
    make_statement(guinea, "event:coup", key="v1")
    Case.objects.filter(slug="guinea-2009").update(
        version=2, title_en='A "new", title', changed_on=timezone.now()
    )
    Case.objects.filter(slug="kenya-2008").update(review="withdrawn")
    index.refresh(["kenya-2008", "guinea-2009"])
    make_case("a-new-one")
    return first, make("2026-12", datetime(2026, 12, 3, tzinfo=UTC))


# Pages


@pytest.mark.parametrize("prefix", ["", "/fa", "/ar"])
@pytest.mark.parametrize(
    "address",
    ["/releases/", "/releases/2026-12/", "/releases/compare/", f"/releases/compare/{BETWEEN}"],
)
def test_pages_are_there_in_three_languages(client, prefix, address):
    response = client.get(prefix + address)
    assert response.status_code == 200
    page = response.content.decode()
    assert f'href="{prefix}/releases/"' in page
    assert 'style="' not in page


def test_the_list_has_the_newest_first_with_counts_and_citation(client):
    page = client.get("/releases/").content.decode()
    assert page.index("/releases/2026-12/") < page.index("/releases/2026-11/")
    assert "Release 2026-11, 2026-11-03. http://localhost:8000/releases/2026-11/" in page
    assert 'href="/releases/2026-12/2026-12.zip"' in page


def test_where_there_is_no_release_the_pages_say_so(client, releases_dir):
    assert "There is no release yet" in client.get("/releases/").content.decode()
    assert "There are no two releases yet" in client.get("/releases/compare/").content.decode()
    assert client.get("/releases/2026-11/").status_code == 404


def test_a_release_names_its_files_with_checksums_and_what_changed(client, releases):
    page = client.get("/releases/2026-12/").content.decode()
    for file in (*releases[1].files, releases[1].archive):
        assert f'href="/releases/2026-12/{file.path}"' in page
        assert file.sha256 in page
    assert "/releases/compare/?from=2026-11&amp;to=2026-12" in page
    assert "This is the first release" in client.get("/releases/2026-11/").content.decode()


def test_releases_are_led_to(client):
    for address in ("/", "/about-the-data/", "/fa/cases/"):
        assert '/releases/"' in client.get(address).content.decode()
    assert "http://localhost:8000/releases/2026-12/" in client.get("/sitemap.xml").content.decode()


@pytest.mark.parametrize(
    ("licence", "said"),
    [("", "No licence has been stated for the data"), ("CC-BY-4.0", "<bdi>CC-BY-4.0</bdi>")],
)
def test_the_licence_is_said_as_it_is_set(client, settings, licence, said):
    settings.DATA_LICENCE = licence
    assert said in client.get("/about-the-data/").content.decode()


# Files


def test_a_file_is_served_as_it_is_for_good(client, releases):
    response = client.get("/releases/2026-11/data/cases.csv")
    content = b"".join(response.streaming_content)
    assert content == (releases[0].folder / "data/cases.csv").read_bytes()
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response["ETag"] == f'"{hashlib.sha256(content).hexdigest()}"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Disposition"] == 'attachment; filename="2026-11-cases.csv"'


def test_every_file_of_a_release_has_its_type(client, releases):
    for file in (*releases[0].files, releases[0].archive):
        response = client.get(f"/releases/2026-11/{file.path}")
        assert response.status_code == 200
        assert len(b"".join(response.streaming_content)) == file.size
        suffix = file.path.rpartition(".")[2]
        assert response["Content-Type"] == views.TYPES.get(suffix, "text/plain; charset=utf-8")


def test_who_has_it_already_is_told_so_also_where_it_was_compressed(client, releases):
    address = "/releases/2026-11/data/cases.csv"
    small = client.get(address, headers={"accept-encoding": "gzip"})
    assert small["Content-Encoding"] == "gzip"
    small.close()
    for etag in (small["ETag"], f'"{releases[0].file("data/cases.csv").sha256}"'):
        again = client.get(address, headers={"if-none-match": etag})
        assert (again.status_code, again.content) == (304, b"")
        assert again["Cache-Control"].endswith("immutable")
    other = client.get(address, headers={"if-none-match": '"other"'})
    assert other.status_code == 200
    other.close()


def test_a_part_of_the_archive_can_be_had_and_it_is_not_compressed_again(client, releases):
    address, whole = "/releases/2026-11/2026-11.zip", releases[0].folder / "2026-11.zip"
    part = client.get(address, headers={"range": "bytes=10-19", "accept-encoding": "gzip, br"})
    assert part.status_code == 206
    assert b"".join(part.streaming_content) == whole.read_bytes()[10:20]
    assert part["Content-Range"] == f"bytes 10-19/{whole.stat().st_size}"
    response = client.get(address, headers={"accept-encoding": "gzip, br"})
    assert "Content-Encoding" not in response
    content = b"".join(response.streaming_content)
    assert int(response["Content-Length"]) == len(content)
    assert zipfile.ZipFile(io.BytesIO(content)).testzip() is None
    assert client.get(address, headers={"range": "bytes=99999999-"}).status_code == 416
    assert client.head(address).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        *("2026-11/.versions", "2026-11/nope.csv", "2026-11/data/", "2026-11/data", "nope/x.csv"),
        *("2026-11/../2026-12/README.md", "2026-11/..%2f2026-12/README.md", "2026-11/%00"),
        *("2026-11//etc/passwd", "../manage.py", ".changes/x", "../", "2026-11/data/../README.md"),
    ],
)
def test_nothing_else_on_the_disk_can_be_had(client, path):
    assert client.get(f"/releases/{path}").status_code == (400 if "%00" in path else 404)


def test_who_asks_for_a_file_that_is_not_there_gets_plain_text(client):
    response = client.get("/releases/2026-11/nope.csv")
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert client.post("/releases/2026-11/README.md").status_code == 405


def test_a_page_of_the_codebook_needs_no_policy_of_its_own(client):
    response = client.get("/releases/2026-11/codebook.fa.html")
    page = b"".join(response.streaming_content)
    assert faults_of_page(page) == faults_of_headers(response.headers, "/releases/") == []
    policy = response["Content-Security-Policy"]
    assert policy == client.get("/releases/")["Content-Security-Policy"]
    assert "sha256-" not in policy
    assert b'<link rel="stylesheet" href="codebook.css">' in page
    style = client.get("/releases/2026-11/codebook.css")
    assert style["Content-Type"] == "text/css; charset=utf-8"
    assert b"".join(style.streaming_content) == telling.STYLE.read_bytes()


# What changed


def all_changes(client, query=BETWEEN):
    response = client.get(f"/releases/compare.csv{query}")
    assert response.status_code == 200
    text = b"".join(response.streaming_content).decode()
    return [tuple(row.values()) for row in csv.DictReader(io.StringIO(text, newline=""))]


def test_every_difference_is_in_the_file(client):
    found = all_changes(client)
    cells = {row[4]: row[5:] for row in found if row[:3] == ("cases", "changed", "guinea-2009")}
    assert cells["version"] == ("1", "2")
    assert cells["title_en"] == ("Guinea 2009", 'A "new", title')
    assert cells["aims"] == ("prevent", "")
    assert "changed_on" not in cells
    others = [row for row in found if row[:3] != ("cases", "changed", "guinea-2009")]
    keys = {row[2:4] for row in others if row[2] == "kenya-2008" and row[0] == "statements"}
    assert len(keys) == 1
    assert sorted(row for row in others if row[2:4] not in keys) == [
        ("cases", "added", "a-new-one", "", "", "", ""),
        ("cases", "removed", "kenya-2008", "", "", "", ""),
        ("statements", "added", "guinea-2009", "v1", "", "", ""),
        *[
            ("statements", "changed", "guinea-2009", "t1", *cell)
            for cell in [("note_en", "Before.", "After, with\na line.")]
        ],
        ("statements", "removed", "guinea-2009", "a1", "", "", ""),
    ]


def test_the_other_way_round_what_came_has_gone(client):
    turned = {"added": "removed", "removed": "added", "changed": "changed"}
    back = [
        (table, turned[change], case, key, column, after, before)
        for table, change, case, key, column, before, after in all_changes(
            client, "?from=2026-12&to=2026-11"
        )
    ]
    assert sorted(back) == sorted(all_changes(client))
    assert all_changes(client, "?from=2026-11&to=2026-11") == []


def test_the_page_tells_them_with_numbers(client, releases):
    page = client.get(f"/releases/compare/{BETWEEN}").content.decode()
    assert "A &quot;new&quot;, title" in page
    assert '<del dir="auto">Guinea 2009</del>' in page
    assert '<a href="/cases/guinea-2009/#t1">guinea-2009</a> / t1' in page
    assert 'href="/cases/kenya-2008/' not in page
    found = changes.between(*releases)
    assert found.counts == {
        "cases": {"added": 1, "removed": 1, "changed": 1},
        "statements": {"added": 1, "removed": 2, "changed": 1},
    }
    assert {name: rows for name, *rows in found.rows}["cases"] == [3, 3]


def test_many_differences_stand_on_pages_of_their_own(client, monkeypatch):
    monkeypatch.setattr(views, "RECORDS_OF_A_PAGE", 2)
    seen = []
    for number in range(1, 5):
        page = client.get(f"/releases/compare/{BETWEEN}&page={number}").content.decode()
        found = re.findall(r'<dt>(Case|Statement) <code dir="ltr">(.*?)</code> <span', page)
        assert len(found) == (1 if number == 4 else 2)
        seen += found
    assert len(set(seen)) == 7
    assert client.get(f"/releases/compare/{BETWEEN}&page=5").status_code == 404
    monkeypatch.setattr(views, "LAST_PAGE", 2)
    page = client.get(f"/releases/compare/{BETWEEN}&page=2").content.decode()
    assert "There are more differences than pages" in page


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("?from=2026-11", "Choose a release"),
        ("?from=nope&to=2026-11", "There is no release of this name"),
        ("?from=2026-11&to=..", "There is no release of this name"),
        ("?from=2026-11&from=x&to=2026-12", "Only one value is possible"),
        (f"{BETWEEN}&page=x", "Write a number from 1"),
        (f"{BETWEEN}&case=x", "There is no such filter"),
    ],
)
def test_what_cannot_be_understood_is_400_with_the_reason(client, query, sentence):
    response = client.get(f"/releases/compare/{query}")
    assert response.status_code == 400
    assert sentence in response.content.decode()


def test_what_is_kept_of_differences_is_made_anew_if_a_release_is_another(client, releases):
    found = changes.between(*releases)
    found.path.with_name(f"{found.path.name}.json").write_text("{")
    assert changes.between(*releases) == found
    summary = found.path.with_name(f"{found.path.name}.json")
    summary.write_text(summary.read_text().replace(releases[0].archive.sha256, "0" * 64))
    found.path.write_text("nothing\n")
    assert changes.between(*releases) == found
    assert all_changes(client)


def test_differences_that_cannot_be_kept_are_503_and_the_release_is_there(
    client, settings, tmp_path, releases
):
    for release in releases:
        shutil.copytree(release.folder, tmp_path / release.name)
    settings.RELEASES_DIR = tmp_path
    (tmp_path / ".changes").write_text("where a folder should be")
    assert client.get(f"/releases/compare/{BETWEEN}").status_code == 503
    response = client.get(f"/releases/compare.csv{BETWEEN}")
    assert (response.status_code, response["Content-Type"][:10]) == (503, "text/plain")
    assert client.get("/releases/2026-12/").status_code == 200


def test_columns_that_only_one_release_has_are_named_and_not_compared(
    client, settings, tmp_path, releases
):
    for release in releases:
        shutil.copytree(release.folder, tmp_path / release.name)
    settings.RELEASES_DIR = tmp_path
    path = tmp_path / "2026-11/data/cases.csv"
    path.chmod(0o644)
    path.write_text(path.read_text(encoding="utf-8").replace("title_en", "headline", 1))
    found = changes.between(store.find("2026-11"), store.find("2026-12"))
    assert found.uncompared == {"cases": ["headline", "title_en"]}
    page = client.get(f"/releases/compare/{BETWEEN}").content.decode()
    assert "headline, title_en" in page
    assert "Guinea 2009" not in page


# Citations


def test_a_case_is_cited_with_the_newest_release_of_its_version(client):
    page = client.get("/cases/kept/").content.decode()
    assert '<a href="/releases/2026-12/">Release <bdi>2026-12</bdi></a>.' in page
    assert "Live data" not in page
    cited = client.get("/cases/kept/cite.bib").content.decode()
    assert "  note = {Release 2026-12, http://localhost:8000/releases/2026-12/},\n" in cited
    assert "N1  - Release 2026-12, " in client.get("/cases/kept/cite.ris").content.decode()
    assert client.get("/cases/kept/cite.csl.json").json()[0]["note"].startswith("Release 2026-12")


def test_a_case_that_was_saved_since_is_live_data_of_the_day(client):
    Case.objects.filter(slug="kept").update(version=4)
    page = client.get("/cases/kept/").content.decode()
    assert "Live data, " in page
    assert "/releases/2026" not in page
    today = f"{timezone.now():%Y-%m-%d}"
    assert f"note = {{Live data, {today}}}" in client.get("/cases/kept/cite.bib").content.decode()


def test_asking_for_the_release_of_a_case_costs_no_query(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert store.standing("kept", 3).name == "2026-12"


def test_a_release_keeps_what_was_withdrawn_afterwards(client):
    # So docs/releases.md says, and what is to be done where it must not.
    assert settings.RELEASES_DIR.name.startswith("releases")
    text = b"".join(client.get("/releases/2026-11/data/cases.csv").streaming_content).decode()
    assert "kenya-2008" in text
    assert client.get("/cases/kenya-2008/").status_code == 410


# The API


def test_the_api_names_the_releases_and_each_of_their_files(client, releases):
    items = client.get("/api/v1/releases").json()["items"]
    assert [each["name"] for each in items] == ["2026-12", "2026-11"]
    assert items[1]["counts"] == dict(releases[0].counts)
    whole = client.get("/api/v1/releases/2026-11").json()
    assert whole["release"] == items[1]
    assert "data/cases.csv" in {file["path"] for file in whole["files"]}
    for file in [*whole["files"], items[1]["archive"]]:
        content = b"".join(client.get(file["address"].removeprefix(settings.SITE_URL)))
        assert (len(content), hashlib.sha256(content).hexdigest()) == (file["size"], file["sha256"])
    missing = client.get("/api/v1/releases/2026-10")
    assert (missing.status_code, missing.json()["detail"]) == (404, "There is no such release.")

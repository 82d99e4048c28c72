"""How a case is cited: three formats, each escaped as it wants, and the files they come in."""

import json
from datetime import UTC, date, datetime

import pytest

from cases.citing import FORMATS, Citation, bibtex, csl_json, ris
from tests.factories import make_case


def cited(**changed) -> Citation:
    values = {
        "key": "guinea-2009",
        "author": "Preventive diplomacy cases",
        "title": "Guinea: from military to constitutional rule",
        "version": 3,
        "changed_on": date(2026, 3, 4),
        "address": "https://cases.example.org/cases/guinea-2009/",
    }
    return Citation(**values | changed)


def test_bibtex_names_author_title_version_day_and_address():
    assert bibtex(cited()) == (
        "@misc{guinea-2009-v3,\n"
        "  author = {{Preventive diplomacy cases}},\n"
        "  title = {{Guinea: from military to constitutional rule}},\n"
        "  year = {2026},\n"
        "  month = {3},\n"
        "  day = {4},\n"
        "  version = {3},\n"
        "  howpublished = {Database record, version 3},\n"
        "  url = {https://cases.example.org/cases/guinea-2009/},\n"
        "  langid = {english}\n"
        "}\n"
    )


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("R&D: 50 % of $5 #1", r"R\&D: 50 \% of \$5 \#1"),
        ("snake_case", r"snake\_case"),
        ("a\\b", r"a{\textbackslash}b"),
        ("{open", r"{\textbraceleft}open"),
        ("x^2~y", r"x{\textasciicircum}2{\textasciitilde}y"),
        ("two\nlines", "two lines"),
        ("گینه: «گذار»", "گینه: «گذار»"),
    ],
)
def test_what_bibtex_would_take_for_a_command_is_written_out(typed, written):
    entry = bibtex(cited(title=typed))
    assert f"  title = {{{{{written}}}}},\n" in entry
    assert entry.count("{") == entry.count("}")


def test_ris_has_a_tag_a_line_and_ends_its_record():
    assert ris(cited()).split("\r\n") == [
        "TY  - DATA",
        "AU  - Preventive diplomacy cases,",
        "TI  - Guinea: from military to constitutional rule",
        "PY  - 2026",
        "DA  - 2026/03/04",
        "ET  - Version 3",
        "ID  - guinea-2009",
        "LA  - en",
        "UR  - https://cases.example.org/cases/guinea-2009/",
        "ER  - ",
        "",
    ]


def test_a_title_of_two_lines_adds_no_tag_to_ris():
    assert "\r\nTI  - One ER - Two\r\n" in ris(cited(title="One\r\nER  - Two"))


def test_csl_json_is_a_list_of_one_data_set():
    assert json.loads(csl_json(cited(title='A "quoted" گینه'))) == [
        {
            "id": "guinea-2009",
            "type": "dataset",
            "author": [{"literal": "Preventive diplomacy cases"}],
            "title": 'A "quoted" گینه',
            "version": "3",
            "issued": {"date-parts": [[2026, 3, 4]]},
            "URL": "https://cases.example.org/cases/guinea-2009/",
            "language": "en",
        }
    ]


@pytest.mark.parametrize(
    ("write", "line"),
    [
        (bibtex, "  note = {Release 2026\\_11},\n"),
        (ris, "\r\nN1  - Release 2026_11\r\n"),
        (csl_json, '"note": "Release 2026_11"'),
    ],
)
def test_where_a_version_stands_is_said_where_it_is_known(write, line):
    assert line in write(cited(standing="Release 2026_11"))
    assert "note" not in write(cited())
    assert "N1" not in write(cited())


@pytest.mark.django_db
@pytest.mark.parametrize("suffix", FORMATS)
def test_each_format_is_a_file_of_the_present_version(client, suffix):
    make_case("one", title_en="One", title_fa="یک", version=7, changed_on=datetime.now(UTC))
    response = client.get(f"/cases/one/cite.{suffix}")
    assert response.status_code == 200
    assert response["Content-Type"] == FORMATS[suffix].content_type
    assert response["Content-Disposition"] == f'attachment; filename="one.{suffix}"'
    text = response.content.decode()
    assert "http://localhost:8000/cases/one/" in text
    assert "7" in text
    # One address and one content, whatever the reader's language.
    assert client.get(f"/fa/cases/one/cite.{suffix}").status_code == 404
    client.get("/fa/")
    assert client.get(f"/cases/one/cite.{suffix}").content.decode() == text
    assert f'href="/cases/one/cite.{suffix}"' in client.get("/ar/cases/one/").content.decode()


@pytest.mark.django_db
def test_only_what_is_published_is_cited(client):
    make_case("draft", review="draft")
    copied = make_case("one", title_en="As published")
    make_case("one", title_en="Being edited", review="draft", working_copy_of=copied)
    make_case("gone", review="withdrawn")
    assert client.get("/cases/draft/cite.bib").status_code == 404
    assert client.get("/cases/nope/cite.ris").status_code == 404
    gone = client.get("/cases/gone/cite.bib")
    assert (gone.status_code, gone["Content-Type"]) == (410, "text/plain; charset=utf-8")
    assert "As published" in client.get("/cases/one/cite.bib").content.decode()
    assert client.get("/cases/one/cite.docx").status_code == 404
    assert client.post("/cases/one/cite.bib").status_code == 405

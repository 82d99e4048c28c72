"""What is in a release, opened by those who will open it: nothing here is our own reading."""

import csv
import hashlib
import io
import json
import os
import re
import shutil
import socket
import subprocess
import warnings
import zipfile
from datetime import UTC, date, datetime

import frictionless
import pandas
import pytest
import rdflib
from django.conf import settings
from django.db import connection
from openpyxl import load_workbook
from rdflib.namespace import DCTERMS, OWL, RDF, SKOS

from cases.exports import TABLES, WORKBOOK
from cases.models import Actor, Case, Statement, Term
from ingest.services import load_seeds
from releases import schema
from releases.making import make
from tests.factories import make_actor, make_case, make_document, make_quotation, make_statement
from tests.headers import faults_of_page

pytestmark = pytest.mark.django_db

MARK = "zzdraft"
SOFFICE = shutil.which("soffice")
with_libreoffice = pytest.mark.skipif(
    SOFFICE is None, reason="no LibreOffice (soffice) on this machine"
)
RSCRIPT = shutil.which("Rscript")
# Reads every file as the README says, cases with their types, and writes the cells back as texts.
IN_R = """
told <- function(cells) {
  if (inherits(cells, "POSIXct")) format(cells, "%Y-%m-%dT%H:%M:%S", tz = "UTC")
  else as.character(cells)
}
back <- function(read, name) {
  stopifnot(nrow(problems(read)) == 0)
  read[] <- lapply(read, told)
  write_csv(read, file.path(Sys.getenv("BACK"), name), na = "")
}
back(cases, "cases.csv")
for (name in setdiff(list.files("data", "[.]csv$"), "cases.csv")) {
  text <- cols(.default = col_character())
  back(read_csv(file.path("data", name), na = "", trim_ws = FALSE, col_types = text), name)
}
"""
# Commas, quotation marks, UTF-8; the rest says that each sheet becomes a file.
TO_CSV = "csv:Text - txt - csv (StarCalc):44,34,76"
EVERY_SHEET = ",1,,0,false,true,false,false,false,-1"
AT = datetime(2026, 11, 3, 12, 0, 7, tzinfo=UTC)


@pytest.fixture(scope="module")
def release(saved):
    """The seeds with all that must stay at the desk, a retired term and each kind of silence."""
    load_seeds(settings.SEEDS_DIR)
    hidden = make_actor(f"{MARK}-actor", name=MARK)
    make_actor("named-by-nobody", parent=hidden, successor=hidden)
    make_document("issued-by-nobody", issuer=hidden)
    draft = make_case(f"{MARK}-draft", title_en=MARK, review="draft")
    quotation = make_quotation(translation_en=MARK)
    make_statement(draft, by=[hidden], quotations=[quotation], note_en=MARK)
    public = Case.objects.get(slug="guinea-2009")
    Case.objects.filter(pk=public.pk).update(internal_notes=MARK)
    make_case("guinea-2009", title_en=MARK, review="draft", working_copy_of=public)
    Case.objects.filter(slug="kenya-2008").update(title_en='=1+1; "a", b\nsecond line')
    Term.objects.filter(id="tool:arbitration").update(
        retired_on=date(2026, 1, 2), replaced_by="tool:mediation"
    )
    silent = Statement.objects.filter(case__slug="sudan-2011", scheme="initiation")
    silent.update(term="initiation:none", support="states")
    return make("2026-11", AT)


@pytest.fixture(scope="module")
def package(release):
    return json.loads((release.folder / "datapackage.json").read_text(encoding="utf-8"))


def rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def table(release, name):
    head, *found = rows(release.folder / "data" / f"{name}.csv")
    return [dict(zip(head, row, strict=True)) for row in found]


# Frictionless


def test_frictionless_finds_the_package_valid(release):
    report = frictionless.validate(str(release.folder / "datapackage.json"))
    assert report.flatten(["title", "message"]) == []
    assert len(report.tasks) == len(TABLES)


def test_frictionless_would_find_what_is_wrong(release, tmp_path):
    broken = tmp_path / "broken"
    shutil.copytree(release.folder, broken)
    path = broken / "data/statements.csv"
    path.chmod(0o644)
    head, first, *rest = path.read_text(encoding="utf-8").splitlines(keepends=True)
    wrong = first.replace("this_case", "that_case")
    wrong = re.sub("^[^,]+", "no-such-case", wrong)
    path.write_text("".join([head, wrong, wrong, *rest]), encoding="utf-8")
    report = frictionless.validate(str(broken / "datapackage.json"))
    found = {kind for (kind,) in report.flatten(["type"])}
    assert {"hash-count", "primary-key", "foreign-key"} <= found


def test_every_column_is_described(package):
    for resource in package["resources"]:
        fields = resource["schema"]["fields"]
        assert [each["name"] for each in fields] == list(TABLES[resource["title"]].columns)
        assert [each["name"] for each in fields if not each["title"]] == []
        assert [each["name"] for each in fields if not each["description"]] == []


def test_what_is_said_of_columns_is_said_of_columns_that_there_are():
    known = {column for table in TABLES.values() for column in table.columns}
    known |= {f"{table.name}.{column}" for table in TABLES.values() for column in table.columns}
    assert {*schema.TYPES, *schema.PATTERNS, *schema.SCHEME_OF, *schema.CHOICES} <= known
    for name, key in schema.KEYS.items():
        assert set(key) <= set(TABLES[name].columns)


def test_five_answers_of_absence_have_each_its_name(package):
    cases = next(each for each in package["resources"] if each["name"] == "cases")
    fields = {each["name"]: each for each in cases["schema"]["fields"]}
    assert {each["value"]: each["label"] for each in fields["un_role"]["missingValues"]} == {
        "": "no value",
        "not_stated": "not stated",
        "not_applicable": "not applicable",
        "unknown": "unknown",
        "none": "none",
        "withheld": "withheld",
    }
    assert "missingValues" not in fields["title_en"]


def test_a_fixed_choice_has_its_values_with_their_names(package):
    cases = next(each for each in package["resources"] if each["name"] == "cases")
    coverage = next(each for each in cases["schema"]["fields"] if each["name"] == "coverage")
    assert coverage["constraints"]["enum"] == ["substantial", "named_only"]
    assert {"value": "named_only", "label": "named only"} in coverage["categories"]


# pandas and readr


def test_pandas_reads_every_table_as_the_readme_says(release, package, monkeypatch):
    readme = (release.folder / "README.md").read_text(encoding="utf-8")
    code = re.search(r"```python\n(.*?)```", readme, re.DOTALL)[1]
    monkeypatch.chdir(release.folder)
    told = {}
    exec(code, told)
    for name in TABLES:
        frame = told["read"](name)
        assert len(frame) == release.counts[name]
        # Back to cells: what was read is what stands there.
        cells = frame.astype("string").fillna("")
        numbers = [each for each in frame if frame[each].dtype == "Float64"]
        there = pandas.DataFrame(table(release, name), dtype="string")
        assert cells.drop(columns=numbers).equals(there.drop(columns=numbers)), name
    assert "NA" in set(told["read"]("countries")["alpha2"])
    cases = told["cases"].set_index("slug")
    assert cases.loc["sudan-2011", "initiation"] == "none"
    assert cases["gap_min_days"].isna().any()
    assert str(cases["version"].dtype) == "Int64"
    assert "mediation" in set(told["tools"]["tool"])


def test_readr_is_told_every_column_that_is_no_text(release, package):
    readme = (release.folder / "README.md").read_text(encoding="utf-8")
    file, columns = re.search(r'read_csv\("(.*?)",.*?cols\((.*?)\n\)\)', readme, re.DOTALL).groups()
    told = dict(re.findall(r"([\w.]+) = col_(\w+)\(\)", columns))
    assert len(told) == columns.count("=")
    resource = next(each for each in package["resources"] if each["path"] == file)
    names = {"string": "character", "number": "double"}
    types = {each["name"]: each["type"] for each in resource["schema"]["fields"]}
    wanted = {column: names.get(kind, kind) for column, kind in types.items() if kind != "string"}
    assert told == {".default": "character"} | wanted


def test_the_files_are_what_readr_expects(release):
    # Its conventions: UTF-8, no byte-order mark, a head, as many cells in each row.
    for name in TABLES:
        content = (release.folder / "data" / f"{name}.csv").read_bytes()
        assert not content.startswith(b"\xef\xbb\xbf")
        assert b"\x00" not in content
        assert content.endswith(b"\n")
        widths = {len(row) for row in rows(release.folder / "data" / f"{name}.csv")}
        assert widths == {len(TABLES[name].columns)}


def has_readr() -> bool:
    asked = [RSCRIPT, "-e", "library(readr)"]
    return bool(RSCRIPT) and subprocess.run(asked, check=False, capture_output=True).returncode == 0


def test_readr_reads_every_cell(release, tmp_path):
    if not has_readr():
        pytest.skip("no R with readr on this machine")
    (block,) = re.findall(
        r"```r\n(.*?)```", (release.folder / "README.md").read_text("utf-8"), re.DOTALL
    )
    script = tmp_path / "read.R"
    script.write_text(block + IN_R, encoding="utf-8")
    done = subprocess.run(
        [RSCRIPT, str(script)],
        cwd=release.folder,
        env=os.environ | {"BACK": str(tmp_path), "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    for name in TABLES:
        path = release.folder / "data" / f"{name}.csv"
        head, *told = rows(path)
        # R writes times without the fraction of a second, which it has all the same.
        times = [
            place for place, column in enumerate(head) if column in ("published_on", "changed_on")
        ]
        for row in told if name == "cases" else []:
            for place in times:
                row[place] = row[place][:19]
        assert rows(tmp_path / path.name) == [head, *told], name


# Spreadsheets


def test_the_workbook_has_the_cells_of_the_files_as_texts(release):
    book = load_workbook(release.folder / "workbook.xlsx")
    assert book.sheetnames == ["cases", "statements", "quotations"]
    for sheet in book:
        found = [[cell.value or "" for cell in row] for row in sheet.iter_rows()]
        assert found == rows(release.folder / "data" / f"{sheet.title}.csv")
        types = {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value}
        assert types <= {"s", "inlineStr"}


def converted_by_libreoffice(files, target, tmp_path, *options):
    """The folder of what LibreOffice made of the files."""
    command = [SOFFICE, f"-env:UserInstallation=file://{tmp_path}/profile", "--headless"]
    command += ["--convert-to", target, *options, "--outdir", str(tmp_path / "back"), *files]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    return tmp_path / "back"


@with_libreoffice
def test_libreoffice_reads_the_files_as_texts(release, tmp_path):
    files = [release.folder / "data" / f"{name}.csv" for name in TABLES]
    as_text = "/".join(f"{number}/2" for number in range(1, 41))
    back = converted_by_libreoffice(files, TO_CSV, tmp_path, f"--infilter=CSV:44,34,76,1,{as_text}")
    for path in files:
        assert rows(back / path.name) == rows(path), path.name


@with_libreoffice
def test_libreoffice_opens_the_workbook_with_all_its_sheets(release, tmp_path):
    back = converted_by_libreoffice(
        [release.folder / "workbook.xlsx"], f"{TO_CSV}{EVERY_SHEET}", tmp_path
    )
    assert len(list(back.iterdir())) == len(WORKBOOK)
    for name in WORKBOOK:
        there = rows(release.folder / "data" / f"{name}.csv")
        assert rows(back / f"workbook-{name}.csv") == there, name


# PostgreSQL


@pytest.mark.skipif(shutil.which("psql") is None, reason="no psql on this machine")
def test_psql_reads_the_files_into_the_tables_of_the_schema(release):
    if connection.vendor != "postgresql":
        pytest.skip("no PostgreSQL in this run")
    at = connection.settings_dict
    environment = os.environ | {
        "PGHOST": at["HOST"],
        "PGPORT": str(at["PORT"]),
        "PGUSER": at["USER"],
        "PGPASSWORD": at["PASSWORD"],
        "PGDATABASE": at["NAME"],
        "PGOPTIONS": "-c search_path=frozen -c timezone=UTC -c client_min_messages=warning",
    }

    def psql(*arguments):
        command = ["psql", "-qXv", "ON_ERROR_STOP=1", *arguments]
        done = subprocess.run(command, env=environment, cwd=release.folder, capture_output=True)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode()

    psql("-c", "CREATE SCHEMA frozen")
    try:
        psql("-f", "load.sql")
        for name in TABLES:
            cells = ", ".join(
                f'to_char("{field["name"]}", \'YYYY-MM-DD"T"HH24:MI:SS"Z"\')'
                if field["type"] == "datetime"
                else f'"{field["name"]}"'
                for field in schema.fields(name)
            )
            back = psql("-c", f'\\copy (SELECT {cells} FROM "{name}") TO STDOUT (FORMAT csv)')
            found = list(csv.reader(io.StringIO(back, newline="")))
            assert sorted(found) == sorted(rows(release.folder / "data" / f"{name}.csv")[1:]), name
    finally:
        psql("-c", "DROP SCHEMA frozen CASCADE")


# SKOS


@pytest.fixture(scope="module")
def graph(release):
    text = (release.folder / "vocabularies.jsonld").read_text(encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch, warnings.catch_warnings():
        # The context stands in the file: nothing may be fetched.
        patch.setattr(socket.socket, "connect", None)
        # Its parser uses a class that rdflib itself has given up.
        warnings.simplefilter("ignore", DeprecationWarning)
        return rdflib.Graph().parse(data=text, format="json-ld")


def term(code):
    scheme, code = code.split(":")
    folder = "tools" if scheme == "tool" else f"terms/{scheme}"
    return rdflib.URIRef(f"http://localhost:8000/{folder}/{code}/")


def test_the_vocabularies_have_every_scheme_and_term(graph):
    ours = {each for each in graph.subjects(RDF.type, SKOS.ConceptScheme) if "http" in each}
    concepts = {each for each in graph.subjects(RDF.type, SKOS.Concept) if "http" in each}
    assert len(ours) == 12
    assert concepts == {term(each.id) for each in Term.objects.all()}
    for concept in concepts:
        languages = {label.language for label in graph.objects(concept, SKOS.prefLabel)}
        assert languages == {"en", "fa", "ar"}
        assert (concept, SKOS.inScheme, None) in graph


def test_broader_narrower_and_top_say_the_same(graph):
    assert (term("tool:good_offices"), SKOS.broader, term("tool:diplomatic")) in graph
    for narrower, broader in graph.subject_objects(SKOS.broader):
        assert (broader, SKOS.narrower, narrower) in graph
    for concept, scheme in graph.subject_objects(SKOS.topConceptOf):
        assert (scheme, SKOS.hasTopConcept, concept) in graph
        assert (concept, SKOS.broader, None) not in graph


def test_a_retired_term_says_so_and_what_replaces_it(graph):
    assert (term("tool:arbitration"), OWL.deprecated, rdflib.Literal(True)) in graph
    assert (term("tool:arbitration"), DCTERMS.isReplacedBy, term("tool:mediation")) in graph
    assert len(list(graph.subjects(OWL.deprecated))) == 1


def test_other_lists_are_close_matches_with_their_codes(graph):
    (match,) = graph.objects(term("tool:negotiation"), SKOS.closeMatch)
    assert str(graph.value(match, SKOS.notation)) == "33"
    charter = graph.value(match, SKOS.inScheme)
    assert str(graph.value(charter, SKOS.prefLabel)) == "Charter of the United Nations"
    (source,) = graph.objects(term("tool:facilitation"), DCTERMS.source)
    assert str(source) == "UN Peacemaker"


# The whole


def every_file(release):
    """(name, bytes) of every file, and of every file in its archives."""
    for path in sorted(release.folder.rglob("*")):
        if path.is_file():
            yield path.name, path.read_bytes()
            if path.suffix in (".zip", ".xlsx"):
                with zipfile.ZipFile(path) as archive:
                    yield from ((name, archive.read(name)) for name in archive.namelist())


def test_nothing_of_the_desk_is_in_any_file(release):
    assert Actor.objects.filter(code__startswith=MARK).exists()
    found = [name for name, content in every_file(release) if MARK.encode() in content.lower()]
    assert found == []


def test_checksums_are_those_of_the_files(release):
    lines = (release.folder / "SHA256SUMS").read_text().splitlines()
    sums = {path: digest for digest, path in (line.split("  ") for line in lines)}
    hidden = {".versions", "2026-11.zip", "2026-11.zip.sha256", "SHA256SUMS"}
    there = {
        path.relative_to(release.folder).as_posix()
        for path in release.folder.rglob("*")
        if path.is_file()
    }
    assert set(sums) == there - hidden
    for path, digest in sums.items():
        assert hashlib.sha256((release.folder / path).read_bytes()).hexdigest() == digest
    whole = hashlib.sha256((release.folder / "2026-11.zip").read_bytes()).hexdigest()
    assert (release.folder / "2026-11.zip.sha256").read_text() == f"{whole}  2026-11.zip\n"
    for file in (*release.files, release.archive):
        content = (release.folder / file.path).read_bytes()
        assert (len(content), hashlib.sha256(content).hexdigest()) == (file.size, file.sha256)


def test_the_archive_holds_the_files_in_a_folder_of_the_name(release):
    with zipfile.ZipFile(release.folder / "2026-11.zip") as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        assert "2026-11/.versions" not in names
        for name in names:
            assert archive.read(name) == (release.folder.parent / name).read_bytes()
    assert len(names) == len(release.files) - 1  # but for the archive's own checksum


def test_the_codebook_opens_from_the_disk_in_three_languages(release, client):
    for language, direction in (("en", "ltr"), ("fa", "rtl"), ("ar", "rtl")):
        page = (release.folder / f"codebook.{language}.html").read_text(encoding="utf-8")
        assert f'<html lang="{language}" dir="{direction}">' in page
        assert faults_of_page(page.encode()) == []
        assert not re.search(r"<script|<img", page)
        # From beside it, where the archive has it too.
        assert re.findall("<link[^>]*>", page) == ['<link rel="stylesheet" href="codebook.css">']
        assert not re.search(r'(?:href|src)="(?!#|codebook\.)', page)
        assert "good_offices" in page
    style = release.file("codebook.css")
    assert style in release.files
    assert "url(" not in (release.folder / style.path).read_text(encoding="utf-8")
    assert (release.folder / "codebook.csv").read_bytes() == client.get("/codebook.csv").content


def test_it_says_how_it_is_cited_and_that_no_licence_is_stated(release):
    cited = (
        "Preventive diplomacy cases (2026). Release 2026-11, 2026-11-03. "
        "http://localhost:8000/releases/2026-11/"
    )
    readme = (release.folder / "README.md").read_text(encoding="utf-8")
    assert cited in readme
    assert "No licence has been stated for the data" in readme
    assert "| `data/cases.csv` | 39 |" in readme
    lines = (release.folder / "CITATION.cff").read_text(encoding="utf-8").splitlines()
    assert 'version: "2026-11"' in lines
    assert 'date-released: "2026-11-03"' in lines
    assert not [line for line in lines if line.startswith("license")]

"""Making a release: what readers may see at one moment, as files that never change again."""

import csv
import json
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.db import connections, router, transaction

from cases import codebook
from cases.exports import TABLES, WORKBOOK, write, write_workbook
from cases.expressions import Bytewise
from cases.models import Case
from releases import schema, store, telling, vocabularies
from releases.packing import Folder, bytes_of, new_folder, without_times, write_archive

XLSX = "workbook.xlsx"
# More rows than a sheet may have, the head among them.
LONGEST_SHEET = 1_048_576


def make(name: str, at: datetime) -> store.Release:
    """Freeze what readers see now under a name that `store.is_name` takes.

    Raises packing.Taken, OSError where it cannot be written, and the database's own errors;
    whatever happens, the release is there whole or not at all.
    """
    with new_folder(settings.RELEASES_DIR, name) as folder:
        about = telling.About(name, at.astimezone(UTC).replace(microsecond=0))
        with one_snapshot():
            about.counts = _write_tables(folder)
            _write_workbook(folder, about)
            _write_codebook(folder, about)
            _write_json(folder, "vocabularies.jsonld", vocabularies.vocabularies())
            _write_descriptions(folder, about)
        _write_checksums(folder, about)
        archive = write_archive(folder, f"{name}.zip", within=name)
        line = f"{archive.sha256}  {archive.path}\n"
        folder.write(f"{archive.path}.sha256", [line.encode()])
    return store.find(name)


@contextmanager
def one_snapshot() -> Iterator[None]:
    """All queries inside see the database as it was at the first; nobody has to wait for it."""
    connection = connections[router.db_for_read(Case)]
    if connection.vendor == "postgresql":
        with transaction.atomic(connection.alias, durable=True), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
        return
    # Ours begin by locking out who writes, which a reader of SQLite has no need of.
    connection.ensure_connection()
    usual, connection.transaction_mode = connection.transaction_mode, "DEFERRED"
    try:
        with transaction.atomic(connection.alias, durable=True):
            yield
    finally:
        connection.transaction_mode = usual


def _write_tables(folder: Folder) -> dict[str, int]:
    """Every public table; gives their numbers of rows."""
    counts = {}
    for name, table in TABLES.items():
        # By slug: the order of the list moves with the dates, and what changed is found in order.
        cases = Case.objects.published().order_by(Bytewise("slug")) if name == "cases" else None
        path = schema.PATH.format(name)
        folder.write(path, write(table, "csv", cases))
        if name == "cases":
            _write_versions(folder, path)
        counts[name] = sum(1 for _row in _rows(folder.path / path))
    return counts


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _write_versions(folder: Folder, path: str) -> None:
    lines = (f"{row['slug']} {row['version']}\n".encode() for row in _rows(folder.path / path))
    folder.write(store.VERSIONS, lines)
    # Known to the site alone.
    folder.files.pop()


def _write_workbook(folder: Folder, about: "telling.About") -> None:
    """Cases, statements and quotations as sheets, unless one is longer than sheets can be."""
    if any(about.counts[name] >= LONGEST_SHEET for name in WORKBOOK):
        return
    cases = Case.objects.published().order_by(Bytewise("slug"))
    with tempfile.TemporaryDirectory(dir=folder.path, prefix=".workbook") as beside:
        path = Path(beside) / XLSX
        with path.open("wb") as file:
            file.writelines(write_workbook(cases))
        folder.write(XLSX, without_times(path, about.made_on))
    about.has_workbook = True


def _write_codebook(folder: Folder, about: "telling.About") -> None:
    entries = list(codebook.everything())
    folder.write("codebook.csv", [codebook.as_csv(codebook.rows(entries)).encode()])
    for language, page in telling.codebook_pages(entries, about):
        folder.write(f"codebook.{language}.html", [page.encode()])
    folder.write(telling.STYLE.name, bytes_of(telling.STYLE))


def _write_descriptions(folder: Folder, about: "telling.About") -> None:
    files = {file.path: file for file in folder.files}
    _write_json(folder, "datapackage.json", schema.package(about.of_package(), files))
    folder.write("load.sql", _lines(schema.load_script()))
    folder.write("README.md", [telling.readme(about).encode()])
    folder.write("CITATION.cff", _lines(telling.citation_file(about)))


def _write_checksums(folder: Folder, about: "telling.About") -> None:
    """The manifest, and after it the checksums of all, the manifest's too."""
    files = sorted(folder.files, key=lambda file: file.path)
    _write_json(folder, store.MANIFEST, about.manifest(files))
    listed = sorted(folder.files, key=lambda file: file.path)
    folder.write(store.CHECKSUMS, (f"{file.sha256}  {file.path}\n".encode() for file in listed))


def _write_json(folder: Folder, name: str, content: dict) -> None:
    text = json.dumps(content, ensure_ascii=False, indent=1)
    folder.write(name, [f"{text}\n".encode()])


def _lines(lines: Iterable[str]) -> Iterator[bytes]:
    return (f"{line}\n".encode() for line in lines)

"""The desk: a file that comes home, and the form of a case of a hundred statements."""

import csv
import io
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.db.models import Count
from django.test import Client
from django.urls import reverse

from cases import imports, records
from cases.exports import TABLES, write
from cases.models import Case
from tests.benchmarks.databases import Database
from tests.benchmarks.measuring import Row, asked, in_a_process, in_turn, run_all, timed
from tests.cases.test_admin import form_of, said_of

ROWS = 10_000
EDITED = " (edited)"
MEMORY_MOST = 150
# What a case says in columns of its own, and what the plain comparison compares.
COMPARED = (
    *("title_en", "title_fa", "title_ar", "summary_en", "summary_fa", "summary_ar"),
    *("start", "end", "coverage"),
)


def rows(database: Database) -> Iterator[Row]:
    yield from _import(database)
    yield from _form(database)


@contextmanager
def undone():
    """What is written inside is gone afterwards."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _import(database: Database) -> Iterator[Row]:
    content, edited = _file()
    slugs = [slug for slug, _title in edited]
    revisions = records.dump("case", slugs)
    previews = []

    def preview() -> float:
        previews.append(in_a_process(lambda: [_compared(content)]))
        return previews[-1].seconds

    def save() -> float:
        run = in_a_process(lambda: _saved(content))
        return run.seconds - run.first

    kind, cases = database.kind, database.cases
    seconds, limit = in_turn(preview, lambda: timed(lambda: _stage(content)), least=2, most=3)
    memory = max(run.memory_mb for run in previews)
    times = seconds, "staging table", limit
    yield Row(*("import preview", kind, cases, *times, 5.0), memory, MEMORY_MOST)
    seconds, limit = in_turn(
        save, lambda: timed(lambda: _write(edited, revisions)), least=2, most=3
    )
    peer = f"{len(edited)} rows with history"
    yield Row("import saved", kind, cases, seconds, peer, limit, 3.0)


def _file() -> tuple[bytes, list[tuple[str, str]]]:
    """The file of the first cases, one in ten of them edited: and which, with their new titles."""
    whole = b"".join(write(TABLES["cases"].for_desk(), "csv")).decode()
    reader = csv.DictReader(io.StringIO(whole, newline=""))
    output, edited = io.StringIO(newline=""), []
    writer = csv.DictWriter(output, reader.fieldnames)
    writer.writeheader()
    for place, row in enumerate(reader):
        if place == ROWS:
            break
        if place % 10 == 0:
            row["title_en"] += EDITED
            edited.append((row["slug"], row["title_en"]))
        writer.writerow(row)
    return output.getvalue().encode(), edited


def _compared(content: bytes) -> imports.Comparison:
    comparison = imports.compare("cases", imports.read(content, limit=None))
    if comparison.is_refused:
        raise RuntimeError(f"the file that is measured with is refused: {comparison.summary}")
    return comparison


def _saved(content: bytes) -> Iterator[None]:
    """Compare, which is the first piece, then save."""
    comparison = _compared(content)
    yield
    with undone():
        imports.save(comparison)
    yield


def _stage(content: bytes) -> None:
    """The least that a comparison can be: the rows in a table, and one query."""
    reader = csv.DictReader(io.StringIO(content.decode(), newline=""))
    columns = ("slug", *COMPARED)
    staged = [tuple(row[column] for column in columns) for row in reader]
    named = ", ".join(f'"{column}"' for column in columns)
    differs = " OR ".join(f's."{column}" <> c."{column}"' for column in COMPARED)
    query = f"SELECT s.* FROM staged s JOIN cases_case c ON c.slug = s.slug WHERE {differs}"
    with undone(), connection.cursor() as cursor:
        texts = named.replace(",", " text,") + " text"
        cursor.execute(f"CREATE TEMPORARY TABLE staged ({texts})")
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY staged ({named}) FROM STDIN") as copy:
                for row in staged:
                    copy.write_row(row)
        else:
            marks = ", ".join(["%s"] * len(columns))
            cursor.executemany(f"INSERT INTO staged ({named}) VALUES ({marks})", staged)
        cursor.execute(query)
        cursor.fetchall()


def _write(edited: list[tuple[str, str]], revisions: dict) -> None:
    """The least that saving can be: the changed cells, and what each record is now."""
    with undone(), connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE cases_case SET title_en = %s, version = version + 1 WHERE slug = %s",
            [(title, slug) for slug, title in edited],
        )
        now, mark = "2024-01-01 00:00:00+00:00", "0" * 32
        columns = 'kind, key, version, "when", source, why, change_set, data'
        cursor.executemany(
            f"INSERT INTO cases_revision ({columns}) VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
            [
                ("case", slug, 2, now, "import", "", mark, json.dumps(revisions[slug]))
                for slug, _title in edited
            ],
        )


def _form(database: Database) -> Iterator[Row]:
    case = Case.objects.annotate(n=Count("statements")).order_by("-n", "slug").first()
    address = reverse("admin:cases_case_change", args=[case.pk])
    with undone():
        client = Client()
        name = f"bench-{time.time_ns()}"
        client.force_login(get_user_model().objects.create_superuser(name, password=None))
        posted = form_of(client, address) | {"title_en": case.title_en + EDITED}
        yield _against_queries(database, f"case of {case.n}: opened", lambda: client.get(address))

        def save():
            with transaction.atomic():
                answer = client.post(address, posted)
                if answer.status_code != 302:
                    raise RuntimeError(f"{address} was not saved: {said_of(answer)}")
                transaction.set_rollback(True)

        yield _against_queries(database, f"case of {case.n}: saved", save)


def _against_queries(database: Database, work: str, ours) -> Row:
    ours()
    with asked() as queries:
        ours()

    def bare():
        with transaction.atomic():
            run_all(queries)
            transaction.set_rollback(True)

    seconds, limit = in_turn(lambda: timed(ours), lambda: timed(bare), least=3)
    peer = f"its {len(queries)} queries"
    return Row(work, database.kind, database.cases, seconds, peer, limit, 4.0)

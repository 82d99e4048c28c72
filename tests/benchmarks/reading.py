"""Reading a report, against reading its file and normalizing its letters."""

from collections.abc import Iterator

from django.conf import settings

from cases.text import fold
from ingest.parsers.report import parse_report
from ingest.parsers.source import read_source
from ingest.readers import read_file
from tests.benchmarks.databases import Database
from tests.benchmarks.measuring import Row, in_turn, timed

REPORT = settings.SEEDS_DIR / "reports" / "s-2011-552.fa.txt"


def rows(database: Database) -> Iterator[Row]:
    def ours():
        return parse_report(read_file(read_source(REPORT), REPORT.name), "fa")

    def limit():
        # Not what it remembers of the last time.
        return fold.__wrapped__(REPORT.read_text(encoding="utf-8"))

    seconds, least = in_turn(lambda: timed(ours), lambda: timed(limit), least=7)
    peer = "reading and folding it"
    yield Row("parse_report", database.kind, database.cases, seconds, peer, least, 10.0)

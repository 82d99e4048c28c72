"""python manage.py parse_report FILE --language fa: what the parser finds, as JSON."""

import json

from django.core.management.base import BaseCommand, CommandError

from ingest.parsers.conventions import LANGUAGES
from ingest.parsers.report import parse_report
from ingest.parsers.source import SourceError, read_source
from ingest.readers import SUFFIXES, read_file


class Command(BaseCommand):
    help = (
        "Print the sections and passages of a report (TXT, DOCX, HTML) as JSON; needs no database."
    )
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("file", help=f"named {', '.join(SUFFIXES)}")
        parser.add_argument("--language", required=True, choices=sorted(LANGUAGES))

    def handle(self, *, file, language, **options):
        try:
            report = parse_report(read_file(read_source(file), file), language)
        except SourceError as error:
            raise CommandError(str(error)) from error
        if reconfigure := getattr(self.stdout, "reconfigure", None):
            reconfigure(encoding="utf-8")  # JSON is UTF-8, whatever the terminal speaks
        self.stdout.write(json.dumps(report.as_json(), ensure_ascii=False, indent=2))

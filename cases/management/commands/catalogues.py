"""python manage.py catalogues: gather the strings to translate, and compile the translations.

Babel does what GNU gettext would, so that a fresh machine needs no package of its system.
"""

from io import BytesIO
from pathlib import Path

from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils.translation.template import templatize

SOURCES = ("api", "cases", "config", "ingest", "templates")
KEYWORDS = DEFAULT_KEYWORDS | {
    "gettext_lazy": None,
    "pgettext_lazy": ((1, "c"), 2),
    "ngettext_lazy": (1, 2),
    # Its message is translated where it is shown.
    "EdtfError": None,
}


def catalogue_path(language: str) -> Path:
    """Where the translations into a language stand."""
    return Path(settings.LOCALE_PATHS[0]) / language / "LC_MESSAGES" / "django.po"


def gather() -> Catalog:
    """Every string marked for translation, with the files it stands in."""
    catalog = Catalog(charset="utf-8", fuzzy=False)
    for path in sorted(p for source in SOURCES for p in (settings.BASE_DIR / source).rglob("*")):
        name = path.relative_to(settings.BASE_DIR).as_posix()
        if path.suffix == ".py":
            method, content = "python", path.read_bytes()
        elif path.suffix in (".html", ".txt") and "templates" in path.parts:
            # What templatize makes of a template is no Python, but a lexer of JavaScript reads it.
            content = templatize(path.read_text("utf-8"), origin=name).encode()
            method = "javascript"
        else:
            continue
        for _line, message, comments, context in extract(method, BytesIO(content), KEYWORDS):
            catalog.add(message, locations=[(name, None)], auto_comments=comments, context=context)
    return catalog


def untranslated(catalog: Catalog) -> list[str]:
    """What has no translation, or not one for every plural form."""
    missing = []
    for message in catalog:
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        if message.id and not all(strings):
            missing.append(message.id if isinstance(message.id, str) else message.id[0])
    return missing


class Command(BaseCommand):
    help = "Update locale/*/LC_MESSAGES/django.po from the code and compile them."

    def add_arguments(self, parser):
        parser.add_argument("--compile-only", action="store_true")

    def handle(self, *, compile_only, **options):
        found = None if compile_only else gather()
        for language, _name in settings.LANGUAGES:
            if language == settings.LANGUAGE_CODE:
                continue
            path = catalogue_path(language)
            if path.exists():
                with path.open("rb") as file:
                    catalog = read_po(file, locale=language)
            else:
                header = (
                    f"# Translations of the interface into {Locale.parse(language).english_name}."
                )
                catalog = Catalog(language, header_comment=header, charset="utf-8", fuzzy=False)
            if found is not None:
                catalog.update(found, no_fuzzy_matching=True, update_creation_date=False)
                catalog.obsolete.clear()
                path.parent.mkdir(parents=True, exist_ok=True)
                with path.open("wb") as file:
                    write_po(file, catalog, sort_output=True, width=100, include_lineno=False)
            with path.with_suffix(".mo").open("wb") as file:
                write_mo(file, catalog)
            if missing := untranslated(catalog):
                self.stderr.write(f"{language}: {len(missing)} strings are not translated")

"""Nothing that a person sees is left untranslated."""

import csv

import pytest
from babel.messages.pofile import read_po
from django.conf import settings

from cases.management.commands.catalogues import catalogue_path, gather, untranslated

LANGUAGES = ["fa", "ar"]


def catalogue(language):
    with catalogue_path(language).open("rb") as file:
        return read_po(file, locale=language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_string_of_the_code_is_in_the_catalogue_and_translated(language):
    known = catalogue(language)
    wanted = {(message.id, message.context) for message in gather() if message.id}
    there = {(message.id, message.context) for message in known if message.id}
    assert wanted - there == set(), "run: python manage.py catalogues"
    assert untranslated(known) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_keep_the_places_for_values(language):
    for message in catalogue(language):
        assert not list(message.check()), message.id


def test_every_term_has_labels_and_definitions_in_three_languages():
    paths = sorted((settings.SEEDS_DIR / "vocabularies").glob("*.csv"))
    assert len(paths) == 12
    for path in paths:
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                for text in ("label", "definition"):
                    for language in ("en", "fa", "ar"):
                        assert row[f"{text}_{language}"].strip(), f"{path.name}: {row['code']}"

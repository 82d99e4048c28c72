"""What a release says of itself in words: README, citation, manifest, the codebook as pages."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from pathlib import Path

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from cases import citing, codebook
from cases.addresses import LANGUAGES, absolute
from cases.exports import TABLES
from cases.templatetags.reading import direction
from cases.templatetags.reference import outside_lists
from releases.schema import PATH, SCHEMA_VERSION
from releases.store import File

TITLE = citing.AUTHOR
NO_LICENCE = (
    "No licence has been stated for the data: ask those who run the site before you publish them "
    "again."
)
# How the pages of the codebook look: a file beside them, for no page has a style in itself.
STYLE = Path(__file__).with_name("codebook.css")
# Names of SPDX have neither spaces nor the like; other words are no licence to a machine.
_SPDX = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+-]*")


@dataclass
class About:
    """A release while it is being made."""

    name: str
    made_on: datetime
    counts: dict[str, int] = field(default_factory=dict)
    has_workbook: bool = False

    @property
    def day(self) -> str:
        return f"{self.made_on:%Y-%m-%d}"

    @property
    def address(self) -> str:
        return address(self.name)

    @property
    def citation(self) -> str:
        return citation(self.name, self.made_on)

    def of_package(self) -> dict:
        """The properties of a Data Package that do not tell of its files."""
        about = {
            "name": "preventive-diplomacy-cases",
            "id": self.address,
            "title": f"{TITLE}, release {self.name}",
            "description": f"The published data as of {self.day}. README.md says how to read it.",
            "homepage": self.address,
            "version": self.name,
            "created": self.made_on.isoformat(),
            "contributors": [{"title": TITLE, "roles": ["creator"]}],
            "keywords": ["preventive diplomacy", "conflict prevention", "mediation"],
        }
        if settings.DATA_LICENCE:
            licence = {"name": settings.DATA_LICENCE, "path": settings.DATA_LICENCE_URL}
            if not _SPDX.fullmatch(settings.DATA_LICENCE):
                licence = {"title": settings.DATA_LICENCE, "path": settings.DATA_LICENCE_URL}
            about["licenses"] = [{name: value for name, value in licence.items() if value}]
        return about

    def manifest(self, files: Iterable[File]) -> dict:
        """What `releases.store` reads."""
        return {
            "name": self.name,
            "made_on": self.made_on.isoformat(),
            "schema_version": SCHEMA_VERSION,
            "site": settings.SITE_URL,
            "licence": settings.DATA_LICENCE or NO_LICENCE,
            "citation": self.citation,
            "counts": self.counts,
            "files": [vars(file) for file in files],
        }


def address(name: str) -> str:
    """The whole address of a release's page."""
    with translation.override("en"):
        return absolute(reverse("release", args=[name]))


def citation(name: str, made_on: datetime) -> str:
    """How a release is cited, in English."""
    return f"{TITLE} ({made_on:%Y}). Release {name}, {made_on:%Y-%m-%d}. {address(name)}"


def readme(about: About) -> str:
    """What is in the release, how it is read, and under which terms; Markdown."""
    said = {group.group: group.definition_en for group in codebook.groups("columns")}
    context = {
        "about": about,
        "title": TITLE,
        "tables": [(PATH.format(name), about.counts[name], said[name]) for name in TABLES],
        "licence": settings.DATA_LICENCE,
        "licence_url": settings.DATA_LICENCE_URL,
        "no_licence": NO_LICENCE,
        "site": settings.SITE_URL,
    }
    with translation.override("en"):
        return render_to_string("releases/README.md", context)


def citation_file(about: About) -> Iterator[str]:
    """Lines of CITATION.cff; JSON's texts are YAML's."""
    yield "cff-version: 1.2.0"
    yield "type: dataset"
    yield 'message: "If you use these data, please cite this release."'
    yield f"title: {json.dumps(TITLE)}"
    yield "authors:"
    yield f"  - name: {json.dumps(TITLE)}"
    yield f"version: {json.dumps(about.name)}"
    yield f'date-released: "{about.day}"'
    yield f"url: {json.dumps(about.address)}"
    if _SPDX.fullmatch(settings.DATA_LICENCE):
        yield f"license: {json.dumps(settings.DATA_LICENCE)}"
    if settings.DATA_LICENCE_URL:
        yield f"license-url: {json.dumps(settings.DATA_LICENCE_URL)}"


def codebook_pages(entries: list[codebook.Entry], about: About) -> Iterator[tuple[str, str]]:
    """(language, page) of the codebook as files that run no script and need STYLE alone."""
    by_part = {
        part: [list(group) for _name, group in groupby(found, key=lambda entry: entry.group)]
        for part, found in groupby(entries, key=lambda entry: entry.part)
    }
    names = {(entry.part, entry.group, entry.code): entry for entry in entries}
    for language in LANGUAGES:
        with translation.override(language):
            parts = [
                (part, codebook.PARTS[part], [_group(group, names) for group in groups])
                for part, groups in by_part.items()
            ]
            context = {
                "about": about,
                "parts": parts,
                "language": language,
                "direction": direction(language),
                "others": [
                    (code, translation.get_language_info(code)["name_local"])
                    for code in LANGUAGES
                    if code != language
                ],
            }
            yield language, render_to_string("releases/codebook.html", context)


def _group(group: list[codebook.Entry], names: dict) -> tuple:
    """The head of a group, and its entries with what they point to."""
    head, *entries = group
    told = [
        (
            entry,
            names.get((entry.part, entry.group, entry.broader)) if entry.broader else None,
            names.get((entry.part, entry.group, entry.replaced_by)) if entry.replaced_by else None,
            outside_lists(entry.match),
        )
        for entry in entries
    ]
    return head, told

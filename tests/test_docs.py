"""The documents say what there is."""

import re

import pytest
from django.apps import apps
from django.conf import settings

from cases.models.statements import COLUMNS_OF_SCHEME
from cases.models.vocabulary import ABSENCE_CODES, ALL_SCHEMES, HEADER_SCHEMES

DOCS = settings.BASE_DIR / "docs"
READ_FIRST = [settings.BASE_DIR / "README.md", *sorted(DOCS.glob("*.md"))]
MODELS = [model.__name__ for model in apps.get_app_config("cases").get_models()]


def sections(text):
    """The paragraphs of a document by their heading of second rank."""
    _before, *parts = re.split(r"^## (.+)$", text, flags=re.MULTILINE)
    return dict(zip(parts[::2], map(str.strip, parts[1::2]), strict=True))


@pytest.fixture(scope="module")
def data_model():
    return sections((DOCS / "data-model.md").read_text(encoding="utf-8"))


@pytest.mark.parametrize("model", MODELS)
def test_every_model_is_documented(model, data_model):
    assert len(data_model.get(model, "").split()) > 10


def test_no_model_is_documented_that_is_gone(data_model):
    assert set(data_model) == {*MODELS, "Schemes"}


def test_every_scheme_is_listed_with_its_columns(data_model):
    rows = re.findall(r"^\| `(\w+)` \|.*\| (.*)\|$", data_model["Schemes"], re.MULTILINE)
    assert [scheme for scheme, _columns in rows] == list(ALL_SCHEMES)
    listed = {column: scheme for scheme, cell in rows for column in re.findall(r"`(\w+)`", cell)}
    assert listed == COLUMNS_OF_SCHEME | {"credited_to": "outcome", "about": "finding"}
    for code in (*HEADER_SCHEMES, *ABSENCE_CODES):
        assert f"`{code}`" in data_model["Schemes"]


@pytest.mark.parametrize("path", READ_FIRST, ids=lambda path: path.name)
def test_every_make_target_that_is_named_exists(path):
    makefile = (settings.BASE_DIR / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([\w-]+):", makefile, re.MULTILINE))
    # In code only: in prose, make is a word.
    code = re.findall(r"`[^`\n]+`|^make .*$", path.read_text(encoding="utf-8"), re.MULTILINE)
    named = {name for words in code for name in re.findall(r"\bmake ([a-z][\w-]*)", words)}
    assert named <= targets


@pytest.mark.parametrize("path", READ_FIRST, ids=lambda path: path.name)
def test_every_file_that_is_linked_exists(path):
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", path.read_text(encoding="utf-8"))
    missing = [link for link in links if not (path.parent / link).exists()]
    assert missing == []


def test_pictures_are_few_and_small_and_told_in_words():
    shown = re.findall(r"!\[(.*?)\]\((.+?)\)", (DOCS / "editing.md").read_text(encoding="utf-8"))
    there = sorted(DOCS.glob("pictures/*.png"))
    assert sorted(DOCS / name for _told, name in shown) == there
    assert 0 < len(there) <= 8
    assert [each.name for each in there if each.stat().st_size > 60_000] == []
    assert all(len(told.split()) > 8 for told, _name in shown)


def test_the_readme_names_make_targets_and_links_documents():
    # The tests above would pass on a file that says nothing.
    readme = READ_FIRST[0].read_text(encoding="utf-8")
    assert "make run" in readme
    assert "make test" in readme
    assert "](docs/data-model.md)" in readme

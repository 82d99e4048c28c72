"""Reasons in history: stored once in English, read in the language of whoever reads."""

import pytest
from django.utils import translation

from cases import reasons, records
from cases.models import Revision
from cases.models.choices import Source
from tests.factories import make_case
from tests.people import make_person


@pytest.fixture
def persian(say):
    """A catalogue that has these reasons, whatever the one on the disk has by now."""
    said = {
        reasons.RESTORED: "نسخهٔ %(version)s بازگردانده شد",
        reasons.MERGED: "%(old)s در %(new)s ادغام شد",
        reasons.EDITION_ADDED: "ویرایش %(code)s: %(file)s, SHA-256 %(sha256)s",
    }
    for english, translated in said.items():
        say("fa", english, translated)


@pytest.mark.parametrize(
    ("reason", "values"),
    [
        (reasons.RESTORED, {"version": 3}),
        (reasons.JOINED, {"version": 12}),
        (reasons.MERGED, {"old": "african-union", "new": "au"}),
        (reasons.EDITION_ADDED, {"code": "en-2", "file": "a b, c.txt", "sha256": "0f0f"}),
        (
            reasons.EDITION_REPLACED,
            {"code": "fa", "file": "a; b.docx", "sha256": "0f0f", "before": "1e1e"},
        ),
    ],
)
def test_every_reason_of_the_program_is_known_again_by_its_wording(reason, values):
    assert reasons._PATTERNS[reason].fullmatch(reason % values).groupdict() == {
        name: str(value) for name, value in values.items()
    }
    assert [each for each, p in reasons._PATTERNS.items() if p.fullmatch(reason % values)] == [
        reason
    ]
    assert reasons.told(reason % values) == reason % values


def test_a_reason_is_told_in_the_language_of_the_page(persian):
    with translation.override("fa"):
        assert reasons.told("restored version 3") == "نسخهٔ 3 بازگردانده شد"
        assert reasons.told("un-2 merged into un") == "un-2 در un ادغام شد"
        assert reasons.told("edition en added: r 1.txt, SHA-256 12ab") == (
            "ویرایش en: r 1.txt, SHA-256 12ab"
        )
        for typed in ("", "Checked.", "restored version 3 by mistake", "100% (old) %(old)s"):
            assert reasons.told(typed) == typed


@pytest.mark.django_db
def test_history_tells_it_everywhere_in_the_language_of_the_desk(client, persian):
    case = make_case("guinea-2009", review="draft")
    records.note_saved("case", case.slug, source=Source.ADMIN, why="restored version 3")
    mark = Revision.objects.get().change_set
    client.force_login(make_person("superuser"))
    for page in (
        "revision/",
        "revision/record/case/guinea-2009/",
        f"revision/together/{mark}/",
        f"case/{case.pk}/move/submit/",
    ):
        said = client.get(f"/fa/admin/cases/{page}").content.decode()
        assert "نسخهٔ 3 بازگردانده شد" in said, page
        assert "restored version" not in said, page

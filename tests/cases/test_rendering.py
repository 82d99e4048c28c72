"""Fields that are written out without templates are those of Django's templates, to the letter."""

import datetime

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy
from hypothesis import given
from hypothesis import strategies as st

from cases.admin.rendering import WRITTEN_OUT, WrittenOut

CHOICES = [
    ("", "---------"),
    ("a&b", 'A "quoted" <label>'),
    (7_000, gettext_lazy("person")),
    ("Groups", [("x", mark_safe("<b>bold</b>")), ("y", "Y")]),
]
WIDGETS = [
    *(forms.TextInput, forms.HiddenInput, forms.NumberInput, forms.URLInput, forms.EmailInput),
    *(forms.SearchInput, forms.Textarea, forms.Select),
]
VALUES = [None, "", "x", "<script>\"&'</script>", 7_000, 0, True, mark_safe("<i>"), "متن\n  دو خط"]
VALUES += [datetime.date(2009, 9, 28), "a&b", "y", [], "a\r\nb"]
ATTRIBUTES = [None, {"dir": "rtl", "required": True, "disabled": False, "rows": 1_000}]
ATTRIBUTES += [{"data-x": '"<&>"', "class": mark_safe("a&b"), "title": gettext_lazy("person")}]


def both(widget, *arguments) -> tuple[str, str]:
    return tuple(
        widget.render(*arguments, renderer=each()) for each in (WrittenOut, DjangoTemplates)
    )


def test_every_kind_that_is_written_out_is_tried_here():
    assert {widget.template_name for widget in WIDGETS} == set(WRITTEN_OUT)


@pytest.mark.parametrize("attributes", ATTRIBUTES)
@pytest.mark.parametrize("value", VALUES, ids=repr)
@pytest.mark.parametrize("kind", WIDGETS)
def test_it_is_what_the_template_gives(kind, value, attributes):
    widget = kind(choices=CHOICES) if kind is forms.Select else kind()
    ours, theirs = both(widget, "na<me", value, attributes)
    assert ours == theirs


@given(st.text(), st.text(), st.text())
def test_any_text_is_escaped_alike(name, value, attribute):
    for widget in (forms.TextInput(), forms.Textarea()):
        ours, theirs = both(widget, name, value, {"title": attribute})
        assert ours == theirs


def test_a_list_without_errors_is_nothing_and_one_with_errors_is_a_list():
    empty, full = forms.utils.ErrorList(), forms.utils.ErrorList(["<wrong>"])
    empty.renderer = full.renderer = WrittenOut()
    assert str(empty) == ""
    assert "<li>&lt;wrong&gt;</li>" in str(full)

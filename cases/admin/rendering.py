"""Fields of forms, written out without templates.

The form of a case has several hundred fields. Django renders each by two or three templates, which
is most of the time that such a page takes; what is written here is the same, to the letter.
"""

from functools import lru_cache
from html import escape

from django.forms.renderers import DjangoTemplates
from django.utils.html import conditional_escape
from django.utils.safestring import mark_safe

INPUTS = ("text", "hidden", "number", "url", "email", "search")


class WrittenOut(DjangoTemplates):
    """Django's renderer, but for plain fields and for lists of errors that have none."""

    def render(self, template_name, context, request=None):
        if write := WRITTEN_OUT.get(template_name):
            return mark_safe(write(context["widget"]))  # noqa: S308 (every part is escaped)
        if template_name == "django/forms/errors/list/default.html" and not context["errors"]:
            return ""
        return super().render(template_name, context, request)


# The names of fields and attributes, and most of their values, come again and again.
_escape_short = lru_cache(maxsize=4000)(escape)


def _escaped(text) -> str:
    if type(text) is str and len(text) < 100:
        return _escape_short(text)
    return conditional_escape(text)  # which knows lazy texts and those that are HTML already


def _attributes(widget: dict) -> str:
    return "".join(
        f" {_escaped(name)}" + ("" if value is True else f'="{_plain(value)}"')
        for name, value in widget["attrs"].items()
        if value is not False
    )


def _plain(value) -> str:
    """A value as the filter `stringformat:'s'` prints it: no grouping of digits."""
    return _escaped(value if isinstance(value, str) else str(value))


def _input(widget: dict) -> str:
    value = "" if widget["value"] is None else f' value="{_plain(widget["value"])}"'
    kind, name = _escaped(widget["type"]), _escaped(widget["name"])
    return f'<input type="{kind}" name="{name}"{value}{_attributes(widget)}>'


def _textarea(widget: dict) -> str:
    name, value = _escaped(widget["name"]), _escaped(widget["value"] or "")
    return f'<textarea name="{name}"{_attributes(widget)}>\n{value}</textarea>'


def _select(widget: dict) -> str:
    options = ""
    for group, choices, _index in widget["optgroups"]:
        if group:
            options += f'\n  <optgroup label="{_escaped(group)}">'
        for option in choices:
            start = f'<option value="{_plain(option["value"])}"{_attributes(option)}>'
            options += f"\n  {start}{_escaped(option['label'])}</option>\n"
        if group:
            options += "\n  </optgroup>"
    name = _escaped(widget["name"])
    return f'<select name="{name}"{_attributes(widget)}>{options}\n</select>'


WRITTEN_OUT = {
    **{f"django/forms/widgets/{kind}.html": _input for kind in INPUTS},
    "django/forms/widgets/textarea.html": _textarea,
    "django/forms/widgets/select.html": _select,
}

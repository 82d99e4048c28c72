"""What several pages share."""

from dataclasses import dataclass
from functools import wraps

from django.http import QueryDict
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from cases.filters import LAST_PAGE, InvalidQuery


def language() -> str:
    """The reader's language as its two letters."""
    return (get_language() or "en").split("-")[0]


@dataclass(frozen=True)
class Option:
    """One value that a filter offers."""

    value: str
    label: str
    chosen: bool


def without(params, *names) -> str:
    kept = params.copy()
    for name in names:
        kept.pop(name, None)
    return kept.urlencode()


def clean_address(view):
    """Send a form's empty fields away: the address of a page is meant to be cited."""

    @wraps(view)
    def cleaned(request, *args, **kwargs):
        if "" in (value for _name, values in request.GET.lists() for value in values):
            kept = QueryDict(mutable=True)
            for name, values in request.GET.lists():
                kept.setlist(name, [value for value in values if value])
            query = kept.urlencode()
            return redirect(f"{request.path}?{query}" if query else request.path)
        return view(request, *args, **kwargs)

    return cleaned


def file_links(name: str, query: str) -> list[tuple[str, str]]:
    """(label, address) of a table's files for the same query."""
    excel = f"{query}&for=excel" if query else "for=excel"
    return [
        ("CSV", f"/{name}.csv?{query}".rstrip("?")),
        (_("CSV for Excel"), f"/{name}.csv?{excel}"),
        ("XLSX", f"/{name}.xlsx?{query}".rstrip("?")),
        ("JSON", f"/{name}.json?{query}".rstrip("?")),
    ]


def options(labels: dict, chosen) -> list[Option]:
    return [Option(value, str(label), value in chosen) for value, label in labels.items()]


def refuse_unknown(params, *known: str, repeatable=()) -> None:
    """What a page does not understand must not quietly be ignored."""
    if unknown := sorted(set(params) - {*known, *repeatable}):
        raise InvalidQuery({name: [_("There is no such filter.")] for name in unknown})
    if doubled := sorted(name for name in known if len(params.getlist(name)) > 1):
        raise InvalidQuery({name: [_("Only one value is possible.")] for name in doubled})


def page_number(params) -> int:
    """The page that is asked for, from 1 up."""
    word = params.get("page") or "1"
    # Not all of it: Python reads no number of more than 4,300 digits.
    number = int(word[:9]) if word.isascii() and word.isdigit() else 0
    if number == 0 or number > LAST_PAGE:
        sentence = _("Write a number from 1 to %(last)s.") % {"last": LAST_PAGE}
        raise InvalidQuery({"page": [sentence]})
    return number

"""What several pages share."""

from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext as _


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

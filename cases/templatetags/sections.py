"""The sections of the site, as every page offers them."""

from django import template
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

register = template.Library()

# The page that opens each, what it is called, and the pages within it.
SECTIONS = (
    ("case-list", _("Cases"), ("case", "compare")),
    ("explore", _("Explore"), ()),
    ("finding-list", _("Findings"), ("finding",)),
    ("document-list", _("Documents"), ("document", "document-text")),
    ("similar", _("A situation like mine"), ()),
    ("tool-list", _("Tools"), ("tool",)),
    ("actor-list", _("Actors"), ("actor",)),
    ("country-list", _("Countries"), ("country", "region")),
    ("method", _("Method"), ()),
    ("about-the-data", _("About the data"), ("api",)),
    ("codebook", _("Codebook"), ("codebook-group", "term")),
    ("release-list", _("Releases"), ("release", "release-compare")),
)
# They stand at the foot of every page; the menu of a small screen, whose foot is far, has them too.
AT_THE_FOOT = {"method", "about-the-data", "codebook", "release-list"}


@register.simple_tag(takes_context=True)
def sections(context) -> list[dict]:
    """The sections with their addresses; the one in which the reader is, is marked."""
    match = getattr(context.get("request"), "resolver_match", None)
    here = match.url_name if match else ""

    def current(name: str, within) -> str:
        return "page" if here == name else "true" if here in within else ""

    return [
        {
            "address": reverse(name),
            "label": label,
            "current": current(name, within),
            "is_small": name in AT_THE_FOOT,
        }
        for name, label, within in SECTIONS
    ]

"""Reasons that the program itself gives for what it saved.

History keeps them in English, as everything that is stored for good; pages say them in the reader's
language. They are known by their wording, so what was written before is shown so too.
"""

import re

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as N_  # noqa: N812 (so the catalogues know it)

RESTORED = N_("restored version %(version)s")
JOINED = N_("joined with version %(version)s")
MERGED = N_("%(old)s merged into %(new)s")
EDITION_ADDED = N_("edition %(code)s added: %(file)s, SHA-256 %(sha256)s")
EDITION_REPLACED = N_(
    "edition %(code)s replaced: %(file)s, SHA-256 %(sha256)s; before: SHA-256 %(before)s"
)


def _pattern(reason: str) -> re.Pattern:
    """What the reason looks like with its values: codes and numbers, and one name of a file."""
    pattern = re.sub(r"%\\\((\w+)\\\)s|%\((\w+)\)s", r"(?P<\1\2>\\S+)", re.escape(reason))
    return re.compile(pattern.replace(r"(?P<file>\S+)", "(?P<file>.+)"), re.DOTALL)


_PATTERNS = {
    reason: _pattern(reason)
    for reason in (RESTORED, JOINED, MERGED, EDITION_ADDED, EDITION_REPLACED)
}


def told(why: str) -> str:
    """A reason as people read it: the program's own in their language, a person's as written."""
    for reason, pattern in _PATTERNS.items():
        if found := pattern.fullmatch(why):
            return gettext(reason) % found.groupdict()
    return why

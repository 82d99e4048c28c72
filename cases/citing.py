"""How a record is cited: BibTeX, RIS and CSL-JSON. Pure: no Django.

The three say the same: who, what, which version of it and of which day, where. The work is its
database's, so that is the author; names of editors are nobody's business.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

# The author of every record. In English: citations do not change with the reader's language.
AUTHOR = "Preventive diplomacy cases"


@dataclass(frozen=True)
class Citation:
    """What a citation says of one version of a record."""

    key: str
    author: str
    title: str
    version: int
    changed_on: date
    address: str
    language: str = "en"
    # Where the version is kept for good, or that it is live data.
    standing: str = ""


class Format(NamedTuple):
    """A way to write a citation to a file."""

    label: str
    content_type: str
    write: Callable[[Citation], str]


def bibtex(cited: Citation) -> str:
    """An entry for BibTeX and biber; the braces around the names keep their capitals and commas."""
    fields = {
        "author": f"{{{_tex(cited.author)}}}",
        "title": f"{{{_tex(cited.title)}}}",
        "year": str(cited.changed_on.year),
        "month": f"{cited.changed_on:%m}".lstrip("0"),
        "day": str(cited.changed_on.day),
        "version": str(cited.version),
        "howpublished": f"Database record, version {cited.version}",
        # Verbatim in url, whose characters are no commands; braces would end the field.
        "note": _tex(cited.standing),
        "url": re.sub(r"[{}\\\s]", "", cited.address),
        "langid": {"en": "english", "fa": "persian", "ar": "arabic"}.get(cited.language, ""),
    }
    lines = [f"  {name} = {{{value}}}" for name, value in fields.items() if value]
    key = re.sub(r"[^A-Za-z0-9-]", "-", cited.key)
    return f"@misc{{{key}-v{cited.version},\n" + ",\n".join(lines) + "\n}\n"


def ris(cited: Citation) -> str:
    """A record for reference managers; its lines end as the format wants it."""
    lines = [
        ("TY", "DATA"),
        ("AU", f"{_line(cited.author)},"),
        ("TI", _line(cited.title)),
        ("PY", str(cited.changed_on.year)),
        ("DA", f"{cited.changed_on:%Y/%m/%d}"),
        ("ET", f"Version {cited.version}"),
        ("ID", _line(cited.key)),
        ("LA", cited.language),
        *([("N1", _line(cited.standing))] if cited.standing else []),
        ("UR", _line(cited.address)),
        ("ER", ""),
    ]
    return "".join(f"{tag}  - {value}\r\n" for tag, value in lines)


def csl_json(cited: Citation) -> str:
    """A list of one item, as citation processors read it."""
    changed = cited.changed_on
    item = {
        "id": cited.key,
        "type": "dataset",
        "author": [{"literal": cited.author}],
        "title": cited.title,
        "version": str(cited.version),
        "issued": {"date-parts": [[changed.year, changed.month, changed.day]]},
        "URL": cited.address,
        "language": cited.language,
    }
    if cited.standing:
        item["note"] = cited.standing
    return json.dumps([item], ensure_ascii=False, indent=2) + "\n"


FORMATS = {
    "bib": Format("BibTeX", "application/x-bibtex; charset=utf-8", bibtex),
    "ris": Format("RIS", "application/x-research-info-systems; charset=utf-8", ris),
    "csl.json": Format("CSL-JSON", "application/vnd.citationstyles.csl+json", csl_json),
}

_TEX = {
    **{character: f"\\{character}" for character in "$&#%_"},
    # Not \{: BibTeX counts it as a brace all the same.
    "{": r"{\textbraceleft}",
    "}": r"{\textbraceright}",
    "\\": r"{\textbackslash}",
    "^": r"{\textasciicircum}",
    "~": r"{\textasciitilde}",
}


def _tex(words: str) -> str:
    return "".join(_TEX.get(character, character) for character in _line(words))


def _line(words: str) -> str:
    """On one line: both formats end a value where a line ends."""
    return " ".join(words.split())

"""What a case lacks before readers may see it: pure, on canonical data."""

from typing import NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _

from cases import edtf
from cases.models import Case
from cases.models.choices import Coverage, Phase, Scope
from cases.models.vocabulary import HEADER_SCHEMES, SCHEMES, WORDLESS_TERMS
from cases.records import statements
from cases.records.differences import path_of
from cases.records.shapes import Data


class Lack(NamedTuple):
    """What is missing or amiss, and where: `title_fa`, `coverage`, `statements.t1`.

    A scheme in which nothing is coded stands as if it were a field of the case: `situation`.
    """

    path: str
    what: str


def lacks(case: Data) -> list[Lack]:
    """All that a case in canonical form lacks before publication."""
    items = case.get("statements", [])
    found = lacks_of_whole(case)
    for statement in items:
        here = path_of(["statements", statement.get("key", "")])
        found += [Lack(here, what) for what in statements.breaches_of(statement)]
    found += [
        Lack(path_of(["statements", key]), what) for key, what in statements.credit_breaches(items)
    ]
    found += [Lack(scheme, what) for scheme, what in statements.absence_breaches(items)]
    return found


def lacks_of_whole(case: Data) -> list[Lack]:
    """What no rule of a single statement tells: texts, header schemes, coverage, dates."""
    return [*_texts(case), *_header(case), *_coverage(case), *_dates(case)]


def _texts(case: Data) -> list[Lack]:
    names = (f"{text}_{lang}" for text in ("title", "summary") for lang in ("en", "fa", "ar"))
    return [
        Lack(name, _("There is no %(field)s.") % {"field": Case._meta.get_field(name).verbose_name})
        for name in names
        if name not in case
    ]


def _header(case: Data) -> list[Lack]:
    sentence = _("Nothing is coded for «%(scheme)s»: say at least %(code)s.")
    return [
        Lack(scheme, sentence % {"scheme": SCHEMES[scheme], "code": f"{scheme}:not_stated"})
        for scheme in HEADER_SCHEMES
        if not statements.codes_of(case.get("statements", []), scheme)
    ]


def _coverage(case: Data) -> list[Lack]:
    told = {
        statement["term"].partition(":")[0]
        for statement in case.get("statements", [])
        if statement.get("scope") != Scope.PATTERN
        and "term" in statement
        and statement["term"] not in WORDLESS_TERMS
    }
    substantial = "tool" in told and bool(told & {"trigger", "event", "outcome"})
    if "coverage" not in case or substantial == (case["coverage"] == Coverage.SUBSTANTIAL):
        return []
    sentence = _(
        "Coverage says «%(coverage)s», but substantial means a tool and a trigger, event or "
        "outcome, said of this case or its group."
    )
    return [Lack("coverage", sentence % {"coverage": Coverage(case["coverage"]).label})]


def _dates(case: Data) -> list[Lack]:
    """Dates that can hardly be meant: in the future, or in no order."""
    today, found = timezone.localdate(), []
    dated = {name: edtf.bounds(case.get(name, "")) for name in ("start", "end")}
    events: dict[str, list] = {Phase.OPENING: [], Phase.CLOSING: []}
    for statement in case.get("statements", []):
        path = path_of(["statements", statement.get("key", "")])
        dated[path] = bounds = edtf.bounds(statement.get("when", ""))
        if statement.get("phase") in events and bounds[0]:
            events[statement["phase"]].append((path, bounds))
    for path, (earliest, _latest) in dated.items():
        if earliest and earliest > today:
            found.append(Lack(path, _("This date lies in the future.")))
    if dated["start"][0] and dated["end"][0] and dated["start"][0] > dated["end"][1]:
        found.append(Lack("end", _("The case ends before it starts.")))
    opened = min((bounds[0] for _path, bounds in events[Phase.OPENING]), default=None)
    for path, (_earliest, latest) in events[Phase.CLOSING]:
        if opened and latest < opened:
            found.append(Lack(path, _("This event closes the case before another opens it.")))
    return found

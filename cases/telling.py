"""How a case is told: its statements sorted into the sections of a page, and the words behind them.

Each passage stands once on the page, with every stretch that a statement of the case stands on
marked and numbered like a note; the values refer to the numbers. Everything comes from rows that
are at hand: nothing here asks the database.
"""

from collections import defaultdict
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cases import edtf
from cases.models import Actor, Case, ErratumPlace, Passage, Quotation, Statement, Term
from cases.models.choices import Part, Phase, Scope
from cases.models.vocabulary import SCHEMES, WORDLESS_CODES, WORDLESS_TERMS
from cases.spans import Node, Span, nested, segments
from cases.templatetags.reading import digits

# What a case is about, in the order in which it is told; the rest has sections of its own.
ABOUT = ("situation", "trigger", "aim", "initiation", "un_role")
# Longer passages are shown as a window around the marked words.
LONGEST = 2000
AROUND = 300
STRETCH, PRINT = range(2)


@dataclass(frozen=True, eq=False)
class Words:
    """One quotation with the number that it has on the page, and what of the case it carries."""

    number: int
    quotation: Quotation
    passage: Passage
    rows: list["Row"] = field(default_factory=list)

    @property
    def told(self) -> list[tuple[Term, list["Row"]]]:
        """What was coded from them, by term."""
        return _by_term(self.rows)

    @property
    def anchor(self) -> str:
        return f"w{self.number}"


@dataclass(frozen=True, eq=False)
class Misprint:
    """A place in a shown passage where an erratum stands in print."""

    place: ErratumPlace


@dataclass(frozen=True)
class Told:
    """One passage with the stretches of it that the case stands on."""

    passage: Passage
    words: list[Words]
    # Other cases in which something stands on the same stretches.
    also: list[Case]

    @property
    def misprints(self) -> list[ErratumPlace]:
        """Places of errata that touch the quoted words."""
        places = self.passage.erratum_places.all()
        return [each for each in places if any(_touches(each, words) for words in self.words)]

    @property
    def errata(self) -> list[tuple[ErratumPlace, str]]:
        """Each misprint once, however often it is printed, with the anchors of the words that it
        touches."""
        places: dict[tuple[int, str], ErratumPlace] = {}
        found: dict[tuple[int, str], set[Words]] = defaultdict(set)
        for place in self.misprints:
            key = place.erratum_id, place.words
            places.setdefault(key, place)
            found[key] |= {each for each in self.words if _touches(place, each)}
        return [
            (place, " ".join(each.anchor for each in self.words if each in found[key]))
            for key, place in places.items()
        ]

    @property
    def window(self) -> tuple[int, int]:
        """The part of the text that is shown: all of it, unless it is long."""
        text = self.passage.text
        if len(text) <= LONGEST:
            return 0, len(text)
        first = min(each.quotation.start for each in self.words)
        last = max(each.quotation.end for each in self.words)
        # Up to the nearest space: no word is cut in two.
        begin = text.rfind(" ", 0, max(0, first - AROUND)) + 1
        end = text.find(" ", last + AROUND)
        return begin, len(text) if end < 0 else end

    @property
    def is_cut_before(self) -> bool:
        return self.window[0] > 0

    @property
    def is_cut_after(self) -> bool:
        return self.window[1] < len(self.passage.text)

    @property
    def pieces(self) -> list[Node | str]:
        """The shown text cut into what it is marked as."""
        begin, end = self.window
        spans = [(each.quotation, STRETCH, each) for each in self.words]
        spans += [(place, PRINT, Misprint(place)) for place in self.misprints]
        return nested(
            segments(
                self.passage.text[begin:end],
                [
                    Span(max(0, at.start - begin), min(end, at.end) - begin, rank, mark)
                    for at, rank, mark in spans
                ],
            )
        )


@dataclass(frozen=True)
class Row:
    """A statement with its actors by part and the words it stands on."""

    statement: Statement
    by: list[Actor]
    others: list[tuple[str, list[Actor]]]
    words: list[Words]

    @property
    def is_silent(self) -> bool:
        """Whether it says of an actor that the source states no role."""
        return self.statement.term.code in WORDLESS_CODES


@dataclass(frozen=True)
class Roles:
    """The roles that the same actor (or several together) had."""

    actors: list[Actor]
    rows: list[Row]


@dataclass(frozen=True)
class Moment:
    """All that carries one date: events, and what else was so dated."""

    when: str
    is_exact: bool
    precision: str
    events: list[Row]
    # What else carries the date: by scheme, and by term within it.
    others: list[tuple[str, list[tuple[Term, list[Row]]]]]


@dataclass(frozen=True)
class Silence:
    """Something that the sources do not say; `key` is of the statement that records it, if any."""

    what: str
    answer: str
    key: str = ""


@dataclass(frozen=True)
class Gap:
    """From the first warning to the first action: the two statements, or why there is no gap."""

    opening: Row | None
    action: Row | None
    why_not: str


@dataclass(frozen=True)
class Telling:
    """A case as its page tells it."""

    gap: Gap
    about: list[tuple[str, str, list[Row]]]
    roles: list[Roles]
    tools: list[Row]
    moments: list[Moment]
    undated: list[Row]
    outcomes: list[Row]
    elements: list[Row]
    patterns: list[Row]
    silences: list[Silence]
    passages: list[Told]

    @property
    def has_several_texts(self) -> bool:
        return len({told.passage.edition_id for told in self.passages}) > 1

    @property
    def says_of_several(self) -> bool:
        """Whether anything here was said of several cases together."""
        rows = [*self.tools, *self.undated, *self.outcomes, *self.elements]
        rows += [row for each in self.roles for row in each.rows]
        rows += [row for _scheme, _label, said in self.about for row in said]
        rows += [row for each in self.moments for row in each.events]
        return any(row.statement.scope == Scope.GROUP for row in rows)


def _touches(place: ErratumPlace, words: Words) -> bool:
    return place.start < words.quotation.end and place.end > words.quotation.start


def quotation_ids(case: Case) -> set[int]:
    """The ids of the quotations that the case stands on."""
    return {each.quotation_id for one in case.statements.all() for each in one.evidence.all()}


def tell(case: Case, elsewhere: dict[int, list[Case]]) -> Telling:
    """`elsewhere`: by the id of a passage, the other cases that stand on the same words."""
    statements = list(case.statements.all())
    numbered = _numbered(statements)
    rows = [_row(statement, numbered) for statement in statements]
    for row in rows:
        for words in row.words:
            words.rows.append(row)
    spoken = [row for row in rows if row.statement.term_id not in WORDLESS_TERMS]
    counted = [row for row in spoken if row.statement.scope != Scope.PATTERN]

    def of(scheme: str) -> list[Row]:
        return [row for row in counted if row.statement.scheme == scheme]

    events = of("event")
    gap = _gap(case, events, of("tool"))
    about = [(scheme, str(SCHEMES[scheme]), of(scheme)) for scheme in ABOUT]
    return Telling(
        gap=gap,
        about=[each for each in about if each[2]],
        roles=_roles(of("role")),
        tools=of("tool"),
        moments=_moments(counted),
        undated=[row for row in events if not row.statement.when],
        outcomes=of("outcome"),
        elements=of("success_element"),
        patterns=[row for row in spoken if row.statement.scope == Scope.PATTERN],
        silences=_silences(case, statements, counted, gap),
        passages=_passages(numbered, elsewhere),
    )


def _numbered(statements: list[Statement]) -> dict[int, Words]:
    """By the id of each quotation, its words, numbered in the order of the texts."""
    quotations: dict[int, Quotation] = {}
    for statement in statements:
        for evidence in statement.evidence.all():
            quotations.setdefault(evidence.quotation_id, evidence.quotation)

    def place(quotation: Quotation):
        passage = quotation.passage
        return passage.edition.ref, passage.order, quotation.start, quotation.end

    ordered = sorted(quotations.values(), key=place)
    return {each.pk: Words(at, each, each.passage) for at, each in enumerate(ordered, 1)}


def _row(statement: Statement, numbered: dict[int, Words]) -> Row:
    parts: dict[str, list[Actor]] = defaultdict(list)
    labels: dict[str, str] = {}
    for part in statement.parts.all():
        parts[part.part].append(part.actor)
        labels[part.part] = part.get_part_display()
    by = parts.pop(Part.BY, [])
    words = [numbered[evidence.quotation_id] for evidence in statement.evidence.all()]
    words.sort(key=lambda each: each.number)
    return Row(statement, by, [(labels[part], actors) for part, actors in parts.items()], words)


def _roles(rows: list[Row]) -> list[Roles]:
    """By the actors, in the order in which they are first named."""
    groups: dict[tuple[int, ...], Roles] = {}
    for row in rows:
        key = tuple(actor.pk for actor in row.by)
        groups.setdefault(key, Roles(row.by, [])).rows.append(row)
    return list(groups.values())


def _moments(rows: list[Row]) -> list[Moment]:
    """Everything dated, by date; at the same date events come first, then by scheme."""
    dated: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row.statement.when:
            dated[row.statement.when].append(row)
    found = []
    for when, said in dated.items():
        schemes = {
            scheme: [row for row in said if row.statement.scheme == scheme] for scheme in SCHEMES
        }
        events = schemes.pop("event")
        # That a role is not stated is no part of what happened then.
        schemes["role"] = [row for row in schemes["role"] if not row.is_silent]
        others = [
            (str(SCHEMES[scheme]), _by_term(rows)) for scheme, rows in schemes.items() if rows
        ]
        if not events and not others:
            continue
        first, last = edtf.bounds(when)
        moment = Moment(when, first == last, edtf.precision(when), events, others)
        found.append(((first, last, not events, when), moment))
    return [moment for _place, moment in sorted(found, key=lambda each: each[0])]


def _by_term(rows: list[Row]) -> list[tuple[Term, list[Row]]]:
    groups: dict[Term, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row.statement.term].append(row)
    return list(groups.items())


def _gap(case: Case, events: list[Row], tools: list[Row]) -> Gap:
    """`case` is one `with_gap`."""
    openings = [row for row in events if row.statement.phase == Phase.OPENING]
    by_key = {row.statement.key: row for row in (*openings, *tools)}
    opening, action = by_key.get(case.opening_key), by_key.get(case.action_key)
    if case.gap_min_days is not None:
        return Gap(opening, action, "")
    if not openings:
        why = _("No event is coded as opening the case.")
    elif opening is None:
        why = _("The sources give no date for the event that opens the case.")
    elif not tools:
        why = _("No action of a third party is coded.")
    elif action is None:
        why = _("The sources date none of the actions.")
    else:
        why = _("The first dated action was over before the event that opens the case.")
    return Gap(opening or next(iter(openings), None), action, why)


def _silences(
    case: Case, statements: list[Statement], counted: list[Row], gap: Gap
) -> list[Silence]:
    not_stated = _("not stated")
    found = [
        Silence(label, not_stated)
        for label, value in ((_("Start"), case.start), (_("End"), case.end))
        if not value
    ]
    if gap.why_not:
        found.append(Silence(_("From warning to action"), gap.why_not))
    said = {row.statement.scheme for row in counted}
    for scheme, label in SCHEMES.items():
        wordless = [s for s in statements if s.scheme == scheme and s.term_id in WORDLESS_TERMS]
        for statement in wordless:
            found.append(Silence(str(label), str(statement.term), statement.key))
        # A case that was never saved through the records has no such statement.
        if scheme != "finding" and scheme not in said and not wordless:
            found.append(Silence(str(label), not_stated))
    found += _partly(counted)
    return found


def _partly(counted: list[Row]) -> list[Silence]:
    """What is said of some and not of others."""
    nameless = [row for row in counted if row.statement.scheme == "role" and row.is_silent]
    found = []
    if nameless:
        said = ngettext(
            "not stated for %(count)s actor", "not stated for %(count)s actors", len(nameless)
        )
        found.append(Silence(_("Role"), said % {"count": digits(len(nameless))}))
    for scheme, what in (("tool", _("Date of the tools")), ("event", _("Date of the events"))):
        rows = [row for row in counted if row.statement.scheme == scheme]
        undated = [row for row in rows if not row.statement.when]
        if undated:
            sentence = _("not stated for %(count)s of %(total)s")
            numbers = {"count": digits(len(undated)), "total": digits(len(rows))}
            found.append(Silence(what, sentence % numbers))
    return found


def _passages(numbered: dict[int, Words], elsewhere: dict[int, list[Case]]) -> list[Told]:
    groups: dict[int, list[Words]] = defaultdict(list)
    for words in numbered.values():
        groups[words.passage.pk].append(words)
    return [Told(each[0].passage, each, elsewhere.get(key, [])) for key, each in groups.items()]

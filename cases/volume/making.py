"""A document and the cases that were coded from it, as rows that are not written yet."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from random import Random

from django.db.models import Max, Model
from django.utils.text import slugify

from cases import edtf
from cases.index import of
from cases.models import (
    Case,
    CaseCountry,
    CaseFacet,
    CaseRelation,
    Document,
    Edition,
    Passage,
    Quotation,
    Section,
    Statement,
    StatementActor,
    StatementQuotation,
    Term,
)
from cases.models.choices import (
    Attribution,
    CaseRelationKind,
    Coding,
    CountryRole,
    Coverage,
    DocumentKind,
    Effect,
    Horizon,
    Part,
    PassageKind,
    Phase,
    Review,
    Scope,
    Support,
    Translator,
)
from cases.models.vocabulary import HEADER_SCHEMES, SCHEMES, WORDLESS_TERMS
from cases.told import Played, ToldCase, ToldStatement, Words
from cases.volume import dates, wording
from cases.volume.lists import LANGUAGES, Lists

CODED_BY = "make_cases"
BEGAN = datetime(2024, 1, 1, tzinfo=UTC)
# The languages of one document after the other.
READ_IN = ("en", "fa", "ar", "en", "fa")
# Schemes beyond the header, and how often a statement is of them.
BODY = {"aim": 8, "role": 16, "tool": 30, "event": 20, "outcome": 14, "success_element": 8}
BODY |= {"situation": 4}
REGIONS, DOCUMENTS = Case.regions.through, Statement.documents.through
CREDIT = Statement.credited_to.through
# In the order in which rows can be written: what others point to comes first.
WRITTEN = (
    *(Document, Edition, Section, Passage, Quotation, Case, CaseCountry, CaseRelation, REGIONS),
    *(Statement, StatementActor, StatementQuotation, DOCUMENTS, CREDIT, CaseFacet),
)


@dataclass
class Batch:
    """The rows of a document and its cases, by model."""

    rows: dict[type[Model], list[Model]] = field(default_factory=lambda: defaultdict(list))

    def add(self, row: Model) -> Model:
        self.rows[type(row)].append(row)
        return row


class Numbers:
    """Ids for the rows of a batch, which point to each other before any of them is written.

    Each batch has a stretch of its own behind what the database holds, so that several processes
    can make and write batches at once.
    """

    STRETCH = 100_000

    def __init__(self, held: dict[type[Model], int], batch: int):
        self._next = {
            model: count(most + 1 + (batch - 1) * self.STRETCH) for model, most in held.items()
        }

    @staticmethod
    def held() -> dict[type[Model], int]:
        """The highest id of each table."""
        managers = {model: model._default_manager for model in WRITTEN}
        return {
            model: rows.aggregate(most=Max("pk"))["most"] or 0 for model, rows in managers.items()
        }

    def id(self, model: type[Model]) -> int:
        return next(self._next[model])

    def new(self, model: type[Model], **values) -> Model:
        return model(pk=self.id(model), **values)


def size(random: Random) -> int:
    """How many statements a case has: 5 to 20, seldom more, a hundred once in two hundred."""
    kind = random.random()
    if kind < 0.005:
        return 100
    return random.randint(21, 60) if kind < 0.05 else random.randint(5, 20)


class Source:
    """The document of a batch, which grows with each case that is coded from it."""

    def __init__(self, seed: int, number: int, lists: Lists, numbers: Numbers, batch: Batch):
        random = Random(f"{seed}:document:{number}")
        self.numbers, self.batch = numbers, batch
        self.language = READ_IN[number % len(READ_IN)]
        code = f"made-{seed}-{number:05}"
        titles = {
            f"title_{language}": wording.DOCUMENT_TITLES[language].format(number=number)
            for language in LANGUAGES
        }
        self.document = self._add(
            Document,
            code=code,
            symbol=f"MADE/{seed}/{number}",
            kind=random.choice((DocumentKind.REPORT, DocumentKind.PUBLICATION)),
            date=str(dates.LAST_YEAR + 1),
            issuer=lists.actors.take(random),
            licence="Made up by make_cases.",
            version=1,
            changed_on=BEGAN,
            **titles,
        )
        self.edition = self._add(
            Edition,
            document=self.document,
            code=self.language,
            ref=f"{code}/{self.language}",
            language=self.language,
            title=titles[f"title_{self.language}"],
            file_name=f"{code}.txt",
        )
        self.section: Section | None = None
        self.passages: list[Passage] = []

    def _add(self, model, **values):
        return self.batch.add(self.numbers.new(model, **values))

    def open(self, title: str) -> None:
        """Begin the section of the next case."""
        order = len(self.batch.rows[Section]) + 1
        self.section = self._add(
            Section,
            edition=self.edition,
            code=f"s{order}",
            marker=f"{order}.",
            title=title[:300],
            level=1,
            order=order,
        )
        self._passage(f"h{order}", PassageKind.HEADING, title)

    def paragraph(self, text: str) -> Passage:
        number = len(self.passages) - len(self.batch.rows[Section]) + 1
        return self._passage(f"p{number}", PassageKind.PARAGRAPH, text, str(number))

    def _passage(self, code: str, kind: str, text: str, number: str = "") -> Passage:
        line = len(self.passages) + 1
        passage = self._add(
            Passage,
            edition=self.edition,
            section=self.section,
            code=code,
            ref=f"{self.edition.ref}/{code}",
            kind=kind,
            number=number,
            order=line,
            text=text,
            lines=[line, line],
            calls=[],
        ).indexed()
        self.passages.append(passage)
        return passage

    def quote(self, passage: Passage, start: int, end: int, translation: str) -> Quotation:
        return self._add(
            Quotation,
            passage=passage,
            start=start,
            end=end,
            translation_en="" if self.language == "en" else translation,
            translated_by="" if self.language == "en" else Translator.MACHINE,
            version=1,
            changed_on=BEGAN,
        )

    def close(self) -> None:
        """Give the edition its file: a line for each passage."""
        content = "\n".join([self.edition.ref, *(passage.text for passage in self.passages)])
        self.edition.content = content.encode()
        self.edition.sha256 = hashlib.sha256(self.edition.content).hexdigest()


@dataclass
class Sentence:
    """A claim in words, where it came to stand, and whose quotation it is."""

    text: str
    translation: str
    users: list[Statement]


class Maker:
    """Makes a document with its cases, from the seed and their numbers alone."""

    def __init__(self, seed: int, lists: Lists):
        self.seed, self.lists = seed, lists
        self.held = Numbers.held()

    def batch(self, number: int, of_cases: Iterable[int]) -> Batch:
        """The document of this number with the cases of those numbers."""
        batch, numbers = Batch(), Numbers(self.held, number)
        source = Source(self.seed, number, self.lists, numbers, batch)
        earlier: list[Case] = []
        for each in of_cases:
            made = _CaseMaker(self, each, source, batch)
            earlier.append(made.make(earlier))
        source.close()
        return batch


class _CaseMaker:
    """One case with its statements, the words behind them and what the list looks up."""

    def __init__(self, maker: Maker, number: int, source: Source, batch: Batch):
        self.random = Random(f"{maker.seed}:{number}")
        self.seed, self.lists, self.numbers = maker.seed, maker.lists, source.numbers
        self.number, self.source, self.batch = number, source, batch
        self.is_draft = number % 5 == 0
        self.year = dates.year(self.random)
        self.start, self.end = dates.period(self.random, self.year)
        self.is_named_only = self.random.random() < 0.12
        self.actors = self.lists.actors.take_some(self.random, 6)
        self.statements: list[Statement] = []

    def _add(self, model, **values):
        return self.batch.add(self.numbers.new(model, **values))

    def make(self, earlier: list[Case]) -> Case:
        countries, regions = self._scene()
        self.country = (countries or regions)[0]
        self.case = case = self.numbers.new(Case, slug=self._slug())
        self._code()
        self._describe()
        self._write_sources()
        self.batch.add(case)
        places = [
            self._add(CaseCountry, case=case, country=country, role=role, order=order)
            for order, (country, role) in enumerate(zip(countries, self._roles(), strict=False))
        ]
        for region in regions:
            self._add(REGIONS, case_id=case.pk, region_id=region.pk)
        if earlier and self.random.random() < 0.1:
            kind = self.random.choice(CaseRelationKind.values)
            self._add(CaseRelation, case=case, to=self.random.choice(earlier), kind=kind)
        told = self._told([(place.role, place.country) for place in places], regions)
        indexed = of(told, self.lists.around, self.lists.regions_around)
        for column, value in indexed.columns.items():
            setattr(case, column, value)
        for facet, value in sorted(indexed.values):
            self._add(CaseFacet, case=case, facet=facet, value=value)
        return case

    def _told(self, places: list, regions: list) -> ToldCase:
        """The case as the index would read it."""
        case = self.case

        def in_each(record, name: str) -> list[str]:
            return [getattr(record, f"{name}_{language}") for language in LANGUAGES]

        statements = [
            ToldStatement(
                each.term_id,
                each.scheme,
                each.scope,
                each.place,
                each.phase,
                edtf.bounds(each.when) if each.when else None,
                in_each(each, "note"),
                in_each(each.term, "label"),
                [
                    Played(part.part, part.actor.code, part.actor.type_id)
                    for part in each.told_parts
                ],
                [
                    (name.language, name.name)
                    for part in each.told_parts
                    for name in part.actor.told_names
                ],
                [document.code for document in each.told_documents],
                each.told_words,
            )
            for each in self.statements
        ]
        texts = in_each(case, "title"), in_each(case, "summary")
        is_public = case.review == Review.PUBLISHED
        coded = case.coverage, is_public, places, regions, statements
        return ToldCase(case.pk, case.slug, *texts, *coded)

    def _scene(self) -> tuple[list, list]:
        """Countries, the scene first; or the region that the case is about as a whole."""
        if self.random.random() < 0.03:
            return [], [self.lists.regions.take(self.random)]
        most = 1 if self.random.random() < 0.7 else 4
        return self.lists.countries.take_some(self.random, most), []

    def _roles(self) -> Iterator[str]:
        yield CountryRole.SCENE
        while True:
            yield self.random.choice(CountryRole.values)

    def _slug(self) -> str:
        place = slugify(self.lists.name(self.country, "en"))[:40].strip("-")
        return f"{place}-{self.year}-{self.seed}-{self.number:06}"

    # What is coded

    def _code(self) -> None:
        for scheme in HEADER_SCHEMES:
            if self.random.random() < 0.15:
                self._state(self.random.choice(self.lists.silent[scheme]))
            else:
                self._state(self.lists.terms[scheme].take(self.random))
        if self.is_named_only:
            self._state(self.lists.terms["role"].take(self.random))
        else:
            self._state(self.lists.terms["tool"].take(self.random), scope=Scope.THIS_CASE)
            self._opening_and_closing()
            self._body(size(self.random) - len(self.statements))
        # A case is told scheme by scheme.
        schemes = list(SCHEMES)
        self.statements.sort(key=lambda statement: schemes.index(statement.scheme))
        for order, statement in enumerate(self.statements):
            statement.order = order
        self._credit()

    def _opening_and_closing(self) -> None:
        event = self.lists.terms["event"]
        if self.start and self.random.random() < 0.8:
            self._state(event.take(self.random), when=self.start, phase=Phase.OPENING)
        if self.end:
            self._state(event.take(self.random), when=self.end, phase=Phase.CLOSING)

    def _body(self, number: int) -> None:
        silent = {s.scheme for s in self.statements if s.term_id in WORDLESS_TERMS}
        weights = {scheme: weight for scheme, weight in BODY.items() if scheme not in silent}
        schemes = self.random.choices(list(weights), list(weights.values()), k=max(0, number))
        for scheme in schemes:
            if scheme == "outcome" and self.random.random() < 0.05:
                self._state(self.random.choice(self.lists.silent[scheme]))
            else:
                self._state(self.lists.terms[scheme].take(self.random))

    def _state(self, term: Term, **values) -> Statement:
        """One statement of the term, with all that its scheme asks for."""
        random = self.random
        statement = self._add(
            Statement,
            case=self.case,
            key=f"s{len(self.statements) + 1}",
            term=term,
            scheme=term.scheme,
            version=1,
            changed_on=BEGAN,
            **values,
        )
        self.statements.append(statement)
        # What the index reads of a statement (see cases.told).
        statement.told_parts, statement.told_documents, statement.told_words = [], [], []
        if term.id in WORDLESS_TERMS:
            return statement
        statement.support = random.choices(Support.values, (85, 11, 4))[0]
        if "scope" not in values and not statement.phase:
            statement.scope = random.choices(Scope.values, (86, 10, 4))[0]
        if not statement.when and random.random() < 0.6:
            statement.when = dates.date(random, self.year + random.randint(0, 1))
        if term.scheme == "outcome":
            statement.horizon = random.choice(Horizon.values)
            statement.attribution = random.choice(Attribution.values)
            statement.assessed_by = self.source.document
        elif term.scheme == "success_element":
            statement.effect = random.choices(Effect.values, (70, 20, 10))[0]
        elif term.scheme in ("tool", "event"):
            statement.place = random.choice(wording.PLACES) if random.random() < 0.2 else ""
            statement.quantity = random.choice(wording.QUANTITIES) if random.random() < 0.1 else ""
        if random.random() < 0.08:
            for language in LANGUAGES:
                setattr(statement, f"note_{language}", wording.NOTES[language])
        if term.scheme in ("event", "outcome") and random.random() < 0.05:
            self._add(DOCUMENTS, statement_id=statement.pk, document_id=self.source.document.pk)
            statement.told_documents.append(self.source.document)
        self._cast(statement)
        return statement

    def _cast(self, statement: Statement) -> None:
        """Who did it, for whom, and towards whom."""
        random, parts = self.random, []
        if statement.scheme in ("role", "tool") or random.random() < 0.1:
            parts.append((Part.BY, random.choice(self.actors)))
            if random.random() < 0.25:
                parts.append((Part.BY, self.lists.actors.take(random)))
            for part, share in (
                (Part.WITH, 0.1),
                (Part.ON_BEHALF_OF, 0.15),
                (Part.AT_REQUEST_OF, 0.05),
                (Part.TOWARDS, 0.3),
                (Part.SUBJECT, 0.03),
            ):
                if random.random() < share:
                    parts.append((part, random.choice(self.actors)))
        places: dict[str, int] = defaultdict(int)
        for part, actor in dict.fromkeys(parts):
            row = self._add(
                StatementActor, statement=statement, actor=actor, part=part, order=places[part]
            )
            places[part] += 1
            statement.told_parts.append(row)
        # As the database gives them back: by their place, then as they were written.
        statement.told_parts.sort(key=lambda row: row.order)

    def _credit(self) -> None:
        """Owe outcomes to tools of the case."""
        tools = [statement for statement in self.statements if statement.scheme == "tool"]
        for statement in self.statements:
            if statement.attribution == Attribution.CREDITED and tools:
                for tool in self.random.sample(tools, min(len(tools), self.random.randint(1, 2))):
                    ids = {"from_statement_id": statement.pk, "to_statement_id": tool.pk}
                    self._add(CREDIT, **ids)

    # What is written about it

    def _describe(self) -> None:
        """Titles, summaries, state and dates; some drafts are not translated yet."""
        random, case = self.random, self.case
        told = [s for s in self.statements if s.term_id not in WORDLESS_TERMS]
        head = (told or self.statements)[0]
        main = [s for s in told if s.scheme in ("situation", "tool", "outcome")][:4]
        for language in LANGUAGES:
            if self.is_draft and language != "en" and random.random() < 0.3:
                continue
            named = {
                "country": self.lists.name(self.country, language),
                "term": self.lists.name(head.term, language),
                "year": self.year,
            }
            title = wording.in_words(wording.TITLES[language], language, **named)
            setattr(case, f"title_{language}", title[:250])
            sentences = [self._words_of(statement, language) for statement in main]
            summary = ". ".join([*sentences, wording.between(random, language, **named)])
            setattr(case, f"summary_{language}", f"{summary}.")
        case.start, case.end = self.start, self.end
        case.coverage = self._coverage()
        case.coding = random.choice(Coding.values)
        case.coded_by = CODED_BY
        case.version = 1
        case.changed_on = BEGAN + timedelta(minutes=self.number)
        if self.is_draft:
            case.review = random.choice((Review.DRAFT, Review.DRAFT, Review.IN_REVIEW))
        else:
            case.review = Review.PUBLISHED
            case.published_on = case.changed_on

    def _coverage(self) -> str:
        told = {
            statement.scheme
            for statement in self.statements
            if statement.scope != Scope.PATTERN and statement.term_id not in WORDLESS_TERMS
        }
        is_substantial = "tool" in told and told & {"trigger", "event", "outcome"}
        return Coverage.SUBSTANTIAL if is_substantial else Coverage.NAMED_ONLY

    def _words_of(self, statement: Statement, language: str) -> str:
        parts = statement.told_parts
        actor = parts[0].actor if parts else self.actors[0]
        return wording.claim(
            statement.scheme,
            language,
            country=self.lists.name(self.country, language),
            actor=self.lists.name(actor, language),
            term=self.lists.name(statement.term, language),
            year=self.year,
        )

    def _write_sources(self) -> None:
        """Write the case's section of the document, and quote it."""
        sentences = self._sentences()
        language = self.source.language
        self.source.open(getattr(self.case, f"title_{language}") or self.case.title_en)
        while sentences:
            taken = self.random.randint(1, 3)
            now, sentences = sentences[:taken], sentences[taken:]
            self._write_paragraph(now)

    def _sentences(self) -> list[Sentence]:
        """The sentences to quote: of most statements their own, of some also another's."""
        found: list[Sentence] = []
        for statement in self.statements:
            if not statement.support or statement.support == Support.EDITOR_INFERENCE:
                continue
            shares = found and self.random.random() < 0.35
            if shares:
                found[-1].users.append(statement)
            if not shares or self.random.random() < 0.1:
                words = self._words_of(statement, self.source.language)
                found.append(Sentence(words, self._words_of(statement, "en"), [statement]))
        return found

    def _write_paragraph(self, sentences: list[Sentence]) -> None:
        text, places = "", []
        for sentence in sentences:
            places.append((len(text), len(text) + len(sentence.text)))
            text += f"{sentence.text}. "
        language = self.source.language
        named = {"country": self.lists.name(self.country, language), "year": self.year}
        passage = self.source.paragraph(f"{text}{wording.between(self.random, language, **named)}.")
        for sentence, (start, end) in zip(sentences, places, strict=True):
            quotation = self.source.quote(passage, start, end, sentence.translation)
            for statement in sentence.users:
                row = self._add(StatementQuotation, statement=statement, quotation=quotation)
                document = self.source.document.code
                words = Words(sentence.text, language, sentence.translation, document)
                row.order = len(statement.told_words)
                statement.told_words.append(words)

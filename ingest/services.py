"""What writes: editions of documents, and the load of the seed folder."""

import hashlib
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import transaction

from cases import index, records, text
from cases.models import Document, Edition, Passage, Section
from cases.models.choices import Source, Translator
from cases.models.index import OTHER
from cases.models.vocabulary import HEADER_SCHEMES
from cases.records import Index, Plan, Problem
from cases.records.shapes import Span
from cases.statistics import gather
from ingest.parsers.report import Report, parse_report
from ingest.parsers.source import SourceError, read_source
from ingest.readers import read_file
from ingest.seed_files import SeedFiles, read_seeds

Data = dict[str, Any]
Progress = Callable[[str], None]
_FOUND_BY_WORDS = ("reference", "quotation")  # their keys are known when their words are found
LISTS = ("term", "region", "country", "actor")
_PLACE = ("passage", "words")
_TITLE_LENGTH = Edition._meta.get_field("title").max_length
QUOTED_KEYS = {"passage", "words", "occurrence", "translation_en"}


class SeedRefused(Exception):
    """Seed files with problems; nothing was saved. `problems` holds all of them."""

    def __init__(self, problems: list[Problem]):
        super().__init__(f"{len(problems)} problems")
        self.problems = problems


@dataclass
class Tally:
    """What a load did: records by kind, and those it left as an editor made them."""

    new: Counter = field(default_factory=Counter)
    changed: Counter = field(default_factory=Counter)
    unchanged: Counter = field(default_factory=Counter)
    left: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        kinds = dict.fromkeys([*self.new, *self.changed, *self.unchanged])
        lines = [
            f"{kind}: {self.new[kind]} new, {self.changed[kind]} changed, "
            f"{self.unchanged[kind]} unchanged"
            for kind in kinds
        ]
        total = f"{self.new.total()} new, {self.changed.total()} changed, "
        total += f"{self.unchanged.total()} unchanged, {len(self.left)} left to editors"
        return "\n".join([*lines, f"seed: {total}"])


def _names(value: Any) -> list[str]:
    """The local names of a statement's quotations, as far as they are names at all."""
    return [name for name in value if isinstance(name, str)] if isinstance(value, list) else []


def _listed(words) -> str:
    return ", ".join(sorted(words))


def store_edition(
    document: Document,
    language: str,
    content: bytes,
    file_name: str,
    report: Report,
    code: str = "",
) -> Edition:
    """Save an edition with its sections and passages as the parser found them.

    Its code is the language's, unless another is given (`fa-2`).
    """
    code = code or language
    edition = Edition.objects.create(
        document=document,
        code=code,
        ref=f"{document.code}/{code}",
        language=language,
        title=report.title[:_TITLE_LENGTH],
        file_name=file_name,
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
        furniture=[{"line": line.line, "text": line.text} for line in report.furniture],
        warnings=list(report.warnings),
    )
    sections: dict[str | None, Section] = {}
    # Level by level: what a section stands in is wider than itself.
    for level in sorted({section.level for section in report.sections}):
        rows = {
            section.id: Section(
                edition=edition,
                code=section.id,
                marker=section.marker or "",
                title=section.title,
                level=level,
                parent=sections.get(section.parent),
                order=order,
            )
            for order, section in enumerate(report.sections)
            if section.level == level
        }
        Section.objects.bulk_create(rows.values())
        sections |= rows
    Passage.objects.bulk_create(
        Passage(
            edition=edition,
            section=sections.get(passage.section),
            code=passage.ref,
            ref=f"{edition.ref}/{passage.ref}",
            kind=passage.kind,
            number="" if passage.number is None else str(passage.number),
            order=order,
            text=passage.text,
            lines=list(passage.lines),
            calls=[[call.number, call.start, call.end] for call in passage.calls],
        ).indexed()
        for order, passage in enumerate(report.passages)
    )
    # Passages are counted on pages, and an edition has no revision that would tell of it.
    index.note_change(OTHER)
    return edition


def load_seeds(folder: Path, progress: Progress = lambda line: None) -> Tally:
    """Load the seed folder: all of it or, if anything is wrong with it, nothing (SeedRefused).

    A record is updated only while its newest revision is a seed's own; what an editor changed or
    deleted stays as it is and is reported.
    """
    progress("reading the seed files")
    seeds = read_seeds(folder)
    with transaction.atomic():
        return _Load(seeds, progress).run()


def load_lists(folder: Path, progress: Progress = lambda line: None) -> Tally:
    """Load what cases are coded with, and nothing that is coded: LISTS, or SeedRefused."""
    seeds = read_seeds(folder)
    seeds.records = {kind: seeds.records.get(kind, {}) for kind in LISTS}
    seeds.editions = []
    with transaction.atomic():
        return _Load(seeds, progress).run()


class _Load:
    """One load of the seed folder, inside a transaction."""

    def __init__(self, seeds: SeedFiles, progress: Progress):
        self.seeds = seeds
        self.progress = progress
        self.index = Index()
        self.tally = Tally()
        self.problems = [Problem(*problem) for problem in seeds.problems]
        self.gone: set[str] = set()  # documents that an editor deleted
        self.of_editors: set[str] = set()  # documents that an editor saved or deleted
        self.translations: dict[str, tuple[str, str]] = {}

    def run(self) -> Tally:
        for kind in records.KINDS:
            if kind not in _FOUND_BY_WORDS:
                self._leave_to_editors(kind)
            self.index.expect(kind, self.seeds.records.get(kind, {}))
        plans = [self._plan(k) for k in ("term", "region", "country", "actor", "document")]
        entries = [e for e in self.seeds.editions if str(e["document"]) not in self.gone]
        editions = [edition for e in entries if (edition := self._read_edition(e))]
        self._resolve_words()
        later = ("erratum", "reference", "quotation", "case", "finding")
        plans += [self._plan(kind) for kind in later]
        if self.problems:
            raise SeedRefused(self.problems)
        self._save(plans, editions)
        return self.tally

    def _leave_to_editors(self, kind: str) -> None:
        """Take records out of the load that an editor changed or deleted since."""
        incoming = self.seeds.records.get(kind, {})
        for key, newest in records.provenance(kind).items():
            if key in incoming and newest.source != Source.SEED:
                del incoming[key]
                self._leave(kind, key, newest)
                if kind == "document":
                    self.of_editors.add(key)
                if kind == "document" and newest.deleted:
                    self.gone.add(key)

    def _leave(self, kind: str, key: str, newest: records.Provenance) -> None:
        what = "deleted" if newest.deleted else "changed"
        self.tally.left.append(f"{kind} {key}: {what} by an editor, left as it is")

    def _plan(self, kind: str) -> Plan:
        incoming = self.seeds.records.get(kind, {})
        if kind in _FOUND_BY_WORDS:
            self._leave_to_editors(kind)
            self.index.expect(kind, incoming)
        self.progress(f"comparing {len(incoming)} records of kind {kind}")
        plan = records.plan(kind, incoming, self.index, self.seeds.where.get(kind, {}))
        self.problems += plan.problems
        self.tally.new[kind] += len(plan.new)
        self.tally.changed[kind] += len(plan.changed)
        self.tally.unchanged[kind] += len(plan.unchanged)
        return plan

    def _read_edition(self, entry: Data) -> tuple[Data, bytes, Report] | None:
        """The parsed file of an edition that is not stored yet; None if it is, or is refused."""
        where, name = entry["where"], entry.get("file", "")
        if extra := set(entry) - {"language", "file", "document", "folder", "where"}:
            self.problems.append(
                Problem(where, f"edition: unknown key {', '.join(sorted(extra))}.")
            )
        language, ref = entry.get("language", ""), f"{entry['document']}/{entry.get('language')}"
        if not isinstance(language, str) or not name or not isinstance(name, str):
            self.problems.append(Problem(where, "edition: needs the keys language and file."))
            return None
        self.index.expect("edition", [ref])
        try:
            content = read_source(entry["folder"] / name)
            if self._is_stored(ref, content, entry):
                return None
            report = parse_report(read_file(content, name), language)
        except SourceError as error:
            self.problems.append(Problem(where, str(error)))
            return None
        self.progress(f"{name}: {len(report.passages)} passages, {len(report.warnings)} warnings")
        self.index.expect_texts({f"{ref}/{p.ref}": p.text for p in report.passages})
        self.tally.new["edition"] += 1
        return entry, content, report

    def _is_stored(self, ref: str, content: bytes, entry: Data) -> bool:
        """Whether an edition needs no saving: it is there, or its document is an editor's now."""
        sha256, name = hashlib.sha256(content).hexdigest(), entry["file"]
        same = Edition.objects.filter(sha256=sha256).values_list("ref", flat=True).first()
        if same == ref:
            self.tally.unchanged["edition"] += 1
            return True
        if same:
            raise SourceError(
                "%(name)s: is the edition %(same)s already; take it out of the seeds.",
                name=name,
                same=same,
            )
        if not Edition.objects.filter(ref=ref).exists():
            return False
        if str(entry["document"]) in self.of_editors:
            self.tally.left.append(
                f"edition {ref}: differs from {name}; an editor saved its document, left as it is"
            )
            return True
        raise SourceError(
            "%(name)s: differs from the edition %(ref)s that is stored; words are quoted "
            "from it, so add the corrected file as a new edition.",
            name=name,
            ref=ref,
        )

    def _resolve_words(self) -> None:
        """Find the words that the files quote, and put places in their stead."""
        seeds, found = self.seeds, {}
        for erratum in seeds.records.get("erratum", {}).values():
            where = seeds.where["erratum"][erratum["code"]]
            spans = [self._find(place, where) for place in erratum.get("places", [])]
            erratum["places"] = [str(span) for span in spans if span]
        for key, reference in seeds.records.get("reference", {}).items():
            where = seeds.where["reference"][key]
            if span := self._find(reference.pop("quoted"), where):
                new = f"{span}>{reference['document']}"
                found[new] = reference | {"ref": str(span)}
                seeds.where["reference"][new] = where
        seeds.records["reference"] = found
        for slug, case in seeds.records.get("case", {}).items():
            where = seeds.where["case"][slug]
            statements = [s for s in case["statements"] if isinstance(s, dict)]
            self._quote(case.pop("quotations", {}), statements, where)
            self._say_what_is_not_stated(statements, case)
        findings = seeds.records.get("finding", {})
        shared = next((f["local_quotations"] for f in findings.values()), {})
        self._quote(shared, list(findings.values()), "findings.yaml")
        for finding in findings.values():
            del finding["local_quotations"]

    def _find(self, quoted: Any, where: str) -> Span | None:
        """The place of quoted words in their passage, to the letter."""
        needed = [quoted.get(key) if isinstance(quoted, dict) else None for key in _PLACE]
        if not all(value and isinstance(value, str) for value in needed):
            self.problems.append(Problem(where, "needs the keys passage and words, both text."))
            return None
        if unknown := set(quoted) - QUOTED_KEYS:
            self.problems.append(
                Problem(
                    where,
                    f"unknown key {_listed(unknown)}; use {_listed(QUOTED_KEYS)}.",
                )
            )
        passage, words = quoted["passage"], quoted["words"]
        printed = self.index.text(passage)
        if printed is None:
            self.problems.append(Problem(where, f"there is no passage {passage}."))
            return None
        occurrence = str(quoted.get("occurrence", 1))
        if not re.fullmatch("[1-9][0-9]{0,3}", occurrence):
            self.problems.append(Problem(where, f"occurrence: {occurrence} is not 1, 2, 3 …"))
            return None
        start = -1
        for _time in range(int(occurrence)):
            start = printed.find(words, start + 1)
            if start < 0:
                self.problems.append(Problem(where, self._not_verbatim(passage, words, printed)))
                return None
        return Span(passage, start, start + len(words))

    def _not_verbatim(self, passage: str, words: str, printed: str) -> str:
        if count := printed.count(words):
            return f"the words stand in {passage} only {count} times: «{words}»."
        start, end, _ratio = text.nearest(words, printed)
        return f"not verbatim in {passage}: «{words}». The nearest print is «{printed[start:end]}»."

    def _quote(self, quoted: Any, statements: list[Data], where: str) -> None:
        """Put places for the local names of quotations, and gather the quotations as records."""
        if not isinstance(quoted, dict):
            self.problems.append(Problem(where, "quotations: must map names to words."))
            return
        users: dict[str, list[str]] = {}
        for statement in statements:
            for name in _names(statement.get("quotations")):
                users.setdefault(name, []).append(str(statement.get("key", "?")))
        refs = {}
        for name, entry in quoted.items():
            here = f"{where}, quotation {name}"
            if name not in users:
                self.problems.append(Problem(here, "no statement uses it."))
            else:
                here += f" (of {', '.join(users[name])})"
            if span := self._find(entry, here):
                refs[name] = str(span)
                self._add_quotation(str(span), entry, here)
        for statement in statements:
            here, places = f"{where}, statement {statement.get('key')}", []
            for name in _names(statement.get("quotations")):
                if name in refs:
                    places.append(refs[name])
                elif name not in quoted:
                    known = ", ".join(quoted)
                    self.problems.append(
                        Problem(here, f"no quotation {name!r}; there are {known}.")
                    )
            if _names(statement.get("quotations")) == statement.get("quotations"):
                statement["quotations"] = places

    def _add_quotation(self, ref: str, entry: Data, where: str) -> None:
        translation = entry.get("translation_en", "")
        known, place = self.translations.setdefault(ref, (translation, where))
        if known != translation:
            self.problems.append(
                Problem(where, f"the same words are translated otherwise in {place}.")
            )
        data = {"ref": ref, "words": entry["words"]}
        if translation:
            data |= {"translation_en": translation, "translated_by": Translator.MACHINE.value}
        self.seeds.records.setdefault("quotation", {})[ref] = data
        self.seeds.where.setdefault("quotation", {})[ref] = where

    def _say_what_is_not_stated(self, statements: list[Data], case: Data) -> None:
        """Every header scheme says something, were it only that the source is silent."""
        schemes = {str(s.get("term", "")).partition(":")[0] for s in statements}
        case["statements"] += [
            {"key": f"{scheme}-not-stated", "term": f"{scheme}:not_stated", "scope": "this_case"}
            for scheme in HEADER_SCHEMES
            if scheme not in schemes
        ]

    def _save(self, plans: list[Plan], editions: list) -> None:
        self.progress("saving")
        first, later = plans[:5], plans[5:]
        mark = records.apply(first, self.index, source=Source.SEED)
        for entry, content, report in editions:
            document = Document.objects.get(code=entry["document"])
            store_edition(document, entry["language"], content, entry["file"], report)
        self.index.forget("edition", "passage")
        records.apply(later, self.index, source=Source.SEED, change_set=mark)
        if any(plan.new or plan.changed for plan in plans) or not index.is_written():
            self.progress("indexing the cases for search")
            index.refresh()
            gather()
        index.note_missing()

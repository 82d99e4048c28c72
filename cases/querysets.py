"""Querysets that speak the domain: adjectives filter, `with_…` annotates, `for_…` prefetches."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Case as Conditional
from django.db.models import (
    Count,
    Exists,
    F,
    FilteredRelation,
    OuterRef,
    Prefetch,
    Q,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Substr
from django.db.models.lookups import Exact
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases import edtf
from cases.expressions import HYPHEN, SLASH, Bytewise, DaysBetween, Unindexed, text

# Long, and of no use to a page.
SEARCHED = ("search_head", "search_text", "search_squashed")
ORDERED = tuple(
    f"{name}_order_{language}" for name in ("title", "place") for language in ("en", "fa", "ar")
)
# From warning to action, as lists and files take it: see `with_gap`.
GAP = ("gap_least", "gap_most")
# How the desk's file writes the row of a case: see `cases.index.note_rows`.
NOTED = ("row_digest",)


def _counted(rows, column: str):
    """The number of rows (narrowed to the outer row) as a subquery: a join would multiply."""
    counts = rows.order_by().values(column).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counts), 0)


def is_published(path: str = "") -> Q:
    """The condition that a case is published; `path` leads to it, as in `statement__case__`.

    Along a path it is a join. A subquery of all published cases is made anew for every row of a
    query around it, which no reader waits for where there are ten thousand.

    No working copy is ever published: a constraint keeps it so. Asked for it besides, SQLite takes
    the index of working copies, which has all cases and none in order. Along a path it would begin
    with the index of those that are published, and look for what leads to each of them.
    """
    if not path:
        return Q(review="published")
    return Q(Exact(Unindexed(f"{path}review"), "published"))


def is_public(path: str = "") -> Q:
    """The condition that readers may see a statement: of a published case, or a finding."""
    return Q(**{f"{path}case": None}) | is_published(f"{path}case__")


def _only_first(relation: str, rows) -> FilteredRelation:
    """Of the rows that a relation leads to the one whose date comes first, or none of them."""
    first = rows.order_by("earliest", "latest", "id").values("pk")[:1]
    return FilteredRelation(relation, condition=Q(**{f"{relation}__pk": Subquery(first)}))


class TermQuerySet(models.QuerySet):
    """Terms and how much they are used."""

    def in_use(self):
        """Without those that are retired: what new statements may say."""
        return self.exclude(retired_on__lte=timezone.localdate())

    def with_uses(self):
        """Adds `uses`: the number of statements that say the term."""
        from cases.models import Statement

        said = Statement.objects.filter(term=OuterRef("pk"))
        return self.annotate(uses=_counted(said, "term"))


class ActorQuerySet(models.QuerySet):
    """Actors and how much they do."""

    def with_statement_count(self):
        """Adds `statement_count`: the parts that the actor plays in statements."""
        from cases.models import StatementActor

        played = StatementActor.objects.filter(actor=OuterRef("pk"))
        return self.annotate(statement_count=_counted(played, "actor"))

    def public(self):
        """Without those that only unpublished cases name: they would give a draft away."""
        from cases.models import StatementActor

        named = Q(statement__scheme="finding") | is_published("statement__case__")
        told = StatementActor.objects.filter(named)
        anywhere = StatementActor.objects.filter(actor=OuterRef("pk"))
        return self.filter(
            Exists(told.filter(actor=OuterRef("pk")))
            | Exists(told.filter(actor__parent=OuterRef("pk")))
            | ~Exists(anywhere)
        )


class PassageQuerySet(models.QuerySet):
    """Passages and how much is quoted from them."""

    def update(self, **changes):
        """Change what may change of passages: their text is evidence and stays as it is."""
        if "text" in changes:
            raise ValidationError(_("The text of a passage never changes: add a new edition."))
        return super().update(**changes)

    def with_quotation_count(self):
        """Adds `quotation_count`."""
        from cases.models import Quotation

        quoted = Quotation.objects.filter(passage=OuterRef("pk"))
        return self.annotate(quotation_count=_counted(quoted, "passage"))

    def to_be_coded(self):
        """What coders read for claims: all but headings, which only name what follows them."""
        return self.exclude(kind="heading")

    def with_coded(self):
        """Adds `is_coded`: whether a public statement, no general rule, stands on its words."""
        from cases.models import StatementQuotation

        behind = StatementQuotation.objects.filter(
            is_public("statement__"), quotation__passage=OuterRef("pk")
        ).exclude(statement__scope="pattern")
        return self.annotate(is_coded=Exists(behind))

    def for_reader(self):
        """All that stands in a passage and at its side, but for what was coded from it."""
        from cases.models import ErratumPlace, Reference

        return self.with_coded().prefetch_related(
            Prefetch("references", Reference.objects.select_related("document")),
            Prefetch(
                "erratum_places",
                ErratumPlace.objects.select_related("erratum").order_by("start", "end", "id"),
            ),
        )


class EditionQuerySet(models.QuerySet):
    """Editions of documents and how much of them is coded."""

    def with_coverage(self):
        """Adds `passage_count`, headings aside, and `coded_count`; leaves the file's bytes out."""
        from cases.models import Passage

        passages = Passage.objects.to_be_coded().filter(edition=OuterRef("pk"))
        coded = passages.with_coded().filter(is_coded=True)
        return self.defer("content").annotate(
            passage_count=_counted(passages, "edition"), coded_count=_counted(coded, "edition")
        )


class DocumentQuerySet(models.QuerySet):
    """Documents with what their pages show."""

    def texts_first(self):
        """In the order of their list: those whose text can be read here, each kind by code."""
        from cases.models import Edition

        texts = Edition.objects.filter(document=OuterRef("pk"))
        return self.order_by(Exists(texts).desc(), Bytewise("code"))

    def for_list(self):
        """With issuers, texts and the places that cite them, in a fixed number of queries."""
        from cases.models import Edition, Reference

        citing = Reference.objects.select_related("passage__edition__document")
        return self.select_related("issuer").prefetch_related(
            "issuer__names",
            Prefetch("editions", Edition.objects.with_coverage()),
            Prefetch(
                "cited_by",
                citing.defer("passage__edition__content").order_by(
                    "passage__edition__ref", "passage__order", "start"
                ),
            ),
        )


class QuotationQuerySet(models.QuerySet):
    """Quotations with their words, which stand in the passage and nowhere else."""

    def with_words(self):
        """Adds `words`, the stretch of the passage that is quoted, and its `ref`."""
        return self.annotate(
            words=Substr("passage__text", F("start") + 1, F("end") - F("start")),
            ref=text("passage__ref", SLASH, "start", HYPHEN, "end"),
        )

    def with_uses(self):
        """Adds `uses`: the number of statements that stand on the words."""
        from cases.models import StatementQuotation

        used = StatementQuotation.objects.filter(quotation=OuterRef("pk"))
        return self.annotate(uses=_counted(used, "quotation"))


class CaseQuerySet(models.QuerySet):
    """Cases as readers and files see them."""

    def published(self):
        """What readers may see; every public query begins here."""
        return self.filter(is_published())

    def published_among(self, ids):
        """The published ones of these cases, found by their numbers.

        SQLite, as long as it knows nothing of its tables, would go through all that are published.
        """
        return self.filter(Exact(Unindexed("review"), "published"), pk__in=ids)

    def originals(self):
        """Without working copies, whatever the state of review."""
        return self.filter(working_copy_of=None)

    def with_statement_count(self):
        """Adds `statement_count`, general rules left out."""
        from cases.models import Statement

        said = Statement.objects.counted().filter(case=OuterRef("pk"))
        return self.annotate(statement_count=_counted(said, "case"))

    def certainly_within(self, first, last):
        """Cases whose whole stated time lies within the two days, either of which may be None."""
        cases = self.filter(start_earliest__isnull=False)
        if first:
            cases = cases.filter(start_earliest__gte=first)
        if last:
            ends = Q(end_latest__lte=last) | Q(end_latest=None, start_latest__lte=last)
            cases = cases.filter(ends)
        return cases

    def possibly_within(self, first, last):
        """Cases whose stated time may touch the two days, either of which may be None."""
        cases = self.filter(start_earliest__isnull=False)
        if first:
            starts = Q(end_latest__gte=first) | Q(end_latest=None, start_latest__gte=first)
            cases = cases.filter(starts)
        if last:
            cases = cases.filter(start_earliest__lte=last)
        return cases

    def with_gap(self):
        """Adds `gap_min_days` and `gap_max_days`, from first warning to first action.

        From the opening event to the first dated tool: at least the action's earliest day less
        the opening's latest, at most the reverse, never below 0. NULL where either is undated, or
        where the action was over before the opening began; an action without a stated end sets
        no upper bound to the gap. `opening_key` and `action_key` name the two statements, also
        where no gap follows from them.
        """
        from cases.models import Statement

        told = Statement.objects.counted().filter(case=OuterRef("pk"), earliest__isnull=False)
        opening = told.filter(scheme="event", phase="opening")
        # Joined, so that each of the two is looked for once a case: an annotation is asked anew
        # wherever another one names it, which made thirteen subqueries of the gap.
        dated = self.annotate(
            opening=_only_first("statements", opening),
            action=_only_first("statements", told.filter(scheme="tool")),
        ).annotate(
            opening_earliest=F("opening__earliest"),
            opening_latest=F("opening__latest"),
            action_earliest=F("action__earliest"),
            action_latest=F("action__latest"),
            opening_key=F("opening__key"),
            action_key=F("action__key"),
        )
        sensible = Q(action_latest__gte=F("opening_earliest"))
        closed = Q(action_latest__lt=edtf.OPEN_END)
        apart = Q(action_earliest__gte=F("opening_latest"))
        least = DaysBetween(F("opening_latest"), F("action_earliest"))
        most = DaysBetween(F("opening_earliest"), F("action_latest"))
        return dated.annotate(
            gap_min_days=Conditional(
                When(sensible & apart, then=least), When(sensible, then=Value(0))
            ),
            gap_max_days=Conditional(When(sensible & closed, then=most)),
        )

    def for_list(self):
        """All that the results table shows, in a fixed number of queries."""
        from cases.models import CaseCountry, Statement

        labels = [f"term__label_{language}" for language in ("en", "fa", "ar")]
        shown = (
            Statement.objects.counted()
            .filter(scheme__in=("situation", "tool", "outcome"))
            .select_related("term")
            .only("case", "scheme", "term__scheme", "term__code", *labels)
            # Within its case alone: their own order asks for that of the cases too.
            .order_by("order", "id")
        )
        places = CaseCountry.objects.select_related("country").order_by("order", "id")
        return self.defer(*SEARCHED, *ORDERED, "internal_notes").prefetch_related(
            Prefetch("case_countries", places),
            "regions",
            Prefetch("statements", shown, to_attr="shown_statements"),
        )


class StatementQuerySet(models.QuerySet):
    """Statements with what a page or a file needs of them."""

    def public(self):
        """What readers may see: statements of published cases, and findings."""
        return self.filter(is_public())

    def counted(self):
        """Without general rules, in which the case only stands as an example."""
        return self.exclude(scope="pattern")

    def with_quotation_count(self):
        """Adds `quotation_count`: the stretches of text behind a statement."""
        from cases.models import StatementQuotation

        behind = StatementQuotation.objects.filter(statement=OuterRef("pk"))
        return self.annotate(quotation_count=_counted(behind, "statement"))

    def findings(self):
        """Statements that belong to no case."""
        return self.filter(scheme="finding")

    def with_place(self):
        """Adds where its first words stand: `first_text`, `first_passage` and `first_start`.

        Sorted by them, statements follow the texts from which they were coded.
        """
        from cases.models import StatementQuotation

        passage = "quotation__passage"
        places = {
            "first_text": Bytewise(f"{passage}__edition__ref"),
            "first_passage": F(f"{passage}__order"),
            "first_start": F("quotation__start"),
        }
        behind = StatementQuotation.objects.filter(statement=OuterRef("pk")).annotate(**places)
        first = behind.order_by(*places)
        return self.annotate(**{name: Subquery(first.values(name)[:1]) for name in places})

    def for_page(self):
        """With actors, documents and words, in a fixed number of queries."""
        from cases.models import Edition, StatementActor, StatementQuotation

        return self.select_related("term", "assessed_by").prefetch_related(
            Prefetch(
                "parts",
                StatementActor.objects.select_related("actor__type").prefetch_related(
                    "actor__names"
                ),
            ),
            "documents",
            "about",
            "credited_to__term",
            Prefetch(
                "evidence",
                StatementQuotation.objects.select_related("quotation__passage").prefetch_related(
                    Prefetch(
                        "quotation__passage__edition",
                        Edition.objects.select_related("document").defer("content"),
                    ),
                    "quotation__passage__erratum_places__erratum",
                ),
            ),
        )

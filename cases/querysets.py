"""Querysets that speak the domain. Adjectives filter, `with_…` annotates, `for_…` prepares a page."""

from django.db import models
from django.db.models import Case as Conditional
from django.db.models import F, OuterRef, Prefetch, Q, Subquery, Value, When

from cases.expressions import DaysBetween


class CaseQuerySet(models.QuerySet):
    """Cases as readers and files see them."""

    def published(self):
        """What readers may see; every public query begins here."""
        return self.filter(review="published", working_copy_of=None)

    def originals(self):
        """Without working copies, whatever the state of review."""
        return self.filter(working_copy_of=None)

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
        where the action was over before the opening began.
        """
        from cases.models import Statement

        told = Statement.objects.counted().filter(case=OuterRef("pk"), earliest__isnull=False)
        opening = told.filter(scheme="event", phase="opening").order_by("earliest", "latest", "id")
        action = told.filter(scheme="tool").order_by("earliest", "latest", "id")
        dated = self.annotate(
            opening_earliest=Subquery(opening.values("earliest")[:1]),
            opening_latest=Subquery(opening.values("latest")[:1]),
            action_earliest=Subquery(action.values("earliest")[:1]),
            action_latest=Subquery(action.values("latest")[:1]),
        )
        sensible = Q(action_latest__gte=F("opening_earliest"))
        apart = Q(action_earliest__gte=F("opening_latest"))
        least = DaysBetween(F("opening_latest"), F("action_earliest"))
        most = DaysBetween(F("opening_earliest"), F("action_latest"))
        return dated.annotate(
            gap_min_days=Conditional(When(sensible & apart, then=least), When(sensible, then=Value(0))),
            gap_max_days=Conditional(When(sensible, then=most)),
        )

    def for_list(self):
        """All that the results table shows, in a fixed number of queries."""
        from cases.models import CaseCountry, Statement

        shown = (
            Statement.objects.counted()
            .filter(scheme__in=("situation", "tool", "outcome"))
            .select_related("term")
        )
        return self.defer("search_text", "search_squashed", "internal_notes").prefetch_related(
            Prefetch("case_countries", CaseCountry.objects.select_related("country")),
            "regions",
            Prefetch("statements", shown, to_attr="shown_statements"),
        )


class StatementQuerySet(models.QuerySet):
    """Statements with what a page or a file needs of them."""

    def counted(self):
        """Without general rules, in which the case only stands as an example."""
        return self.exclude(scope="pattern")

    def findings(self):
        """Statements that belong to no case."""
        return self.filter(scheme="finding")

    def for_page(self):
        """With actors, documents and words, in a fixed number of queries."""
        from cases.models import StatementActor, StatementQuotation

        return self.select_related("term", "assessed_by").prefetch_related(
            Prefetch(
                "parts",
                StatementActor.objects.select_related("actor").prefetch_related("actor__names"),
            ),
            "documents",
            "about",
            "credited_to__term",
            Prefetch(
                "evidence",
                StatementQuotation.objects.select_related(
                    "quotation__passage__edition__document"
                ).prefetch_related("quotation__passage__erratum_places__erratum"),
            ),
        )

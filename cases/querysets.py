"""Querysets that speak the domain. Adjectives filter, `with_…` annotates, `for_…` prepares a page."""

from django.db import models
from django.db.models import Prefetch, Q


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

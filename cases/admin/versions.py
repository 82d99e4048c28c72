"""What records were: all versions of one, all records of one change set, restoring a version."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from cases import index, reasons, records
from cases.admin.changes import Names, Shown, Wording
from cases.admin.meanwhile import READ_VERSION, Record, number
from cases.models import Revision
from cases.models.choices import Review, Source
from cases.models.vocabulary import SCHEMES
from cases.records.shapes import Data

PER_PAGE = 20
# A longer list of changes starts folded.
LONG_LIST = 15
# Where a case stands, not what it says: an old version brings none of it back.
STANDING = ("review", "coding")


@dataclass(frozen=True)
class Version:
    """A revision with what it changed, as a page shows it."""

    revision: Revision
    changes: list[Shown]
    is_newest: bool
    may_be_restored: bool

    @property
    def name(self) -> str:
        """What kind of record it is, for people."""
        model = records.EVERY_KIND[self.revision.kind].model
        is_finding = self.revision.kind == "finding"
        return str(SCHEMES["finding"]) if is_finding else capfirst(model._meta.verbose_name)

    @property
    def is_first(self) -> bool:
        """Whether the record was not there before."""
        return bool(self.revision.data) and all(each.kind == "added" for each in self.changes)

    @property
    def is_long(self) -> bool:
        """Whether its changes are better folded."""
        return len(self.changes) > LONG_LIST


def refresh_index(record: Record) -> None:
    """Write anew what the list of cases knows of a record that was saved."""
    of_case = record.kind in ("case", "working_copy")
    index.refresh([record.key] if of_case else None)


def find(kind: str, key: str):
    """The stored row of a record, or None."""
    spec = records.EVERY_KIND[kind]
    return next((row for row in spec.rows([key]) if spec.key_of(row) == key), None)


def told(revisions: Iterable[Revision], only: str = "", restore=lambda _revision: False):
    """These revisions with the differences to the versions before them, as `Version`s.

    `only` is the path of a row below the record: the rest is left out. `restore` says of a
    revision whether its reader may restore it.
    """
    revisions = list(revisions)
    before = _versions_before(revisions)
    newest = _newest_versions(revisions)
    states = defaultdict(list)
    for each in revisions:
        states[each.kind] += [before.get(each.pk), each.data]
    names = {kind: Names(kind, found) for kind, found in states.items()}
    for each in revisions:
        pair = before.get(each.pk), each.data
        changes = Wording(each.kind, pair, names[each.kind]).shown(*pair, only)
        is_newest = newest[each.kind, each.key] == each.version
        yield Version(each, changes, is_newest, each.data is not None and restore(each))


def _versions_before(revisions: list[Revision]) -> dict[int, Data | None]:
    """The data of the version before each, by the id of the revision."""
    same = Revision.objects.filter(
        kind=OuterRef("kind"), key=OuterRef("key"), version__lt=OuterRef("version")
    )
    rows = Revision.objects.filter(pk__in=[each.pk for each in revisions])
    ids = dict(
        rows.annotate(before=Subquery(same.order_by("-version").values("pk")[:1])).values_list(
            "pk", "before"
        )
    )
    found = Revision.objects.in_bulk([pk for pk in ids.values() if pk])
    return {pk: found[before].data for pk, before in ids.items() if before}


def _newest_versions(revisions: list[Revision]) -> dict[tuple[str, str], int]:
    wanted = {each.kind for each in revisions}, {each.key for each in revisions}
    rows = Revision.objects.filter(kind__in=wanted[0], key__in=wanted[1]).order_by("version")
    return {
        (kind, key): version for kind, key, version in rows.values_list("kind", "key", "version")
    }


def history_page(request, model_admin, kind: str, key: str, row=None, only: str = ""):
    """All versions of a record, the newest first; `row` is what its reader came from."""
    revisions = Revision.objects.filter(kind=kind, key=key).select_related("who")
    page = Paginator(revisions.order_by("-version"), PER_PAGE).get_page(request.GET.get("page"))
    owner = model_admin.admin_site.get_model_admin(records.EVERY_KIND[kind].model)
    stored = find(kind, key)
    may_restore = owner.has_restore_permission(request, stored)
    versions = told(page, only, lambda revision: may_restore)
    context = {
        **model_admin.admin_site.each_context(request),
        "title": _("History"),
        "opts": model_admin.opts,
        "kind": kind,
        "key": key,
        "row": row,
        "only": only,
        "is_deleted": stored is None,
        "page": page,
        # A part of a record did not change in every version of it.
        "versions": [each for each in versions if each.changes or not only],
    }
    return TemplateResponse(request, "admin/cases/history.html", context)


def change_set_page(request, model_admin, mark: UUID):
    """All records that were saved together, with what changed in each."""
    site = model_admin.admin_site
    kinds = [
        kind
        for kind, spec in records.EVERY_KIND.items()
        if site.get_model_admin(spec.model).has_view_permission(request)
    ]
    found = Revision.objects.filter(change_set=mark, kind__in=kinds).select_related("who")
    page = Paginator(found.order_by("pk"), PER_PAGE).get_page(request.GET.get("page"))
    if not page.object_list:
        raise Http404
    context = {
        **site.each_context(request),
        "title": _("Saved together"),
        "opts": model_admin.opts,
        "mark": mark,
        "page": page,
        "first": page.object_list[0],
        "versions": list(told(page)),
    }
    return TemplateResponse(request, "admin/cases/change_set.html", context)


def restore_page(request, site, revision: Revision):
    """What restoring a version would change; posted, it is restored."""
    if revision.data is None:
        raise Http404
    owner = site.get_model_admin(records.EVERY_KIND[revision.kind].model)
    with transaction.atomic():
        row = find(revision.kind, revision.key)
        if not owner.has_restore_permission(request, row):
            raise PermissionDenied
        record = Record(revision.kind, revision.key, row)
        version = (record.lock() if row else None) or 0
        now, found = record.now(), records.Index()
        wanted = _with_present_standing(revision.data, now)
        plan = records.plan(
            *(record.kind, {record.key: wanted}, found, {record.key: record.key}),
            drafts_may_lack=True,
        )
        problems = [str(problem) for problem in plan.problems]
        if request.method == "POST" and number(request.POST.get(READ_VERSION)) != version:
            problems.append(_("It was saved by somebody else meanwhile: look again, then restore."))
        elif request.method == "POST" and not problems:
            why = reasons.RESTORED % {"version": revision.version}
            records.apply([plan], found, source=Source.ADMIN, who=request.user, why=why)
            refresh_index(record)
            owner.message_user(
                request, _("Version %(version)s is restored.") % {"version": revision.version}
            )
            return HttpResponseRedirect(address_of(record.kind, record.key))
    context = {
        **site.each_context(request),
        "title": _("Restore version %(version)s") % {"version": revision.version},
        "opts": owner.opts,
        "revision": revision,
        "address": address_of(revision.kind, revision.key),
        "read_version": version,
        "is_deleted": row is None,
        "changes": Wording(revision.kind, [now, wanted]).shown(now, wanted),
        "problems": problems,
        "keeps_standing": revision.kind == "case",
    }
    return TemplateResponse(request, "admin/cases/restore.html", context)


def address_of(kind: str, key: str) -> str:
    """Where the history of a record is, whether it still exists or not."""
    return reverse("admin:cases_record_history", args=[kind, key])


def _with_present_standing(data: Data, now: Data | None) -> Data:
    """The data of an old version; a case keeps its state, and one that was deleted is a draft."""
    if "review" not in data:
        return data
    standing = now or {"review": Review.DRAFT.value, "coding": data.get("coding")}
    rest = {name: value for name, value in data.items() if name not in STANDING}
    return rest | {name: standing[name] for name in STANDING if standing.get(name)}

"""States and working copies at the desk: who may change what, buttons, the pages behind them."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases import workflow
from cases.admin.changes import Wording
from cases.admin.complete import KeepsComplete, with_check
from cases.models import Case, Statement
from cases.models.choices import Review
from cases.workflow import STEPS, Proposal, Refused

# What a message says of a case; the admin would write a bare slug with a capital letter.
NAMED = '<bdi dir="ltr">{}</bdi>: {}'


class WhyForm(forms.Form):
    """The reason for a step, and what was on the page when it was decided."""

    why = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=workflow.LONGEST_WHY,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )
    seen = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args, asks_why: bool, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["why"].required = asks_why
        if not asks_why:
            self.fields["why"].help_text = _("May stay empty.")

    def now_seen(self, state: str) -> None:
        """The page that comes back after a refusal shows what is there now."""
        if self.is_bound:
            self.data = self.data.copy()
            self.data["seen"] = state


class WorkingCopyFilter(admin.SimpleListFilter):
    title = gettext_lazy("working copy")
    parameter_name = "working_copy"

    def lookups(self, request, model_admin):
        return [
            ("none", _("none")),
            (Review.DRAFT.value, Review.DRAFT.label),
            (Review.IN_REVIEW.value, Review.IN_REVIEW.label),
        ]

    def queryset(self, request, queryset):
        if self.value() == "none":
            return queryset.filter(working_copy=None)
        if self.value():
            return queryset.filter(working_copy__review=self.value())
        return queryset


class HeldBack(KeepsComplete):
    """Runs an admin's form on a published case and keeps what it saves as a working copy.

    Only while that form is answered may an editor change the case: any other view that asks for
    the permission is told no, and has to write where `workflow.writable` says.
    """

    def may_save(self, request, case) -> bool:
        """Whether somebody may change the case itself, or, in this very form, a copy of it."""
        is_held_back = getattr(request, "held_back_case", None) == case.pk
        return is_held_back or workflow.may_write(case, request.user)

    def message_user(self, request, *args, **kwargs):
        """What the form says of the case is not so: the change went elsewhere."""
        if not getattr(request, "is_saved_elsewhere", False):
            super().message_user(request, *args, **kwargs)

    def answer_in_copy(self, request, case, show, address_in):
        """Answer a form of a published case; what it changes goes into the working copy.

        `show` answers the request as if the case could be changed; `address_in` is where the
        form's row is in a copy.
        """
        request.held_back_case = case.pk
        copy = workflow.working_copy(case)
        if copy and request.method == "GET":
            said = _("This case has a working copy: this is it. Readers see the case without it.")
            self.message_user(request, said, messages.INFO)
            return HttpResponseRedirect(address_in(copy))
        if copy or request.method != "POST":
            return show()
        response, copy = self._save_in_copy(request, case, show)
        if copy is None:
            return response
        self.log_change(request, copy, [{"changed": {}}])
        return HttpResponseRedirect(address_in(copy))

    def _save_in_copy(self, request, case, show):
        """What `show` answers, and the copy that was made, if anything was changed."""
        request.is_saved_elsewhere = True
        response, copy = workflow.change_in_copy(case, request.user, show)
        request.is_saved_elsewhere = False
        if copy:
            said = _(
                "Your change is in a working copy. Readers see it when a reviewer publishes it."
            )
            self.message_user(request, said, messages.SUCCESS)
        elif response.status_code == 302:
            self.message_user(request, _("Nothing was changed."), messages.INFO)
        return response, copy

    def refuse_beside_copy(self, form_class, case):
        """The form, refusing to change a case of which somebody made a working copy meanwhile."""
        sentence = _(
            "Somebody made a working copy of this case while this page was open. Nothing of yours "
            "was saved: open the working copy, in another window, and make your change there."
        )

        return with_check(form_class, lambda form: form.add_error(None, sentence))


class CaseWorkflow(HeldBack):
    """For the admin of cases: states are gone through, never typed."""

    change_form_template = "admin/cases/case/change_form.html"
    actions = ["submit_many", "publish_many", "withdraw_many"]

    def get_queryset(self, request):
        copies = Case.objects.only("review", "working_copy_of")
        return super().get_queryset(request).prefetch_related(Prefetch("working_copy", copies))

    def get_object(self, request, object_id, from_field=None):
        """Working copies have a form like any case, though no list shows them."""
        found = super().get_object(request, object_id, from_field)
        if found is None and from_field is None:
            copies = Case.objects.filter(working_copy_of__isnull=False)
            with suppress(Case.DoesNotExist, ValueError):  # an address may have anything there
                found = copies.select_related("working_copy_of").get(pk=object_id)
        return found

    def get_list_display(self, request):
        return [*super().get_list_display(request), "copy_state"]

    def get_list_filter(self, request):
        return [*super().get_list_filter(request), WorkingCopyFilter]

    @admin.display(description=gettext_lazy("working copy"))
    def copy_state(self, case):
        copy = getattr(case, "working_copy", None)
        if copy is None:
            return "–"
        return format_html('<a href="{}">{}</a>', _address(copy), copy.get_review_display())

    # Who may

    def has_change_permission(self, request, obj=None):
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or self.may_save(request, obj))

    def has_delete_permission(self, request, obj=None):
        """What readers saw, or what somebody is looking at, is for reviewers to delete."""
        allowed = super().has_delete_permission(request, obj)
        is_draft = obj is None or obj.review == Review.DRAFT
        return allowed and (is_draft or self.has_withdraw_permission(request))

    def has_publish_permission(self, request):
        return request.user.has_perm(workflow.PUBLISHES)

    def has_withdraw_permission(self, request):
        return request.user.has_perm(workflow.WITHDRAWS)

    # The form

    def get_form(self, request, obj=None, change=False, **kwargs):
        form_class = super().get_form(request, obj, change=change, **kwargs)
        if obj and workflow.goes_to_copy(obj, request.user) and workflow.working_copy(obj):
            return self.refuse_beside_copy(form_class, obj)
        return form_class

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        case = self.get_object(request, unquote(object_id)) if object_id else None
        show = partial(super().changeform_view, request, object_id, form_url)
        if case is None:
            return show(extra_context)
        show = partial(show, self._standing(request, case) | (extra_context or {}))
        if not workflow.goes_to_copy(case, request.user):
            return show()
        return self.answer_in_copy(request, case, show, _address)

    def _standing(self, request, case) -> dict:
        """For the form: where the case is, and the buttons of the steps from there."""
        copy = workflow.working_copy(case)
        return {
            "standing": case,
            "steps": [
                (step, _address(case, "move", step.name))
                for step in workflow.steps_for(case, request.user)
            ],
            "copy": copy,
            "copy_address": _address(copy) if copy else "",
            "difference_address": _address(copy or case, "difference"),
            "original_address": case.working_copy_of_id and _address(case.working_copy_of),
            "is_to_be_copied": workflow.goes_to_copy(case, request.user),
            "may_discard": case.working_copy_of_id and workflow.may_write(case, request.user),
            "discard_address": _address(case, "discard"),
        }

    def kind_of(self, row) -> str:
        return workflow.kind_of(row)

    # Steps

    def get_urls(self):
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/move/<str:name>/", wrap(self.move_view), name="cases_case_move"),
            path("<int:pk>/difference/", wrap(self.difference_view), name="cases_case_difference"),
            path("<int:pk>/discard/", wrap(self.discard_view), name="cases_case_discard"),
            *super().get_urls(),
        ]

    def move_view(self, request, pk, name):
        """Ask before a step: what is missing, what would change, why; then go it."""
        case, step = self._case_or_404(pk), STEPS.get(name)
        if step is None:
            raise Http404
        if not request.user.has_perm(step.permission):
            raise PermissionDenied
        state = workflow.state_of(case)  # before all else, so that it is never newer than the page
        is_of_copy = bool(case.working_copy_of_id) and step.name == "publish"
        asked = workflow.proposal(case) if is_of_copy else None
        posted = request.POST if request.method == "POST" else None
        form = WhyForm(posted, asks_why=step.asks_why, initial={"seen": state})
        refused = None
        # Clashes are numbered: a choice made on another page than this one means nothing.
        is_as_seen = bool(posted) and posted.get("seen") == state
        choices = _choices(asked, posted) if asked and is_as_seen else {}
        if posted and form.is_valid():
            try:
                gone = workflow.move(case, step, request.user, choices=choices, **form.cleaned_data)
            except Refused as error:
                refused = error
            else:
                said = format_html(NAMED, gone.slug, step.done)
                self.message_user(request, said, messages.SUCCESS)
                return HttpResponseRedirect(_address(gone))
        elif step not in workflow.steps_for(case, request.user):
            refused = Refused(_("Its state is «%s».") % case.get_review_display())
        elif step.name == "publish" and (lacking := workflow.missing(case)):
            refused = Refused(_("It is not complete."), missing=lacking)
        form.now_seen(state)
        context = {
            "title": step.label,
            "case": case,
            "form": form,
            "refused": refused,
            "step": step,
            "moves": workflow.moves(case),
        } | _told(asked, choices)
        return self._page(request, "admin/cases/case/move.html", context)

    def difference_view(self, request, pk):
        """What a working copy would change for readers."""
        copy = self._case_or_404(pk)
        if not self.has_view_permission(request, copy):
            raise PermissionDenied
        if not copy.working_copy_of_id:
            raise Http404
        context = {
            "title": _("Difference"),
            "case": copy,
            "moves": workflow.moves(copy),
        } | _told(workflow.proposal(copy), {})
        return self._page(request, "admin/cases/case/move.html", context)

    def discard_view(self, request, pk):
        """Ask before a working copy is thrown away, and why."""
        copy = self._case_or_404(pk)
        if not copy.working_copy_of_id:
            raise Http404
        if not workflow.may_write(copy, request.user):
            raise PermissionDenied
        state = workflow.state_of(copy)
        changes = _told(workflow.proposal(copy), {})["changes"]
        posted = request.POST if request.method == "POST" else None
        form = WhyForm(posted, asks_why=True, initial={"seen": state})
        refused = None
        if posted and form.is_valid():
            try:
                original = workflow.discard(copy, request.user, **form.cleaned_data)
            except Refused as error:
                refused = error
            else:
                self.message_user(request, _("The working copy is gone."), messages.SUCCESS)
                return HttpResponseRedirect(_address(original))
        form.now_seen(state)
        context = {
            "title": _("Discard the working copy"),
            "case": copy,
            "form": form,
            "refused": refused,
            "step": {"label": _("Discard")},
            "changes": changes,
        }
        return self._page(request, "admin/cases/case/move.html", context)

    def _case_or_404(self, pk) -> Case:
        case = Case.objects.select_related("working_copy_of").filter(pk=pk).first()
        if case is None:
            raise Http404
        return case

    def _page(self, request, template, context):
        shared = self.admin_site.each_context(request) | {"opts": self.opts}
        if "case" in context:
            shared["case_address"] = _address(context["case"])
        return TemplateResponse(request, template, shared | context)

    # Many at once

    @admin.action(description=gettext_lazy("Send to review"), permissions=["change"])
    def submit_many(self, request, queryset):
        return self._move_many(request, queryset, STEPS["submit"])

    @admin.action(description=gettext_lazy("Publish"), permissions=["publish"])
    def publish_many(self, request, queryset):
        return self._move_many(request, queryset, STEPS["publish"])

    @admin.action(description=gettext_lazy("Withdraw"), permissions=["withdraw"])
    def withdraw_many(self, request, queryset):
        return self._move_many(request, queryset, STEPS["withdraw"])

    def _move_many(self, request, queryset, step):
        """Show first what would be moved and what not, and why; then move, as one change."""
        chosen = list(queryset.order_by("slug"))
        posted = request.POST if "post" in request.POST else None
        form = WhyForm(posted, asks_why=step.asks_why, initial={"seen": "-"})
        if posted and form.is_valid():
            self._report(request, step, *_moved(request, chosen, step, form.cleaned_data["why"]))
            return None
        context = {
            "title": step.label,
            "step": step,
            "form": form,
            "planned": [_planned(case, step, request.user) for case in chosen],
            "action": f"{step.name}_many",
            "checkbox": ACTION_CHECKBOX_NAME,
        }
        return self._page(request, "admin/cases/case/move_many.html", context)

    def _report(self, request, step, moved, refused) -> None:
        if moved:
            said = format_html("{}: {}", step.done, ", ".join(moved))
            self.message_user(request, said, messages.SUCCESS)
        for case, error in refused:
            said = " ".join(error.sentences)
            line = format_html(NAMED + " {}", case.slug, said, _links(error.missing))
            self.message_user(request, line, messages.ERROR)


@dataclass(frozen=True)
class Planned:
    """One case of those chosen in the list, and why it cannot be moved, if it cannot."""

    case: Case
    seen: str
    address: str
    refused: Refused | None


def _planned(case: Case, step, who) -> Planned:
    refused = None
    if step not in workflow.steps_for(case, who):
        refused = Refused(_("Its state is «%s».") % case.get_review_display())
    elif step.after == Review.PUBLISHED and (lacking := workflow.missing(case)):
        refused = Refused(_("It is not complete."), missing=lacking)
    return Planned(case, workflow.state_of(case), _address(case), refused)


def _moved(request, cases, step, why) -> tuple[list[str], list[tuple[Case, Refused]]]:
    """Move what can be moved, under one mark."""
    mark, moved, refused = uuid4(), [], []
    for case in cases:
        seen = request.POST.get(f"seen-{case.pk}")
        try:
            workflow.move(case, step, request.user, why=why, seen=seen, change_set=mark)
        except Refused as error:
            refused.append((case, error))
        else:
            moved.append(case.slug)
    return moved, refused


class StatementWorkflow(HeldBack):
    """For the admin of statements: one of a published case is changed in a working copy.

    A finding has no draft: readers see it as soon as it is saved, so saving one is publishing.
    """

    def get_queryset(self, request):
        """The list leaves working copies out; their statements' forms open all the same."""
        rows = super().get_queryset(request)
        is_list = request.resolver_match.url_name.endswith("_changelist")
        return rows.filter(case__working_copy_of=None) if is_list else rows

    def has_change_permission(self, request, obj=None):
        allowed = super().has_change_permission(request, obj)
        if not allowed or obj is None:
            return allowed
        if obj.case_id is None:
            return request.user.has_perm(workflow.PUBLISHES)
        return self.may_save(request, obj.case)

    def has_delete_permission(self, request, obj=None):
        allowed = super().has_delete_permission(request, obj)
        if not allowed or obj is None:
            return allowed
        if obj.case_id is None:
            return request.user.has_perm(workflow.PUBLISHES)
        return workflow.may_write(obj.case, request.user)

    def get_form(self, request, obj=None, change=False, **kwargs):
        form_class = super().get_form(request, obj, change=change, **kwargs)
        if obj and obj.case_id and self._beside_copy(request, obj.case):
            return self.refuse_beside_copy(form_class, obj.case)
        own = obj.case_id if obj else None
        return with_check(form_class, lambda form: self._check_case(request, form, own))

    def _beside_copy(self, request, case) -> bool:
        return workflow.goes_to_copy(case, request.user) and bool(workflow.working_copy(case))

    def _check_case(self, request, form, own) -> None:
        case, term = form.cleaned_data.get("case"), form.cleaned_data.get("term")
        if term and term.scheme == "finding" and not request.user.has_perm(workflow.PUBLISHES):
            form.add_error("term", _("Readers see a finding at once: a reviewer has to save it."))
        if case and case.pk != own and not workflow.may_write(case, request.user):
            sentence = _("This case is not a draft: open its form, and add the statement there.")
            form.add_error("case", sentence)

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        show = partial(super().changeform_view, request, object_id, form_url, extra_context)
        statement = self.get_object(request, unquote(object_id)) if object_id else None
        case = statement.case if statement else None
        if case is None or not workflow.goes_to_copy(case, request.user):
            return show()
        return self.answer_in_copy(request, case, show, partial(_same_in, statement=statement))


def _same_in(copy: Case, statement: Statement) -> str:
    """The form of the same statement in a working copy; that of the copy if it has none."""
    same = copy.statements.filter(key=statement.key).first()
    return reverse("admin:cases_statement_change", args=[same.pk]) if same else _address(copy)


def _address(case: Case, page: str = "change", *arguments: Any) -> str:
    return reverse(f"admin:cases_case_{page}", args=[case.pk, *arguments])


def _links(lacking) -> str:
    return format_html_join(" · ", '<a href="{1}">{0}</a>', lacking)


# How differences are told


def _told(asked: Proposal | None, choices: Mapping[str, str]) -> dict:
    """For a page: what readers would see otherwise, and what case and copy both changed."""
    if asked is None:
        return {}
    wording = Wording("case", asked.states)
    names = {clash.path: f"clash-{place}" for place, clash in enumerate(asked.clashes)}
    return {
        "changes": [wording.difference(each) for each in wording.in_order(asked.differences)],
        "clashes": [
            wording.choice(clash, names[clash.path], choices.get(clash.path, ""))
            for clash in wording.in_order(asked.clashes)
        ],
    }


def _choices(asked, posted) -> dict[str, str]:
    """What was chosen for each clash; the mark of what was seen keeps their numbers in place."""
    sides = {clash.path: posted.get(f"clash-{n}") for n, clash in enumerate(asked.clashes)}
    return {path: side for path, side in sides.items() if side in ("case", "copy")}

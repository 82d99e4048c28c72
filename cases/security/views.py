"""Pages on which somebody keeps his own second factor and sessions."""

from django.conf import settings
from django.contrib import admin, messages
from django.http import HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_otp import login as verify

from cases.models import SignInEvent
from cases.security import second_factor, sessions
from cases.security.forms import ConfirmForm, ProofForm
from cases.security.record import note

READ_OR_POST = ["GET", "HEAD", "POST"]
# Of the account's own sign-ins, what the page lists.
SHOWN = 20


def _page(request, template: str, title: str, status: int = 200, **context) -> HttpResponse:
    context = admin.site.each_context(request) | {"title": title} | context
    template = f"admin/second_factor/{template}.html"
    return TemplateResponse(request, template, context, status=status)


@require_safe
def overview(request):
    """Whether the second factor is on, who signed in when, and what can be done about it."""
    is_on = second_factor.has_one(request.user)
    return _page(
        request,
        "overview",
        _("Second factor and sessions"),
        is_on=is_on,
        codes_left=second_factor.codes_left(request.user) if is_on else 0,
        is_demanded=second_factor.is_demanded(request.user),
        sign_ins=request.user.sign_ins.select_related("by")[:SHOWN],
        days=settings.SIGN_INS_DAYS,
    )


@require_http_methods(READ_OR_POST)
def set_up(request):
    """Show a secret; turn the second factor on with its first code, and show recovery codes."""
    if second_factor.has_one(request.user):
        return redirect("admin:second_factor")
    form = ConfirmForm(request, request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _changed(request, SignInEvent.SECOND_FACTOR_ON)
    device = second_factor.begin(request.user)
    return _page(
        request,
        "set_up",
        _("Turn the second factor on"),
        status=400 if form.is_bound else 200,
        form=form,
        picture=second_factor.picture_of(device),
        secret=second_factor.secret_of(device),
        is_demanded=second_factor.is_demanded(request.user),
    )


@require_http_methods(READ_OR_POST)
def codes(request):
    """New recovery codes in place of all old ones."""
    return _prove(request, _("New recovery codes"), SignInEvent.NEW_CODES)


@require_http_methods(READ_OR_POST)
def turn_off(request):
    """Turn the second factor off."""
    return _prove(request, _("Turn the second factor off"), SignInEvent.SECOND_FACTOR_OFF)


def _prove(request, title: str, event: SignInEvent) -> HttpResponse:
    """Ask for password and code, then do it."""
    if not second_factor.has_one(request.user):
        return redirect("admin:second_factor")
    form = ProofForm(request, request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _changed(request, event)
    is_demanded = second_factor.is_demanded(request.user)
    status = 400 if form.is_bound else 200
    return _page(
        request, "prove", title, status, form=form, event=event.value, is_demanded=is_demanded
    )


def _changed(request, event: SignInEvent) -> HttpResponse:
    """What follows a change: every other session ends, and this one gets another key."""
    _end_others(request)
    note(event, request.user, request=request)
    if event == SignInEvent.SECOND_FACTOR_OFF:
        second_factor.remove(request.user)
        messages.success(request, _("The second factor is off."))
        return redirect("admin:second_factor")
    # Whoever signed in with a recovery code did so by a device that the new ones replace.
    made = second_factor.new_recovery_codes(request.user)
    verify(request, second_factor.device_of(request.user))
    is_new = event == SignInEvent.SECOND_FACTOR_ON
    return _page(request, "codes", _("Your recovery codes"), codes=made, is_new=is_new)


@require_POST
def end_sessions(request):
    """Sign out everywhere but here."""
    count = _end_others(request)
    note(SignInEvent.SESSIONS_ENDED, request.user, request=request)
    said = ngettext("%(n)d other session ended.", "%(n)d other sessions ended.", count)
    messages.success(request, said % {"n": count} if count else _("There was no other session."))
    return redirect("admin:second_factor")


def _end_others(request) -> int:
    request.session.cycle_key()
    return sessions.end_others(request.user, request)


@require_safe
def session(request):
    """For scripts: whether somebody is signed in still, and the token for the forms of the page.

    Asking does not count as using the desk.
    """
    is_signed_in = admin.site.has_permission(request)
    return JsonResponse({"signed_in": is_signed_in, "token": get_token(request)})

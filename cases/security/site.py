"""The site of the desk: Django's admin with a second factor, and forms that outlive a session."""

from django.contrib.admin.sites import AdminSite
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.views import PasswordChangeView
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

# What was typed into a form whose session had ended goes with the sign-in under these names.
KEPT = "kept:"
NOT_TYPED = "csrfmiddlewaretoken"


class PasswordChange(PasswordChangeView):
    """Django's page, with a form that knows from where somebody tries."""

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"request": self.request}


class DeskSite(AdminSite):
    """Everything here is behind `cases.security.middleware`, which refuses half a sign-in."""

    login_template = "admin/login.html"

    def get_urls(self):
        # They need models, which are not loaded yet when the site is made.
        from cases.security import views

        wrap = self.admin_view
        ours = [
            path("second-factor/", wrap(views.overview), name="second_factor"),
            path("second-factor/set-up/", wrap(views.set_up), name="second_factor_set_up"),
            path("second-factor/off/", wrap(views.turn_off), name="second_factor_off"),
            path("second-factor/codes/", wrap(views.codes), name="second_factor_codes"),
            path("sessions/end/", wrap(views.end_sessions), name="sessions_end"),
            path("session/", never_cache(views.session), name="session"),
        ]
        return [*ours, *super().get_urls()]

    def login(self, request, extra_context=None):
        """Sign in; what was typed into a form meanwhile goes on to it, once its author agrees."""
        from cases.security.forms import SignInForm

        self.login_form = SignInForm
        kept = kept_with(request) if request.method == "POST" else []
        response = super().login(request, {"kept": kept} | (extra_context or {}))
        if request.method != "POST" or response.status_code != 302:
            return response
        # Django keeps the key where somebody signs in again who is signed in already.
        request.session.cycle_key()
        if not kept or response.url != request.POST.get(REDIRECT_FIELD_NAME):
            return response
        context = self.each_context(request) | {
            "title": _("Send what you typed"),
            "address": response.url,
            "kept": kept,
        }
        response = render(request, "admin/send_again.html", context)
        add_never_cache_headers(response)
        return response

    def sign_in_again(self, request):
        """403: a form came from somebody whose session has ended; the page keeps what it said.

        Its token was checked before, so nobody else's page can make somebody send a form on.
        """
        from cases.security.forms import SignInForm

        context = self.each_context(request) | {
            "title": _("Nothing is saved yet"),
            "form": SignInForm(request),
            "app_path": reverse("admin:login"),
            "next": request.get_full_path(),
            "kept": typed(request),
            "had_files": bool(request.FILES),
            "is_ended": True,
        }
        response = render(request, self.login_template, context, status=403)
        add_never_cache_headers(response)
        return response

    def password_change(self, request, extra_context=None):
        from cases.security.forms import OwnPasswordChangeForm

        request.current_app = self.name
        return PasswordChange.as_view(
            form_class=OwnPasswordChangeForm,
            success_url=reverse("admin:password_change_done", current_app=self.name),
            template_name="registration/password_change_form.html",
            extra_context=self.each_context(request) | (extra_context or {}),
        )(request)


def typed(request) -> list[tuple[str, str]]:
    """Names and values of what was posted, but for the token."""
    return [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if name != NOT_TYPED
    ]


def kept_with(request) -> list[tuple[str, str]]:
    """Names and values of the form that is kept while its author signs in."""
    return [
        (name.removeprefix(KEPT), value) for name, value in typed(request) if name.startswith(KEPT)
    ]

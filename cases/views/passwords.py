"""Forgotten passwords: by mail where the site sends mail, otherwise whom to ask."""

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.views import PasswordResetView
from django.shortcuts import render


def password_reset(request):
    """Ask for the address to which the way to a new password is sent."""
    if not settings.EMAIL_HOST:
        context = {"contact": settings.DESK_CONTACT}
        return render(request, "registration/password_reset_unavailable.html", context)
    # The address that a mail names is that of the settings: anybody can write a header.
    site = urlsplit(settings.SITE_URL)
    said = {"domain": site.netloc, "site_name": site.netloc, "protocol": site.scheme}
    return PasswordResetView.as_view(extra_email_context=said)(request)

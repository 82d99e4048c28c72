"""What surrounds every request."""

from django.shortcuts import redirect
from django.urls import reverse

from cases.filters import InvalidQuery
from cases.models import PasswordDue
from cases.views.errors import invalid_query


class InvalidQueryMiddleware:
    """Answers 400 with its reasons wherever a query string could not be understood."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        if isinstance(exception, InvalidQuery):
            return invalid_query(request, exception)
        return None


class OwnPasswordMiddleware:
    """Whoever signs in with a password that somebody else chose sets one of his own first."""

    LEFT_OPEN = ("password_change", "logout", "login", "jsi18n")

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, arguments, named):
        match, user = request.resolver_match, request.user
        if match.app_name != "admin" or match.url_name in self.LEFT_OPEN:
            return None
        if user.is_authenticated and PasswordDue.objects.filter(user=user.pk).exists():
            return redirect(reverse("admin:password_change"))
        return None

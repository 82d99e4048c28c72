"""What is answered when something cannot be."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from cases.facets import labels
from cases.filters import InvalidQuery
from cases.views.common import without

FILES = ("file", "codebook-file", "case-citation")


def error_page(request, status: int, title: str, sentences: list[str], **more):
    """A page that says what is wrong; plain text for whoever asked for a file."""
    if request.resolver_match and request.resolver_match.url_name in FILES:
        body = "\n".join([f"{status} {title}", *sentences]) + "\n"
        return HttpResponse(body, status=status, content_type="text/plain; charset=utf-8")
    context = {"title": title, "sentences": sentences, "status": status} | more
    return render(request, "error.html", context, status=status)


def invalid_query(request, error: InvalidQuery):
    """400: what in the query string cannot be understood, parameter by parameter."""
    sentences = [f"{name}: {' '.join(said)}" for name, said in error.errors.items()]
    names = labels() | {"q": _("Search"), "from": _("From"), "to": _("To"), "order": _("Order")}
    return error_page(
        request,
        400,
        _("This address cannot be understood"),
        sentences,
        refused=[(names.get(name), name, " ".join(said)) for name, said in error.errors.items()],
        rest=without(request.GET, *error.errors),
    )


def bad_request(request, exception=None):
    return error_page(request, 400, _("This address cannot be understood"), [])


def forbidden(request, exception=None):
    return error_page(request, 403, _("Not allowed"), [_("You may not do this here.")])


def not_found(request, exception=None):
    sentence = str(exception) if isinstance(exception, Http404) and exception.args else ""
    if not sentence or sentence.startswith(("{", "No ")):
        sentence = _("There is nothing at this address.")
    return error_page(request, 404, _("Not found"), [sentence])


def server_error(request):
    """500: no template with queries, since the database may be what failed."""
    return render(request, "500.html", status=500)

"""What surrounds every request to the API: who may read it, by which methods, and its errors."""

from http import HTTPStatus

from django.http import HttpResponse

from api.answering import PROBLEM, problem

PREFIX = "/api/v1/"
METHODS = ("GET", "HEAD", "OPTIONS")
# What an error says that did not come from the API itself.
REASONS = {
    HTTPStatus.BAD_REQUEST: "This request cannot be understood.",
    HTTPStatus.NOT_FOUND: "There is nothing at this address; /api/v1/ lists what there is.",
    HTTPStatus.PRECONDITION_FAILED: "What is here now is not what the request expects.",
    HTTPStatus.INTERNAL_SERVER_ERROR: "Something went wrong. The fault is ours.",
    HTTPStatus.SERVICE_UNAVAILABLE: (
        "The database cannot be reached just now. Please try again in a few seconds."
    ),
}


class ApiMiddleware:
    """Lets any site read the API, and makes JSON of every error that leaves it."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if not request.path_info.startswith(PREFIX):
            return self.get_response(request)
        if request.method == "OPTIONS":
            response = _preflight()
        elif request.method not in METHODS:
            response = problem(405, f"The API is for reading: use {' or '.join(METHODS[:2])}.")
            response["Allow"] = ", ".join(METHODS)
        elif "\x00" in request.path_info:
            # PostgreSQL is not to be asked for it, and no code has one.
            response = problem(404, REASONS[404])
        elif "%00" in request.META.get("QUERY_STRING", ""):
            response = problem(400, "A parameter has the character NUL, which no text has.")
        else:
            response = _as_json(self.get_response(request))
        # Nothing here depends on who asks, so no credentials are ever wanted.
        response["Access-Control-Allow-Origin"] = "*"
        response["Access-Control-Expose-Headers"] = "ETag, Link, Retry-After"
        return response


def _preflight() -> HttpResponse:
    response = HttpResponse(status=204)
    del response["Content-Type"]
    response["Allow"] = ", ".join(METHODS)
    response["Access-Control-Allow-Methods"] = ", ".join(METHODS)
    response["Access-Control-Allow-Headers"] = "If-None-Match, If-Modified-Since"
    response["Access-Control-Max-Age"] = "86400"
    return response


def _as_json(response):
    """The answer itself, or the same error as JSON if it was made for a page."""
    if response.status_code < 400 or response.headers.get("Content-Type") == PROBLEM:
        return response
    status = HTTPStatus(response.status_code)
    made = problem(status, REASONS.get(status, f"{status.description or status.phrase}."))
    if "Retry-After" in response:
        made["Retry-After"] = response["Retry-After"]
    return made

"""The description of the API in OpenAPI 3.1, made from the addresses and filters themselves."""

from typing import Any

from django.conf import settings
from ninja import NinjaAPI, Schema
from pydantic import Field

from api.answering import PROBLEM


class Reason(Schema):
    """What was wrong with one parameter."""

    name: str
    reasons: list[str]


class Problem(Schema):
    """An error, as RFC 9457 has it."""

    type: str = Field(..., description="Always about:blank: the status says what kind it is.")
    title: str = Field(..., description="The status in words.")
    status: int
    detail: str = Field(..., description="The reason.")
    errors: list[Reason] = Field([], description="With 400: the parameters that are refused.")


HEADERS = {
    "ETag": "Changes whenever the answer does.",
    "Last-Modified": "A time after which nothing here has changed.",
    "Link": "The next page of a list.",
    "Retry-After": "After how many seconds to ask again.",
    "Location": "The address of the record that stands for this one now.",
    "Allow": "The methods that are possible.",
}
# Errors that every address may answer with, then those that some may.
ALWAYS = (304, 400, 405, 412, 500, 503)
RESPONSES = {
    301: ("It was merged into another record, which is there.", ("Location",)),
    304: ("Nothing has changed since it was asked for last.", ("ETag",)),
    400: ("A parameter is unknown, doubled or has a value that is not understood.", ()),
    404: ("There is no such record.", ()),
    405: ("The API is for reading.", ("Allow",)),
    410: ("The case was published once and then withdrawn.", ()),
    412: ("What is here now is not what If-Match or If-Unmodified-Since expect.", ()),
    500: ("The fault is ours.", ()),
    503: ("The database cannot be reached just now.", ("Retry-After",)),
}
ABOUT = """Published cases of preventive diplomacy, each value with the words that it stands on.

Rows have the columns of the files: codes for values, texts in English, Persian and Arabic in \
columns of their own, null where nothing is stated. Filters are those of the pages: repeated \
values of one mean any of them, different filters all of them. HEAD works wherever GET does. New \
columns, filters and addresses may come; what is here stays as long as the address says v1."""


def answers(headers: list[str], also=()) -> dict[int, dict[str, Any]]:
    """The answers of one address: the headers of 200, and all other statuses."""
    found: dict[int, dict[str, Any]] = {200: {"headers": _headers(headers)}}
    for status in sorted({*ALWAYS, *also}):
        found[status] = {"$ref": f"#/components/responses/{_name(status)}"}
    return found


def describe(api: NinjaAPI) -> dict[str, Any]:
    """The description, ready for JSON."""
    made = api.get_openapi_schema()
    for path in made["paths"].values():
        # The same as GET, without the body; the text above says so once.
        del path["head"]
        for operation in path.values():
            said = operation["responses"].items()
            operation["responses"] = {str(status): response for status, response in said}
    problems = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas = made["components"]["schemas"] | problems.pop("$defs") | {"Problem": problems}
    headers = {
        name: {"description": told, "schema": {"type": "string"}} for name, told in HEADERS.items()
    }
    return {
        "openapi": made["openapi"],
        "info": made["info"] | {"description": ABOUT},
        "servers": [{"url": settings.SITE_URL}],
        "paths": dict(made["paths"]),
        "components": {
            "schemas": schemas,
            "headers": headers,
            "responses": {_name(status): _response(status) for status in RESPONSES},
        },
    }


def _headers(names) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _name(status: int) -> str:
    return f"Status{status}"


def _response(status: int) -> dict[str, Any]:
    told, headers = RESPONSES[status]
    response: dict[str, Any] = {"description": told}
    if headers:
        response["headers"] = _headers(headers)
    if status >= 400:
        schema = {"$ref": "#/components/schemas/Problem"}
        response["content"] = {PROBLEM: {"schema": schema}}
    return response

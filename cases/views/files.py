"""Tables as files, with the filters of the list."""

from collections.abc import Generator

from django.http import StreamingHttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cases import exports
from cases.filters import InvalidQuery


class _Begun:
    """A file of which the first piece is made at once: if its query fails, the answer says so.

    The server closes it with the answer, also where the reader went away in the middle: the rest
    of a query that nobody reads would keep the connection to the database from everybody.
    """

    def __init__(self, pieces: Generator[bytes, None, None]):
        self._pieces = pieces
        self._first = [next(pieces)]

    def __iter__(self):
        return self

    def __next__(self) -> bytes:
        return self._first.pop() if self._first else next(self._pieces)

    def close(self) -> None:
        self._pieces.close()


@require_safe
def table_file(request, name, file_format):
    """A table as a file, of the cases or findings that the query string asks for."""
    table, params = exports.TABLES[name], request.GET
    flavour = params.get("for", "")
    if flavour not in ("", "excel") or (flavour and file_format != "csv"):
        raise InvalidQuery({"for": [_("Only “excel” is possible here, and only for CSV.")]})
    if table.of_cases or table.of_findings:
        selected = table.select(params, also_known=["for"])
    elif unknown := sorted(set(params) - {"for"}):
        raise InvalidQuery({key: [_("This file has no filters.")] for key in unknown})
    else:
        selected = None
    kind = flavour or file_format
    pieces = _Begun(exports.write(table, kind, selected))
    response = StreamingHttpResponse(pieces, content_type=exports.CONTENT_TYPES[kind])
    response["Content-Disposition"] = f'attachment; filename="{name}.{file_format}"'
    return response

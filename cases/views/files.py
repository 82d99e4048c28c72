"""Tables as files, with the filters of the list."""

from itertools import chain

from django.http import StreamingHttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cases import exports
from cases.filters import InvalidQuery


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
    pieces = exports.write(table, kind, selected)
    # The query is asked here: if it fails, the answer says so and is no file that breaks off.
    first = next(pieces)
    response = StreamingHttpResponse(
        chain([first], pieces), content_type=exports.CONTENT_TYPES[kind]
    )
    response["Content-Disposition"] = f'attachment; filename="{name}.{file_format}"'
    return response

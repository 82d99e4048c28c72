"""The codebook as pages, and whole as a file."""

import json

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cases import codebook, exports
from cases.filters import InvalidQuery
from cases.models.fields import translated
from cases.templatetags.reference import outside_lists
from cases.text import fold
from cases.views.common import file_links, refuse_unknown

FOUND_AT_MOST = 100


@require_safe
def codebook_overview(request):
    """What can be coded and filed, by group; or the entries in which words are found."""
    refuse_unknown(request.GET, "q")
    question = request.GET.get("q", "").strip()
    found, total = [], 0
    if words := fold(question).split():
        entries = [
            entry
            for entry in codebook.everything(counted=False)
            if entry.code and entry.meets(words)
        ]
        entries.sort(key=lambda entry: entry.rank(words))
        found, total = entries[:FOUND_AT_MOST], len(entries)
    names = {
        (part, group.group): group for part in codebook.PARTS for group in codebook.groups(part)
    }
    return render(
        request,
        "cases/codebook.html",
        {
            "question": question,
            "parts": [
                (part, label, [group for (own, _g), group in names.items() if own == part])
                for part, label in codebook.PARTS.items()
            ],
            "found": [(entry, names[entry.part, entry.group]) for entry in found],
            "total": total,
        },
    )


@require_safe
def codebook_group(request, part, group):
    """Every code of one vocabulary, list of choices, record or file."""
    refuse_unknown(request.GET)
    groups = {each.group: each for each in codebook.groups(part)}
    if group not in groups:
        raise Http404(_("There is nothing of this name in the codebook."))
    entries = codebook.entries(part, group)
    by_code = {entry.code: entry for entry in entries}
    return render(
        request,
        "cases/codebook_group.html",
        {
            "part": part,
            "part_label": codebook.PARTS[part],
            "group": groups[group],
            "files": file_links(group, ""),
            "entries": [
                (
                    entry,
                    by_code.get(entry.broader),
                    by_code.get(entry.replaced_by),
                    outside_lists(entry.match),
                    _holds(entry.values),
                )
                for entry in entries
            ],
        },
    )


def _holds(values: str) -> dict[str, str]:
    """What a field holds, in words, and where its values are explained."""
    if not values or values in codebook.TYPES:
        return {"label": codebook.TYPES[values]} if values else {}
    found = codebook.group_of(values)
    if found is None:
        return {"label": values}
    part, group = found
    if not group:
        return {"label": _("a term"), "address": f"{reverse('codebook')}#{part}"}
    groups = {each.group: each for each in codebook.groups(part)}
    label, _written_in = translated(groups[group], "label")
    return {"label": label, "address": reverse("codebook-group", args=[part, group])}


@require_safe
def codebook_file(request, file_format):
    """The whole codebook in one language-free form: English names, codes, all three languages."""
    flavour = request.GET.get("for", "")
    refuse_unknown(request.GET, "for")
    if flavour not in ("", "excel") or (flavour and file_format != "csv"):
        raise InvalidQuery({"for": [_("Only “excel” is possible here, and only for CSV.")]})
    rows = codebook.rows(codebook.everything())
    is_json, for_excel = file_format == "json", flavour == "excel"
    body = _json(rows) if is_json else codebook.as_csv(rows, for_excel=for_excel)
    kind = exports.CONTENT_TYPES[flavour or file_format]
    response = HttpResponse(body, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="codebook.{file_format}"'
    return response


def _json(rows) -> str:
    records = [dict(zip(codebook.COLUMNS, row, strict=True)) for row in rows]
    lines = (json.dumps(record, ensure_ascii=False) for record in records)
    return "[\n" + ",\n".join(lines) + "\n]\n"

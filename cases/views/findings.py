"""What the documents say of no single case."""

from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cases.filters import InvalidQuery
from cases.models import Statement, Term
from cases.views.common import Option, file_links


@require_safe
def finding_list(request):
    """What the documents say of no single case, by kind."""
    unknown = sorted(set(request.GET) - {"kind"})
    if unknown:
        raise InvalidQuery({name: [_("There is no such filter.")] for name in unknown})
    kinds = Term.objects.filter(scheme="finding")
    wanted = [kind for kind in request.GET.getlist("kind") if kind]
    known = {kind.code for kind in kinds}
    if bad := [kind for kind in wanted if kind not in known]:
        sentence = _("“%(code)s” is none of %(known)s.")
        known_words = ", ".join(sorted(known))
        raise InvalidQuery({"kind": [sentence % {"code": bad[0], "known": known_words}]})
    findings = Statement.objects.findings().for_page().order_by("order")
    if wanted:
        findings = findings.filter(term__in=[f"finding:{kind}" for kind in wanted])
    groups: dict[str, list[Statement]] = {}
    for finding in findings:
        groups.setdefault(finding.term_id, []).append(finding)
    return render(
        request,
        "cases/finding_list.html",
        {
            "groups": [(kind, groups[kind.id]) for kind in kinds if kind.id in groups],
            "kinds": [Option(kind.code, str(kind), kind.code in wanted) for kind in kinds],
            "count": sum(map(len, groups.values())),
            "files": file_links("findings", ""),
        },
    )

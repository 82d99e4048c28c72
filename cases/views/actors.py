"""Actors: who acts, under which names, and what each did where."""

from collections import Counter
from dataclasses import dataclass

from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from cases import gone, reference
from cases.filters import InvalidQuery
from cases.models import Actor, Statement, Term
from cases.models.choices import Part
from cases.tally import having
from cases.text import fold, squash
from cases.views.common import Option, clean_address, options, page_number, refuse_unknown
from cases.views.kept import kept

PER_PAGE = 100
# A name without its half-spaces has no word boundaries: two letters would be found everywhere.
SQUASHED_LEAST = 4
FINDINGS_AT_MOST = 40
ORDERS = {"name": gettext_lazy("by name"), "cases": gettext_lazy("most cases first")}
# What a part is, seen from the actor that has it. Who does a thing needs no word for it.
OWN_PARTS = {
    Part.WITH: gettext_lazy("as a partner"),
    Part.ON_BEHALF_OF: gettext_lazy("on its behalf"),
    Part.IN_SUPPORT_OF: gettext_lazy("in its support"),
    Part.AT_REQUEST_OF: gettext_lazy("at its request"),
    Part.TOWARDS: gettext_lazy("addressed to it"),
    Part.SUBJECT: gettext_lazy("concerning it"),
}


@dataclass(frozen=True)
class TypeOption(Option):
    """A type of actor in the filter, and how many actors choosing it would leave."""

    count: int


@dataclass(frozen=True)
class Act:
    """What one statement says of an actor: its part in it, and the others'."""

    statement: Statement
    parts: list[str]
    others: list[tuple[str, list[Actor]]]


@require_safe
@clean_address
def actor_list(request):
    """The actors, narrowed by words of any of their names and by type."""
    params = request.GET
    refuse_unknown(params, "q", "page", "order", repeatable=["type"])
    question = params.get("q", "").strip()
    types = list(Term.objects.filter(scheme="actor_type"))
    wanted = [code for code in params.getlist("type") if code]
    known = {term.code for term in types}
    order = params.get("order") or "name"
    _refuse_others("type", wanted, known)
    _refuse_others("order", [order], ORDERS)
    actors = Actor.objects.public().select_related("type", "country").prefetch_related("names")
    called = [each for each in reference.with_cases(actors) if is_called(each.record, question)]
    # As in the list of cases: the number of a type is what choosing it would leave.
    of_type = Counter(each.record.type.code for each in called)
    found = [each for each in called if not wanted or each.record.type.code in wanted]
    if order == "cases":
        found.sort(key=lambda each: -each.cases)  # of equally many the names keep their order
    number = page_number(params)
    pages = Paginator(found, PER_PAGE)
    if number > pages.num_pages:
        raise Http404(_("There is no such page of these actors."))
    return render(
        request,
        "cases/actor_list.html",
        {
            "page": pages.page(number),
            "question": question,
            "types": [
                TypeOption(term.code, str(term), term.code in wanted, of_type[term.code])
                for term in types
            ],
            "orders": options(ORDERS, [order]),
        },
    )


def _refuse_others(name: str, values, known) -> None:
    if bad := [value for value in values if value not in known]:
        sentence = _("“%(code)s” is none of %(known)s.")
        listed = ", ".join(sorted(known))
        raise InvalidQuery({name: [sentence % {"code": bad[0], "known": listed}]})


def is_called(actor: Actor, question: str) -> bool:
    """Whether each word asked for begins a word of the actor's names, in whatever language."""
    if not question:
        return True
    words = fold(question).split()
    names = [actor.code.replace("-", " "), *(name.name for name in actor.names.all())]
    folded = f" {' '.join(map(fold, names))}"
    if words and all(f" {word}" in folded for word in words):
        return True
    squashed = squash(question)
    return len(squashed) >= SQUASHED_LEAST and any(squashed in squash(name) for name in names)


@require_safe
@kept
def actor_page(request, code):
    """One actor: its names, what it belongs to, and its part in each case."""
    refuse_unknown(request.GET, "page")
    public = Actor.objects.public()
    actors = public.select_related("type", "country").prefetch_related("names")
    actor = actors.filter(code=code).first()
    if actor is None:
        if now := gone.actor_now(code):
            return redirect("actor", now, permanent=True)
        raise Http404(_("There is no such actor."))
    near = public.select_related("type").prefetch_related("names")
    said = reference.statements_told().filter(parts__actor=actor).distinct()
    page = reference.page_of_cases(having("actor", actor.code), page_number(request.GET))
    if page is None:
        raise Http404(_("There is no such page of these cases."))
    findings = reference.findings_told().filter(parts__actor=actor).distinct()
    findings, all_findings = reference.first_findings(findings, FINDINGS_AT_MOST)
    children = reference.with_cases(near.filter(parent=actor))
    roles, tools = reference.done_by(actor.pk)
    return render(
        request,
        "cases/actor_page.html",
        {
            "actor": actor,
            "parent": near.filter(parts=actor).first(),
            "children": children,
            "total_with_parts": reference.count_cases_with_parts(actor) if children else None,
            "successor": near.filter(predecessors=actor).first(),
            "predecessors": list(near.filter(successor=actor)),
            "page": page,
            "total": page.paginator.count,
            "told": [
                (told.case, [_act(statement, actor) for statement in told.statements])
                for told in reference.told(page, said)
            ],
            "roles": roles,
            "tools": tools,
            "findings": findings,
            "all_findings": all_findings,
        },
    )


def _act(statement: Statement, actor: Actor) -> Act:
    own = [
        str(OWN_PARTS[part.part])
        for part in statement.parts.all()
        if part.actor == actor and part.part in OWN_PARTS
    ]
    others: dict[str, list[Actor]] = {}
    for part in statement.parts.all():
        if part.actor != actor:
            others.setdefault(part.get_part_display(), []).append(part.actor)
    return Act(statement, own, list(others.items()))

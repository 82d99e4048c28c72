"""Actors: who acts, under which names, and what each did where."""

from dataclasses import dataclass

from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cases import reference
from cases.filters import InvalidQuery
from cases.models import Actor, Statement, Term
from cases.models.choices import Part
from cases.text import fold, squash
from cases.views.common import Option, page_number, refuse_unknown

PER_PAGE = 100
# A name without its half-spaces has no word boundaries: two letters would be found everywhere.
SQUASHED_LEAST = 4
FINDINGS_AT_MOST = 40


@dataclass(frozen=True)
class Act:
    """What one statement says of an actor: its part in it, and the others'."""

    statement: Statement
    parts: list[str]
    others: list[tuple[str, list[Actor]]]


@require_safe
def actor_list(request):
    """The actors by name, narrowed by words of any of their names and by type."""
    params = request.GET
    refuse_unknown(params, "q", "page", repeatable=["type"])
    question = params.get("q", "").strip()
    types = list(Term.objects.filter(scheme="actor_type"))
    wanted = [code for code in params.getlist("type") if code]
    known = {term.code for term in types}
    if bad := [code for code in wanted if code not in known]:
        sentence = _("“%(code)s” is none of %(known)s.")
        listed = ", ".join(sorted(known))
        raise InvalidQuery({"type": [sentence % {"code": bad[0], "known": listed}]})
    actors = Actor.objects.public().select_related("type", "country").prefetch_related("names")
    if wanted:
        actors = actors.filter(type__in=[f"actor_type:{code}" for code in wanted])
    found = [each for each in reference.with_cases(actors) if _is_called(each.record, question)]
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
            "types": [Option(term.code, str(term), term.code in wanted) for term in types],
        },
    )


def _is_called(actor: Actor, question: str) -> bool:
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
def actor_page(request, code):
    """One actor: its names, what it belongs to, and what it did, case by case."""
    refuse_unknown(request.GET, "page")
    public = Actor.objects.public()
    actors = public.select_related("type", "country").prefetch_related("names")
    actor = get_object_or_404(actors, code=code)
    near = public.select_related("type").prefetch_related("names")
    said = reference.statements_told().filter(parts__actor=actor).distinct()
    page = reference.page_of_cases(reference.cases_of(said), page_number(request.GET))
    if page is None:
        raise Http404(_("There is no such page of these cases."))
    findings = reference.findings_told().filter(parts__actor=actor).distinct()
    findings = list(reference.findings_for_page(findings)[: FINDINGS_AT_MOST + 1])
    done = reference.statements_told().filter(parts__actor=actor, parts__part=Part.BY)
    return render(
        request,
        "cases/actor_page.html",
        {
            "actor": actor,
            "parent": near.filter(parts=actor).first(),
            "children": reference.with_cases(near.filter(parent=actor)),
            "successor": near.filter(predecessors=actor).first(),
            "predecessors": list(near.filter(successor=actor)),
            "page": page,
            "total": page.paginator.count,
            "told": [
                (told.case, [_act(statement, actor) for statement in told.statements])
                for told in reference.told(page, said)
            ],
            "roles": reference.terms_of(done.filter(scheme="role")),
            "tools": reference.terms_of(done.filter(scheme="tool")),
            "findings": findings[:FINDINGS_AT_MOST],
            "more_findings": len(findings) > FINDINGS_AT_MOST,
        },
    )


def _act(statement: Statement, actor: Actor) -> Act:
    own = [
        part.get_part_display()
        for part in statement.parts.all()
        # Who holds a role or does a thing needs no word for it; every other part does.
        if part.actor == actor and part.part != Part.BY
    ]
    others: dict[str, list[Actor]] = {}
    for part in statement.parts.all():
        if part.actor != actor:
            others.setdefault(part.get_part_display(), []).append(part.actor)
    return Act(statement, own, list(others.items()))

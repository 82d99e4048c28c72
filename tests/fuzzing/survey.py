"""What a site is asked by its own pages: the values of its addresses, its questions, its forms."""

import json
from collections import defaultdict, deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote, urljoin, urlsplit

import lxml.html
from django.urls import Resolver404, resolve
from django.utils.translation import override

from tests.addresses import Address, all_addresses
from tests.fuzzing.asking import Answer, InProcess, Question

# Values that are kept of one part or parameter.
MOST_VALUES = 60
ELSEWHERE = "(none of ours)"
UNASKED = ("csrfmiddlewaretoken",)


@dataclass(frozen=True)
class Form:
    """A form that posts: to where, and what a browser would send of it."""

    target: str
    values: tuple[tuple[str, str], ...]


@dataclass
class Survey:
    """What was found: by the form of an address, and by the name of a part or parameter."""

    addresses: list[Address]
    parts: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    parameters: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    queries: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    forms: dict[str, list[Form]] = field(default_factory=lambda: defaultdict(list))
    pages: int = 0

    def of_part(self, address: Address, name: str) -> list[str]:
        """Values that were seen in this very part or, for the API, in the page of the same record;
        else such as it can have.
        """
        page = f"{address.form.removeprefix('/api/v1').rstrip('/')}/"
        seen = self.parts.get(f"{address.form} {name}") or self.parts.get(f"{page} {name}")
        return seen or address.choices(name)

    def of_name(self, name: str) -> list[str]:
        """Values of parts of this name anywhere."""
        return [
            value
            for key, values in self.parts.items()
            if key.endswith(f" {name}")
            for value in values
        ]


def _keep(values: list[str], value: str) -> None:
    if value not in values and len(values) < MOST_VALUES:
        values.append(value)


def survey(asker: InProcess, hidden_slugs: Iterable[str], *, most: int, alike: int) -> Survey:
    """Read the site from its addresses on, `alike` pages of each, as one who may open everything.

    The slugs of drafts are added: these above all must be asked for.
    """
    found = Survey(all_addresses())
    forms = {(each.view, frozenset(each.parts)): each.form for each in found.addresses}
    # The public ones first: where few pages are read, they are not to be those of the desk alone.
    whole = sorted(found.addresses, key=lambda each: each.is_of_desk)
    waiting = deque((each.form, each.form) for each in whole if not each.parts)
    read: dict[str, int] = defaultdict(int)
    seen = {target for _form, target in waiting}
    while waiting and found.pages < most:
        form, target = waiting.popleft()
        if read[form] >= alike:
            continue
        answer = asker.ask(Question(form, "GET", target, "superuser"))
        found.pages += 1
        read[form] += 1
        if answer.status != 200:
            continue
        for link in _harvest(found, forms, form, target, answer):
            if link not in seen:
                seen.add(link)
                waiting.append((_form_of(forms, link), link))
    for slug in hidden_slugs:
        for address in found.addresses:
            if "slug" in address.parts:
                found.parts[f"{address.form} slug"].insert(0, slug)
        found.parameters["case"].insert(0, slug)
    return found


def _harvest(found: Survey, forms: dict, form: str, target: str, answer: Answer) -> Iterable[str]:
    """Note what a page links to and posts; gives the addresses of this site that it links to."""
    if answer.headers.get("Content-Type", "").startswith("application/json"):
        _note_description(found, answer.plain())
    if not answer.is_page or not answer.body:
        return
    page = lxml.html.document_fromstring(answer.plain(), base_url=target)
    for href in page.xpath("//a/@href | //link/@href"):
        parts = urlsplit(urljoin(target, href))
        if parts.netloc and parts.hostname != "localhost":
            continue
        link = parts.path + (f"?{parts.query}" if parts.query else "")
        theirs = _note_parts(found, forms, parts.path)
        if theirs == ELSEWHERE:
            continue
        if parts.query:
            _keep(found.queries[theirs], parts.query)
        for name, value in parse_qsl(parts.query, keep_blank_values=True):
            _keep(found.parameters[name], value)
        yield link
    for element in page.forms:
        if (element.method or "GET").upper() == "POST":
            action = urlsplit(urljoin(target, element.action or "")).path
            values = tuple((n, v) for n, v in element.form_values() if n not in UNASKED)
            theirs = _form_of(forms, action)
            if len(found.forms[theirs]) < 4:
                found.forms[theirs].append(Form(action, values))
            continue
        for control in element.inputs:
            if control.name:
                options = (
                    control.value_options if control.tag == "select" else [control.get("value")]
                )
                for value in options[:20]:
                    _keep(found.parameters[control.name], value or "")


def _form_of(forms: dict, target: str) -> str:
    """The form of an address, as `Address` writes it."""
    path = unquote(target.partition("?")[0])
    with override("en"):
        try:
            match = resolve(path)
        except Resolver404:
            return ELSEWHERE
    return forms.get((match.func, frozenset(match.kwargs)), ELSEWHERE)


def _note_parts(found: Survey, forms: dict, path: str) -> str:
    form = _form_of(forms, path)
    if form != ELSEWHERE:
        with override("en"):
            for name, value in resolve(unquote(path)).kwargs.items():
                _keep(found.parts[f"{form} {name}"], str(value))
    return form


def _note_description(found: Survey, content: bytes) -> None:
    """Parameters and their values from an OpenAPI description, where the answer is one."""
    described = json.loads(content)
    if not isinstance(described, dict) or "openapi" not in described:
        return
    for methods in described.get("paths", {}).values():
        for operation in methods.values():
            for parameter in operation.get("parameters", ()) if isinstance(operation, dict) else ():
                values = parameter.get("schema", {}).get("enum") or [parameter.get("example", "")]
                for value in values:
                    _keep(found.parameters[parameter["name"]], str(value))

"""Every address that the site answers, from its patterns: what is added later is among them."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.urls import URLPattern, get_resolver
from django.utils.regex_helper import normalize
from django.utils.translation import override

# A named group of a pattern; none of ours holds another group.
GROUP = re.compile(r"\(\?P<(\w+)>((?:[^()\\]|\\.)*)\)")


@dataclass(frozen=True)
class Address:
    """One pattern of addresses in English: `/cases/%(slug)s/`, with what each part must be."""

    form: str
    parts: dict[str, str]  # by name, a regular expression
    view: Callable

    @property
    def is_of_desk(self) -> bool:
        return self.form.startswith("/admin/")

    def choices(self, name: str) -> list[str]:
        """The words that a part is one of; empty if it may be anything of its kind."""
        words = [re.sub(r"\\(.)", r"\1", word) for word in self.parts[name].split("|")]
        is_plain = re.fullmatch(r"(?:[\w|-]|\\[.])+", self.parts[name])
        return words if is_plain else []

    def fitting(self, name: str, values: Sequence[str]) -> list[str]:
        """Those of the values that may stand in this part."""
        return [each for each in values if re.fullmatch(self.parts[name], each)]

    def with_parts(self, parts: Mapping[str, str]) -> str:
        return self.form % parts

    def sample(self, values: Sequence[str]) -> str:
        """An address of this form, each part the first of the values that fits it."""
        chosen = {
            name: (self.choices(name) or self.fitting(name, values) or [""])[0]
            for name in self.parts
        }
        return self.with_parts(chosen)


def all_addresses() -> list[Address]:
    """All of them, the desk's too; those of pages once, not once a language."""
    with override("en"):
        return [_address(*each) for each in _leaves(get_resolver().url_patterns, "")]


def _leaves(patterns, before: str) -> Iterator[tuple[str, URLPattern]]:
    for each in patterns:
        regex = before + each.pattern.regex.pattern.removeprefix("^")
        if isinstance(each, URLPattern):
            yield regex, each
        else:
            yield from _leaves(each.url_patterns, regex)


def _address(regex: str, pattern: URLPattern) -> Address:
    (form, _names), *_others = normalize(regex)
    return Address(f"/{form}", dict(GROUP.findall(regex)), pattern.callback)

"""Whole addresses of pages, as feeds, citations and search engines need them."""

from django.conf import settings
from django.urls import translate_url

LANGUAGES = tuple(code for code, _name in settings.LANGUAGES)


def absolute(path: str) -> str:
    """The whole address of a path on this site."""
    return f"{settings.SITE_URL}{path}"


def in_languages(path: str) -> dict[str, str]:
    """By language, the whole address of a page whose path in any language is given."""
    return {code: absolute(translate_url(path, code)) for code in LANGUAGES}

"""Addresses of pages (in three languages) and of files (in one)."""

import re

from django.contrib.auth.views import (
    PasswordResetCompleteView,
    PasswordResetConfirmView,
    PasswordResetDoneView,
)
from django.urls import path, re_path

from cases import citing, codebook
from cases.exports import TABLES
from cases.views.actors import actor_list, actor_page
from cases.views.case_list import case_list
from cases.views.case_page import case_citation, case_detail
from cases.views.codebook import codebook_file, codebook_group, codebook_overview
from cases.views.compare import compare
from cases.views.countries import country_list, country_page, region_page
from cases.views.documents import document_list, document_page, document_text
from cases.views.explore import explore
from cases.views.feeds import feed, robots, sitemap
from cases.views.files import table_file
from cases.views.findings import finding_list, finding_page
from cases.views.home import about_the_data, home, method
from cases.views.passwords import password_reset
from cases.views.similar import similar
from cases.views.terms import scheme_page, term_page, tool_list, tool_page

PAGES = [
    path("", home, name="home"),
    path("method/", method, name="method"),
    path("about-the-data/", about_the_data, name="about-the-data"),
    path("cases/", case_list, name="case-list"),
    path("cases/<slug:slug>/", case_detail, name="case"),
    path("explore/", explore, name="explore"),
    path("findings/", finding_list, name="finding-list"),
    # A key may be anything, an oblique stroke too.
    path("findings/<path:key>/", finding_page, name="finding"),
    path("documents/", document_list, name="document-list"),
    path("documents/<str:code>/", document_page, name="document"),
    path("documents/<str:code>/<str:edition>/", document_text, name="document-text"),
    path("similar/", similar, name="similar"),
    path("compare/", compare, name="compare"),
    path("tools/", tool_list, name="tool-list"),
    path("tools/<slug:code>/", tool_page, name="tool"),
    path("actors/", actor_list, name="actor-list"),
    path("actors/<slug:code>/", actor_page, name="actor"),
    path("countries/", country_list, name="country-list"),
    path("countries/<slug:alpha3>/", country_page, name="country"),
    path("regions/<slug:code>/", region_page, name="region"),
    path("codebook/", codebook_overview, name="codebook"),
    re_path(
        rf"^codebook/(?P<part>{'|'.join(codebook.PARTS)})/(?P<group>[a-z_]+)/$",
        codebook_group,
        name="codebook-group",
    ),
    path("terms/<slug:scheme>/", scheme_page, name="scheme"),
    path("terms/<slug:scheme>/<slug:code>/", term_page, name="term"),
]


# Under the names that the admin's own templates look for.
PASSWORD_RESET = [
    path("admin/password_reset/", password_reset, name="admin_password_reset"),
    path("admin/password_reset/done/", PasswordResetDoneView.as_view(), name="password_reset_done"),
    path(
        "admin/reset/<uidb64>/<token>/",
        PasswordResetConfirmView.as_view(),
        name="password_reset_confirm",
    ),
    path(
        "admin/reset/done/",
        PasswordResetCompleteView.as_view(),
        name="password_reset_complete",
    ),
]


def _one_of(names) -> str:
    """A pattern of any of these words, dots and all."""
    return "|".join(map(re.escape, names))


FILES = [
    re_path(
        rf"^(?P<name>{'|'.join(TABLES)})\.(?P<file_format>csv|xlsx|json)$",
        table_file,
        name="file",
    ),
    re_path(r"^codebook\.(?P<file_format>csv|json)$", codebook_file, name="codebook-file"),
    re_path(
        rf"^cases/(?P<slug>[-\w]+)/cite\.(?P<file_format>{_one_of(citing.FORMATS)})$",
        case_citation,
        name="case-citation",
    ),
    path("sitemap.xml", sitemap, name="sitemap"),
    path("sitemap-<int:part>.xml", sitemap, name="sitemap-part"),
    path("feed.xml", feed, name="feed"),
    path("robots.txt", robots, name="robots"),
]

"""Addresses of pages (in three languages) and of files (in one)."""

from django.urls import path, re_path

from cases.exports import TABLES
from cases.views.case_list import case_list
from cases.views.case_page import case_detail
from cases.views.files import table_file
from cases.views.findings import finding_list
from cases.views.home import about_the_data, home, method

PAGES = [
    path("", home, name="home"),
    path("method/", method, name="method"),
    path("about-the-data/", about_the_data, name="about-the-data"),
    path("cases/", case_list, name="case-list"),
    path("cases/<slug:slug>/", case_detail, name="case"),
    path("findings/", finding_list, name="finding-list"),
]

FILES = [
    re_path(
        rf"^(?P<name>{'|'.join(TABLES)})\.(?P<file_format>csv|xlsx|json)$",
        table_file,
        name="file",
    ),
]

"""Addresses of pages (in three languages) and of files (in one)."""

from django.urls import path, re_path

from cases import views
from cases.exports import TABLES

PAGES = [
    path("", views.home, name="home"),
    path("cases/", views.case_list, name="case-list"),
    path("cases/<slug:slug>/", views.case_detail, name="case"),
    path("findings/", views.finding_list, name="finding-list"),
]

FILES = [
    re_path(
        rf"^(?P<name>{'|'.join(TABLES)})\.(?P<file_format>csv|xlsx|json)$",
        views.table_file,
        name="file",
    ),
]

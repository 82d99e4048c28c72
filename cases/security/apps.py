"""Django's admin, with a site of ours."""

from django.contrib.admin.apps import AdminConfig


class DeskConfig(AdminConfig):
    default_site = "cases.security.site.DeskSite"

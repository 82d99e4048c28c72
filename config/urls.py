"""Addresses: pages in three languages, English without a prefix; files in one for all."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

from api.urls import API
from api.urls import PAGES as PAGES_OF_API
from cases.urls import FILES, PAGES, PASSWORD_RESET
from releases import urls as releases

urlpatterns = [path("i18n/", include("django.conf.urls.i18n")), *FILES, *releases.FILES, *API]
urlpatterns += i18n_patterns(
    *PASSWORD_RESET,
    path("admin/", admin.site.urls),
    *PAGES,
    *releases.PAGES,
    *PAGES_OF_API,
    prefix_default_language=False,
)

handler400 = "cases.views.errors.bad_request"
handler403 = "cases.views.errors.forbidden"
handler404 = "cases.views.errors.not_found"
handler500 = "cases.views.errors.server_error"

"""Addresses of the API, one for all languages, and of the page that explains it, in each."""

from django.urls import path

from api.resources import api
from api.views import api_page, description, nothing_here

API = [
    path("api/v1/openapi.json", description, name="api-description"),
    path("api/v1/", api.urls),
    # Without it a slash would be added to what is not there, and the answer be a redirect.
    path("api/v1/<path:rest>", nothing_here),
]
PAGES = [path("api/", api_page, name="api")]

"""What surrounds every request."""

from cases.filters import InvalidQuery
from cases.views.errors import invalid_query


class InvalidQueryMiddleware:
    """Answers 400 with its reasons wherever a query string could not be understood."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        if isinstance(exception, InvalidQuery):
            return invalid_query(request, exception)
        return None

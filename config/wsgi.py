"""The application that a WSGI server such as gunicorn loads."""

import gc
import os

from django.core.wsgi import get_wsgi_application

from config.stack import with_room

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

_answer = get_wsgi_application()


def application(environ, start_response):
    return with_room(_answer, environ, start_response)


# Pages make objects by the ten thousand and drop them at once; looking for cycles as often as
# Python does unasked takes a tenth of the time of a large one. More seldom than this, forms and
# records that name one another pile up between two looks: a third more memory. What is loaded by
# now stays.
gc.freeze()
gc.set_threshold(50_000, 4, 4)

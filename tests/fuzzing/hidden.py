"""Who asks, and what readers must not see: marked words in all that never leaves the desk."""

from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.db.models import F, Value
from django.db.models.functions import Concat
from django.test import Client

from cases import workflow
from cases.models import Case, Statement, StatementActor
from tests.benchmarks.load import MARKED
from tests.benchmarks.visitors import SECRET
from tests.factories import make_actor
from tests.people import make_person

# Begins the slug of every draft: whoever has not asked for one must not be told of one.
HIDDEN_SLUG = "qwanderslug"
# By what they may see: of the desk, the first three see nothing.
OUTSIDE = ("anonymous", "reader", "nobody")
STAFF = ("editor", "reviewer", "administrator", "superuser")


@transaction.atomic
def hide() -> None:
    """Mark every draft, working copy and internal note, and an actor of whom only drafts speak."""
    for case in Case.objects.published().order_by("slug")[:3]:
        workflow.writable(case, make_person("editor", f"copier-of-{case.slug}"))
    with connection.cursor() as cursor:
        for sql in MARKED:
            cursor.execute(sql)
    drafts = Case.objects.exclude(review="published")
    drafts.filter(working_copy_of=None).update(slug=Concat(Value(f"{HIDDEN_SLUG}-"), F("pk")))
    actor = make_actor(f"{HIDDEN_SLUG}-actor", name=SECRET)
    tool = Statement.objects.filter(case__in=drafts, scheme="tool").order_by("pk").first()
    StatementActor.objects.create(statement=tool, actor=actor, part="in_support_of")


def sign_in() -> dict[str, str]:
    """People of every kind, each with the key of a session of his own; anonymous has none."""
    keys = {"anonymous": ""}
    for name in (*OUTSIDE[1:], *STAFF):
        if name == "reader":
            person = get_user_model().objects.create_user("the-reader")
        else:
            person = make_person(None if name == "nobody" else name, f"the-{name}")
        client = Client()
        client.force_login(person)
        keys[name] = client.session.session_key
    return keys

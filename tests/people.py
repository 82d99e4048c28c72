"""People of the desk for tests, by the group they are in; without passwords, which are slow."""

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group


def make_person(group="editor", name=None):
    """A member of staff: of a group, of none (`None`), or a `superuser`."""
    users = get_user_model().objects
    name = name or f"some-{group}"
    if group == "superuser":
        return users.create_superuser(name, password=None)
    person = users.create_user(name, is_staff=True)
    if group:
        person.groups.add(Group.objects.get(name=group))
    return person

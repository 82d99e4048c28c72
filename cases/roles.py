"""Who may do what at the desk: three groups, of which each may what the one before it may.

The groups and what they lack of these permissions are made after every `migrate`; permissions
that an administrator gave a group besides are left to it.
"""

from django.apps import apps as installed
from django.db import DEFAULT_DB_ALIAS
from django.utils.translation import gettext_lazy as _

EDITOR, REVIEWER, ADMINISTRATOR = "editor", "reviewer", "administrator"
# What people read; the names themselves are stored and stay as they are.
LABELS = {
    EDITOR: _("editor"),
    REVIEWER: _("reviewer"),
    ADMINISTRATOR: _("administrator"),
}
# Beyond the four that Django gives every table.
PERMISSION_LABELS = {
    "publish_case": _("Can publish cases"),
    "withdraw_case": _("Can withdraw cases"),
    "merge_case": _("Can merge cases"),
    "merge_actor": _("Can merge actors"),
    "merge_term": _("Can merge terms"),
}

_WRITTEN = (
    *("case", "casecountry", "caserelation", "statement", "statementactor", "statementquotation"),
    *("actor", "actorname", "document", "quotation", "reference", "erratum", "erratumplace"),
)
_READ = ("term", "country", "region", "edition", "section", "passage", "revision", "oldcode")
_EDITS = {
    *(
        f"cases.{verb}_{model}"
        for verb in ("view", "add", "change", "delete")
        for model in _WRITTEN
    ),
    *(f"cases.view_{model}" for model in _READ),
    # Uploads; nobody writes a row of a text by hand.
    "cases.add_edition",
}
_REVIEWS = {
    *("cases.publish_case", "cases.withdraw_case"),
    *("cases.merge_case", "cases.merge_actor", "cases.merge_term"),
}
_ADMINISTERS = {
    *(f"cases.{verb}_term" for verb in ("add", "change")),
    *(
        f"cases.{verb}_{model}"
        for verb in ("add", "change", "delete")
        for model in ("country", "region")
    ),
    *("auth.view_user", "auth.add_user", "auth.change_user", "auth.view_group"),
    "cases.view_signin",
}
PERMISSIONS = {
    EDITOR: frozenset(_EDITS),
    REVIEWER: frozenset(_EDITS | _REVIEWS),
    ADMINISTRATOR: frozenset(_EDITS | _REVIEWS | _ADMINISTERS),
}


def group_label(group) -> str:
    """What a group is called in the reader's language; one that is not ours, as it was named."""
    return str(LABELS.get(group.name, group.name))


def permission_label(permission) -> str:
    """What a permission is called, with the table that it is about."""
    name = PERMISSION_LABELS.get(permission.codename, permission.name)
    return f"{permission.content_type} | {name}"


def make_groups(sender, using=DEFAULT_DB_ALIAS, apps=installed, **_rest) -> None:
    """Make the groups and give them what they lack; a handler of `post_migrate`."""
    try:
        groups, permissions = (apps.get_model("auth", name) for name in ("Group", "Permission"))
    except LookupError:
        return  # a migration back to before there were accounts
    known = {
        f"{app}.{codename}": pk
        for pk, app, codename in permissions.objects.using(using).values_list(
            "pk", "content_type__app_label", "codename"
        )
    }
    for name, wanted in PERMISSIONS.items():
        group, _new = groups.objects.using(using).get_or_create(name=name)
        group.permissions.add(*(known[each] for each in wanted if each in known))

"""Accounts and groups: given by administrators, who cannot make themselves more than they are."""

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.contrib.auth import get_user_model
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, Permission
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from cases.accounts import ask_for_own_password, lift_pause
from cases.admin.base import FoundByKey, ReadOnlyAdmin
from cases.models import SignIn
from cases.roles import group_label, permission_label
from cases.security import second_factor

User = get_user_model()
LABELS = {Group: group_label, Permission: permission_label}
# Secrets of second factors are for nobody to look at, not even for a superuser.
for model in (User, Group, TOTPDevice, StaticDevice):
    admin.site.unregister(model)


class Labelled:
    """Shows groups and permissions by what they are called in the language of the desk."""

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        field = super().formfield_for_manytomany(db_field, request, **kwargs)
        if field is not None and db_field.related_model in LABELS:
            field.label_from_instance = LABELS[db_field.related_model]
        return field


class GroupFilter(admin.RelatedFieldListFilter):
    def field_choices(self, field, request, model_admin):
        groups = Group.objects.order_by("name")
        return [(group.pk, group_label(group)) for group in groups]


@admin.register(User)
class PeopleAdmin(Labelled, FoundByKey, UserAdmin):
    """Whoever gets a password from somebody else sets one of his own at the first sign-in."""

    list_display = [
        *("username", "first_name", "last_name", "email", "is_active"),
        *("has_second_factor", "last_login"),
    ]
    list_filter = ["is_active", ("groups", GroupFilter)]
    show_facets = admin.ShowFacets.ALWAYS
    actions = ["lift_pauses", "reset_second_factors"]

    def get_queryset(self, request):
        devices = TOTPDevice.objects.filter(user=OuterRef("pk"), confirmed=True)
        return super().get_queryset(request).annotate(with_second_factor=Exists(devices))

    @admin.display(
        description=gettext_lazy("second factor"), boolean=True, ordering="with_second_factor"
    )
    def has_second_factor(self, user):
        return user.with_second_factor

    def get_readonly_fields(self, request, obj=None):
        """Groups say who may what; beyond them only a superuser gives rights."""
        beyond = [] if request.user.is_superuser else ["is_superuser", "user_permissions"]
        return [*super().get_readonly_fields(request, obj), "last_login", "date_joined", *beyond]

    def has_change_permission(self, request, obj=None):
        allowed = super().has_change_permission(request, obj)
        return allowed and (request.user.is_superuser or not (obj and obj.is_superuser))

    def save_model(self, request, obj, form, change):
        if not change:
            obj.is_staff = True  # nobody needs an account but for the desk
        super().save_model(request, obj, form, change)
        if not change and obj.has_usable_password():
            ask_for_own_password(obj)

    def user_change_password(self, request, id, form_url=""):  # noqa: A002 (Django calls it so)
        response = super().user_change_password(request, id, form_url)
        user = self.get_object(request, unquote(id))
        was_set = request.method == "POST" and response.status_code == 302
        if was_set and user != request.user and user.has_usable_password():
            ask_for_own_password(user)
        return response

    @admin.action(
        description=gettext_lazy("Let them sign in again at once"), permissions=["change"]
    )
    def lift_pauses(self, request, queryset):
        count = sum(lift_pause(user) for user in queryset)
        said = ngettext("%(n)d pause lifted.", "%(n)d pauses lifted.", count)
        self.message_user(request, said % {"n": count} if count else _("Nobody had to wait."))

    @admin.action(
        description=gettext_lazy("Take the second factor away (lost telephone)"),
        permissions=["change"],
    )
    def reset_second_factors(self, request, queryset):
        """Whoever lost it signs in by password; where one is demanded, a new one is set up then."""
        changeable = [user for user in queryset if self.has_change_permission(request, user)]
        count = sum(second_factor.reset(user, by=request.user) for user in changeable)
        said = ngettext(
            "%(n)d second factor taken away.", "%(n)d second factors taken away.", count
        )
        nothing = _("None of them has a second factor that you may take away.")
        self.message_user(request, said % {"n": count} if count else nothing)


@admin.register(SignIn)
class SignInAdmin(ReadOnlyAdmin):
    """What happened to accounts, for whoever looks for an intruder."""

    list_display = ["when", "account", "what", "network", "times", "by"]
    list_filter = ["what", ("user", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["user", "by"]
    search_fields = ["user__username", "network"]
    date_hierarchy = "when"

    @admin.display(
        description=gettext_lazy("account"), ordering="user", empty_value=gettext_lazy("no account")
    )
    def account(self, sign_in):
        return sign_in.user


@admin.register(Group)
class GroupsAdmin(Labelled, FoundByKey, GroupAdmin):
    list_display = ["label"]
    show_facets = admin.ShowFacets.ALWAYS

    @admin.display(description=gettext_lazy("group"), ordering="name")
    def label(self, group):
        return group_label(group)

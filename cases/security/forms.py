"""What is asked of somebody who signs in, and again before the second factor changes."""

from django import forms
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth import authenticate
from django.contrib.auth.forms import PasswordChangeForm
from django.contrib.auth.signals import user_login_failed
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from cases.security import second_factor

# No longer than any code with its hyphens, so that nobody takes the field for another.
CODE_LENGTH = 40


def code_field(**options) -> forms.CharField:
    """A field for a code, of the app or for recovery."""
    attributes = {"autocomplete": "one-time-code", "dir": "ltr", "spellcheck": "false"}
    return forms.CharField(
        label=_("Code of the second factor"),
        max_length=CODE_LENGTH,
        widget=forms.TextInput(attributes | {"autocapitalize": "none"}),
        **options,
    )


def tell_failure(request, name: str) -> None:
    """A wrong code counts towards the pause as a wrong password does."""
    user_login_failed.send(
        sender=__name__, credentials={"username": name}, request=request, is_code=True
    )


class SignInForm(AdminAuthenticationForm):
    """Name, password and, where the account has a second factor, its code, all at once.

    Whatever of them is wrong, the answer is the same: nobody learns that a password was right.
    """

    error_messages = AdminAuthenticationForm.error_messages | {
        "invalid_login": _(
            "This name, password and code do not belong together. Capital and small letters are "
            "different; a code holds for half a minute and is good once."
        )
    }

    code = code_field(
        required=False,
        help_text=_("Only if your account has a second factor: six digits, or a recovery code."),
    )

    def clean(self):
        cleaned = super().clean()
        user = self.get_user()
        if user is not None and second_factor.has_one(user):
            device = second_factor.check(user, cleaned.get("code", ""))
            if device is None:
                tell_failure(self.request, user.get_username())
                self.user_cache = None
                raise self.get_invalid_login_error()
            user.otp_device = device
        return cleaned

    def get_invalid_login_error(self):
        return ValidationError(self.error_messages["invalid_login"], code="invalid_login")


class OwnPassword:
    """Asks for the password of whoever is signed in; wrong ones count as at signing in."""

    def is_own_password(self, password: str) -> bool:
        name = self.user.get_username()
        return authenticate(self.request, username=name, password=password) == self.user


class ProofForm(OwnPassword, forms.Form):
    """Password and code: a session that was stolen cannot change the second factor."""

    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    code = code_field()

    def __init__(self, request, *args, **kwargs):
        self.request, self.user = request, request.user
        super().__init__(*args, **kwargs)

    def clean(self):
        cleaned = super().clean()
        if self.errors:
            return cleaned
        if not self.is_own_password(cleaned["password"]):
            raise ValidationError(_("This is not your password."), code="password")
        if not self.is_own_code(cleaned["code"]):
            said = _("This code is not right, or was used already: wait for the next one.")
            raise ValidationError(said, code="code")
        return cleaned

    def is_own_code(self, code: str) -> bool:
        if second_factor.check(self.user, code) is not None:
            return True
        tell_failure(self.request, self.user.get_username())
        return False


class ConfirmForm(ProofForm):
    """Password, and a code of the secret that is being set up, which its owner has before him."""

    def is_own_code(self, code: str) -> bool:
        return second_factor.confirm(self.user, code) is not None


class OwnPasswordChangeForm(OwnPassword, PasswordChangeForm):
    """Whoever found somebody's session open cannot try passwords here without end."""

    required_css_class = "required"

    def __init__(self, request, *args, **kwargs):
        self.request = request
        super().__init__(*args, **kwargs)

    def clean_old_password(self):
        old = self.cleaned_data["old_password"]
        if not self.is_own_password(old):
            raise ValidationError(
                self.error_messages["password_incorrect"], code="password_incorrect"
            )
        return old

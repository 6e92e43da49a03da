"""Signing in, and choosing a password."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm, SetPasswordForm
from django.contrib.auth.password_validation import validate_password

from accounts.forms.fields import FirstNameField, LastNameField, WorkEmailField
from accounts.models import User
from accounts.passwords import RULE
from ctai.forms import DsfrForm, FrenchPhoneField

AUTOCOMPLETE_NEW = {"autocomplete": "new-password"}


class SignInForm(DsfrForm, AuthenticationForm):
    """E-mail address and password; the same answer whatever is wrong."""

    username = WorkEmailField(
        label="Adresse électronique", widget=forms.EmailInput(attrs={"autocomplete": "username"})
    )
    password = forms.CharField(
        label="Mot de passe",
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    error_messages = {
        "invalid_login": "L'adresse ou le mot de passe est inexact. Vérifiez-les\u00a0; après cinq essais, "
        "l'accès est suspendu un quart d'heure.",
        "inactive": "L'adresse ou le mot de passe est inexact.",
    }


class ForgottenPasswordForm(DsfrForm):
    """The address to which the link is sent."""

    email = WorkEmailField(label="Adresse électronique", widget=forms.EmailInput(attrs={"autocomplete": "username"}))


class _TwicePassword:
    """Says the rule beside the first field, and the mismatch plainly."""

    fields: dict[str, forms.Field]

    def _explain(self) -> None:
        self.fields["new_password1"].label = "Nouveau mot de passe"
        self.fields["new_password1"].help_text = RULE
        self.fields["new_password2"].label = "Le même, une seconde fois"
        self.fields["new_password2"].help_text = ""


class NewPasswordForm(_TwicePassword, DsfrForm, SetPasswordForm):  # type: ignore[type-arg]  # generic in the stubs only
    """A new password, for whoever came by the link."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._explain()


class ChangePasswordForm(_TwicePassword, DsfrForm, PasswordChangeForm):
    """A new password, for whoever knows the former one."""

    field_order = ["old_password", "new_password1", "new_password2"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["old_password"].label = "Mot de passe actuel"
        self._explain()


class ProfileForm(DsfrForm):
    """One's own name and telephone."""

    first_name = FirstNameField()
    last_name = LastNameField()
    phone = FrenchPhoneField(required=False, help_text="Montré aux parties des dossiers que vous suivez.")


class NewAccountForm(ProfileForm):
    """The account of a person invited."""

    password = forms.CharField(
        label="Mot de passe",
        strip=False,
        max_length=200,
        help_text=RULE,
        widget=forms.PasswordInput(attrs=AUTOCOMPLETE_NEW),
    )

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        self.email = email
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        password = cleaned.get("password")
        if password:
            names = {name: cleaned.get(name, "") for name in ("first_name", "last_name")}
            try:
                validate_password(password, User(email=self.email, **names))
            except forms.ValidationError as error:
                self.add_error("password", error)
        return cleaned

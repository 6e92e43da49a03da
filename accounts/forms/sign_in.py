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


class SignInForm(DsfrForm, AuthenticationForm):
    """E-mail address and password; the same answer whatever is wrong."""

    username = WorkEmailField(
        label="Adresse électronique", help_text="", widget=forms.EmailInput(attrs={"autocomplete": "username"})
    )
    password = forms.CharField(
        label="Mot de passe",
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    error_messages = {
        "invalid_login": "L’adresse ou le mot de passe est inexact. Vérifiez-les\u00a0; après cinq essais, "
        "l’accès est suspendu un quart d’heure.",
        "inactive": "L’adresse ou le mot de passe est inexact.",
    }


class ForgottenPasswordForm(DsfrForm):
    """The address to which the link is sent."""

    email = WorkEmailField(label="Adresse électronique", widget=forms.EmailInput(attrs={"autocomplete": "username"}))


def _new_password(label: str, **kwargs: Any) -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": "new-password"})
    return forms.CharField(label=label, strip=False, max_length=200, widget=widget, **kwargs)


class NewPasswordForm(DsfrForm, SetPasswordForm):  # type: ignore[type-arg]  # generic in the stubs only
    """A new password, for whoever came by the link."""

    new_password1 = _new_password("Nouveau mot de passe", help_text=RULE)
    new_password2 = _new_password("Le même, une seconde fois")


class ChangePasswordForm(DsfrForm, PasswordChangeForm):
    """A new password, for whoever knows the former one."""

    old_password = forms.CharField(
        label="Mot de passe actuel",
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    new_password1 = _new_password("Nouveau mot de passe", help_text=RULE)
    new_password2 = _new_password("Le même, une seconde fois")
    field_order = ["old_password", "new_password1", "new_password2"]


class ProfileForm(DsfrForm):
    """One's own name and telephone."""

    first_name = FirstNameField()
    last_name = LastNameField()
    phone = FrenchPhoneField(required=False, help_text="Montré aux parties des dossiers que vous suivez.")


class NewAccountForm(ProfileForm):
    """The account of a person invited."""

    password = _new_password("Mot de passe", help_text=RULE)

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

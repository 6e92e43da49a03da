"""The fields that several forms of people share."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.descriptions import choices
from accounts.models import clean_email
from accounts.roles import Role
from ctai.forms import LineField, clean_line


class WorkEmailField(forms.EmailField):
    """A professional e-mail address, under the one spelling that is stored."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", "Adresse électronique professionnelle")
        kwargs.setdefault("help_text", "Format attendu\u00a0: prenom.nom@collectivite.fr")
        super().__init__(max_length=254, **kwargs)

    def clean(self, value: Any) -> str:
        return clean_email(super().clean(clean_line(value) if isinstance(value, str) else value))


class FirstNameField(LineField):
    """A person's first name."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"autocomplete": "given-name"})
        super().__init__(label="Prénom", max_length=80, widget=widget, **kwargs)


class LastNameField(LineField):
    """A person's last name."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"autocomplete": "family-name"})
        super().__init__(label="Nom", max_length=80, widget=widget, **kwargs)


class TitleField(LineField):
    """What a person does in the organisation."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", "Par exemple\u00a0: chargée de mission intégration, maire, cheffe de bureau.")
        widget = forms.TextInput(attrs={"autocomplete": "organization-title"})
        super().__init__(label="Fonction", max_length=160, widget=widget, **kwargs)


class RoleField(forms.TypedChoiceField):
    """A role, as a list of radio buttons that say what each may do; the form sets the roles of the organisation."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(label="Rôle sur le portail", coerce=Role, widget=forms.RadioSelect, **kwargs)

    def offer(self, roles: tuple[Role, ...]) -> None:
        """Limit the choice to these roles; one alone is chosen already."""
        self.choices = choices(roles)
        if len(roles) == 1:
            self.initial = roles[0].value


SIGNATORIES = (Role.LOCAL_SIGNATORY, Role.STATE_SIGNATORY)


class RoleFormMixin(forms.Form):
    """The fields of a role and what must hold between them."""

    title = TitleField()
    role = RoleField()
    in_title = forms.BooleanField(
        label="Exerce la fonction exécutive",
        help_text="Maire, président, préfet\u00a0: signe de plein droit. Sans cette mention, une délégation de "
        "signature est demandée.",
        required=False,
    )

    def offer(self, roles: tuple[Role, ...]) -> None:
        """Limit the roles to those of the organisation; without signatory, nobody holds the executive office."""
        field = self.fields["role"]
        if isinstance(field, RoleField):
            field.offer(roles)
        if not set(roles) & set(SIGNATORIES):
            del self.fields["in_title"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        cleaned.setdefault("in_title", False)
        if cleaned["in_title"] and cleaned.get("role") not in (None, *SIGNATORIES):
            self.add_error("in_title", "Cette mention demande le rôle de signataire.")
        return cleaned

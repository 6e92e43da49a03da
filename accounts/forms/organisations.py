"""How to reach an organisation and its services."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.enums import ServiceKind
from accounts.forms.fields import WorkEmailField
from ctai.forms import DsfrForm, FrenchPhoneField, LineField, ProseField, SiretField


class ContactForm(DsfrForm):
    """The address, the telephone and the e-mail address shown on files."""

    siret = SiretField(label="SIRET", required=False)
    address = ProseField(label="Adresse postale", max_length=500, rows=3, required=False)
    telephone = FrenchPhoneField(required=False)
    email = WorkEmailField(
        label="Adresse électronique", help_text="Une adresse de service, lue par plusieurs personnes.", required=False
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        return {name: value or "" for name, value in cleaned.items()}


class ServiceForm(DsfrForm):
    """A service of the organisation, with its own contact."""

    kind = forms.ChoiceField(label="Nature", choices=[("", "Choisir une nature"), *ServiceKind.choices])
    name = LineField(label="Nom du service")
    siret = SiretField(label="SIRET", required=False)
    contact_name = LineField(label="Personne à joindre", max_length=160, required=False)
    telephone = FrenchPhoneField(required=False)
    email = WorkEmailField(label="Adresse électronique", required=False)
    address = ProseField(label="Adresse postale", max_length=500, rows=3, required=False)
    shown_on_files = forms.BooleanField(
        label="Afficher sur les dossiers", help_text="Les autres parties voient ce contact.", required=False
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        return {name: "" if value is None else value for name, value in cleaned.items()}

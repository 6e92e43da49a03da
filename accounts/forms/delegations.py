"""A delegation of signature, given and revoked."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.enums import DelegationKind
from accounts.models import Delegation, Organisation, User
from ctai.forms import DayField, DsfrForm, LineField

COVERED = (("covers_send", "Envoyer et déposer"), ("covers_decide", "Décider"), ("covers_sign", "Signer le contrat"))


class DelegationForm(DsfrForm):
    """Who may sign what, from when to when, by which published act."""

    kind = forms.ChoiceField(label="Nature", choices=DelegationKind.choices, widget=forms.RadioSelect)
    holder_name = LineField(label="Titulaire", max_length=160, help_text="Prénom et nom, comme dans l’arrêté.")
    holder_title = LineField(
        label="Qualité du titulaire", max_length=160, help_text="Par exemple\u00a0: adjoint au maire, sous-préfet."
    )
    holder = forms.ModelChoiceField(
        label="Compte du titulaire sur le portail",
        queryset=User.objects.none(),
        required=False,
        empty_label="N’a pas de compte",
    )
    covered = forms.MultipleChoiceField(
        label="Actes couverts",
        choices=COVERED,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Indiquez au moins un acte que la délégation couvre."},
    )
    territory = LineField(
        label="Territoire couvert", required=False, help_text="À remplir si la délégation n’est pas générale."
    )
    reference = LineField(
        label="Référence de l’arrêté", max_length=120, help_text="Numéro et date, ou numéro du recueil des actes."
    )
    published_on = DayField(label="Publié le", help_text="Au recueil des actes administratifs, ou par affichage.")
    starts_on = DayField(label="À compter du")
    ends_on = DayField(
        label="Jusqu’au", required=False, help_text="Sans date de fin, elle vaut jusqu’à son abrogation."
    )

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = User.objects.filter(
            memberships__organisation=organisation, memberships__ended_at__isnull=True, is_active=True
        )
        self.fields["holder"].queryset = people.order_by("last_name", "first_name", "pk")
        covered = self.fields["covered"]
        if isinstance(covered, forms.MultipleChoiceField) and not organisation.is_state:
            covered.choices = [each for each in COVERED if each[0] != "covers_decide"]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        covered = cleaned.pop("covered", [])
        cleaned |= {name: name in covered for name, _ in COVERED}
        starts_on, ends_on = cleaned.get("starts_on"), cleaned.get("ends_on")
        if starts_on and ends_on and ends_on < starts_on:
            self.add_error("ends_on", "La fin doit être le même jour que le début, ou après.")
        return cleaned


class RevocationForm(DsfrForm):
    """The day on which a delegation ends before its term."""

    revoked_on = DayField(label="Abrogée à compter du")

    def __init__(self, *args: Any, delegation: Delegation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["revoked_on"]
        if isinstance(field, DayField):
            field.set_bounds(min_value=delegation.starts_on)

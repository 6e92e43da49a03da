"""The form of a délibération."""

from __future__ import annotations

from typing import Any

from django import forms

from contracts.enums import DeliberationOrgan
from ctai.forms import DayField, DsfrForm, LineField
from documents.forms import DepositField


class DeliberationForm(DsfrForm):
    organ = forms.ChoiceField(label="Organe", choices=DeliberationOrgan.choices)
    number = LineField(label="Numéro", max_length=60)
    purpose = LineField(label="Objet", max_length=300)
    voted_on = DayField(label="Votée le")
    votes_for = forms.IntegerField(label="Voix pour", min_value=0, max_value=2000, required=False)
    votes_against = forms.IntegerField(label="Voix contre", min_value=0, max_value=2000, required=False)
    abstentions = forms.IntegerField(label="Abstentions", min_value=0, max_value=2000, required=False)
    published_on = DayField(
        label="Publiée le", required=False, help_text="La publication et la transmission la rendent exécutoire."
    )
    transmitted_on = DayField(
        label="Transmise au préfet le", required=False, help_text="Par l’application @CTES ou sur papier."
    )
    document = DepositField(label="Délibération", required=False, accept=("pdf",))

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        voted = cleaned.get("voted_on")
        for name, act in (("published_on", "publiée"), ("transmitted_on", "transmise")):
            day = cleaned.get(name)
            if voted and day and day < voted:
                self.add_error(name, f"La délibération ne peut pas avoir été {act} avant d’être votée.")
        return cleaned

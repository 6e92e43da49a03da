"""The form of what a file leaves empty in the text of its contract."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from django import forms

from ctai.forms import DayField, DsfrForm, LineField, ProseField


class WordingForm(DsfrForm):
    """The mentions that the file does not give; each may stay empty while the model does without it."""

    representative = LineField(
        label="Représentant de la collectivité porteuse",
        max_length=160,
        required=False,
        help_text="Civilité, prénom et nom.",
    )
    capacity = LineField(
        label="Qualité de ce représentant", max_length=160, required=False, help_text="Par exemple : maire."
    )
    diagnostic_on = DayField(label="Date d’approbation du diagnostic", required=False)
    public = ProseField(label="Publics visés par le contrat", max_length=3000, rows=3, required=False)

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, shown: Collection[str], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in [each for each in self.fields if each not in (*shown, "seen")]:
            del self.fields[name]
        day = self.fields.get("diagnostic_on")
        if isinstance(day, DayField):
            day.set_bounds(max_value=today)

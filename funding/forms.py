"""The form that distributes an envelope."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from ctai.forms import DsfrForm, EuroField, LineField


class AllotForm(DsfrForm):
    """Money given to an organisation, or taken back with a minus sign."""

    organisation = forms.TypedChoiceField(label="Organisation", coerce=int)
    amount = EuroField(
        label="Montant", negative=True, help_text="Un montant négatif reprend ce qui n’a pas été utilisé."
    )
    reason = LineField(label="Motif", max_length=500, help_text="Lu par l’organisation qui reçoit.")
    after = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, organisations: Iterable[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].choices = [("", "Choisir"), *organisations]

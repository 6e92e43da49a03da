"""The forms of reconduction: which actions to carry over, or which year to which."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from ctai.forms import DsfrForm


class CarryOverForm(DsfrForm):
    """Actions of the former contracts of the collectivité."""

    actions = forms.TypedMultipleChoiceField(
        label="Actions à reconduire",
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Cochez au moins une action."},
    )

    def __init__(self, *args: Any, actions: Iterable[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["actions"].choices = list(actions)


class CarryYearForm(DsfrForm):
    """The budgets of a year, carried to a later one where there is none yet."""

    source = forms.TypedChoiceField(label="Reprendre les budgets de", coerce=int)
    target = forms.TypedChoiceField(label="Pour l’année", coerce=int)

    def __init__(self, *args: Any, years: Iterable[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = [(year, str(year)) for year in years]
        self.fields["source"].choices, self.fields["target"].choices = known[:-1], known[1:]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        source, target = cleaned.get("source"), cleaned.get("target")
        if source and target and target <= source:
            self.add_error("target", "Choisissez une année postérieure à celle des budgets repris.")
        return cleaned

"""The forms of the envelopes: an act of distribution, and the date at which they are read."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms

from ctai.forms import DayField, DsfrForm, EuroField, LineField
from funding.enums import DistributionAct
from funding.holdings import Credits
from funding.models import ZERO


class AllotForm(DsfrForm):
    """Money given to an organisation, taken back, or redeployed from one to another; in AE, in CP, or both."""

    act = forms.ChoiceField(
        label="Opération",
        choices=DistributionAct.choices,
        initial=DistributionAct.GIVE,
        widget=forms.RadioSelect,
    )
    organisation = forms.TypedChoiceField(label="Organisation", coerce=int)
    receiver = forms.TypedChoiceField(
        label="Organisation qui reçoit, pour un redéploiement", coerce=int, required=False, empty_value=None
    )
    amount = EuroField(label="Montant en AE", required=False, help_text="Autorisations d’engagement.")
    cp_amount = EuroField(label="Montant en CP", required=False, help_text="Crédits de paiement.")
    reason = LineField(label="Motif", max_length=500, help_text="Lu par les organisations concernées.")
    after = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, organisations: Iterable[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "Choisir"), *organisations]
        for name in ("organisation", "receiver"):
            self.fields[name].choices = choices

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors.keys() & {"amount", "cp_amount"} and not (cleaned["amount"] or cleaned["cp_amount"]):
            self.add_error("amount", "Indiquez un montant en AE, en CP, ou les deux.")
        if cleaned.get("act") == DistributionAct.REDEPLOY and "receiver" in cleaned and cleaned["receiver"] is None:
            self.add_error("receiver", "Choisissez l’organisation qui reçoit.")
        return cleaned

    def credits(self) -> Credits:
        """Return the amounts typed; negative when money is taken back."""
        value = self.cleaned_data
        typed = Credits(value["amount"] or ZERO, value["cp_amount"] or ZERO)
        return -typed if value["act"] == DistributionAct.TAKE_BACK else typed


class DateForm(DsfrForm):
    """The day at which the envelopes are read."""

    au = DayField(label="Situation au", required=False)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["au"].set_bounds(max_value=today)

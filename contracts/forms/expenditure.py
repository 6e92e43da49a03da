"""The forms of what Chorus commits and pays, and of a correction."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from ctai.forms import DayField, DsfrForm, EuroField, ReasonField, clean_line
from ctai.text import euros
from funding.balances import Balance, Commitment
from funding.enums import ExpenditureKind
from funding.models import Expenditure
from funding.models.expenditure import CHORUS_NUMBER
from funding.services.expenditure import Entry


class ChorusNumberField(forms.CharField):
    """The number of a legal commitment: ten digits, typed with or without spaces."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=30, **kwargs)
        self.widget.attrs |= {"inputmode": "numeric", "autocomplete": "off"}

    def to_python(self, value: Any) -> str:
        typed = re.sub(r"\s", "", super().to_python(clean_line(value) if isinstance(value, str) else value) or "")
        if typed and not re.match(CHORUS_NUMBER, typed):
            raise ValidationError("Un numéro d’engagement juridique Chorus a dix chiffres.", code="invalid")
        return typed


class ExpenditureForm(DsfrForm):
    """What both entries bear: the amount and the day."""

    amount = EuroField(label="Montant (€)")
    day = DayField(label="Date dans Chorus")

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        day = self.fields["day"]
        if isinstance(day, DayField):
            day.set_bounds(max_value=today)

    def clean_amount(self) -> Any:
        amount = self.cleaned_data["amount"]
        if amount is not None and amount <= 0:
            raise ValidationError("Le montant doit être supérieur à zéro.")
        return amount

    def entry(self) -> Entry:
        """Return what was typed."""
        raise NotImplementedError

    def refuse(self, errors: Mapping[str, str]) -> None:
        """Show the refusals of the service beside their fields."""
        for name, message in errors.items():
            self.add_error(name if name in self.fields else None, message)


class CommitmentForm(ExpenditureForm):
    """A commitment: to whom, under which number of Chorus."""

    siret = forms.ChoiceField(label="Bénéficiaire")
    chorus_number = ChorusNumberField(
        label="Numéro d’engagement juridique (EJ)", help_text="Dix chiffres, par exemple 2104567890."
    )
    field_order = ("siret", "chorus_number", "amount", "day")

    def __init__(self, *args: Any, balances: Sequence[Balance], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        siret = self.fields["siret"]
        if isinstance(siret, forms.ChoiceField):
            siret.choices = [
                (each.siret, f"{each.name} : {euros(each.to_commit)} à engager sur {euros(each.notified)} notifiés")
                for each in balances
            ]

    def entry(self) -> Entry:
        data = self.cleaned_data
        return Entry(ExpenditureKind.COMMITMENT, data["siret"], data["chorus_number"], data["amount"], data["day"])


class PaymentForm(ExpenditureForm):
    """A payment upon a commitment of the tranche."""

    upon = forms.ChoiceField(label="Engagement")
    kind = forms.ChoiceField(
        label="Nature du versement",
        choices=[each for each in ExpenditureKind.choices if each[0] != ExpenditureKind.COMMITMENT],
    )
    field_order = ("upon", "kind", "amount", "day")

    def __init__(self, *args: Any, commitments: Sequence[Commitment], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        upon = self.fields["upon"]
        if isinstance(upon, forms.ChoiceField):
            upon.choices = [
                (
                    f"{each.chorus_number}-{each.siret}",
                    f"EJ {each.chorus_number}, {each.name} : {euros(each.to_pay)} à verser sur "
                    f"{euros(each.committed)} engagés",
                )
                for each in commitments
            ]

    def entry(self) -> Entry:
        data = self.cleaned_data
        number, _, siret = data["upon"].partition("-")
        return Entry(ExpenditureKind(data["kind"]), siret, number, data["amount"], data["day"])

    def refuse(self, errors: Mapping[str, str]) -> None:
        names = {"siret": "upon", "chorus_number": "upon"}
        super().refuse({names.get(name, name): message for name, message in errors.items()})


class CorrectionForm(DsfrForm):
    """Why an entry is undone."""

    reason = ReasonField(label="Motif de la correction", max_length=1_000)

    def exact(self) -> Entry | None:
        """Return the entry that replaces the wrong one, if it was typed."""
        return None

    def refuse(self, errors: Mapping[str, str]) -> None:
        """Show the refusals of the service beside their fields."""
        for name, message in errors.items():
            self.add_error(name if name in self.fields else None, message)


class CommitmentCorrectionForm(CorrectionForm):
    """Why a commitment is undone, and the exact one that may replace it in the same act."""

    chorus_number = ChorusNumberField(
        label="Numéro d’engagement juridique (EJ) exact",
        required=False,
        help_text="À remplir si un engagement exact remplace celui-ci. Dix chiffres.",
    )
    amount = EuroField(label="Montant exact (€)", required=False)
    day = DayField(label="Date dans Chorus", required=False)

    def __init__(self, *args: Any, wrong: Expenditure, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.wrong = wrong
        day = self.fields["day"]
        if isinstance(day, DayField):
            day.set_bounds(max_value=today)

    def clean(self) -> dict[str, Any]:
        super().clean()
        data: dict[str, Any] = self.cleaned_data
        typed = {name: data.get(name) for name in ("chorus_number", "amount", "day")}
        if any(typed.values()):
            for name, value in typed.items():
                if not value and name not in self.errors:
                    self.add_error(name, "L’engagement exact a un numéro, un montant et une date.")
        if typed["amount"] is not None and typed["amount"] < 0:
            self.add_error("amount", "Le montant doit être supérieur à zéro.")
        return data

    def exact(self) -> Entry | None:
        data, siret = self.cleaned_data, self.wrong.beneficiary_siret
        if not data["chorus_number"]:
            return None
        return Entry(ExpenditureKind.COMMITMENT, siret, data["chorus_number"], data["amount"], data["day"])

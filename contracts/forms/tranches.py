"""The forms of a yearly tranche: what is confirmed for each action, and who decides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.forms import BoundField
from dsfr.utils import dsfr_input_class_attr

from contracts.forms.acts import PersonForm
from ctai.forms import DayField, EuroField, LineField, ReasonField
from funding.models import Action
from funding.services.tranches import Confirmed


@dataclass(frozen=True, slots=True)
class Promise:
    """What an action was promised for the year, in euros."""

    action: Action
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Row:
    """An action of the tranche with its two fields."""

    promise: Promise
    amount: BoundField
    reason: BoundField


class TrancheForm(PersonForm):
    """The amounts start as they were promised; a lower one says why."""

    acted_on = DayField(label="Date de la décision")

    def __init__(self, *args: Any, promises: Sequence[Promise], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.promises = promises
        for each in promises:
            key = each.action.pk
            self.fields[f"amount-{key}"] = EuroField(
                label=f"Montant confirmé, action {each.action.number}", initial=each.amount
            )
            self.fields[f"reason-{key}"] = LineField(
                label=f"Motif si le montant est inférieur, action {each.action.number}",
                max_length=1_000,
                required=False,
            )
            for name in ("amount", "reason"):
                dsfr_input_class_attr(self[f"{name}-{key}"])

    def promised(self) -> Decimal:
        """Return what the contract promised for the year, in euros."""
        return sum((each.amount for each in self.promises), Decimal(0))

    def rows(self) -> list[Row]:
        return [
            Row(each, self[f"amount-{each.action.pk}"], self[f"reason-{each.action.pk}"]) for each in self.promises
        ]

    def of_person(self) -> list[BoundField]:
        """Return the fields about the decision, after those about the amounts."""
        return [field for field in self if not field.name.startswith(("amount-", "reason-"))]

    def amounts(self) -> dict[int, Confirmed]:
        """Return what was typed, by the id of the action."""
        data = self.cleaned_data
        return {
            each.action.pk: Confirmed(data[f"amount-{each.action.pk}"], data[f"reason-{each.action.pk}"] or "")
            for each in self.promises
        }

    def refuse(self, errors: Mapping[str, str]) -> None:
        """Show the refusals of the service beside their fields: « 12 », « 12-reason »."""
        for name, message in errors.items():
            key, dash, _ = name.partition("-")
            field = f"reason-{key}" if dash else f"amount-{key}"
            self.add_error(field if field in self.fields else None, message)


class WithdrawTrancheForm(PersonForm):
    """The withdrawal of a tranche, with its reason."""

    reason = ReasonField(label="Motif du retrait", help_text="La collectivité lira ce motif.", max_length=1_000)
    acted_on = DayField(label="Date de la décision")

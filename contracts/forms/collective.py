"""The form of a what-if: an amount and a reason for each open action, saved under a name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.forms import BoundField
from dsfr.utils import dsfr_input_class_attr

from contracts.collective import Line
from ctai.forms import DsfrForm, EuroField, LineField
from funding.models import ZERO


class ScenarioForm(DsfrForm):
    """What one would propose for every open request of the year."""

    name = LineField(
        label="Nom du scénario", max_length=120, help_text="Le même nom remplace le scénario déjà enregistré."
    )

    def __init__(
        self, *args: Any, lines: Sequence[Line], known: Mapping[int, tuple[Decimal, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.lines = [each for each in lines if each.is_open]
        for each in self.lines:
            pk, title = each.action.pk, each.action.title
            amount, reason = known.get(pk, (each.requested if each.proposed is None else each.proposed, ""))
            self.fields[f"amount-{pk}"] = EuroField(label=f"Proposé pour «\u00a0{title}\u00a0» (€)", initial=amount)
            self.fields[f"amount-{pk}"].widget.attrs["data-draws"] = str(each.action.contract.lead_service_id)
            self.fields[f"reason-{pk}"] = LineField(
                label=f"Motif si le montant de «\u00a0{title}\u00a0» est réduit",
                max_length=1_000,
                required=False,
                initial=reason,
            )
            for name in ("amount", "reason"):
                dsfr_input_class_attr(self[f"{name}-{pk}"])

    def cells(self, pk: int) -> tuple[BoundField, BoundField]:
        return self[f"amount-{pk}"], self[f"reason-{pk}"]

    def amounts(self) -> dict[int, tuple[Decimal, str]]:
        """Return what was typed, by the id of the action."""
        value = self.cleaned_data
        pks = [each.action.pk for each in self.lines]
        return {pk: (value[f"amount-{pk}"], value[f"reason-{pk}"]) for pk in pks}

    def shown(self) -> dict[int, Decimal]:
        """Return the amounts as the page shows them at first."""
        return {each.action.pk: self.fields[f"amount-{each.action.pk}"].initial or ZERO for each in self.lines}

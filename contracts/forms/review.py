"""The forms of the review: what is proposed for an action, opinions, remarks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.forms import BoundField
from dsfr.utils import dsfr_input_class_attr

from accounts.forms.fields import WorkEmailField
from campaigns.models import ReviewCriterion
from contracts.enums import OpinionVerdict
from contracts.models import Assessment
from ctai.forms import DayField, DsfrForm, EuroField, LineField, ProseField
from documents.forms import DepositField
from exchanges.enums import Anchor
from funding.enums import Decision
from funding.figures import YearState


@dataclass(frozen=True, slots=True)
class YearRow:
    """A year of an action on the review page: what was asked beside what is proposed."""

    state: YearState
    amount: BoundField
    reason: BoundField


class ProposalForm(DsfrForm):
    """What the préfecture proposes for one action: retained or not, an amount for each year."""

    decision = forms.ChoiceField(label="Décision proposée", choices=Decision.choices, widget=forms.RadioSelect)
    rejection_reason = ProseField(
        label="Motif si l’action n’est pas retenue", max_length=2_000, rows=2, required=False
    )

    def __init__(self, *args: Any, years: Sequence[YearState], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.years = [state for state in years if state.requested is not None]
        for state in self.years:
            self.fields[f"amount-{state.year}"] = EuroField(
                label=f"Proposé pour {state.year}", required=False, initial=state.proposed
            )
            self.fields[f"reason-{state.year}"] = LineField(
                label=f"Motif de la réduction {state.year}",
                max_length=1_000,
                required=False,
                initial=state.reduction_reason,
            )
            self.fields[f"amount-{state.year}"].widget.attrs["data-draws"] = str(state.year)
            dsfr_input_class_attr(self[f"amount-{state.year}"])
            dsfr_input_class_attr(self[f"reason-{state.year}"])

    def rows(self) -> list[YearRow]:
        return [YearRow(each, self[f"amount-{each.year}"], self[f"reason-{each.year}"]) for each in self.years]

    def amounts(self) -> dict[int, tuple[Decimal | None, str]]:
        """Return what was typed for each year."""
        return {
            each.year: (self.cleaned_data[f"amount-{each.year}"], self.cleaned_data[f"reason-{each.year}"])
            for each in self.years
        }

    def refuse(self, errors: dict[str, str]) -> None:
        """Show the refusals of the service beside their fields: « 2026 », « 2026-reason »."""
        for name, message in errors.items():
            year, dash, _ = name.partition("-")
            field = (f"reason-{year}" if dash else f"amount-{year}") if year.isdigit() else name
            self.add_error(field if field in self.fields else None, message)


class AssessmentForm(DsfrForm):
    """The grid of the campaign: a grade and a comment on each criterion."""

    def __init__(
        self, *args: Any, criteria: Iterable[ReviewCriterion], known: Mapping[int, Assessment], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.criteria = list(criteria)
        for each in self.criteria:
            row = known.get(each.pk)
            self.fields[f"grade-{each.pk}"] = forms.IntegerField(
                label=f"Note sur {each.points}",
                min_value=0,
                max_value=each.points,
                required=False,
                initial=row.grade if row else None,
            )
            self.fields[f"comment-{each.pk}"] = ProseField(
                label="Commentaire", max_length=2_000, rows=2, required=False, initial=row.comment if row else ""
            )
            for name in ("grade", "comment"):
                dsfr_input_class_attr(self[f"{name}-{each.pk}"])

    def rows(self) -> list[tuple[ReviewCriterion, BoundField, BoundField]]:
        return [(each, self[f"grade-{each.pk}"], self[f"comment-{each.pk}"]) for each in self.criteria]

    def grid(self) -> dict[int, tuple[int | None, str]]:
        """Return what was typed, by the id of the criterion."""
        value = self.cleaned_data
        return {each.pk: (value[f"grade-{each.pk}"], value[f"comment-{each.pk}"]) for each in self.criteria}


class AskOpinionForm(DsfrForm):
    service = LineField(
        label="Service", max_length=200, help_text="Par exemple : DDETS, sous-préfecture, OFII, DREETS, DIAN."
    )
    email = WorkEmailField(
        label="Adresse électronique du service",
        required=False,
        help_text="Facultative. Le service reçoit la demande, puis un rappel trois jours avant la date et un autre en "
        "cas de retard. Ces messages ne contiennent aucun montant\u00a0; ils donnent vos coordonnées pour la réponse.",
    )
    due_on = DayField(label="Avis attendu avant le")


class OpinionForm(DsfrForm):
    """The opinion as the service gave it."""

    verdict = forms.ChoiceField(label="Sens de l’avis", choices=[("", "Choisir"), *OpinionVerdict.choices])
    given_on = DayField(label="Rendu le")
    text = ProseField(label="Texte de l’avis", max_length=5_000, rows=4, required=False)
    file = DepositField(label="Avis signé", required=False)


class RemarkForm(DsfrForm):
    """A remark of the préfecture on the whole file, an action, its budget, or the request."""

    place = forms.ChoiceField(label="La remarque porte sur")
    body = ProseField(label="Remarque", max_length=3_000, rows=3)

    def __init__(self, *args: Any, actions: Sequence[tuple[int, int, str]], **kwargs: Any) -> None:
        """Offer as places the actions, each given by its id, number and title."""
        super().__init__(*args, **kwargs)
        names = {pk: f"{number}. {title}" for pk, number, title in actions}
        places = [(Anchor.FILE.value, "Le dossier"), (Anchor.REQUEST.value, "La demande de financement")]
        places += [(f"{Anchor.ACTION}-{pk}", f"L’action {name}") for pk, name in names.items()]
        places += [(f"{Anchor.BUDGET}-{pk}", f"Le budget de l’action {name}") for pk, name in names.items()]
        self.names = names
        self.fields["place"].choices = places

    def anchor(self) -> dict[str, Any]:
        """Return where the remark is anchored, as the service takes it."""
        place = self.cleaned_data["place"]
        name, _, pk = place.partition("-")
        return {
            "anchor": Anchor(name),
            "anchor_id": int(pk) if pk else None,
            "anchor_label": self.names[int(pk)] if pk else "",
        }

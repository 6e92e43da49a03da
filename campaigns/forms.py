"""The forms of a campaign: calendar, thresholds, mandatory axes; the sections of its diagnostic."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from campaigns.enums import Unit
from campaigns.models import Campaign, Question
from campaigns.questions import QuestionInput
from ctai.forms import DayField, DsfrForm, EuroField, LineField, ProseField

FIRST_YEAR, LAST_YEAR = 2019, 2100
LONGEST_DELAY = 365


class CampaignForm(DsfrForm):
    """A campaign; the year is chosen once."""

    year = forms.IntegerField(label="Année", min_value=FIRST_YEAR, max_value=LAST_YEAR)
    instruction_reference = LineField(label="Référence de l’instruction ministérielle", max_length=200, required=False)
    opens_on = DayField(label="Ouverture")
    submission_deadline = DayField(label="Date limite de dépôt", help_text="Un dépôt plus tardif reste possible.")
    closes_on = DayField(label="Clôture")
    mandatory_axes = forms.MultipleChoiceField(
        label="Axes obligatoires",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Une proposition doit y prévoir une action la première année.",
    )
    agir_threshold = EuroField(
        label="Seuil de la note d’articulation avec AGIR",
        required=False,
        help_text="Montant annuel au-dessus duquel la note est demandée.",
    )
    rate_threshold = forms.DecimalField(
        label="Taux d’alerte du financement de l’État (%)", min_value=0, max_value=100, decimal_places=2, initial=80
    )
    silence_months = forms.IntegerField(
        label="Délai de décision implicite (mois)", min_value=1, max_value=24, initial=2
    )
    correction_days = forms.IntegerField(
        label="Délai de correction proposé (jours)", min_value=1, max_value=LONGEST_DELAY, initial=21
    )
    opinion_days = forms.IntegerField(label="Délai d’avis (jours)", min_value=1, max_value=LONGEST_DELAY, initial=15)
    opinions_block = forms.BooleanField(label="Un avis demandé et non rendu empêche la décision", required=False)
    contract_target = forms.IntegerField(
        label="Objectif national de contrats", min_value=0, max_value=100_000, required=False
    )

    def __init__(self, *args: Any, axes: Iterable[tuple[str, str]], campaign: Campaign | None = None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["mandatory_axes"].choices = list(axes)
        if campaign is not None:
            del self.fields["year"]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        opens, deadline, closes = (cleaned.get(name) for name in ("opens_on", "submission_deadline", "closes_on"))
        if opens and deadline and deadline < opens:
            self.add_error("submission_deadline", "La date limite de dépôt doit suivre l’ouverture.")
        if deadline and closes and closes < deadline:
            self.add_error("closes_on", "La clôture doit suivre la date limite de dépôt.")
        return cleaned

    @staticmethod
    def initial_of(campaign: Campaign) -> dict[str, Any]:
        """Return what a campaign holds, as the form shows it."""
        names = [name for name in CampaignForm.base_fields if name not in ("mandatory_axes", "year")]
        mandatory = [each.axis.code for each in campaign.axes.select_related("axis") if each.mandatory]
        return {name: getattr(campaign, name) for name in names} | {"mandatory_axes": mandatory}


class QuestionForm(DsfrForm):
    """A section of the diagnostic: what it asks, for which axis, with which figures."""

    title = LineField(label="Titre de la section", max_length=160)
    guidance = ProseField(
        label="Aide à la rédaction",
        rows=10,
        required=False,
        help_text="Une ligne vide sépare deux paragraphes ; une ligne qui commence par un tiret devient une liste.",
    )
    axis = forms.ChoiceField(
        label="Axe",
        required=False,
        help_text="Une section d’axe propose les tableaux de l’offre, des besoins et des priorités.",
    )
    mandatory = forms.BooleanField(
        label="Section obligatoire",
        required=False,
        help_text="Le diagnostic ne se conclut qu’une fois approuvées toutes les sections obligatoires.",
    )

    def __init__(
        self, data: Any = None, *, axes: Iterable[tuple[int, str]], question: Question | None = None, **kwargs: Any
    ):
        initial, expected = self._initial_of(question) if question else ({}, [])
        super().__init__(data, initial=initial, **kwargs)
        self.fields["axis"].choices = [("", "Aucun axe en particulier"), *axes]
        self.indicators = IndicatorFormSet(data, initial=expected, prefix="indicators")

    @staticmethod
    def _initial_of(question: Question) -> tuple[dict[str, Any], list[dict[str, str]]]:
        values = {
            "title": question.title,
            "guidance": question.guidance,
            "axis": question.axis_id or "",
            "mandatory": question.mandatory,
        }
        return values, list(question.expected_indicators)

    def is_valid(self) -> bool:
        return all([super().is_valid(), self.indicators.is_valid()])

    def question(self) -> QuestionInput:
        """Return the section that was typed; rows left empty or removed are left out."""
        values = self.cleaned_data
        rows = [row for row in self.indicators.cleaned_data if row.get("label") and not row.get("DELETE")]
        return QuestionInput(
            title=values["title"],
            guidance=values["guidance"],
            axis_id=int(values["axis"]) if values["axis"] else None,
            mandatory=values["mandatory"],
            indicators=[(row["label"], row["unit"]) for row in rows],
        )


class ExpectedIndicatorForm(DsfrForm):
    """A figure that the section expects."""

    label = LineField(label="Indicateur attendu")
    unit = forms.ChoiceField(label="Unité", choices=Unit.choices, initial=Unit.PERSONS)


class _IndicatorFormSet(forms.BaseFormSet[ExpectedIndicatorForm]):
    def add_fields(self, form: ExpectedIndicatorForm, index: int | None) -> None:
        super().add_fields(form, index)
        if "DELETE" in form.fields:
            form.fields["DELETE"].label = "Retirer cet indicateur"


IndicatorFormSet = forms.formset_factory(
    ExpectedIndicatorForm, formset=_IndicatorFormSet, extra=2, max_num=20, can_delete=True, can_delete_extra=False
)

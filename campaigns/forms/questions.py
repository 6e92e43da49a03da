"""The form of a section of the diagnostic, with the figures it expects."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from campaigns.enums import Unit
from campaigns.models import Question
from campaigns.questions import QuestionInput
from ctai.forms import DsfrForm, LineField, ProseField


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

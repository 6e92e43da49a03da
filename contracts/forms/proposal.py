"""The forms of the fourth step: the fiche-action, its indicators, the request of a year, the answer to a remark."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.forms import BaseFormSet, BoundField, formset_factory
from django.utils.text import Truncator

from contracts.proposal import figure
from ctai.forms import DayField, DsfrForm, EuroField, LineField, ProseField, clean_line
from ctai.text import euros_short, long_date
from funding.enums import (
    HolderKind,
    IndicatorKind,
)
from funding.figures import mark_label
from funding.queries import Body
from funding.services.actions import MARKED, ActionInput, IndicatorInput
from funding.services.actions import PUBLICS as PUBLICS_COUNTED

MOST_INDICATORS = 12
#: The length of a stored text that a conflict quotes.
SHOWN = 400


class IdentifierField(LineField):
    """A SIRET, or the SIREN of a collectivité, typed with or without spaces; the service checks its key."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", "14 chiffres ; pour une collectivité, les 9 chiffres du SIREN suffisent.")
        super().__init__(max_length=30, required=False, **kwargs)
        self.widget.attrs |= {"inputmode": "numeric", "autocomplete": "off"}

    def to_python(self, value: Any) -> str | None:
        return super().to_python(re.sub(r"[ .\-]", "", clean_line(value)) if isinstance(value, str) else value)


class CountField(forms.IntegerField):
    """A number of persons."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=0, max_value=10_000_000, required=False, **kwargs)


class ActionForm(DsfrForm):
    """A fiche-action; only the title and the axis are needed to begin, the rest is asked at the deposit."""

    title = LineField(label="Intitulé de l’action", max_length=200)
    axis = forms.TypedChoiceField(label="Axe", coerce=int)
    need = forms.TypedChoiceField(
        label="Besoin du diagnostic auquel l’action répond", coerce=int, empty_value=None, required=False
    )
    objectives = ProseField(label="Objectifs", max_length=5_000, rows=3, required=False)
    description = ProseField(label="Description", max_length=10_000, rows=6, required=False)
    holder_kind = forms.ChoiceField(
        label="Nature du porteur", choices=[("", "Choisir"), *HolderKind.choices], required=False
    )
    holder_name = LineField(
        label="Porteur de l’action", max_length=200, required=False, help_text="Qui conduit l’action."
    )
    holder_siret = IdentifierField(label="SIRET ou SIREN du porteur")
    beneficiary_name = LineField(
        label="Bénéficiaire du versement",
        max_length=200,
        required=False,
        help_text="Qui reçoit l’argent de l’État ; ce peut être directement une association.",
    )
    beneficiary_siret = IdentifierField(label="SIRET ou SIREN du bénéficiaire")
    partners = ProseField(label="Partenaires", max_length=3_000, rows=2, required=False)
    means = ProseField(label="Moyens", max_length=3_000, rows=2, required=False, help_text="Postes, locaux, matériel.")
    starts_on = DayField(label="Début de l’action", required=False)
    ends_on = DayField(label="Fin de l’action", required=False)
    renewed = forms.BooleanField(label="Action reconduite", required=False)
    innovative = forms.BooleanField(label="Action innovante", required=False)
    complementarity = ProseField(
        label="Complémentarité avec le droit commun et le programme AGIR", max_length=3_000, rows=3, required=False
    )
    publics = LineField(
        label="Publics", max_length=500, required=False, help_text="Par exemple : primo-arrivants, femmes, jeunes."
    )
    expected_count = forms.IntegerField(
        label="Nombre de personnes attendues", min_value=0, max_value=10_000_000, required=False
    )
    epa_count = CountField(label="Dont étrangers primo-arrivants (EPA)")
    bpi_count = CountField(
        label="Dont bénéficiaires d’une protection internationale (BPI)",
        help_text="Comptés parmi les primo-arrivants.",
    )
    bpt_count = CountField(label="Dont bénéficiaires de la protection temporaire (BPT)")
    women_count = CountField(label="Dont femmes")
    under_26_count = CountField(label="Dont personnes de moins de 26 ans")
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    after = forms.IntegerField(widget=forms.HiddenInput, required=False)

    PROJECT = (
        "title", "axis", "need", "objectives", "description", "holder_kind", "holder_name", "holder_siret",
        "beneficiary_name", "beneficiary_siret", "partners", "means", "starts_on", "ends_on", "renewed", "innovative",
        "complementarity",
    )  # fmt: skip
    PUBLICS = ("publics", "expected_count")
    #: What a fiche may lack while it is written, and no longer at the deposit (``funding.figures.missing_parts``).
    DUE = (
        "need", "objectives", "description", "holder_name", "holder_siret", "beneficiary_name", "beneficiary_siret",
        "starts_on", "ends_on", "complementarity", "publics", "expected_count",
    )  # fmt: skip
    #: Fields that stand two by two.
    HALVES = (
        "holder_name", "holder_siret", "beneficiary_name", "beneficiary_siret", "starts_on", "ends_on", "renewed",
        "innovative",
    )  # fmt: skip
    COUNTS = PUBLICS_COUNTED

    def __init__(
        self,
        *args: Any,
        axes: Iterable[tuple[int, str]],
        needs: Iterable[tuple[int, str]],
        bodies: Iterable[Body] = (),
        to_update: Iterable[str] = (),
        agir_threshold: Decimal | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.bodies = list(bodies)
        marks = [(code, mark_label(code).capitalize()) for code in to_update if code in MARKED]
        if marks:
            self.fields["reviewed"] = forms.MultipleChoiceField(
                label="Action reconduite\u00a0: à mettre à jour",
                help_text="Modifiez ces parties, ou cochez celles que vous avez vérifiées et qui restent exactes.",
                choices=marks,
                required=False,
                widget=forms.CheckboxSelectMultiple,
            )
        for name in ("holder_name", "beneficiary_name"):
            self.fields[name].widget.attrs |= {"list": "bodies", "data-fills": f"id_{name.replace('name', 'siret')}"}
        self.fields["axis"].choices = [("", "Choisir un axe"), *axes]
        if agir_threshold is not None:
            self["complementarity"].help_text = (  # the fields are bound by now
                f"Au-delà de {euros_short(agir_threshold)} demandés pour une année, dites comment l’action s’articule "
                "avec le programme AGIR, en le nommant."
            )
        for name in self.DUE:
            self.fields[name].due = True
        for name in self.HALVES:
            self.fields[name].half = True
        known = list(needs)
        self.fields["need"].choices = [("", "Choisir un besoin"), *known]
        if not known:
            del self.fields["need"]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        for part in ("holder", "beneficiary"):
            self._complete(cleaned, part)
        start, end = cleaned.get("starts_on"), cleaned.get("ends_on")
        if start and end and end < start:
            self.add_error("ends_on", "La fin de l’action doit être postérieure à son début.")
        return cleaned

    def _complete(self, cleaned: dict[str, Any], part: str) -> None:
        """Give the number of a body that the département knows under this one name; refuse that of another one."""
        name, number = cleaned.get(f"{part}_name"), f"{part}_siret"
        if not name or number in self.errors:
            return
        known, typed = {each.siret for each in self.bodies if each.name == name}, cleaned.get(number)
        others = sorted({each.name for each in self.bodies if each.siret == typed})
        if not typed:
            cleaned[number] = known.pop() if len(known) == 1 else ""
        elif known and typed not in known and others:
            self.add_error(
                number,
                f"Ce numéro est celui de «\u00a0{others[0]}\u00a0», et non de «\u00a0{name}\u00a0»\u00a0: "
                "effacez-le pour reprendre le numéro connu, ou corrigez le nom.",
            )

    def project(self) -> list[BoundField]:
        return [self[name] for name in self.PROJECT if name in self.fields]

    def people(self) -> list[BoundField]:
        return [self[name] for name in self.PUBLICS]

    def counts(self) -> list[BoundField]:
        return [self[name] for name in self.COUNTS]

    def entry(self, indicators: tuple[IndicatorInput, ...]) -> ActionInput:
        """Return what was typed, for the service."""
        values = {name: self.cleaned_data.get(name) for name in (*self.PROJECT, *self.PUBLICS, *self.COUNTS)}
        axis, need = values.pop("axis"), values.pop("need")
        return ActionInput(axis_id=axis or 0, need_id=need, indicators=indicators, **values)

    def refuse(self, errors: dict[str, str]) -> None:
        """Show the refusals of the service beside their fields."""
        for name, message in errors.items():
            self.add_error(name if name in self.fields else None, message)

    def tell_saved(self, stored: ActionInput) -> None:
        """After a conflict, say beside each field that is stored otherwise than it was typed what is stored."""
        typed = self.entry(())
        for name in (*self.PROJECT, *self.PUBLICS, *self.COUNTS):
            column = {"axis": "axis_id", "need": "need_id"}.get(name, name)
            value = getattr(stored, column)
            if name in self.fields and value != getattr(typed, column):
                self.add_error(name, f"Enregistré\u00a0: {self._in_words(name, value)}")

    def _in_words(self, name: str, value: Any) -> str:
        if value in (None, ""):
            return "rien."
        if isinstance(value, bool):
            return "oui." if value else "non."
        if isinstance(value, date):
            return f"{long_date(value)}."
        labels = dict(getattr(self.fields[name], "choices", ()))
        return Truncator(str(labels.get(value, value))).chars(SHOWN)


class FigureField(EuroField):
    """The value of an indicator: a number that is not money."""

    suffix = ""
    default_error_messages = {
        "invalid": "Saisissez un nombre, par exemple 60 ou 12,5.",
        "ambiguous": "Ce nombre peut se lire de deux façons. Écrivez les milliers sans point ni virgule, "
        "par exemple 1\u00a0234,5.",
        "cents": "Deux décimales au plus.",
        "negative": "Ce nombre ne peut pas être négatif.",
        "too_large": "Ce nombre est trop grand\u00a0: vérifiez la saisie.",
    }

    def prepare_value(self, value: Any) -> Any:
        return figure(value) if isinstance(value, Decimal) else value


class IndicatorForm(DsfrForm):
    """An indicator; a row left empty counts for nothing."""

    label = LineField(label="Indicateur", max_length=200, required=False)
    kind = forms.ChoiceField(label="Nature", choices=IndicatorKind.choices, initial=IndicatorKind.OUTPUT)
    unit = LineField(label="Unité", max_length=40, required=False)
    baseline = FigureField(label="Valeur initiale", required=False)
    target = FigureField(label="Cible", required=False)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        filled = any(cleaned.get(name) not in (None, "") for name in ("unit", "baseline", "target"))
        if filled and not cleaned.get("label"):
            self.add_error("label", "Nommez cet indicateur, ou effacez sa ligne.")
        return cleaned


IndicatorFormSet = formset_factory(IndicatorForm, extra=2, max_num=MOST_INDICATORS, validate_max=True)


def indicator_entries(formset: BaseFormSet[IndicatorForm]) -> tuple[IndicatorInput, ...]:
    """Return the indicators that were typed."""
    return tuple(
        IndicatorInput(**{name: form.cleaned_data.get(name) for name in IndicatorForm.base_fields})
        for form in formset.forms
        if form.cleaned_data.get("label")
    )


class OrderForm(forms.Form):
    """Where an action was dropped: before another one, or last."""

    number = forms.IntegerField(min_value=1, max_value=32_767)
    before = forms.IntegerField(min_value=1, max_value=32_767, required=False)


class RequestForm(DsfrForm):
    """The request of a year: its amount comes from the budgets."""

    comment = ProseField(label="Précisions", max_length=2_000, rows=2, required=False)


class JustificationForm(DsfrForm):
    note = ProseField(label="Votre justification", max_length=2_000, rows=3)


class AnswerForm(DsfrForm):
    answer = ProseField(label="Votre réponse", max_length=3_000, rows=3)

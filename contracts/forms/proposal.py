"""The forms of the fourth step: the fiche-action, its indicators, its budget, the request of a year."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.forms import BaseFormSet, BoundField, formset_factory
from dsfr.utils import dsfr_input_class_attr

from contracts.proposal import figure
from ctai.forms import DayField, DsfrForm, EuroField, LineField, ProseField, clean_line
from funding.enums import (
    CHARGE_ACCOUNTS,
    PRODUCT_ACCOUNTS,
    Account,
    BudgetSide,
    Funder,
    FundingStatus,
    HolderKind,
    IndicatorKind,
)
from funding.models import BudgetLine
from funding.services.actions import ActionInput, IndicatorInput
from funding.services.budgets import LineInput

MOST_INDICATORS = 12
SPARE_LINES = 2
CONTRIBUTIONS = (Account.C86, Account.P87)


class IdentifierField(LineField):
    """A SIRET, or the SIREN of a collectivité, typed with or without spaces; the service checks its key."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", "14 chiffres ; pour une collectivité, les 9 chiffres du SIREN suffisent.")
        super().__init__(max_length=30, required=False, **kwargs)
        self.widget.attrs |= {"inputmode": "numeric", "autocomplete": "off"}

    def to_python(self, value: Any) -> str | None:
        return super().to_python(re.sub(r"[ .\-]", "", clean_line(value)) if isinstance(value, str) else value)


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
    holder_name = LineField(label="Porteur de l’action", max_length=200, required=False)
    holder_siret = IdentifierField(label="SIRET ou SIREN du porteur")
    beneficiary_name = LineField(
        label="Bénéficiaire du versement",
        max_length=200,
        required=False,
        help_text="Qui reçoit l’argent de l’État ; ce peut être directement une association.",
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
        label="Publics", max_length=500, required=False, help_text="Par exemple : primo-arrivants, femmes, jeunes."
    )
    expected_count = forms.IntegerField(
        label="Nombre de personnes attendues", min_value=0, max_value=10_000_000, required=False
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    after = forms.IntegerField(widget=forms.HiddenInput, required=False)

    PROJECT = (
        "title", "axis", "need", "objectives", "description", "holder_kind", "holder_name", "holder_siret",
        "beneficiary_name", "beneficiary_siret", "partners", "means", "starts_on", "ends_on", "renewed", "innovative",
        "complementarity",
    )  # fmt: skip
    PUBLICS = ("publics", "expected_count")

    def __init__(self, *args: Any, axes: Iterable[tuple[int, str]], needs: Iterable[tuple[int, str]], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["axis"].choices = [("", "Choisir un axe"), *axes]
        known = list(needs)
        self.fields["need"].choices = [("", "Choisir un besoin"), *known]
        if not known:
            del self.fields["need"]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        start, end = cleaned.get("starts_on"), cleaned.get("ends_on")
        if start and end and end < start:
            self.add_error("ends_on", "La fin de l’action doit être postérieure à son début.")
        return cleaned

    def project(self) -> list[BoundField]:
        return [self[name] for name in self.PROJECT if name in self.fields]

    def people(self) -> list[BoundField]:
        return [self[name] for name in self.PUBLICS]

    def entry(self, indicators: tuple[IndicatorInput, ...]) -> ActionInput:
        """Return what was typed, for the service."""
        values = {name: self.cleaned_data.get(name) for name in (*self.PROJECT, *self.PUBLICS)}
        axis, need = values.pop("axis"), values.pop("need")
        return ActionInput(axis_id=axis or 0, need_id=need, indicators=indicators, **values)

    def refuse(self, errors: dict[str, str]) -> None:
        """Show the refusals of the service beside their fields."""
        for name, message in errors.items():
            self.add_error(name if name in self.fields else None, message)


class FigureField(EuroField):
    """The value of an indicator: a number that is not money."""

    suffix = ""
    default_error_messages = {
        "invalid": "Saisissez un nombre, par exemple 60 ou 12,5.",
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


class RequestForm(DsfrForm):
    """The request of a year: its amount comes from the budgets."""

    comment = ProseField(label="Précisions", max_length=2_000, rows=2, required=False)


class AnswerForm(DsfrForm):
    answer = ProseField(label="Votre réponse", max_length=3_000, rows=3)


# --- the budget of one year ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Cell:
    """A line of the form: what it is, and the names of its fields."""

    key: str
    side: str
    account: str
    funder: str
    label: str
    title: str

    @property
    def amount(self) -> str:
        return f"amount-{self.key}"

    @property
    def status(self) -> str:
        return f"status-{self.key}"


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A line of the page."""

    title: str
    amount: BoundField
    status: BoundField | None
    voluntary: bool


@dataclass(frozen=True, slots=True)
class SpareLine:
    """An empty line of the page, for a line with a precision."""

    account: BoundField
    label: BoundField
    amount: BoundField


class BudgetForm(DsfrForm):
    """The budget of an action for a year, in the two-sided shape of the Cerfa 12156."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=16)

    def __init__(self, *args: Any, lines: Iterable[BudgetLine] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cells = list(_cells(list(lines)))
        known = {(row.side, row.account, row.funder, row.label): row for row in lines}
        for cell in self.cells:
            row = known.get((cell.side, cell.account, cell.funder, cell.label))
            self.fields[cell.amount] = _amount_field(cell.title, row.amount if row else None)
            if cell.account == Account.P74:
                self.fields[cell.status] = forms.ChoiceField(
                    label=f"État – {cell.title}",
                    choices=FundingStatus.choices,
                    initial=row.status if row else FundingStatus.REQUESTED,
                    required=False,
                )
        for side in BudgetSide:
            for place in range(SPARE_LINES):
                self._add_spare(side, place)
        for field in self.visible_fields():
            dsfr_input_class_attr(field)

    def _add_spare(self, side: BudgetSide, place: int) -> None:
        name, number = f"{side.value}-{place}", place + 1
        self.fields[f"account-{name}"] = forms.ChoiceField(
            label=f"Compte de la ligne ajoutée {number}", choices=[("", "Choisir"), *_choices(side)], required=False
        )
        self.fields[f"label-{name}"] = LineField(label=f"Précision {number}", max_length=160, required=False)
        self.fields[f"amount-{name}"] = _amount_field(f"Montant de la ligne ajoutée {number}", None)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        for side in BudgetSide:
            for place in range(SPARE_LINES):
                self._check_spare(cleaned, f"{side.value}-{place}")
        return cleaned

    def _check_spare(self, cleaned: dict[str, Any], name: str) -> None:
        if cleaned.get(f"amount-{name}"):
            if not cleaned.get(f"account-{name}"):
                self.add_error(f"account-{name}", "Choisissez le compte de cette ligne.")
            if not cleaned.get(f"label-{name}"):
                self.add_error(f"label-{name}", "Précisez cette ligne.")

    def entries(self) -> list[tuple[str, LineInput]]:
        """Return what was typed with the name of its field, for the service."""
        entries = [
            (
                cell.amount,
                LineInput(
                    side=cell.side,
                    account=cell.account,
                    funder=cell.funder,
                    label=cell.label,
                    status=self.cleaned_data.get(cell.status, ""),
                    amount=self.cleaned_data.get(cell.amount) or Decimal("0.00"),
                ),
            )
            for cell in self.cells
        ]
        return entries + list(self._spare_entries())

    def _spare_entries(self) -> Iterator[tuple[str, LineInput]]:
        for side in BudgetSide:
            for place in range(SPARE_LINES):
                name = f"{side.value}-{place}"
                amount = self.cleaned_data.get(f"amount-{name}")
                if amount:
                    account, _, funder = self.cleaned_data[f"account-{name}"].partition("/")
                    yield (
                        f"amount-{name}",
                        LineInput(
                            side=side,
                            account=account,
                            funder=funder,
                            label=self.cleaned_data[f"label-{name}"],
                            status=FundingStatus.REQUESTED if funder else "",
                            amount=amount,
                        ),
                    )

    def sums(self) -> dict[str, Decimal]:
        """Return the totals of what the page shows: each side, contributions in kind included, and each of these."""
        values = self.cleaned_data if self.is_bound else {name: each.initial for name, each in self.fields.items()}
        sums = dict.fromkeys(("charge", "product", "voluntary_charge", "voluntary_product"), Decimal("0.00"))
        for name, side, voluntary in self._amounts():
            amount = values.get(name) or Decimal("0.00")
            sums[side] += amount
            if voluntary:
                sums[f"voluntary_{side}"] += amount
        return sums

    def _amounts(self) -> Iterator[tuple[str, str, bool]]:
        yield from ((cell.amount, str(cell.side), cell.account in CONTRIBUTIONS) for cell in self.cells)
        for side in BudgetSide:
            yield from ((f"amount-{side.value}-{place}", side.value, False) for place in range(SPARE_LINES))

    def sides(self) -> list[dict[str, Any]]:
        """Return the two sides of the page, each with its lines."""
        return [
            {
                "key": side.value,
                "title": side.label,
                "lines": [
                    ShownLine(
                        title=cell.title,
                        amount=self[cell.amount],
                        status=self[cell.status] if cell.status in self.fields else None,
                        voluntary=cell.account in CONTRIBUTIONS,
                    )
                    for cell in self.cells
                    if cell.side == side
                ],
                "spare": [
                    SpareLine(
                        account=self[f"account-{side.value}-{place}"],
                        label=self[f"label-{side.value}-{place}"],
                        amount=self[f"amount-{side.value}-{place}"],
                    )
                    for place in range(SPARE_LINES)
                ],
            }
            for side in BudgetSide
        ]


def _amount_field(label: str, amount: Decimal | None) -> EuroField:
    return EuroField(label=label, required=False, initial=amount)


def _cells(lines: list[BudgetLine]) -> Iterator[Cell]:
    """Yield the lines of the form: each account and funder once, then those that bear a precision."""
    for side, accounts in ((BudgetSide.CHARGE, CHARGE_ACCOUNTS), (BudgetSide.PRODUCT, PRODUCT_ACCOUNTS)):
        for account in accounts:
            for funder in Funder.values if account == Account.P74 else [""]:
                yield _cell(side, account, funder, "", f"{side.value}-{account}-{funder}".rstrip("-"))
                for line in lines:
                    if (line.side, line.account, line.funder) == (side, account, funder) and line.label:
                        yield _cell(side, account, funder, line.label, f"line-{line.pk}")


def _cell(side: str, account: str, funder: str, label: str, key: str) -> Cell:
    title = f"74 – {Funder(funder).label}" if funder else str(Account(account).label)
    return Cell(key, side, account, funder, label, f"{title}, {label}" if label else title)


def _choices(side: BudgetSide) -> list[tuple[str, str]]:
    if side == BudgetSide.CHARGE:
        return [(account, str(Account(account).label)) for account in CHARGE_ACCOUNTS]
    plain = [(account, str(Account(account).label)) for account in PRODUCT_ACCOUNTS if account != Account.P74]
    return [(f"{Account.P74}/{funder}", f"74 – {label}") for funder, label in Funder.choices] + plain

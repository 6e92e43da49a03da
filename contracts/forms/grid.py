"""The budget of an action over all its years, as a spreadsheet: lines down, years across; changed cells alone come."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.forms import BoundField
from dsfr.utils import dsfr_input_class_attr

from contracts.forms.budget import (
    CONTRIBUTIONS,
    SPARE_LINES,
    Cell,
    budget_cells,
    keep_unsent,
    line_choices,
    merged,
    tell_saved,
)
from ctai.forms import DsfrForm, EuroField, LineField
from funding.enums import Account, BudgetSide, FundingStatus
from funding.models import BudgetLine
from funding.services.budgets import LineInput, fingerprint

Key = tuple[str, str, str, str]
#: A cell of the sheet: the year, and the position of its line among those of the year.
Position = tuple[int, int]


@dataclass(frozen=True, slots=True)
class GridRow:
    """A line of the page, with its cells from the first year to the last."""

    title: str
    cells: list[tuple[int, BoundField]]
    voluntary: bool = False
    account: BoundField | None = None
    label: BoundField | None = None


class GridForm(DsfrForm):
    """The budgets of an action; a cell that is not sent keeps its value, an empty one removes its line."""

    def __init__(self, *args: Any, budgets: Mapping[int, list[BudgetLine]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.budgets = budgets
        self.lines = list(budget_cells([line for lines in budgets.values() for line in lines]))
        self.known: dict[int, dict[Key, BudgetLine]] = {
            year: {(row.side, row.account, row.funder, row.label): row for row in lines}
            for year, lines in budgets.items()
        }
        self._add_cells()
        for side in BudgetSide:
            for place in range(SPARE_LINES):
                self._add_spare(side, place)
        for field in self.visible_fields():
            dsfr_input_class_attr(field)
        self.kept = keep_unsent(self)
        for year, lines in budgets.items():
            self.fields[f"seen-{year}"] = forms.CharField(
                widget=forms.HiddenInput, required=False, max_length=16, initial=fingerprint(lines)
            )

    def _add_cells(self) -> None:
        for line in self.lines:
            for year in self.budgets:
                row = self.known[year].get((line.side, line.account, line.funder, line.label))
                self.fields[f"{line.amount}-{year}"] = _amount(f"{line.title}, {year}", row.amount if row else None)

    def _add_spare(self, side: BudgetSide, place: int) -> None:
        name, number = f"{side.value}-{place}", place + 1
        self.fields[f"account-{name}"] = forms.ChoiceField(
            label=f"Autre ligne {number}\u00a0: compte",
            choices=[("", "Choisir"), *line_choices(side)],
            required=False,
        )
        self.fields[f"label-{name}"] = LineField(label=f"Précision {number}", max_length=160, required=False)
        for year in self.budgets:
            self.fields[f"amount-{name}-{year}"] = _amount(f"Montant de la ligne ajoutée {number}, {year}", None)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        for side in BudgetSide:
            for place in range(SPARE_LINES):
                name = f"{side.value}-{place}"
                if any(cleaned.get(f"amount-{name}-{year}") for year in self.budgets):
                    if not cleaned.get(f"account-{name}"):
                        self.add_error(f"account-{name}", "Choisissez le compte de cette ligne.")
                    if not cleaned.get(f"label-{name}"):
                        self.add_error(f"label-{name}", "Précisez cette ligne.")
        return cleaned

    def entries(self) -> dict[int, list[tuple[str, LineInput]]]:
        """Return the lines of each year, each with the name of its field."""
        return {year: merged(self._typed(year), self._added(year), self.kept) for year in self.budgets}

    def seen(self) -> dict[int, str]:
        """Return the fingerprint that the page showed for each year."""
        found = {year: self.cleaned_data.get(f"seen-{year}", "") for year in self.budgets}
        return {year: text for year, text in found.items() if text}

    def refresh(self) -> None:
        """Let the page be sent again after a conflict: what was typed stays, beside what is now stored."""
        tell_saved(self, [f"{line.amount}-{year}" for line in self.lines for year in self.budgets], self.kept)
        fresh = {f"seen-{year}": fingerprint(lines) for year, lines in self.budgets.items()}
        self.data: Mapping[str, Any] = dict(self.data.items()) | fresh

    def _typed(self, year: int) -> Iterator[tuple[str, LineInput]]:
        for line in self.lines:
            name = f"{line.amount}-{year}"
            row = self.known[year].get((line.side, line.account, line.funder, line.label))
            default = FundingStatus.REQUESTED.value if line.account == Account.P74 else ""
            yield name, _input(line, self.cleaned_data.get(name), row.status if row else default)

    def _added(self, year: int) -> Iterator[tuple[str, LineInput]]:
        for side in BudgetSide:
            for place in range(SPARE_LINES):
                name = f"{side.value}-{place}"
                amount = self.cleaned_data.get(f"amount-{name}-{year}")
                if amount:
                    account, _, funder = self.cleaned_data[f"account-{name}"].partition("/")
                    line = Cell(name, side, account, funder, self.cleaned_data[f"label-{name}"], "")
                    yield (
                        f"amount-{name}-{year}",
                        _input(line, amount, FundingStatus.REQUESTED.value if funder else ""),
                    )

    def sides(self) -> list[dict[str, Any]]:
        """Return the two sides of the page, each with its rows."""
        return [{"key": each.value, "title": each.label, "rows": list(self._rows(each))} for each in BudgetSide]

    def _rows(self, side: BudgetSide) -> Iterator[GridRow]:
        for line in self.lines:
            if line.side == side:
                cells = [(year, self[f"{line.amount}-{year}"]) for year in self.budgets]
                yield GridRow(line.title, cells, voluntary=line.account in CONTRIBUTIONS)
        for place in range(SPARE_LINES):
            name = f"{side.value}-{place}"
            cells = [(year, self[f"amount-{name}-{year}"]) for year in self.budgets]
            yield GridRow("", cells, account=self[f"account-{name}"], label=self[f"label-{name}"])

    def sums(self) -> dict[int, dict[str, Decimal]]:
        """Return the totals of what the page shows, by year: each side, and the contributions in kind of each."""
        found: dict[int, dict[str, Decimal]] = {}
        names = ("charge", "product", "voluntary_charge", "voluntary_product")
        for year in self.budgets:
            sums = found[year] = dict.fromkeys(names, Decimal("0.00"))
            for line in self.lines:
                amount = self._shown(f"{line.amount}-{year}")
                sums[line.side] += amount
                if line.account in CONTRIBUTIONS:
                    sums[f"voluntary_{line.side}"] += amount
            for side in BudgetSide:
                for name in (f"{side.value}-{place}" for place in range(SPARE_LINES)):
                    amount = self._shown(f"amount-{name}-{year}")
                    sums[side.value] += amount
                    if self.is_bound and self.cleaned_data.get(f"account-{name}") in CONTRIBUTIONS:
                        sums[f"voluntary_{side.value}"] += amount
        return found

    def unreadable(self) -> set[int]:
        """Return the years of which a cell holds something else than an amount."""
        if not self.is_bound:
            return set()
        wrong = [name for name in self.errors if name not in self.cleaned_data]
        return {year for year in self.budgets if any(name.endswith(f"-{year}") for name in wrong)}

    def _shown(self, name: str) -> Decimal:
        value = self.cleaned_data.get(name) if self.is_bound else self.fields[name].initial
        return value or Decimal("0.00")


def _amount(label: str, amount: Decimal | None) -> EuroField:
    return EuroField(label=label, required=False, initial=amount)


def _input(line: Cell, amount: Decimal | None, status: str) -> LineInput:
    return LineInput(
        side=str(line.side),
        account=line.account,
        funder=line.funder,
        label=line.label,
        status=status,
        amount=amount or Decimal("0.00"),
    )

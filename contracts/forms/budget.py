"""The form of the budget of an action for one year, in the two-sided shape of the Cerfa 12156."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.forms import BoundField
from dsfr.utils import dsfr_input_class_attr

from ctai.forms import DsfrForm, EuroField, LineField
from ctai.text import NBSP, euros
from funding.enums import CHARGE_ACCOUNTS, PRODUCT_ACCOUNTS, Account, BudgetSide, Funder, FundingStatus
from funding.models import BudgetLine
from funding.services.budgets import LineInput

SPARE_LINES = 2
CONTRIBUTIONS = (Account.C86, Account.P87)


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
        self.cells = list(budget_cells(list(lines)))
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
        self.kept = keep_unsent(self)

    def _add_spare(self, side: BudgetSide, place: int) -> None:
        name, number = f"{side.value}-{place}", place + 1
        self.fields[f"account-{name}"] = forms.ChoiceField(
            label=f"Autre ligne {number}\u00a0: compte",
            choices=[("", "Choisir"), *line_choices(side)],
            required=False,
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
        return merged(entries, self._spare_entries(), self.kept)

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

    def unreadable(self) -> bool:
        """Tell whether a cell holds something else than an amount, so that no total can be given."""
        wrong = set(self.errors) - set(self.cleaned_data) if self.is_bound else set()
        return any(name in wrong for name, *_ in self._amounts())

    def tell_saved(self) -> None:
        """After a conflict, say beside each cell that was sent what is stored there."""
        tell_saved(self, [cell.amount for cell in self.cells], self.kept)

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
        values = self.cleaned_data if self.is_bound else {}
        for side in BudgetSide:
            for name in (f"{side.value}-{place}" for place in range(SPARE_LINES)):
                yield f"amount-{name}", side.value, values.get(f"account-{name}") in CONTRIBUTIONS

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


def keep_unsent(form: forms.Form) -> frozenset[str]:
    """Give the cells that the page did not send, since nobody changed them, the value that they have; name them."""
    if not form.is_bound:
        return frozenset()
    data: dict[str, Any] = dict(form.data.items())
    kept = {
        name: field.prepare_value(field.initial)
        for name, field in form.fields.items()
        if name not in data and field.initial not in (None, "")
    }
    form.data = data | kept
    return frozenset(kept)


def tell_saved(form: forms.Form, names: Iterable[str], kept: Collection[str]) -> None:
    """Say beside each cell that was sent, and that is stored with another amount, what is stored."""
    for name in names:
        stored, typed = form.fields[name].initial, form.cleaned_data.get(name) or Decimal("0.00")
        if name not in kept and stored is not None and stored != typed:
            form.add_error(name, f"Montant enregistré{NBSP}: {euros(stored)}.")
            form.cleaned_data[name] = typed  # it is an amount all the same: the totals hold it


def merged(
    typed: Iterable[tuple[str, LineInput]], added: Iterable[tuple[str, LineInput]], kept: frozenset[str]
) -> list[tuple[str, LineInput]]:
    """Return all the lines; one added twice, by a page sent twice, stands for the one that it became."""
    new = list(added)
    keys = {line.key for _, line in new}
    return [(name, line) for name, line in typed if not (name in kept and line.key in keys)] + new


def _amount_field(label: str, amount: Decimal | None) -> EuroField:
    return EuroField(label=label, required=False, initial=amount)


def budget_cells(lines: list[BudgetLine]) -> Iterator[Cell]:
    """Yield the lines of the form: each account and funder once, then those that bear a precision."""
    for side, accounts in ((BudgetSide.CHARGE, CHARGE_ACCOUNTS), (BudgetSide.PRODUCT, PRODUCT_ACCOUNTS)):
        for account in accounts:
            for funder in Funder.values if account == Account.P74 else [""]:
                yield _cell(side, account, funder, "", f"{side.value}-{account}-{funder}".rstrip("-"))
                labels = {
                    each.label for each in lines if (each.side, each.account, each.funder) == (side, account, funder)
                }
                for label in sorted(labels - {""}):
                    yield _cell(side, account, funder, label, _labelled_key(side, account, funder, label))


def _cell(side: str, account: str, funder: str, label: str, key: str) -> Cell:
    title = f"74 – {Funder(funder).label}" if funder else str(Account(account).label)
    return Cell(key, side, account, funder, label, f"{title}, {label}" if label else title)


def _labelled_key(side: str, account: str, funder: str, label: str) -> str:
    """Return a name of field that stands for a line with a precision, the same for every year."""
    return "line-" + hashlib.sha256(f"{side}|{account}|{funder}|{label}".encode()).hexdigest()[:12]


def line_choices(side: BudgetSide) -> list[tuple[str, str]]:
    """Return the accounts, and the funders of account 74, that a line added to a side may bear."""
    if side == BudgetSide.CHARGE:
        return [(account, str(Account(account).label)) for account in CHARGE_ACCOUNTS]
    plain = [(account, str(Account(account).label)) for account in PRODUCT_ACCOUNTS if account != Account.P74]
    return [(f"{Account.P74}/{funder}", f"74 – {label}") for funder, label in Funder.choices] + plain

"""The budgets of a file as a workbook to fill: one sheet an action, one column a year, fixed cells protected."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Font, PatternFill, Protection
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from ctai.text import NBSP
from funding.enums import CHARGE_ACCOUNTS, PRODUCT_ACCOUNTS, Account, BudgetSide, Funder, FundingStatus
from funding.figures import year_states
from funding.models import Action, BudgetLine
from funding.services.budgets import fingerprint

#: Changes when the layout does: a file of another version is refused.
VERSION = "budget-1"
META, GUIDE, LISTS = "_ctai", "Mode d’emploi", "_listes"
HEADER_ROW, FIRST_ROW = 4, 5
CODE, ACCOUNT, LABEL, STATUS, FIRST_YEAR = 1, 2, 3, 4, 5
FREE_LINES = 6
FREE, TOTAL = "libre", "total"
MIXED = "selon l’année"
_OPEN = Protection(locked=False)
_TO_FILL = PatternFill("solid", fgColor="FFF9E8")
_BOLD = Font(bold=True)
_MONEY = "#,##0.00"
_ACCOUNTS = {BudgetSide.CHARGE: CHARGE_ACCOUNTS, BudgetSide.PRODUCT: PRODUCT_ACCOUNTS}

GUIDE_LINES = (
    "Une feuille par action, une colonne par année. Remplissez les cases colorées, enregistrez au format .xlsx, "
    "puis importez le fichier sur la page « Budget » de la proposition.",
    f"Les montants s’écrivent en euros, avec deux décimales au plus, par exemple 1{NBSP}234,56. Collez des valeurs : "
    "une formule n’est pas acceptée.",
    "Une case vide ou nulle retire la ligne de l’année. Les lignes libres, en bas de chaque partie, reçoivent un "
    "compte et une précision.",
    "Une subvention est « sollicité » ou « acquis ». Sans indication, son état ne change pas.",
    "Le fichier est importé en entier ou pas du tout. Il ne vaut que pour ce dossier, et tant que personne ne modifie "
    "les budgets sur le portail.",
)


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a sheet: its code, what it is, and its lines by year."""

    side: BudgetSide
    account: str
    funder: str
    label: str

    @property
    def code(self) -> str:
        return f"{self.side.value}|{self.account}|{self.funder}"

    @property
    def title(self) -> str:
        return title_of(self.account, self.funder)


def title_of(account: str, funder: str) -> str:
    """Return an account, or a funder of account 74, as the sheets name it."""
    return f"74 – {Funder(funder).label}" if funder else str(Account(account).label)


def sheet_name(number: int) -> str:
    """Return the name of the sheet of an action."""
    return f"Action {number}"


def choices(side: BudgetSide) -> dict[str, tuple[str, str]]:
    """Return the account and funder of each line that one may add to a side, by its title."""
    pairs = [
        (account, funder)
        for account in _ACCOUNTS[side]
        for funder in (Funder.values if account == Account.P74 else [""])
    ]
    return {title_of(*pair): pair for pair in pairs}


def rows_of(lines: Iterable[BudgetLine], side: BudgetSide) -> Iterator[Row]:
    """Yield the rows of a side: each account and funder once, then those that bear a precision."""
    known = list(lines)
    for account, funder in choices(side).values():
        yield Row(side, account, funder, "")
        labels = {
            each.label
            for each in known
            if (each.side, each.account, each.funder) == (side.value, account, funder) and each.label
        }
        yield from (Row(side, account, funder, label) for label in sorted(labels))


def write(*, reference: str, title: str, actions: Sequence[Action], contract_years: Sequence[int]) -> bytes:
    """Return the workbook of a file, with its actions, years and lines as they are now."""
    workbook = Workbook()
    guide = workbook.active
    if not isinstance(guide, Worksheet):
        raise TypeError("A new workbook has a sheet.")
    _write_guide(guide, reference, title)
    _write_lists(workbook.create_sheet(LISTS))
    meta = workbook.create_sheet(META)
    for line in (("modèle", VERSION), ("dossier", reference)):
        meta.append(line)
    for action in actions:
        _write_action(workbook.create_sheet(sheet_name(action.number)), action, contract_years)
        for year, lines in _by_year(action, contract_years).items():
            meta.append((action.number, year, fingerprint(lines)))
    for hidden in (meta, workbook[LISTS]):
        hidden.sheet_state = "veryHidden"
        hidden.protection.enable()
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def _by_year(action: Action, contract_years: Sequence[int]) -> dict[int, list[BudgetLine]]:
    years = [state.year for state in year_states(action, contract_years)]
    return {year: [line for line in action.budget_lines.all() if line.year == year] for year in years}


def _write_guide(sheet: Worksheet, reference: str, title: str) -> None:
    sheet.title = GUIDE
    sheet.column_dimensions["A"].width = 110
    for text in (f"Budget prévisionnel – {title}", f"Dossier {reference} – modèle {VERSION}", "", *GUIDE_LINES):
        sheet.append([text])
        _as_text(sheet.cell(sheet.max_row, 1))
    sheet["A1"].font = _BOLD
    sheet.protection.enable()


def _write_lists(sheet: Worksheet) -> None:
    for column, side in enumerate(BudgetSide, start=1):
        for place, title in enumerate(choices(side), start=1):
            sheet.cell(place, column, title)
    for place, status in enumerate(FundingStatus, start=1):
        sheet.cell(place, 3, str(status.label).lower())


def _write_action(sheet: Worksheet, action: Action, contract_years: Sequence[int]) -> None:
    by_year = _by_year(action, contract_years)
    sheet.cell(1, ACCOUNT, f"Action {action.number} – {action.title}").font = _BOLD
    _as_text(sheet.cell(1, ACCOUNT))
    sheet.cell(2, ACCOUNT, "Remplissez les cases colorées ; les autres sont protégées.")
    for column, text in ((ACCOUNT, "Compte"), (LABEL, "Précision"), (STATUS, "Sollicité ou acquis")):
        sheet.cell(HEADER_ROW, column, text).font = _BOLD
    for column, year in enumerate(by_year, start=FIRST_YEAR):
        sheet.cell(HEADER_ROW, column, year).font = _BOLD
        sheet.column_dimensions[get_column_letter(column)].width = 16
    for letter, width in (("B", 54), ("C", 32), ("D", 18)):
        sheet.column_dimensions[letter].width = width
    sheet.column_dimensions["A"].hidden = True
    sheet.freeze_panes = f"{get_column_letter(FIRST_YEAR)}{FIRST_ROW}"
    place, totals = FIRST_ROW, []
    for side in BudgetSide:
        place = _write_side(sheet, place, side, by_year)
        totals.append(place - 2)
    _write_balance(sheet, place - 1, totals, len(by_year))
    sheet.protection.enable()


def _write_side(sheet: Worksheet, place: int, side: BudgetSide, by_year: dict[int, list[BudgetLine]]) -> int:
    """Write a side of the budget from a row on; return the row after it."""
    sheet.cell(place, ACCOUNT, str(side.label)).font = _BOLD
    place, first = place + 1, place + 1
    letter = get_column_letter(1 + list(BudgetSide).index(side))
    accounts = DataValidation(type="list", formula1=f"={LISTS}!${letter}$1:${letter}${len(choices(side))}")
    sheet.add_data_validation(accounts)
    statuses = DataValidation(type="list", formula1=f"={LISTS}!$C$1:$C$2", allow_blank=True)
    sheet.add_data_validation(statuses)
    for row in rows_of([line for lines in by_year.values() for line in lines], side):
        _write_row(sheet, place, row, by_year)
        if row.funder:
            statuses.add(_open(sheet.cell(place, STATUS)))
        place += 1
    for _ in range(FREE_LINES):
        sheet.cell(place, CODE, f"{side.value}|{FREE}|")
        for column in (ACCOUNT, LABEL):
            _open(sheet.cell(place, column))
        accounts.add(sheet.cell(place, ACCOUNT))
        if side == BudgetSide.PRODUCT:
            statuses.add(_open(sheet.cell(place, STATUS)))
        for column in range(FIRST_YEAR, FIRST_YEAR + len(by_year)):
            _open(sheet.cell(place, column)).number_format = _MONEY
        place += 1
    sheet.cell(place, CODE, f"{side.value}|{TOTAL}|")
    sheet.cell(place, ACCOUNT, f"Total des {str(side.label).lower()}").font = _BOLD
    for column in range(FIRST_YEAR, FIRST_YEAR + len(by_year)):
        letter = get_column_letter(column)
        sheet.cell(place, column, f"=SUM({letter}{first}:{letter}{place - 1})").number_format = _MONEY
    return place + 2


def _write_balance(sheet: Worksheet, place: int, totals: Sequence[int], years: int) -> None:
    """Write what the produits lack to equal the charges, given the rows of their totals; read as a total."""
    sheet.cell(place, CODE, f"{BudgetSide.PRODUCT.value}|{TOTAL}|")
    sheet.cell(place, ACCOUNT, "Écart entre charges et produits (nul à l’équilibre)").font = _BOLD
    for column in range(FIRST_YEAR, FIRST_YEAR + years):
        letter = get_column_letter(column)
        charges, products = (f"{letter}{row}" for row in totals)
        sheet.cell(place, column, f"=ROUND({charges}-{products},2)").number_format = _MONEY


def _write_row(sheet: Worksheet, place: int, row: Row, by_year: dict[int, list[BudgetLine]]) -> None:
    sheet.cell(place, CODE, row.code)
    sheet.cell(place, ACCOUNT, row.title)
    if row.label:
        _as_text(sheet.cell(place, LABEL, row.label))
    statuses = set()
    for column, lines in enumerate(by_year.values(), start=FIRST_YEAR):
        cell = _open(sheet.cell(place, column))
        cell.number_format = _MONEY
        line = next((each for each in lines if _matches(each, row)), None)
        if line is not None:
            cell.value = _exact(line.amount)
            statuses.add(line.status)
    known = [str(FundingStatus(each).label).lower() for each in statuses if each]
    if known:
        sheet.cell(place, STATUS, known[0] if len(known) == 1 else MIXED)


def _matches(line: BudgetLine, row: Row) -> bool:
    return (line.side, line.account, line.funder, line.label) == (row.side.value, row.account, row.funder, row.label)


def _exact(amount: Decimal) -> Any:
    return amount  # openpyxl writes a Decimal digit by digit; its stubs forget it


def _open(cell: Any) -> Any:
    cell.protection = _OPEN
    cell.fill = _TO_FILL
    return cell


def _as_text(cell: Any) -> None:
    """Keep a text that someone typed from being read as a formula."""
    cell.data_type = "s"

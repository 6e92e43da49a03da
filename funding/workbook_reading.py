"""A workbook of budgets that comes back filled: understood cell by cell, or refused with each cell that is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook

from ctai.forms import LARGEST_AMOUNT, EuroField, clean_line
from ctai.spreadsheets import Unreadable, opened, rows_of
from ctai.text import count, join_and
from funding.enums import Account, BudgetSide, FundingStatus
from funding.figures import year_states
from funding.models import Action, BudgetLine
from funding.services.budgets import LineInput, Place, line_errors
from funding.workbook import (
    ACCOUNT,
    CODE,
    FIRST_ROW,
    FIRST_YEAR,
    FREE,
    HEADER_ROW,
    LABEL,
    META,
    MIXED,
    STATUS,
    TOTAL,
    VERSION,
    choices,
    sheet_name,
)

#: A sheet is as long as its lines; beyond, cells are noise.
MOST_ROWS, MOST_YEARS, MOST_PROBLEMS = 400, 12, 100
LABEL_LENGTH = 160
_AMOUNT = EuroField(required=False)
_STATUSES = {str(each.label).lower(): each.value for each in FundingStatus}
_KEEP = ("", MIXED)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, and where: a sheet and a cell, both empty for the whole file."""

    sheet: str
    cell: str
    text: str


class WorkbookRefused(Exception):
    """Nothing of the file is kept; ``problems`` say why, cell by cell."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(problems[0].text)
        self.problems = list(problems)


@dataclass(slots=True)
class Reading:
    """The budgets of a workbook, with what they were when it was downloaded."""

    budgets: dict[Place, list[LineInput]] = field(default_factory=dict)
    seen: dict[Place, str] = field(default_factory=dict)


def read(data: bytes, *, reference: str, actions: Sequence[Action], contract_years: Sequence[int]) -> Reading:
    """Return the budgets that a workbook holds.

    Args:
        data: the bytes of an XLSX whose type and unpacked size were checked.
        reference: the file that the workbook must belong to.
        actions: those of the file, with their lines.
        contract_years: the civil years of the contract.

    Raises:
        WorkbookRefused: it is not this template of this file, or cells are wrong.
    """
    try:
        return _read(opened(data), reference, actions, contract_years)
    except Unreadable as error:
        text = "Ce classeur ne se lit pas. Enregistrez-le de nouveau au format Excel (.xlsx), puis recommencez."
        raise WorkbookRefused([_whole(text)]) from error


def _read(workbook: Workbook, reference: str, actions: Sequence[Action], contract_years: Sequence[int]) -> Reading:
    fingerprints = _identified(workbook, reference)
    known = {sheet_name(each.number): each for each in actions}
    reading, problems = Reading(), []
    for sheet in workbook.worksheets:
        if not sheet.title.startswith("Action "):
            continue
        action = known.get(sheet.title)
        if action is None:
            problems.append(Problem(sheet.title, "", "Cette action n’est plus dans la proposition."))
            continue
        found = _Sheet(sheet.title, _cells(sheet), action, contract_years)
        problems += found.problems
        for year, lines in found.budgets.items():
            reading.budgets[action.pk, year] = lines
            reading.seen[action.pk, year] = fingerprints.get((action.number, year), "")
    if not reading.budgets and not problems:
        problems.append(_whole("Ce fichier ne contient aucune feuille d’action. Téléchargez de nouveau le modèle."))
    if problems:
        raise WorkbookRefused(_shortened(problems))
    return reading


def _identified(workbook: Workbook, reference: str) -> dict[tuple[int, int], str]:
    """Return the fingerprints that the template carries, once it is known to be this one of this file."""
    other = "Ce fichier n’est pas le modèle de budget de ce dossier. Téléchargez le modèle et remplissez-le."
    if META not in workbook.sheetnames:
        raise WorkbookRefused([_whole(other)])
    rows = [[cell.value for cell in row] for row in rows_of(workbook[META], max_row=2_000, max_col=3)]
    facts = {row[0]: row[1] for row in rows[:2]}
    if facts.get("modèle") != VERSION:
        text = (
            "Ce fichier vient d’une autre version du modèle. Téléchargez le modèle actuel et reportez-y vos montants."
        )
        raise WorkbookRefused([_whole(text)])
    if facts.get("dossier") != reference:
        text = f"Ce fichier est celui du dossier {facts.get('dossier')}, et non du dossier {reference}."
        raise WorkbookRefused([_whole(text)])
    return {(row[0], row[1]): str(row[2]) for row in rows[2:] if isinstance(row[0], int) and isinstance(row[1], int)}


def _cells(sheet: Any) -> list[list[Any]]:
    return rows_of(sheet, max_row=MOST_ROWS, max_col=FIRST_YEAR + MOST_YEARS - 1)


class _Sheet:
    """One sheet under reading: the budgets of an action, and what is wrong with its cells."""

    def __init__(self, name: str, rows: list[list[Any]], action: Action, contract_years: Sequence[int]) -> None:
        self.name, self.action = name, action
        self.problems: list[Problem] = []
        self.years = self._years(rows, contract_years)
        self.statuses = {_key(line): line.status for line in action.budget_lines.all()}
        self.places: dict[int, list[tuple[int, int]]] = {year: [] for year in self.years.values()}
        self.budgets: dict[int, list[LineInput]] = {year: [] for year in self.years.values()}
        for number, row in enumerate(rows[FIRST_ROW - 1 :], start=FIRST_ROW):
            self._read_row(number, row)
        for year, lines in self.budgets.items():
            for position, text in line_errors(lines).items():
                self._wrong(*self.places[year][position], text)

    def _years(self, rows: list[list[Any]], contract_years: Sequence[int]) -> dict[int, int]:
        """Return the year of each column."""
        allowed = {state.year for state in year_states(self.action, contract_years)}
        years: dict[int, int] = {}
        for column, cell in enumerate(rows[HEADER_ROW - 1] if len(rows) >= HEADER_ROW else [], start=1):
            value = cell.value
            if column < FIRST_YEAR or value is None:
                continue
            if not isinstance(value, int) or isinstance(value, bool):
                self._wrong(HEADER_ROW, column, "Cette case doit porter une année, comme dans le modèle.")
            elif value not in allowed:
                text = f"L’année {value} est hors du calendrier de l’action ou de la période du contrat."
                self._wrong(HEADER_ROW, column, text)
            elif value in years.values():
                self._wrong(HEADER_ROW, column, f"L’année {value} figure deux fois.")
            else:
                years[column] = value
        return years

    def _read_row(self, number: int, row: list[Any]) -> None:
        texts = [_text(cell) for cell in row[: FIRST_YEAR - 1]] + [""] * (FIRST_YEAR - 1 - len(row))
        side, kind, funder = ([*texts[CODE - 1].split("|"), "", ""])[:3]
        if kind == TOTAL:
            return
        filled = [(column, row[column - 1]) for column in self.years if len(row) >= column]
        filled = [(column, cell) for column, cell in filled if cell.value not in (None, "")]
        if side not in BudgetSide.values:
            for column, _ in filled:
                self._wrong(number, column, "Cette ligne n’est pas du modèle : utilisez une ligne libre.")
            return
        if self._has_formula(number, row):
            return
        account = (kind, funder) if kind != FREE else self._account(number, BudgetSide(side), texts, bool(filled))
        if account is None:
            return
        if kind != FREE and account not in choices(BudgetSide(side)).values():
            self._wrong(number, ACCOUNT, "Cette ligne n’est pas du modèle.")
            return
        self._read_amounts(number, side, account, texts, filled)

    def _account(self, number: int, side: BudgetSide, texts: list[str], filled: bool) -> tuple[str, str] | None:
        """Return what a free line is about; None for an empty or a wrong one."""
        title, label = texts[ACCOUNT - 1], texts[LABEL - 1]
        if not filled:
            return None
        found = choices(side).get(title)
        if found is None:
            self._wrong(number, ACCOUNT, "Choisissez un compte dans la liste.")
        elif not label:
            self._wrong(number, LABEL, "Précisez cette ligne.")
            return None
        return found

    def _read_amounts(
        self, number: int, side: str, account: tuple[str, str], texts: list[str], filled: list[tuple[int, Any]]
    ) -> None:
        label, status = texts[LABEL - 1], self._status(number, account[0], texts[STATUS - 1])
        if len(label) > LABEL_LENGTH:
            self._wrong(number, LABEL, f"{LABEL_LENGTH} caractères au plus.")
            return
        for column, cell in filled:
            year = self.years[column]
            amount = self._amount(number, column, cell)
            if amount is None:
                continue
            kept = self.statuses.get((year, side, *account, label), "")
            default = kept or (FundingStatus.REQUESTED if account[0] == Account.P74 else "")
            self.budgets[year].append(
                LineInput(
                    side=side,
                    account=account[0],
                    funder=account[1],
                    label=label,
                    status=status or default,
                    amount=amount,
                )
            )
            self.places[year].append((number, column))

    def _status(self, number: int, account: str, typed: str) -> str:
        """Return the state of a grant, an empty text to keep it as it is."""
        if typed.lower() in _KEEP:
            return ""
        if account != Account.P74:
            self._wrong(number, STATUS, "Seule une subvention est sollicitée ou acquise.")
            return ""
        found = _STATUSES.get(typed.lower(), "")
        if not found:
            self._wrong(number, STATUS, "Écrivez « sollicité » ou « acquis ».")
        return found

    def _amount(self, number: int, column: int, cell: Any) -> Decimal | None:
        value = cell.value
        if isinstance(value, bool | date):
            self._wrong(number, column, "Saisissez un montant en euros.")
            return None
        typed = _typed(value) if isinstance(value, int | float) else str(value)
        try:
            found: Decimal | None = _AMOUNT.clean(typed)
        except ValidationError as error:
            self._wrong(number, column, " ".join(error.messages))
            return None
        return found

    def _has_formula(self, number: int, row: list[Any]) -> bool:
        wrong = [column for column, cell in enumerate(row, start=1) if getattr(cell, "data_type", "") == "f"]
        for column in wrong:
            self._wrong(number, column, "Une formule n’est pas acceptée : collez la valeur.")
        return bool(wrong)

    def _wrong(self, row: int, column: int, text: str) -> None:
        self.problems.append(Problem(self.name, f"{get_column_letter(column)}{row}", text))


def _typed(value: float) -> str:
    """Return a number as people would type it, without the last figures that a float makes up; its point is none."""
    number = Decimal(repr(value))
    typed = f"{round(number, 6).normalize():f}" if abs(value) <= LARGEST_AMOUNT else f"{number:f}"
    return typed.replace(".", ",")


def _key(line: BudgetLine) -> tuple[int, str, str, str, str]:
    return (line.year, line.side, line.account, line.funder, line.label)


def _text(cell: Any) -> str:
    return "" if cell.value is None else clean_line(str(cell.value))


def _whole(text: str) -> Problem:
    return Problem("", "", text)


def _shortened(problems: list[Problem]) -> list[Problem]:
    """Return the first problems, and a sentence for the others."""
    rest = len(problems) - MOST_PROBLEMS
    more = [_whole(f"Et {count(rest, 'autre case à corriger', 'autres cases à corriger')}.")] if rest > 0 else []
    return problems[:MOST_PROBLEMS] + more


def told(actions: Iterator[int]) -> str:
    """Say which actions a file changed."""
    numbers = sorted(set(actions))
    if not numbers:
        return "Les budgets du fichier sont ceux du portail : rien n’a changé."
    what = "Budget importé pour l’action" if len(numbers) == 1 else "Budgets importés pour les actions"
    return f"{what} {join_and([str(each) for each in numbers])}."

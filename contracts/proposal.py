"""What the pages of the proposal and of the review show of an action: values already written in French."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal
from typing import Any

from ctai.text import NBSP, euros, euros_short, long_date, number, percent, signed_euros
from funding.enums import Account, BudgetSide, Funder
from funding.figures import FunderRow, TotalRow, Totals, YearState, missing_parts, total, year_states
from funding.frozen import public_counts
from funding.models import Action, BudgetLine


def action_row(action: Action, contract_years: Collection[int], *, needs_exist: bool) -> dict[str, Any]:
    """Return an action as its own page shows it, year by year."""
    years = [year_row(state) for state in year_states(action, contract_years)]
    return list_row(action, contract_years, needs_exist=needs_exist) | {"years": years}


def list_row(action: Action, contract_years: Collection[int], *, needs_exist: bool) -> dict[str, Any]:
    """Return an action as the list of the proposal shows it; every value is written here, once."""
    states = year_states(action, contract_years)
    unbalanced = [state for state in states if not state.is_balanced]
    mark, way = _mark(states)
    return {
        "action": action,
        "cost": euros_short(total(state.cost for state in states)),
        "asked": euros_short(total(state.state_line for state in states)),
        "mark": mark,
        "way": way,
        "balance": balance_sentence(unbalanced[0]) if unbalanced else "",
        "missing": missing_parts(action, contract_years, needs_exist=needs_exist),
    }


def _mark(states: Collection[YearState]) -> tuple[str, str]:
    """Say in two words where the budgets of an action stand, with the kind of the badge that says it."""
    if not states:
        return "Aucune année", "warning"
    if any(not state.is_balanced for state in states):
        return "Non équilibré", "warning"
    if not any(state.cost for state in states):
        return "À remplir", "info"
    return "Équilibré", "success"


def year_row(state: YearState) -> dict[str, Any]:
    """Return a year of an action as the pages show it."""
    return {
        "year": state.year,
        "cost": euros(state.cost),
        "resources": euros(state.resources),
        "state_line": euros(state.state_line),
        "balanced": state.is_balanced,
        "balance": balance_sentence(state),
        "requested": euros(state.requested) if state.requested is not None else "",
        "proposed": euros(state.proposed) if state.proposed is not None else "",
        "granted": euros(state.granted) if state.granted is not None else "",
        "difference": signed_euros(state.difference) if state.difference is not None else "",
        "way": "down" if (state.difference or 0) < 0 else "up" if (state.difference or 0) > 0 else "",
        "requested_cents": int(state.asked * 100),
        "reduced": state.difference is not None and state.difference < 0,
        "reason": state.reduction_reason,
    }


def balance_sentence(state: YearState) -> str:
    """Say in words whether the budget of a year balances, and by how much it does not."""
    if state.gap:
        side = "produits" if state.gap > 0 else "charges"
        return f"{state.year}{NBSP}: il manque {euros(abs(state.gap))} de {side}"
    if state.voluntary_charges != state.voluntary_products:
        gap = abs(state.voluntary_charges - state.voluntary_products)
        return f"{state.year}{NBSP}: les comptes 86 et 87 diffèrent de {euros(gap)}"
    return f"{state.year}{NBSP}: équilibré" if state.cost else f"{state.year}{NBSP}: à remplir"


def total_tables(totals: Totals) -> list[dict[str, Any]]:
    """Return the tables of sums: by year, axis, beneficiary, then by funder."""
    whole = _cells(totals.whole)
    columns = [
        {"label": "", "numeric": False},
        {"label": "Coût total", "numeric": True},
        {"label": "Demandé à l’État", "numeric": True},
        {"label": "Taux", "numeric": True},
    ]
    parts = (
        ("Par année", "Année", totals.by_year),
        ("Par axe", "Axe", totals.by_axis),
        ("Par bénéficiaire du versement", "Bénéficiaire", totals.by_beneficiary),
    )
    tables = [
        {
            "caption": caption,
            "columns": [columns[0] | {"label": first}, *columns[1:]],
            "rows": [_cells(row) for row in rows],
            "total": whole,
        }
        for caption, first, rows in parts
    ]
    return [*tables, _funder_table(totals.by_funder)] if totals.by_funder else tables


def nature_tables(totals: Totals) -> list[dict[str, Any]]:
    """Return the consolidated budget by account and year, charges then produits."""
    columns = [
        {"label": "Compte", "numeric": False},
        *({"label": str(year), "numeric": True} for year in totals.years),
        {"label": "Total", "numeric": True},
    ]
    tables = []
    for side in BudgetSide:
        rows = [row for row in totals.by_nature if row.side == side]
        sums = [total(row.amounts[place] for row in rows) for place in range(len(totals.years))]
        tables.append(
            {
                "caption": f"{side.label}, par nature et par année",
                "columns": columns,
                "rows": [
                    [str(Account(row.account).label), *(euros(each) for each in row.amounts), euros(row.total)]
                    for row in rows
                ],
                "total": ["Total", *(euros(each) for each in sums), euros(total(row.total for row in rows))],
            }
        )
    return tables


def _cells(row: TotalRow) -> list[str]:
    return [row.label, euros(row.cost), euros(row.requested), percent(row.rate, 1) if row.cost else ""]


def _funder_table(rows: Collection[FunderRow]) -> dict[str, Any]:
    labels = ("Financeur", "Sollicité", "Acquis", "Total")
    return {
        "caption": "Subventions par financeur",
        "columns": [{"label": label, "numeric": label != "Financeur"} for label in labels],
        "rows": [[row.label, euros(row.requested), euros(row.obtained), euros(row.total)] for row in rows],
        "total": [
            "Total",
            euros(total(row.requested for row in rows)),
            euros(total(row.obtained for row in rows)),
            euros(total(row.total for row in rows)),
        ],
    }


def fiche(action: Action, need: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return what a fiche says, by part, for those who read it."""
    period = ""
    if action.starts_on and action.ends_on:
        period = f"du {long_date(action.starts_on)} au {long_date(action.ends_on)}"
    marks = [word for word, holds in (("reconduite", action.renewed), ("innovante", action.innovative)) if holds]
    project = [
        ("Axe", action.axis.label),
        ("Besoin du diagnostic", need),
        ("Objectifs", action.objectives),
        ("Description", action.description),
        ("Porteur", _body(action.holder_name, action.holder_siret)),
        ("Bénéficiaire du versement", _body(action.beneficiary_name, action.beneficiary_siret)),
        ("Partenaires", action.partners),
        ("Moyens", action.means),
        ("Calendrier", period),
        ("Caractère", ", ".join(marks) or "nouvelle"),
        ("Complémentarité avec le droit commun et AGIR", action.complementarity),
    ]
    people = [
        ("Publics", action.publics),
        ("Nombre de personnes", number(action.expected_count) if action.expected_count is not None else ""),
        *((label, number(count)) for label, count in public_counts(action)),
    ]
    return [("Le projet", project), ("Publics et indicateurs", people)]


def indicator_rows(action: Action) -> list[list[str]]:
    """Return the indicators of an action as cells: name, nature, unit, baseline, target."""
    return [
        [each.label, str(each.get_kind_display()), each.unit, figure(each.baseline), figure(each.target)]
        for each in action.indicators.all()
    ]


def figure(value: Decimal | None) -> str:
    """Return a number without idle decimals; nothing for None."""
    if value is None:
        return ""
    return number(value, 0 if value == value.to_integral_value() else 2)


def budget_table(action: Action, year: int) -> list[dict[str, Any]]:
    """Return the two sides of a budget for those who read it."""
    lines = sorted((line for line in action.budget_lines.all() if line.year == year), key=_cerfa_order)
    return [
        {
            "title": side.label,
            "rows": [[_line_title(line), euros(line.amount)] for line in lines if line.side == side],
            "total": euros(total(line.amount for line in lines if line.side == side)),
        }
        for side in BudgetSide
    ]


def _cerfa_order(line: BudgetLine) -> tuple[int, int, str]:
    """Return what puts the lines of a budget in the order of the form."""
    funder = Funder.values.index(line.funder) if line.funder else -1
    return Account.values.index(line.account), funder, line.label


def _line_title(line: BudgetLine) -> str:
    title = f"74 – {Funder(line.funder).label}" if line.funder else str(Account(line.account).label)
    status = f" ({str(line.get_status_display()).lower()})" if line.status else ""
    return f"{title}, {line.label}{status}" if line.label else f"{title}{status}"


def _body(name: str, siret: str) -> str:
    return f"{name} ({siret})" if name and siret else name or siret

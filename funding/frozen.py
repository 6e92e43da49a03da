"""The actions and their sums in the shape that documents freeze: strings, French labels, no code."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Literal

from ctai.text import number
from documents import schemas
from documents.schemas.actions import GrantStatus
from funding.enums import Account, BudgetSide, Decision, Funder, FundingStatus
from funding.figures import FunderRow, TotalRow, Totals, YearState, percentage, total, year_states
from funding.models import Action, ActionIndicator, BudgetLine

_DECISIONS: dict[str, Literal["", "retained", "rejected"]] = {
    Decision.RETAINED: "retained",
    Decision.REJECTED: "rejected",
}


PUBLIC_LABELS = {
    "epa_count": "Étrangers primo-arrivants (EPA)",
    "bpi_count": "dont bénéficiaires d’une protection internationale (BPI)",
    "bpt_count": "Bénéficiaires de la protection temporaire (BPT)",
    "women_count": "Femmes",
    "under_26_count": "Moins de 26 ans",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What the data of an action needs to know of its file."""

    contract_years: Collection[int]
    firm_years: Collection[int]
    needs: Mapping[int, str] = field(default_factory=dict)  # label of each need, by the id of its row
    decided: bool = False  # a request says nothing of its review


def action_data(action: Action, frame: Frame) -> schemas.Action:
    """Return an action as a document prints it."""
    need = frame.needs.get(action.need_id or 0, action.need.text if action.need else "")
    return {
        "number": action.number,
        "title": action.title,
        "axis": action.axis.label,
        "need": need,
        "objectives": action.objectives,
        "description": action.description,
        "holder": {"name": action.holder_name, "siret": action.holder_siret},
        "beneficiary": {"name": action.beneficiary_name, "siret": action.beneficiary_siret},
        "partners": action.partners,
        "publics": action.publics,
        "expected_count": action.expected_count,
        "public_counts": [{"label": label, "count": count} for label, count in public_counts(action)],
        "starts_on": action.starts_on.isoformat() if action.starts_on else "",
        "ends_on": action.ends_on.isoformat() if action.ends_on else "",
        "renewed": action.renewed,
        "innovative": action.innovative,
        "complementarity": action.complementarity,
        "means": action.means,
        "indicators": [_indicator(each) for each in action.indicators.all()],
        "years": [_year(action, state, frame) for state in year_states(action, frame.contract_years)],
        "decision": _DECISIONS.get(action.decision, "") if frame.decided else "",
        "rejection_reason": action.rejection_reason if frame.decided else "",
    }


def public_counts(action: Action) -> list[tuple[str, int]]:
    """Return the publics that are counted apart, with their number."""
    counts = ((label, getattr(action, name)) for name, label in PUBLIC_LABELS.items())
    return [(label, count) for label, count in counts if count is not None]


def printed_totals(totals: Totals, frame: Frame) -> schemas.Totals:
    """Return the sums as a document prints them."""
    whole = totals.whole
    rate = percentage(whole.requested if whole.granted is None or not frame.decided else whole.granted, whole.cost)
    return {
        "by_year": [_year_total(row, frame) for row in totals.by_year],
        "by_axis": [_labelled(row, frame) for row in totals.by_axis],
        "by_beneficiary": [_labelled(row, frame) for row in totals.by_beneficiary],
        "by_funder": [_funder(_decided(row, totals, frame)) for row in totals.by_funder],
        "total_cost": _amount(whole.cost),
        "requested": _amount(whole.requested),
        "granted": _granted(whole.granted, frame),
        "state_rate": None if rate is None else _amount(rate),
    }


def _year(action: Action, state: YearState, frame: Frame) -> schemas.ActionYear:
    lines = [line for line in action.budget_lines.all() if line.year == state.year]
    return {
        "year": state.year,
        "is_indicative": state.year not in frame.firm_years,
        "charges": [_charge(line) for line in lines if line.side == BudgetSide.CHARGE],
        "products": [_product(line, state, frame) for line in lines if line.side == BudgetSide.PRODUCT],
        "total_charges": _amount(state.cost),
        "total_products": _amount(state.resources),
        "requested": _amount(state.state_line),
        "proposed": _granted(state.proposed, frame),
        "granted": _granted(state.granted, frame),
    }


def _charge(line: BudgetLine) -> schemas.Charge:
    code, label = _account(line)
    return {"account": code, "label": label, "amount": _amount(line.amount)}


def _product(line: BudgetLine, state: YearState, frame: Frame) -> schemas.Product:
    code, label = _account(line)
    return {
        "account": code,
        "label": label,
        "funder": str(Funder(line.funder).label) if line.funder else "",
        "status": _status(line, state, frame),
        "amount": _amount(line.amount),
    }


def _status(line: BudgetLine, state: YearState, frame: Frame) -> GrantStatus:
    """Return how sure a grant is: what the State decided is no more asked for."""
    if line.funder == Funder.STATE_P104 and frame.decided and state.granted is not None:
        return "accordé" if state.year in frame.firm_years else "indicatif"
    if not line.status:
        return ""
    return "acquis" if line.status == FundingStatus.OBTAINED else "sollicité"


def _account(line: BudgetLine) -> tuple[str, str]:
    """Return the number of the account and its words, with the precision that was typed."""
    number_part, dash, words = str(Account(line.account).label).partition(" – ")
    code, label = (number_part, words) if dash else ("", number_part)
    return code, f"{label} – {line.label}" if line.label else label


def _indicator(row: ActionIndicator) -> schemas.ActionIndicator:
    return {
        "label": row.label,
        "nature": str(row.get_kind_display()).lower(),
        "unit": row.unit,
        "baseline": _figure(row.baseline),
        "target": _figure(row.target),
    }


def _year_total(row: TotalRow, frame: Frame) -> schemas.YearTotal:
    return {
        "year": int(row.label),
        "total_cost": _amount(row.cost),
        "requested": _amount(row.requested),
        "granted": _granted(row.granted, frame),
        "is_indicative": int(row.label) not in frame.firm_years,
    }


def _labelled(row: TotalRow, frame: Frame) -> schemas.LabelledTotal:
    return {
        "label": row.label,
        "total_cost": _amount(row.cost),
        "requested": _amount(row.requested),
        "granted": _granted(row.granted, frame),
    }


def _decided(row: FunderRow, totals: Totals, frame: Frame) -> FunderRow:
    """Return the row of the State as it was decided: obtained for the firm years, still asked for the others."""
    if row.funder != Funder.STATE_P104 or not frame.decided or totals.whole.granted is None:
        return row
    firm = total(each.granted for each in totals.by_year if int(each.label) in frame.firm_years)
    return replace(row, requested=totals.whole.granted - firm, obtained=firm)


def _funder(row: FunderRow) -> schemas.LabelledTotal:
    return {
        "label": row.label,
        "total_cost": _amount(row.total),
        "requested": _amount(row.requested),
        "granted": None,
        "obtained": _amount(row.obtained),
    }


def _granted(amount: Decimal | None, frame: Frame) -> str | None:
    return None if amount is None or not frame.decided else _amount(amount)


def _amount(amount: Decimal) -> str:
    return f"{amount:.2f}"


def _figure(value: Decimal | None) -> str:
    if value is None:
        return ""
    return number(value) if value == value.to_integral_value() else number(value, 2)

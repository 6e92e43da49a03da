"""Actions and budgets, what is asked and granted, the envelopes, tranches, payments, and the ledger of movements."""

from funding.models.actions import Action, ActionFile, ActionIndicator, BudgetLine
from funding.models.expenditure import Expenditure
from funding.models.ledger import ZERO, Allocation, Envelope, Movement
from funding.models.requests import FundingRequest, Payee, YearAmount
from funding.models.tranches import Tranche, TrancheAmount

__all__ = [
    "ZERO",
    "Action",
    "ActionFile",
    "ActionIndicator",
    "Allocation",
    "BudgetLine",
    "Envelope",
    "Expenditure",
    "FundingRequest",
    "Movement",
    "Payee",
    "Tranche",
    "TrancheAmount",
    "YearAmount",
]

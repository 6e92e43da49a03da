"""Actions, their budgets, what is asked and granted, the envelopes, the tranches, and the ledger of movements."""

from funding.models.actions import Action, ActionFile, ActionIndicator, BudgetLine
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
    "FundingRequest",
    "Movement",
    "Payee",
    "Tranche",
    "TrancheAmount",
    "YearAmount",
]

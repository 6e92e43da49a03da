"""The case file and what belongs to it alone."""

from contracts.models.acts import Deliberation, NamedAct, Signature
from contracts.models.contract import BEFORE_PORTAL, DRAFT_PREFIX, Contract, ContractQuerySet, ReferenceCounter
from contracts.models.parties import AssociatedService, CoSignatory, Letter
from contracts.models.review import Assessment, Opinion, Scenario, ScenarioAmount
from contracts.models.texts import ContractWording, Rectification, RectificationAcceptance, SpecialClause

__all__ = [
    "BEFORE_PORTAL",
    "DRAFT_PREFIX",
    "Assessment",
    "AssociatedService",
    "CoSignatory",
    "Contract",
    "ContractQuerySet",
    "ContractWording",
    "Deliberation",
    "Letter",
    "NamedAct",
    "Opinion",
    "Rectification",
    "RectificationAcceptance",
    "ReferenceCounter",
    "Scenario",
    "ScenarioAmount",
    "Signature",
    "SpecialClause",
]

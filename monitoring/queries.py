"""What anybody may read: the signed contracts, their totals, and what a printed code tells."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.db.models import Count, Prefetch
from django.utils import timezone

from contracts.filters import SIGNED_STATES, answering, by_name
from contracts.lists import engaged_authorities, with_amounts
from contracts.models import Contract, ContractQuerySet, CoSignatory, Signature
from documents.models import CODE_GROUP_LENGTH, CODE_GROUPS, IssuedDocument, Seal
from funding.enums import Stage
from funding.models import Movement
from funding.queries import exact_sum
from territories.enums import StatisticalCategory
from territories.models import LocalAuthority, Region


@dataclass(frozen=True, slots=True)
class PublicTotals:
    """What the public home shows; None where the figure does not exist yet."""

    at: datetime
    contracts: int | None = None
    authorities: int | None = None
    granted: Decimal | None = None
    by_category: dict[str, int] = field(default_factory=dict)


def public_totals() -> PublicTotals:
    """Return the totals of signed contracts, those since closed or terminated included; three queries."""
    signed = Contract.objects.filter(state__in=SIGNED_STATES)
    found = dict(signed.order_by().values_list("category").annotate(total=Count("pk")))
    granted = Movement.objects.filter(contract__in=signed.values("pk"), stage=Stage.GRANTED)
    return PublicTotals(
        at=timezone.now(),
        contracts=sum(found.values()),
        authorities=engaged_authorities(signed),
        granted=exact_sum(granted),
        by_category={each.label: found.get(each.value, 0) for each in StatisticalCategory},
    )


def signed_contracts(*, text: str = "", region: str = "") -> ContractQuerySet:
    """Select the signed contracts, the last signed first, with their places, co-signataires and amounts.

    Args:
        text: words of the name of a party, or a part of the reference; everything by default.
        region: the code of a région; everything by default.
    """
    contracts = Contract.objects.filter(state__in=SIGNED_STATES)
    if region:
        contracts = contracts.filter(region=region)
    if text.strip():
        contracts = contracts.filter(answering(text))
    cosigners = CoSignatory.objects.filter(left_at__isnull=True).select_related("authority").order_by("pk")
    return (
        with_amounts(contracts)
        .select_related("porteur__departement", "porteur__region", "departement", "region", "lead_service")
        .prefetch_related(Prefetch("cosignatories", cosigners, to_attr="parties"))
        .order_by("-signed_at", "-pk")
    )


def regions_with_signed_contracts() -> list[Region]:
    """Return the régions where a contract is signed, by name."""
    signed = Contract.objects.filter(state__in=SIGNED_STATES, region__isnull=False).order_by().values("region")
    return sorted(Region.objects.filter(pk__in=signed), key=by_name)


def parties_of(contract: Contract) -> list[LocalAuthority]:
    """Return the collectivités of a contract read by ``signed_contracts``: the porteur, then the co-signataires."""
    return [contract.porteur, *(each.authority for each in getattr(contract, "parties", ()))]


# --- the code printed on a document ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Verification:
    """What the portal says of a printed code; no party before every one has signed."""

    document: IssuedDocument
    reference: str
    status: str
    explanation: str
    is_valid: bool
    signed_on: datetime | None = None
    parties: tuple[str, ...] = ()
    signatures: tuple[Signature, ...] = ()
    copies: tuple[str, ...] = ()  # SHA-256 of the copies that the parties signed
    seal: Seal | None = None


def clean_code(typed: str) -> str:
    """Return a code as it is stored, whatever its case, spaces and hyphens."""
    figures = re.sub(r"[^0-9A-Z]", "", typed.upper())
    size = CODE_GROUP_LENGTH
    return "-".join(
        figures[start : start + size] for start in range(0, min(len(figures), CODE_GROUPS * size + 1), size)
    )


def verify(code: str) -> Verification | None:
    """Return what is known of the document that bears this code, None when no document does."""
    document = (
        IssuedDocument.objects.filter(verification_code=clean_code(code))
        .select_related("contract")
        .defer("data")
        .first()
    )
    if document is None:
        return None
    contract = document.contract
    reference = contract.reference if contract and contract.first_sent_at else ""
    if document.is_draft:
        return Verification(document, reference, "Version de travail", "Elle n’engage personne.", is_valid=False)
    if document.superseded_at is not None:
        text = "Une version plus récente a été émise : celle-ci ne vaut plus."
        return Verification(document, reference, "Version remplacée", text, is_valid=False)
    if contract is None or document.kind != "contract":
        return Verification(document, reference, "Document émis par le portail", "", is_valid=True)
    return _of_contract(document, contract)


def _of_contract(document: IssuedDocument, contract: Contract) -> Verification:
    if contract.state not in SIGNED_STATES:
        text = "Toutes les parties n’ont pas signé : ce document n’est pas encore un contrat."
        return Verification(document, contract.reference, "Contrat non signé", text, is_valid=False)
    signatures = tuple(
        Signature.objects.filter(document=document, voided_at__isnull=True)
        .select_related("upload")
        .order_by("signed_on", "pk")
    )
    copies = tuple(each.upload.sha256 for each in signatures if each.upload)
    seal = Seal.objects.filter(document=document).first()
    read = signed_contracts().get(pk=contract.pk)
    parties = ("L’État", *(each.full_name for each in parties_of(read)))
    status = "Contrat signé" if contract.state == "signed" else f"Contrat {contract.get_state_display().lower()}"
    return Verification(
        document, contract.reference, status, "", True, contract.signed_at, parties, signatures, copies, seal
    )  # fmt: skip

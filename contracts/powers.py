"""The power that each transition uses, and what the machine knows of the delegations of an organisation."""

from __future__ import annotations

from accounts.models import Delegation
from contracts.facts import DelegationFacts

#: The transitions that do not decide.
POWERS: dict[str, str] = {
    "send_letter": "covers_send",
    "submit_proposal": "covers_send",
    "resubmit": "covers_send",
    "withdraw": "covers_send",
    "sign": "covers_sign",
    "accept_rectification": "covers_sign",
}
DECIDING = "covers_decide"


def delegations_of(organisation_id: int) -> list[Delegation]:
    """Return the delegations that an organisation gave, the latest first."""
    return list(Delegation.objects.filter(organisation=organisation_id).order_by("-starts_on", "-pk"))


def delegation_facts(row: Delegation, transition: str) -> DelegationFacts:
    """Return a delegation as the machine judges it for a transition."""
    return DelegationFacts(
        id=row.pk,
        reference=row.reference,
        holder=row.holder_name,
        covers=bool(getattr(row, POWERS.get(transition, DECIDING))),
        starts_on=row.starts_on,
        published_on=row.published_on,
        ends_on=row.ends_on,
        revoked_on=row.revoked_on,
        territory=row.territory,
    )

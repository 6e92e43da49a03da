"""The rows of envelopes: how they are locked, and the refusal when one does not cover what is asked."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from funding.errors import EnvelopeExceeded
from funding.models import Envelope


def locked(ids: Iterable[int]) -> dict[int, Envelope]:
    """Lock envelopes in the order of their ids, and return them by id."""
    envelopes = Envelope.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=list(ids))
    return {each.pk: each for each in envelopes.select_related("campaign", "organisation").order_by("pk")}


def exceeded(envelope: Envelope, needed: Decimal, remaining: Decimal, credit: str = "") -> EnvelopeExceeded:
    """Return the refusal that names the envelope and the figure that is missing."""
    return EnvelopeExceeded(
        needed=needed,
        remaining=remaining,
        year=envelope.campaign.year,
        holder=envelope.organisation.name,
        credit=credit,
    )

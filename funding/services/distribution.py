"""The door of distribution: money goes down from the law to the préfectures, comes back, and is redeployed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.enums import OrganisationKind
from accounts.models import Organisation
from accounts.roles import Permission, may
from campaigns.models import Campaign
from funding.errors import FundingRefused
from funding.holdings import Credits
from funding.models import ZERO, Allocation, Envelope
from funding.services.budgets import amount_problems
from funding.services.holding import exceeded, locked
from journal.models import Event
from journal.services import record

if TYPE_CHECKING:
    from accounts.actors import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class _Act:
    """Who distributes, when, why, and the event that keeps it."""

    by: Actor
    now: datetime
    reason: str
    event: Event


def allot(
    *,
    campaign: Campaign,
    organisation: Organisation,
    amount: Decimal,
    source: Envelope | None,
    reason: str,
    by: Actor,
    now: datetime,
    cp_amount: Decimal = ZERO,
    after: int | None = None,
) -> Allocation:
    """Give money to the envelope of an organisation for a year, or take it back with negative amounts.

    Money enters by the ministry's own envelope (no source), then goes from the ministry to the régions or préfectures,
    and from a région to the préfectures of its départements.

    Args:
        campaign: the year.
        organisation: who receives.
        amount: euros of AE.
        source: the envelope it comes from; None for what the budget law opens.
        reason: why; the people who see the envelope read it.
        by: who distributes.
        now: when.
        cp_amount: euros of CP, of the same sign as the AE.
        after: the last allocation that the page knew; the same entry sent twice from one page counts once.

    Raises:
        PermissionDenied: the actor does not distribute this envelope.
        EnvelopeExceeded: the source does not hold that much, or the receiver has already used what is taken back.
        FundingRefused: the entry does not hold.
    """
    _authorise(campaign, organisation, source, by)
    moved = Credits(amount, cp_amount)
    _check(moved, reason)
    with transaction.atomic():
        target, _ = Envelope.objects.get_or_create(campaign=campaign, organisation=organisation)
        rows = locked({target.pk} | ({source.pk} if source else set()))
        giver = rows[source.pk] if source else None
        twin = _twin(rows[target.pk], giver, moved, reason.strip(), after)
        if twin is not None:
            return twin
        payload: dict[str, Any] = {"envelope": target.pk, "source": giver.pk if giver else None}
        payload |= {"amount": f"{moved.ae:.2f}", "cp_amount": f"{moved.cp:.2f}"}
        event = record(kind="envelope_allotted", by=by, now=now, payload=payload)
        return _transfer(giver, rows[target.pk], moved, _Act(by=by, now=now, reason=reason.strip(), event=event))


def redeploy(
    *,
    source: Envelope,
    origin: Organisation,
    receiver: Organisation,
    amount: Decimal,
    reason: str,
    by: Actor,
    now: datetime,
    cp_amount: Decimal = ZERO,
    after: int | None = None,
) -> Allocation:
    """Take back from one organisation what another receives, as one act: both, or nothing.

    Args:
        source: the envelope of who distributes, through which the money goes.
        origin: who gives back.
        receiver: who receives.
        amount: euros of AE, positive.
        reason: why; both read it.
        by: who distributes.
        now: when.
        cp_amount: euros of CP, positive.
        after: as for ``allot``.

    Returns:
        The allocation of the receiver.

    Raises:
        PermissionDenied: the actor does not distribute to one of them.
        EnvelopeExceeded: the origin has used what is taken back.
        FundingRefused: the entry does not hold.
    """
    campaign, moved = source.campaign, Credits(amount, cp_amount)
    for organisation in (origin, receiver):
        _authorise(campaign, organisation, source, by)
    _check(moved, reason)
    if origin.pk == receiver.pk or min(moved.ae, moved.cp) < 0:
        raise FundingRefused("Choisissez deux organisations différentes, et des montants positifs.")
    with transaction.atomic():
        ends = [
            Envelope.objects.get_or_create(campaign=campaign, organisation=each)[0].pk for each in (origin, receiver)
        ]
        rows = locked({source.pk, *ends})
        giver, first, last = rows[source.pk], rows[ends[0]], rows[ends[1]]
        twin = _twin(last, giver, moved, reason.strip(), after)
        if twin is not None:
            return twin
        payload: dict[str, Any] = {"envelope": last.pk, "origin": first.pk, "source": giver.pk}
        payload |= {"amount": f"{moved.ae:.2f}", "cp_amount": f"{moved.cp:.2f}"}
        event = record(kind="envelope_redeployed", by=by, now=now, payload=payload)
        act = _Act(by=by, now=now, reason=reason.strip(), event=event)
        _transfer(giver, first, -moved, act)
        return _transfer(giver, last, moved, act)


def may_receive(organisation: Organisation, giver: Organisation) -> bool:
    """Tell whether money may go from an organisation to another."""
    if giver.kind == OrganisationKind.NATIONAL:
        return organisation.kind in (OrganisationKind.REGIONAL, OrganisationKind.PREFECTURE)
    return (
        giver.kind == OrganisationKind.REGIONAL
        and organisation.kind == OrganisationKind.PREFECTURE
        and organisation.departement is not None
        and organisation.departement.region_id == giver.region_id
    )


def _authorise(campaign: Campaign, organisation: Organisation, source: Envelope | None, by: Actor) -> None:
    if not may(by, Permission.ENVELOPE_DISTRIBUTE):
        raise PermissionDenied
    if source is None:
        if by.organisation.kind != OrganisationKind.NATIONAL or organisation.pk != by.organisation.pk:
            raise PermissionDenied
        return
    if source.organisation_id != by.organisation.pk or not may_receive(organisation, by.organisation):
        raise PermissionDenied
    if source.campaign_id != campaign.pk:
        raise FundingRefused("L’enveloppe d’une année ne peut alimenter que la même année.")


def _check(moved: Credits, reason: str) -> None:
    problem = next(_problems(moved), "")
    if problem or not reason.strip():
        raise FundingRefused(problem or "Indiquez le motif de cette attribution.")


def _problems(moved: Credits) -> Iterator[str]:
    if not moved.ae and not moved.cp:
        yield "Indiquez un montant."
    if moved.ae * moved.cp < 0:
        yield "Les AE et les CP vont dans le même sens."
    for amount in (moved.ae, moved.cp):
        yield from amount_problems(abs(amount))


def _twin(
    target: Envelope, source: Envelope | None, moved: Credits, reason: str, after: int | None
) -> Allocation | None:
    """Return the allocation that the same page already recorded, if it was sent twice."""
    if after is None:
        return None
    same = Allocation.objects.filter(
        envelope=target, source=source, amount=moved.ae, cp_amount=moved.cp, reason=reason, pk__gt=after
    )
    return same.order_by("pk").first()


def _transfer(source: Envelope | None, target: Envelope, moved: Credits, act: _Act) -> Allocation:
    """Move money between two locked envelopes, and keep it as a row."""
    if source is not None:
        _draw(source, target, moved)
    _receive(target, moved)
    return Allocation.objects.create(
        envelope=target,
        source=source,
        amount=moved.ae,
        cp_amount=moved.cp,
        reason=act.reason,
        decided_by=act.by.user,
        recorded_at=act.now,
        event=act.event,
    )


def _draw(source: Envelope, target: Envelope, moved: Credits) -> None:
    given = _given(source, target) if min(moved.ae, moved.cp) < 0 else Credits()
    for credit, amount, remaining, back in (
        ("AE", moved.ae, source.remaining, given.ae),
        ("CP", moved.cp, source.cp_remaining, given.cp),
    ):
        if amount > remaining:
            raise exceeded(source, amount, remaining, credit)
        if -amount > max(back, ZERO):  # what another gave is not ours to take back
            raise exceeded(target, -amount, max(back, ZERO), credit)
    source.distributed += moved.ae
    source.cp_distributed += moved.cp
    source.save(update_fields=["distributed", "cp_distributed"])


def _given(source: Envelope, target: Envelope) -> Credits:
    """Return what an envelope holds from another, in euros."""
    rows = Allocation.objects.filter(source=source, envelope=target).values_list("amount", "cp_amount")
    found = list(rows)
    return Credits(sum((ae for ae, _ in found), ZERO), sum((cp for _, cp in found), ZERO))


def _receive(target: Envelope, moved: Credits) -> None:
    if target.remaining + moved.ae < 0:
        raise exceeded(target, -moved.ae, target.remaining, "AE")
    if target.cp_remaining + moved.cp < 0:
        raise exceeded(target, -moved.cp, target.cp_remaining, "CP")
    target.allotted += moved.ae
    target.cp_allotted += moved.cp
    target.save(update_fields=["allotted", "cp_allotted"])

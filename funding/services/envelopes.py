"""Envelopes: what is allotted, taken and given back, under lock, never below zero."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.enums import OrganisationKind
from accounts.models import Organisation
from accounts.roles import Permission, may
from campaigns.models import Campaign
from campaigns.queries import open_years
from funding.enums import Decision, Stage
from funding.errors import EnvelopeExceeded, FundingRefused
from funding.models import ZERO, Action, Allocation, Envelope, Movement, YearAmount
from funding.services.budgets import amount_problems
from funding.services.ledger import Place, held, place, settle
from journal.models import Event
from journal.services import record

if TYPE_CHECKING:
    from accounts.actors import Actor
    from contracts.models import Contract

TAKEN_STAGES = (Stage.GRANTED, Stage.INDICATIVE)


# --- distribution ----------------------------------------------------------------------------------------------------


def allot(
    *,
    campaign: Campaign,
    organisation: Organisation,
    amount: Decimal,
    source: Envelope | None,
    reason: str,
    by: Actor,
    now: datetime,
    after: int | None = None,
) -> Allocation:
    """Give money to the envelope of an organisation for a year, or take it back with a negative amount.

    Money enters by the ministry's own envelope (no source), then goes from the ministry to the régions or préfectures,
    and from a région to the préfectures of its départements.

    Args:
        campaign: the year.
        organisation: who receives.
        amount: euros.
        source: the envelope it comes from; None for what the budget law opens.
        reason: why; the people who see the envelope read it.
        by: who distributes.
        now: when.
        after: the last allocation that the page knew; the same entry sent twice from one page counts once.

    Raises:
        PermissionDenied: the actor does not distribute this envelope.
        EnvelopeExceeded: the source does not hold that much, or the receiver has already used what is taken back.
        FundingRefused: the entry does not hold.
    """
    _authorise(campaign, organisation, source, by)
    problem = next(amount_problems(abs(amount)), "") if amount else "Indiquez un montant."
    if problem or not reason.strip():
        raise FundingRefused(problem or "Indiquez le motif de cette attribution.")
    with transaction.atomic():
        target, _ = Envelope.objects.get_or_create(campaign=campaign, organisation=organisation)
        locked = _locked({target.pk} | ({source.pk} if source else set()))
        target = locked[target.pk]
        twin = _twin(target, source, amount, reason.strip(), after)
        if twin is not None:
            return twin
        if source is not None:
            _draw(locked[source.pk], amount)
        _receive(target, amount)
        event = record(
            kind="envelope_allotted",
            by=by,
            now=now,
            payload={"envelope": target.pk, "source": source.pk if source else None, "amount": f"{amount:.2f}"},
        )
        return Allocation.objects.create(
            envelope=target,
            source=source,
            amount=amount,
            reason=reason.strip(),
            decided_by=by.user,
            recorded_at=now,
            event=event,
        )


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


def _twin(
    target: Envelope, source: Envelope | None, amount: Decimal, reason: str, after: int | None
) -> Allocation | None:
    """Return the allocation that the same page already recorded, if it was sent twice."""
    if after is None:
        return None
    same = Allocation.objects.filter(envelope=target, source=source, amount=amount, reason=reason, pk__gt=after)
    return same.order_by("pk").first()


def _draw(source: Envelope, amount: Decimal) -> None:
    if amount > source.remaining:
        raise _exceeded(source, amount, source.remaining)
    if source.distributed + amount < 0:
        raise EnvelopeExceeded(needed=-amount, remaining=source.distributed, year=source.campaign.year)
    source.distributed += amount
    source.save(update_fields=["distributed"])


def _receive(target: Envelope, amount: Decimal) -> None:
    if target.remaining + amount < 0:
        raise _exceeded(target, -amount, target.remaining)
    target.allotted += amount
    target.save(update_fields=["allotted"])


def _exceeded(envelope: Envelope, needed: Decimal, remaining: Decimal) -> EnvelopeExceeded:
    return EnvelopeExceeded(
        needed=needed, remaining=remaining, year=envelope.campaign.year, holder=envelope.organisation.name
    )


# --- what a file takes -----------------------------------------------------------------------------------------------


def lock_envelopes(contract: Contract, years: Iterable[int] | None = None) -> dict[int, Envelope]:
    """Lock the envelopes that a file draws on or holds, in the order of their ids; the lock that follows the file's.

    Returns:
        Those of its préfecture in the lead, by year, for the years whose campaign is open.
    """
    wanted = contract.years if years is None else tuple(years)
    own = Envelope.objects.filter(
        organisation=contract.lead_service_id, campaign__year__in=wanted, campaign__is_open=True
    )
    drawn_on = Movement.objects.filter(contract=contract.pk, envelope__isnull=False).values_list("envelope", flat=True)
    own_ids = set(own.values_list("pk", flat=True))
    locked = _locked(own_ids | {pk for pk in drawn_on if pk is not None})
    return {envelope.campaign.year: envelope for pk, envelope in locked.items() if pk in own_ids}


def take(contract: Contract, event: Event, now: datetime, *, effective_on: date | None = None) -> None:
    """Commit what the retained actions are proposed: from the envelopes for the years that are open.

    The amounts of later years are indicative: they draw on nothing until their campaign opens. Doing it twice changes
    nothing: the ledger moves by differences.

    Raises:
        EnvelopeExceeded: an envelope does not cover the year; nothing is written.
    """
    actions = list(Action.objects.filter(contract=contract.pk, removed_at__isnull=True).order_by("pk"))
    rows = list(YearAmount.objects.filter(action__in=actions).order_by("pk"))
    years = {row.year for row in rows}
    with transaction.atomic():
        envelopes = lock_envelopes(contract, years)
        targets = _targets(actions, rows, open_years(), envelopes)
        YearAmount.objects.bulk_update(rows, ["granted"])
        _move(contract.pk, targets, event, now, effective_on)


def release(contract: Contract, event: Event, now: datetime, *, effective_on: date | None = None) -> None:
    """Give back everything that a file took, by movements of the opposite sign; twice is as once."""
    with transaction.atomic():
        lock_envelopes(contract)
        _move(contract.pk, {}, event, now, effective_on)
        YearAmount.objects.filter(action__contract=contract.pk, granted__isnull=False).update(granted=None)


def retake(contract: Contract, event: Event, now: datetime, *, effective_on: date | None = None) -> None:
    """Commit again what an approved file had, when it is reinstated.

    Raises:
        EnvelopeExceeded: the envelope was used meanwhile.
    """
    take(contract, event, now, effective_on=effective_on)


def _targets(
    actions: list[Action], rows: list[YearAmount], committed: Collection[int], envelopes: Mapping[int, Envelope]
) -> dict[Place, Decimal]:
    """Set what is granted on each row, and return where it must stand in the ledger."""
    known = {action.pk: action for action in actions}
    targets: dict[Place, Decimal] = {}
    for row in rows:
        action = known[row.action_id]
        row.granted = (row.proposed or ZERO) if action.decision == Decision.RETAINED else ZERO
        if not row.granted:
            continue
        if row.year not in committed:
            targets[place(action, row.year, Stage.INDICATIVE)] = row.granted
        elif row.year in envelopes:
            targets[place(action, row.year, Stage.GRANTED, envelopes[row.year].pk)] = row.granted
        else:
            raise EnvelopeExceeded(needed=row.granted, remaining=ZERO, year=row.year)
    return targets


def _move(
    contract_id: int, targets: dict[Place, Decimal], event: Event, now: datetime, effective_on: date | None
) -> None:
    current = held(contract_id, TAKEN_STAGES)
    changes = _by_envelope(targets)
    for pk, amount in _by_envelope(current).items():
        changes[pk] = changes.get(pk, ZERO) - amount
    for envelope in _locked(changes).values():
        change = changes[envelope.pk]
        if change > envelope.remaining:
            own = _by_envelope(current).get(envelope.pk, ZERO)
            raise _exceeded(envelope, change + own, envelope.remaining + own)
        envelope.taken += change
        envelope.save(update_fields=["taken"])
    settle(contract_id=contract_id, targets=targets, current=current, event=event, now=now, effective_on=effective_on)


def _by_envelope(amounts: Mapping[Place, Decimal]) -> dict[int, Decimal]:
    sums: dict[int, Decimal] = {}
    for key, amount in amounts.items():
        if key.envelope_id is not None:
            sums[key.envelope_id] = sums.get(key.envelope_id, ZERO) + amount
    return sums


def _locked(ids: Iterable[int]) -> dict[int, Envelope]:
    envelopes = Envelope.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=list(ids))
    return {each.pk: each for each in envelopes.select_related("campaign", "organisation").order_by("pk")}

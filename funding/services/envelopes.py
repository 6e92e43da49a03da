"""What files take of the envelopes and give back, under lock, never below zero."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction

from campaigns.queries import open_years
from funding.enums import Decision, Stage
from funding.errors import EnvelopeExceeded
from funding.models import ZERO, Action, Envelope, Movement, YearAmount
from funding.services.holding import exceeded, locked
from funding.services.ledger import Place, held, place, settle
from journal.models import Event

if TYPE_CHECKING:
    from contracts.models import Contract

TAKEN_STAGES = (Stage.GRANTED, Stage.INDICATIVE)


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
    found = locked(own_ids | {pk for pk in drawn_on if pk is not None})
    return {envelope.campaign.year: envelope for pk, envelope in found.items() if pk in own_ids}


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
        move(contract.pk, targets, event, now, effective_on)


def release(contract: Contract, event: Event, now: datetime, *, effective_on: date | None = None) -> None:
    """Give back everything that a file took, by movements of the opposite sign; twice is as once."""
    with transaction.atomic():
        lock_envelopes(contract)
        move(contract.pk, {}, event, now, effective_on)
        YearAmount.objects.filter(action__contract=contract.pk, granted__isnull=False).update(granted=None)


def retake(contract: Contract, event: Event, now: datetime, *, effective_on: date | None = None) -> None:
    """Commit again what an approved file had, when it is reinstated.

    Raises:
        EnvelopeExceeded: the envelope was used meanwhile.
    """
    take(contract, event, now, effective_on=effective_on)


def notify(contract: Contract, event: Event, now: datetime, *, effective_on: date | None = None) -> None:
    """Write down that what was granted on the open years is notified; twice is as once."""
    granted = held(contract.pk, (Stage.GRANTED,))
    settle(
        contract_id=contract.pk,
        targets={replace(key, stage=Stage.NOTIFIED, envelope_id=None): amount for key, amount in granted.items()},
        current=held(contract.pk, (Stage.NOTIFIED,)),
        event=event,
        now=now,
        effective_on=effective_on,
    )


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


def move(
    contract_id: int,
    targets: Mapping[Place, Decimal],
    event: Event,
    now: datetime,
    effective_on: date | None = None,
) -> None:
    """Bring what a file takes to these targets, in the ledger and in the envelopes that it draws on, under lock.

    Raises:
        EnvelopeExceeded: an envelope does not cover the change; nothing is written.
    """
    current = held(contract_id, TAKEN_STAGES)
    changes = _by_envelope(targets)
    for pk, amount in _by_envelope(current).items():
        changes[pk] = changes.get(pk, ZERO) - amount
    for envelope in locked(changes).values():
        change = changes[envelope.pk]
        if change > envelope.remaining:
            own = _by_envelope(current).get(envelope.pk, ZERO)
            raise exceeded(envelope, change + own, envelope.remaining + own)
        envelope.taken += change
        envelope.save(update_fields=["taken"])
    settle(contract_id=contract_id, targets=targets, current=current, event=event, now=now, effective_on=effective_on)


def _by_envelope(amounts: Mapping[Place, Decimal]) -> dict[int, Decimal]:
    sums: dict[int, Decimal] = {}
    for key, amount in amounts.items():
        if key.envelope_id is not None:
            sums[key.envelope_id] = sums.get(key.envelope_id, ZERO) + amount
    return sums

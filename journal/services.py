"""The door of the journal: events, spans of states, and the check of the chain."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from journal.chain import canonical, seal
from journal.models import Event, JournalHead, StateSpan

if TYPE_CHECKING:
    from accounts.actors import Actor


def record(
    *,
    kind: str,
    by: Actor | None,
    now: datetime,
    contract_id: int | None = None,
    payload: dict[str, Any] | None = None,
) -> Event:
    """Add a row to the journal, in the caller's transaction.

    Args:
        kind: what happened, lower snake case.
        by: the actor; None for the system itself.
        now: when the act took place (aware); the instant of recording is the clock's.
        contract_id: the file concerned, if any.
        payload: ids and facts, without personal names; must be JSON.

    Raises:
        TransactionManagementError: outside a transaction.
    """
    head = _locked_head()
    event = Event(
        sequence=head.sequence + 1,
        kind=kind,
        at=now,
        recorded_at=timezone.now(),
        contract_id=contract_id,
        actor_id=by.user.pk if by else None,
        organisation_id=by.organisation.pk if by else None,
        role=by.role.value if by else "",
        payload=json.loads(canonical(payload or {})),
        previous_hash=head.hash,
    )
    event.hash = seal(event)
    event.save(force_insert=True)
    head.sequence, head.hash = event.sequence, event.hash
    head.save(update_fields=["sequence", "hash"])
    return event


def record_many(events: Iterable[Event]) -> list[Event]:
    """Add many rows to the journal, in the caller's transaction; they come without sequence, hash nor recording time.

    Raises:
        TransactionManagementError: outside a transaction.
    """
    head = _locked_head()
    recorded_at = timezone.now()
    added = []
    for event in events:
        event.sequence, event.previous_hash, event.recorded_at = head.sequence + 1, head.hash, recorded_at
        event.hash = seal(event)
        head.sequence, head.hash = event.sequence, event.hash
        added.append(event)
    Event.objects.bulk_create(added, batch_size=2_000)
    head.save(update_fields=["sequence", "hash"])
    return added


def _locked_head() -> JournalHead:
    heads = JournalHead.objects.select_for_update(no_key=True)
    head = heads.filter(pk=1).first()
    if head is None:
        JournalHead.objects.bulk_create([JournalHead(pk=1)], ignore_conflicts=True)
        head = heads.get(pk=1)
    return head


def enter_state(*, contract_id: int, state: str, event: Event, now: datetime) -> StateSpan:
    """Close the open span of a contract and open the next, in the caller's transaction."""
    StateSpan.objects.filter(contract_id=contract_id, left_at__isnull=True).update(left_at=now)
    return StateSpan.objects.create(contract_id=contract_id, state=state, entered_at=now, entered_by=event)


def broken_links(events: Iterable[Event]) -> Iterable[Event]:
    """Yield the events, given in their order from the first, whose seal or link does not hold."""
    previous_hash, sequence = "", 0
    for event in events:
        if event.previous_hash != previous_hash or event.sequence != sequence + 1 or seal(event) != event.hash:
            yield event
        previous_hash, sequence = event.hash, event.sequence


def verify_chain(progress: Any = iter) -> list[Event]:
    """Return the broken events of the whole journal, the head included; an empty list means that it is whole.

    Args:
        progress: wraps the iterable of events, to draw a bar.
    """
    with transaction.atomic():
        broken = list(broken_links(progress(Event.objects.order_by("sequence").iterator(chunk_size=2000))))
        last = Event.objects.order_by("sequence").last()
        head = JournalHead.objects.filter(pk=1).first()
    if last is not None and (head is None or head.hash != last.hash):
        broken.append(last)
    return broken

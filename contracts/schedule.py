"""What the portal does to files every day by itself: reminders, each sent once, remembered by the journal."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.roles import Permission
from contracts.models import Opinion
from contracts.opinion_mails import remind_agents, remind_service
from contracts.services.locks import locked
from contracts.windows import WINDOWS
from journal.models import Event
from journal.services import record

logger = logging.getLogger(__name__)

#: Days before an opinion is due at which its service and the préfecture are reminded of it.
SOON_DAYS = 3
OPINION_REMINDED = "opinion_reminded"

#: Shows how far a job is, file by file.
Progress = Callable[[list[int]], Iterable[int]]


def _silently(files: list[int]) -> Iterable[int]:
    return files


@transaction.atomic
def remind_of_opinions(contract_id: int, *, now: datetime) -> int:
    """Remind of the opinions of a file that are soon due or late, each once before and once after its day.

    Returns:
        How many opinions it told of; asked again the same day, none.
    """
    contract, today = locked(contract_id), timezone.localdate(now)
    if contract.state not in WINDOWS[Permission.OPINION_RECORD]:
        return 0
    told = {
        (each["opinion"], each["late"], each["expected_on"])
        for each in Event.objects.filter(contract=contract, kind=OPINION_REMINDED).values_list("payload", flat=True)
    }
    awaited = Opinion.objects.filter(contract=contract, given_on__isnull=True, due_on__lte=_horizon(now))
    related = awaited.select_related("contract__porteur", "contract__lead_service", "contract__instructor")
    opinions = []
    for opinion in related.select_related("recorded_by").order_by("due_on", "pk"):
        late = opinion.due_on < today
        if not late and timezone.localdate(opinion.asked_at) == today:
            continue  # it was asked this very day
        if (opinion.pk, late, opinion.due_on.isoformat()) in told:
            continue
        opinions.append(opinion)
        payload = {
            "opinion": opinion.pk,
            "late": late,
            "expected_on": opinion.due_on.isoformat(),
            "mailed": bool(opinion.email),
        }
        record(kind=OPINION_REMINDED, by=None, now=now, contract_id=contract.pk, payload=payload)
        remind_service(opinion, today=today)
    if opinions:
        remind_agents(contract, opinions, today=today)
    return len(opinions)


def files_awaiting_opinions(*, now: datetime) -> list[int]:
    """Return the files where an opinion is soon due or late."""
    states = WINDOWS[Permission.OPINION_RECORD]
    awaited = Opinion.objects.filter(contract__state__in=states, given_on__isnull=True, due_on__lte=_horizon(now))
    return sorted(set(awaited.values_list("contract_id", flat=True)))


def _horizon(now: datetime) -> date:
    return timezone.localdate(now) + timedelta(days=SOON_DAYS)


Reminder = Callable[..., int]
#: Each reminder: the files that it may concern, and what it does to one of them, under lock, once.
REMINDERS: tuple[tuple[Callable[..., list[int]], Reminder], ...] = ((files_awaiting_opinions, remind_of_opinions),)


def send_reminders(*, now: datetime, progress: Progress = _silently) -> int:
    """Send the reminders of the day; return how many. A file that fails is logged, and the others have their turn."""
    sent = 0
    for files, remind in REMINDERS:
        for contract_id in progress(files(now=now)):
            try:
                sent += remind(contract_id, now=now)
            except Exception:
                logger.exception("The reminders of file %s failed; they are tried again tomorrow.", contract_id)
    return sent

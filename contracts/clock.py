"""The legal clock of a funding request."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.utils import timezone

from contracts.models import Contract

DEFAULT_SILENCE_MONTHS = 2


def add_months(day: date, months: int) -> date:
    """Return the same day some months later, or the last day of that month."""
    years, month = divmod(day.month - 1 + months, 12)
    first = date(day.year + years, month + 1, 1)
    last = (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    return last if day.day > last.day else first.replace(day=day.day)


def implicit_decision_on(contract: Contract, now: datetime) -> date | None:
    """Return the day on which silence means refusal, pushed back by the suspensions; None while nothing is asked.

    CRPA, art. L. 231-4, 3°: silence for two months on a financial request means refusal; the number of months is the
    campaign's. A request for corrections suspends the delay.
    """
    if contract.submitted_at is None:
        return None
    months = contract.campaign.silence_months if contract.campaign else DEFAULT_SILENCE_MONTHS
    suspended = timedelta(seconds=contract.suspended_seconds)
    if contract.suspended_at is not None:
        suspended += now - contract.suspended_at
    return add_months(timezone.localdate(contract.submitted_at), months) + suspended

"""A year opened as the ministry opens it."""

from datetime import date, datetime
from typing import Any

from accounts.actors import Actor
from campaigns.models import Campaign
from campaigns.services import open_campaign


def open_year(by: Actor, now: datetime, year: int = 2026, **settings: Any) -> Campaign:
    """Open the campaign of a year with its questions; French lessons are mandatory unless told otherwise."""
    settings.setdefault("mandatory_axes", {"FRANCAIS"})
    return open_campaign(
        year=year,
        opens_on=date(year, 1, 15),
        submission_deadline=date(year, 6, 30),
        closes_on=date(year, 12, 31),
        by=by,
        now=now,
        **settings,
    )

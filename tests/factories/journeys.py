"""A file of Poitiers to carry through the machine, with all that the machine looks up."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from django.utils import timezone

from campaigns.services import open_campaign
from ctai.demo_data.journey import Duo, Journey
from ctai.reference import prepare
from tests.factories.funding import an_envelope
from tests.people import People


class Today(Journey):
    """A journey whose steps all happen now, beside what people do in their browsers."""

    def later(self, days: int = 1) -> datetime:
        self.now = timezone.now()
        return self.now


def open_year(people: People, year: int, now: datetime, envelope: str = "500000.00") -> None:
    """Open the campaign of a year, with the envelope of the préfecture de la Vienne."""
    open_campaign(
        year=year,
        opens_on=date(year, 1, 1),
        submission_deadline=date(year, 12, 15),
        closes_on=date(year, 12, 31),
        by=people.dgef,
        now=now,
        mandatory_axes=["FRANCAIS"],
    )
    an_envelope(people.vienne_agent.organisation, str(Decimal(envelope)), year)


def journey_of_poitiers(people: People, now: datetime, kind: type[Journey] = Journey) -> Journey:
    """Return a journey that begins at this instant; the campaign of the year and of the next are open."""
    prepare(now)
    for year in (now.year, now.year + 1):
        open_year(people, year, now - timedelta(days=1))
    return kind(
        local=Duo(people.poitiers_agent, people.poitiers_maire),
        state=Duo(people.vienne_agent, people.vienne_prefet),
        now=now,
        starts_on=date(now.year, 9, 1),
    )

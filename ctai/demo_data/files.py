"""The files of the demonstration: at least one at every step, carried there by the services."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.utils import timezone

from contracts.collective import Change, requests_for
from contracts.models import Contract, Scenario
from contracts.services.scenarios import save_scenario
from ctai.demo_data import people, texts
from ctai.demo_data.contract_text import rectification_proposed, rectified, reissued, with_clause
from ctai.demo_data.journey import Duo, Journey
from territories.models import LocalAuthority

Steps = Callable[[Journey], object]


def letter(journey: Journey) -> Journey:
    """Write a letter."""
    return journey.open().write_letter()


def sent(journey: Journey) -> Journey:
    """Send it."""
    return letter(journey).send_letter()


def exchange(journey: Journey) -> Journey:
    """Acknowledge it."""
    return sent(journey).acknowledge()


def diagnostic(journey: Journey) -> Journey:
    """Meet, and open the diagnostic."""
    return exchange(journey).meet().conclude_exchange()


def being_written(journey: Journey) -> Journey:
    """Write four sections, approve two, then change one that was approved."""
    return diagnostic(journey).write_diagnostic(limit=4).approve_sections(limit=2).rework_diagnostic()


def proposal(journey: Journey) -> Journey:
    """Write, approve and conclude the diagnostic."""
    return diagnostic(journey).write_diagnostic().approve_sections().conclude_diagnostic()


def review(journey: Journey) -> Journey:
    """Describe the actions and submit them."""
    return proposal(journey).propose().complete_request().submit()


def approved(journey: Journey) -> Journey:
    """Correct, then approve."""
    return review(journey).request_correction().correct().adopt().approve()


def signed(journey: Journey) -> Journey:
    """Deliberate and sign on both sides."""
    return approved(journey).deliberate().sign("local").sign("state")


@dataclass(frozen=True, slots=True)
class Sample:
    """A file: its porteur, how many days ago it began, and how far it goes."""

    uid: str
    days_ago: int
    steps: Steps
    years_later: int = 0


VIENNE = (
    Sample("commune:86194", 60, being_written),
    Sample("commune:86137", 12, letter),
    Sample("commune:86070", 9, sent),
    Sample("commune:86066", 40, lambda j: exchange(j).meet(approve=False)),
    Sample("commune:86165", 80, lambda j: proposal(j).propose().complete_request()),
    Sample("epci:200069854", 75, lambda j: review(j).examine()),
    Sample("commune:86115", 85, lambda j: review(j).request_correction()),
    Sample("commune:86078", 110, lambda j: reissued(with_clause(review(j)).adopt().approve())),
    Sample("commune:86041", 190, lambda j: rectification_proposed(signed(j).pay())),
    Sample("commune:86214", 120, lambda j: review(j).refuse()),
    Sample("commune:86158", 150, lambda j: exchange(j).dismiss()),
    Sample("commune:86139", 130, lambda j: approved(j).withdraw()),
    Sample("commune:86281", 25, lambda j: sent(j).return_letter()),
    Sample("commune:86041", 62, lambda j: proposal(j).renew(), years_later=3),
)
GIRONDE = (
    Sample("commune:33281", 70, review),
    Sample("commune:33243", 200, lambda j: rectified(signed(j))),
    Sample("commune:33318", 30, exchange),
)


def carry_all(
    *, vienne: Duo, gironde: Duo, now: datetime, progress: Callable[..., Iterable[tuple[Sample, Duo]]]
) -> int:
    """Carry the files that are not there yet; return how many were added."""
    pairs = [(sample, vienne) for sample in VIENNE] + [(sample, gironde) for sample in GIRONDE]
    added, seen = 0, Counter[str]()
    for rank, (sample, state) in enumerate(progress(pairs)):
        authority = LocalAuthority.objects.with_places().get(uid=sample.uid)
        seen[sample.uid] += 1
        if Contract.objects.filter(porteur=authority, origin="portal").count() >= seen[sample.uid]:
            continue
        day = timezone.localtime(now - timedelta(days=sample.days_ago))
        start = day.replace(hour=9 + rank % 8, minute=17 * rank % 60)  # an hour of work
        local = people.town(authority, start, signs_in=sample.uid == "commune:86194")
        starts_on = date(now.year + sample.years_later, 9, 1)
        sample.steps(Journey(local=local, state=state, now=start, starts_on=starts_on))
        added += 1
    return added


def compare(state: Duo, now: datetime) -> None:
    """Save a scenario that gives nine tenths of what is asked this year; nothing is applied."""
    if Scenario.objects.filter(organisation=state.agent.organisation).exists():
        return
    lines = [line for line in requests_for(state.agent, now.year) if line.is_open]
    changes = {
        line.action_id: Change((line.requested * NINE_TENTHS).quantize(line.requested), texts.TRIMMED)
        for line in lines
    }
    save_scenario(year=now.year, name="Neuf dixièmes pour tous", changes=changes, by=state.agent, now=now)


NINE_TENTHS = Decimal("0.9")

"""Envelopes: distributed from above, taken and given back to the cent, never below zero."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from contracts.models import Contract
from funding.enums import Stage
from funding.errors import EnvelopeExceeded, FundingRefused
from funding.holdings import stages_by_action, stages_by_holder
from funding.models import Allocation, Envelope, Movement, YearAmount
from funding.queries import envelope_states, envelopes_visible_to, ledger_totals, remaining_at
from funding.services.distribution import allot
from funding.services.envelopes import notify, release, retake, take
from funding.services.review import adopt_requested, propose
from tests.factories.funding import CampaignFactory, an_action, an_envelope, an_event
from tests.people import People


def _taken(envelope: Envelope) -> Decimal:
    return Envelope.objects.get(pk=envelope.pk).taken


def test_take_draws_on_open_years_and_leaves_later_ones_indicative(
    review: Contract, people: People, now: datetime
) -> None:
    envelope = an_envelope(review.lead_service, "10000.00")
    an_action(review, people.poitiers_agent, requested=True)
    adopt_requested(contract_id=review.pk, by=people.vienne_agent, now=now)

    take(review, an_event(review), now)
    take(review, an_event(review), now)

    sums = ledger_totals(Movement.objects.filter(contract=review))
    assert (sums[Stage.GRANTED], sums[Stage.INDICATIVE]) == (Decimal("10000.00"), Decimal("10000.00"))
    assert _taken(envelope) == Decimal("10000.00")
    assert list(YearAmount.objects.values_list("granted", flat=True)) == [Decimal("10000.00")] * 2
    assert Movement.objects.filter(stage=Stage.GRANTED).count() == 1


def test_take_refuses_with_the_figure_that_is_missing(review: Contract, people: People, now: datetime) -> None:
    envelope = an_envelope(review.lead_service, "9999.99")
    an_action(review, people.poitiers_agent, requested=True)
    adopt_requested(contract_id=review.pk, by=people.vienne_agent, now=now)

    with pytest.raises(EnvelopeExceeded) as refusal:
        take(review, an_event(review), now)

    assert refusal.value.missing == Decimal("0.01")
    assert "il manque 0,01\u00a0€" in str(refusal.value)
    assert _taken(envelope) == Decimal("0.00")
    assert YearAmount.objects.filter(granted__isnull=False).count() == 0
    assert not Movement.objects.filter(stage__in=[Stage.GRANTED, Stage.INDICATIVE]).exists()


def test_take_refuses_an_open_year_without_envelope(review: Contract, people: People, now: datetime) -> None:
    an_action(review, people.poitiers_agent, requested=True)
    adopt_requested(contract_id=review.pk, by=people.vienne_agent, now=now)

    with pytest.raises(EnvelopeExceeded):
        take(review, an_event(review), now)


def test_an_action_set_aside_takes_nothing(review: Contract, people: People, now: datetime) -> None:
    envelope = an_envelope(review.lead_service)
    action = an_action(review, people.poitiers_agent, requested=True)
    propose(
        action=action,
        decision="rejected",
        rejection_reason="Doublon avec AGIR",
        amounts={},
        by=people.vienne_agent,
        now=now,
    )

    take(review, an_event(review), now)

    assert _taken(envelope) == Decimal("0.00")
    assert list(YearAmount.objects.values_list("granted", flat=True)) == [Decimal("0.00")] * 2


def test_release_gives_everything_back_and_retake_takes_it_again(
    review: Contract, people: People, now: datetime
) -> None:
    envelope = an_envelope(review.lead_service, "10000.00")
    an_action(review, people.poitiers_agent, requested=True)
    adopt_requested(contract_id=review.pk, by=people.vienne_agent, now=now)
    take(review, an_event(review), now)

    release(review, an_event(review), now)
    release(review, an_event(review), now)
    assert _taken(envelope) == Decimal("0.00")
    assert ledger_totals(Movement.objects.filter(contract=review))[Stage.GRANTED] == Decimal("0.00")
    assert [each.amount for each in Movement.objects.filter(stage=Stage.GRANTED).order_by("pk")] == [
        Decimal("10000.00"),
        Decimal("-10000.00"),
    ]

    retake(review, an_event(review), now)
    assert _taken(envelope) == Decimal("10000.00")
    release(review, an_event(review), now)
    Envelope.objects.filter(pk=envelope.pk).update(allotted=Decimal("100.00"))
    with pytest.raises(EnvelopeExceeded):
        retake(review, an_event(review), now)


def test_envelope_states_give_the_open_years_with_what_remains(review: Contract) -> None:
    assert envelope_states(review) == {2026: Decimal("0.00")}

    an_envelope(review.lead_service, "1234.56")
    CampaignFactory.create(year=2027, is_open=False)

    assert envelope_states(review) == {2026: Decimal("1234.56")}


def test_remaining_of_a_past_instant_comes_from_the_rows(review: Contract, people: People, now: datetime) -> None:
    campaign, dgef = review.campaign, people.dgef
    assert campaign is not None
    hour = timedelta(hours=1)
    law = allot(
        campaign=campaign,
        organisation=dgef.organisation,
        amount=Decimal("50000.00"),
        source=None,
        reason="Loi de finances",
        by=dgef,
        now=now,
    )
    given = allot(
        campaign=campaign,
        organisation=review.lead_service,
        amount=Decimal("20000.10"),
        source=law.envelope,
        reason="Notification",
        by=dgef,
        now=now + hour,
    )
    an_action(review, people.poitiers_agent, requested=True)
    adopt_requested(contract_id=review.pk, by=people.vienne_agent, now=now)
    take(review, an_event(review), now + 2 * hour)

    assert remaining_at(law.envelope, now) == Decimal("50000.00")
    assert remaining_at(law.envelope, now + hour) == Decimal("29999.90")
    assert [remaining_at(given.envelope, now + hours * hour) for hours in range(3)] == [
        Decimal("0.00"),
        Decimal("20000.10"),
        Decimal("10000.10"),
    ]
    for envelope in Envelope.objects.all():
        assert envelope.remaining == remaining_at(envelope, now + 3 * hour)


def test_allot_follows_the_levels(review: Contract, people: People, now: datetime) -> None:
    national = an_envelope(people.dgef.organisation, "1000.00")
    regional = an_envelope(people.sgar.organisation, "500.00")
    vienne, campaign = people.vienne_agent.organisation, national.campaign

    allot(
        campaign=campaign, organisation=vienne, amount=Decimal(300), source=regional, reason="Part", by=people.sgar,
        now=now,
    )  # fmt: skip

    for by, organisation, source in (
        (people.vienne_prefet, vienne, regional),
        (people.diair, vienne, national),
        (people.sgar, vienne, national),
        (people.sgar, people.dgef.organisation, regional),
        (people.sgar, people.sgar.organisation, None),
        (people.dgef, vienne, None),
        (people.dgef, vienne, regional),
    ):
        with pytest.raises(PermissionDenied):
            allot(
                campaign=campaign, organisation=organisation, amount=Decimal(1), source=source, reason="Part", by=by,
                now=now,
            )  # fmt: skip
    assert Allocation.objects.count() == 1
    assert Envelope.objects.get(organisation=vienne).remaining == Decimal("300.00")
    assert Envelope.objects.get(pk=regional.pk).remaining == Decimal("200.00")


def test_allot_refuses_more_than_remains_and_takes_back_what_is_unused(
    review: Contract, people: People, now: datetime
) -> None:
    national = an_envelope(people.dgef.organisation, "1000.00")

    def give(amount: str, *, reason: str = "Part", after: int | None = None) -> None:
        allot(
            campaign=national.campaign,
            organisation=review.lead_service,
            amount=Decimal(amount),
            source=Envelope.objects.get(pk=national.pk),
            reason=reason,
            by=people.dgef,
            now=now,
            after=after,
        )

    with pytest.raises(EnvelopeExceeded) as refusal:
        give("1000.01")
    assert (refusal.value.needed, refusal.value.remaining) == (Decimal("1000.01"), Decimal("1000.00"))
    give("400.00", after=0)
    give("400.00", after=0)  # the same page sent twice
    for amount, reason in (("0.00", "Part"), ("1.001", "Part"), ("1.00", "  ")):
        with pytest.raises(FundingRefused):
            give(amount, reason=reason)
    with pytest.raises(EnvelopeExceeded):
        give("-400.01")
    give("-100.00")

    assert Envelope.objects.get(organisation=review.lead_service).remaining == Decimal("300.00")
    assert Envelope.objects.get(pk=national.pk).remaining == Decimal("700.00")
    assert [each.amount for each in Allocation.objects.order_by("pk")] == [Decimal("400.00"), Decimal("-100.00")]


def test_envelopes_are_seen_by_level(review: Contract, people: People) -> None:
    for actor in (people.dgef, people.sgar, people.vienne_agent, people.gironde_agent):
        an_envelope(actor.organisation)

    seen = {
        name: sorted(str(each.organisation) for each in envelopes_visible_to(actor))
        for name, actor in people.actors.items()
    }

    names = {name: str(actor.organisation) for name, actor in people.actors.items()}
    everything = sorted(names[each] for each in ("dgef", "sgar", "vienne_agent", "gironde_agent"))
    assert seen["dgef"] == seen["diair"] == everything
    assert seen["sgar"] == sorted(names[each] for each in ("sgar", "vienne_agent", "gironde_agent"))
    assert seen["vienne_agent"] == [names["vienne_agent"]]
    assert seen["poitiers_agent"] == seen["support"] == []


def test_database_keeps_an_envelope_above_zero(review: Contract) -> None:
    envelope = an_envelope(review.lead_service, "100.00")

    for wrong in (
        {"taken": Decimal("100.01")},
        {"distributed": Decimal("-0.01")},
        {"taken": Decimal("-0.01")},
        {"cp_paid": Decimal("0.01")},
        {"cp_distributed": Decimal("0.01")},
        {"cp_paid": Decimal("-0.01")},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Envelope.objects.filter(pk=envelope.pk).update(**wrong)


def test_database_refuses_movements_that_mean_nothing(review: Contract, people: People, now: datetime) -> None:
    action, envelope = an_action(review, people.poitiers_agent), an_envelope(review.lead_service)
    row = {
        "contract": review,
        "action": action,
        "year": 2026,
        "stage": Stage.GRANTED,
        "amount": Decimal(1),
        "envelope": envelope,
        "recorded_at": now,
        "effective_on": now.date(),
        "event": an_event(review),
    }

    for wrong in ({"amount": Decimal(0)}, {"stage": Stage.INDICATIVE}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Movement.objects.create(**(row | wrong))


@pytest.mark.parametrize("lead", ["sgar", "gironde_agent"])
def test_a_file_draws_on_the_envelope_of_the_service_in_the_lead(
    review: Contract, people: People, now: datetime, lead: str
) -> None:
    """A regional contract draws on the région's; one over two départements on that of the préfecture in the lead."""
    holder = people.actors[lead].organisation
    Contract.objects.filter(pk=review.pk).update(lead_service=holder)
    review = Contract.objects.get(pk=review.pk)
    own, other = an_envelope(holder), an_envelope(people.vienne_agent.organisation)
    an_action(review, people.poitiers_agent, requested=True)
    adopt_requested(contract_id=review.pk, by=people.vienne_agent, now=now)

    take(review, an_event(review), now)

    assert (_taken(own), _taken(other)) == (Decimal("10000.00"), Decimal("0.00"))


def test_what_was_granted_is_notified_once_for_the_open_years(review: Contract, people: People, now: datetime) -> None:
    an_envelope(review.lead_service)
    action = an_action(review, people.poitiers_agent, requested=True)
    adopt_requested(contract_id=review.pk, by=people.vienne_agent, now=now)
    take(review, an_event(review), now)

    for _ in range(2):
        notify(review, an_event(review), now)

    assert ledger_totals(Movement.objects.filter(contract=review))[Stage.NOTIFIED] == Decimal("10000.00")
    assert stages_by_action(review.pk) == {
        (action.pk, 2026): dict.fromkeys((Stage.PROPOSED, Stage.GRANTED, Stage.NOTIFIED), Decimal("10000.00")),
        (action.pk, 2027): dict.fromkeys((Stage.PROPOSED, Stage.INDICATIVE), Decimal("10000.00")),
    }
    assert stages_by_holder([review.lead_service_id], 2026)[review.lead_service_id, Stage.NOTIFIED] == Decimal(10000)

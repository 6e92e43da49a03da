"""Whatever is proposed, taken, given back and distributed, an envelope is the sum of its rows and never below zero."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts.models import Contract
from funding.enums import Decision, Stage
from funding.errors import FundingRefused
from funding.holdings import holdings
from funding.models import Action, Allocation, Envelope, Movement, YearAmount
from funding.queries import exact_sum, ledger_totals, remaining_at
from funding.services.distribution import allot, redeploy
from funding.services.envelopes import release, retake, take
from funding.services.review import adopt_requested, propose
from journal.models import Event
from tests.factories.funding import CampaignFactory, a_file, an_action, an_event
from tests.people import People

AMOUNTS = st.integers(0, 2_500_000).map(lambda cents: Decimal(cents) / 100)
SIGNED = st.integers(-3_000_000, 3_000_000).map(lambda cents: Decimal(cents) / 100)
PLACES = st.integers(0, 1)
OPERATIONS = st.one_of(
    st.tuples(st.just("propose"), PLACES, PLACES, AMOUNTS),
    st.tuples(st.just("reject"), PLACES, PLACES),
    st.tuples(st.just("adopt"), PLACES),
    st.tuples(st.just("take"), PLACES),
    st.tuples(st.just("release"), PLACES),
    st.tuples(st.just("retake"), PLACES),
    st.tuples(st.just("allot"), SIGNED, SIGNED),
    st.tuples(st.just("redeploy"), st.booleans(), AMOUNTS, AMOUNTS),
)


class World:
    """Two files of two actions each, over two years of which one is open, and the envelope they share."""

    def __init__(self, people: People, now: datetime) -> None:
        self.people, self.now = people, now
        self.files = [a_file(people, "under_review", last=2027) for _ in range(2)]
        for contract in self.files:
            for title in ("Un", "Deux"):
                an_action(contract, people.poitiers_agent, title=title, requested=True)
        self.campaign = CampaignFactory.create(year=2026)
        law = self.allot_from(None, people.dgef.organisation, Decimal("60000.00"), Decimal("30000.00"))
        self.national = law.envelope
        self.envelope = self.allot_from(self.national, self.files[0].lead_service, Decimal("25000.00")).envelope
        self.event: Event = an_event()

    def allot_from(
        self, source: Envelope | None, organisation: Any, amount: Decimal, cp_amount: Decimal = Decimal("0.00")
    ) -> Allocation:
        return allot(
            campaign=self.campaign,
            organisation=organisation,
            amount=amount,
            cp_amount=cp_amount,
            source=source and Envelope.objects.get(pk=source.pk),
            reason="Notification",
            by=self.people.dgef,
            now=self.now,
        )

    def action(self, place: int, number: int) -> Action:
        return Action.objects.get(contract=self.files[place], number=number + 1)

    def propose(self, place: int, number: int, amount: Decimal) -> None:
        propose(
            action=self.action(place, number),
            decision=Decision.RETAINED,
            amounts={2026: (amount, "Enveloppe contrainte"), 2027: (amount, "Enveloppe contrainte")},
            by=self.people.vienne_agent,
            now=self.now,
        )

    def reject(self, place: int, number: int) -> None:
        propose(
            action=self.action(place, number),
            decision=Decision.REJECTED,
            rejection_reason="Doublon",
            amounts={},
            by=self.people.vienne_agent,
            now=self.now,
        )

    def adopt(self, place: int) -> None:
        adopt_requested(contract_id=self.files[place].pk, by=self.people.vienne_agent, now=self.now)

    def take(self, place: int) -> None:
        take(self.files[place], self.event, self.now)

    def retake(self, place: int) -> None:
        retake(self.files[place], self.event, self.now)

    def release(self, place: int) -> None:
        release(self.files[place], self.event, self.now)

    def allot(self, amount: Decimal, cp_amount: Decimal) -> None:
        self.allot_from(self.national, self.files[0].lead_service, amount, cp_amount)

    def redeploy(self, away: bool, amount: Decimal, cp_amount: Decimal) -> None:
        here, there = self.files[0].lead_service, self.people.gironde_agent.organisation
        redeploy(
            source=Envelope.objects.select_related("campaign", "organisation").get(pk=self.national.pk),
            origin=here if away else there,
            receiver=there if away else here,
            amount=amount,
            cp_amount=cp_amount,
            reason="Redéploiement",
            by=self.people.dgef,
            now=self.now,
        )

    def do(self, name: str, *arguments: Any) -> None:
        operation: Callable[..., None] = getattr(self, name)
        try:
            with transaction.atomic():
                operation(*arguments)
        except FundingRefused:
            return  # a refusal changes nothing: what follows is checked all the same


def _check(world: World) -> None:
    envelopes = list(Envelope.objects.order_by("pk"))
    now = holdings(envelopes)
    assert now == holdings(envelopes, world.now)
    assert all(min(each.ae.remaining, each.cp.remaining) >= 0 for each in now)
    assert sum((each.cp.remaining for each in now), Decimal("0.00")) == Decimal("30000.00")
    for envelope in envelopes:
        taken = exact_sum(Movement.objects.filter(envelope=envelope))
        assert envelope.taken == taken
        assert envelope.allotted == exact_sum(Allocation.objects.filter(envelope=envelope))
        assert envelope.distributed == exact_sum(Allocation.objects.filter(source=envelope))
        assert envelope.remaining == remaining_at(envelope, world.now) >= 0
    for contract in world.files:
        _check_file(contract)


def _check_file(contract: Contract) -> None:
    sums = ledger_totals(Movement.objects.filter(contract=contract))
    rows = list(YearAmount.objects.filter(action__contract=contract))
    granted = [row.granted for row in rows if row.granted is not None]
    assert sums[Stage.GRANTED] + sums[Stage.INDICATIVE] == sum(granted, Decimal("0.00"))
    assert sums[Stage.PROPOSED] == sum((row.proposed or Decimal("0.00") for row in rows), Decimal("0.00"))


def test_envelope_is_the_sum_of_its_rows_and_never_below_zero(people: People, now: datetime) -> None:
    world = World(people, now)

    @settings(derandomize=True, deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow])
    @given(operations=st.lists(OPERATIONS, min_size=5, max_size=15))
    def walk(operations: list[tuple[Any, ...]]) -> None:
        with transaction.atomic():
            for operation in operations:
                world.do(*operation)
                _check(world)
            transaction.set_rollback(True)

    walk()


@given(amounts=st.lists(st.integers(-(10**13), 10**13).filter(bool), min_size=1, max_size=40))
@settings(
    derandomize=True, deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_ledger_sums_are_exact(people: People, now: datetime, amounts: list[int]) -> None:
    with transaction.atomic():
        contract, event = a_file(people), an_event()
        Movement.objects.bulk_create(
            Movement(
                contract=contract,
                year=2026,
                stage=Stage.PAID,
                amount=Decimal(cents) / 100,
                recorded_at=now,
                effective_on=now.date(),
                event=event,
            )
            for cents in amounts
        )

        assert ledger_totals()[Stage.PAID] == Decimal(sum(amounts)) / 100
        assert exact_sum(Movement.objects.all()) == Decimal(sum(amounts)) / 100
        transaction.set_rollback(True)

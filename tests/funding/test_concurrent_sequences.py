"""Any sequences of approvals, reopenings and redistributions, run by concurrent threads, leave each envelope exact."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from decimal import Decimal
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from contracts.models import Contract
from funding.enums import Decision, Stage
from funding.errors import FundingRefused
from funding.holdings import holdings
from funding.models import Action, Allocation, Envelope, Movement, YearAmount
from funding.queries import exact_sum
from funding.services.distribution import allot, redeploy
from funding.services.envelopes import lock_envelopes, release, take
from funding.services.review import propose
from journal.services import record
from tests.factories.funding import CampaignFactory, a_file, an_action
from tests.people import People, cast

PATIENCE = 60
LAW = Decimal("30000.00")
AMOUNTS = st.integers(1, 1_200_000).map(lambda cents: Decimal(cents) / 100)
FILES = st.integers(0, 2)
ACTS = st.one_of(
    st.tuples(st.just("approve"), FILES, AMOUNTS),
    st.tuples(st.just("reopen"), FILES),
    st.tuples(st.just("give"), AMOUNTS),
    st.tuples(st.just("take_back"), AMOUNTS),
    st.tuples(st.just("redeploy"), st.booleans(), AMOUNTS),
)
SEQUENCES = st.lists(st.lists(ACTS, min_size=3, max_size=6), min_size=3, max_size=3)


class Country:
    """The ministry, two préfectures, and three files of the first; what happens is committed for good."""

    def __init__(self, people: People, now: datetime) -> None:
        self.people, self.now = people, now
        self.campaign = CampaignFactory.create(year=2026)
        self.files = [a_file(people, "under_review") for _ in range(3)]
        for contract in self.files:
            an_action(contract, people.poitiers_agent, state="12000.00", requested=True)
        self.here, self.there = people.vienne_agent.organisation, people.gironde_agent.organisation
        self._allot(people.dgef.organisation, LAW, None)
        for organisation in (self.here, self.there):
            self._allot(organisation, Decimal("10000.00"), self.national())

    def national(self) -> Envelope:
        return Envelope.objects.select_related("campaign", "organisation").get(organisation__kind="national")

    def _allot(self, organisation: Any, amount: Decimal, source: Envelope | None) -> None:
        allot(
            campaign=self.campaign,
            organisation=organisation,
            amount=amount,
            cp_amount=amount / 2,
            source=source,
            reason="Notification",
            by=self.people.dgef,
            now=self.now,
        )

    def give(self, amount: Decimal) -> None:
        self._allot(self.here, amount, self.national())

    def take_back(self, amount: Decimal) -> None:
        self._allot(self.here, -amount, self.national())

    def redeploy(self, away: bool, amount: Decimal) -> None:
        redeploy(
            source=self.national(),
            origin=self.here if away else self.there,
            receiver=self.there if away else self.here,
            amount=amount,
            reason="Sous-consommation",
            by=self.people.dgef,
            now=self.now,
        )

    def _held(self, place: int) -> Contract:
        """Lock a file and its envelopes, in the order of the house."""
        rows = Contract.objects.select_for_update(of=("self",), no_key=True)
        contract: Contract = rows.get(pk=self.files[place].pk)
        lock_envelopes(contract)
        return contract

    def approve(self, place: int, amount: Decimal) -> None:
        contract = self._held(place)
        event = record(kind="approve", by=None, now=self.now, contract_id=contract.pk)
        propose(
            action=Action.objects.get(contract=contract),
            decision=Decision.RETAINED,
            amounts={2026: (amount, "Enveloppe contrainte")},
            by=self.people.vienne_agent,
            now=self.now,
            event=event,
        )
        take(contract, event, self.now)

    def reopen(self, place: int) -> None:
        contract = self._held(place)
        release(contract, record(kind="reopen", by=None, now=self.now, contract_id=contract.pk), self.now)

    def do(self, name: str, *entry: Any) -> str:
        """Do an act whole or not at all; return how it ended."""
        try:
            with transaction.atomic():
                getattr(self, name)(*entry)
        except FundingRefused:
            return "refused"
        return "done"


def _check(country: Country) -> None:
    """Each envelope holds what its rows say, at or above zero, and all together what the law opened."""
    envelopes = list(Envelope.objects.select_related("campaign", "organisation").order_by("pk"))
    for shown, summed in zip(holdings(envelopes), holdings(envelopes, country.now), strict=True):
        assert (shown.ae, shown.cp) == (summed.ae, summed.cp)
        assert min(shown.ae.remaining, shown.cp.remaining, shown.ae.used) >= 0
    taken = exact_sum(Movement.objects.filter(stage=Stage.GRANTED))
    assert sum((each.remaining for each in envelopes), Decimal(0)) == LAW - taken
    assert sum((each.cp_remaining for each in envelopes), Decimal(0)) == LAW / 2
    assert exact_sum(Allocation.objects.filter(source__isnull=True)) == LAW
    assert exact_sum(YearAmount.objects.filter(granted__isnull=False), "granted") == taken


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_no_sequence_run_at_once_takes_an_envelope_below_zero(now: datetime) -> None:
    country = Country(cast(), now)
    ended: list[str] = []

    @settings(
        max_examples=6,
        deadline=None,
        derandomize=True,
        phases=[Phase.generate],  # what is committed stays: an example cannot be played again
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(sequences=SEQUENCES)
    def play(sequences: list[list[tuple[Any, ...]]]) -> None:
        barrier = Barrier(len(sequences), timeout=PATIENCE)

        def walk(acts: list[tuple[Any, ...]]) -> list[str]:
            try:
                barrier.wait()
                return [country.do(*act) for act in acts]
            finally:
                connection.close()

        with ThreadPoolExecutor(len(sequences)) as threads:
            for walked in threads.map(walk, sequences, timeout=PATIENCE):  # raises what a thread raised
                ended.extend(walked)
        _check(country)

    play()

    assert {"done", "refused"} <= set(ended)

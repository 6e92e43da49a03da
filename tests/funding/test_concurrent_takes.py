"""Two files that draw on one envelope at the same instant: exactly one has the money."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from threading import Barrier, Thread

import pytest
from django.db import connection, transaction

from accounts.models import Organisation
from contracts.models import Contract
from funding.enums import Stage
from funding.errors import EnvelopeExceeded
from funding.models import Envelope, Movement
from funding.queries import exact_sum
from funding.services.distribution import allot, redeploy
from funding.services.envelopes import lock_envelopes, take
from funding.services.review import adopt_requested
from journal.services import record
from tests.factories.funding import a_file, an_action, an_envelope
from tests.people import People, cast

PATIENCE = 20


def _together(*acts: object) -> None:
    threads = [Thread(target=act) for act in acts]  # type: ignore[arg-type]  # plain callables
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=PATIENCE)
    assert not any(thread.is_alive() for thread in threads)


def _given(organisation: Organisation, national: Envelope, people: People, now: datetime) -> Envelope:
    """Return the envelope of an organisation to which the ministry gave 10 000 € of AE and 5 000 € of CP."""
    Envelope.objects.filter(pk=national.pk).update(cp_allotted=Decimal("5000.00"))
    return allot(
        campaign=national.campaign,
        organisation=organisation,
        amount=Decimal("10000.00"),
        cp_amount=Decimal("5000.00"),
        source=Envelope.objects.select_related("campaign", "organisation").get(pk=national.pk),
        reason="Notification",
        by=people.dgef,
        now=now,
    ).envelope


def _file_wanting(people: People, now: datetime, amount: str) -> Contract:
    contract = a_file(people, "under_review")
    an_action(contract, people.poitiers_agent, state=amount, requested=True)
    adopt_requested(contract_id=contract.pk, by=people.vienne_agent, now=now)
    return contract


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_simultaneous_takes_exactly_one_wins(now: datetime) -> None:
    people = cast()
    envelope = an_envelope(people.vienne_agent.organisation, "10000.00")
    files = [_file_wanting(people, now, "6000.00") for _ in range(2)]
    barrier, results = Barrier(2, timeout=PATIENCE), []

    def draw(contract: Contract) -> None:
        try:
            with transaction.atomic():
                Contract.objects.select_for_update(of=("self",), no_key=True).get(pk=contract.pk)
                barrier.wait()
                lock_envelopes(contract)
                event = record(kind="approve", by=None, now=now, contract_id=contract.pk)
                take(contract, event, now)
            results.append("won")
        except EnvelopeExceeded as refusal:
            results.append(f"missing {refusal.missing}")
        finally:
            connection.close()

    _together(*(lambda contract=contract: draw(contract) for contract in files))

    envelope.refresh_from_db()
    assert sorted(results) == ["missing 2000.00", "won"]
    assert envelope.taken == Decimal("6000.00") == exact_sum(Movement.objects.filter(stage=Stage.GRANTED))


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_take_and_a_withdrawal_of_the_envelope_do_not_both_win(now: datetime) -> None:
    people = cast()
    national = an_envelope(people.dgef.organisation, "10000.00")
    envelope = _given(people.vienne_agent.organisation, national, people, now)
    contract = _file_wanting(people, now, "6000.00")
    barrier, results = Barrier(2, timeout=PATIENCE), []

    def run(act: object) -> None:
        try:
            with transaction.atomic():
                barrier.wait()
                act()  # type: ignore[operator]  # plain callables
            results.append("won")
        except EnvelopeExceeded:
            results.append("refused")
        finally:
            connection.close()

    def draw() -> None:
        with transaction.atomic():
            lock_envelopes(contract)
            take(contract, record(kind="approve", by=None, now=now, contract_id=contract.pk), now)

    def take_back() -> None:
        allot(
            campaign=envelope.campaign,
            organisation=envelope.organisation,
            amount=Decimal("-6000.00"),
            source=Envelope.objects.select_related("campaign", "organisation").get(pk=national.pk),
            reason="Gel",
            by=people.dgef,
            now=now,
        )

    _together(lambda: run(draw), lambda: run(take_back))

    envelope.refresh_from_db()
    assert sorted(results) == ["refused", "won"]
    assert envelope.remaining >= 0


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_redeployments_of_the_same_credits_do_not_both_win(now: datetime) -> None:
    people = cast()
    national = an_envelope(people.dgef.organisation, "10000.00")
    envelope = _given(people.vienne_agent.organisation, national, people, now)
    receivers = (people.gironde_agent.organisation, people.sgar.organisation)
    barrier, results = Barrier(2, timeout=PATIENCE), []

    def move(receiver: Organisation) -> None:
        try:
            with transaction.atomic():
                barrier.wait()
                redeploy(
                    source=Envelope.objects.select_related("campaign", "organisation").get(pk=national.pk),
                    origin=envelope.organisation,
                    receiver=receiver,
                    amount=Decimal("6000.00"),
                    cp_amount=Decimal("3000.00"),
                    reason="Sous-consommation",
                    by=people.dgef,
                    now=now,
                )
            results.append("won")
        except EnvelopeExceeded:
            results.append("refused")
        finally:
            connection.close()

    _together(*(lambda receiver=receiver: move(receiver) for receiver in receivers))

    envelope.refresh_from_db()
    assert sorted(results) == ["refused", "won"]
    assert (envelope.remaining, envelope.cp_remaining) == (Decimal("4000.00"), Decimal("2000.00"))
    assert sum(each.remaining for each in Envelope.objects.all()) == Decimal("10000.00")
    assert sum(each.cp_remaining for each in Envelope.objects.all()) == Decimal("5000.00")

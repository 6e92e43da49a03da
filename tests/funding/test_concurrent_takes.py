"""Two files that draw on one envelope at the same instant: exactly one has the money."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from threading import Barrier, Thread

import pytest
from django.db import connection, transaction

from accounts.models import Organisation
from contracts.acts import NamedPerson, Termination
from contracts.errors import TransitionRefused
from contracts.models import Contract
from contracts.services.advance import advance
from contracts.services.expenditure import record_expenditure
from contracts.services.tranches import confirm_tranche
from funding.enums import ExpenditureKind, Stage
from funding.errors import EnvelopeExceeded, FundingRefused
from funding.models import Envelope, Movement, Tranche
from funding.queries import exact_sum, ledger_totals
from funding.services.distribution import allot, redeploy
from funding.services.envelopes import lock_envelopes, take
from funding.services.expenditure import Entry
from funding.services.review import adopt_requested
from funding.services.tranches import Confirmed, promises
from journal.services import record
from tests.factories.funding import POITIERS_SIREN, a_file, a_signed_file, an_action, an_envelope
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


def _prefet(people: People, now: datetime) -> NamedPerson:
    name = people.vienne_prefet.user.full_name
    return NamedPerson(name=name, title="préfète", acted_on=now.date(), in_title=True)


def _at_once(*acts: Callable[[], object]) -> list[str]:
    """Do these acts at the same instant; return how each ended."""
    barrier, results = Barrier(len(acts), timeout=PATIENCE), []

    def run(act: Callable[[], object]) -> None:
        try:
            barrier.wait()
            act()
            results.append("won")
        except (FundingRefused, TransitionRefused):
            results.append("refused")
        finally:
            connection.close()

    _together(*(lambda act=act: run(act) for act in acts))
    return sorted(results)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_tranches_confirmed_at_once_on_one_envelope_exactly_one_wins(now: datetime) -> None:
    people = cast()
    an_envelope(people.vienne_agent.organisation)
    files = [a_signed_file(people, now, "6000.00", last=2027) for _ in range(2)]
    later = an_envelope(people.vienne_agent.organisation, "10000.00", year=2027)

    def confirm(contract: Contract) -> None:
        amounts = {key.action_id: Confirmed(amount) for key, amount in promises(contract.pk, 2027).items()}
        person, by = _prefet(people, now), people.vienne_prefet
        confirm_tranche(contract.pk, 2027, amounts=amounts, person=person, by=by, now=now)

    results = _at_once(*(lambda contract=contract: confirm(contract) for contract in files))

    later.refresh_from_db()
    assert results == ["refused", "won"]
    assert later.taken == Decimal("6000.00") == exact_sum(Movement.objects.filter(envelope=later))
    assert Tranche.objects.count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_termination_a_commitment_and_a_take_at_once_leave_the_envelope_exact(now: datetime) -> None:
    people = cast()
    envelope = an_envelope(people.vienne_agent.organisation, "10000.00")
    ended = a_signed_file(people, now, "6000.00")
    wanting = _file_wanting(people, now, "10000.00")  # covered only once the other gave everything back

    def terminate() -> None:
        person = _prefet(people, now)
        act = Termination(reason="La collectivité dénonce le contrat.", person=person, effective_on=now.date())
        advance(ended.pk, "terminate", by=people.vienne_prefet, now=now, act=act)

    def commit() -> None:
        entry = Entry(ExpenditureKind.COMMITMENT, POITIERS_SIREN, "2104567890", Decimal("2000.00"), now.date())
        record_expenditure(ended.pk, 2026, entry, by=people.vienne_agent, now=now)

    def draw() -> None:
        with transaction.atomic():
            lock_envelopes(wanting)
            take(wanting, record(kind="approve", by=None, now=now, contract_id=wanting.pk), now)

    assert "won" in _at_once(terminate, commit, draw)

    envelope.refresh_from_db()
    sums = ledger_totals(Movement.objects.filter(contract=ended))
    assert sums[Stage.GRANTED] == sums[Stage.NOTIFIED] == sums[Stage.COMMITTED]
    assert envelope.remaining >= 0
    assert envelope.taken == exact_sum(Movement.objects.filter(stage=Stage.GRANTED))

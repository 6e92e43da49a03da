"""What Chorus commits and pays of a tranche: within what was notified, drawn on the CP of the year."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.mail import EmailMessage
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts.enums import State
from contracts.errors import TransitionRefused
from contracts.models import Contract
from contracts.services.expenditure import correct_expenditure, record_expenditure
from contracts.tranches import payment_plan, years_of
from funding.balances import balances_of, commitments_of
from funding.enums import ExpenditureKind, Stage
from funding.errors import EnvelopeExceeded, FundingRefused, InputRefused
from funding.holdings import holdings
from funding.models import Envelope, Expenditure, Movement, YearAmount
from funding.queries import ledger_totals
from funding.services.expenditure import Entry, spread
from funding.services.imports import record_granted
from journal.models import Event
from tests.factories.funding import POITIERS_SIREN, a_file, a_signed_file, an_envelope, an_event
from tests.people import People

EJ, OTHER_EJ = "2104567890", "2104567891"
K = ExpenditureKind


@pytest.fixture
def signed(people: People, now: datetime) -> Contract:
    """A signed contract of 2026: two actions notified 10 000 € and 5 000 €, an envelope with 12 000 € of CP."""
    envelope = an_envelope(people.vienne_agent.organisation)
    Envelope.objects.filter(pk=envelope.pk).update(cp_allotted=Decimal("12000.00"))
    return a_signed_file(people, now, "10000.00", "5000.00")


@pytest.fixture
def today(now: datetime) -> date:
    return timezone.localdate(now)


@pytest.fixture
def chorus(signed: Contract, people: People, now: datetime, today: date) -> Any:
    """Record an entry as the agent of the préfecture."""

    def do(kind: ExpenditureKind, amount: str, number: str = EJ, day: date | None = None, **other: Any) -> Expenditure:
        entry = Entry(kind, other.get("siret", POITIERS_SIREN), number, Decimal(amount), day or today)
        return record_expenditure(
            signed.pk, 2026, entry, by=other.get("by", people.vienne_agent), now=other.get("now", now)
        )

    return do


def _sums(contract: Contract) -> tuple[Decimal, Decimal, Decimal]:
    sums = ledger_totals(Movement.objects.filter(contract=contract))
    return sums[Stage.NOTIFIED], sums.get(Stage.COMMITTED, Decimal("0.00")), sums.get(Stage.PAID, Decimal("0.00"))


def _amounts(contract: Contract) -> list[tuple[Decimal, Decimal]]:
    rows = YearAmount.objects.filter(action__contract=contract).order_by("pk")
    return list(rows.values_list("committed", "paid"))


def test_money_is_committed_then_paid_and_spread_over_the_actions(
    signed: Contract, chorus: Any, today: date, mailoutbox: list[EmailMessage], people: People, now: datetime
) -> None:
    chorus(K.COMMITMENT, "15000.00")
    chorus(K.ADVANCE, "7500.01")

    assert _sums(signed) == (Decimal("15000.00"), Decimal("15000.00"), Decimal("7500.01"))
    assert _amounts(signed) == [
        (Decimal("10000.00"), Decimal("5000.01")),
        (Decimal("5000.00"), Decimal("2500.00")),
    ]
    envelope = Envelope.objects.get(organisation=signed.lead_service)
    assert envelope.cp_remaining == Decimal("4499.99")
    assert holdings([envelope], at=now)[0].cp.used == holdings([envelope])[0].cp.used
    (year,) = years_of(signed, {2026})
    assert (year.committed, year.paid, year.to_pay) == (Decimal("15000.00"), Decimal("7500.01"), Decimal("7499.99"))
    (upon,) = commitments_of(signed.pk, 2026)
    assert (upon.to_pay, upon.day) == (Decimal("7499.99"), today)
    told = [each.subject for each in mailoutbox if people.poitiers_maire.user.email in each.to]
    assert ["ersement pour la tranche 2026" in each for each in told] == [True]
    kinds = Event.objects.filter(contract_id=signed.pk).values_list("kind", flat=True)
    assert {"commitment_recorded", "payment_recorded"} <= set(kinds)


def test_nothing_is_committed_above_what_is_notified(signed: Contract, chorus: Any) -> None:
    with pytest.raises(InputRefused) as refusal:
        chorus(K.COMMITMENT, "15000.01")

    assert set(refusal.value.errors) == {"amount"}
    assert "15\u202f000,00" in str(refusal.value) or "15\u00a0000,00" in str(refusal.value)
    assert not Expenditure.objects.exists()


def test_nothing_is_paid_above_what_is_committed(signed: Contract, chorus: Any) -> None:
    chorus(K.COMMITMENT, "4000.00")
    chorus(K.ADVANCE, "3000.00")

    with pytest.raises(InputRefused, match="Il reste"):
        chorus(K.BALANCE, "1000.01")
    with pytest.raises(InputRefused, match="Aucun engagement"):
        chorus(K.BALANCE, "1000.00", OTHER_EJ)

    assert _sums(signed)[2] == Decimal("3000.00")


def test_a_payment_beyond_the_credits_of_the_year_is_refused_with_the_figure(signed: Contract, chorus: Any) -> None:
    chorus(K.COMMITMENT, "15000.00")

    with pytest.raises(EnvelopeExceeded, match="CP") as refusal:
        chorus(K.ADVANCE, "12000.01")

    assert refusal.value.missing == Decimal("0.01")
    assert _sums(signed)[2] == Decimal("0.00")
    assert Envelope.objects.get(organisation=signed.lead_service).cp_paid == Decimal("0.00")


def test_a_payment_draws_on_the_year_in_which_it_is_made(signed: Contract, chorus: Any, now: datetime) -> None:
    chorus(K.COMMITMENT, "15000.00")
    later = now + timedelta(days=365)
    with pytest.raises(FundingRefused, match="pas d’enveloppe 2027"):
        chorus(K.BALANCE, "1000.00", day=later.date(), now=later)
    next_year = an_envelope(signed.lead_service, year=2027)
    Envelope.objects.filter(pk=next_year.pk).update(cp_allotted=Decimal("1000.00"))

    chorus(K.BALANCE, "1000.00", day=later.date(), now=later)

    paid = dict(Envelope.objects.values_list("campaign__year", "cp_paid"))
    assert paid == {2026: Decimal("0.00"), 2027: Decimal("1000.00")}
    assert _sums(signed)[2] == Decimal("1000.00")


def test_an_entry_is_recorded_once(signed: Contract, chorus: Any) -> None:
    chorus(K.COMMITMENT, "5000.00")

    with pytest.raises(InputRefused, match="déjà enregistrée"):
        chorus(K.COMMITMENT, "5000.00")

    assert _sums(signed)[1] == Decimal("5000.00")


def test_a_number_of_chorus_belongs_to_one_beneficiary(
    signed: Contract, chorus: Any, people: People, now: datetime
) -> None:
    chorus(K.COMMITMENT, "5000.00")
    other = a_signed_file(people, now, "10000.00", "5000.00")
    entry = Entry(K.COMMITMENT, POITIERS_SIREN, EJ, Decimal("1.00"), timezone.localdate(now))

    with pytest.raises(InputRefused) as refusal:
        record_expenditure(other.pk, 2026, entry, by=people.vienne_agent, now=now)
    assert set(refusal.value.errors) == {"chorus_number"}
    with pytest.raises(InputRefused, match="notifié à ce bénéficiaire"):
        chorus(K.COMMITMENT, "1.00", siret="35600000000048")


def test_a_correction_gives_back_and_both_lines_stay(
    signed: Contract, chorus: Any, people: People, now: datetime
) -> None:
    commitment = chorus(K.COMMITMENT, "15000.00")
    payment = chorus(K.ADVANCE, "7500.01")
    with pytest.raises(FundingRefused, match="corrigez-les d’abord"):
        correct_expenditure(signed.pk, commitment.pk, reason="Mauvais montant.", by=people.vienne_agent, now=now)

    correct_expenditure(signed.pk, payment.pk, reason="Saisi deux fois.", by=people.vienne_agent, now=now)
    with pytest.raises(FundingRefused, match="déjà corrigée"):
        correct_expenditure(signed.pk, payment.pk, reason="Saisi deux fois.", by=people.vienne_agent, now=now)
    correct_expenditure(signed.pk, commitment.pk, reason="Mauvais montant.", by=people.vienne_agent, now=now)

    assert _sums(signed)[1:] == (Decimal("0.00"), Decimal("0.00"))
    assert _amounts(signed) == [(Decimal("0.00"), Decimal("0.00"))] * 2
    assert Envelope.objects.get(organisation=signed.lead_service).cp_paid == Decimal("0.00")
    assert Expenditure.objects.filter(contract=signed).count() == 4
    assert commitments_of(signed.pk, 2026) == []
    chorus(K.COMMITMENT, "15000.00")
    assert _sums(signed)[1] == Decimal("15000.00")


def test_a_correction_of_one_commitment_leaves_what_was_paid_on_another(
    signed: Contract, chorus: Any, people: People, now: datetime
) -> None:
    first = chorus(K.COMMITMENT, "0.05")
    chorus(K.COMMITMENT, "0.05", OTHER_EJ)
    chorus(K.ADVANCE, "0.05", OTHER_EJ)

    correct_expenditure(signed.pk, first.pk, reason="Engagement annulé.", by=people.vienne_agent, now=now)

    assert _sums(signed)[1:] == (Decimal("0.05"), Decimal("0.05"))


def test_days_are_those_of_facts(signed: Contract, chorus: Any, today: date) -> None:
    with pytest.raises(InputRefused, match="avenir"):
        chorus(K.COMMITMENT, "1.00", day=today + timedelta(days=1))
    chorus(K.COMMITMENT, "100.00")
    with pytest.raises(InputRefused, match="précéder l’engagement"):
        chorus(K.ADVANCE, "1.00", day=today - timedelta(days=1))


def test_only_the_prefecture_in_the_lead_records(signed: Contract, chorus: Any, people: People) -> None:
    for stranger in (people.poitiers_agent, people.poitiers_maire, people.diair):
        with pytest.raises(PermissionDenied):
            chorus(K.COMMITMENT, "1.00", by=stranger)


def test_an_ended_contract_is_paid_and_no_longer_committed(signed: Contract, chorus: Any) -> None:
    chorus(K.COMMITMENT, "100.00")
    Contract.objects.filter(pk=signed.pk).update(state=State.TERMINATED, ended_at=signed.signed_at)

    with pytest.raises(TransitionRefused, match="aucun nouvel engagement"):
        chorus(K.COMMITMENT, "50.00")
    chorus(K.BALANCE, "100.00")

    assert _sums(signed)[1:] == (Decimal("100.00"), Decimal("100.00"))


def test_an_imported_contract_shows_its_money_and_leaves_chorus_to_chorus(
    people: People, now: datetime, today: date
) -> None:
    contract = a_file(people, "signed", origin="imported", signed_at=None)
    amounts, event = {2026: Decimal("8000.50")}, an_event(contract)
    values = {"beneficiary_name": "Ville de Poitiers", "beneficiary_siret": POITIERS_SIREN}
    record_granted(contract_id=contract.pk, amounts=amounts, event=event, now=now, **values)
    entry = Entry(K.COMMITMENT, POITIERS_SIREN, EJ, Decimal("1.00"), today)

    with pytest.raises(TransitionRefused, match="signé avant le portail"):
        record_expenditure(contract.pk, 2026, entry, by=people.vienne_agent, now=now)

    agent = people.client_for(people.vienne_agent)
    (year,) = years_of(contract, {2026})
    assert (year.granted, year.notified) == (Decimal("8000.50"), Decimal("8000.50"))
    page = agent.get(_url("tranches", contract)).text
    assert "suivis dans Chorus, hors du portail" in page
    assert _url("record_commitment", contract, 2026) not in page
    assert "signé avant le portail" in agent.get(_url("record_commitment", contract, 2026), follow=True).text
    typed = {"siret": POITIERS_SIREN, "chorus_number": EJ, "amount": "1", "day": today}
    answer = agent.post(_url("record_commitment", contract, 2026), typed)
    assert answer.status_code == 422
    assert "signé avant le portail" in answer.text
    assert not Expenditure.objects.exists()


def test_the_database_refuses_what_the_services_refuse(signed: Contract, chorus: Any) -> None:
    chorus(K.COMMITMENT, "100.00")
    row = YearAmount.objects.filter(action__contract=signed).order_by("pk")[0]
    for wrong in ({"paid": row.committed + 1}, {"granted": Decimal("0.01")}, {"committed": Decimal("10000.01")}):
        with pytest.raises(IntegrityError), transaction.atomic():
            YearAmount.objects.filter(pk=row.pk).update(**wrong)


@pytest.mark.postgres
def test_an_entry_is_never_rewritten(signed: Contract, chorus: Any) -> None:
    entry = chorus(K.COMMITMENT, "100.00")
    with pytest.raises(Exception, match="never changed nor deleted"), transaction.atomic():
        Expenditure.objects.filter(pk=entry.pk).update(amount=Decimal("1.00"))


def test_payments_are_planned_by_the_campaign(signed: Contract, chorus: Any) -> None:
    chorus(K.COMMITMENT, "15000.00")
    chorus(K.ADVANCE, "7500.00")

    plan = payment_plan(signed, 2026)

    assert [(each.label, each.amount, each.paid) for each in plan] == [
        ("Avance", Decimal("7500.00"), Decimal("7500.00")),
        ("Acompte", Decimal("4500.00"), Decimal("0.00")),
        ("Solde", Decimal("3000.00"), Decimal("0.00")),
    ]


@pytest.mark.parametrize("amount", ["0", "-1.00", "0.005"])
def test_an_entry_is_a_positive_amount_to_the_cent(amount: str, today: date) -> None:
    with pytest.raises(ValueError, match="to the cent"):
        Entry(K.COMMITMENT, POITIERS_SIREN, EJ, Decimal(amount), today)


@given(
    amount=st.integers(min_value=0, max_value=100),
    room=st.dictionaries(st.integers(1, 9), st.integers(1, 5_000_000), min_size=1, max_size=6),
)
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@pytest.mark.once
def test_what_is_spread_is_the_amount_and_stays_in_its_room(amount: int, room: dict[int, int]) -> None:
    places = {key: Decimal(cents) / 100 for key, cents in room.items()}
    total = (sum(places.values(), Decimal(0)) * amount / 100).quantize(Decimal("0.01"))

    shares = spread(total, places)

    assert sum(shares.values(), Decimal(0)) == total
    assert all(Decimal(0) < share <= places[key] for key, share in shares.items())


# --- the pages -------------------------------------------------------------------------------------------------------


def _url(name: str, contract: Contract, *args: object) -> str:
    return reverse(f"contracts:{name}", args=[contract.reference, *args])


@pytest.fixture
def agent(people: People) -> Client:
    return people.client_for(people.vienne_agent)


def test_pages_record_commit_pay_and_correct(signed: Contract, agent: Client, people: People, today: date) -> None:
    page = agent.get(_url("record_commitment", signed, 2026))
    assert "15\u202f000,00" in page.text or "15\u00a0000,00" in page.text
    typed = {"siret": POITIERS_SIREN, "chorus_number": "21 0456 7890", "amount": "15 000,00 €", "day": today}

    assert agent.post(_url("record_commitment", signed, 2026), typed).status_code == 302
    paid = {"upon": f"{EJ}-{POITIERS_SIREN}", "kind": "advance", "amount": "7 500", "day": today}
    assert "Avance" in agent.get(_url("record_payment", signed, 2026)).text
    assert agent.post(_url("record_payment", signed, 2026), paid).status_code == 302
    entry = Expenditure.objects.get(kind=K.ADVANCE)
    assert agent.get(_url("correct_entry", signed, entry.pk)).status_code == 200
    answer = agent.post(_url("correct_entry", signed, entry.pk), {"reason": "Versement saisi deux fois."})

    assert answer.status_code == 302
    assert _sums(signed)[1:] == (Decimal("15000.00"), Decimal("0.00"))
    town = people.client_for(people.poitiers_agent).get(_url("tranches", signed)).text
    assert EJ in town
    assert "Versement saisi deux fois." in town
    assert _url("record_payment", signed, 2026) not in town


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"chorus_number": "123"}, "dix chiffres"),
        ({"amount": "0"}, "supérieur à zéro"),
        ({"amount": "15 000,01"}, "Il reste"),
        ({"amount": "1.234,56"}, "deux façons"),
        ({"day": "2050-01-01"}, "ou avant"),
        ({"siret": "99999999999999"}, "choix"),
    ],
)
def test_a_wrong_commitment_is_told_beside_its_field(
    signed: Contract, agent: Client, today: date, wrong: dict[str, str], said: str
) -> None:
    typed = {"siret": POITIERS_SIREN, "chorus_number": EJ, "amount": "1 234,56", "day": today} | wrong

    answer = agent.post(_url("record_commitment", signed, 2026), typed)

    assert answer.status_code == 422
    assert said in answer.text
    if "amount" not in wrong:
        assert "1 234,56" in answer.text
    assert not Expenditure.objects.exists()


def test_page_of_tranches_asks_as_many_queries_for_three_entries_as_for_one(
    signed: Contract, chorus: Any, agent: Client
) -> None:
    counts = []
    for amounts in (("1.00",), ("2.00", "3.00")):
        for amount in amounts:
            chorus(K.COMMITMENT, amount)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert agent.get(_url("tranches", signed)).status_code == 200
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_balances_follow_the_ledger(signed: Contract, chorus: Any) -> None:
    chorus(K.COMMITMENT, "6000.00")
    chorus(K.ADVANCE, "1000.00")

    (balance,) = balances_of(signed.pk, 2026)

    assert (balance.to_commit, balance.to_pay) == (Decimal("9000.00"), Decimal("5000.00"))

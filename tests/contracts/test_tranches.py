"""A yearly tranche: promised, taken from the envelope of its year once confirmed, given back if withdrawn."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.mail import EmailMessage
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from contracts.acts import NamedPerson
from contracts.errors import TransitionRefused
from contracts.models import Contract, NamedAct
from contracts.services.tranches import confirm_tranche, withdraw_tranche
from contracts.tranches import awaiting
from contracts.wording import TextSource
from funding.enums import Stage
from funding.errors import EnvelopeExceeded, FundingRefused, InputRefused
from funding.holdings import holdings
from funding.models import Action, Envelope, Movement, Tranche, TrancheAmount, YearAmount
from funding.queries import actions_data, ledger_totals
from funding.services.tranches import Confirmed
from journal.models import Event
from tests.documents.test_filetypes import pdf_bytes
from tests.factories.funding import a_signed_file, an_envelope, an_event
from tests.people import People

TEN = Decimal("10000.00")
SIX = Decimal("6000.00")


@pytest.fixture
def signed(people: People, now: datetime) -> Contract:
    """A signed contract of 2026 and 2027: 10 000 € taken for 2026, as much promised for 2027."""
    an_envelope(people.vienne_agent.organisation)
    return a_signed_file(people, now, last=2027)


@pytest.fixture
def person(people: People, now: datetime) -> NamedPerson:
    """The préfète, in person."""
    return NamedPerson(name=people.vienne_prefet.user.full_name, title="préfète", acted_on=now.date(), in_title=True)


def _action(contract: Contract) -> Action:
    found: Action = Action.objects.get(contract=contract)
    return found


def _sums(contract: Contract) -> dict[Stage, Decimal]:
    return ledger_totals(Movement.objects.filter(contract=contract, year=2027))


def _confirm(contract: Contract, people: People, person: NamedPerson, now: datetime, amount: Decimal = TEN) -> Tranche:
    confirmed = {_action(contract).pk: Confirmed(amount, "" if amount == TEN else "Crédits réduits par la loi.")}
    return confirm_tranche(contract.pk, 2027, amounts=confirmed, person=person, by=people.vienne_prefet, now=now)


def test_a_confirmed_tranche_leaves_the_envelope_and_is_notified(
    signed: Contract, people: People, person: NamedPerson, now: datetime, mailoutbox: list[EmailMessage]
) -> None:
    envelope = an_envelope(signed.lead_service, "10000.00", year=2027)

    _confirm(signed, people, person, now)

    sums = _sums(signed)
    assert (sums[Stage.GRANTED], sums[Stage.INDICATIVE], sums[Stage.NOTIFIED]) == (TEN, Decimal("0.00"), TEN)
    assert Envelope.objects.get(pk=envelope.pk).remaining == Decimal("0.00")
    assert holdings([envelope], at=now)[0].ae.used == TEN
    assert NamedAct.objects.get(contract=signed, transition="confirm_tranche").person_name == person.name
    event = Event.objects.get(contract_id=signed.pk, kind="tranche_confirmed")
    assert "10\u202f000,00\u00a0€" in event.payload["label"] or "10\u00a0000,00\u00a0€" in event.payload["label"]
    told = [each for each in mailoutbox if people.poitiers_maire.user.email in each.to]
    assert ["tranche 2027 confirmée" in each.subject for each in told] == [True]


def test_a_tranche_is_confirmed_once(signed: Contract, people: People, person: NamedPerson, now: datetime) -> None:
    an_envelope(signed.lead_service, year=2027)
    _confirm(signed, people, person, now)

    with pytest.raises(FundingRefused, match="déjà confirmée"):
        _confirm(signed, people, person, now)

    assert _sums(signed)[Stage.GRANTED] == TEN
    assert Event.objects.filter(contract_id=signed.pk, kind="tranche_confirmed").count() == 1


def test_a_tranche_beyond_its_envelope_is_refused_with_the_figure(
    signed: Contract, people: People, person: NamedPerson, now: datetime
) -> None:
    an_envelope(signed.lead_service, "9999.99", year=2027)

    with pytest.raises(EnvelopeExceeded) as refusal:
        _confirm(signed, people, person, now)

    assert refusal.value.missing == Decimal("0.01")
    assert not Tranche.objects.exists()
    assert _sums(signed)[Stage.INDICATIVE] == TEN


def test_documents_say_indicative_until_the_tranche_is_confirmed(
    signed: Contract, people: People, person: NamedPerson, now: datetime
) -> None:
    an_envelope(signed.lead_service, year=2027)  # its campaign opens after the contract was decided

    def said() -> list[bool]:
        (action,) = actions_data(signed.pk)
        return [year["is_indicative"] for year in action["years"]]

    before = said()
    assert TextSource(signed).years(indicative=True) == [2027]
    _confirm(signed, people, person, now, SIX)

    assert (before, said()) == ([False, True], [False, False])
    assert TextSource(signed).years(indicative=True) == []


def test_a_tranche_waits_for_its_campaign(
    signed: Contract, people: People, person: NamedPerson, now: datetime
) -> None:
    with pytest.raises(FundingRefused, match="campagne 2027 n’est pas ouverte"):
        _confirm(signed, people, person, now)

    assert awaiting(Contract.objects.all()) == []


def test_a_tranche_may_be_lowered_with_a_reason_and_never_raised(
    signed: Contract, people: People, person: NamedPerson, now: datetime
) -> None:
    an_envelope(signed.lead_service, year=2027)
    key = _action(signed).pk
    for wrong, field in ((Confirmed(SIX), f"{key}-reason"), (Confirmed(TEN + 1, "Plus"), str(key))):
        with pytest.raises(InputRefused) as refusal:
            confirm_tranche(signed.pk, 2027, amounts={key: wrong}, person=person, by=people.vienne_prefet, now=now)
        assert set(refusal.value.errors) == {field}

    _confirm(signed, people, person, now, SIX)

    sums = _sums(signed)
    assert (sums[Stage.GRANTED], sums[Stage.INDICATIVE], sums[Stage.NOTIFIED]) == (SIX, Decimal("0.00"), SIX)
    assert YearAmount.objects.get(action=key, year=2027).granted == SIX


def test_a_withdrawn_tranche_gives_back_and_may_be_confirmed_again(
    signed: Contract, people: People, person: NamedPerson, now: datetime
) -> None:
    envelope = an_envelope(signed.lead_service, year=2027)
    _confirm(signed, people, person, now, SIX)

    withdraw_tranche(
        signed.pk, 2027, reason="Gel des crédits de l’année.", person=person, by=people.vienne_prefet, now=now
    )

    sums = _sums(signed)
    assert (sums[Stage.GRANTED], sums[Stage.INDICATIVE]) == (Decimal("0.00"), TEN)
    assert sums[Stage.NOTIFIED] == Decimal("0.00")
    assert Envelope.objects.get(pk=envelope.pk).taken == Decimal("0.00")
    assert YearAmount.objects.get(action__contract=signed, year=2027).granted == TEN
    with pytest.raises(TransitionRefused):
        withdraw_tranche(
            signed.pk, 2027, reason="Gel des crédits de l’année.", person=person, by=people.vienne_prefet, now=now
        )
    _confirm(signed, people, person, now)
    assert _sums(signed)[Stage.GRANTED] == TEN


def test_the_year_already_taken_is_left_alone(
    signed: Contract, people: People, person: NamedPerson, now: datetime
) -> None:
    an_envelope(signed.lead_service, year=2027)

    _confirm(signed, people, person, now, SIX)

    of_2026 = ledger_totals(Movement.objects.filter(contract=signed, year=2026))
    assert (of_2026[Stage.GRANTED], of_2026[Stage.NOTIFIED]) == (TEN, TEN)


def test_an_agent_needs_the_signed_decision_and_the_other_side_may_not(
    signed: Contract, people: People, person: NamedPerson, now: datetime
) -> None:
    an_envelope(signed.lead_service, year=2027)
    amounts = {_action(signed).pk: Confirmed(TEN)}

    with pytest.raises(TransitionRefused, match="document qu’il a signé"):
        confirm_tranche(signed.pk, 2027, amounts=amounts, person=person, by=people.vienne_agent, now=now)
    with pytest.raises(PermissionDenied):
        confirm_tranche(signed.pk, 2027, amounts=amounts, person=person, by=people.poitiers_maire, now=now)
    with pytest.raises(TransitionRefused, match="délégation"):
        confirm_tranche(
            signed.pk,
            2027,
            amounts=amounts,
            person=replace(person, in_title=False),
            by=people.vienne_prefet,
            now=now,
        )

    assert not Tranche.objects.exists()


@pytest.mark.parametrize("wrong", [{"amount": TEN + 1}, {"amount": Decimal(-1)}, {"amount": SIX, "reason": ""}])
def test_the_database_refuses_what_the_form_refuses(
    signed: Contract, people: People, person: NamedPerson, now: datetime, wrong: dict[str, Any]
) -> None:
    an_envelope(signed.lead_service, year=2027)
    confirmed = _confirm(signed, people, person, now)
    by = people.vienne_prefet.user
    values = {"contract": signed, "confirmed_by": by, "confirmed_at": now}

    with pytest.raises(IntegrityError), transaction.atomic():
        Tranche.objects.create(year=confirmed.year, event=an_event(signed), **values)
    other = Tranche.objects.create(year=2026, event=an_event(signed), **values)
    with pytest.raises(IntegrityError), transaction.atomic():
        TrancheAmount.objects.create(tranche=other, action=_action(signed), **({"promised": TEN} | wrong))


# --- pages ----------------------------------------------------------------------------------------------------------


def _page(contract: Contract, name: str = "tranches", *args: int) -> str:
    return reverse(f"contracts:{name}", args=[contract.reference, *args])


def _typed(contract: Contract, **changes: Any) -> dict[str, Any]:
    key = _action(contract).pk
    return {
        f"amount-{key}": "10 000,00",
        f"reason-{key}": "",
        "mode": "portal",
        "name": "Claire Moreau",
        "title": "préfète",
        "basis": "in_title",
        "acted_on": "2026-03-03",
    } | {name.replace("KEY", str(key)): value for name, value in changes.items()}


@pytest.fixture
def prefet(people: People) -> Client:
    return people.client_for(people.vienne_prefet)


def test_the_signatory_confirms_from_the_home_of_the_prefecture(
    signed: Contract, people: People, prefet: Client
) -> None:
    an_envelope(signed.lead_service, year=2027)
    home = prefet.get(reverse("dashboard")).content.decode()
    assert "1 tranche annuelle à confirmer" in home.replace("\u00a0", " ")

    form = prefet.get(_page(signed, "confirm_tranche", 2027)).text.replace("\u00a0", " ").replace("\u202f", " ")
    assert "Le contrat prévoit <strong>10 000,00 €</strong> pour 2027." in form
    assert "<strong>100 000,00 €</strong> restent à engager" in form

    answer = prefet.post(_page(signed, "confirm_tranche", 2027), _typed(signed), follow=True)

    text = answer.content.decode()
    assert "Tranche 2027 confirmée et notifiée." in text
    assert "Claire Moreau" in text
    assert "tranche annuelle à confirmer" not in prefet.get(reverse("dashboard")).content.decode()
    read = people.client_for(people.poitiers_agent).get(_page(signed)).content.decode()
    assert "Claire Moreau" in read
    assert "Retirer la confirmation" not in read


@pytest.mark.parametrize("amount", ["-1", "10 000,001", "1.234,56", "1000000000000", "", "10 000,01", "6 000"])
def test_a_wrong_amount_is_refused_beside_its_field_and_kept(signed: Contract, prefet: Client, amount: str) -> None:
    an_envelope(signed.lead_service, year=2027)

    answer = prefet.post(_page(signed, "confirm_tranche", 2027), _typed(signed, **{"amount-KEY": amount}))

    assert answer.status_code == 422
    assert f'value="{amount}"' in answer.content.decode() or amount == ""
    assert 'aria-invalid="true"' in answer.content.decode()
    assert not Tranche.objects.exists()


def test_an_agent_deposits_the_signed_decision(signed: Contract, people: People) -> None:
    an_envelope(signed.lead_service, year=2027)
    decision = SimpleUploadedFile("decision.pdf", pdf_bytes(), "application/pdf")
    client = people.client_for(people.vienne_agent)

    answer = client.post(
        _page(signed, "confirm_tranche", 2027), _typed(signed, mode="paper", document=decision), follow=True
    )

    assert "décision signée" in answer.content.decode()
    client.post(_page(signed, "withdraw_tranche", 2027), {}, follow=True)
    assert Tranche.objects.get().withdrawn_at is None


def test_queries_do_not_grow_with_actions(signed: Contract, people: People, prefet: Client, now: datetime) -> None:
    an_envelope(signed.lead_service, year=2027)
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            assert prefet.get(_page(signed)).status_code == 200
        counts.append(len(queries))
        event = an_event(signed)
        Movement.objects.bulk_create(
            Movement(
                contract=signed,
                action=_action(signed),
                year=year,
                stage=Stage.INDICATIVE,
                amount=TEN,
                recorded_at=now,
                effective_on=now.date(),
                event=event,
            )
            for year in (2028, 2029, 2030)
        )

    assert counts[0] == counts[1]

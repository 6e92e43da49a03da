"""A contract that is terminated gives back what nothing commits, at once and for each year."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from contracts.acts import NamedPerson, Termination
from contracts.models import Contract
from contracts.services.advance import advance
from contracts.services.expenditure import correct_expenditure, record_expenditure
from contracts.services.tranches import confirm_tranche
from funding.enums import ExpenditureKind, Stage
from funding.holdings import holdings
from funding.models import Action, Envelope, Expenditure, Movement, YearAmount
from funding.queries import ledger_by_year
from funding.services.expenditure import Entry
from funding.services.tranches import Confirmed
from journal.models import Event
from tests.factories.funding import POITIERS_SIREN, a_signed_file, an_envelope
from tests.people import People

ZERO = Decimal("0.00")
EJ, OTHER_EJ = "2104567890", "2104567891"
K = ExpenditureKind


class Ending:
    """A signed contract of 2026 and 2027, two actions of 10 000 € and 5 000 € a year; what Chorus holds; its end."""

    def __init__(self, people: People, now: datetime) -> None:
        self.people, self.now = people, now
        self.envelope = an_envelope(people.vienne_agent.organisation)
        Envelope.objects.filter(pk=self.envelope.pk).update(cp_allotted=Decimal("12000.00"))
        self.contract = a_signed_file(people, now, "10000.00", "5000.00", last=2027)
        name = people.vienne_prefet.user.full_name
        self.person = NamedPerson(name=name, title="préfète", acted_on=now.date(), in_title=True)

    def chorus(self, kind: ExpenditureKind, amount: str, number: str = EJ, year: int = 2026) -> Expenditure:
        entry = Entry(kind, POITIERS_SIREN, number, Decimal(amount), timezone.localdate(self.now))
        return record_expenditure(self.contract.pk, year, entry, by=self.people.vienne_agent, now=self.now)

    def correct(self, entry: Expenditure) -> None:
        correct_expenditure(
            self.contract.pk, entry.pk, reason="Engagement annulé.", by=self.people.vienne_agent, now=self.now
        )

    def confirm(self, amount: str) -> Envelope:
        envelope = an_envelope(self.contract.lead_service, year=2027)
        actions = Action.objects.filter(contract=self.contract)
        amounts = {each.pk: Confirmed(Decimal(amount), "Crédits réduits.") for each in actions}
        confirm_tranche(
            self.contract.pk, 2027, amounts=amounts, person=self.person, by=self.people.vienne_prefet, now=self.now
        )
        return envelope

    def terminate(self) -> None:
        effect = timezone.localdate(self.now) + timedelta(days=60)
        act = Termination(reason="La collectivité dénonce le contrat.", person=self.person, effective_on=effect)
        advance(self.contract.pk, "terminate", by=self.people.vienne_prefet, now=self.now, act=act)

    def held(self, year: int = 2026) -> dict[Stage, Decimal]:
        sums = ledger_by_year(Movement.objects.filter(contract=self.contract))
        return {stage: amount for (of, stage), amount in sums.items() if of == year and amount}

    def granted(self) -> list[Decimal | None]:
        rows = YearAmount.objects.filter(action__contract=self.contract).order_by("year", "pk")
        return list(rows.values_list("granted", flat=True))

    def taken(self, envelope: Envelope | None = None) -> Decimal:
        """Return what the envelope says that it gave, once sure that the ledger says the same."""
        (at,) = holdings([envelope or self.envelope], at=self.now)
        shown = Envelope.objects.get(pk=(envelope or self.envelope).pk)
        assert shown.taken == at.ae.used
        return shown.taken

    def told(self) -> list[str]:
        events = Event.objects.filter(contract=self.contract, kind="credits_given_back").order_by("sequence")
        return [each.payload["label"].replace("\u202f", " ").replace("\u00a0", " ") for each in events]


@pytest.fixture
def ending(people: People, now: datetime) -> Ending:
    return Ending(people, now)


def _kept(ending: Ending, year: int = 2026) -> dict[Stage, Decimal]:
    return {stage: amount for stage, amount in ending.held(year).items() if stage is not Stage.PROPOSED}


def test_nothing_committed_is_all_given_back_at_the_act(ending: Ending) -> None:
    ending.terminate()

    assert ending.taken() == ZERO
    assert _kept(ending) == _kept(ending, 2027) == {}
    assert ending.held()[Stage.PROPOSED] == Decimal("15000.00")
    assert ending.granted() == [ZERO] * 4
    assert ending.told() == [
        "Non engagé, rendu à l’enveloppe : 15 000,00 € pour 2026. Indicatif, abandonné : 15 000,00 € pour 2027."
    ]


def test_what_is_committed_stays_and_is_still_paid(ending: Ending) -> None:
    ending.chorus(K.COMMITMENT, "6000.00")
    ending.chorus(K.ADVANCE, "1500.00")

    ending.terminate()
    ending.chorus(K.BALANCE, "4500.00")

    six = Decimal("6000.00")
    assert ending.taken() == six
    assert _kept(ending) == {Stage.GRANTED: six, Stage.NOTIFIED: six, Stage.COMMITTED: six, Stage.PAID: six}
    assert ending.granted() == [Decimal("4000.00"), Decimal("2000.00"), ZERO, ZERO]
    assert Envelope.objects.get(pk=ending.envelope.pk).cp_remaining == six


def test_each_year_gives_back_to_its_own_envelope(ending: Ending) -> None:
    later = ending.confirm("4000.00")
    ending.chorus(K.COMMITMENT, "15000.00")
    ending.chorus(K.COMMITMENT, "1000.00", year=2027)

    ending.terminate()

    assert (ending.taken(), ending.taken(later)) == (Decimal("15000.00"), Decimal("1000.00"))
    assert ending.told() == ["Non engagé, rendu à l’enveloppe : 7 000,00 € pour 2027."]


def test_what_is_all_committed_gives_nothing_back_and_tells_nothing(ending: Ending) -> None:
    ending.confirm("0.00")
    ending.chorus(K.COMMITMENT, "15000.00")

    ending.terminate()

    assert ending.taken() == Decimal("15000.00")
    assert ending.told() == []


def test_a_commitment_corrected_after_the_end_is_given_back_too(ending: Ending) -> None:
    ending.chorus(K.COMMITMENT, "6000.00")
    wrong = ending.chorus(K.COMMITMENT, "3000.00", OTHER_EJ)
    paid = ending.chorus(K.ADVANCE, "1500.00")
    ending.terminate()
    assert ending.taken() == Decimal("9000.00")

    ending.correct(wrong)
    ending.correct(paid)  # frees credits to pay, none to commit

    assert ending.taken() == Decimal("6000.00")
    assert _kept(ending)[Stage.NOTIFIED] == Decimal("6000.00")
    assert sum(filter(None, ending.granted()), ZERO) == Decimal("6000.00")
    assert len(ending.told()) == 2
    assert ending.told()[1] == "Non engagé, rendu à l’enveloppe : 3 000,00 € pour 2026."


def test_a_commitment_replaced_after_the_end_keeps_its_credits_and_gives_back_the_rest(ending: Ending) -> None:
    wrong = ending.chorus(K.COMMITMENT, "6000.00")
    ending.terminate()
    agent: Any = ending.people.client_for(ending.people.vienne_agent)
    page = reverse("contracts:correct_entry", args=[ending.contract.reference, wrong.pk])
    day = timezone.localdate(ending.now).isoformat()
    entry = {"reason": "Numéro mal recopié.", "chorus_number": OTHER_EJ, "amount": "5 500,25", "day": day}

    refused = [agent.post(page, entry | wrong_part) for wrong_part in ({"amount": "6000,01"}, {"day": ""})]
    untouched = (ending.taken(), Expenditure.objects.count())
    answer = agent.post(page, entry)
    ending.now = timezone.now()  # the page has the clock of the server
    ending.chorus(K.BALANCE, "5500.25", OTHER_EJ)

    kept = Decimal("5500.25")
    assert [each.status_code for each in refused] == [422, 422]
    assert "ne peut pas dépasser 6" in refused[0].text
    assert "un numéro, un montant et une date" in refused[1].text
    assert untouched == (Decimal("6000.00"), 1)
    assert answer.status_code == 302
    assert ending.taken() == kept
    assert _kept(ending) == {Stage.GRANTED: kept, Stage.NOTIFIED: kept, Stage.COMMITTED: kept, Stage.PAID: kept}
    assert sum(filter(None, ending.granted()), ZERO) == kept
    assert ending.told()[-1] == "Non engagé, rendu à l’enveloppe : 499,75 € pour 2026."


def test_a_commitment_is_replaced_in_one_act_while_the_contract_lives(ending: Ending) -> None:
    wrong = ending.chorus(K.COMMITMENT, "6000.00")
    exact = Entry(K.COMMITMENT, POITIERS_SIREN, EJ, Decimal("7000.00"), timezone.localdate(ending.now))

    correct_expenditure(
        ending.contract.pk,
        wrong.pk,
        reason="Montant mal recopié.",
        exact=exact,
        by=ending.people.vienne_agent,
        now=ending.now,
    )

    assert ending.held()[Stage.COMMITTED] == Decimal("7000.00")
    assert list(Expenditure.objects.order_by("pk").values_list("amount", flat=True)) == [
        Decimal("6000.00"),
        Decimal("-6000.00"),
        Decimal("7000.00"),
    ]
    assert ending.taken() == Decimal("15000.00")


def test_a_correction_before_the_end_gives_nothing_back(ending: Ending) -> None:
    ending.correct(ending.chorus(K.COMMITMENT, "3000.00"))

    assert ending.taken() == Decimal("15000.00")
    assert ending.told() == []


def test_pages_tell_what_the_end_does_and_did(ending: Ending) -> None:
    wrong = ending.chorus(K.COMMITMENT, "3000.00")
    agent: Any = ending.people.client_for(ending.people.vienne_agent)
    reference = ending.contract.reference
    before = agent.get(reverse("contracts:act", args=[reference, "terminate"])).text
    ending.terminate()

    assert "enregistrez d’abord les engagements" in before
    assert "12\u202f000,00" in before or "12\u00a0000,00" in before
    assert "ce qui n’était pas engagé est rendu" in agent.get(reverse("contracts:tranches", args=[reference])).text
    assert "Crédits non engagés rendus" in agent.get(reverse("contracts:history", args=[reference])).text
    correction = agent.get(reverse("contracts:correct_entry", args=[reference, wrong.pk])).text
    assert "aucun engagement ne pourra le remplacer ensuite" in correction
    assert Contract.objects.get(pk=ending.contract.pk).state == "terminated"

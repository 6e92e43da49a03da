"""Two files that share an envelope, all that may happen to their money, and what must then be true of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from campaigns.models import Campaign
from contracts.enums import State
from contracts.models import Contract
from funding.enums import Decision, ExpenditureKind, Stage
from funding.errors import FundingRefused
from funding.holdings import holdings, stages_by_action
from funding.models import ZERO, Action, Allocation, Envelope, Expenditure, Movement, Tranche, YearAmount
from funding.queries import exact_sum, ledger_totals, remaining_at
from funding.services.distribution import allot, redeploy
from funding.services.envelopes import notify, release, retake, take
from funding.services.expenditure import Entry, correct, record_commitment, record_payment
from funding.services.returning import give_back
from funding.services.review import adopt_requested, propose
from funding.services.tranches import Confirmed, confirm, promises, withdraw
from journal.models import Event
from tests.factories.funding import POITIERS_SIREN, CampaignFactory, a_file, an_action, an_event
from tests.people import People


def _share(amount: Decimal, percent: int) -> Decimal:
    return (amount * percent / 100).quantize(Decimal("0.01"))


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
        self,
        source: Envelope | None,
        organisation: Any,
        amount: Decimal,
        cp_amount: Decimal = Decimal("0.00"),
        campaign: Campaign | None = None,
    ) -> Allocation:
        return allot(
            campaign=campaign or self.campaign,
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

    def sign(self) -> None:
        """Sign the first file for 2026 and 2027, then open 2027: its tranche waits in an envelope too small for it."""
        contract = self.files[0]
        self.allot(Decimal("0.00"), Decimal("12000.00"))
        self.adopt(0)
        self.take(0)
        notify(contract, self.event, self.now)
        Contract.objects.filter(pk=contract.pk).update(state=State.SIGNED, signed_at=self.now, notified_on=self.now)
        later = CampaignFactory.create(year=2027)
        law = self.allot_from(None, self.people.dgef.organisation, Decimal("15000.00"), Decimal("9000.00"), later)
        self.allot_from(law.envelope, contract.lead_service, Decimal("15000.00"), Decimal("9000.00"), later)

    def confirm(self, share: int) -> None:
        contract = self.files[0]
        amounts = {key.action_id: _share(amount, share) for key, amount in promises(contract.pk, 2027).items()}
        confirmed = {pk: Confirmed(amount, "Crédits réduits") for pk, amount in amounts.items()}
        confirm(contract, 2027, confirmed, by=self.people.vienne_agent.user, event=an_event(contract), now=self.now)

    def withdraw(self) -> None:
        contract = self.files[0]
        if self._ended():
            return
        for tranche in Tranche.objects.filter(contract=contract, withdrawn_at__isnull=True):
            by, event = self.people.vienne_agent.user, an_event(contract)
            withdraw(contract, tranche, reason="Gel", by=by, event=event, now=self.now)

    def commit(self, year: int, number: str, share: int) -> None:
        if not self._ended():
            self._report(record_commitment, ExpenditureKind.COMMITMENT, year, number, Decimal(share * 100))

    def pay(self, year: int, number: str, share: int) -> None:
        self._report(record_payment, ExpenditureKind.ADVANCE, year, number, Decimal(share * 100))

    def _report(self, write: Any, kind: ExpenditureKind, year: int, number: str, amount: Decimal) -> None:
        contract = self.files[0]
        entry = Entry(kind, POITIERS_SIREN, number, amount, date(year, 3, 1))
        write(contract, year, entry, by=self.people.vienne_agent.user, event=an_event(contract), now=self.now)

    def correct(self, place: int) -> None:
        contract = self.files[0]
        standing = Expenditure.objects.filter(contract=contract, corrects__isnull=True, correction__isnull=True)
        wrong = standing.order_by("pk")[place : place + 1]
        for each in wrong:
            by, event = self.people.vienne_agent.user, an_event(contract)
            correct(contract, each, reason="Erreur", by=by, event=event, now=self.now)
        if self._ended():
            give_back(contract, an_event(contract), self.now)

    def _ended(self) -> bool:
        """Tell whether the first file was terminated: its windows then let it be paid and corrected, no more."""
        return bool(Contract.objects.filter(pk=self.files[0].pk, state=State.TERMINATED).exists())

    def terminate(self) -> None:
        contract = self.files[0]
        give_back(contract, an_event(contract), self.now)
        Contract.objects.filter(pk=contract.pk).update(state=State.TERMINATED, ended_at=self.now)

    def do(self, name: str, *arguments: Any) -> None:
        operation: Callable[..., None] = getattr(self, name)
        try:
            with transaction.atomic():
                operation(*arguments)
        except FundingRefused:
            return  # a refusal changes nothing: what follows is checked all the same


def check(world: World) -> None:
    envelopes = list(Envelope.objects.order_by("pk"))
    now = holdings(envelopes)
    assert now == holdings(envelopes, world.now)
    assert all(min(each.ae.remaining, each.cp.remaining) >= 0 for each in now)
    received = exact_sum(Allocation.objects.filter(source__isnull=True), "cp_amount")
    assert sum((each.cp.remaining + each.cp.used for each in now), ZERO) == received
    for envelope in envelopes:
        drawn = Movement.objects.filter(envelope=envelope)
        assert envelope.taken == exact_sum(drawn.filter(stage=Stage.GRANTED))
        assert envelope.cp_paid == exact_sum(drawn.filter(stage=Stage.PAID))
        assert envelope.allotted == exact_sum(Allocation.objects.filter(envelope=envelope))
        assert envelope.distributed == exact_sum(Allocation.objects.filter(source=envelope))
        assert envelope.remaining == remaining_at(envelope, world.now) >= 0
    for contract in world.files:
        _check_file(contract)


def _check_file(contract: Contract) -> None:
    sums = ledger_totals(Movement.objects.filter(contract=contract))
    rows = list(YearAmount.objects.filter(action__contract=contract))
    assert sums[Stage.GRANTED] + sums[Stage.INDICATIVE] == sum((row.granted or ZERO for row in rows), ZERO)
    assert sums[Stage.PROPOSED] == sum((row.proposed or ZERO for row in rows), ZERO)
    for row, of in ((row, stages_by_action(contract.pk).get((row.action_id, row.year), {})) for row in rows):
        assert (row.committed, row.paid) == (of.get(Stage.COMMITTED, ZERO), of.get(Stage.PAID, ZERO))
        assert ZERO <= row.paid <= row.committed <= of.get(Stage.GRANTED, ZERO)


def check_signed(contract: Contract) -> None:
    sums = ledger_totals(Movement.objects.filter(contract=contract))
    entries = Expenditure.objects.filter(contract=contract)
    assert sums[Stage.NOTIFIED] == sums[Stage.GRANTED]
    assert sums[Stage.COMMITTED] == exact_sum(entries.filter(kind=ExpenditureKind.COMMITMENT))
    assert sums[Stage.PAID] == exact_sum(entries.exclude(kind=ExpenditureKind.COMMITMENT))
    if Contract.objects.get(pk=contract.pk).state == State.TERMINATED:
        assert (sums[Stage.GRANTED], sums[Stage.INDICATIVE]) == (sums[Stage.COMMITTED], ZERO)

"""What Chorus commits and pays: spread over the actions, within what was notified, drawn on the CP of the year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction

from accounts.models import User
from ctai.text import euros
from funding.balances import Balance, balances_of, commitments_of
from funding.enums import ExpenditureKind, Stage
from funding.errors import FundingRefused, InputRefused
from funding.models import ZERO, Envelope, Expenditure, Movement, YearAmount
from funding.services.holding import exceeded, locked
from funding.services.ledger import Place, held, settle
from journal.models import Event

if TYPE_CHECKING:
    from contracts.models import Contract

CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Entry:
    """What Chorus holds: a commitment, or a payment upon one; the amount is in euros, to the cent.

    Raises:
        ValueError: the amount is nil, negative, or finer than the cent.
    """

    kind: ExpenditureKind
    siret: str
    chorus_number: str
    amount: Decimal
    day: date

    def __post_init__(self) -> None:
        if self.amount <= 0 or self.amount != self.amount.quantize(CENT):
            raise ValueError(f"An entry of Chorus is a positive amount to the cent, not {self.amount}.")


def record_commitment(
    contract: Contract, year: int, entry: Entry, *, by: User, event: Event, now: datetime
) -> Expenditure:
    """Write down a commitment upon what was notified; the file is locked by the caller.

    Raises:
        InputRefused: nothing was notified to the beneficiary, the amount is above what remains to commit, the number
            is that of another beneficiary, or the entry is there already; keys are the fields of ``Entry``.
    """
    balance = _balance(contract, year, entry.siret)
    _refuse_twice(contract, year, entry)
    others = Expenditure.objects.filter(chorus_number=entry.chorus_number, kind=ExpenditureKind.COMMITMENT)
    if others.exclude(contract=contract, beneficiary_siret=entry.siret).exists():
        raise InputRefused(
            {"chorus_number": "Ce numéro est déjà celui d’un autre dossier ou d’un autre bénéficiaire."}
        )
    if entry.amount > balance.to_commit:
        raise InputRefused(
            {
                "amount": f"Il reste {euros(balance.to_commit)} à engager sur {euros(balance.notified)} notifiés : "
                "l’engagement ne peut pas dépasser ce reste."
            }
        )
    room = _room(contract.pk, year, entry.siret, Stage.NOTIFIED, Stage.COMMITTED)
    with transaction.atomic():
        saved = _save(contract, year, entry, balance, by, event, now)
        _write(contract, year, Stage.COMMITTED, entry.siret, spread(entry.amount, room), entry.day, event, now)
    return saved


def record_payment(
    contract: Contract, year: int, entry: Entry, *, by: User, event: Event, now: datetime
) -> Expenditure:
    """Write down a payment upon a commitment: it draws on the CP of the envelope of the year in which it is made.

    Raises:
        InputRefused: the commitment is unknown, the amount is above what remains to pay on it, the payment precedes
            it, or the entry is there already; keys are the fields of ``Entry``.
        EnvelopeExceeded: the CP of the préfecture do not cover the payment; nothing is written.
        FundingRefused: the préfecture has no envelope for the year of the payment.
    """
    balance = _balance(contract, year, entry.siret)
    _refuse_twice(contract, year, entry)
    found = [
        each
        for each in commitments_of(contract.pk, year)
        if (each.siret, each.chorus_number) == (entry.siret, entry.chorus_number)
    ]
    if not found:
        raise InputRefused({"chorus_number": "Aucun engagement ne porte ce numéro pour cette tranche."})
    upon = found[0]
    errors = {}
    if entry.amount > upon.to_pay:
        errors["amount"] = (
            f"Il reste {euros(upon.to_pay)} à verser sur {euros(upon.committed)} engagés : "
            "le versement ne peut pas dépasser ce reste."
        )
    if entry.day < upon.day:
        errors["day"] = "Le versement ne peut pas précéder l’engagement de la dépense."
    if errors:
        raise InputRefused(errors)
    room = _room(contract.pk, year, entry.siret, Stage.COMMITTED, Stage.PAID)
    with transaction.atomic():
        envelope = hold_paying_envelope(contract, entry.day.year)
        if entry.amount > envelope.cp_remaining:
            raise exceeded(envelope, entry.amount, envelope.cp_remaining, "CP")
        envelope.cp_paid += entry.amount
        envelope.save(update_fields=["cp_paid"])
        saved = _save(contract, year, entry, balance, by, event, now)
        shares = spread(entry.amount, room)
        _write(contract, year, Stage.PAID, entry.siret, shares, entry.day, event, now, envelope_id=envelope.pk)
    return saved


def correct(
    contract: Contract, wrong: Expenditure, *, reason: str, by: User, event: Event, now: datetime
) -> Expenditure:
    """Undo a wrong entry by the opposite movements, which take effect on its own day.

    Raises:
        FundingRefused: it is undone already, is itself a correction, or money was paid upon the commitment.
    """
    if wrong.corrects_id is not None:
        raise FundingRefused("Une correction ne se corrige pas : enregistrez de nouveau l’écriture exacte.")
    if Expenditure.objects.filter(corrects=wrong).exists():
        raise FundingRefused("Cette écriture est déjà corrigée.")
    if wrong.kind == ExpenditureKind.COMMITMENT:
        _require_unpaid(contract, wrong)
    with transaction.atomic():
        envelopes = hold_envelopes_of(wrong)
        shares = _shares_of(contract, wrong)
        undone = Expenditure.objects.create(
            contract=contract,
            year=wrong.year,
            kind=wrong.kind,
            beneficiary_siret=wrong.beneficiary_siret,
            beneficiary_name=wrong.beneficiary_name,
            chorus_number=wrong.chorus_number,
            amount=-wrong.amount,
            day=wrong.day,
            corrects=wrong,
            reason=reason,
            recorded_by=by,
            recorded_at=now,
            event=event,
        )
        stage = Stage.PAID if envelopes else Stage.COMMITTED
        envelope_id = envelopes[0].pk if envelopes else None
        for envelope in envelopes:
            envelope.cp_paid -= wrong.amount
            envelope.save(update_fields=["cp_paid"])
        opposite = {key: -share for key, share in shares.items()}
        siret = wrong.beneficiary_siret
        _write(contract, wrong.year, stage, siret, opposite, wrong.day, event, now, envelope_id=envelope_id)
    return undone


def hold_paying_envelope(contract: Contract, year: int) -> Envelope:
    """Lock and return the envelope of the préfecture in the lead that pays in a civil year.

    Raises:
        FundingRefused: it has none.
    """
    own = Envelope.objects.filter(organisation=contract.lead_service_id, campaign__year=year)
    envelopes = list(locked(own.values_list("pk", flat=True)).values())
    if not envelopes:
        raise FundingRefused(
            f"La préfecture n’a pas d’enveloppe {year} : le versement n’a pas de crédits de paiement où être pris."
        )
    return envelopes[0]


def hold_envelopes_of(entry: Expenditure) -> list[Envelope]:
    """Lock and return the envelope that a payment drew on; none for a commitment."""
    drawn_on = Movement.objects.filter(event=entry.event_id, envelope__isnull=False).values_list("envelope", flat=True)
    return list(locked({pk for pk in drawn_on if pk is not None}).values())


def spread(amount: Decimal, room: Mapping[int, Decimal]) -> dict[int, Decimal]:
    """Share an amount between actions in the proportion of their room, to the cent, never above it.

    Args:
        amount: in euros, at most the sum of the room.
        room: what each action may still receive, in euros, by id.

    Raises:
        FundingRefused: the room is smaller than the amount.
    """
    total = sum(room.values(), ZERO)
    if amount > total:
        raise FundingRefused(f"Il ne reste que {euros(total)} sur les actions de cette tranche.")
    shares = {key: (amount * each / total).quantize(CENT, "ROUND_DOWN") for key, each in sorted(room.items())}
    left = amount - sum(shares.values(), ZERO)
    for key, share in shares.items():
        more = min(left, room[key] - share, CENT)
        shares[key], left = share + more, left - more
    return {key: share for key, share in shares.items() if share}


def _balance(contract: Contract, year: int, siret: str) -> Balance:
    found = [each for each in balances_of(contract.pk, year) if each.siret == siret]
    if not found:
        raise InputRefused({"siret": f"Rien n’est notifié à ce bénéficiaire pour {year}."})
    return found[0]


def _refuse_twice(contract: Contract, year: int, entry: Entry) -> None:
    same = Expenditure.objects.filter(
        contract=contract,
        year=year,
        kind=entry.kind,
        beneficiary_siret=entry.siret,
        chorus_number=entry.chorus_number,
        amount=entry.amount,
        day=entry.day,
        correction__isnull=True,
    )
    if same.exists():
        raise InputRefused({"amount": "Cette écriture est déjà enregistrée : même numéro, même montant et même date."})


def _require_unpaid(contract: Contract, wrong: Expenditure) -> None:
    paid = Expenditure.objects.filter(contract=contract, year=wrong.year, chorus_number=wrong.chorus_number)
    standing = paid.exclude(kind=ExpenditureKind.COMMITMENT).filter(corrects__isnull=True, correction__isnull=True)
    if standing.exists():
        raise FundingRefused(
            "Des versements sont enregistrés sur cet engagement : corrigez-les d’abord, l’engagement ensuite."
        )


def _shares_of(contract: Contract, wrong: Expenditure) -> dict[int, Decimal]:
    """Return what to take back of each action: what it was paid, or of a commitment what is not paid by another."""
    if wrong.kind == ExpenditureKind.COMMITMENT:
        room = _room(contract.pk, wrong.year, wrong.beneficiary_siret, Stage.COMMITTED, Stage.PAID)
        return spread(wrong.amount, room)
    moved = Movement.objects.filter(event=wrong.event_id, action__isnull=False).values_list("action_id", "amount")
    return {action_id: amount for action_id, amount in moved if action_id is not None}


def _room(contract_id: int, year: int, siret: str, above: Stage, stage: Stage) -> dict[int, Decimal]:
    """Return what each action may still receive at a stage, in euros: what the stage above holds, less its own."""
    room: dict[int, Decimal] = {}
    for key, amount in held(contract_id, (above, stage)).items():
        if (key.year, key.siret) == (year, siret):
            signed = amount if key.stage == above else -amount
            room[key.action_id] = room.get(key.action_id, ZERO) + signed
    return {key: amount for key, amount in room.items() if amount > 0}


def _save(
    contract: Contract, year: int, entry: Entry, balance: Balance, by: User, event: Event, now: datetime
) -> Expenditure:
    return Expenditure.objects.create(
        contract=contract,
        year=year,
        kind=entry.kind,
        beneficiary_siret=entry.siret,
        beneficiary_name=balance.name,
        chorus_number=entry.chorus_number,
        amount=entry.amount,
        day=entry.day,
        recorded_by=by,
        recorded_at=now,
        event=event,
    )


def _write(
    contract: Contract,
    year: int,
    stage: Stage,
    siret: str,
    shares: Mapping[int, Decimal],
    day: date,
    event: Event,
    now: datetime,
    *,
    envelope_id: int | None = None,
) -> None:
    """Add the shares to the ledger, and to what each action and year is committed or paid."""
    current = held(contract.pk, (stage,))
    base = Place(stage, 0, year, siret, envelope_id)
    targets = dict(current)
    for action_id, share in shares.items():
        key = replace(base, action_id=action_id)
        targets[key] = targets.get(key, ZERO) + share
    settle(contract_id=contract.pk, targets=targets, current=current, event=event, now=now, effective_on=day)
    field = "paid" if stage == Stage.PAID else "committed"
    rows = list(YearAmount.objects.filter(action__in=shares, year=year))
    for row in rows:
        setattr(row, field, getattr(row, field) + shares[row.action_id])
    YearAmount.objects.bulk_update(rows, [field])

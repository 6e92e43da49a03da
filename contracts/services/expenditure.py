"""What the préfecture records of Chorus on a signed contract: commitments, payments, and their corrections."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Max
from django.utils import timezone

from accounts.actors import Actor
from accounts.roles import Permission
from contracts.enums import FINAL, Origin, State
from contracts.errors import TransitionRefused
from contracts.models import Contract, Signature
from contracts.notifications import tell_payment
from contracts.services.editing import editing, recorded_within
from contracts.services.locks import settle
from contracts.services.returning import give_back
from ctai.text import euros, long_date
from funding.enums import ExpenditureKind
from funding.errors import InputRefused
from funding.models import Expenditure
from funding.services import expenditure
from funding.services.envelopes import lock_envelopes
from funding.services.expenditure import Entry
from journal.models import Event
from journal.services import record

#: Why nothing of Chorus is recorded on a contract imported signed: no action bears its money.
ELSEWHERE = (
    "Ce contrat a été signé avant le portail : ses engagements et ses versements restent suivis dans Chorus, hors du "
    "portail."
)


def record_expenditure(contract_id: int, year: int, entry: Entry, *, by: Actor, now: datetime) -> Expenditure:
    """Record a commitment or a payment of a tranche.

    Args:
        contract_id: a contract that was signed.
        year: the tranche.
        entry: what Chorus holds; the amount is in euros.
        by: who records it, of the préfecture in the lead.
        now: the instant.

    Raises:
        PermissionDenied: the actor is not of the préfecture in the lead.
        TransitionRefused: the contract was signed before the portal, or is ended and nothing more may be committed.
        InputRefused: a field is refused; keys are the fields of ``Entry``.
        FundingRefused: the préfecture has no envelope, or not enough CP, for the year of the payment.
    """
    commits = entry.kind == ExpenditureKind.COMMITMENT
    with editing(contract_id, Permission.EXPENDITURE_RECORD, by=by, now=now, kind=recorded_within) as contract:
        if contract.origin == Origin.IMPORTED:
            raise TransitionRefused([ELSEWHERE])
        _require_day(contract, entry, now)
        if commits and contract.state != State.SIGNED:
            raise TransitionRefused(["Le contrat a pris fin : aucun nouvel engagement n’est possible."])
        if not commits:
            expenditure.hold_paying_envelope(contract, entry.day.year)
        kind = ExpenditureKind(entry.kind).label.lower()
        told = f"{kind} de {euros(entry.amount)} le {long_date(entry.day)}, engagement {entry.chorus_number}."
        event = _record("commitment_recorded" if commits else "payment_recorded", contract, year, told, by, now)
        write = expenditure.record_commitment if commits else expenditure.record_payment
        saved = write(contract, year, entry, by=by.user, event=event, now=now)
        settle(contract, by=by, now=now)
        if not commits:
            tell_payment(contract, saved, by=by)
    return saved


def correct_expenditure(
    contract_id: int, pk: int, *, reason: str, by: Actor, now: datetime, exact: Entry | None = None
) -> Expenditure:
    """Undo an entry that was wrong, by one of the opposite amount; a contract that ended gives back what it frees.

    Args:
        contract_id: a contract that was signed.
        pk: the wrong entry.
        reason: why it is undone.
        by: who corrects, of the préfecture in the lead.
        now: the instant.
        exact: the commitment that replaces a wrong one in the same act, so that its credits are not given back between
            the two; the only way to mend the commitment of a contract that ended.

    Raises:
        PermissionDenied: the actor is not of the préfecture in the lead.
        InputRefused: the commitment that replaces it is refused; keys are the fields of ``Entry``.
        FundingRefused: it is undone already, or money was paid upon the commitment.
    """
    with editing(contract_id, Permission.EXPENDITURE_RECORD, by=by, now=now, kind=recorded_within) as contract:
        wrong = Expenditure.objects.get(pk=pk, contract=contract)
        ended = contract.state in FINAL
        if ended:
            lock_envelopes(contract)
        expenditure.hold_envelopes_of(wrong)
        kind = ExpenditureKind(wrong.kind).label.lower()
        told = f"{kind} de {euros(wrong.amount)} du {long_date(wrong.day)}, corrigé."
        event = _record("expenditure_corrected", contract, wrong.year, told, by, now, reason=reason)
        undone = expenditure.correct(contract, wrong, reason=reason, by=by.user, event=event, now=now)
        if exact is not None:
            _replace(contract, wrong, exact, by, now)
        if ended:
            give_back(contract, by=by, now=now)
        settle(contract, by=by, now=now)
    return undone


def _replace(contract: Contract, wrong: Expenditure, exact: Entry, by: Actor, now: datetime) -> None:
    """Record the commitment that replaces a wrong one: of the same beneficiary, within what was undone."""
    _require_day(contract, exact, now)
    if contract.state in FINAL and exact.amount > wrong.amount:
        raise InputRefused(
            {
                "amount": f"Le contrat a pris fin : l’engagement exact ne peut pas dépasser {euros(wrong.amount)}, "
                "le montant de celui qu’il remplace."
            }
        )
    told = f"engagement exact de {euros(exact.amount)} le {long_date(exact.day)}, EJ {exact.chorus_number}."
    event = _record("commitment_recorded", contract, wrong.year, told, by, now)
    expenditure.record_commitment(contract, wrong.year, exact, by=by.user, event=event, now=now)


def _require_day(contract: Contract, entry: Entry, now: datetime) -> None:
    standing = Signature.objects.filter(contract=contract, voided_at__isnull=True)
    signed_on = standing.aggregate(last=Max("signed_on"))["last"]
    if entry.day > timezone.localdate(now):
        raise InputRefused({"day": "La date ne peut pas être dans l’avenir : seul le fait accompli s’enregistre."})
    if signed_on and entry.day < signed_on:
        raise InputRefused({"day": f"Le contrat est signé du {long_date(signed_on)} : la date est antérieure."})


def _record(kind: str, contract: Contract, year: int, told: str, by: Actor, now: datetime, **payload: Any) -> Event:
    return record(
        kind=kind,
        by=by,
        now=now,
        contract_id=contract.pk,
        payload={"tranche_year": year, "label": f"Tranche {year} : {told}", **payload},
    )

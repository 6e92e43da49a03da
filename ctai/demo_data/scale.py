"""Files by the thousand, in every state that the database accepts, with their journal and their money: fictitious."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any

from django.db import transaction

from accounts.models import Organisation, User
from accounts.services.organisations import prefecture_for
from campaigns.models import Campaign
from contracts.enums import State, Turn
from contracts.models import DRAFT_PREFIX, Contract, Letter
from contracts.services.consequences import territory_code
from contracts.services.locks import DOER
from ctai.demo_data import texts
from funding.enums import Stage
from funding.models import Movement
from journal.models import Event, StateSpan
from journal.services import record_many
from territories.enums import StatisticalCategory
from territories.models import LocalAuthority

BATCH = 250
MARK = f"{DRAFT_PREFIX}-ECHELLE-"
#: The way to each state, by the transitions that a file goes through.
_TO_SIGNED = (
    ("open_file", State.LETTER_DRAFT),
    ("send_letter", State.LETTER_SENT),
    ("acknowledge", State.EXCHANGE),
    ("conclude_exchange", State.DIAGNOSTIC),
    ("conclude_diagnostic", State.PROPOSAL),
    ("submit_proposal", State.UNDER_REVIEW),
    ("approve", State.APPROVED),
    ("complete", State.SIGNED),
)
WAYS: tuple[tuple[tuple[str, State], ...], ...] = (
    *(_TO_SIGNED[:steps] for steps in (8, 2, 3, 8, 4, 5, 6, 8, 7, 1, 8)),
    (*_TO_SIGNED[:6], ("request_correction", State.CORRECTION_REQUESTED)),
    (*_TO_SIGNED[:6], ("refuse", State.REFUSED)),
    (*_TO_SIGNED[:3], ("dismiss", State.DISMISSED)),
    (*_TO_SIGNED[:5], ("withdraw", State.WITHDRAWN)),
    (*_TO_SIGNED, ("terminate", State.TERMINATED)),
    (*_TO_SIGNED, ("close", State.CLOSED)),
)
#: The date that a state writes on the file when it is entered.
_DATED = {
    State.LETTER_SENT: ("first_sent_at", "letter_sent_at"),
    State.EXCHANGE: ("acknowledged_at",),
    State.DIAGNOSTIC: ("exchange_concluded_at",),
    State.PROPOSAL: ("diagnostic_concluded_at",),
    State.UNDER_REVIEW: ("submitted_at",),
    State.CORRECTION_REQUESTED: ("suspended_at",),
    State.APPROVED: ("approved_at",),
    State.SIGNED: ("signed_at",),
    **dict.fromkeys((State.REFUSED, State.DISMISSED, State.WITHDRAWN, State.TERMINATED, State.CLOSED), ("ended_at",)),
}
_STAGES = {State.UNDER_REVIEW: Stage.REQUESTED, State.APPROVED: Stage.GRANTED, State.SIGNED: Stage.NOTIFIED}
STEP = timedelta(days=19)


@dataclass
class Drawn:
    """A file with the steps it went through and when."""

    contract: Contract
    steps: list[tuple[str, State, datetime]] = field(default_factory=list)


def load(*, total: int, by: User, now: datetime, progress: Callable[..., Iterable[int]]) -> int:
    """Put files in the database until there are that many; return how many were added.

    Args:
        total: how many files of this kind there must be.
        by: who is said to have opened them.
        now: the latest instant of their history.
        progress: wraps the numbers of the batches, to draw a bar.
    """
    there: int = Contract.objects.filter(draft_reference__startswith=MARK).count()
    campaign = Campaign.objects.order_by("-year").first()
    if campaign is None:
        raise LookupError("A campaign is needed.")
    porteurs = _porteurs(there)
    prefectures: dict[Any, Organisation] = {}
    for start in progress(range(there, total, BATCH)):
        numbers = range(start, min(start + BATCH, total))
        drawn = [
            _draw(number, authority, _prefecture(authority, prefectures), campaign, by, now)
            for number, authority in zip(numbers, islice(porteurs, len(numbers)), strict=True)
        ]
        _write(drawn, by)
    return max(total - there, 0)


def _porteurs(skipped: int) -> Iterator[LocalAuthority]:
    """Yield the authorities from the most populated, again and again if there are not enough."""
    authorities = LocalAuthority.objects.eligible().filter(
        category__in=[StatisticalCategory.COMMUNE, StatisticalCategory.EPCI], departement__isnull=False
    )
    rows = list(authorities.with_places().order_by("-population", "pk")[:5_000])
    number = skipped
    while True:
        yield rows[number % len(rows)]
        number += 1


def _prefecture(authority: LocalAuthority, known: dict[Any, Organisation]) -> Organisation:
    if authority.departement_id not in known:
        known[authority.departement_id] = prefecture_for(authority)
    return known[authority.departement_id]


def _draw(
    number: int, authority: LocalAuthority, service: Organisation, campaign: Campaign, by: User, now: datetime
) -> Drawn:
    way = WAYS[number % len(WAYS)]
    began = now - STEP * len(way) - timedelta(hours=number % 2_000)
    steps = [(name, state, began + STEP * index) for index, (name, state) in enumerate(way)]
    last = steps[-1]
    values: dict[str, Any] = {attribute: at for _, state, at in steps for attribute in _DATED.get(state, ())}
    if "signed_at" in values:
        values["notified_on"] = values["signed_at"].date()
    if last[1] == State.CORRECTION_REQUESTED:
        values["reply_by"] = (last[2] + timedelta(days=21)).date()
    if "ended_at" in values:
        values["state_before_end"] = steps[-2][1].value
    turn = DOER.get(last[1], Turn.NOBODY)
    contract = Contract(
        state=last[1],
        draft_reference=f"{MARK}{number:05}",
        reference=f"{MARK}{number:05}",
        porteur=authority,
        category=authority.category,
        departement=authority.departement,
        region=authority.region,
        lead_service=service,
        campaign=campaign if len(way) > 3 else None,
        starts_on=date(campaign.year, 9, 1),
        ends_on=date(campaign.year + 2, 8, 31),
        turn=turn,
        turn_since=None if turn == Turn.NOBODY else last[2],
        last_event_at=last[2],
        created_at=began,
        created_by=by,
        **values,
    )
    if "first_sent_at" in values:
        contract.reference = f"CTAI-{values['first_sent_at'].year}-{territory_code(contract)}-E{number:05}"
    return Drawn(contract, steps)


@transaction.atomic
def _write(drawn: list[Drawn], by: User) -> None:
    made = Contract.objects.bulk_create([each.contract for each in drawn])
    Letter.objects.bulk_create(
        Letter(
            contract=contract,
            signatory_name="Camille Renaud",
            signatory_title=contract.porteur.executive_title,
            motivation=texts.MOTIVATION.format(name=contract.porteur.full_name),
            expected_public=texts.PUBLIC,
            starts_on=contract.starts_on,
            months=24,
        )
        for contract in made
    )
    told = [(each.contract, *step) for each in drawn for step in each.steps]
    events = record_many(
        Event(
            kind=name,
            at=at,
            contract=contract,
            actor_id=by.pk,
            organisation_id=contract.lead_service_id,
            payload={"to": state.value},
        )
        for contract, name, state, at in told
    )
    _spans(drawn, iter(events))
    _movements(told, events)


def _spans(drawn: list[Drawn], events: Iterator[Event]) -> None:
    spans = []
    for each in drawn:
        leaving = [at for _, _, at in each.steps[1:]]
        for (_, state, at), left in zip(each.steps, [*leaving, None], strict=True):
            spans.append(
                StateSpan(contract=each.contract, state=state, entered_at=at, left_at=left, entered_by=next(events))
            )
    StateSpan.objects.bulk_create(spans, batch_size=2_000)


def _movements(told: list[tuple[Contract, str, State, datetime]], events: list[Event]) -> None:
    Movement.objects.bulk_create(
        [
            Movement(
                contract=contract,
                year=contract.years[0] + offset,
                stage=_STAGES[state],
                amount=_amount(contract, state),
                recorded_at=at,
                effective_on=at.date(),
                event=event,
            )
            for (contract, _, state, at), event in zip(told, events, strict=True)
            if state in _STAGES
            for offset in range(2)
        ],
        batch_size=2_000,
    )


def _amount(contract: Contract, state: State) -> Decimal:
    """Return a plausible amount in euros, to the cent; less is granted than asked."""
    people = contract.porteur.population or 5_000
    asked = Decimal(min(20_000 + people // 10, 300_000))
    return (asked if state == State.UNDER_REVIEW else asked * 4 / 5).quantize(Decimal("0.01"))

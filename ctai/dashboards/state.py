"""The home of a préfecture: its work queue, its envelopes, its deadlines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page as ListPage
from django.core.paginator import Paginator
from django.db.models import Case, Count, DateTimeField, F, Q, When
from django.urls import reverse
from django.utils import timezone

from accounts.actors import Actor
from accounts.enums import AccessRequestStatus
from accounts.models import AccessRequest
from accounts.roles import Permission, may
from contracts.clock import implicit_decision_on
from contracts.enums import IN_PROGRESS, State, Turn
from contracts.lists import NOTHING, shown, waiting, with_amounts
from contracts.models import Contract, ContractQuerySet, Opinion
from contracts.tranches import awaiting
from ctai.dashboards.envelopes import bars_for
from ctai.dashboards.page import Page
from ctai.dashboards.tasks import LOCAL_IS_DOING, STATE_TASKS
from ctai.text import long_date
from exchanges.models import PieceRequest

PAGE_SIZE = 25
DEADLINE_DAYS = 31
DEADLINES_SHOWN = 10
ALL, MINE = "tous", "miens"
US, THEM, BOTH, SIGNED = "nous", "eux", "deux", "signes"

TABS: dict[str, tuple[str, Q]] = {
    US: ("À nous", Q(state__in=IN_PROGRESS, turn=Turn.STATE)),
    THEM: ("À eux", Q(state__in=IN_PROGRESS, turn=Turn.LOCAL)),
    BOTH: ("À deux", Q(state__in=IN_PROGRESS, turn=Turn.BOTH)),
    SIGNED: ("Signés", Q(state=State.SIGNED)),
}


@dataclass(frozen=True, slots=True)
class QueueRow:
    """A file of the work queue, its cells written."""

    name: str
    url: str
    reference: str
    task: str
    since: str
    due: str
    late: bool
    requested: str
    instructor: str


@dataclass(frozen=True, slots=True)
class Deadline:
    """A day that comes, and what it ends."""

    on: date
    text: str
    name: str
    url: str
    late: bool


def home(actor: Actor, params: Mapping[str, str], now: datetime) -> Page:
    """Return the work queue of the préfecture, mine first."""
    led = _led_by(actor)
    counts = _counts(led, actor)
    whose = params.get("dossiers", "")
    if whose not in (ALL, MINE):
        whose = MINE if counts["assigned"] else ALL
    tab = params.get("onglet", US) if params.get("onglet") in TABS else US
    found = _queue(led.filter(TABS[tab][1]), actor, whose)
    page = Paginator(found, PAGE_SIZE).get_page(params.get("page"))
    context = {
        "tabs": [_tab(key, key == tab, whose, counts) for key in TABS],
        "switch": [_switch(key, key == whose, tab) for key in (MINE, ALL)],
        "page_obj": page,
        "rows": _rows(page, now),
        "caption": f"{TABS[tab][0]} : dossiers, le plus urgent d’abord",
        "empty": _why_empty(tab, whose),
        "bars": bars_for(actor),
        "deadlines": _deadlines(led, now),
        "requests": _requests(actor),
        "tranches": awaiting(led),
        "may_register": may(actor, Permission.LETTER_REGISTER),
        "inbox_count": counts[f"{ALL}_{US}"] + counts[f"{ALL}_{BOTH}"],
    }
    return Page("dashboard/state.html", context)


def _led_by(actor: Actor) -> ContractQuerySet:
    """Select the files in whose lead the service is, or is proposed to be."""
    contracts: ContractQuerySet = Contract.objects.visible_to(actor)
    organisation = actor.organisation.pk
    return contracts.filter(Q(lead_service=organisation) | Q(proposed_lead_service=organisation))


def _of(actor: Actor) -> Q:
    """The files that the person follows, and those that nobody follows yet."""
    return Q(instructor=actor.user.pk) | Q(instructor__isnull=True)


def _counts(led: ContractQuerySet, actor: Actor) -> dict[str, int]:
    counts: dict[str, Any] = {f"{ALL}_{key}": Count("pk", filter=condition) for key, (_, condition) in TABS.items()}
    counts |= {f"{MINE}_{key}": Count("pk", filter=condition & _of(actor)) for key, (_, condition) in TABS.items()}
    counts["assigned"] = Count("pk", filter=Q(instructor=actor.user.pk, state__in=IN_PROGRESS))
    return led.order_by().aggregate(**counts)


def _queue(contracts: ContractQuerySet, actor: Actor, whose: str) -> ContractQuerySet:
    """Order by urgency: the reply that is due, the request deposited first, then the longest wait."""
    if whose == MINE:
        contracts = contracts.filter(_of(actor))
    deposited = Case(When(state=State.UNDER_REVIEW, then=F("submitted_at")), output_field=DateTimeField())
    return (
        with_amounts(contracts)
        .select_related("campaign")
        .order_by(
            F("reply_by").asc(nulls_last=True),
            deposited.asc(nulls_last=True),
            F("turn_since").asc(nulls_last=True),
            "pk",
        )
    )


def _rows(page: ListPage[Any], now: datetime) -> list[QueueRow]:
    return [_row(each, now) for each in page.object_list]


def _row(contract: Any, now: datetime) -> QueueRow:
    due = _due(contract, now)
    return QueueRow(
        name=contract.porteur.label,
        url=reverse("contracts:file", args=[contract.reference]),
        reference=contract.reference,
        task=_task(contract),
        since=waiting(contract, now),
        due=long_date(due) if due else NOTHING,
        late=due is not None and due < timezone.localdate(now),
        requested=shown(contract.requested_cents),
        instructor=contract.instructor.full_name if contract.instructor else "à attribuer",
    )


def _task(contract: Contract) -> str:
    if contract.state == State.SIGNED:
        return f"Contrat signé, jusqu’au {long_date(contract.ends_on)}" if contract.ends_on else "Contrat signé"
    table = LOCAL_IS_DOING if contract.turn == Turn.LOCAL else STATE_TASKS
    return table.get(contract.state, State(contract.state).label)


def _due(contract: Contract, now: datetime) -> date | None:
    """Return the day that the file waits for: the reply expected, or the implicit decision."""
    if contract.state == State.CORRECTION_REQUESTED:
        return contract.reply_by
    return implicit_decision_on(contract, now) if contract.state == State.UNDER_REVIEW else None


def _deadlines(led: ContractQuerySet, now: datetime) -> list[Deadline]:
    """Return the days of the month to come, those already past included, the nearest first."""
    today = timezone.localdate(now)
    horizon = today + timedelta(days=DEADLINE_DAYS)
    found: list[Deadline] = []
    states = (State.CORRECTION_REQUESTED, State.UNDER_REVIEW)
    for contract in led.filter(state__in=states).select_related("porteur", "campaign").order_by("pk"):
        text = "réponse attendue" if contract.state == State.CORRECTION_REQUESTED else "décision implicite de rejet"
        found += _deadline(_due(contract, now), text, contract, today)
    keys = led.order_by().values("pk")
    opinions = Opinion.objects.filter(contract__in=keys, given_on__isnull=True, due_on__lte=horizon)
    for opinion in opinions.select_related("contract__porteur").order_by("due_on", "pk")[:DEADLINES_SHOWN]:
        found += _deadline(opinion.due_on, f"avis attendu : {opinion.service}", opinion.contract, today)
    pieces = PieceRequest.objects.filter(contract__in=keys, provided_at__isnull=True, due_on__lte=horizon)
    for piece in pieces.select_related("contract__porteur").order_by("due_on", "pk")[:DEADLINES_SHOWN]:
        found += _deadline(piece.due_on, f"pièce attendue : {piece.label}", piece.contract, today)
    return sorted((each for each in found if each.on <= horizon), key=lambda each: (each.on, each.name))[
        :DEADLINES_SHOWN
    ]


def _deadline(on: date | None, text: str, contract: Contract, today: date) -> list[Deadline]:
    if on is None:
        return []
    url = reverse("contracts:file", args=[contract.reference])
    return [Deadline(on, text, contract.porteur.label, url, late=on < today)]


def _requests(actor: Actor) -> int:
    """Count the access requests that wait for the service's answer."""
    if not may(actor, Permission.ACCESS_VALIDATE):
        return 0
    return AccessRequest.objects.filter(routed_to=actor.organisation.pk, status=AccessRequestStatus.PENDING).count()


def _tab(key: str, current: bool, whose: str, counts: dict[str, int]) -> dict[str, Any]:
    address = f"?{urlencode({'onglet': key, 'dossiers': whose})}"
    return {"label": TABS[key][0], "url": address, "current": current, "count": counts[f"{whose}_{key}"]}


def _switch(key: str, current: bool, tab: str) -> dict[str, Any]:
    label = "Mes dossiers et ceux à attribuer" if key == MINE else "Tout le service"
    return {"label": label, "url": f"?{urlencode({'onglet': tab, 'dossiers': key})}", "current": current}


def _why_empty(tab: str, whose: str) -> str:
    where = "parmi vos dossiers" if whose == MINE else "dans votre service"
    return {
        US: f"Aucune action n’est attendue de la préfecture {where}.",
        THEM: f"Aucune action n’est attendue d’une collectivité {where}.",
        BOTH: f"Aucune action n’est attendue des deux parties {where}.",
        SIGNED: f"Aucun contrat n’est encore signé {where}.",
    }[tab]

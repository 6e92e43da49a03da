"""The home of a collectivité: its files as cards, or how to begin."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, F, Window
from django.db.models.functions import RowNumber
from django.urls import reverse
from django.utils.safestring import SafeString

from accounts.actors import Actor
from accounts.enums import OrganisationKind, Side
from accounts.models import Organisation, OrganisationService
from accounts.roles import Permission, may
from contracts import frame
from contracts.enums import State, Turn
from contracts.history import PRIVATE_KINDS
from contracts.models import Contract
from contracts.sentences import title_of
from ctai.dashboards.page import Page
from ctai.dashboards.tasks import LOCAL_TASKS, STATE_IS_DOING
from ctai.templatetags.ctai import state_badge
from ctai.text import count, elapsed, long_date
from documents.enums import DocumentStatus
from documents.models import IssuedDocument
from exchanges.enums import RemarkStatus
from exchanges.models import PieceRequest, Remark
from journal.models import Event

EVENTS_SHOWN = 3
DOCUMENTS_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Card:
    """A file on the home of its collectivité."""

    title: str
    url: str
    reference: str
    badge: SafeString
    steps: dict[str, Any] | None
    expected: str
    is_mine: bool
    task: str
    due: date | None
    task_url: str
    button: str
    meanwhile: str
    events: list[dict[str, Any]]
    documents: list[dict[str, Any]]
    service: Organisation


def home(actor: Actor, now: datetime) -> Page:
    """Return the cards of the files, or how to begin when there is none."""
    contracts = list(Contract.objects.visible_to(actor).with_places().order_by("-last_event_at", "-pk"))
    may_begin = may(actor, Permission.FILE_OPEN)
    if not contracts:
        service = _prefecture_of(actor)
        people = OrganisationService.objects.filter(organisation=service, shown_on_files=True).order_by("name", "pk")
        known = {"service": service, "people": list(people), "may_begin": may_begin}
        return Page("dashboard/local_empty.html", known)
    keys = [each.pk for each in contracts]
    remarks, pieces = _open_remarks(keys), _missing_pieces(keys)
    events, documents = _last_events(keys), _last_documents(keys, actor)
    cards = [
        _card(each, actor, now, remarks.get(each.pk, 0), pieces.get(each.pk, 0), events[each.pk], documents[each.pk])
        for each in contracts
    ]
    context = {
        "cards": cards,
        "inbox_count": sum(card.is_mine for card in cards),
        "may_begin": may_begin,
    }
    return Page("dashboard/local.html", context)


def _card(
    contract: Contract,
    actor: Actor,
    now: datetime,
    remarks: int,
    pieces: int,
    events: list[Event],
    documents: list[IssuedDocument],
) -> Card:
    expected = frame.expected(contract, actor, now)
    task, page, button = LOCAL_TASKS.get(contract.state, ("", "file", ""))
    if not expected.is_mine:
        task, page, button = "", "file", "Ouvrir le dossier"
    elif contract.state == State.CORRECTION_REQUESTED and remarks:
        task = f"Répondez à {count(remarks, 'remarque', 'remarques')}, puis déposez la correction."
    if pieces:
        task = f"{task} Fournissez {count(pieces, 'pièce demandée', 'pièces demandées')}.".strip()
    return Card(
        title=contract.title,
        url=reverse("contracts:file", args=[contract.reference]),
        reference=contract.reference,
        badge=state_badge(contract.state, contract.state_label(for_state_side=False)),
        steps=frame.steps(contract),
        expected=expected.title,
        is_mine=expected.is_mine,
        task=task,
        due=contract.reply_by if expected.is_mine else None,
        task_url=reverse(f"contracts:{page}", args=[contract.reference]),
        button=button or "Ouvrir le dossier",
        meanwhile=_meanwhile(contract, now),
        events=[{"at": each.at, "sentence": title_of(each.kind)} for each in events],
        documents=[
            {
                "label": each.get_kind_display(),
                "url": reverse("contracts:issued", args=[contract.reference, each.pk]),
                "on": each.created_at,
            }
            for each in documents
        ],
        service=contract.lead_service,
    )


def _meanwhile(contract: Contract, now: datetime) -> str:
    """Return what the other side does and since when, or where the contract stands."""
    if contract.state == State.SIGNED:
        ends = f", jusqu’au {long_date(contract.ends_on)}" if contract.ends_on else ""
        return f"Contrat {contract.life(now.date())}{ends}."
    doing = STATE_IS_DOING.get(State(contract.state))
    if doing is None or contract.turn not in (Turn.STATE, Turn.BOTH):
        return ""
    since = f", depuis {elapsed(contract.turn_since, now)}" if contract.turn_since else ""
    return f"{doing}{since}."


def _last_events(contracts: list[int]) -> defaultdict[int, list[Event]]:
    """Return the last events of each file, the newest first, in one query."""
    rank = Window(RowNumber(), partition_by=F("contract"), order_by=F("sequence").desc())
    rows = (
        Event.objects.filter(contract__in=contracts)
        .exclude(kind__in=PRIVATE_KINDS)
        .annotate(rank=rank)
        .filter(rank__lte=EVENTS_SHOWN)
        .order_by("-sequence")
    )
    found: defaultdict[int, list[Event]] = defaultdict(list)
    for event in rows:
        found[event.contract_id or 0].append(event)
    return found


def _last_documents(contracts: list[int], actor: Actor) -> defaultdict[int, list[IssuedDocument]]:
    """Return the documents to keep at hand: the last ones issued for each file, in one query."""
    rank = Window(RowNumber(), partition_by=F("contract"), order_by=[F("created_at").desc(), F("pk").desc()])
    rows = (
        IssuedDocument.objects.visible_to(actor)
        .filter(contract__in=contracts, is_draft=False, superseded_at=None, status=DocumentStatus.READY)
        .annotate(rank=rank)
        .filter(rank__lte=DOCUMENTS_SHOWN)
        .only("contract_id", "kind", "created_at")
        .order_by("-created_at", "-pk")
    )
    found: defaultdict[int, list[IssuedDocument]] = defaultdict(list)
    for document in rows:
        found[document.contract_id or 0].append(document)
    return found


def _open_remarks(contracts: list[int]) -> dict[int, int]:
    rows = Remark.objects.filter(contract__in=contracts, side=Side.STATE, status=RemarkStatus.OPEN)
    return dict(rows.order_by().values_list("contract").annotate(total=Count("pk")))


def _missing_pieces(contracts: list[int]) -> dict[int, int]:
    rows = PieceRequest.objects.filter(contract__in=contracts, provided_at__isnull=True)
    return dict(rows.order_by().values_list("contract").annotate(total=Count("pk")))


def _prefecture_of(actor: Actor) -> Organisation | None:
    """Return the préfecture to call: that of the département, of the région for a région of the mainland."""
    authority = actor.organisation.local_authority
    if authority is None:
        return None
    states = Organisation.objects.order_by("pk")
    if authority.departement_id:
        return states.filter(kind=OrganisationKind.PREFECTURE, departement=authority.departement_id).first()
    return states.filter(kind=OrganisationKind.REGIONAL, region=authority.region_id).first()

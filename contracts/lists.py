"""The list of files: its order, its amounts, its rows as people read them, and the sentence that tells its filters."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Case, F, OrderBy, OuterRef, QuerySet, Subquery, Sum, When
from django.urls import reverse
from django.utils.safestring import SafeString

from accounts.actors import Actor
from accounts.enums import Side
from contracts.enums import STEPS, State, Turn
from contracts.filters import (
    DEFAULT_ORDER,
    EVER_SIGNED,
    NO_REGION,
    ORDERS,
    RUNNING,
    SETS,
    UNKNOWN_YEAR,
    US,
    FilterForm,
    movements_wanted,
    selected,
    state_labels,
)
from contracts.models import Contract, ContractQuerySet, CoSignatory
from ctai.templatetags.ctai import state_badge
from ctai.text import NBSP, count, elapsed, euros, euros_short
from funding.enums import Stage
from funding.models import Movement
from funding.queries import cents, exact_sum, from_cents
from territories.enums import StatisticalCategory

PAGE_SIZE = 25
NOTHING = "—"
GRANTED_STAGES = (Stage.GRANTED, Stage.INDICATIVE)

_NOUNS: dict[str, tuple[str, str]] = {
    "": ("dossier", "dossiers"),
    RUNNING: ("dossier en cours", "dossiers en cours"),
    EVER_SIGNED: ("contrat signé, y compris clos ou résilié,", "contrats signés, y compris clos ou résiliés,"),
    State.APPROVED: ("contrat à signer", "contrats à signer"),
    State.SIGNED: ("contrat signé", "contrats signés"),
    State.TERMINATED: ("contrat résilié", "contrats résiliés"),
    State.CLOSED: ("contrat clos", "contrats clos"),
    State.REFUSED: ("dossier refusé", "dossiers refusés"),
    State.DISMISSED: ("dossier classé sans suite", "dossiers classés sans suite"),
    State.WITHDRAWN: ("dossier retiré", "dossiers retirés"),
}
_CARRIERS = {
    StatisticalCategory.COMMUNE: "une commune",
    StatisticalCategory.EPCI: "un EPCI",
    StatisticalCategory.DEPARTEMENT: "un département",
    StatisticalCategory.REGION: "une région",
}
_EXPECTED = {
    US: "dont l’action est attendue de vous",
    Turn.LOCAL: "dont l’action est attendue de la collectivité",
    Turn.STATE: "dont l’action est attendue de la préfecture",
    Turn.BOTH: "dont l’action est attendue des deux parties",
    Turn.NOBODY: "sans action attendue",
}


# --- in which order, with which amounts -----------------------------------------------------------------------------


#: Since when someone's act is expected; a file that waits for nobody does not wait.
_WAITING = Case(When(turn=Turn.NOBODY, then=None), default=F("turn_since"))


def ordered(contracts: ContractQuerySet, key: str) -> ContractQuerySet:
    """Order the files by a key of the address; every order ends on the primary key."""
    name, descending = (key or DEFAULT_ORDER).removeprefix("-"), (key or DEFAULT_ORDER).startswith("-")
    column = _WAITING if name == "depuis" else F(ORDERS[name])
    order: OrderBy = column.desc(nulls_last=True) if descending else column.asc(nulls_last=True)
    return with_amounts(contracts).order_by(order, "-pk" if descending else "pk")


def with_amounts(contracts: ContractQuerySet) -> ContractQuerySet:
    """Add what is asked and what is granted, indicative years included, in whole cents; null where there is none."""
    found: ContractQuerySet = contracts.select_related("porteur", "instructor").annotate(
        requested_cents=_ledger((Stage.REQUESTED,)), granted_cents=_ledger(GRANTED_STAGES)
    )
    return found


def _ledger(stages: Iterable[Stage]) -> Subquery:
    rows = Movement.objects.filter(contract=OuterRef("pk"), stage__in=list(stages)).order_by().values("contract")
    return Subquery(rows.annotate(total=Sum(cents())).values("total"))


def engaged_authorities(contracts: QuerySet[Contract]) -> int:
    """Count the collectivités that carry or co-sign these contracts, each once."""
    carriers = contracts.order_by().values_list("porteur")
    cosigners = CoSignatory.objects.filter(contract__in=contracts.order_by().values("pk"), left_at__isnull=True)
    return carriers.union(cosigners.order_by().values_list("authority")).count()


# --- as people read them ---------------------------------------------------------------------------------------------


def amount(found: int | None) -> Decimal | None:
    """Return whole cents as euros, None where nothing was recorded."""
    return None if found is None else from_cents(found)


def shown(found: int | None) -> str:
    """Return an amount as a list shows it, without cents where they are nil."""
    return NOTHING if found is None else euros_short(from_cents(found))


@dataclass(frozen=True, slots=True)
class Row:
    """A file in a list, every cell already written."""

    name: str
    url: str
    reference: str
    badge: SafeString
    step: str
    turn: str
    since: str
    requested: str
    granted: str
    instructor: str


def rows_of(contracts: Iterable[Any], actor: Actor, now: datetime) -> list[Row]:
    """Write the cells of files read by ``with_amounts``; no query."""
    badges = {state: state_badge(state, label) for state, label in state_labels(actor).items()}
    return [_row(each, actor, now, badges[each.state]) for each in contracts]


def _row(contract: Any, actor: Actor, now: datetime, badge: SafeString) -> Row:
    return Row(
        name=contract.porteur.label,
        url=reverse("contracts:file", args=[contract.reference]),
        reference=contract.reference,
        badge=badge,
        step=f"{contract.step}{NBSP}sur{NBSP}5" if contract.step else NOTHING,
        turn=turn_label(contract.turn, actor),
        since=waiting(contract, now),
        requested=shown(contract.requested_cents),
        granted=shown(contract.granted_cents),
        instructor=contract.instructor.full_name if contract.instructor else NOTHING,
    )


def waiting(contract: Contract, now: datetime) -> str:
    """Return for how long someone's act has been expected."""
    if contract.turn == Turn.NOBODY or contract.turn_since is None:
        return NOTHING
    return elapsed(contract.turn_since, now)


def turn_label(turn: str, actor: Actor) -> str:
    """Return whose action is expected, « vous » for one's own side."""
    if turn == Turn.NOBODY:
        return NOTHING
    if turn == actor.side.value:
        return "Vous"
    if turn == Turn.BOTH and actor.side in (Side.LOCAL, Side.STATE):
        return "Vous et la préfecture" if actor.side == Side.LOCAL else "Vous et la collectivité"
    return Turn(turn).label


def sentence(form: FilterForm, total: int) -> str:
    """Return what the list shows in words: « 3 contrats signés de la Nouvelle-Aquitaine en 2026 »."""
    wanted = form.wanted
    state = wanted.get("etat", "")
    one, many = _NOUNS.get(state, _NOUNS[""])
    parts = [count(total, one, many) if total else f"Aucun {one}"]
    if state and state not in _NOUNS:
        parts.append(f"à l’état «{NBSP}{state_labels(form.actor)[state]}{NBSP}»")
    plural = "s" if total > 1 else ""
    parts += _places(form, plural) + _qualifiers(wanted, plural, named=state in SETS or state == State.SIGNED)
    if form.wanted.get("texte"):
        parts.append(f"répondant à «{NBSP}{wanted['texte']}{NBSP}»")
    return " ".join(parts).replace(",,", ",") + money_sentence(form)


def _places(form: FilterForm, plural: str) -> list[str]:
    parts = []
    if region := form.wanted.get("region"):
        parts.append("d’outre-mer sans région" if region == NO_REGION else form.regions[region].de_name)
    if departement := form.wanted.get("departement"):
        parts.append(departement.de_name)
    if prefecture := form.wanted.get("prefecture"):
        parts.append(f"suivi{plural} par {prefecture.name}")
    return parts


def _qualifiers(wanted: dict[str, Any], plural: str, *, named: bool) -> list[str]:
    parts = []
    if wanted.get("etape"):
        parts.append(f"à l’étape {wanted['etape']} ({STEPS[int(wanted['etape'])]})")
    if wanted.get("categorie"):
        parts.append(f"porté{plural} par {_CARRIERS[StatisticalCategory(wanted['categorie'])]}")
    if wanted.get("annee") == UNKNOWN_YEAR:
        parts.append("à la date de signature inconnue")
    elif wanted.get("annee"):
        parts.append(f"{'' if named else f'signé{plural} '}en {wanted['annee']}")
    if wanted.get("attendu"):
        parts.append(_EXPECTED[wanted["attendu"]])
    if wanted.get("dossiers"):
        parts.append("que vous suivez")
    return parts


def money_sentence(form: FilterForm) -> str:
    """Return the sum that the filters of money make, and the collectivités of the signed contracts."""
    text = ""
    if form.wanted.get("montant"):
        stage = Stage(form.wanted["montant"]).label.lower()
        year = f" pour {form.wanted['tranche']}" if form.wanted.get("tranche") else ""
        total = exact_sum(movements_wanted(form).filter(contract__in=selected(form).values("pk")))
        text += f" — montant {stage}{year}{NBSP}: {euros(total)}"
    elif form.wanted.get("tranche"):
        text += f" — avec un montant pour {form.wanted['tranche']}"
    if form.wanted.get("etat") == EVER_SIGNED:
        engaged = engaged_authorities(selected(form))
        text += f" — {count(engaged, 'collectivité engagée', 'collectivités engagées')}"
    return text

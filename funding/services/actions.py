"""Writing the fiches-actions of a file: numbers never reused, nothing overwritten unseen."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass, fields, replace
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F, Max
from stdnum.fr import siren, siret

from funding.enums import Decision, HolderKind, IndicatorKind
from funding.errors import FundingRefused, InputRefused, StaleVersion
from funding.models import Action, ActionIndicator, BudgetLine
from funding.queries import known_sirens, needs_of

if TYPE_CHECKING:
    from accounts.actors import Actor

FIRST_VERSION = 1
_SIREN_LENGTH, _SIRET_LENGTH = 9, 14


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorInput:
    """How the action will be judged."""

    label: str
    kind: str = IndicatorKind.OUTPUT
    unit: str = ""
    baseline: Decimal | None = None
    target: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionInput:
    """What a person writes in a fiche; only the title and the axis are needed to begin."""

    title: str
    axis_id: int
    need_id: int | None = None
    objectives: str = ""
    description: str = ""
    holder_kind: str = ""
    holder_name: str = ""
    holder_siret: str = ""
    beneficiary_name: str = ""
    beneficiary_siret: str = ""
    partners: str = ""
    publics: str = ""
    expected_count: int | None = None
    epa_count: int | None = None
    bpi_count: int | None = None
    bpt_count: int | None = None
    women_count: int | None = None
    under_26_count: int | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    renewed: bool = False
    innovative: bool = False
    complementarity: str = ""
    means: str = ""
    indicators: tuple[IndicatorInput, ...] = ()


#: The fields of a fiche that each mark of a reconduction is about.
MARKED: dict[str, tuple[str, ...]] = {
    "calendar": ("starts_on", "ends_on"),
    "people": ("expected_count", "epa_count", "bpi_count", "bpt_count", "women_count", "under_26_count"),
    "indicators": ("indicators",),
    "need": ("need_id",),
}
#: The publics that are counted apart, in the order of the fiche.
PUBLICS = ("epa_count", "bpi_count", "bpt_count", "women_count", "under_26_count")
_COLUMNS = tuple(each.name for each in fields(ActionInput) if each.name != "indicators")


def save_action(
    *,
    contract_id: int,
    number: int | None = None,
    fields: ActionInput,
    by: Actor,
    now: datetime,
    expected_version: int | None = None,
    after: int | None = None,
    reviewed: Collection[str] = (),
) -> Action:
    """Create an action, or change the one that bears this number; the same entry sent twice counts once.

    Args:
        contract_id: the file, locked by the caller.
        number: the action to change; None creates one with the next number.
        fields: the whole fiche.
        by: who writes.
        now: when.
        expected_version: the version that the page showed; another one is refused. None skips the check.
        after: when creating, the last number that the page knew.
        reviewed: the marks of a reconduction (``Action.to_update``) that the person looked at and leaves as they are.

    Raises:
        InputRefused: a field is wrong.
        StaleVersion: the action was changed meanwhile.
    """
    _check(contract_id, fields)
    if number is None:
        twin = _twin(contract_id, fields, after)
        return twin if twin is not None else create_action(contract_id, fields)
    action = live_action(contract_id, number)
    if expected_version is not None and action.version != expected_version:
        if as_input(action) == fields:
            return action
        raise StaleVersion
    if action.to_update:
        action.to_update = _still_to_update(action, fields, reviewed)
    return _write(action, fields)


def _still_to_update(action: Action, entry: ActionInput, reviewed: Collection[str]) -> list[str]:
    """Return the marks left by a reconduction on what was neither changed nor looked at."""
    before = as_input(action)

    def changed(code: str) -> bool:
        return any(getattr(before, name) != getattr(entry, name) for name in MARKED.get(code, ()))

    return [code for code in action.to_update if code not in reviewed and not changed(code)]


def live_action(contract_id: int, number: int) -> Action:
    """Return an action of a file under lock.

    Raises:
        FundingRefused: it does not exist, or was removed.
    """
    actions = Action.objects.select_for_update(of=("self",), no_key=True)
    action: Action | None = actions.filter(contract=contract_id, number=number, removed_at__isnull=True).first()
    if action is None:
        raise FundingRefused("Cette action n’existe plus dans la proposition.")
    return action


def as_input(action: Action) -> ActionInput:
    """Return what was written in a fiche, its indicators included."""
    indicators = tuple(
        IndicatorInput(**{each.name: getattr(row, each.name) for each in fields(IndicatorInput)})
        for row in action.indicators.order_by("pk")
    )
    return ActionInput(**{name: getattr(action, name) for name in _COLUMNS}, indicators=indicators)


def remove_action(*, contract_id: int, number: int, by: Actor, now: datetime) -> Action:
    """Take an action out of a proposal that was never submitted; its number is not given again.

    Raises:
        FundingRefused: the request was submitted; the préfecture then sets an action aside with a reason.
    """
    action = live_action(contract_id, number)
    if action.contract.submitted_at is not None:
        raise FundingRefused(
            "La demande a été déposée : une action ne peut plus être supprimée. "
            "La préfecture peut l’écarter en indiquant son motif."
        )
    action.removed_at = now
    action.version += 1
    action.save(update_fields=["removed_at", "version"])
    return action


def move_action(*, contract_id: int, number: int, up: bool, by: Actor, now: datetime) -> None:
    """Move an action one place up or down in the proposal; at the end of the list nothing changes."""
    actions = list(
        Action.objects.select_for_update(of=("self",), no_key=True)
        .filter(contract=contract_id, removed_at__isnull=True)
        .order_by("rank", "number")
    )
    places = {each.number: place for place, each in enumerate(actions)}
    if number not in places:
        raise FundingRefused("Cette action n’existe plus dans la proposition.")
    place = places[number]
    other = place - 1 if up else place + 1
    if 0 <= other < len(actions):
        actions[place], actions[other] = actions[other], actions[place]
    for rank, action in enumerate(actions, start=1):
        action.rank = rank
    Action.objects.bulk_update(actions, ["rank"])


def duplicate_action(*, contract_id: int, number: int, by: Actor, now: datetime) -> Action:
    """Copy an action with its indicators and budget, under a new number, just below; nothing of its review follows."""
    source = live_action(contract_id, number)
    copied = as_input(source)
    title = f"{copied.title} (copie)"[: Action._meta.get_field("title").max_length]
    with transaction.atomic():
        copy = create_action(contract_id, replace(copied, title=title))
        Action.objects.filter(contract=contract_id, rank__gt=source.rank).exclude(pk=copy.pk).update(
            rank=F("rank") + 1
        )
        copy.rank = source.rank + 1
        copy.save(update_fields=["rank"])
        lines = list(source.budget_lines.order_by("pk"))
        for line in lines:
            line.pk, line.action = None, copy
            line._state.adding = True
        BudgetLine.objects.bulk_create(lines)
    return copy


def place_action(*, contract_id: int, number: int, before: int | None, by: Actor, now: datetime) -> None:
    """Put an action before another one in the proposal, or last.

    Raises:
        FundingRefused: one of them is no longer there.
    """
    actions = list(
        Action.objects.select_for_update(of=("self",), no_key=True)
        .filter(contract=contract_id, removed_at__isnull=True)
        .order_by("rank", "number")
    )
    moved = next((each for each in actions if each.number == number), None)
    target = next((each for each in actions if each.number == before), None)
    if moved is None or (before is not None and target is None):
        raise FundingRefused("Cette action n’existe plus dans la proposition.")
    if moved is target:
        return
    actions.remove(moved)
    actions.insert(len(actions) if target is None else actions.index(target), moved)
    for rank, action in enumerate(actions, start=1):
        action.rank = rank
    Action.objects.bulk_update(actions, ["rank"])


def _twin(contract_id: int, entry: ActionInput, after: int | None) -> Action | None:
    """Return the action that the same page already created, if it was sent twice."""
    if after is None:
        return None
    later = Action.objects.filter(contract=contract_id, number__gt=after, removed_at__isnull=True).order_by("number")
    return next((each for each in later if as_input(each) == entry), None)


def create_action(contract_id: int, entry: ActionInput) -> Action:
    """Add an action to a file, last, with the next number; the entry was checked by the caller."""
    last = Action.objects.filter(contract=contract_id).aggregate(number=Max("number"), rank=Max("rank"))
    action = Action(
        contract_id=contract_id,
        number=(last["number"] or 0) + 1,
        rank=(last["rank"] or 0) + 1,
        version=FIRST_VERSION - 1,
        decision=Decision.PENDING,
    )
    return _write(action, entry)


def _write(action: Action, entry: ActionInput) -> Action:
    for name in _COLUMNS:
        setattr(action, name, getattr(entry, name))
    action.version += 1
    with transaction.atomic():
        action.save()
        rows = [ActionIndicator(action=action, **asdict(each)) for each in entry.indicators]
        action.indicators.all().delete()
        ActionIndicator.objects.bulk_create(rows)
    return action


# --- what is wrong with a fiche --------------------------------------------------------------------------------------


def _check(contract_id: int, entry: ActionInput) -> None:
    errors = dict(_problems(contract_id, entry))
    if errors:
        raise InputRefused(errors)


def _problems(contract_id: int, entry: ActionInput) -> Iterator[tuple[str, str]]:
    if not entry.title.strip():
        yield "title", "Donnez un intitulé à l’action."
    if entry.starts_on and entry.ends_on and entry.ends_on < entry.starts_on:
        yield "ends_on", "La fin de l’action doit être postérieure à son début."
    if entry.holder_kind and entry.holder_kind not in HolderKind.values:
        yield "holder_kind", "Choisissez la nature du porteur dans la liste."
    if entry.need_id is not None and not needs_of(contract_id).filter(pk=entry.need_id).exists():
        yield "need", "Choisissez un besoin du diagnostic de ce dossier."
    yield from _count_problems(entry)
    yield from _identifier_problems(entry)


def _count_problems(entry: ActionInput) -> Iterator[tuple[str, str]]:
    """Each public is a part of the persons expected; the BPI are a part of the EPA."""
    for name in PUBLICS:
        count = getattr(entry, name)
        if count is not None and entry.expected_count is not None and count > entry.expected_count:
            yield name, f"Ce nombre dépasse celui des personnes attendues ({entry.expected_count})."
    if entry.bpi_count is not None and entry.epa_count is not None and entry.bpi_count > entry.epa_count:
        yield "bpi_count", "Les bénéficiaires de la protection internationale sont comptés parmi les primo-arrivants."


def _identifier_problems(entry: ActionInput) -> Iterator[tuple[str, str]]:
    numbers = {name: getattr(entry, name) for name in ("holder_siret", "beneficiary_siret")}
    short = [number for number in numbers.values() if len(number) == _SIREN_LENGTH]
    known = known_sirens(short) if short else frozenset()
    for name, number in numbers.items():
        problem = identifier_problem(number, known) if number else ""
        if problem:
            yield name, problem


def identifier_problem(number: str, known: frozenset[str]) -> str:
    """Return what is wrong with a SIRET, or with the SIREN of a collectivité; an empty text when nothing is.

    Args:
        number: figures only.
        known: the SIREN of the official list of collectivités, among those at hand.
    """
    if not (number.isascii() and number.isdigit()) or len(number) not in (_SIREN_LENGTH, _SIRET_LENGTH):
        return "Saisissez les 14 chiffres du SIRET (ou les 9 chiffres du SIREN pour une collectivité)."
    if len(number) == _SIRET_LENGTH:
        return "" if siret.is_valid(number) else "Ce numéro SIRET n’existe pas : vérifiez chaque chiffre."
    if not siren.is_valid(number):
        return "Ce numéro SIREN n’existe pas : vérifiez chaque chiffre."
    if number not in known:
        return "Ce SIREN n’est pas celui d’une collectivité de la liste officielle : indiquez le SIRET (14 chiffres)."
    return ""

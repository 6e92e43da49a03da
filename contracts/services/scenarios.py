"""The what-if of a year: saved under a name by whoever reviews, applied by the signatory of the State alone.

The lock of a scenario comes before those of the files.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.actors import Actor
from accounts.roles import Permission, may
from contracts.collective import Amount, Change, Line, fingerprint, missing_reasons, requests_for, weighed
from contracts.errors import TransitionRefused
from contracts.models import Scenario, ScenarioAmount
from ctai.text import count, long_date
from funding.errors import InputRefused
from journal.models import Event
from journal.services import record


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of the changes."""

    scenario: Scenario
    changed: int
    #: The actions that someone else changed meanwhile, with what is stored: these were left as they are.
    conflicts: dict[int, Amount]


@transaction.atomic
def save_scenario(
    *, year: int, name: str, changes: Mapping[int, Change], base: Scenario | None = None, by: Actor, now: datetime
) -> Saved:
    """Save what one would propose for every open request, under a name. No file is changed.

    The name of ``base`` changes that scenario; another name makes a new one, from all of its amounts.

    Args:
        year: of the campaign.
        name: of the scenario.
        changes: by the id of the action; the others keep what ``base`` says, or else what their file says. Those no
            longer under review are left out.
        base: the scenario that the page showed.
        by: who saves.
        now: when.

    Raises:
        PermissionDenied: the actor compares no requests, or an action is not one of theirs.
        InputRefused: the name is taken or frozen, or a reduction has no reason; nothing was saved.
    """
    if not may(by, Permission.REQUESTS_COMPARE):
        raise PermissionDenied
    lines = {line.action_id: line for line in requests_for(by, year)}
    if changes.keys() - lines.keys():
        raise PermissionDenied
    opened = {pk: line for pk, line in lines.items() if line.is_open}
    wanted = {pk: change for pk, change in changes.items() if pk in opened}
    if errors := missing_reasons(opened.values(), wanted):
        raise InputRefused(errors)
    mine = base is not None and base.organisation_id == by.organisation.pk and base.name == name
    if base is not None and mine and base.applied_at is None:
        return _change(base.pk, opened, wanted, by, now)
    amounts = weighed(opened.values(), known(base)) | {pk: change.value for pk, change in wanted.items()}
    return _create(year, name, amounts, by, now)


def known(scenario: Scenario | None) -> dict[int, Amount]:
    """Return the amounts of a scenario, by the id of the action."""
    if scenario is None:
        return {}
    return {pk: (amount, reason) for pk, amount, reason in scenario.amounts.values_list("action", "amount", "reason")}


def _change(pk: int, lines: Mapping[int, Line], changes: Mapping[int, Change], by: Actor, now: datetime) -> Saved:
    scenario = locked_scenario(pk)
    if scenario.removed_at:
        raise InputRefused({"name": removed_sentence(scenario)})
    if scenario.is_frozen:
        raise InputRefused({"name": frozen_sentence(scenario)})
    stored = known(scenario)
    whole = weighed(lines.values(), stored)
    conflicts = {
        pk: whole[pk]
        for pk, change in changes.items()
        if change.seen not in ("", fingerprint(whole[pk])) and change.value != whole[pk]
    }
    whole |= {pk: change.value for pk, change in changes.items() if pk not in conflicts}
    moved = [pk for pk, value in whole.items() if stored.get(pk) != value]
    gone = stored.keys() - whole.keys()
    if moved or gone:
        scenario.amounts.filter(action__in=gone).delete()
        _write(scenario, {pk: whole[pk] for pk in moved})
        scenario.version += 1
        scenario.saved_by, scenario.saved_at = by.user, now
        scenario.save(update_fields=["version", "saved_by", "saved_at"])
        _tell("scenario_saved", scenario, by, now, actions=sorted(moved), removed=sorted(gone))
    return Saved(scenario, len(moved), conflicts)


def _create(year: int, name: str, amounts: Mapping[int, Amount], by: Actor, now: datetime) -> Saved:
    values = {"organisation": by.organisation, "year": year, "name": name}
    try:
        with transaction.atomic():
            scenario = Scenario.objects.create(**values, saved_by=by.user, saved_at=now)
    except IntegrityError:
        taken = Scenario.objects.get(**values, removed_at__isnull=True)
        if taken.version == 1 and not taken.is_frozen and known(taken) == amounts:  # the same page sent twice
            return Saved(taken, 0, {})
        raise InputRefused({"name": taken_sentence(taken)}) from None
    _write(scenario, amounts)
    _tell("scenario_saved", scenario, by, now, actions=sorted(amounts), removed=[])
    return Saved(scenario, len(amounts), {})


def _write(scenario: Scenario, amounts: Mapping[int, Amount]) -> None:
    ScenarioAmount.objects.bulk_create(
        (
            ScenarioAmount(scenario=scenario, action_id=pk, amount=amount, reason=reason)
            for pk, (amount, reason) in amounts.items()
        ),
        update_conflicts=True,
        unique_fields=["scenario", "action"],
        update_fields=["amount", "reason"],
    )


@transaction.atomic
def remove_scenario(*, scenario: Scenario, by: Actor, now: datetime) -> None:
    """Put a scenario away: it stays readable, and its name is free again; once more changes nothing.

    Raises:
        PermissionDenied: the scenario is not of the actor's organisation, or they compare no requests.
        TransitionRefused: it was applied.
    """
    if not may(by, Permission.REQUESTS_COMPARE) or scenario.organisation_id != by.organisation.pk:
        raise PermissionDenied
    scenario = locked_scenario(scenario.pk)
    if scenario.applied_at:
        raise TransitionRefused([f"{frozen_sentence(scenario)} Il ne se retire plus."])
    if scenario.removed_at is None:
        scenario.removed_by, scenario.removed_at = by.user, now
        scenario.save(update_fields=["removed_by", "removed_at"])
        _tell("scenario_removed", scenario, by, now)


def locked_scenario(pk: int) -> Scenario:
    """Load a scenario under lock, in the caller's transaction."""
    return Scenario.objects.select_for_update(of=("self",), no_key=True).get(pk=pk)


def frozen_sentence(scenario: Scenario) -> str:
    """Say when a scenario was applied or removed."""
    at = scenario.applied_at or scenario.removed_at
    done = "appliqué" if scenario.applied_at else "retiré"
    when = f" le {long_date(timezone.localdate(at))}" if at else ""
    return f"Ce scénario a été {done}{when}\u00a0: il ne change plus."


def removed_sentence(scenario: Scenario) -> str:
    """Say to whoever was changing it that a scenario was removed, by whom, and what to do of their amounts."""
    by = scenario.removed_by.full_name if scenario.removed_by else "une personne effacée"
    when = f" le {long_date(timezone.localdate(scenario.removed_at))}" if scenario.removed_at else ""
    return (
        f"Ce scénario a été retiré par {by}{when}. Vos montants sont ci-dessous\u00a0: enregistrez-les sous un "
        "nouveau nom."
    )


def taken_sentence(scenario: Scenario) -> str:
    """Say that a name is that of another scenario."""
    if scenario.is_frozen:
        return f"{frozen_sentence(scenario)} Donnez un autre nom au vôtre."
    return "Un scénario porte déjà ce nom\u00a0: ouvrez-le pour le modifier, ou donnez un autre nom au vôtre."


def _tell(kind: str, scenario: Scenario, by: Actor, now: datetime, **facts: Any) -> Event:
    payload = {"scenario": scenario.pk, "year": scenario.year, "version": scenario.version} | facts
    if kind == "scenario_saved":
        payload["label"] = _saved_label(scenario.version, len(facts["actions"]), len(facts["removed"]))
    return record(kind=kind, by=by, now=now, payload=payload)


def _saved_label(version: int, written: int, removed: int) -> str:
    if version == 1:
        return f"Version 1\u00a0: {count(written, 'ligne', 'lignes')}."
    parts = [count(written, "ligne modifiée", "lignes modifiées")] if written else []
    if removed:
        parts.append(count(removed, "ligne sortie de l’instruction", "lignes sorties de l’instruction"))
    return f"Version {version}\u00a0: {', '.join(parts)}."

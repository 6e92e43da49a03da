"""The powers to decide and sign that an organisation has given."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction

from accounts.actors import Actor
from accounts.errors import Refused
from accounts.models import Delegation
from accounts.roles import Permission
from accounts.services.guard import require
from ctai.text import long_date
from journal.services import record


@transaction.atomic
def create(*, values: dict[str, Any], by: Actor, now: datetime) -> Delegation:
    """Record a delegation of the actor's organisation.

    The values are those of the form: kind, holder_name, holder_title, holder, covers_send, covers_decide, covers_sign,
    territory, reference, starts_on, ends_on and published_on.

    Raises Refused when it covers no act, its dates are out of order or its holder is of another organisation.
    """
    require(by, Permission.DELEGATION_EDIT)
    _check(values, by)
    delegation = Delegation.objects.create(organisation=by.organisation, created_by=by.user, created_at=now, **values)
    _record("delegation_recorded", delegation, by, now)
    return delegation


@transaction.atomic
def revoke(*, delegation: Delegation, revoked_on: date, by: Actor, now: datetime) -> None:
    """End a delegation on a day; acts before that day keep their value.

    Raises Refused when it was already revoked, or the day comes before its beginning.
    """
    require(by, Permission.DELEGATION_EDIT, delegation.organisation)
    delegation = Delegation.objects.select_for_update(of=("self",), no_key=True).get(pk=delegation.pk)
    if delegation.revoked_on is not None:
        raise Refused(f"Cette délégation a déjà été abrogée le {long_date(delegation.revoked_on)}.")
    if revoked_on < delegation.starts_on:
        raise Refused(f"L’abrogation ne peut pas précéder le début, le {long_date(delegation.starts_on)}.")
    delegation.revoked_on = revoked_on
    delegation.save(update_fields=["revoked_on"])
    _record("delegation_revoked", delegation, by, now)


@transaction.atomic
def keep_act(*, delegation: Delegation, upload_id: int, by: Actor, now: datetime) -> None:
    """Keep the published act of a delegation; a later file takes the place of the former, which stays stored."""
    require(by, Permission.DELEGATION_EDIT, delegation.organisation)
    Delegation.objects.filter(pk=delegation.pk).update(act=upload_id)
    _record("delegation_act_kept", delegation, by, now)


def _check(values: dict[str, Any], by: Actor) -> None:
    if not any(values.get(name) for name in ("covers_send", "covers_decide", "covers_sign")):
        raise Refused("Indiquez au moins un acte que la délégation couvre.")
    if values.get("ends_on") and values["ends_on"] < values["starts_on"]:
        raise Refused("La fin de la délégation précède son début.")
    holder = values.get("holder")
    if holder and not holder.memberships.filter(organisation=by.organisation, ended_at__isnull=True).exists():
        raise Refused("Le compte choisi n’est pas celui d’une personne de votre organisation.")


def _record(kind: str, delegation: Delegation, by: Actor, now: datetime) -> None:
    payload = {"delegation": delegation.pk, "organisation": delegation.organisation_id}
    record(kind=kind, by=by, now=now, payload=payload)

"""The logo of a collectivité: deposited, replaced, removed by its own people."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.actors import Actor
from accounts.errors import Refused
from accounts.models import OrganisationLogo
from accounts.roles import Permission
from accounts.services.guard import require
from ctai.pictures import Picture
from journal.services import record


@transaction.atomic
def deposit(*, picture: Picture, by: Actor, now: datetime) -> None:
    """Give the actor's collectivité this logo, in the place of the one it may have; the next documents bear it."""
    require(by, Permission.LOGO_EDIT)
    _, is_first = OrganisationLogo.objects.update_or_create(
        organisation=by.organisation,
        defaults={
            "content": picture.content,
            "sha256": picture.sha256,
            "width": picture.width,
            "height": picture.height,
            "deposited_at": now,
            "deposited_by": by.user,
        },
    )
    payload = {"organisation": by.organisation.pk, "sha256": picture.sha256}
    record(kind="logo_deposited" if is_first else "logo_replaced", by=by, now=now, payload=payload)


@transaction.atomic
def remove(*, by: Actor, now: datetime) -> None:
    """Take the logo of the actor's collectivité away; documents already issued keep theirs.

    Raises Refused when there is none.
    """
    require(by, Permission.LOGO_EDIT)
    logo = OrganisationLogo.objects.select_for_update(no_key=True).filter(organisation=by.organisation).first()
    if logo is None:
        raise Refused("Votre collectivité n’a pas de logo.")
    payload = {"organisation": by.organisation.pk, "sha256": logo.sha256}
    logo.delete()
    record(kind="logo_removed", by=by, now=now, payload=payload)

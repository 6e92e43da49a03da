"""What the support may do for people: attach, detach, suspend; it never decides nor signs."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.actors import Actor
from accounts.directory import Entry
from accounts.errors import Refused
from accounts.models import Membership, Organisation, User
from accounts.notifications import send_access_granted, send_departure
from accounts.roles import Permission, Role
from accounts.services.guard import require
from accounts.services.organisations import organisation_of
from accounts.services.people import enter
from journal.services import record

NOT_ONESELF = "Vous ne pouvez pas agir sur votre propre compte\u00a0: demandez à une autre personne de l’assistance."


@transaction.atomic
def attach(
    *,
    user: User,
    target: Entry,
    role: Role,
    title: str,
    in_title: bool,
    manages_people: bool,
    by: Actor,
    now: datetime,
) -> Membership:
    """Make a person act for an organisation of the directory.

    Raises Refused for oneself, a suspended person or one who already acts for it.
    """
    _may_act_on(user, by)
    organisation = organisation_of(target.authority) if target.authority else target.service
    if organisation is None or user.memberships.filter(organisation=organisation, ended_at__isnull=True).exists():
        raise Refused("Cette personne agit déjà pour cette organisation.")
    membership = enter(
        user=user,
        organisation=organisation,
        role=role,
        title=title,
        in_title=in_title,
        manages_people=manages_people,
        created_by=by.user,
        now=now,
    )
    _record("person_attached", user, by, now, organisation=organisation)
    send_access_granted(membership)
    return membership


@transaction.atomic
def detach(*, membership: Membership, by: Actor, now: datetime) -> None:
    """End a person's access to an organisation, even the last one who managed its people."""
    _may_act_on(membership.user, by)
    if not Membership.objects.filter(pk=membership.pk, ended_at__isnull=True).update(ended_at=now):
        raise Refused("Cette personne n’agit plus pour cette organisation.")
    _record("person_detached", membership.user, by, now, organisation=membership.organisation)
    send_departure(membership.user, membership.organisation)


@transaction.atomic
def suspend(*, user: User, by: Actor, now: datetime) -> None:
    """Close the portal to a person at once, their sessions included; their memberships are kept."""
    _may_act_on(user, by)
    if not User.objects.filter(pk=user.pk, is_active=True).update(is_active=False):
        raise Refused("Ce compte est déjà suspendu.")
    _record("person_suspended", user, by, now)


@transaction.atomic
def reactivate(*, user: User, by: Actor, now: datetime) -> None:
    """Open the portal again to a suspended person."""
    _may_act_on(user, by)
    if not User.objects.filter(pk=user.pk, is_active=False).update(is_active=True):
        raise Refused("Ce compte n’est pas suspendu.")
    _record("person_reactivated", user, by, now)


def _may_act_on(user: User, by: Actor) -> None:
    require(by, Permission.ADMINISTER)
    if user.pk == by.user.pk:
        raise Refused(NOT_ONESELF)


def _record(kind: str, user: User, by: Actor, now: datetime, organisation: Organisation | None = None) -> None:
    payload = {"user": user.pk, "organisation": organisation.pk if organisation else None}
    record(kind=kind, by=by, now=now, payload=payload)

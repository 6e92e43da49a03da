"""The first access: asked by a person, answered by the préfecture or by the support."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.actors import Actor
from accounts.directory import Entry
from accounts.enums import AccessRequestStatus
from accounts.errors import Refused
from accounts.models import AccessRequest, Membership, Organisation, User, clean_email
from accounts.notifications import send_access_granted, send_access_refused, send_access_to_decide
from accounts.queries import deciders_of, managers_of
from accounts.roles import Permission, Role
from accounts.services.guard import require
from accounts.services.organisations import organisation_of, prefecture_for, support
from accounts.services.people import enter
from journal.services import record

MAX_PENDING = 5  # per address: a person rarely acts for more, and nobody may fill the queues of others


@transaction.atomic
def request_access(
    *,
    target: Entry,
    email: str,
    first_name: str,
    last_name: str,
    title: str,
    role: Role,
    in_title: bool,
    phone: str,
    message: str,
    now: datetime,
) -> AccessRequest | None:
    """Ask to act for an organisation: the préfecture answers for a collectivité, the support for the State.

    The support answers too for a préfecture where nobody has an account yet.

    The same request again, or too many from one address, leaves no new row and returns None: the person reads the
    same acknowledgement.

    Raises Refused when the role is not one of the organisation's.
    """
    if role not in target.roles or (in_title and role not in (Role.LOCAL_SIGNATORY, Role.STATE_SIGNATORY)):
        raise Refused("Ce rôle n’existe pas dans cette organisation.")
    email = clean_email(email)
    pending = AccessRequest.objects.filter(email=email, status=AccessRequestStatus.PENDING)
    same = pending.filter(local_authority=target.authority, organisation=target.service)
    if same.exists() or pending.count() >= MAX_PENDING:
        return None
    request = AccessRequest.objects.create(
        local_authority=target.authority,
        organisation=target.service,
        routed_to=_who_answers(target),
        email=email,
        first_name=first_name,
        last_name=last_name,
        title=title,
        role=role,
        in_title=in_title,
        phone=phone,
        message=message,
        created_at=now,
    )
    record(kind="access_requested", by=None, now=now, payload=_facts(request))
    send_access_to_decide(request, target.name)
    return request


@transaction.atomic
def accept_request(*, request: AccessRequest, by: Actor, now: datetime) -> Membership:
    """Open the access asked for: makes the account where there is none and mails the link to choose a password.

    The first person of an organisation manages its people. Raises Refused when the request was already answered.
    """
    request = _pending(request, by)
    organisation = organisation_of(request.local_authority) if request.local_authority else _state_service(request)
    membership = enter(
        user=_account(request, now),
        organisation=organisation,
        role=Role(request.role),
        title=request.title,
        in_title=request.in_title,
        manages_people=not managers_of(organisation).exists(),
        created_by=by.user,
        now=now,
    )
    _decide(request, AccessRequestStatus.ACCEPTED, "", by, now)
    send_access_granted(membership)
    return membership


@transaction.atomic
def refuse_request(*, request: AccessRequest, reason: str, by: Actor, now: datetime) -> None:
    """Refuse the access asked for, with a reason that the person reads.

    Raises Refused when the request was already answered.
    """
    request = _pending(request, by)
    _decide(request, AccessRequestStatus.REFUSED, reason, by, now)
    send_access_refused(request)


def _who_answers(target: Entry) -> Organisation:
    """The préfecture of a collectivité, while it has someone to answer; else the support."""
    prefecture = prefecture_for(target.authority) if target.authority else None
    return prefecture if prefecture is not None and deciders_of(prefecture) else support()


def _pending(request: AccessRequest, by: Actor) -> AccessRequest:
    require(by, Permission.ACCESS_VALIDATE, request.routed_to)
    pending = (
        AccessRequest.objects.select_for_update(of=("self",), no_key=True)
        .select_related("local_authority__departement", "local_authority__region", "organisation")
        .filter(pk=request.pk, status=AccessRequestStatus.PENDING)
        .first()
    )
    if pending is None:
        raise Refused("Cette demande a déjà reçu une réponse.")
    return pending


def _state_service(request: AccessRequest) -> Organisation:
    if request.organisation is None:  # the database forbids it
        raise Refused("Cette demande ne nomme aucune organisation.")
    return request.organisation


def _account(request: AccessRequest, now: datetime) -> User:
    known = User.objects.filter(email=request.email).first()
    return known or User.objects.create_user(
        request.email,
        first_name=request.first_name,
        last_name=request.last_name,
        phone=request.phone,
        date_joined=now,
    )


def _decide(request: AccessRequest, status: AccessRequestStatus, reason: str, by: Actor, now: datetime) -> None:
    request.status, request.reason = status, reason
    request.decided_at, request.decided_by = now, by.user
    request.save(update_fields=["status", "reason", "decided_at", "decided_by"])
    record(kind=f"access_{status}", by=by, now=now, payload=_facts(request))


def _facts(request: AccessRequest) -> dict[str, object]:
    return {
        "request": request.pk,
        "local_authority": request.local_authority_id,
        "organisation": request.organisation_id,
        "role": request.role,
    }

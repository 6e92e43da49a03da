"""Who may do an act on a file, and the people and requests of an organisation."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Protocol

from django.apps import apps
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from accounts.enums import AccessRequestStatus
from accounts.models import (
    AccessRequest,
    Delegation,
    Invitation,
    Membership,
    MembershipQuerySet,
    Organisation,
    OrganisationLogo,
    OrganisationService,
    User,
)
from accounts.roles import GRANTS, RELATIONS, Permission, Relation, Role

_LOCAL = frozenset({Relation.LEAD_AUTHORITY, Relation.WRITING_COSIGNATORY, Relation.COSIGNATORY})
_PARTIES = _LOCAL | {Relation.LEAD_SERVICE, Relation.ASSOCIATED_SERVICE}


class FileParties(Protocol):
    """What the inverse question needs to know of a contract."""

    pk: int
    porteur_id: int
    lead_service_id: int
    proposed_lead_service_id: int | None
    first_sent_at: datetime | None


# --- who may --------------------------------------------------------------------------------------


def users_with(permission: Permission, contract: FileParties) -> list[User]:
    """Return the people who may do the act on this contract now: ``may`` asked backwards, in one query.

    An act that is not about a file is that of the parties. Nobody of the State's before the letter was sent.
    """
    people = User.objects.filter(Exists(members_with(permission, contract).filter(user=OuterRef("pk"))))
    return list(people.order_by("last_name", "first_name", "pk"))


def members_with(permission: Permission, contract: FileParties) -> MembershipQuerySet:
    """Select, unordered, the current memberships that hold the permission on this contract."""
    relations = RELATIONS.get(permission, _PARTIES)
    if contract.first_sent_at is None:
        relations &= _LOCAL
    related = Q(pk__in=[])
    for relation in relations:
        related |= _standing(relation, contract)
    if permission == Permission.LEAD_ACCEPT:
        related = Q(organisation=contract.proposed_lead_service_id)
    return Membership.objects.current().filter(related, holding(permission))


def holding(permission: Permission) -> Q:
    """Return the condition on memberships whose role, or delegated management of people, grants the permission."""
    granted = Q(role__in=[role for role, permissions in GRANTS.items() if permission in permissions])
    return granted | Q(manages_people=True) if permission == Permission.PEOPLE_MANAGE else granted


def _standing(relation: Relation, contract: FileParties) -> Q:
    cosigned = apps.get_model("contracts", "CoSignatory")._base_manager.filter(
        contract=contract.pk, authority=OuterRef("organisation__local_authority"), left_at__isnull=True
    )
    associated = apps.get_model("contracts", "AssociatedService")._base_manager.filter(
        contract=contract.pk, organisation=OuterRef("organisation")
    )
    not_lead = ~Q(organisation__local_authority=contract.porteur_id)
    match relation:
        case Relation.LEAD_AUTHORITY:
            return Q(organisation__local_authority=contract.porteur_id)
        case Relation.WRITING_COSIGNATORY:
            return Q(not_lead, Exists(cosigned.filter(may_write=True)))
        case Relation.COSIGNATORY:
            return Q(not_lead, Exists(cosigned.filter(may_write=False)))
        case Relation.LEAD_SERVICE:
            return Q(organisation=contract.lead_service_id) & ~Q(role=Role.REGIONAL_COORDINATOR)
        case Relation.ASSOCIATED_SERVICE:
            return Q(~Q(organisation=contract.lead_service_id), Exists(associated))
        case _:
            return Q(pk__in=[])


# --- an organisation ------------------------------------------------------------------------------


def members_of(organisation: Organisation) -> MembershipQuerySet:
    """Select the people who act for the organisation, in the order of their names."""
    members = Membership.objects.current().filter(organisation=organisation).select_related("user", "organisation")
    return members.order_by("user__last_name", "user__first_name", "pk")


def managers_of(organisation: Organisation) -> MembershipQuerySet:
    """Select, unordered, those who may manage the people of the organisation."""
    return Membership.objects.current().filter(holding(Permission.PEOPLE_MANAGE), organisation=organisation)


def open_invitations_of(organisation: Organisation) -> list[Invitation]:
    """List the invitations neither accepted nor revoked, expired ones included, the last first."""
    invitations = Invitation.objects.filter(
        organisation=organisation, accepted_at__isnull=True, revoked_at__isnull=True
    )
    return list(invitations.order_by("-created_at", "-pk"))


def services_of(organisation: Organisation) -> list[OrganisationService]:
    """List the services of the organisation by name."""
    return list(OrganisationService.objects.filter(organisation=organisation).order_by("name", "pk"))


def logo_of(organisation: Organisation) -> OrganisationLogo | None:
    """Return the logo of the organisation, if it deposited one."""
    return OrganisationLogo.objects.filter(organisation=organisation).first()


def logos_of(authority_ids: Iterable[int]) -> dict[int, OrganisationLogo]:
    """Return the logo of each of these collectivités that has one, by the key of the collectivité; one query."""
    rows = OrganisationLogo.objects.filter(organisation__local_authority__in=list(authority_ids))
    return {each.organisation.local_authority_id or 0: each for each in rows.select_related("organisation")}


def delegations_of(organisation: Organisation) -> list[Delegation]:
    """List the delegations that the organisation has recorded, the last begun first."""
    return list(
        Delegation.objects.filter(organisation=organisation).select_related("holder").order_by("-starts_on", "-pk")
    )


def valid_delegation_ids(organisation: Organisation, day: date) -> set[int]:
    """Return the keys of the delegations of the organisation in force on a day."""
    return set(Delegation.objects.valid_on(day).filter(organisation=organisation).values_list("pk", flat=True))


# --- access ---------------------------------------------------------------------------------------


def pending_requests_for(organisation: Organisation) -> list[AccessRequest]:
    """List the access requests that the organisation must answer, the oldest first."""
    requests = AccessRequest.objects.filter(routed_to=organisation, status=AccessRequestStatus.PENDING)
    return list(_with_names(requests).order_by("created_at", "pk"))


def decided_requests_for(organisation: Organisation, limit: int = 20) -> list[AccessRequest]:
    """List the last access requests that the organisation answered."""
    requests = AccessRequest.objects.filter(routed_to=organisation).exclude(status=AccessRequestStatus.PENDING)
    return list(_with_names(requests).order_by("-decided_at", "-pk")[:limit])


def _with_names(requests: QuerySet[AccessRequest]) -> QuerySet[AccessRequest]:
    return requests.select_related(
        "local_authority__departement", "local_authority__region", "organisation", "routed_to", "decided_by"
    )


def deciders_of(organisation: Organisation) -> list[User]:
    """List the people who answer the access requests sent to the organisation."""
    deciding = (
        Membership.objects.current()
        .filter(holding(Permission.ACCESS_VALIDATE), organisation=organisation)
        .filter(user=OuterRef("pk"))
    )
    return list(User.objects.filter(Exists(deciding)).order_by("pk"))


# --- the support ----------------------------------------------------------------------------------


def people_named(words: str) -> QuerySet[User]:
    """Select the people whose name or address has each word, by name, with the organisations they act for."""
    people = User.objects.filter(is_superuser=False)
    for word in words.split():
        people = people.filter(Q(first_name__icontains=word) | Q(last_name__icontains=word) | Q(email__icontains=word))
    current = Membership.objects.filter(ended_at__isnull=True).select_related("organisation").order_by("pk")
    return people.prefetch_related(Prefetch("memberships", current, to_attr="current_memberships")).order_by(
        "last_name", "first_name", "pk"
    )


def memberships_of(user: User) -> list[Membership]:
    """List the organisations for which a person acts, suspended or not."""
    memberships = Membership.objects.filter(user=user, ended_at__isnull=True).select_related("organisation")
    return list(memberships.order_by("pk"))

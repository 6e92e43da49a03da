"""The people of an organisation: invited, changed, ended."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from accounts.actors import Actor
from accounts.enums import OrganisationKind
from accounts.errors import Refused
from accounts.models import Invitation, Membership, Organisation, User, clean_email
from accounts.notifications import send_departure, send_invitation
from accounts.queries import managers_of
from accounts.roles import ROLES_OF_KIND, Permission, Role
from accounts.services.guard import require
from accounts.tokens import LIFETIME, digest, new_token
from journal.services import record

LAST_MANAGER = (
    "Votre organisation doit garder au moins une personne qui gère les accès. "
    "Confiez d’abord cette gestion à quelqu’un d’autre."
)
DEAD_LINK = (
    "Cette invitation n’est plus valable\u00a0: elle a déjà servi, a été annulée ou date de plus de 14 jours. "
    "Demandez-en une nouvelle à la personne qui vous a invité."
)
SUSPENDED = "Ce compte est suspendu. L’assistance du portail peut le réactiver."

# --- invitations ----------------------------------------------------------------------------------


@transaction.atomic
def invite(
    *,
    email: str,
    role: Role,
    title: str,
    in_title: bool,
    manages_people: bool,
    by: Actor,
    now: datetime,
) -> Invitation:
    """Invite a person by mail to act for the actor's organisation; the link works once, for 14 days.

    Raises Refused when the person already acts for it, or holds an open invitation.
    """
    organisation = by.organisation
    require(by, Permission.PEOPLE_MANAGE)
    check_role(organisation, role, in_title=in_title)
    email = clean_email(email)
    if Membership.objects.filter(organisation=organisation, user__email=email, ended_at__isnull=True).exists():
        raise Refused("Cette personne agit déjà pour votre organisation.")
    _revoke_expired(organisation, email, now)
    token = new_token()
    try:
        with transaction.atomic():
            invitation = Invitation.objects.create(
                organisation=organisation,
                email=email,
                role=role,
                title=title,
                in_title=in_title,
                manages_people=manages_people,
                token=digest(token),
                invited_by=by.user,
                created_at=now,
                expires_at=now + LIFETIME,
            )
    except IntegrityError as error:
        raise Refused("Cette personne a déjà une invitation en attente\u00a0: vous pouvez la renvoyer.") from error
    _record_invitation("person_invited", invitation, by, now)
    send_invitation(invitation, token)
    return invitation


@transaction.atomic
def resend_invitation(*, invitation: Invitation, by: Actor, now: datetime) -> None:
    """Send the invitation again with a new link; the former one no longer works."""
    require(by, Permission.PEOPLE_MANAGE, invitation.organisation)
    invitation = _open(invitation.pk)
    token = new_token()
    invitation.token, invitation.expires_at = digest(token), now + LIFETIME
    invitation.save(update_fields=["token", "expires_at"])
    _record_invitation("invitation_resent", invitation, by, now)
    send_invitation(invitation, token)


@transaction.atomic
def revoke_invitation(*, invitation: Invitation, by: Actor, now: datetime) -> None:
    """Cancel an invitation: its link no longer works."""
    require(by, Permission.PEOPLE_MANAGE, invitation.organisation)
    invitation = _open(invitation.pk)
    invitation.revoked_at = now
    invitation.save(update_fields=["revoked_at"])
    _record_invitation("invitation_revoked", invitation, by, now)


def read_invitation(token: str, now: datetime) -> Invitation | None:
    """Return the invitation of a link while it may be accepted, else None."""
    invitations = Invitation.objects.select_related("organisation", "invited_by")
    return invitations.filter(
        token=digest(token), accepted_at__isnull=True, revoked_at__isnull=True, expires_at__gt=now
    ).first()


@transaction.atomic
def accept_invitation(
    *, token: str, first_name: str, last_name: str, phone: str, password: str, now: datetime
) -> Actor:
    """Open the account of the person invited, with the password that they chose.

    Raises Refused when the link is no longer valid, or the person already has an account: they then sign in and join.
    """
    invitation = _locked(token, now)
    if User.objects.filter(email=invitation.email).exists():
        raise Refused("Un compte existe déjà à cette adresse\u00a0: connectez-vous pour accepter l’invitation.")
    user = User.objects.create_user(
        invitation.email, password, first_name=first_name, last_name=last_name, phone=phone, date_joined=now
    )
    return _join(invitation, user, now)


@transaction.atomic
def join(*, token: str, user: User, now: datetime) -> Actor:
    """Let a person who has an account accept the invitation sent to their address.

    Raises Refused when the link is no longer valid or was sent to another address.
    """
    invitation = _locked(token, now)
    if invitation.email != user.email:
        raise Refused("Cette invitation a été envoyée à une autre adresse que celle de votre compte.")
    return _join(invitation, user, now)


def _join(invitation: Invitation, user: User, now: datetime) -> Actor:
    membership = enter(
        user=user,
        organisation=invitation.organisation,
        role=Role(invitation.role),
        title=invitation.title,
        in_title=invitation.in_title,
        manages_people=invitation.manages_people,
        created_by=invitation.invited_by,
        now=now,
    )
    invitation.accepted_at = now
    invitation.save(update_fields=["accepted_at"])
    actor = Actor(membership)
    _record_invitation("invitation_accepted", invitation, actor, now)
    return actor


def _locked(token: str, now: datetime) -> Invitation:
    known = read_invitation(token, now)
    if known is None:
        raise Refused(DEAD_LINK)
    return _open(known.pk)


def _open(pk: int) -> Invitation:
    invitation = (
        Invitation.objects.select_for_update(of=("self",), no_key=True)
        .select_related("organisation", "invited_by")
        .filter(pk=pk, accepted_at__isnull=True, revoked_at__isnull=True)
        .first()
    )
    if invitation is None:
        raise Refused(DEAD_LINK)
    return invitation


def _revoke_expired(organisation: Organisation, email: str, now: datetime) -> None:
    Invitation.objects.filter(
        organisation=organisation,
        email=email,
        accepted_at__isnull=True,
        revoked_at__isnull=True,
        expires_at__lte=now,
    ).update(revoked_at=now)


def _record_invitation(kind: str, invitation: Invitation, by: Actor, now: datetime) -> None:
    payload = {"invitation": invitation.pk, "organisation": invitation.organisation_id, "role": invitation.role}
    record(kind=kind, by=by, now=now, payload=payload)


# --- memberships ----------------------------------------------------------------------------------


def check_role(organisation: Organisation, role: Role, *, in_title: bool) -> None:
    """Refuse a role that the organisation does not have, or an executive office without signature.

    Raises Refused.
    """
    if role not in ROLES_OF_KIND[OrganisationKind(organisation.kind)]:
        raise Refused("Ce rôle n’existe pas dans cette organisation.")
    if in_title and role not in (Role.LOCAL_SIGNATORY, Role.STATE_SIGNATORY):
        raise Refused("Seul un signataire peut exercer la fonction exécutive.")


def enter(
    *,
    user: User,
    organisation: Organisation,
    role: Role,
    title: str,
    in_title: bool,
    manages_people: bool,
    created_by: User,
    now: datetime,
) -> Membership:
    """Make a person act for an organisation, in the caller's transaction; whoever already does keeps their role.

    Raises Refused when the person is suspended or the role is not one of the organisation's.
    """
    check_role(organisation, role, in_title=in_title)
    if not user.is_active:
        raise Refused(SUSPENDED)
    membership, _ = Membership.objects.get_or_create(
        user=user,
        organisation=organisation,
        ended_at=None,
        defaults={
            "role": role,
            "title": title,
            "in_title": in_title,
            "manages_people": manages_people,
            "started_at": now,
            "created_by": created_by,
        },
    )
    return membership


@transaction.atomic
def change_role(
    *,
    membership: Membership,
    role: Role,
    title: str,
    in_title: bool,
    manages_people: bool,
    by: Actor,
    now: datetime,
) -> None:
    """Change what another person of the organisation may do.

    Raises Refused for one's own role, or when nobody would be left to manage people.
    """
    require(by, Permission.PEOPLE_MANAGE, membership.organisation)
    check_role(membership.organisation, role, in_title=in_title)
    membership = _current(membership)
    if membership.user_id == by.user.pk:
        raise Refused("Votre propre rôle se change par une autre personne de l’organisation.")
    before = membership.role
    membership.role, membership.title, membership.in_title = role, title, in_title
    membership.manages_people = manages_people
    membership.save(update_fields=["role", "title", "in_title", "manages_people"])
    _keep_a_manager(membership.organisation)
    _record_membership("role_changed", membership, by, now, before=before)


@transaction.atomic
def delegate_people(*, membership: Membership, manages_people: bool, by: Actor, now: datetime) -> None:
    """Give a person the management of the organisation's people, or take it back.

    Raises Refused when nobody would be left to manage people.
    """
    require(by, Permission.PEOPLE_MANAGE, membership.organisation)
    membership = _current(membership)
    membership.manages_people = manages_people
    membership.save(update_fields=["manages_people"])
    _keep_a_manager(membership.organisation)
    _record_membership("people_delegated", membership, by, now, manages_people=manages_people)


@transaction.atomic
def end_membership(*, membership: Membership, by: Actor, now: datetime) -> None:
    """End a person's access to the organisation; what they did stays, files belong to the organisation.

    Raises Refused when nobody would be left to manage people.
    """
    require(by, Permission.PEOPLE_MANAGE, membership.organisation)
    membership = _current(membership)
    membership.ended_at = now
    membership.save(update_fields=["ended_at"])
    _keep_a_manager(membership.organisation)
    _record_membership("membership_ended", membership, by, now)
    send_departure(membership.user, membership.organisation)


def _current(membership: Membership) -> Membership:
    """Lock the organisation, so that two removals at once cannot leave nobody, then read the membership again."""
    Organisation.objects.select_for_update(of=("self",), no_key=True).get(pk=membership.organisation_id)
    current = (
        Membership.objects.select_related("user", "organisation")
        .filter(pk=membership.pk, ended_at__isnull=True)
        .first()
    )
    if current is None:
        raise Refused("Cette personne n’agit plus pour votre organisation.")
    return current


def _keep_a_manager(organisation: Organisation) -> None:
    if not managers_of(organisation).exists():
        raise Refused(LAST_MANAGER)


def _record_membership(kind: str, membership: Membership, by: Actor, now: datetime, **facts: object) -> None:
    payload = {"membership": membership.pk, "user": membership.user_id, "role": membership.role, **facts}
    record(kind=kind, by=by, now=now, payload=payload | {"organisation": membership.organisation_id})

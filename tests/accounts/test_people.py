"""Invitations, roles and departures."""

import re
from datetime import datetime, timedelta

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied

from accounts.actors import Actor
from accounts.errors import Refused
from accounts.models import Invitation, Membership, User
from accounts.roles import Permission, Role, may
from accounts.services import account
from accounts.services import people as service
from accounts.tokens import digest
from exchanges.models import Mail
from journal.models import Event
from tests.factories.accounts import PASSWORD, UserFactory, member
from tests.people import People

ROLE = {"role": Role.CONTRIBUTOR, "title": "agent", "in_title": False, "manages_people": False}
NAMES = {"first_name": "Zoé", "last_name": "Martin", "phone": ""}


def invited(people: People, now: datetime, email: str = "zoe@poitiers.example", **changes: object) -> Invitation:
    return service.invite(email=email, by=people.poitiers_maire, now=now, **(ROLE | changes))  # type: ignore[arg-type]  # a row of test values


def token_sent() -> str:
    """Return the secret of the last mail: it is written nowhere else."""
    last = Mail.objects.order_by("-pk")[0]
    found = re.search(r"/invitation/([\w-]+)/", last.text)
    assert found is not None
    return found[1]


# --- invite ---------------------------------------------------------------------------------------


def test_invite_writes_the_row_the_event_and_the_mail(people: People, now: datetime) -> None:
    invitation = invited(people, now, email=" Zoe@Poitiers.example ")

    row = Invitation.objects.get()
    sent = Mail.objects.get()
    assert (row.email, row.expires_at) == ("zoe@poitiers.example", now + timedelta(days=14))
    assert row.token == digest(token_sent())
    assert len(token_sent()) >= 43
    assert sent.to == "zoe@poitiers.example"
    assert "Commune de Poitiers" in sent.text
    assert row.token not in sent.text
    assert Event.objects.get().payload["invitation"] == invitation.pk
    assert "zoe" not in str(Event.objects.get().payload)
    assert mail.outbox == []  # delivered after commit only


def test_invite_refuses_who_may_not_who_is_in_and_who_waits(people: People, now: datetime) -> None:
    invited(people, now)

    with pytest.raises(PermissionDenied):
        service.invite(email="x@y.example", by=people.poitiers_agent, now=now, **ROLE)  # type: ignore[arg-type]  # a row of test values
    with pytest.raises(Refused, match="agit déjà"):
        invited(people, now, email="agent@poitiers.demo")
    with pytest.raises(Refused, match="en attente"):
        invited(people, now)
    with pytest.raises(Refused, match="n’existe pas dans cette organisation"):
        invited(people, now, email="x@y.example", role=Role.STATE_SIGNATORY)
    with pytest.raises(Refused, match="fonction exécutive"):
        invited(people, now, email="x@y.example", in_title=True)
    assert Invitation.objects.count() == 1
    assert Mail.objects.count() == 1


def test_expired_invitation_gives_way_to_a_new_one(people: People, now: datetime) -> None:
    first = invited(people, now)
    later = now + timedelta(days=14)

    second = invited(people, later)

    assert Invitation.objects.get(pk=first.pk).revoked_at == later
    assert Invitation.objects.get(pk=second.pk).revoked_at is None


def test_resend_and_revoke_kill_the_former_link(people: People, now: datetime) -> None:
    invitation = invited(people, now)
    first = token_sent()

    service.resend_invitation(invitation=invitation, by=people.poitiers_maire, now=now)
    second = token_sent()
    assert service.read_invitation(first, now) is None
    assert service.read_invitation(second, now) == invitation

    with pytest.raises(PermissionDenied):
        service.revoke_invitation(invitation=invitation, by=people.vienne_prefet, now=now)
    service.revoke_invitation(invitation=invitation, by=people.poitiers_maire, now=now)
    assert service.read_invitation(second, now) is None
    with pytest.raises(Refused):
        service.resend_invitation(invitation=invitation, by=people.poitiers_maire, now=now)


# --- accept ---------------------------------------------------------------------------------------


def test_accepted_invitation_opens_an_account_once(people: People, now: datetime) -> None:
    invited(people, now, role=Role.LOCAL_SIGNATORY, in_title=False, manages_people=True)
    token = token_sent()

    actor = service.accept_invitation(token=token, password=PASSWORD, now=now, **NAMES)

    membership = Membership.objects.get(user__email="zoe@poitiers.example")
    assert (membership.role, membership.manages_people, membership.created_by) == (
        Role.LOCAL_SIGNATORY,
        True,
        people.poitiers_maire.user,
    )
    assert membership.user.check_password(PASSWORD)
    assert Event.objects.order_by("sequence").last().actor_id == actor.user.pk  # type: ignore[union-attr]  # just written
    with pytest.raises(Refused, match="n’est plus valable"):
        service.accept_invitation(token=token, password=PASSWORD, now=now, **NAMES)


def test_invitation_expires_and_is_for_one_address(people: People, now: datetime) -> None:
    invited(people, now, email=people.stranger.email)
    token = token_sent()
    other = UserFactory.create(email="autre@example.org")

    with pytest.raises(Refused, match="n’est plus valable"):
        service.join(token=token, user=people.stranger, now=now + timedelta(days=14))
    with pytest.raises(Refused, match="autre adresse"):
        service.join(token=token, user=other, now=now)
    with pytest.raises(Refused, match="compte existe déjà"):
        service.accept_invitation(token=token, password=PASSWORD, now=now, **NAMES)
    with pytest.raises(Refused):
        service.join(token="inconnu", user=people.stranger, now=now)
    assert not people.stranger.memberships.exists()

    service.join(token=token, user=people.stranger, now=now)
    assert people.stranger.memberships.get().organisation == people.poitiers_maire.organisation


def test_suspended_person_cannot_join(people: People, now: datetime) -> None:
    invited(people, now, email=people.stranger.email)
    User.objects.filter(pk=people.stranger.pk).update(is_active=False)
    people.stranger.refresh_from_db()

    with pytest.raises(Refused, match="suspendu"):
        service.join(token=token_sent(), user=people.stranger, now=now)


# --- roles ----------------------------------------------------------------------------------------


def test_change_role_of_another_only(people: People, now: datetime) -> None:
    agent, maire = people.poitiers_agent, people.poitiers_maire
    values = {"role": Role.LOCAL_SIGNATORY, "title": "adjointe", "in_title": False, "manages_people": False}

    service.change_role(membership=agent.membership, by=maire, now=now, **values)  # type: ignore[arg-type]  # test values
    with pytest.raises(Refused, match="Votre propre rôle"):
        service.change_role(membership=maire.membership, by=maire, now=now, **values)  # type: ignore[arg-type]  # test values
    with pytest.raises(PermissionDenied):
        service.change_role(membership=agent.membership, by=people.vienne_prefet, now=now, **values)  # type: ignore[arg-type]  # test values

    row = Membership.objects.get(pk=agent.membership.pk)
    assert (row.role, row.title) == (Role.LOCAL_SIGNATORY, "adjointe")
    assert Event.objects.get().payload["before"] == Role.CONTRIBUTOR


def test_management_of_people_is_given_and_taken_back(people: People, now: datetime) -> None:
    agent = people.poitiers_agent
    assert not may(agent, Permission.PEOPLE_MANAGE)

    service.delegate_people(membership=agent.membership, manages_people=True, by=people.poitiers_maire, now=now)
    manager = Actor(Membership.objects.select_related("user", "organisation").get(pk=agent.membership.pk))
    assert may(manager, Permission.PEOPLE_MANAGE)

    service.delegate_people(membership=manager.membership, manages_people=False, by=manager, now=now)
    assert not Membership.objects.get(pk=agent.membership.pk).manages_people


def test_organisation_keeps_one_person_who_manages_people(people: People, now: datetime) -> None:
    maire = people.poitiers_maire

    with pytest.raises(Refused, match="au moins une personne"):
        service.end_membership(membership=maire.membership, by=maire, now=now)
    assert Membership.objects.get(pk=maire.membership.pk).ended_at is None

    manager = member(maire.organisation, Role.CONTRIBUTOR, "m@poitiers.example", manages_people=True)
    service.end_membership(membership=maire.membership, by=maire, now=now)
    with pytest.raises(Refused, match="au moins une personne"):
        service.delegate_people(membership=manager.membership, manages_people=False, by=manager, now=now)


def test_departure_loses_nothing_and_is_told(people: People, now: datetime) -> None:
    agent = people.poitiers_agent

    service.end_membership(membership=agent.membership, by=people.poitiers_maire, now=now)

    row = Membership.objects.get(pk=agent.membership.pk)
    assert row.ended_at == now
    assert User.objects.get(pk=agent.user.pk).is_active
    assert Mail.objects.get().to == "agent@poitiers.demo"
    with pytest.raises(Refused, match="n’agit plus"):
        service.end_membership(membership=agent.membership, by=people.poitiers_maire, now=now)


# --- account --------------------------------------------------------------------------------------


def test_forgotten_password_is_mailed_to_an_active_account_only(people: People) -> None:
    User.objects.filter(pk=people.stranger.pk).update(is_active=False)

    for email in ("Maire@Poitiers.demo ", "personne@example.org", people.stranger.email):
        account.forgot_password(email=email)

    assert [each.to for each in Mail.objects.all()] == ["maire@poitiers.demo"]
    assert "/mot-de-passe/choisir/" in Mail.objects.get().text


def test_profile_is_one_s_own(people: People, now: datetime) -> None:
    account.change_profile(user=people.stranger, first_name="Jeanne", last_name="Roy", phone="", by=None, now=now)

    assert User.objects.get(pk=people.stranger.pk).full_name == "Jeanne Roy"
    assert Event.objects.get().kind == "profile_changed"

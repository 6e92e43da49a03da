"""The first access, asked for and answered; delegations; the support."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from accounts.directory import Entry, find, read
from accounts.enums import AccessRequestStatus, OrganisationKind
from accounts.errors import Refused
from accounts.models import AccessRequest, Delegation, Membership, Organisation, User
from accounts.roles import Role
from accounts.services import access, assistance, delegations
from exchanges.models import Mail
from journal.models import Event
from tests.factories.accounts import prefecture
from tests.factories.territories import CommuneFactory, bordeaux_metropole, poitiers, vienne
from tests.people import People

PERSON: dict[str, Any] = {
    "email": "Zoe@Chatellerault.example",
    "first_name": "Zoé",
    "last_name": "Martin",
    "title": "directrice générale",
    "role": Role.CONTRIBUTOR,
    "in_title": False,
    "phone": "",
    "message": "",
}


def chatellerault() -> Entry:
    return Entry(authority=CommuneFactory.create(code="86066", name="Châtellerault", departement=vienne()))


def asked(now: datetime, target: Entry | None = None, **changes: Any) -> AccessRequest:
    request = access.request_access(target=target or chatellerault(), now=now, **(PERSON | changes))
    assert request is not None
    return request


# --- directory ------------------------------------------------------------------------------------


def test_directory_finds_services_and_authorities_and_reads_its_keys(people: People) -> None:
    names = [entry.name for entry in find("poitiers")]
    state = find("prefecture vienne")
    support = Organisation.objects.get(kind=OrganisationKind.SUPPORT)

    assert names == ["Commune de Poitiers"]
    assert [entry.name for entry in state] == ["Préfecture de la Vienne"]
    assert read(state[0].key) == state[0]
    assert read(find("poitiers")[0].key) == Entry(authority=poitiers())
    assert [
        read(key) for key in (f"service-{support.pk}", "collectivite-0", "service-x", "", "autre-1", "x" * 40)
    ] == [None] * 6
    assert find("") == []


# --- requests -------------------------------------------------------------------------------------


def test_request_goes_to_the_prefecture_of_the_authority(people: People, now: datetime) -> None:
    request = asked(now)

    assert request.routed_to == prefecture(vienne())
    assert request.email == "zoe@chatellerault.example"
    assert sorted(Mail.objects.values_list("to", flat=True)) == ["agent@vienne.pref.demo", "prefet@vienne.pref.demo"]
    assert Event.objects.get().actor_id is None


def test_request_goes_to_the_support_while_the_prefecture_has_nobody(people: People, now: datetime) -> None:
    User.objects.filter(pk=people.gironde_agent.user.pk).update(is_active=False)

    request = asked(now, Entry(authority=bordeaux_metropole()))

    assert request.routed_to == people.support.organisation
    assert [each.to for each in Mail.objects.all()] == ["support@national.demo"]


def test_request_for_a_state_service_goes_to_the_support(people: People, now: datetime) -> None:
    request = asked(now, Entry(service=people.gironde_agent.organisation), role=Role.INSTRUCTOR)

    assert request.routed_to == people.support.organisation
    assert Mail.objects.get().to == "support@national.demo"


def test_same_request_twice_and_too_many_leave_no_row(people: People, now: datetime) -> None:
    entry = chatellerault()
    asked(now, entry)

    assert access.request_access(target=entry, now=now, **PERSON) is None
    for number in range(access.MAX_PENDING + 2):
        access.request_access(target=Entry(authority=CommuneFactory.create(code=f"860{number}")), now=now, **PERSON)

    assert AccessRequest.objects.count() == access.MAX_PENDING
    with pytest.raises(Refused, match="rôle"):
        asked(now, role=Role.STATE_SIGNATORY, email="autre@example.org")


def test_accepted_request_opens_an_account_that_manages_its_people(people: People, now: datetime) -> None:
    request = asked(now)

    access.accept_request(request=request, by=people.vienne_agent, now=now)

    membership = Membership.objects.get(user__email="zoe@chatellerault.example")
    assert membership.organisation.name == "Commune de Châtellerault"
    assert membership.manages_people
    assert not membership.user.has_usable_password()
    assert "/mot-de-passe/choisir/" in Mail.objects.get(to="zoe@chatellerault.example").text
    assert AccessRequest.objects.get().status == AccessRequestStatus.ACCEPTED
    with pytest.raises(Refused, match="déjà reçu une réponse"):
        access.refuse_request(request=request, reason="Trop tard.", by=people.vienne_prefet, now=now)


def test_accepted_request_of_a_known_person_adds_the_organisation(people: People, now: datetime) -> None:
    request = asked(now, Entry(authority=bordeaux_metropole()), email="agent@poitiers.demo")

    access.accept_request(request=request, by=people.gironde_agent, now=now)

    user = User.objects.get(email="agent@poitiers.demo")
    assert user.full_name == "Éloïse Lefèvre"
    assert user.memberships.count() == 2
    assert "/connexion/" in Mail.objects.get(to="agent@poitiers.demo").text


def test_request_is_answered_by_those_to_whom_it_was_sent(people: People, now: datetime) -> None:
    request = asked(now)

    for actor in (people.gironde_agent, people.poitiers_maire, people.support, people.diair):
        with pytest.raises(PermissionDenied):
            access.accept_request(request=request, by=actor, now=now)
    access.refuse_request(request=request, reason="Inconnue du standard.", by=people.vienne_agent, now=now)

    row = AccessRequest.objects.get()
    assert (row.status, row.decided_by, row.decided_at) == ("refused", people.vienne_agent.user, now)
    assert "Inconnue du standard." in Mail.objects.get(to="zoe@chatellerault.example").text
    assert not User.objects.filter(email="zoe@chatellerault.example").exists()


# --- delegations ----------------------------------------------------------------------------------


def values(**changes: Any) -> dict[str, Any]:
    return {
        "kind": "delegation",
        "holder_name": "Paul Durand",
        "holder_title": "secrétaire général",
        "holder": None,
        "covers_send": False,
        "covers_decide": True,
        "covers_sign": True,
        "territory": "",
        "reference": "86-2026-01",
        "starts_on": date(2026, 3, 1),
        "ends_on": date(2026, 6, 30),
        "published_on": date(2026, 3, 1),
    } | changes


def test_delegation_is_recorded_and_revoked_by_its_organisation(people: People, now: datetime) -> None:
    delegation = delegations.create(values=values(), by=people.vienne_agent, now=now)

    with pytest.raises(PermissionDenied):
        delegations.revoke(delegation=delegation, revoked_on=date(2026, 4, 1), by=people.gironde_agent, now=now)
    with pytest.raises(Refused, match="précéder"):
        delegations.revoke(delegation=delegation, revoked_on=date(2026, 2, 1), by=people.vienne_agent, now=now)
    delegations.revoke(delegation=delegation, revoked_on=date(2026, 4, 1), by=people.vienne_agent, now=now)
    with pytest.raises(Refused, match="déjà été abrogée"):
        delegations.revoke(delegation=delegation, revoked_on=date(2026, 5, 1), by=people.vienne_agent, now=now)

    valid = [day for day in (date(2026, 2, 28), date(2026, 3, 1), date(2026, 3, 31), date(2026, 4, 1))
             if Delegation.objects.valid_on(day).exists()]  # fmt: skip
    assert valid == [date(2026, 3, 1), date(2026, 3, 31)]
    assert Event.objects.count() == 2


def test_delegation_refuses_what_makes_no_sense(people: People, now: datetime) -> None:
    for changes in (
        {"covers_decide": False, "covers_sign": False},
        {"ends_on": date(2026, 2, 1)},
        {"holder": people.gironde_agent.user},
    ):
        with pytest.raises(Refused):
            delegations.create(values=values(**changes), by=people.vienne_agent, now=now)
    with pytest.raises(PermissionDenied):
        delegations.create(values=values(), by=people.sgar, now=now)
    assert not Delegation.objects.exists()


# --- support --------------------------------------------------------------------------------------

ATTACH: dict[str, Any] = {"role": Role.INSTRUCTOR, "title": "agent", "in_title": False, "manages_people": False}


def test_support_attaches_detaches_suspends_and_reactivates(people: People, now: datetime) -> None:
    entry, support = Entry(service=people.gironde_agent.organisation), people.support

    membership = assistance.attach(user=people.stranger, target=entry, by=support, now=now, **ATTACH)
    with pytest.raises(Refused, match="agit déjà"):
        assistance.attach(user=people.stranger, target=entry, by=support, now=now, **ATTACH)
    assistance.suspend(user=people.stranger, by=support, now=now)
    with pytest.raises(Refused, match="déjà suspendu"):
        assistance.suspend(user=people.stranger, by=support, now=now)
    assistance.reactivate(user=people.stranger, by=support, now=now)
    later = now + timedelta(days=1)
    assistance.detach(membership=membership, by=support, now=later)

    assert Membership.objects.get(pk=membership.pk).ended_at == later
    assert User.objects.get(pk=people.stranger.pk).is_active
    assert [event.kind for event in Event.objects.order_by("sequence")] == [
        "person_attached",
        "person_suspended",
        "person_reactivated",
        "person_detached",
    ]


def test_support_never_acts_on_oneself_and_others_never_support(people: People, now: datetime) -> None:
    entry = Entry(service=people.vienne_agent.organisation)

    with pytest.raises(Refused, match="propre compte"):
        assistance.attach(user=people.support.user, target=entry, by=people.support, now=now, **ATTACH)
    with pytest.raises(Refused, match="propre compte"):
        assistance.suspend(user=people.support.user, by=people.support, now=now)
    for actor in (people.dgef, people.vienne_prefet, people.poitiers_maire):
        with pytest.raises(PermissionDenied):
            assistance.suspend(user=people.stranger, by=actor, now=now)
    assert not Event.objects.exists()

"""Who may do an act: the inverse question answers as the direct one."""

from datetime import datetime

from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Membership, User
from accounts.queries import users_with
from accounts.roles import RELATIONS, Permission, Role, may
from contracts.models import AssociatedService, Contract, CoSignatory
from tests.factories.accounts import local_organisation, member
from tests.factories.territories import CommuneFactory, bordeaux_metropole, poitiers, vienne
from tests.people import People


def make_contract(people: People, now: datetime, *, sent: bool) -> Contract:
    contract: Contract = Contract.objects.create(
        reference="CTAI-2026-086-0001" if sent else "BROUILLON-086-0001",
        draft_reference="BROUILLON-086-0001",
        state="letter_sent" if sent else "letter_draft",
        first_sent_at=now if sent else None,
        porteur=poitiers(),
        category="commune",
        departement=vienne(),
        region=vienne().region,
        lead_service=people.vienne_agent.organisation,
        last_event_at=now,
        created_at=now,
        created_by=people.poitiers_agent.user,
    )
    return contract


def addresses(permission: Permission, contract: Contract) -> list[str]:
    return sorted(user.email for user in users_with(permission, contract))


def test_users_with_agrees_with_may_for_everyone(people: People, now: datetime) -> None:
    contract = make_contract(people, now, sent=True)
    writer = CommuneFactory.create(code="86066", name="Châtellerault", departement=vienne())
    gone = CommuneFactory.create(code="86041", name="Buxerolles", departement=vienne())
    CoSignatory.objects.create(contract=contract, authority=bordeaux_metropole(), joined_at=now)
    CoSignatory.objects.create(contract=contract, authority=writer, joined_at=now, may_write=True)
    CoSignatory.objects.create(contract=contract, authority=gone, joined_at=now, left_at=now)
    AssociatedService.objects.create(contract=contract, organisation=people.gironde_agent.organisation, added_at=now)
    others = [
        member(local_organisation(writer), Role.CONTRIBUTOR, "agent@chatellerault.example"),
        member(local_organisation(gone), Role.LOCAL_SIGNATORY, "maire@buxerolles.example"),
        member(people.sgar.organisation, Role.STATE_SIGNATORY, "prefete@region.example"),
    ]

    for permission in RELATIONS:
        expected = sorted(
            actor.user.email for actor in [*people.actors.values(), *others] if may(actor, permission, contract)
        )
        assert addresses(permission, contract) == expected, permission


def test_nobody_of_the_state_before_the_letter_was_sent(people: People, now: datetime) -> None:
    contract = make_contract(people, now, sent=False)

    assert addresses(Permission.EXCHANGE_TALK, contract) == ["agent@poitiers.demo", "maire@poitiers.demo"]
    assert addresses(Permission.DECIDE, contract) == []


def test_acts_about_no_file_are_those_of_the_parties(people: People, now: datetime) -> None:
    contract = make_contract(people, now, sent=True)
    Membership.objects.filter(pk=people.vienne_agent.membership.pk).update(manages_people=True)

    assert addresses(Permission.PEOPLE_MANAGE, contract) == [
        "agent@vienne.pref.demo",
        "maire@poitiers.demo",
        "prefet@vienne.pref.demo",
    ]
    assert addresses(Permission.LEAD_ACCEPT, contract) == []
    contract.proposed_lead_service = people.gironde_agent.organisation
    assert addresses(Permission.LEAD_ACCEPT, contract) == ["agent@gironde.pref.demo"]


def test_departed_and_suspended_people_are_left_out_in_one_query(people: People, now: datetime) -> None:
    contract = make_contract(people, now, sent=True)
    Membership.objects.filter(pk=people.poitiers_agent.membership.pk).update(ended_at=now)
    User.objects.filter(pk=people.vienne_agent.user.pk).update(is_active=False)

    with CaptureQueriesContext(connection) as captured:
        found = addresses(Permission.EXCHANGE_TALK, contract)

    assert len(captured) == 1
    assert found == ["maire@poitiers.demo", "prefet@vienne.pref.demo"]


def test_person_of_two_parties_is_found_once(people: People, now: datetime) -> None:
    contract = make_contract(people, now, sent=True)
    CoSignatory.objects.create(contract=contract, authority=bordeaux_metropole(), joined_at=now)
    Membership.objects.create(
        user=people.poitiers_agent.user,
        organisation=people.bordeaux_agent.organisation,
        role=Role.CONTRIBUTOR,
        started_at=now,
    )

    assert addresses(Permission.DELIBERATION_RECORD, contract).count("agent@poitiers.demo") == 1

"""The pages of organisations, access, delegations and support: allowed, forbidden, foreign, wrong."""

import re
from datetime import date, datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.directory import Entry
from accounts.models import AccessRequest, Delegation, Invitation, Membership, Organisation, OrganisationService, User
from accounts.roles import Role
from accounts.services import access, delegations, organisations
from accounts.services import people as service
from exchanges.models import Mail
from tests.factories.accounts import PASSWORD, MembershipFactory, prefecture
from tests.factories.territories import CommuneFactory, poitiers, vienne
from tests.people import People

SERVICE: dict[str, Any] = {"kind": "ddets", "name": "DDETS", "shown_on_files": "on"}
REQUEST = {
    "first_name": "Zoé",
    "last_name": "Martin",
    "email": "zoe@chatellerault.example",
    "title": "directrice générale",
    "role": "contributor",
}
DELEGATION: dict[str, Any] = {
    "kind": "delegation",
    "holder_name": "Paul Durand",
    "holder_title": "secrétaire général",
    "covered": ["covers_decide", "covers_sign"],
    "reference": "86-2026-01",
    "published_on": "2026-03-01",
    "starts_on": "2026-03-01",
    "ends_on": "",
}


def go(name: str, *args: object) -> str:
    return reverse(f"accounts:{name}", args=args)


def add_service(people: People, now: datetime) -> OrganisationService:
    values = {"kind": "ddets", "name": "DDETS de la Vienne"}
    return organisations.add_service(values=values, by=people.vienne_agent, now=now)


def invite(people: People, now: datetime, email: str = "zoe@poitiers.example") -> Invitation:
    return service.invite(
        email=email,
        role=Role.CONTRIBUTOR,
        title="agent",
        in_title=False,
        manages_people=False,
        by=people.poitiers_maire,
        now=now,
    )


def ask(now: datetime) -> AccessRequest:
    target = Entry(authority=CommuneFactory.create(code="86066", name="Châtellerault", departement=vienne()))
    request = access.request_access(
        target=target,
        now=now,
        in_title=False,
        phone="",
        message="",
        **(REQUEST | {"role": Role.CONTRIBUTOR}),  # type: ignore[arg-type]  # test values
    )
    assert request is not None
    return request


def delegate(people: People, now: datetime) -> Delegation:
    values = {
        "kind": "delegation",
        "holder_name": "Paul Durand",
        "holder_title": "secrétaire général",
        "covers_sign": True,
        "reference": "86-2026-01",
        "starts_on": date(2026, 3, 1),
        "published_on": date(2026, 3, 1),
    }
    return delegations.create(values=values, by=people.vienne_agent, now=now)


def link_of_last_mail() -> str:
    found = re.search(r"https?://[^/]+(/\S+)", Mail.objects.order_by("-pk")[0].text)
    assert found is not None
    return found[1]


# --- my organisation ------------------------------------------------------------------------------


def test_organisation_page_shows_people_and_acts_to_those_who_may(people: People, now: datetime) -> None:
    invite(people, now)

    as_maire = people.client_for(people.poitiers_maire).get(go("organisation")).content.decode()
    as_agent = people.client_for(people.poitiers_agent).get(go("organisation")).content.decode()

    assert "Éloïse Lefèvre" in as_agent
    assert "zoe@poitiers.example" in as_maire
    assert "zoe@poitiers.example" not in as_agent
    assert go("invite") in as_maire
    assert go("invite") not in as_agent
    assert go("organisation_edit") in as_agent
    for actor in people.actors.values():
        assert people.client_for(actor).get(go("organisation")).status_code == 200


def test_organisation_page_costs_the_same_for_one_row_and_three(people: People, now: datetime) -> None:
    def queries() -> int:
        client = people.client_for(people.vienne_prefet)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            client.get(go("organisation"))
        return len(captured)

    add_service(people, now)
    with_one = queries()
    for number in range(2):
        add_service(people, now)
        MembershipFactory.create(organisation=people.vienne_prefet.organisation)
        service.invite(
            email=f"n{number}@vienne.example",
            role=Role.INSTRUCTOR,
            title="agent",
            in_title=False,
            manages_people=False,
            by=people.vienne_prefet,
            now=now,
        )

    assert queries() == with_one


def test_contact_is_changed_by_those_who_may(people: People) -> None:
    client, path = people.client_for(people.poitiers_agent), go("organisation_edit")

    wrong = client.post(path, {"siret": "123", "telephone": "0549000000", "address": "1 place"})
    right = client.post(path, {"siret": "", "telephone": "0549000000", "address": "1 place 🙂", "email": ""})

    assert "« 🙂 » est retiré" in client.get(right["Location"]).content.decode().replace("\u00a0", " ")
    assert client.get(path).status_code == 200
    assert (wrong.status_code, right.status_code) == (422, 302)
    assert "14 chiffres" in wrong.content.decode()
    assert 'value="123"' in wrong.content.decode()
    assert Organisation.objects.get(pk=people.poitiers_agent.organisation.pk).telephone == "05 49 00 00 00"
    assert people.client_for(people.diair).get(path).status_code == 403


def test_services_are_added_changed_and_removed_at_home_only(people: People, now: datetime) -> None:
    row = add_service(people, now)
    mine, foreign = people.client_for(people.vienne_agent), people.client_for(people.gironde_agent)

    assert mine.get(go("service_add")).status_code == 200
    assert mine.post(go("service_add"), {"name": ""}).status_code == 422
    assert mine.post(go("service_add"), SERVICE).status_code == 302
    assert mine.get(go("service_edit", row.pk)).status_code == 200
    assert foreign.get(go("service_edit", row.pk)).status_code == 404
    assert foreign.post(go("service_edit", row.pk), SERVICE).status_code == 404
    assert foreign.post(go("service_remove", row.pk)).status_code == 404
    assert mine.post(go("service_edit", row.pk), SERVICE | {"name": "DDETS 86"}).status_code == 302
    assert OrganisationService.objects.get(pk=row.pk).name == "DDETS 86"
    assert mine.get(go("service_remove", row.pk)).status_code == 405
    assert mine.post(go("service_remove", row.pk)).status_code == 302
    assert OrganisationService.objects.count() == 1
    assert people.client_for(people.diair).post(go("service_add"), SERVICE).status_code == 403


def test_invitation_is_sent_resent_and_revoked(people: People) -> None:
    values = {"email": "zoe@poitiers.example", "title": "agent", "role": "contributor"}
    client = people.client_for(people.poitiers_maire)

    assert client.get(go("invite")).status_code == 200
    wrong = client.post(go("invite"), values | {"role": "state_signatory", "email": "zut"})
    office = client.post(go("invite"), values | {"in_title": "on"})
    assert client.post(go("invite"), values).status_code == 302
    again = client.post(go("invite"), values)
    row = Invitation.objects.get()
    assert (wrong.status_code, office.status_code, again.status_code) == (422, 422, 422)
    assert "en attente" in again.content.decode()
    foreign = people.client_for(people.vienne_prefet)
    for name in ("invitation_resend", "invitation_revoke"):
        assert foreign.post(go(name, row.pk)).status_code == 404
        assert people.client_for(people.poitiers_agent).post(go(name, row.pk)).status_code == 403
        assert client.post(go(name, row.pk)).status_code == 302
    assert Invitation.objects.get().revoked_at is not None
    assert people.client_for(people.poitiers_agent).get(go("invite")).status_code == 403


def test_people_are_managed_at_home_by_those_who_may(people: People) -> None:
    agent = people.poitiers_agent.membership
    client, colleague = people.client_for(people.poitiers_maire), people.client_for(people.poitiers_agent)
    foreign = people.client_for(people.vienne_prefet)
    role = {"title": "adjointe", "role": "local_signatory"}

    for name in ("member_edit", "member_delegate", "member_end"):
        assert foreign.post(go(name, agent.pk), role).status_code == 404
        assert colleague.post(go(name, agent.pk), role).status_code == 403
    assert client.get(go("member_edit", agent.pk)).status_code == 200
    assert client.post(go("member_edit", agent.pk), {"role": "instructor"}).status_code == 422
    assert client.post(go("member_edit", agent.pk), role).status_code == 302
    assert Membership.objects.get(pk=agent.pk).role == Role.LOCAL_SIGNATORY
    assert client.post(go("member_delegate", agent.pk), {"manages_people": "1"}).status_code == 302
    assert Membership.objects.get(pk=agent.pk).manages_people
    assert client.get(go("member_end", agent.pk)).status_code == 405
    assert client.post(go("member_end", agent.pk)).status_code == 302
    assert Membership.objects.get(pk=agent.pk).ended_at is not None
    assert client.post(go("member_end", agent.pk)).status_code == 404


def test_last_manager_stays_and_reads_why(people: People) -> None:
    client = people.client_for(people.poitiers_maire)

    page = client.post(go("member_end", people.poitiers_maire.membership.pk), follow=True).content.decode()
    own = client.post(
        go("member_edit", people.poitiers_maire.membership.pk), {"title": "maire", "role": "contributor"}
    )

    assert "garder au moins une personne" in page
    assert Membership.objects.get(pk=people.poitiers_maire.membership.pk).ended_at is None
    assert own.status_code == 422
    assert "Votre propre rôle" in own.content.decode()


# --- first access ---------------------------------------------------------------------------------


def test_visitor_finds_an_organisation_and_asks(people: People) -> None:
    client, path = Client(), go("request_access")
    key = f"collectivite-{poitiers().pk}"

    found = client.get(path, {"q": "poitiers"}).content.decode()
    form = client.get(path, {"organisation": key})
    wrong = client.post(path, REQUEST | {"organisation": key, "email": "zut"})
    sent = client.post(path, REQUEST | {"organisation": key}, follow=True)

    assert client.get(path).status_code == 200
    assert f'value="{key}"' in found
    assert "Commune de Poitiers" in form.content.decode()
    assert wrong.status_code == 422
    assert 'value="directrice générale"' in wrong.content.decode()
    assert sent.redirect_chain == [("/demander-un-acces/envoyee/", 302)]
    assert AccessRequest.objects.get().routed_to == prefecture(vienne())


def test_request_reveals_no_account(people: People) -> None:
    key = f"collectivite-{poitiers().pk}"
    pages = [
        re.sub(r"(nonce-|csrf)[^\"]*", "", Client().post(
            go("request_access"), REQUEST | {"organisation": key, "email": email}, follow=True
        ).content.decode())
        for email in ("maire@poitiers.demo", "maire@poitiers.demo", "personne@example.org")
    ]  # fmt: skip

    assert "Votre demande est transmise" in pages[0]
    assert [len(page) for page in pages] == [len(pages[0])] * 3


@pytest.mark.parametrize("key", ["", "collectivite-0", "service-999999", "zut", "collectivite-9999999999999999999999"])
def test_request_for_nobody_is_refused(people: People, key: str) -> None:
    assert Client().get(go("request_access"), {"organisation": key}).status_code == 422
    assert Client().post(go("request_access"), REQUEST | {"organisation": key}).status_code == 422
    assert not AccessRequest.objects.exists()


def test_search_of_nothing_and_of_nobody(people: People) -> None:
    assert Client().get(go("request_access"), {"q": ""}).status_code == 422
    assert "Aucune organisation trouvée" in Client().get(go("request_access"), {"q": "zzzz"}).content.decode()


def test_requests_are_answered_by_their_prefecture(people: People, now: datetime) -> None:
    row = ask(now)
    mine, foreign = people.client_for(people.vienne_agent), people.client_for(people.gironde_agent)

    assert "Zoé Martin" in mine.get(go("requests")).content.decode()
    assert "Zoé Martin" not in foreign.get(go("requests")).content.decode()
    assert foreign.post(go("request_accept", row.pk)).status_code == 404
    assert foreign.get(go("request_refuse", row.pk)).status_code == 404
    assert people.client_for(people.poitiers_maire).get(go("requests")).status_code == 403
    assert people.client_for(people.poitiers_maire).post(go("request_accept", row.pk)).status_code == 403
    assert mine.get(go("request_refuse", row.pk)).status_code == 200
    assert mine.post(go("request_refuse", row.pk), {"reason": "non"}).status_code == 422
    assert mine.post(go("request_accept", row.pk)).status_code == 302
    late = mine.post(go("request_refuse", row.pk), {"reason": "Inconnue du standard."})
    assert (late.status_code, "déjà reçu une réponse" in late.content.decode()) == (422, True)
    assert "Acceptée" in mine.get(go("requests")).content.decode()
    assert User.objects.filter(email=REQUEST["email"]).exists()


def test_first_access_from_the_request_to_the_organisation(people: People, now: datetime) -> None:
    people.client_for(people.vienne_agent).post(go("request_accept", ask(now).pk))
    client = Client()

    form = client.get(link_of_last_mail(), follow=True).redirect_chain[-1][0]
    client.post(form, {"new_password1": "Nouveau-2026-clair", "new_password2": "Nouveau-2026-clair"})
    client.post("/connexion/", {"username": REQUEST["email"], "password": "Nouveau-2026-clair"})

    page = client.get(go("organisation")).content.decode()
    assert "Commune de Châtellerault" in page
    assert go("invite") in page


# --- invitation -----------------------------------------------------------------------------------


def test_invited_visitor_opens_an_account(people: People, now: datetime) -> None:
    invite(people, datetime.now(now.tzinfo))
    path, client = link_of_last_mail(), Client()
    values = {"first_name": "Zoé", "last_name": "Martin", "phone": "", "password": PASSWORD}

    assert "Commune de Poitiers" in client.get(path).content.decode()
    weak = client.post(path, values | {"password": "azerty"})
    assert (weak.status_code, "trop simple" in weak.content.decode()) == (422, True)
    assert client.post(path, values).status_code == 302
    assert "Commune de Poitiers" in client.get(go("organisation")).content.decode()
    assert Client().get(path).status_code == 404
    assert Client().post(path, values).status_code == 404
    assert Client().get(go("invitation", "inconnu")).status_code == 404


def test_invited_person_with_an_account_signs_in_then_joins(people: People, now: datetime) -> None:
    invite(people, datetime.now(now.tzinfo), email=people.stranger.email)
    path = link_of_last_mail()
    names = {"first_name": "Zoé", "last_name": "Martin", "password": PASSWORD}

    assert "Un compte existe déjà" in Client().get(path).content.decode()
    assert Client().post(path, names).status_code == 422
    other = people.client_for(people.gironde_agent)
    assert "Déconnectez-vous" in other.get(path).content.decode()
    assert other.post(path).status_code == 422
    assert people.client_for(people.stranger).get(path).status_code == 200
    assert people.client_for(people.stranger).post(path).status_code == 302
    assert people.stranger.memberships.get().organisation == people.poitiers_maire.organisation


# --- delegations ----------------------------------------------------------------------------------


def test_delegations_are_those_of_the_organisation(people: People, now: datetime) -> None:
    row = delegate(people, now)
    mine, foreign = people.client_for(people.vienne_agent), people.client_for(people.gironde_agent)

    assert "Paul Durand" in mine.get(go("delegations")).content.decode()
    assert "Paul Durand" not in foreign.get(go("delegations")).content.decode()
    assert mine.get(go("delegation_revoke", row.pk)).status_code == 200
    assert foreign.post(go("delegation_revoke", row.pk), {"revoked_on": "2026-04-01"}).status_code == 404
    assert people.client_for(people.diair).get(go("delegation_add")).status_code == 403
    assert mine.post(go("delegation_revoke", row.pk), {"revoked_on": "2026-02-01"}).status_code == 422
    assert mine.post(go("delegation_revoke", row.pk), {"revoked_on": "2026-04-01"}).status_code == 302
    assert Delegation.objects.get().revoked_on == date(2026, 4, 1)
    assert "Abrogée" in mine.get(go("delegations")).content.decode()


def test_delegation_is_recorded_or_refused_with_its_reason(people: People) -> None:
    client, path = people.client_for(people.vienne_agent), go("delegation_add")

    assert client.get(path).status_code == 200
    for changes, message in (
        ({"covered": []}, "au moins un acte"),
        ({"ends_on": "2026-02-01"}, "La fin doit être"),
        ({"holder": people.gironde_agent.user.pk}, "Sélectionnez un choix valide"),
        ({"starts_on": "31/02/2026"}, "jour/mois/année"),
    ):
        response = client.post(path, DELEGATION | changes)
        assert (response.status_code, message in response.content.decode()) == (422, True)
        assert 'value="Paul Durand"' in response.content.decode()
    assert client.post(path, DELEGATION | {"holder": people.vienne_agent.user.pk}).status_code == 302
    row = Delegation.objects.get()
    assert (row.covers_send, row.covers_decide, row.covers_sign) == (False, True, True)
    assert row.organisation == people.vienne_agent.organisation


def test_authority_delegates_no_decision(people: People) -> None:
    client = people.client_for(people.poitiers_agent)

    assert "covers_decide" not in client.get(go("delegation_add")).content.decode()
    assert client.post(go("delegation_add"), DELEGATION).status_code == 422


# --- support --------------------------------------------------------------------------------------


def test_support_finds_attaches_suspends(people: People) -> None:
    client, pk = people.client_for(people.support), people.stranger.pk
    key = f"service-{people.gironde_agent.organisation.pk}"
    attach = {"organisation": key, "title": "agent", "role": "instructor"}

    assert "Sansfiche" in client.get(go("assistance"), {"q": "sansfiche"}).content.decode()
    assert "Personne ne répond" in client.get(go("assistance"), {"q": "zzzz"}).content.decode()
    assert key in client.get(go("assistance_person", pk), {"q": "prefecture gironde"}).content.decode()
    assert client.get(go("assistance_person", pk), {"q": ""}).status_code == 422
    assert client.get(go("assistance_attach", pk), {"organisation": key}).status_code == 200
    assert client.get(go("assistance_attach", pk), {"organisation": "zut"}).status_code == 404
    assert client.post(go("assistance_attach", pk), attach | {"role": "contributor"}).status_code == 422
    assert client.post(go("assistance_attach", pk), attach).status_code == 302
    assert client.post(go("assistance_attach", pk), attach).status_code == 422
    membership = people.stranger.memberships.get()
    assert client.post(go("assistance_detach", pk, membership.pk)).status_code == 302
    assert client.post(go("assistance_detach", pk, membership.pk)).status_code == 404
    assert client.post(go("assistance_suspend", pk)).status_code == 302
    assert not User.objects.get(pk=pk).is_active
    assert "Réactiver le compte" in client.get(go("assistance_person", pk)).content.decode()
    assert client.post(go("assistance_reactivate", pk)).status_code == 302
    assert User.objects.get(pk=pk).is_active


def test_support_alone_assists(people: People) -> None:
    pk, membership = people.stranger.pk, people.poitiers_agent.membership.pk
    for actor in (people.dgef, people.vienne_prefet, people.poitiers_maire, people.sgar):
        client = people.client_for(actor)
        assert client.get(go("assistance")).status_code == 403
        assert client.get(go("assistance_person", pk)).status_code == 403
        assert client.get(go("assistance_attach", pk)).status_code == 403
        assert client.post(go("assistance_suspend", pk)).status_code == 403
        assert client.post(go("assistance_reactivate", pk)).status_code == 403
        assert client.post(go("assistance_detach", pk, membership)).status_code == 403


def test_people_list_of_the_support_costs_the_same(people: People) -> None:
    def queries(words: str) -> int:
        client = people.client_for(people.support)
        with CaptureQueriesContext(connection) as captured:
            client.get(go("assistance"), {"q": words})
        return len(captured)

    assert queries("maire@poitiers") == queries("demo")


def test_technical_administration_reads_and_is_for_superusers(people: People) -> None:
    root = User.objects.create_superuser("root@example.org", PASSWORD, first_name="R", last_name="T")
    path = f"/administration-technique/accounts/membership/{people.poitiers_maire.membership.pk}/change/"

    as_root, as_staff = people.client_for(root), people.client_for(people.dgef)
    User.objects.filter(pk=people.dgef.user.pk).update(is_staff=True)

    assert as_root.get(path).status_code == 200
    assert as_root.post(path, {"role": "administrator"}).status_code == 403
    assert as_root.post(path.replace("change", "delete"), {"post": "yes"}).status_code == 403
    assert as_staff.get(path).status_code == 403

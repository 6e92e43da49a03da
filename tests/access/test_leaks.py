"""What must not show: files of others, letters never sent, what one side keeps to itself, names in the journal."""

from __future__ import annotations

import csv
import io
import json
import re

import pytest
from django.apps import apps
from django.utils import timezone

from accounts.actors import Actor
from accounts.enums import Side
from accounts.models import Membership, User
from accounts.queries import users_with
from accounts.roles import RELATIONS, Permission, Role
from accounts.scoping import ScopedQuerySet
from contracts.models import Contract
from contracts.notifications import recipients
from contracts.services.opening import open_file
from documents.enums import Visibility
from documents.models import IssuedDocument, Upload
from exchanges.models import InternalNote, Mail
from funding.queries import envelopes_visible_to
from journal.models import Event
from monitoring.figures import figures_for
from tests.access.table import ADDRESSES
from tests.access.test_matrix import FILE_ROUTES, parsed
from tests.access.world import WHO, World, address, ask, secret_note, upload_name
from tests.factories.accounts import member, prefecture, regional_prefecture
from tests.factories.territories import RegionFactory, gironde, poitiers

LISTS = (
    "/tableau-de-bord/",
    "/contrats/",
    "/contrats/?texte=bordeaux",
    "/contrats/?texte=CTAI-",
    "/contrats/?texte=BROUILLON",
    "/contrats/?etat=en-cours",
    "/contrats/?etape=1",
    "/contrats/?etat=letter_draft",
    "/contrats/?tri=-montant",
    "/contrats/?departement=33",
    "/contrats/?region=75",
    "/national/",
    "/enveloppes/",
    "/national/export.csv",
    "/national/export.csv?texte=bordeaux",
    "/national/export.csv?texte=BROUILLON",
)
PUBLIC = ("/", "/contrats-signes/", "/donnees/", "/donnees/contrats.csv", "/donnees/subventions.csv")
#: Those who see the files of Poitiers and none of the Gironde.
LOCALS = ("contributor", "local_signatory", "cosigner", "instructor", "state_signatory", "associated")
STATE = ("instructor", "state_signatory", "associated", "regional_coordinator", "national_viewer", "national_manager")


def actor_of(world: World, who: str) -> Actor:
    asker = world.askers[who]
    assert isinstance(asker, Actor)
    return asker


def found_in(world: World, who: str, urls: tuple[str, ...], *words: str) -> list[str]:
    """Return the addresses where one of the words shows, and the words."""
    pages = [(url, ask(world, who, "get", url).text) for url in urls]
    return [f"{url}: {word}" for url, text in pages for word in words if word in text]


def pages_of_own_file(world: World, who: str) -> dict[str, str]:
    """Return every page of the file of Poitiers that the person may open, as text; read once per world."""
    if who not in world.pages:
        expected = parsed(ADDRESSES)
        urls = {name: address(name, FILE_ROUTES[name], world.own) for name in FILE_ROUTES}
        shown = [name for name in urls if expected[name, "GET"][who] == "200"]
        world.pages[who] = {name: ask(world, who, "get", urls[name]).text for name in shown}
    return world.pages[who]


# --- files of others ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", LOCALS)
def test_file_of_another_departement_shows_nowhere(world: World, who: str) -> None:
    reference = str(world.foreign["reference"])
    name = "Bordeaux Métropole"

    assert found_in(world, who, LISTS, reference) == []
    assert found_in(world, who, ("/tableau-de-bord/", "/contrats/", "/national/export.csv"), name) == []
    assert world.own["reference"] in ask(world, who, "get", "/contrats/").text


@pytest.mark.parametrize("who", LOCALS)
def test_pages_of_a_file_name_no_other_file(world: World, who: str) -> None:
    reference = str(world.foreign["reference"])

    assert [name for name, text in pages_of_own_file(world, who).items() if reference in text] == []


def test_other_organisations_see_their_file_alone(world: World) -> None:
    client = world.people.client_for(world.people.gironde_agent)

    listed = client.get("/contrats/").content.decode()
    exported = b"".join(client.get("/national/export.csv").streaming_content).decode()  # type: ignore[attr-defined]

    assert world.foreign["reference"] in listed
    assert world.own["reference"] not in listed
    assert len(list(csv.reader(io.StringIO(exported), delimiter=";"))) == 2


def test_region_sees_its_departements_and_another_region_none(world: World) -> None:
    centre = RegionFactory.create(code="24", name="Centre-Val de Loire")
    other = member(regional_prefecture(centre), Role.REGIONAL_COORDINATOR, "sgar@centre.demo")
    client = world.people.client_for(other)
    references = (world.own["reference"], world.foreign["reference"])

    ours = ask(world, "regional_coordinator", "get", "/contrats/").text
    theirs = [client.get(url).content.decode() for url in ("/contrats/", "/national/", "/tableau-de-bord/")]
    exported = b"".join(client.get("/national/export.csv").streaming_content).decode()  # type: ignore[attr-defined]

    assert [each in ours for each in references] == [True, True]
    assert [each for text in (*theirs, exported) for each in references if each in text] == []
    assert client.get(f"/contrats/{references[0]}/").status_code == 404


def test_support_and_people_without_organisation_see_no_file(world: World) -> None:
    references = (world.own["reference"], world.foreign["reference"], world.draft["reference"])

    assert found_in(world, "administrator", LISTS, *references) == []
    for model in apps.get_models():
        manager = model._default_manager
        rows = manager.all()
        if isinstance(rows, ScopedQuerySet):
            visible = [rows.visible_to(each) for each in (None, world.people.support)]
            assert [each.exists() for each in visible] == [False, False], model


def test_envelopes_of_another_departement_do_not_exist(world: World) -> None:
    ours = prefecture(gironde())

    for who in ("instructor", "associated"):
        assert not envelopes_visible_to(actor_of(world, who)).filter(organisation=ours).exists()


def test_choices_of_people_hold_ones_own_organisation_alone(world: World) -> None:
    services = ask(world, "instructor", "get", address("contracts:services", ("reference",), world.own)).text
    delegation = ask(world, "contributor", "get", "/delegations/ajouter/").text

    assert "Castera" not in services
    assert "Robert" in services
    assert [name for name in ("Belaïd", "Robert", "Castera", "Petit") if name in delegation] == []


# --- letters never sent ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", STATE)
def test_letter_never_sent_shows_nowhere_to_the_state(world: World, who: str) -> None:
    assert found_in(world, who, LISTS, str(world.draft["reference"])) == []
    assert str(world.draft["reference"]) in ask(world, "contributor", "get", "/contrats/").text


@pytest.mark.parametrize("who", ["regional_coordinator", "national_viewer"])
def test_letter_never_sent_counts_nowhere(world: World, who: str) -> None:
    actor, now = actor_of(world, who), timezone.now()
    before = figures_for(actor, now)
    people = world.people

    open_file(porteur=poitiers(), by=people.poitiers_agent, now=now)

    assert figures_for(actor, now) == before


def test_public_pages_name_no_file_before_its_signature(world: World) -> None:
    references = [str(each["reference"]) for each in (world.own, world.foreign, world.draft)]

    assert found_in(world, "visitor", PUBLIC, *references, "Poitiers", "Bordeaux") == []


def test_verification_of_a_draft_tells_neither_parties_nor_people(world: World) -> None:
    codes = IssuedDocument.objects.filter(contract=world.own["contract"]).values_list("verification_code", flat=True)
    names = list(User.objects.values_list("last_name", flat=True))

    for code in codes:
        text = ask(world, "visitor", "get", f"/verifier/{code}/").text
        assert [name for name in names if re.search(rf"\b{name}\b", text)] == []


# --- what a side keeps to itself ------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", [who for who in WHO[2:] if who != "administrator"])
def test_internal_notes_show_to_their_organisation_alone(world: World, who: str) -> None:
    actor = actor_of(world, who)
    pages = pages_of_own_file(world, who) | {
        url: ask(world, who, "get", url).text for url in ("/tableau-de-bord/", "/contrats/", "/national/export.csv")
    }
    authors = (world.people.poitiers_agent, world.people.vienne_agent)

    for author in authors:
        note = secret_note("Poitiers", author)
        showing = sorted(name for name, text in pages.items() if note in text)
        own = author.organisation.pk == actor.organisation.pk
        assert bool(showing) == own, f"{note}: {showing}"
    assert InternalNote.objects.visible_to(actor).exclude(organisation=actor.organisation.pk).count() == 0


@pytest.mark.parametrize("who", [who for who in WHO[2:] if who != "administrator"])
def test_own_side_files_do_not_exist_for_the_others(world: World, who: str) -> None:
    actor = actor_of(world, who)
    pages = pages_of_own_file(world, who)
    reader_sides = {"local": ("contributor", "local_signatory", "cosigner"), "state": STATE[:3]}

    for author in (world.people.poitiers_agent, world.people.vienne_agent):
        for visibility in Visibility:
            name = upload_name(author, visibility)
            pk = world.own["uploads"][name]
            allowed = visibility == Visibility.SHARED or who in reader_sides[author.side.value]
            url = address("contracts:upload", FILE_ROUTES["contracts:upload"], world.own | {"upload": pk})
            showing = sorted(page for page, text in pages.items() if name in text)
            assert ask(world, who, "get", url).code == ("200" if allowed else "404"), name
            assert bool(showing) == allowed, f"{name}: {showing}"
            assert Upload.objects.visible_to(actor).filter(pk=pk).exists() == allowed


def test_collectivite_reads_neither_opinions_nor_amounts_under_review(world: World) -> None:
    for who in ("contributor", "local_signatory", "cosigner"):
        showing = [name for name, text in pages_of_own_file(world, who).items() if "DDETS" in text]
        assert showing == [], who


# --- mails ----------------------------------------------------------------------------------------------------------


def test_users_with_a_permission_are_those_of_the_parties(world: World) -> None:
    people = world.people
    parties = {people.poitiers_agent.organisation.pk, people.vienne_agent.organisation.pk}
    parties |= {actor_of(world, who).organisation.pk for who in ("cosigner", "associated", "regional_coordinator")}
    contract = Contract.objects.get(pk=world.own["contract"].pk)

    for permission in RELATIONS:
        for user in users_with(permission, contract):
            mine = set(Membership.objects.current().filter(user=user).values_list("organisation", flat=True))
            assert mine & parties, (permission, user.email)


def test_users_with_leaves_out_those_who_left_or_were_suspended(world: World) -> None:
    contract = Contract.objects.get(pk=world.own["contract"].pk)
    agent, prefet = world.people.vienne_agent, world.people.vienne_prefet
    Membership.objects.filter(pk=agent.membership.pk).update(ended_at=timezone.now())
    User.objects.filter(pk=prefet.user.pk).update(is_active=False)

    told = users_with(Permission.LETTER_ACKNOWLEDGE, contract)

    assert {agent.user, prefet.user} & set(told) == set()


def test_state_is_told_nothing_of_a_letter_never_sent(world: World) -> None:
    contract = Contract.objects.get(pk=world.draft["contract"].pk)

    state = [each for permission in RELATIONS for each in users_with(permission, contract) if not _is_local(each)]

    assert state == []
    assert not Mail.objects.filter(contract=contract).exists()


def _is_local(user: User) -> bool:
    return Membership.objects.filter(user=user, organisation__kind="local").exists()


def test_mails_of_a_file_go_to_its_parties_and_tell_nothing_internal(world: World) -> None:
    people = world.people
    parties = {people.poitiers_agent.organisation.pk, people.vienne_agent.organisation.pk}
    mails = Mail.objects.filter(contract=world.own["contract"].pk)
    allowed = set(Membership.objects.filter(organisation__in=parties).values_list("user__email", flat=True))

    assert mails.exists()
    assert set(mails.values_list("to", flat=True)) <= allowed
    assert [each.subject for each in mails if "confidentielle" in each.text + each.html] == []
    assert {url for each in mails for url in re.findall(r"https?://[^\s\"<]+", each.text)} == {
        f"http://127.0.0.1:8000/contrats/{world.own['reference']}/"
    }


def test_recipients_are_nobody_of_another_departement(world: World) -> None:
    contract = Contract.objects.get(pk=world.own["contract"].pk)
    foreign = {world.people.gironde_agent.user, world.people.bordeaux_agent.user}

    told = {user for side in (Side.LOCAL, Side.STATE) for user in recipients(contract, side)}

    assert told & foreign == set()


# --- journal --------------------------------------------------------------------------------------------------------


def test_journal_holds_ids_and_no_personal_name(world: World) -> None:
    users = User.objects.values_list("last_name", "email")
    words = {word for names in users for word in names} | {"Camille Renaud", "Renaud"}
    payloads = [(event.kind, json.dumps(event.payload, ensure_ascii=False)) for event in Event.objects.all()]

    found = [(kind, word) for kind, text in payloads for word in words if re.search(rf"\b{re.escape(word)}\b", text)]

    assert payloads
    assert found == []

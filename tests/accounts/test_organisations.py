"""Organisations made from the official list and described by their people."""

from datetime import datetime

import pytest
from django.core.exceptions import PermissionDenied

from accounts.enums import OrganisationKind
from accounts.models import Organisation, OrganisationService
from accounts.services import organisations
from journal.models import Event
from territories.names import BARE, LA
from tests.factories.accounts import prefecture
from tests.factories.territories import (
    DepartementFactory,
    RegionalAuthorityFactory,
    RegionFactory,
    bordeaux_metropole,
    gironde,
    nouvelle_aquitaine,
    poitiers,
    vienne,
)
from tests.people import People

SERVICE = {
    "kind": "ddets",
    "name": "DDETS de la Vienne",
    "siret": "",
    "address": "",
    "telephone": "05 49 55 70 00",
    "email": "",
    "contact_name": "",
    "shown_on_files": True,
}


@pytest.mark.django_db
def test_organisation_of_is_made_once_with_its_full_name() -> None:
    first = organisations.organisation_of(poitiers())
    second = organisations.organisation_of(poitiers())

    assert first.pk == second.pk
    assert (first.kind, first.name) == (OrganisationKind.LOCAL, "Commune de Poitiers")


@pytest.mark.django_db
def test_prefecture_is_that_of_the_departement_or_of_the_region() -> None:
    region = RegionalAuthorityFactory.create(region=nouvelle_aquitaine())
    overseas = RegionalAuthorityFactory.create(
        region=RegionFactory.create(code="01", name="Guadeloupe", tncc=LA),
        departement=DepartementFactory.create(code="971", name="Guadeloupe", tncc=LA),
    )

    assert organisations.prefecture_for(poitiers()) == prefecture(vienne())
    assert organisations.prefecture_for(bordeaux_metropole()) == prefecture(gironde())
    assert organisations.prefecture_for(region).kind == OrganisationKind.REGIONAL
    assert organisations.prefecture_for(overseas).kind == OrganisationKind.PREFECTURE


@pytest.mark.django_db
def test_sync_makes_each_state_organisation_once_and_renames() -> None:
    vienne()
    DepartementFactory.create(code="39", name="Jura", tncc=2, region=nouvelle_aquitaine())
    DepartementFactory.create(code="984", name="Terres australes", tncc=BARE, region=None)
    DepartementFactory.create(code="01", name="Ancien", tncc=BARE, region=nouvelle_aquitaine(), ceased_vintage=2027)

    first, second = organisations.sync_state_organisations(), organisations.sync_state_organisations()
    Organisation.objects.filter(departement="39").update(name="Autre nom")
    third = organisations.sync_state_organisations()

    assert (first, second, third) == (6, 0, 1)
    assert set(Organisation.objects.values_list("name", flat=True)) == {
        "Préfecture de la Vienne",
        "Préfecture du Jura",
        "Préfecture de la région Nouvelle-Aquitaine (SGAR)",
        "DGEF",
        "Diair",
        "Assistance du portail",
    }


def test_describe_changes_one_s_own_organisation_and_is_journaled(people: People, now: datetime) -> None:
    values = {"address": "1 place", "telephone": "05 49 52 35 35", "email": "contact@poitiers.example", "siret": ""}

    organisations.describe(by=people.poitiers_agent, now=now, **values)
    with pytest.raises(PermissionDenied):
        organisations.describe(by=people.diair, now=now, **values)

    town = Organisation.objects.get(pk=people.poitiers_agent.organisation.pk)
    assert (town.address, town.telephone) == ("1 place", "05 49 52 35 35")
    assert [event.kind for event in Event.objects.all()] == ["organisation_described"]


def test_services_are_those_of_one_s_own_organisation(people: People, now: datetime) -> None:
    service = organisations.add_service(values=SERVICE, by=people.vienne_agent, now=now)
    organisations.change_service(service=service, values={"name": "DDETS 86"}, by=people.vienne_agent, now=now)

    with pytest.raises(PermissionDenied):
        organisations.change_service(service=service, values={"name": "x"}, by=people.gironde_agent, now=now)
    with pytest.raises(PermissionDenied):
        organisations.remove_service(service=service, by=people.gironde_agent, now=now)
    assert OrganisationService.objects.get().name == "DDETS 86"

    organisations.remove_service(service=service, by=people.vienne_agent, now=now)
    assert not OrganisationService.objects.exists()
    assert Event.objects.count() == 3

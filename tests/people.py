"""The fixed cast of the tests: the people of the demonstration, a neighbour, and one who must never see anything."""

from dataclasses import dataclass

import pytest
from django.test import Client

from accounts.actors import Actor
from accounts.enums import OrganisationKind
from accounts.middleware import SESSION_KEY
from accounts.models import User
from accounts.roles import Role
from tests.factories.accounts import (
    UserFactory,
    central,
    local_organisation,
    member,
    prefecture,
    regional_prefecture,
)
from tests.factories.territories import bordeaux_metropole, gironde, nouvelle_aquitaine, poitiers, vienne

BACKEND = "django.contrib.auth.backends.ModelBackend"


@dataclass(frozen=True)
class People:
    """Each is an actor, ready to be the ``by=`` of a domain function, save the stranger."""

    poitiers_agent: Actor
    poitiers_maire: Actor
    bordeaux_agent: Actor
    vienne_agent: Actor
    vienne_prefet: Actor
    gironde_agent: Actor
    sgar: Actor
    diair: Actor
    dgef: Actor
    support: Actor
    stranger: User

    @property
    def actors(self) -> dict[str, Actor]:
        """Return the actors by name, in the order of the cast."""
        return {name: each for name, each in vars(self).items() if isinstance(each, Actor)}

    def client_for(self, person: Actor | User | None) -> Client:
        """Return a browser where the person is signed in and acts for their organisation; None is a visitor."""
        client = Client()
        if person is not None:
            client.force_login(person.user if isinstance(person, Actor) else person, backend=BACKEND)
        if isinstance(person, Actor):
            session = client.session
            session[SESSION_KEY] = person.membership.pk
            session.save()
        return client


def cast() -> People:
    """Put the cast in the database."""
    town, metropolis = local_organisation(poitiers()), local_organisation(bordeaux_metropole())
    in_vienne, in_gironde = prefecture(vienne()), prefecture(gironde())
    return People(
        poitiers_agent=member(
            town,
            Role.CONTRIBUTOR,
            "agent@poitiers.demo",
            first_name="Éloïse",
            last_name="Lefèvre",
            title="chargée de mission intégration",
            phone="05 49 52 35 35",
        ),
        poitiers_maire=member(
            town,
            Role.LOCAL_SIGNATORY,
            "maire@poitiers.demo",
            first_name="Claire",
            last_name="Dumont",
            title="maire",
            in_title=True,
            manages_people=True,
        ),
        bordeaux_agent=member(
            metropolis, Role.CONTRIBUTOR, "agent@bordeaux-metropole.demo", first_name="Karim", last_name="Belaïd"
        ),
        vienne_agent=member(
            in_vienne,
            Role.INSTRUCTOR,
            "agent@vienne.pref.demo",
            first_name="Inès",
            last_name="Robert",
            title="cheffe du bureau de l’intégration",
        ),
        vienne_prefet=member(
            in_vienne,
            Role.STATE_SIGNATORY,
            "prefet@vienne.pref.demo",
            first_name="Hélène",
            last_name="Marchand",
            title="préfète",
            in_title=True,
        ),
        gironde_agent=member(
            in_gironde, Role.INSTRUCTOR, "agent@gironde.pref.demo", first_name="Paul", last_name="Castera"
        ),
        sgar=member(
            regional_prefecture(nouvelle_aquitaine()),
            Role.REGIONAL_COORDINATOR,
            "sgar@nouvelle-aquitaine.demo",
            first_name="Anne",
            last_name="Etcheverry",
        ),
        diair=member(
            central(OrganisationKind.NATIONAL, "Diair"),
            Role.NATIONAL_VIEWER,
            "diair@national.demo",
            first_name="Samir",
            last_name="Haddad",
        ),
        dgef=member(
            central(OrganisationKind.NATIONAL, "DGEF"),
            Role.NATIONAL_MANAGER,
            "dgef@national.demo",
            first_name="Lucie",
            last_name="Perrin",
        ),
        support=member(
            central(OrganisationKind.SUPPORT, "Assistance du portail"),
            Role.ADMINISTRATOR,
            "support@national.demo",
            first_name="Maëlle",
            last_name="Kerbrat",
        ),
        stranger=UserFactory.create(email="inconnu@example.org", first_name="Jean", last_name="Sansfiche"),
    )


@pytest.fixture
def people(db: None) -> People:
    """The cast, in the database."""
    return cast()

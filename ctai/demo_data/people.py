"""The people of the demonstration: the accounts of the sign-in page, and those behind the other files."""

from __future__ import annotations

from datetime import datetime

from accounts.actors import Actor
from accounts.enums import OrganisationKind
from accounts.models import Membership, Organisation, OrganisationService, User
from accounts.roles import Role
from accounts.services.organisations import organisation_of, prefecture_for
from ctai.demo_data.journey import Duo
from ctai.demo_data.logos import give_logo
from territories.models import LocalAuthority

PASSWORD = "demo-ctai-2026"  # noqa: S105  (shown on the sign-in page of the demonstration)


def join(
    organisation: Organisation,
    role: Role,
    email: str,
    name: tuple[str, str],
    title: str,
    now: datetime,
    *,
    signs_in: bool = False,
    in_title: bool = False,
    manages: bool = False,
) -> Actor:
    """Return a person acting for an organisation, made once; only those who ``signs_in`` have a password."""
    user = User.objects.filter(email=email).first()
    if user is None:
        user = User.objects.create_user(
            email, PASSWORD if signs_in else None, first_name=name[0], last_name=name[1], date_joined=now
        )
    membership, _ = Membership.objects.get_or_create(
        user=user,
        organisation=organisation,
        ended_at=None,
        defaults={"role": role, "title": title, "in_title": in_title, "manages_people": manages, "started_at": now},
    )
    return Actor(membership)


def national(now: datetime) -> dict[str, Actor]:
    """Return the people of the ministry, of the région and of the support."""
    dgef = Organisation.objects.get(kind=OrganisationKind.NATIONAL, name="DGEF")
    diair = Organisation.objects.get(kind=OrganisationKind.NATIONAL, name="Diair")
    support = Organisation.objects.get(kind=OrganisationKind.SUPPORT)
    region = Organisation.objects.get(kind=OrganisationKind.REGIONAL, region="75")
    return {
        "dgef": join(
            dgef,
            Role.NATIONAL_MANAGER,
            "dgef@national.demo",
            ("Lucie", "Perrin"),
            "cheffe du bureau de l’intégration territoriale",
            now,
            signs_in=True,
            manages=True,
        ),
        "diair": join(
            diair,
            Role.NATIONAL_VIEWER,
            "diair@national.demo",
            ("Samir", "Haddad"),
            "chargé de mission",
            now,
            signs_in=True,
        ),
        "support": join(
            support,
            Role.ADMINISTRATOR,
            "support@national.demo",
            ("Maëlle", "Kerbrat"),
            "assistance",
            now,
            signs_in=True,
        ),
        "sgar": join(
            region,
            Role.REGIONAL_COORDINATOR,
            "sgar@nouvelle-aquitaine.demo",
            ("Anne", "Etcheverry"),
            "chargée de mission au SGAR",
            now,
            signs_in=True,
            manages=True,
        ),
    }


def vienne(now: datetime) -> Duo:
    """Return the préfecture de la Vienne, with its address and service."""
    organisation = Organisation.objects.get(kind=OrganisationKind.PREFECTURE, departement="86")
    _reachable(organisation, "Place Aristide-Briand\n86000 Poitiers", "05 49 00 00 86")
    OrganisationService.objects.get_or_create(
        organisation=organisation,
        name="DDETS de la Vienne, pôle intégration (démonstration)",
        defaults={
            "kind": "ddets",
            "telephone": "05 49 00 00 87",
            "email": "integration@vienne.pref.demo",
            "address": "Poitiers",
            "contact_name": "Inès Robert",
        },
    )
    return Duo(
        join(
            organisation,
            Role.INSTRUCTOR,
            "agent@vienne.pref.demo",
            ("Inès", "Robert"),
            "cheffe du bureau de l’intégration",
            now,
            signs_in=True,
        ),
        join(
            organisation,
            Role.STATE_SIGNATORY,
            "prefet@vienne.pref.demo",
            ("Hélène", "Marchand"),
            "préfète de la Vienne",
            now,
            signs_in=True,
            in_title=True,
            manages=True,
        ),
    )


def gironde(now: datetime) -> Duo:
    """Return the préfecture de la Gironde."""
    organisation = Organisation.objects.get(kind=OrganisationKind.PREFECTURE, departement="33")
    _reachable(organisation, "2, esplanade Charles-de-Gaulle\n33000 Bordeaux", "05 56 00 00 33")
    return Duo(
        join(
            organisation,
            Role.INSTRUCTOR,
            "agent@gironde.pref.demo",
            ("Paul", "Castera"),
            "chargé de mission intégration",
            now,
            signs_in=True,
        ),
        join(
            organisation,
            Role.STATE_SIGNATORY,
            "prefet@gironde.pref.demo",
            ("Marc", "Delaunay"),
            "préfet de la Gironde",
            now,
            in_title=True,
            manages=True,
        ),
    )


def town(authority: LocalAuthority, now: datetime, *, signs_in: bool = False) -> Duo:
    """Return the agent and the signatory of a collectivité."""
    organisation = organisation_of(authority)
    _reachable(organisation, f"Hôtel de ville\n{authority.name}", "05 49 00 00 00")
    slug = "poitiers" if signs_in else authority.uid.replace(":", "-")
    duo = Duo(
        join(
            organisation,
            Role.CONTRIBUTOR,
            f"agent@{slug}.demo",
            ("Éloïse", "Lefèvre") if signs_in else ("Dominique", "Garnier"),
            "chargée de mission intégration",
            now,
            signs_in=signs_in,
        ),
        join(
            organisation,
            Role.LOCAL_SIGNATORY,
            f"maire@{slug}.demo",
            ("Claire", "Dumont") if signs_in else ("Frédérique", "Moreau"),
            authority.executive_full_title,
            now,
            signs_in=signs_in,
            in_title=True,
            manages=True,
        ),
    )
    give_logo(duo.agent, now)
    return duo


def service_of(authority: LocalAuthority) -> Organisation:
    """Return the préfecture of a collectivité."""
    return prefecture_for(authority)


def _reachable(organisation: Organisation, address: str, telephone: str) -> None:
    if not organisation.address:
        organisation.address, organisation.telephone = address, telephone
        organisation.save(update_fields=["address", "telephone"])

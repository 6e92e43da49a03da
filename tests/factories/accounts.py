"""People and organisations, of every kind that the rights tell apart."""

from datetime import UTC, datetime
from typing import Any

import factory

from accounts.actors import Actor
from accounts.enums import OrganisationKind
from accounts.models import Membership, Organisation, User
from accounts.roles import ROLES_OF_KIND, Role
from territories.models import Departement, LocalAuthority, Region
from tests.factories.territories import CommuneFactory

PASSWORD = "demo-ctai-2026"
SINCE = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


class UserFactory(factory.django.DjangoModelFactory[User]):
    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda number: f"personne{number}@example.org")
    first_name = "Camille"
    last_name = factory.Sequence(lambda number: f"Nom{number}")
    date_joined = SINCE

    @classmethod
    def _create(cls, model_class: type[User], *args: Any, **kwargs: Any) -> User:
        return model_class.objects.create_user(kwargs.pop("email"), kwargs.pop("password", PASSWORD), **kwargs)


class OrganisationFactory(factory.django.DjangoModelFactory[Organisation]):
    """The organisation of a commune, unless told otherwise."""

    class Meta:
        model = Organisation

    kind = OrganisationKind.LOCAL
    local_authority = factory.SubFactory(CommuneFactory)
    name = factory.LazyAttribute(lambda organisation: organisation.local_authority.full_name)
    created_at = SINCE


class MembershipFactory(factory.django.DjangoModelFactory[Membership]):
    """A person who acts for an organisation in the first role of its kind, unless told otherwise."""

    class Meta:
        model = Membership

    user = factory.SubFactory(UserFactory)
    organisation = factory.SubFactory(OrganisationFactory)
    role = factory.LazyAttribute(lambda membership: ROLES_OF_KIND[membership.organisation.kind][0])
    started_at = SINCE


def local_organisation(authority: LocalAuthority) -> Organisation:
    """Return the organisation of an authority, made once."""
    found = Organisation.objects.filter(local_authority=authority).first()
    return found or OrganisationFactory.create(local_authority=authority)


def prefecture(departement: Departement) -> Organisation:
    """Return the préfecture of a département, made once."""
    found = Organisation.objects.filter(kind=OrganisationKind.PREFECTURE, departement=departement).first()
    return found or OrganisationFactory.create(
        kind=OrganisationKind.PREFECTURE,
        local_authority=None,
        departement=departement,
        region=departement.region,
        name=departement.prefecture_name,
    )


def regional_prefecture(region: Region) -> Organisation:
    """Return the préfecture of a région, made once."""
    found = Organisation.objects.filter(kind=OrganisationKind.REGIONAL, region=region).first()
    return found or OrganisationFactory.create(
        kind=OrganisationKind.REGIONAL, local_authority=None, region=region, name=f"{region.prefecture_name} (SGAR)"
    )


def central(kind: OrganisationKind, name: str) -> Organisation:
    """Return a central administration or the support, made once."""
    found = Organisation.objects.filter(kind=kind, name=name).first()
    return found or OrganisationFactory.create(kind=kind, local_authority=None, name=name)


def member(organisation: Organisation, role: Role, email: str, **fields: Any) -> Actor:
    """Return a new person acting for an organisation; first_name, last_name and phone are the person's."""
    person = {name: fields.pop(name) for name in ("first_name", "last_name", "phone") if name in fields}
    user = UserFactory.create(email=email, **person)
    return Actor(MembershipFactory.create(user=user, organisation=organisation, role=role, **fields))

"""The organisations: made from the official list, described by their own people."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.actors import Actor
from accounts.enums import OrganisationKind
from accounts.models import Organisation, OrganisationService
from accounts.roles import Permission
from accounts.services.guard import require
from journal.services import record
from territories.models import Departement, LocalAuthority, Region

CENTRAL = (
    (OrganisationKind.NATIONAL, "DGEF"),
    (OrganisationKind.NATIONAL, "Diair"),
    (OrganisationKind.SUPPORT, "Assistance du portail"),
)
Progress = Callable[[Iterable[Any]], Iterable[Any]]

# --- made from the official list ------------------------------------------------------------------


def organisation_of(authority: LocalAuthority) -> Organisation:
    """Return the organisation of a local authority, made at the first need; two at once get the same."""
    organisation, _ = Organisation.objects.get_or_create(
        local_authority=authority, defaults={"kind": OrganisationKind.LOCAL, "name": authority.full_name}
    )
    return organisation


def prefecture_for(authority: LocalAuthority) -> Organisation:
    """Return the préfecture of an authority: of its département; of the région for a région of the mainland."""
    territory = authority.territory
    return _of_departement(territory) if isinstance(territory, Departement) else _of_region(territory)


def support() -> Organisation:
    """Return the organisation that helps the users of the portal."""
    kind, name = CENTRAL[-1]
    return Organisation.objects.filter(kind=kind).order_by("pk").first() or Organisation.objects.create(
        kind=kind, name=name
    )


@transaction.atomic
def sync_state_organisations(progress: Progress = iter) -> int:
    """Make the préfectures, the regional ones and the central administrations that are missing; rename the others.

    Idempotent. Returns how many were made or renamed.

    Args:
        progress: wraps the iterable of territories, to draw a bar.
    """
    departements = Departement.objects.filter(ceased_vintage=None).select_related("region").order_by("code")
    regions = Region.objects.filter(ceased_vintage=None).order_by("code")
    before = dict(Organisation.objects.filter(local_authority=None).values_list("pk", "name"))
    for place in progress([*(each for each in departements if each.has_prefecture), *regions]):
        made = _of_departement(place) if isinstance(place, Departement) else _of_region(place)
        _rename(made, _name_of(place))
    for kind, name in CENTRAL:
        if not Organisation.objects.filter(kind=kind, name=name).exists():
            Organisation.objects.create(kind=kind, name=name)
    after = dict(Organisation.objects.filter(local_authority=None).values_list("pk", "name"))
    return sum(before.get(pk) != name for pk, name in after.items())


def _of_departement(departement: Departement) -> Organisation:
    organisation, _ = Organisation.objects.get_or_create(
        kind=OrganisationKind.PREFECTURE,
        departement=departement,
        defaults={"name": _name_of(departement), "region_id": departement.region_id},
    )
    return organisation


def _of_region(region: Region) -> Organisation:
    organisation, _ = Organisation.objects.get_or_create(
        kind=OrganisationKind.REGIONAL, region=region, defaults={"name": _name_of(region)}
    )
    return organisation


def _name_of(place: Departement | Region) -> str:
    return place.prefecture_name if isinstance(place, Departement) else f"{place.prefecture_name} (SGAR)"


def _rename(organisation: Organisation, name: str) -> None:
    if organisation.name != name:
        organisation.name = name
        organisation.save(update_fields=["name"])


# --- described by its people ----------------------------------------------------------------------


@transaction.atomic
def describe(*, address: str, telephone: str, email: str, siret: str, by: Actor, now: datetime) -> None:
    """Write how to reach the actor's organisation."""
    require(by, Permission.ORGANISATION_EDIT)
    Organisation.objects.filter(pk=by.organisation.pk).update(
        address=address, telephone=telephone, email=email, siret=siret
    )
    record(kind="organisation_described", by=by, now=now, payload={"organisation": by.organisation.pk})


@transaction.atomic
def add_service(*, values: dict[str, Any], by: Actor, now: datetime) -> OrganisationService:
    """Add a service (sous-préfecture, DDETS) to the actor's organisation.

    The values are its kind, name, siret, address, telephone, email, contact_name and shown_on_files.
    """
    require(by, Permission.ORGANISATION_EDIT)
    service = OrganisationService.objects.create(organisation=by.organisation, **values)
    _record_service("service_added", service, by, now)
    return service


@transaction.atomic
def change_service(*, service: OrganisationService, values: dict[str, Any], by: Actor, now: datetime) -> None:
    """Change the contact of a service of the actor's organisation."""
    require(by, Permission.ORGANISATION_EDIT, service.organisation)
    OrganisationService.objects.filter(pk=service.pk).update(**values)
    _record_service("service_changed", service, by, now)


@transaction.atomic
def remove_service(*, service: OrganisationService, by: Actor, now: datetime) -> None:
    """Remove a service of the actor's organisation from its contacts."""
    require(by, Permission.ORGANISATION_EDIT, service.organisation)
    _record_service("service_removed", service, by, now)
    service.delete()


def _record_service(kind: str, service: OrganisationService, by: Actor, now: datetime) -> None:
    payload = {"organisation": service.organisation_id, "service": service.pk}
    record(kind=kind, by=by, now=now, payload=payload)

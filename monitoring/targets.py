"""What is signed in the year against what the ministry expects of each préfet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Count, Q

from accounts.actors import Actor
from accounts.enums import OrganisationKind
from accounts.models import Organisation
from accounts.roles import Role
from campaigns.models import CampaignTarget
from contracts.filters import SIGNED_STATES
from contracts.models import Contract
from monitoring.exports import Line
from territories.words import search_name_of

TARGET_HEADER = ("région", "préfecture", "année", "contrats signés", "objectif", "reste à signer")


@dataclass(frozen=True, slots=True)
class Target:
    """A préfecture with the contracts signed in the year and those expected; None: nothing was asked of it."""

    organisation: Organisation
    signed: int
    expected: int | None

    @property
    def region(self) -> str:
        place = self.organisation.region or (self.organisation.departement and self.organisation.departement.region)
        return place.name if place else "Outre-mer sans région"

    @property
    def label(self) -> str:
        return f"{self.region} – {self.organisation.name}"

    @property
    def missing(self) -> int | None:
        """How many contracts remain to be signed; never below zero."""
        return None if self.expected is None else max(self.expected - self.signed, 0)


def targets_for(actor: Actor, year: int) -> list[Target]:
    """Return the préfectures in the reader’s scope with a target or a signature, by région: three queries."""
    files = Contract.objects.visible_to(actor).filter(state__in=SIGNED_STATES, signed_at__year=year)
    signed = dict(files.order_by().values_list("lead_service").annotate(total=Count("pk")))
    targets = CampaignTarget.objects.filter(campaign__year=year)
    expected = dict(targets.values_list("organisation", "contracts"))
    aimed = Q(pk__in=targets.values("organisation"))
    if actor.role == Role.REGIONAL_COORDINATOR:
        region = actor.organisation.region_id
        aimed &= Q(region=region, kind=OrganisationKind.REGIONAL) | Q(departement__region=region)
    organisations = Organisation.objects.filter(
        aimed | Q(pk__in=files.order_by().values("lead_service"))
    ).select_related("region", "departement__region")
    rows = [Target(each, signed.get(each.pk, 0), expected.get(each.pk)) for each in organisations.order_by("pk")]
    return sorted(rows, key=lambda each: (search_name_of(each.region), each.organisation.name, each.organisation.pk))


def target_lines(targets: list[Target], year: int) -> Iterator[Line]:
    """Return the targets as an export."""
    for each in targets:
        yield (each.region, each.organisation.name, year, each.signed, each.expected, each.missing)

"""The parts of a campaign that are rows: its axes, the extensions of its deadline, the targets of the préfets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Model, QuerySet
from django.utils.text import slugify

from accounts.actors import Actor
from accounts.enums import OrganisationKind
from accounts.models import Organisation
from campaigns.errors import Refused
from campaigns.models import Axis, Campaign, CampaignAxis, CampaignTarget, DeadlineExtension, ReviewCriterion
from campaigns.questions import require_manager
from journal.services import record
from territories.models import Departement, LocalAuthority, Region

CODE_LENGTH = 20
PLACES: dict[type[Model], str] = {Region: "region", Departement: "departement", LocalAuthority: "authority"}


@dataclass(frozen=True, slots=True, kw_only=True)
class AxisSetting:
    """An axis as the manager sets it for the year."""

    axis_id: int
    rank: int
    active: bool
    mandatory: bool


@transaction.atomic
def set_axes(
    *, campaign: Campaign, settings: Sequence[AxisSetting], new_label: str = "", by: Actor, now: datetime
) -> None:
    """Set the order, the activity and the obligation of the axes of a year; a new one may come at the end.

    Raises:
        PermissionDenied: the actor does not manage campaigns.
        Refused: an axis is mandatory without being active, or the new one exists.
    """
    _lock(campaign, by)
    rows = {each.axis_id: each for each in campaign.axes.select_related("axis")}
    for setting in settings:
        row = rows[setting.axis_id]
        if setting.mandatory and not setting.active:
            raise Refused(f"L’axe « {row.axis.label} » ne peut pas être obligatoire sans être actif.")
        row.rank, row.active, row.mandatory = setting.rank, setting.active, setting.mandatory
    for place, row in enumerate(sorted(rows.values(), key=lambda each: (each.rank, each.pk)), start=1):
        row.rank = place
    CampaignAxis.objects.bulk_update(rows.values(), ["rank", "active", "mandatory"])
    if new_label:
        CampaignAxis.objects.create(campaign=campaign, axis=_new_axis(new_label), rank=len(rows) + 1)
    mandatory = sorted(each.axis.code for each in rows.values() if each.mandatory)
    record(
        kind="campaign_axes_set",
        by=by,
        now=now,
        payload={"campaign": campaign.pk, "year": campaign.year, "mandatory_axes": mandatory},
    )


def _new_axis(label: str) -> Axis:
    code = slugify(label).replace("-", "_").upper()[:CODE_LENGTH]
    if not code or Axis.objects.filter(code=code).exists() or Axis.objects.filter(label__iexact=label).exists():
        raise Refused(f"Un axe « {label} » existe déjà.")
    return Axis.objects.create(code=code, label=label, rank=Axis.objects.count() + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionSetting:
    """A criterion as the manager sets it; ``pk`` is None for a new one."""

    pk: int | None
    label: str
    guidance: str
    points: int
    rank: int
    active: bool


@transaction.atomic
def set_criteria(*, campaign: Campaign, settings: Sequence[CriterionSetting], by: Actor, now: datetime) -> None:
    """Set the grid of the year; a criterion is set aside rather than erased, since files may bear its grade.

    Raises:
        PermissionDenied: the actor does not manage campaigns.
        Refused: two criteria bear the same name.
    """
    _lock(campaign, by)
    rows = {each.pk: each for each in campaign.criteria.order_by("pk")}
    named = {each.label.casefold(): each.pk for each in rows.values()}
    given = {each.pk for each in settings}
    # The same form sent twice, or by two people, adds its new criterion once.
    added = {name: pk for name, pk in named.items() if pk not in given}
    known = {each: each.pk or added.get(each.label.casefold(), 0) for each in settings}
    left = [name for name, pk in added.items() if pk not in known.values()]
    labels = [*left, *(each.label.casefold() for each in settings)]
    if len(set(labels)) < len(labels):
        raise Refused("Deux critères portent le même intitulé.")
    _free_labels([pk for pk in known.values() if pk in rows])
    for place, setting in enumerate(sorted(settings, key=lambda each: each.rank), start=1):
        row = rows.get(known[setting]) or ReviewCriterion(campaign=campaign)
        row.label, row.guidance, row.points = setting.label, setting.guidance, setting.points
        row.rank, row.active = place, setting.active
        row.save()
    payload = {"campaign": campaign.pk, "year": campaign.year, "criteria": len(settings)}
    record(kind="campaign_criteria_set", by=by, now=now, payload=payload)


def _free_labels(keys: Sequence[int]) -> None:
    """Let two criteria exchange their labels, which are used once at any instant."""
    for pk in keys:
        ReviewCriterion.objects.filter(pk=pk).update(label=f"#{pk}")


def _lock(campaign: Campaign, by: Actor) -> None:
    """Let one change of a campaign wait for the other, made by whoever manages campaigns.

    Raises:
        PermissionDenied: otherwise.
    """
    require_manager(by)
    Campaign.objects.select_for_update(of=("self",), no_key=True).get(pk=campaign.pk)


@transaction.atomic
def extend_deadline(
    *,
    campaign: Campaign,
    territory: Region | Departement | LocalAuthority,
    deadline: date,
    reason: str,
    by: Actor,
    now: datetime,
) -> DeadlineExtension:
    """Give a territory until a later day to submit its requests; a second extension replaces the first.

    Raises:
        PermissionDenied: the actor does not manage campaigns.
        Refused: the day is not later than the campaign's, or after its end.
    """
    require_manager(by)
    if not campaign.submission_deadline < deadline <= campaign.closes_on:
        raise Refused("La nouvelle date doit suivre la date limite de dépôt, sans dépasser la clôture de la campagne.")
    place: dict[str, Any] = {PLACES[type(territory)]: territory}
    extension, _ = DeadlineExtension.objects.update_or_create(
        campaign=campaign,
        **place,
        defaults={"deadline": deadline, "reason": reason, "granted_by": by.user, "granted_at": now},
    )
    _record_extension("deadline_extended", extension, by, now)
    return extension


@transaction.atomic
def remove_extension(*, extension: DeadlineExtension, by: Actor, now: datetime) -> None:
    """Put a territory back to the deadline of everyone; the journal keeps what it had.

    Raises:
        PermissionDenied: the actor does not manage campaigns.
    """
    _lock(extension.campaign, by)
    if DeadlineExtension.objects.filter(pk=extension.pk).exists():
        _record_extension("deadline_extension_removed", extension, by, now)
        extension.delete()


def _record_extension(kind: str, extension: DeadlineExtension, by: Actor, now: datetime) -> None:
    payload = {
        "campaign": extension.campaign_id,
        "region": extension.region_id,
        "departement": extension.departement_id,
        "authority": extension.authority_id,
        "deadline": extension.deadline.isoformat(),
        "reason": extension.reason,
    }
    record(kind=kind, by=by, now=now, payload=payload)


@transaction.atomic
def set_targets(*, campaign: Campaign, targets: Mapping[int, int | None], by: Actor, now: datetime) -> None:
    """Set the contracts expected of each préfet, by the id of the organisation; None: no target.

    Raises:
        PermissionDenied: the actor does not manage campaigns.
    """
    _lock(campaign, by)
    known = set(prefets().filter(pk__in=list(targets)).values_list("pk", flat=True))
    CampaignTarget.objects.filter(campaign=campaign, organisation__in=known).delete()
    wanted = {pk: count for pk, count in targets.items() if pk in known and count is not None}
    CampaignTarget.objects.bulk_create(
        CampaignTarget(campaign=campaign, organisation_id=pk, contracts=count) for pk, count in wanted.items()
    )
    payload = {"campaign": campaign.pk, "year": campaign.year, "total": sum(wanted.values())}
    record(kind="campaign_targets_set", by=by, now=now, payload=payload)


def prefets() -> QuerySet[Organisation]:
    """Return the organisations to which a target may be given, régions first."""
    kinds = (OrganisationKind.PREFECTURE, OrganisationKind.REGIONAL)
    return Organisation.objects.filter(kind__in=kinds).order_by("-kind", "name", "pk")

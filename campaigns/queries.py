"""What is read of campaigns: the one in force, its axes and its questions."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import TypedDict

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils import timezone
from django_stubs_ext import WithAnnotations

from campaigns.models import (
    Axis,
    Campaign,
    CampaignAxis,
    CampaignTarget,
    DeadlineExtension,
    Question,
    QuestionSet,
    ReviewCriterion,
)


def current_campaign(now: datetime) -> Campaign | None:
    """Return the open campaign with published questions: that of the civil year at Paris, else the latest."""
    year = timezone.localtime(now).year
    published = QuestionSet.objects.filter(campaign=OuterRef("pk"), published_at__isnull=False)
    ready = list(Campaign.objects.filter(Exists(published), is_open=True).order_by("-year"))
    return next((each for each in ready if each.year == year), ready[0] if ready else None)


def latest_campaign() -> Campaign | None:
    """Return the campaign of the latest year, open or not."""
    return Campaign.objects.order_by("-year").first()


def open_years() -> frozenset[int]:
    """Return the years whose campaign is open, on which the State may commit money."""
    return frozenset(Campaign.objects.filter(is_open=True).values_list("year", flat=True))


def latest_question_set(campaign: Campaign) -> QuestionSet | None:
    """Return the last version of the questions that was published."""
    return campaign.question_sets.filter(published_at__isnull=False).order_by("-number").first()


def axes_of(campaign: Campaign | None) -> list[Axis]:
    """Return the axes of the campaign in its order; without campaign, every active axis."""
    if campaign is None:
        return list(Axis.objects.filter(active=True).order_by("rank", "pk"))
    rows = CampaignAxis.objects.filter(campaign=campaign, active=True).select_related("axis").order_by("rank", "pk")
    return [each.axis for each in rows]


def mandatory_axes(campaign: Campaign) -> dict[str, str]:
    """Return the codes and labels of the axes on which an action is mandatory that year."""
    rows = CampaignAxis.objects.filter(campaign=campaign, mandatory=True).select_related("axis").order_by("rank", "pk")
    return {each.axis.code: each.axis.label for each in rows}


def with_mandatory_axes() -> list[Campaign]:
    """Return every campaign, the latest first, with its axes and extensions: three queries."""
    axes = CampaignAxis.objects.select_related("axis").order_by("rank", "pk")
    extensions = DeadlineExtension.objects.select_related("region", "departement", "authority").order_by("pk")
    campaigns = Campaign.objects.prefetch_related(Prefetch("axes", axes), Prefetch("extensions", extensions))
    return list(campaigns.order_by("-year"))


def extensions_of(campaign: Campaign) -> QuerySet[DeadlineExtension]:
    """Return the extensions of a campaign, the latest first, with their territory: one query."""
    rows = campaign.extensions.select_related("region", "departement", "authority", "granted_by")
    return rows.order_by("-deadline", "pk")


def deadline_for(campaign: Campaign, *, region: str | None, departement: str | None, authority: int) -> date:
    """Return the last day of submission for the files of a collectivité, the longest extension counting: one query.

    Args:
        campaign: the year.
        region: code of its région.
        departement: code of its département, if it has one.
        authority: id of the collectivité.
    """
    here = Q(region=region, region__isnull=False) | Q(departement=departement, departement__isnull=False)
    rows = campaign.extensions.filter(here | Q(authority=authority)).values_list("deadline", flat=True)
    return max([campaign.submission_deadline, *rows])


def targets_of(campaign: Campaign) -> dict[int, int]:
    """Return the contracts expected of each préfet, by the id of the organisation: one query."""
    rows = CampaignTarget.objects.filter(campaign=campaign)
    return dict(rows.values_list("organisation", "contracts"))


def eligible_accounts(years: Iterable[int]) -> dict[int, frozenset[str]]:
    """Return the accounts of the charges that the State may fund, for the years that have a campaign: one query."""
    rows = Campaign.objects.filter(year__in=list(years)).values_list("year", "eligible_accounts")
    return {year: frozenset(accounts) for year, accounts in rows}


def criteria_of(campaign: Campaign) -> QuerySet[ReviewCriterion]:
    """Return the criteria of a campaign's grid in their order, the inactive ones included."""
    return campaign.criteria.order_by("rank", "pk")


class _Use(TypedDict):
    files: int


def versions_of(campaign: Campaign) -> list[WithAnnotations[QuestionSet, _Use]]:
    """Return the versions of a campaign's questions, the latest first, with ``files`` that use each: one query."""
    versions = campaign.question_sets.select_related("created_by").annotate(files=Count("diagnostics"))
    return list(versions.order_by("-number"))


def questions_of(question_set: QuestionSet) -> list[Question]:
    """Return the sections of a version in their order, with their axis: one query."""
    return list(question_set.questions.select_related("axis").order_by("rank", "pk"))

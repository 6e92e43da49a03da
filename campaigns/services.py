"""The door of campaigns: reference axes, opening of a year, publication of its questions."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from accounts.actors import Actor
from campaigns.defaults import AXES, CRITERIA, QuestionDraft, questions
from campaigns.models import Axis, Campaign, CampaignAxis, CampaignTarget, Question, QuestionSet, ReviewCriterion
from campaigns.queries import latest_question_set
from campaigns.questions import require_manager
from journal.services import record


def ensure_reference_rows() -> None:
    """Create the axes that are missing; a label that the ministry changed is left alone."""
    Axis.objects.bulk_create(
        [Axis(code=code, label=label, rank=rank) for rank, (code, label) in enumerate(AXES, start=1)],
        ignore_conflicts=True,
    )


@transaction.atomic
def open_campaign(
    *,
    year: int,
    opens_on: date,
    submission_deadline: date,
    closes_on: date,
    by: Actor,
    now: datetime,
    mandatory_axes: Collection[str] | None = None,
    **settings: Any,
) -> Campaign:
    """Open the campaign of a year: axes, targets, questions and settings of the previous one, or the default ones.

    Args:
        year: the budget year; one campaign each.
        opens_on: first day of the calendar shown to the parties.
        submission_deadline: day after which a request is late (shown, never refused).
        closes_on: last day of the calendar.
        by: a national manager.
        now: the instant of the opening.
        mandatory_axes: codes of the axes on which an action is mandatory; None keeps those of the previous year.
        settings: other fields of ``Campaign`` (thresholds, delays, instruction); those not given keep the previous
            year's value.

    Raises:
        PermissionDenied: the actor does not manage campaigns.
        ValidationError: a date or a setting does not hold, or the year is already open.
    """
    require_manager(by)
    ensure_reference_rows()
    previous = Campaign.objects.filter(year__lt=year).order_by("-year").first()
    campaign = Campaign(
        year=year,
        opens_on=opens_on,
        submission_deadline=submission_deadline,
        closes_on=closes_on,
        is_open=True,
        opened_by=by.user,
        opened_at=now,
        **({**_carried_over(previous), **settings}),
    )
    campaign.full_clean()
    try:
        with transaction.atomic():
            campaign.save()
    except IntegrityError:
        campaign.full_clean()  # the same year was opened in the same instant: says so as if it had been before
        raise
    _copy_axes(campaign, previous, mandatory_axes)
    _copy_targets(campaign, previous)
    _copy_criteria(campaign, previous)
    question_set = publish_questions(campaign=campaign, by=by, now=now, drafts=_last_questions(campaign, previous))
    record(
        kind="campaign_opened",
        by=by,
        now=now,
        payload={"campaign": campaign.pk, "year": year, "question_set": question_set.pk},
    )
    return campaign


@transaction.atomic
def change_campaign(*, campaign: Campaign, by: Actor, now: datetime, **settings: Any) -> Campaign:
    """Change the calendar and the settings of a campaign; files under way follow.

    Raises:
        PermissionDenied: the actor does not manage campaigns.
        ValidationError: a date or a setting does not hold.
    """
    require_manager(by)
    for name, value in settings.items():
        setattr(campaign, name, value)
    campaign.full_clean()
    campaign.save(update_fields=list(settings))
    record(
        kind="campaign_changed",
        by=by,
        now=now,
        payload={"campaign": campaign.pk, "year": campaign.year, "settings": sorted(settings)},
    )
    return campaign


@transaction.atomic
def close_campaign(*, campaign: Campaign, by: Actor, now: datetime) -> None:
    """Close a campaign: its envelope takes no new commitment and no file begins on its questions."""
    require_manager(by)
    if Campaign.objects.filter(pk=campaign.pk, is_open=True).update(is_open=False):
        record(kind="campaign_closed", by=by, now=now, payload={"campaign": campaign.pk, "year": campaign.year})


@transaction.atomic
def publish_questions(
    *, campaign: Campaign, by: Actor, now: datetime, drafts: Collection[QuestionDraft] | None = None
) -> QuestionSet:
    """Publish a new version of the questions, the default ones unless given; files under way keep theirs.

    A draft that was being prepared gives way.
    """
    require_manager(by)
    QuestionSet.objects.filter(campaign=campaign, published_at__isnull=True).delete()
    axes = campaign.axes.filter(active=True).select_related("axis").order_by("rank", "pk")
    last = campaign.question_sets.order_by("-number").first()
    question_set = QuestionSet.objects.create(
        campaign=campaign, number=last.number + 1 if last else 1, created_by=by.user, created_at=now
    )
    Question.objects.bulk_create(
        Question(
            question_set=question_set,
            key=draft.key,
            title=draft.title,
            guidance=draft.guidance,
            axis_id=draft.axis_id,
            mandatory=draft.mandatory,
            rank=rank,
            expected_indicators=[{"label": label, "unit": unit} for label, unit in draft.indicators],
        )
        for rank, draft in enumerate(drafts if drafts is not None else questions(axes), start=1)
    )
    question_set.published_at = now
    question_set.save(update_fields=["published_at"])
    return question_set


_CARRIED = (
    "silence_months",
    "minutes_days",
    "correction_days",
    "opinion_days",
    "opinions_block",
    "same_day_signature",
    "agir_threshold",
    "rate_threshold",
    "contract_target",
    "eligible_accounts",
    "advance_share",
    "instalment_share",
    "balance_share",
    "coherence",
)


def _carried_over(previous: Campaign | None) -> dict[str, Any]:
    return {} if previous is None else {name: getattr(previous, name) for name in _CARRIED}


def _copy_axes(campaign: Campaign, previous: Campaign | None, mandatory: Collection[str] | None) -> None:
    active = Axis.objects.filter(active=True)
    known = set(active.values_list("pk", flat=True))
    if previous is None:
        wanted = [CampaignAxis(axis=axis, rank=axis.rank) for axis in active.order_by("rank", "pk")]
    else:
        wanted = [
            CampaignAxis(axis=each.axis, rank=each.rank, active=each.active, mandatory=each.mandatory)
            for each in previous.axes.select_related("axis").order_by("rank", "pk")
            if each.axis_id in known
        ]
    for each in wanted:
        each.campaign = campaign
        if mandatory is not None:
            each.mandatory = each.axis.code in mandatory
            each.active = each.active or each.mandatory
    CampaignAxis.objects.bulk_create(wanted)


def _copy_targets(campaign: Campaign, previous: Campaign | None) -> None:
    rows = CampaignTarget.objects.filter(campaign=previous).order_by("pk")
    CampaignTarget.objects.bulk_create(
        CampaignTarget(campaign=campaign, organisation_id=each.organisation_id, contracts=each.contracts)
        for each in rows
    )


def _copy_criteria(campaign: Campaign, previous: Campaign | None) -> None:
    rows = list(ReviewCriterion.objects.filter(campaign=previous, active=True).order_by("rank", "pk"))
    if not rows:
        rows = [ReviewCriterion(label=label, guidance=guidance) for label, guidance in CRITERIA]
    for rank, each in enumerate(rows, start=1):
        each.pk, each.campaign, each.rank = None, campaign, rank
    ReviewCriterion.objects.bulk_create(rows)


def _last_questions(campaign: Campaign, previous: Campaign | None) -> list[QuestionDraft] | None:
    """Return the questions of the previous year without those of the axes that left; None: the default ones."""
    last = latest_question_set(previous) if previous else None
    if last is None:
        return None
    left = set(campaign.axes.filter(active=True).values_list("axis", flat=True))
    return [
        QuestionDraft(
            key=each.key,
            title=each.title,
            guidance=each.guidance,
            axis_id=each.axis_id,
            mandatory=each.mandatory,
            indicators=tuple((row["label"], row["unit"]) for row in each.expected_indicators),
        )
        for each in last.questions.order_by("rank", "pk")
        if each.axis_id is None or each.axis_id in left
    ]

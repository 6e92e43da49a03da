"""Opening a year: axes and questions, carried over from one year to the next."""

from datetime import date, datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from campaigns.defaults import AXES
from campaigns.models import Axis, Campaign
from campaigns.queries import axes_of, current_campaign, latest_question_set, mandatory_axes, open_years
from campaigns.services import close_campaign, ensure_reference_rows, open_campaign, publish_questions
from tests.factories.campaigns import open_year
from tests.people import People


def test_reference_rows_come_once_and_keep_the_labels_of_the_ministry(db: None) -> None:
    ensure_reference_rows()
    Axis.objects.filter(code="LIEN").update(label="Lien social")

    ensure_reference_rows()

    assert Axis.objects.count() == len(AXES)
    assert Axis.objects.get(code="LIEN").label == "Lien social"


def test_open_campaign_publishes_a_section_for_each_axis(people: People, now: datetime) -> None:
    campaign = open_year(people.dgef, now)

    question_set = latest_question_set(campaign)
    assert question_set is not None
    questions = list(question_set.questions.order_by("rank"))
    assert [each.key for each in questions[:2]] == ["contexte", "publics"]
    assert [each.key for each in questions[-2:]] == ["synthese", "priorites"]
    assert len(questions) == len(AXES) + 4
    assert [each.key for each in questions if each.axis_id and each.mandatory] == ["axe-francais"]
    assert all(each.guidance for each in questions)
    assert mandatory_axes(campaign) == {"FRANCAIS": "Apprentissage du français"}
    assert current_campaign(now) == campaign


def test_open_campaign_keeps_last_year_unless_told(people: People, now: datetime) -> None:
    open_year(people.dgef, now, 2025, minutes_days=20, contract_target=112)
    Axis.objects.filter(code="CULTURE_SPORT").update(active=False)

    campaign = open_campaign(
        year=2026,
        opens_on=date(2026, 1, 1),
        submission_deadline=date(2026, 6, 30),
        closes_on=date(2026, 12, 31),
        by=people.dgef,
        now=now,
    )

    assert campaign.minutes_days == 20
    assert campaign.contract_target == 112
    assert "CULTURE_SPORT" not in [axis.code for axis in axes_of(campaign)]
    assert list(mandatory_axes(campaign)) == ["FRANCAIS"]
    assert open_years() == {2025, 2026}


def test_open_campaign_refuses_what_does_not_hold(people: People, now: datetime) -> None:
    with pytest.raises(PermissionDenied):
        open_year(people.vienne_prefet, now)
    with pytest.raises(ValidationError):
        open_year(people.dgef, now, rate_threshold=180)
    open_year(people.dgef, now)
    with pytest.raises(ValidationError):
        open_year(people.dgef, now)

    assert Campaign.objects.count() == 1


def test_current_campaign_is_of_the_year_else_the_latest(people: People, now: datetime) -> None:
    assert current_campaign(now) is None
    first, second = open_year(people.dgef, now, 2026), open_year(people.dgef, now, 2027)

    assert current_campaign(now) == first
    assert current_campaign(now.replace(year=2029)) == second

    close_campaign(campaign=first, by=people.dgef, now=now)
    assert current_campaign(now) == second


def test_a_new_version_of_the_questions_leaves_the_older_one(people: People, now: datetime) -> None:
    campaign = open_year(people.dgef, now)
    first = latest_question_set(campaign)

    second = publish_questions(campaign=campaign, by=people.dgef, now=now)

    assert first is not None
    assert (first.number, second.number) == (1, 2)
    assert latest_question_set(campaign) == second
    assert first.questions.count() == second.questions.count()

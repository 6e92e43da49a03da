"""A manager presses twice, or two managers at once: one change is made, and nothing breaks."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from campaigns.models import Campaign, CampaignTarget
from campaigns.queries import criteria_of
from campaigns.settings import CriterionSetting, set_criteria, set_targets
from tests.factories.campaigns import open_year
from tests.people import People

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def twice(act: Callable[[], object]) -> list[str]:
    """Do the same act on two connections, released together; return what was refused, in words."""
    barrier = Barrier(2)

    def run(_number: int) -> str:
        try:
            connection.ensure_connection()
            barrier.wait(timeout=20)
            act()
        except ValidationError as refusal:
            return " ".join(refusal.messages)
        finally:
            connection.close()
        return ""

    with ThreadPoolExecutor(2) as pool:
        return sorted(pool.map(run, range(2)))


def test_year_opened_twice_at_once_is_opened_once(people: People, now: datetime) -> None:
    done, refused = twice(lambda: open_year(people.dgef, now))

    assert done == ""
    assert "existe déjà" in refused
    assert Campaign.objects.filter(year=2026).count() == 1


def test_grid_and_targets_saved_twice_at_once_hold_each_row_once(people: People, now: datetime) -> None:
    campaign = open_year(people.dgef, now)
    rows = [
        CriterionSetting(
            pk=each.pk,
            label=each.label,
            guidance=each.guidance,
            points=each.points,
            rank=each.rank,
            active=True,
        )
        for each in criteria_of(campaign)
    ]
    new = CriterionSetting(pk=None, label="Innovation", guidance="", points=5, rank=99, active=True)
    prefecture = people.vienne_agent.organisation.pk

    assert twice(lambda: set_criteria(campaign=campaign, settings=[*rows, new], by=people.dgef, now=now)) == ["", ""]
    assert twice(lambda: set_targets(campaign=campaign, targets={prefecture: 3}, by=people.dgef, now=now)) == ["", ""]
    assert criteria_of(campaign).filter(label="Innovation").count() == 1
    assert list(CampaignTarget.objects.values_list("organisation", "contracts")) == [(prefecture, 3)]

"""Files by the thousand: in every state, with a journal that holds, once."""

from datetime import datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from accounts.services.organisations import prefecture_for
from contracts.enums import State
from contracts.models import Contract
from ctai.demo_data.scale import MARK, WAYS
from funding.models import Movement
from journal.models import Event, StateSpan
from journal.services import verify_chain
from tests.factories.campaigns import open_year
from tests.factories.territories import poitiers
from tests.people import People


def test_load_scale_puts_files_in_every_state_once(people: People, now: datetime) -> None:
    open_year(people.dgef, now)
    assert prefecture_for(poitiers()) == people.vienne_agent.organisation

    for _ in range(2):
        call_command("load_scale", contracts=2 * len(WAYS), verbosity=0, stdout=StringIO())

    made = Contract.objects.filter(draft_reference__startswith=MARK)
    assert made.count() == 2 * len(WAYS)
    assert set(made.values_list("state", flat=True)) == set(State.values)
    assert StateSpan.objects.filter(contract__in=made, left_at=None).count() == made.count()
    assert Event.objects.filter(contract__in=made).count() == 2 * sum(len(way) for way in WAYS)
    assert verify_chain() == []
    assert Movement.objects.filter(contract__in=made, stage="granted").exists()


def test_load_scale_needs_a_demonstration(people: People, settings: Settings) -> None:
    with pytest.raises(CommandError, match="load_demo"):
        call_command("load_scale", contracts=3, verbosity=0)
    settings.DEMO = False
    with pytest.raises(CommandError, match="démonstration"):
        call_command("load_scale", contracts=3, verbosity=0)

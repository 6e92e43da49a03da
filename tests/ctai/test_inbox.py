"""The header counts the files that wait for the person, on every page."""

from datetime import datetime

from django.urls import reverse

from ctai.demo_data.journey import Duo, Journey
from ctai.inbox import expected_of
from ctai.reference import prepare
from tests.people import People


def test_a_letter_sent_passes_from_one_inbox_to_the_other(people: People, now: datetime) -> None:
    # Arrange
    prepare(now)
    local, state = Duo(people.poitiers_agent, people.poitiers_maire), Duo(people.vienne_agent, people.vienne_prefet)
    journey = Journey(local=local, state=state, now=now, starts_on=now.date()).open().write_letter()

    # Act, Assert
    assert (expected_of(people.poitiers_agent), expected_of(people.vienne_agent)) == (1, 0)
    journey.send_letter()
    assert (expected_of(people.poitiers_agent), expected_of(people.vienne_agent)) == (0, 1)
    assert expected_of(people.gironde_agent) == 0
    page = people.client_for(people.vienne_agent).get(reverse("contracts:list")).content.decode()
    assert 'À traiter<span class="ctai-count">1</span>' in page

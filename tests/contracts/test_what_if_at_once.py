"""Scenarios saved and applied by two people at the same instant, on two connections."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from contracts.collective import Change, fingerprint
from contracts.models import Scenario
from contracts.services.applying import AlreadyApplied, apply_scenario
from contracts.services.scenarios import Saved, known, save_scenario
from funding.models import Action
from journal.models import Event
from journal.services import verify_chain
from tests.contracts.test_two_at_once import at_once
from tests.factories.collective import ASKED, many_requests
from tests.factories.funding import SENT_AT
from tests.people import People

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("absent_worker")]


def test_scenario_saved_twice_at_once_loses_no_cell_and_is_applied_once(
    people: People, transactional_db: None
) -> None:
    many_requests(people, files=2, actions=2)
    pks = list(Action.objects.order_by("pk").values_list("pk", flat=True))
    seen = fingerprint((ASKED, ""))

    def save(base: Scenario | None, **amounts: str) -> Saved:
        changes = {int(pk[1:]): Change(Decimal(amount), "", seen) for pk, amount in amounts.items()}
        return save_scenario(year=2026, name="Rabot", changes=changes, base=base, by=people.vienne_agent, now=SENT_AT)

    created = at_once(lambda: save(None), lambda: save(None))
    scenario = Scenario.objects.get()
    saved: list[Any] = at_once(
        lambda: save(scenario, **{f"_{pks[0]}": "11000.00", f"_{pks[1]}": "11000.00"}),
        lambda: save(scenario, **{f"_{pks[1]}": "12000.00", f"_{pks[2]}": "12000.00"}),
    )
    version = Scenario.objects.get().version
    applied: list[Any] = at_once(
        *[lambda: apply_scenario(scenario=scenario, version=version, by=people.vienne_prefet, now=SENT_AT)] * 2
    )

    assert [each.scenario.pk for each in created] == [scenario.pk] * 2
    assert sorted(list(each.conflicts) for each in saved) == [[], [pks[1]]]
    amounts = [amount for _, (amount, _) in sorted(known(scenario).items())]
    assert [amounts[0], *amounts[2:]] == [Decimal("11000.00"), Decimal("12000.00"), ASKED]
    assert [type(each) for each in applied if each != 2] == [AlreadyApplied]
    assert Event.objects.filter(kind="scenario_applied").count() == 3
    assert verify_chain() == []

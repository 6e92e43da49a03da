"""Requests of a year in number, made at once, and what one types over them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.test import Client
from django.urls import reverse

from contracts.collective import Change
from contracts.forms.collective import ScenarioForm
from contracts.models import Contract, Scenario
from contracts.services.scenarios import known, save_scenario
from funding.models import Action, YearAmount
from tests.factories.funding import SENT_AT, AxisFactory, a_file
from tests.people import People

ASKED = Decimal("10000.00")


def many_requests(people: People, *, files: int, actions: int, state: str = "under_review") -> list[Contract]:
    """Return files of Poitiers with several actions each, all asked for 2026: few queries, whatever their number."""
    contracts = [a_file(people, state) for _ in range(files)]
    axis = AxisFactory.create()
    rows = Action.objects.bulk_create(
        Action(contract=contract, number=number, rank=number, title=f"Action {number}", axis=axis)
        for contract in contracts
        for number in range(1, actions + 1)
    )
    YearAmount.objects.bulk_create(YearAmount(action=row, year=2026, requested=ASKED) for row in rows)
    return contracts


def typed(form: ScenarioForm, name: str, **cells: str) -> dict[str, str]:
    """Return what the page sends: the name, and the lines where something was typed, whole.

    Args:
        form: of the page that was read.
        name: of the scenario.
        cells: by name of field, hyphens as underscores: ``amount_5="9000"``.
    """
    sent = {key.replace("_", "-"): value for key, value in cells.items()}
    pks = {key.partition("-")[2] for key in sent}
    read = {f"{part}-{pk}": str(form[f"{part}-{pk}"].value()) for pk in pks for part in ("amount", "reason", "seen")}
    return {"name": name, "act": "save"} | read | sent


def page_at(**query: Any) -> str:
    """Return the address of the page."""
    return f"{reverse('contracts:collective')}?{urlencode(query)}"


def form_of(client: Client, **query: Any) -> Any:
    """Return the form of the page that someone reads."""
    return client.get(page_at(**query)).context["form"]


def a_scenario(people: People, pks: list[int], *amounts: str, name: str = "Rabot", reason: str = "Rabot") -> Scenario:
    """Save a scenario as the agent of the Vienne, with these amounts for the first actions."""
    changes = {pk: Change(Decimal(amount), reason) for pk, amount in zip(pks, amounts, strict=False)}
    return save_scenario(year=2026, name=name, changes=changes, by=people.vienne_agent, now=SENT_AT).scenario


def amounts_of(scenario: Scenario) -> list[str]:
    """Return the amounts of a scenario, in the order of the actions."""
    return [str(amount) for _, (amount, _) in sorted(known(scenario).items())]


def proposed() -> list[Decimal | None]:
    """Return what the files propose, in the order of the actions."""
    return list(YearAmount.objects.order_by("action").values_list("proposed", flat=True))

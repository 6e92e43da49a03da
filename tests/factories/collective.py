"""Requests of a year in number, made at once, and what one types over them."""

from __future__ import annotations

from decimal import Decimal

from contracts.forms.collective import ScenarioForm
from contracts.models import Contract
from funding.models import Action, YearAmount
from tests.factories.funding import AxisFactory, a_file
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

"""A diagnostic that Poitiers and its préfecture have begun, and rows to write in it."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from accounts.actors import Actor
from contracts.enums import State
from diagnostics.enums import RowKind, Unit
from diagnostics.inputs import IndicatorInput, RowInput
from diagnostics.models import Diagnostic, Section
from diagnostics.services import save_section, start
from tests.factories.campaigns import open_year
from tests.factories.exchanges import file_of_poitiers
from tests.people import People


def begun(people: People, now: datetime) -> Diagnostic:
    """Return the diagnostic of a file of Poitiers, all its sections empty."""
    campaign = open_year(people.dgef, now)
    contract = file_of_poitiers(people, now, State.DIAGNOSTIC, campaign)
    return start(contract_id=contract.pk, question_set=campaign.question_sets.get(), now=now)


def section(diagnostic: Diagnostic, key: str = "axe-francais") -> Section:
    return Section.objects.select_related("question").get(diagnostic=diagnostic, question__key=key)


def written(diagnostic: Diagnostic, by: Actor, now: datetime, key: str = "axe-francais", **changes: Any) -> Section:
    """Return a section with a text, an offer, a need and a figure."""
    target = section(diagnostic, key)
    content: dict[str, Any] = {
        "expected_version": target.version,
        "text": "Les ateliers affichent complet depuis deux ans.",
        "rows": [offer(), need()],
        "indicators": [figure()],
        **changes,
    }
    return save_section(section=target, by=by, now=now, **content)


def need(**changes: Any) -> RowInput:
    return RowInput(**{"kind": RowKind.NEED, "text": "Pas d’atelier en soirée", "major": True, **changes})


def offer(**changes: Any) -> RowInput:
    return RowInput(
        **{
            "kind": RowKind.OFFER,
            "text": "Ateliers sociolinguistiques",
            "actor": "Toit du Monde",
            "capacity": "60 personnes",
            "funder": "État",
            **changes,
        }
    )


def figure(**changes: Any) -> IndicatorInput:
    return IndicatorInput(
        **{
            "label": "Signataires du contrat d’intégration républicaine",
            "value": Decimal(213),
            "unit": Unit.PERSONS,
            "territory": "Poitiers",
            "as_of": date(2025, 12, 31),
            "source": "OFII",
            **changes,
        }
    )

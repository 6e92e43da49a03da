"""Campaigns, files at a given state, actions with a balanced budget, envelopes: what tests of money begin with."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import factory
from django.db import transaction

from accounts.actors import Actor
from accounts.models import Organisation
from campaigns.models import Axis, Campaign, CampaignAxis
from contracts.enums import State
from contracts.models import Contract
from funding.enums import Account, BudgetSide, Funder, FundingStatus
from funding.models import Action, Envelope, FundingRequest, YearAmount
from funding.services.actions import ActionInput, IndicatorInput, save_action
from funding.services.budgets import LineInput, save_budget
from funding.services.envelopes import notify, take
from funding.services.review import adopt_requested
from journal.models import Event
from journal.services import record
from tests.people import People

SENT_AT = datetime(2026, 1, 12, 9, 0, tzinfo=UTC)
LA_POSTE = "35600000000048"
ASSOCIATION_SIRET = "77567227224553"
POITIERS_SIREN = "218601946"


class AxisFactory(factory.django.DjangoModelFactory[Axis]):
    class Meta:
        model = Axis
        django_get_or_create = ("code",)

    code = "FRANCAIS"
    label = "Apprentissage du français"
    rank = 4


class CampaignFactory(factory.django.DjangoModelFactory[Campaign]):
    class Meta:
        model = Campaign
        skip_postgeneration_save = True
        django_get_or_create = ("year",)

    year = 2026
    opens_on = factory.LazyAttribute(lambda campaign: date(campaign.year, 1, 5))
    submission_deadline = factory.LazyAttribute(lambda campaign: date(campaign.year, 6, 30))
    closes_on = factory.LazyAttribute(lambda campaign: date(campaign.year, 12, 31))
    is_open = True

    @factory.post_generation
    def axes(self: Campaign, create: bool, extracted: object, **_kwargs: Any) -> None:
        """Give the campaign its one axis."""
        if create:
            CampaignAxis.objects.get_or_create(campaign=self, axis=AxisFactory.create())


class EnvelopeFactory(factory.django.DjangoModelFactory[Envelope]):
    class Meta:
        model = Envelope

    campaign = factory.SubFactory(CampaignFactory)
    allotted = Decimal("100000.00")


def a_file(people: People, state: str = "proposal", *, first: int = 2026, last: int = 2026, **fields: Any) -> Contract:
    """Return a file of Poitiers in a state, its history left out."""
    town, service = people.poitiers_agent.organisation, people.vienne_agent.organisation
    number = Contract.objects.count() + 1
    under_way = state in ("under_review", "correction_requested", "approved")
    values: dict[str, Any] = {
        "reference": f"CTAI-2026-086-{number:04}",
        "draft_reference": f"BROUILLON-{number:04}",
        "porteur": town.local_authority,
        "category": town.local_authority.category if town.local_authority else "",
        "departement": service.departement,
        "region": service.region,
        "lead_service": service,
        "campaign": CampaignFactory.create(year=first),
        "starts_on": date(first, 1, 1),
        "ends_on": date(last, 12, 31),
        "first_sent_at": SENT_AT,
        "letter_sent_at": SENT_AT,
        "acknowledged_at": SENT_AT,
        "submitted_at": SENT_AT if under_way else None,
        "suspended_at": SENT_AT if state == "correction_requested" else None,
        "reply_by": date(2026, 4, 1) if state == "correction_requested" else None,
        "approved_at": SENT_AT if state == "approved" else None,
        "last_event_at": SENT_AT,
        "created_at": SENT_AT,
        "created_by": people.poitiers_agent.user,
    }
    return Contract.objects.create(state=state, **(values | fields))


def action_input(title: str = "Ateliers de français", **fields: Any) -> ActionInput:
    """Return a complete fiche."""
    values: dict[str, Any] = {
        "title": title,
        "axis_id": AxisFactory.create().pk,
        "objectives": "Permettre à chacun d’atteindre le niveau A2.",
        "description": "Deux ateliers par semaine, en soirée.",
        "holder_kind": "association",
        "holder_name": "Le Toit du Monde",
        "holder_siret": ASSOCIATION_SIRET,
        "beneficiary_name": "Ville de Poitiers",
        "beneficiary_siret": POITIERS_SIREN,
        "publics": "Étrangers primo-arrivants",
        "expected_count": 60,
        "starts_on": date(2026, 1, 1),
        "ends_on": date(2026, 12, 31),
        "complementarity": "En relais de la formation linguistique de l’OFII.",
        "indicators": (IndicatorInput(label="Personnes accueillies", unit="personnes", target=Decimal("60.00")),),
    }
    return ActionInput(**(values | fields))


def balanced_lines(state: str = "10000.00", town: str = "5000.00") -> list[LineInput]:
    """Return a budget whose two sides are equal; the arguments are what the State and the town bring, in euros."""
    asked, brought = Decimal(state), Decimal(town)
    return [
        LineInput(side=BudgetSide.CHARGE, account=Account.C64, amount=asked + brought),
        LineInput(
            side=BudgetSide.PRODUCT,
            account=Account.P74,
            funder=Funder.STATE_P104,
            status=FundingStatus.REQUESTED,
            amount=asked,
        ),
        LineInput(
            side=BudgetSide.PRODUCT,
            account=Account.P74,
            funder=Funder.COMMUNE,
            status=FundingStatus.OBTAINED,
            amount=brought,
        ),
    ]


def an_action(
    contract: Contract, by: Actor, *, state: str = "10000.00", requested: bool = False, **fields: Any
) -> Action:
    """Return a complete action with a balanced budget for each year of the file, asked for or not."""
    entry = action_input(starts_on=contract.starts_on, ends_on=contract.ends_on, **fields)
    action = save_action(contract_id=contract.pk, fields=entry, by=by, now=SENT_AT)
    for year in contract.years:
        save_budget(action=action, year=year, lines=balanced_lines(state), by=by, now=SENT_AT)
        if requested:
            YearAmount.objects.create(action=action, year=year, requested=Decimal(state))
    return action


def a_request(contract: Contract, by: Actor, year: int = 2026) -> FundingRequest:
    return FundingRequest.objects.create(contract=contract, year=year, prepared_by=by.user, prepared_at=SENT_AT)


def an_event(contract: Contract | None = None, kind: str = "test") -> Event:
    """Return a row of the journal for the movements of a test."""
    return record(kind=kind, by=None, now=SENT_AT, contract_id=contract.pk if contract else None)


def an_envelope(organisation: Organisation, amount: str = "100000.00", year: int = 2026) -> Envelope:
    """Return the envelope of an organisation for a year whose campaign is open."""
    return EnvelopeFactory.create(
        organisation=organisation, campaign=CampaignFactory.create(year=year), allotted=Decimal(amount)
    )


@transaction.atomic
def a_signed_file(people: People, now: datetime, *amounts: str, last: int = 2026) -> Contract:
    """Return a signed contract, an action for each amount: taken and notified for the open years, promised after."""
    contract = a_file(people, "under_review", last=last)
    for number, amount in enumerate(amounts or ("10000.00",), start=1):
        an_action(contract, people.poitiers_agent, requested=True, state=amount, title=f"Action {number}")
    adopt_requested(contract_id=contract.pk, by=people.vienne_agent, now=now)
    take(contract, an_event(contract), now)
    Contract.objects.filter(pk=contract.pk).update(state=State.SIGNED, signed_at=now, notified_on=now.date())
    contract.refresh_from_db()
    notify(contract, an_event(contract), now)
    return contract

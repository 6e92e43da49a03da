"""The contracts whose amounts were published, played from the budget to the ledger; each with what it taught."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import pytest

from contracts.budgets import summary
from contracts.models import Contract, CoSignatory
from contracts.queries import signing_funders
from funding.enums import Stage
from funding.errors import EnvelopeExceeded
from funding.figures import totals_of
from funding.models import Envelope, Movement
from funding.queries import actions_of, ledger_by_year, ledger_totals, payees_due, totals_data
from funding.services.actions import save_action
from funding.services.budgets import LineInput, save_budget
from funding.services.envelopes import take
from funding.services.requests import freeze_requests, prepare_request
from funding.services.review import adopt_requested
from funding.services.tranches import Confirmed, confirm, promises
from tests.factories.funding import (
    ASSOCIATION_SIRET,
    POITIERS_SIREN,
    CampaignFactory,
    a_file,
    action_input,
    an_envelope,
    an_event,
)
from tests.factories.territories import CommuneFactory, EpciFactory, vienne
from tests.people import People

TOWN = ("Ville de Poitiers", POITIERS_SIREN)
ASSOCIATION = ("Le Toit du Monde", ASSOCIATION_SIRET)


@dataclass(frozen=True)
class Part:
    """An action: who is paid, what the State is asked each year, and what the funders bring beside."""

    title: str
    state: Mapping[int, str]
    paid: tuple[str, str] = TOWN
    account: str = "64"
    beside: Mapping[str, str] | None = None


def _play(contract: Contract, parts: Sequence[Part], people: People, now: datetime, *, envelope: str = "") -> None:
    """Write, ask, adopt and take: the campaign of the first year alone is open."""
    first = min(contract.years)
    CampaignFactory.create(year=first)
    if envelope:
        an_envelope(contract.lead_service, envelope, first)
    by = people.poitiers_agent
    for part in parts:
        entry = action_input(
            part.title,
            beneficiary_name=part.paid[0],
            beneficiary_siret=part.paid[1],
            starts_on=contract.starts_on,
            ends_on=contract.ends_on,
        )
        action = save_action(contract_id=contract.pk, fields=entry, by=by, now=now)
        for year, asked in part.state.items():
            save_budget(action=action, year=year, lines=_lines(part, Decimal(asked)), by=by, now=now)
    for year in contract.years:
        prepare_request(contract_id=contract.pk, year=year, comment="", by=by, now=now)
    freeze_requests(contract.pk, an_event(contract), now)
    adopt_requested(contract_id=contract.pk, by=people.vienne_agent, now=now)
    if envelope:
        take(contract, an_event(contract), now)


def _lines(part: Part, asked: Decimal) -> list[LineInput]:
    beside = {funder: Decimal(amount) for funder, amount in (part.beside or {}).items()}
    grants = {"state_p104": asked} | beside
    return [
        LineInput(side="charge", account=part.account, amount=sum(grants.values(), Decimal(0))),
        *(
            LineInput(side="product", account="74", funder=funder, status="requested", amount=amount)
            for funder, amount in grants.items()
        ),
    ]


def _stages(contract: Contract) -> dict[Stage, Decimal]:
    return ledger_totals(Movement.objects.filter(contract=contract))


def test_poitiers_2021_pays_the_city_and_an_association_directly(people: People, now: datetime) -> None:
    contract = a_file(people, "under_review", first=2021, last=2021)
    parts = [
        Part("Poste de coordination", {2021: "60000.00"}),
        Part("Actions pour les réfugiés", {2021: "90000.00"}, account="65"),
        Part("Accueil des primo-arrivants", {2021: "50000.00"}, paid=ASSOCIATION),
    ]

    _play(contract, parts, people, now, envelope="200000.00")

    granted = Movement.objects.filter(contract=contract, stage=Stage.GRANTED)
    by_payee: dict[str, Decimal] = {}
    for row in granted:
        by_payee[row.beneficiary_siret] = by_payee.get(row.beneficiary_siret, Decimal(0)) + row.amount
    assert by_payee == {POITIERS_SIREN: Decimal("150000.00"), ASSOCIATION_SIRET: Decimal("50000.00")}
    assert {each.siret: each.total for each in payees_due(contract.pk)} == by_payee
    assert [row["requested"] for row in totals_data(contract.pk)["by_beneficiary"]] == ["150000.00", "50000.00"]


def test_grenoble_asks_the_same_each_year_and_draws_on_each_as_it_opens(people: People, now: datetime) -> None:
    contract = a_file(people, "under_review", first=2019, last=2021)
    own_call = Part("Appel à projets de la Métropole", dict.fromkeys((2019, 2020, 2021), "349000.00"), account="65")

    _play(contract, [own_call], people, now, envelope="349000.00")

    stages = _stages(contract)
    assert stages[Stage.REQUESTED] == Decimal("1047000.00")
    assert (stages[Stage.GRANTED], stages[Stage.INDICATIVE]) == (Decimal("349000.00"), Decimal("698000.00"))
    by_nature = {row.account: row.amounts for row in totals_of(actions_of(contract.pk), contract.years).by_nature}
    assert by_nature["65"] == (Decimal("349000.00"),) * 3

    for year in (2020, 2021):
        an_envelope(contract.lead_service, "349000.00", year)
        confirmed = {key.action_id: Confirmed(amount) for key, amount in promises(contract.pk, year).items()}
        confirm(contract, year, confirmed, by=people.vienne_prefet.user, event=an_event(contract), now=now)

    stages = _stages(contract)
    assert (stages[Stage.GRANTED], stages[Stage.INDICATIVE]) == (Decimal("1047000.00"), Decimal("0.00"))
    assert [each.remaining for each in Envelope.objects.order_by("pk")] == [Decimal("0.00")] * 3


def test_rennes_is_paid_for_one_year_of_three_and_shared_by_two_collectivites(people: People, now: datetime) -> None:
    metropole = EpciFactory.create(code="243500139", name="Rennes Métropole", siren="243500139", departement=vienne())
    city = CommuneFactory.create(code="86999", name="Rennes", siren="213502388", departement=vienne())
    contract = a_file(people, "under_review", first=2020, last=2022, porteur=metropole, category="epci")
    CoSignatory.objects.create(contract=contract, authority=city, may_write=True, joined_at=now)
    part = Part("Cinq priorités", {2020: "300000.00"}, beside={"epci": "120000.00", "commune": "80000.00"})

    _play(contract, [part], people, now, envelope="300000.00")

    actions = actions_of(contract.pk)
    facts = dict(summary(actions, totals_of(actions, contract.years), signing_funders(contract)))
    by_year = ledger_by_year(Movement.objects.filter(contract=contract))
    assert signing_funders(contract) == {"epci", "commune"}
    assert facts["Part propre des collectivités du contrat"].startswith("200\u00a0000,00\u00a0€, soit 40")
    assert {key for key, amount in by_year.items() if amount} == {
        (2020, Stage.REQUESTED),
        (2020, Stage.PROPOSED),
        (2020, Stage.GRANTED),
    }


def test_millau_asks_for_little_over_three_years(people: People, now: datetime) -> None:
    contract = a_file(
        people, "under_review", first=2025, last=2028, starts_on=date(2025, 10, 1), ends_on=date(2028, 9, 30)
    )
    years = dict.fromkeys((2025, 2026, 2027), "5000.00")
    parts = [Part(axis, years) for axis in ("Langue", "Logement", "Emploi", "Citoyenneté")]

    _play(contract, parts, people, now, envelope="20000.00")

    totals = totals_data(contract.pk)
    assert [(row["year"], row["requested"]) for row in totals["by_year"]] == [
        (2025, "20000.00"),
        (2026, "20000.00"),
        (2027, "20000.00"),
        (2028, "0.00"),
    ]
    assert _stages(contract)[Stage.GRANTED] == Decimal("20000.00")


def test_clermont_ferrand_shares_a_sum_that_three_does_not_divide(people: People, now: datetime) -> None:
    contract = a_file(people, "under_review", first=2019, last=2021)
    part = Part("Accueil et intégration", {2019: "266666.67", 2020: "266666.67", 2021: "266666.66"})

    _play(contract, [part], people, now, envelope="266666.67")

    stages = _stages(contract)
    assert stages[Stage.GRANTED] + stages[Stage.INDICATIVE] == Decimal("800000.00")
    assert totals_data(contract.pk)["requested"] == "800000.00"


def test_a_case_is_refused_for_a_cent_that_the_envelope_lacks(people: People, now: datetime) -> None:
    contract = a_file(people, "under_review", first=2019, last=2019)

    with pytest.raises(EnvelopeExceeded) as refusal:
        _play(contract, [Part("Accueil", {2019: "300000.00"})], people, now, envelope="299999.99")

    assert refusal.value.missing == Decimal("0.01")
    assert not Movement.objects.filter(contract=contract, stage=Stage.GRANTED).exists()

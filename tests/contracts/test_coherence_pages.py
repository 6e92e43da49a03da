"""The points of vigilance of a real file: found, explained by either side, open again when the facts change."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from campaigns.coherence import CoherenceRule, RuleSetting, rule_settings, set_rules
from campaigns.models import Campaign
from contracts.coherence.loading import load_evidence
from contracts.models import Contract
from contracts.watch import watch
from exchanges.models import Justification
from funding.models import Action, BudgetLine
from journal.models import Event
from tests.documents.test_filetypes import pdf_bytes
from tests.factories.campaigns import open_year
from tests.factories.funding import a_file, an_action
from tests.people import People

R = CoherenceRule


@pytest.fixture
def campaign(people: People, now: datetime) -> Campaign:
    return open_year(people.dgef, now, 2026)


@pytest.fixture
def contract(people: People, campaign: Campaign) -> Contract:
    contract = a_file(people, "proposal", last=2026)
    Contract.objects.filter(pk=contract.pk).update(campaign=campaign)
    action = an_action(contract, people.poitiers_agent)
    action.budget_lines.all().delete()
    for side, account, funder, amount in (
        ("charge", "64", "", "9000.00"),
        ("charge", "60", "", "1000.00"),
        ("product", "74", "state_p104", "9000.00"),
        ("product", "74", "commune", "1000.00"),
    ):
        status = "obtained" if funder == "commune" else ""
        BudgetLine.objects.create(
            action=action, year=2026, side=side, account=account, funder=funder, amount=Decimal(amount), status=status
        )
    return fresh(contract)


def fresh(contract: Contract) -> Contract:
    found: Contract = Contract.objects.with_places().get(pk=contract.pk)
    return found


def address(contract: Contract, name: str = "coherence") -> str:
    return reverse(f"contracts:{name}", args=[contract.reference])


def found(contract: Contract) -> set[str]:
    return {each.finding.rule for each in watch(contract, now=timezone.now())}


def explain(people: People, contract: Contract, who: str, **changes: Any) -> Any:
    sent = {"rule": "state_rate", "subject": "1-2026", "state_rate-note": "La commune amorce seule."} | changes
    return people.client_for(people.actors[who]).post(address(contract), sent)


def test_findings_come_from_the_rows_of_the_file(contract: Contract) -> None:
    assert {R.STATE_RATE, R.WHOLE_RATE, R.STAFF_SHARE} <= found(contract)
    assert R.NO_OWN_SHARE not in found(contract)

    BudgetLine.objects.filter(funder="commune").update(funder="social")

    assert R.NO_OWN_SHARE in found(contract)
    assert R.UNPROVEN_COFUNDING in found(contract)


def test_a_beneficiary_without_account_is_found_and_led_to_the_request(people: People, contract: Contract) -> None:
    siret = Action.objects.get(contract=contract).beneficiary_siret
    page = people.client_for(people.poitiers_agent).get(address(contract))
    [group] = [each for each in page.context["open_groups"] if each.rule == R.MISSING_RIB]

    assert [each.url for each in group.rows] == [address(contract, "request_summary")]
    assert R.MISSING_RIB in found(contract)
    account = {"holder": "Ville de Poitiers", "iban": "FR7630006000011234567890189"}
    rib = {"file": SimpleUploadedFile("rib.pdf", pdf_bytes())}
    people.client_for(people.poitiers_agent).post(
        reverse("contracts:payee", args=[contract.reference, siret]), account | rib
    )
    assert R.MISSING_RIB not in found(contract)


def test_the_fiche_says_from_which_amount_agir_is_to_be_named(
    people: People, contract: Contract, campaign: Campaign
) -> None:
    client, page = people.client_for(people.poitiers_agent), reverse("contracts:action", args=[contract.reference, 1])
    before = client.get(page).content.decode()
    Campaign.objects.filter(pk=campaign.pk).update(agir_threshold=Decimal(30000))

    assert "€ demandés pour une année" not in before
    assert "€ demandés pour une année" in client.get(page).content.decode()


def test_finding_is_explained_by_one_side_and_read_by_the_other(people: People, contract: Contract) -> None:
    answer = explain(people, contract, "poitiers_agent")

    assert answer.status_code == 302
    kept = Justification.objects.get()
    assert (kept.rule, kept.subject, kept.side) == ("state_rate", "1-2026", "local")
    assert Event.objects.get(kind="finding_justified").contract_id == contract.pk
    shown = people.client_for(people.vienne_agent).get(address(contract)).content.decode()
    assert "La commune amorce seule." in shown
    assert "Justifié par" in shown


def test_several_findings_of_a_rule_are_explained_at_once(people: People, contract: Contract) -> None:
    an_action(contract, people.poitiers_agent, renewed=True, title="Deuxième")
    an_action(contract, people.poitiers_agent, renewed=True, title="Troisième")
    sent = {"rule": "renewed_unknown", "subject": ["2", "3"], "renewed_unknown-note": "Menées avant le portail."}

    people.client_for(people.vienne_agent).post(address(contract), sent)

    assert [(each.subject, each.side) for each in Justification.objects.order_by("pk")] == [
        ("2", "state"),
        ("3", "state"),
    ]
    assert Event.objects.filter(kind="finding_justified").count() == 1


def test_same_thing_found_of_several_years_reads_and_is_explained_as_one(people: People, contract: Contract) -> None:
    Contract.objects.filter(pk=contract.pk).update(ends_on=date(2028, 12, 31))
    for line in BudgetLine.objects.filter(year=2026):
        for year in (2027, 2028):
            line.pk, line.year = None, year
            line.save(force_insert=True)
    client = people.client_for(people.poitiers_agent)

    def left() -> list[tuple[str, str]]:
        groups = client.get(address(contract)).context["open_groups"]
        rows = [row for group in groups if group.rule == R.STATE_RATE for row in group.left]
        return [(row.point.subjects, row.point.text) for row in rows]

    [(subjects, text)] = left()
    assert subjects == "1-2026,1-2027,1-2028"
    assert "en 2026, 2027 et 2028, au-dessus du seuil" in text
    BudgetLine.objects.filter(year=2028, funder="state_p104").update(amount=Decimal("9500.00"))
    assert [subjects for subjects, _ in left()] == ["1-2026,1-2027", "1-2028"]

    explain(people, contract, "poitiers_agent", subject="1-2026,1-2027")

    assert [subjects for subjects, _ in left()] == ["1-2028"]
    assert [each.subject for each in Justification.objects.order_by("pk")] == ["1-2026", "1-2027"]
    assert "en 2026 et 2027, au-dessus du seuil" in client.get(address(contract)).content.decode()


def test_finding_is_open_again_when_its_facts_change(people: People, contract: Contract) -> None:
    explain(people, contract, "vienne_agent")
    BudgetLine.objects.filter(funder="state_p104").update(amount=Decimal("9500.00"))

    [again] = [each for each in watch(contract, now=timezone.now()) if each.finding.rule == R.STATE_RATE]

    assert again.justification is None
    assert again.lapsed is not None
    assert again.lapsed.note == "La commune amorce seule."


def test_justification_is_refused_with_its_reason(people: People, contract: Contract) -> None:
    empty = explain(people, contract, "poitiers_agent", **{"state_rate-note": "  "})
    unticked = explain(people, contract, "poitiers_agent", subject="9-2026")
    unknown = explain(people, contract, "poitiers_agent", rule="renewed_unknown")
    elsewhere = explain(people, contract, "gironde_agent")
    reader = explain(people, contract, "diair")

    assert [each.status_code for each in (empty, unticked, unknown, elsewhere, reader)] == [422, 422, 404, 404, 403]
    assert "obligatoire" in empty.content.decode()
    assert "Cochez au moins un point" in unticked.content.decode()
    assert not Justification.objects.exists()


def test_points_are_counted_on_the_pages_that_lead_to_them(people: People, contract: Contract) -> None:
    client = people.client_for(people.poitiers_agent)
    total = len(found(contract))

    assert address(contract, "coherence_count") in client.get(address(contract, "proposal")).content.decode()
    assert f"{total}\u00a0points à corriger" in client.get(address(contract, "coherence_count")).content.decode()


def test_the_median_per_person_is_that_of_the_year_in_the_country(
    people: People, contract: Contract, now: datetime
) -> None:
    """Five files ask 100 € a person for 2026, four for 2027: one median, and none for a year that holds too few."""
    for place in range(5):
        other = a_file(people, "under_review", last=2027 if place else 2026)
        an_action(other, people.poitiers_agent, state="6000.00", requested=True)
    Contract.objects.filter(pk=contract.pk).update(ends_on=date(2027, 12, 31))

    evidence = load_evidence(fresh(contract), now=now)

    assert evidence.medians == {("FRANCAIS", 2026): Decimal(100)}
    assert R.COST_PER_PERSON not in found(fresh(contract))
    Action.objects.filter(contract=contract).update(expected_count=29)
    [finding] = [each.finding for each in watch(fresh(contract), now=now) if each.finding.rule == R.COST_PER_PERSON]
    assert "310,34" in finding.text
    assert "pour 2026 est de 100,00" in finding.text.replace("\u00a0", " ")


@pytest.mark.parametrize("actions", [1, 3])
def test_watching_costs_the_same_whatever_the_actions(
    people: People, contract: Contract, django_assert_max_num_queries: DjangoAssertNumQueries, actions: int
) -> None:
    for _ in range(actions - 1):
        an_action(contract, people.poitiers_agent)

    with django_assert_max_num_queries(18):
        watch(Contract.objects.with_places().get(pk=contract.pk), now=timezone.now())


def test_manager_sets_a_rule_aside_or_moves_its_threshold(
    people: People, contract: Contract, campaign: Campaign, now: datetime
) -> None:
    client = people.client_for(people.dgef)
    page = reverse("campaigns:coherence", args=[2026])
    values = {f"active-{rule.value}": "on" for rule in R if rule != R.STATE_RATE}
    values |= {f"threshold-{rule.value}": "95" for rule in R if rule_settings(campaign)[rule].threshold}

    assert "Part du personnel au-dessus du seuil" in client.get(page).content.decode()
    assert client.post(page, values | {"threshold-staff_share": "-1"}).status_code == 422
    assert client.post(page, values).status_code == 302

    after = fresh(contract)
    assert not {R.STATE_RATE, R.STAFF_SHARE} & found(after)
    assert R.WHOLE_RATE in found(after)
    with pytest.raises(PermissionDenied):
        set_rules(campaign=campaign, settings={R.STATE_RATE: RuleSetting()}, by=people.vienne_agent, now=now)

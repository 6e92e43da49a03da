"""What-if scenarios applied by the signatory of the State, once and whole, or put away."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from contracts.collective import Change
from contracts.models import Contract, Scenario
from contracts.services.scenarios import save_scenario
from funding.enums import Decision, Stage
from funding.models import Action, Movement, YearAmount
from funding.queries import ledger_totals
from journal.models import Event
from tests.factories.collective import a_scenario, amounts_of, form_of, many_requests, page_at, proposed, typed
from tests.factories.funding import SENT_AT, an_envelope
from tests.people import People

APPLY = {"act": "apply", "version": "1"}


@pytest.fixture
def files(people: People) -> list[Contract]:
    """Two requests of two actions under review, on one envelope."""
    an_envelope(people.vienne_agent.organisation, "40000.00")
    return many_requests(people, files=2, actions=2)


@pytest.fixture
def pks(files: list[Contract]) -> list[int]:
    return list(Action.objects.order_by("contract", "number").values_list("pk", flat=True))


@pytest.fixture
def agent(people: People) -> Client:
    return people.client_for(people.vienne_agent)


@pytest.fixture
def prefet(people: People) -> Client:
    return people.client_for(people.vienne_prefet)


# --- applying --------------------------------------------------------------------------------------------------------


def test_the_signatory_alone_applies_a_scenario_and_once(
    people: People, files: list[Contract], pks: list[int], agent: Client, prefet: Client
) -> None:
    scenario = a_scenario(people, pks, "9000", "5999.99")
    address, before = page_at(scenario=scenario.pk), Event.objects.count()

    refused = [client.post(address, APPLY).status_code for client in (agent, people.client_for(people.sgar))]
    done = [prefet.post(address, APPLY, follow=True) for _ in range(2)]

    assert refused == [403, 404]
    assert proposed() == [Decimal("9000.00"), Decimal("5999.99"), Decimal("10000.00"), Decimal("10000.00")]
    assert "Montants proposés dans 2\u00a0dossiers." in done[0].content.decode()
    assert "il ne change plus" in done[1].content.decode()
    sums = ledger_totals(Movement.objects.all())
    assert (sums[Stage.PROPOSED], sums[Stage.GRANTED]) == (Decimal("34999.99"), Decimal("0.00"))
    events = Event.objects.order_by("pk")[before:]
    assert [(each.kind, each.contract_id) for each in events] == [
        *(("scenario_applied", each.pk) for each in files),
        ("scenario_applied", None),
    ]
    scenario.refresh_from_db()
    assert scenario.applied_by == people.vienne_prefet.user


def test_an_applied_scenario_keeps_its_amounts_and_its_mark(
    people: People, pks: list[int], agent: Client, prefet: Client
) -> None:
    scenario = a_scenario(people, pks, "9000")
    address = page_at(scenario=scenario.pk)
    stale = form_of(agent, scenario=scenario.pk)
    prefet.post(address, APPLY)

    entry = typed(stale, "Rabot", **{f"amount_{pks[0]}": "11000"})
    refused = [agent.post(place, entry) for place in (address, page_at())]
    removed = agent.post(address, {"act": "remove"})
    other = agent.post(address, typed(stale, "Suite", **{f"amount_{pks[1]}": "11000"}))

    assert [each.status_code for each in (*refused, removed, other)] == [422, 422, 409, 302]
    assert "il ne change plus" in refused[0].content.decode()
    scenario.refresh_from_db()
    assert scenario.applied_at is not None
    assert scenario.removed_at is None
    assert amounts_of(scenario)[:2] == ["9000.00", "10000.00"]
    assert amounts_of(Scenario.objects.get(name="Suite"))[:2] == ["9000.00", "11000.00"]


def test_a_scenario_applies_in_the_version_that_was_read(people: People, pks: list[int], prefet: Client) -> None:
    scenario = a_scenario(people, pks)
    save_scenario(
        year=2026,
        name="Rabot",
        changes={pks[0]: Change(Decimal("12000.00"))},
        base=scenario,
        by=people.vienne_agent,
        now=SENT_AT,
    )

    codes = [
        prefet.post(page_at(scenario=scenario.pk), {"act": "apply", "version": each}).status_code
        for each in ("1", "", "x", "2")
    ]

    assert codes == [409, 409, 409, 302]


def test_a_scenario_applies_whole_or_says_what_moved(
    people: People, files: list[Contract], pks: list[int], prefet: Client
) -> None:
    scenario = a_scenario(people, pks, "12000")
    address = page_at(scenario=scenario.pk)
    Contract.objects.filter(pk=files[1].pk).update(state="approved", approved_at=SENT_AT)
    Action.objects.filter(pk=pks[0]).update(decision=Decision.REJECTED, rejection_reason="Hors champ")

    refused = prefet.post(address, APPLY)

    assert refused.status_code == 422
    assert refused.context["refused"] == [
        f"Poitiers ({files[0].reference})\u00a0: l’action «\u00a0Action 1\u00a0» n’est pas retenue.",
        f"Poitiers ({files[1].reference})\u00a0: le dossier est maintenant à l’état «\u00a0Contrat à signer\u00a0».",
    ]
    assert proposed() == [None] * 4
    assert Action.objects.get(pk=pks[0]).decision == Decision.REJECTED
    assert not Event.objects.filter(kind="scenario_applied").exists()

    saved = prefet.post(address, typed(form_of(prefet, scenario=scenario.pk), "Rabot"))
    prefet.post(saved["Location"], {"act": "apply", "version": "2"})
    assert proposed() == [None, Decimal("10000.00"), None, None]


def test_a_scenario_for_which_a_reason_is_missing_is_not_applied(
    people: People, pks: list[int], prefet: Client
) -> None:
    scenario = a_scenario(people, pks)
    YearAmount.objects.filter(action=pks[2]).update(requested=Decimal("10000.01"))

    refused = prefet.post(page_at(scenario=scenario.pk), APPLY)

    assert refused.status_code == 422
    assert "Indiquez pourquoi le montant 2026 est inférieur à la demande." in refused.context["refused"][0]
    assert proposed() == [None] * 4


def test_a_region_works_on_its_own_copy_and_applies_nothing_that_a_prefecture_leads(
    people: People, pks: list[int]
) -> None:
    scenario, client = a_scenario(people, pks, "9000"), people.client_for(people.sgar)
    address = page_at(departement="86", scenario=scenario.pk)

    page = client.get(address)
    saved = client.post(address, typed(page.context["form"], "Rabot", **{f"amount_{pks[1]}": "11000"}))

    assert saved.status_code == 302
    own = Scenario.objects.get(organisation=people.sgar.organisation)
    assert amounts_of(own)[:2] == ["9000.00", "11000.00"]
    assert amounts_of(scenario)[:2] == ["9000.00", "10000.00"]
    assert [client.post(address, act).status_code for act in (APPLY, {"act": "remove"})] == [403, 403]
    assert not page.context["may_remove"]


# --- putting away ----------------------------------------------------------------------------------------------------


def test_a_removed_scenario_stays_readable_and_frees_its_name(
    people: People, pks: list[int], agent: Client, prefet: Client
) -> None:
    scenario = a_scenario(people, pks, "9000")
    address = page_at(scenario=scenario.pk)

    agent.post(address, {"act": "remove"})
    again = agent.post(address, {"act": "remove"})
    applied = prefet.post(address, APPLY)
    refused = agent.post(address, typed(form_of(agent, scenario=scenario.pk), "Rabot"))
    saved = agent.post(page_at(), typed(form_of(agent), "Rabot", **{f"amount_{pks[0]}": "12 000,00"}))

    scenario.refresh_from_db()
    assert (scenario.removed_by, again.status_code, applied.status_code) == (people.vienne_agent.user, 302, 422)
    assert (refused.status_code, saved.status_code) == (422, 302)
    assert amounts_of(Scenario.objects.get(removed_at__isnull=True))[0] == "12000.00"
    page = agent.get(address).content.decode()
    assert "<strong>retiré le" in page
    assert page.index("<strong>Scénario retiré</strong>") < page.index("<strong>Scénario enregistré</strong>")
    assert Event.objects.filter(kind="scenario_removed").count() == 1


def test_an_act_without_scenario_does_not_exist(pks: list[int], prefet: Client) -> None:
    assert [prefet.post(reverse("contracts:collective"), {"act": act}).status_code for act in ("apply", "remove")] == [
        404,
        404,
    ]


def test_who_changes_a_scenario_that_a_colleague_removed_is_told_and_keeps_what_was_typed(
    files: list[Contract], pks: list[int], agent: Client, prefet: Client, people: People
) -> None:
    scenario = a_scenario(people, pks, "9000.00")
    address = page_at(scenario=scenario.pk)
    entry = typed(form_of(agent, scenario=scenario.pk), "Rabot", **{f"amount_{pks[1]}": "7 000,00"})
    entry[f"reason-{pks[1]}"] = "Enveloppe contrainte"
    prefet.post(address, {"act": "remove"})

    told = agent.post(address, entry)
    renamed = agent.post(address, entry | {"name": "Rabot repris"})

    page = told.content.decode()
    assert (told.status_code, renamed.status_code) == (422, 302)
    assert f"Ce scénario a été retiré par {people.vienne_prefet.user.full_name}" in page
    assert "7 000,00" in page
    assert "Enveloppe contrainte" in page
    kept = Scenario.objects.get(removed_at__isnull=True)
    assert (kept.name, amounts_of(kept)[:2]) == ("Rabot repris", ["9000.00", "7000.00"])

"""The requests of a year as one types: two pages in turn, sums and bar of all the pages, changed lines alone sent."""

from __future__ import annotations

from decimal import Decimal

import pytest
from playwright.sync_api import Browser, Request, expect
from pytest_django.live_server_helper import LiveServer

from contracts.models import ScenarioAmount
from funding.models import Action
from tests.e2e.axe import problems
from tests.e2e.browsing import person
from tests.factories.collective import a_scenario, many_requests
from tests.factories.funding import an_envelope
from tests.people import People

pytestmark = pytest.mark.postgres


def test_two_pages_are_edited_and_changed_lines_alone_are_sent(
    browser: Browser, live_server: LiveServer, transactional_db: None, people: People
) -> None:
    many_requests(people, files=2, actions=30)
    an_envelope(people.vienne_agent.organisation, "600000.00")
    first, last = Action.objects.order_by("contract", "number")[0], Action.objects.order_by("contract", "number")[59]
    agent = person(browser, live_server.url, "agent@vienne.pref.demo")
    page = agent.go("/demandes/").page
    sent: list[Request] = []
    page.on("request", lambda request: sent.append(request) if request.method == "POST" else None)
    left = page.locator("[data-envelope-left]")

    page.locator(f"[name='amount-{first.pk}']").fill("9 999,50")
    expect(left).to_have_text("Reste\u00a0: 0,50\u00a0€.")
    expect(page.locator("[data-left-of]")).to_have_text("Reste\u00a0: 0,50\u00a0€.")
    expect(page.locator("dd[data-sum]")).to_have_text("599\u00a0999,50\u00a0€")
    expect(page.locator(".ctai-subtotal [data-sum]").first).to_have_text("299\u00a0999,50\u00a0€")
    page.locator(f"[name='amount-{first.pk}']").press("Enter")
    expect(page.locator("input[data-draws]").nth(1)).to_be_focused()
    page.locator(f"[name='reason-{first.pk}']").fill("Enveloppe")
    page.get_by_label("Nom du scénario").fill("Essai")
    agent.press("Enregistrer, page suivante").reads("Scénario «\u00a0Essai\u00a0» enregistré")

    page.locator(f"[name='amount-{last.pk}']").fill("10000,51")
    expect(left).to_have_text("Il manque 0,01\u00a0€.")
    expect(page.locator(".ctai-subtotal [data-sum]").first).to_have_text("300\u00a0000,51\u00a0€")
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    agent.reads("1\u00a0ligne")

    lines = [
        sorted(part.partition("=")[0] for part in (each.post_data or "").split("&") if part.count("-"))
        for each in sent
    ]
    assert lines == [[f"{name}-{pk}" for name in ("amount", "reason", "seen")] for pk in (first.pk, last.pk)]
    rows = ScenarioAmount.objects.exclude(amount=Decimal("10000.00")).order_by("pk")
    assert [(row.action_id, row.amount) for row in rows] == [
        (first.pk, Decimal("9999.50")),
        (last.pk, Decimal("10000.51")),
    ]
    assert ScenarioAmount.objects.count() == 60


def test_the_signatory_reads_a_scenario_without_obstacle(
    browser: Browser, live_server: LiveServer, transactional_db: None, people: People
) -> None:
    many_requests(people, files=2, actions=2)
    an_envelope(people.vienne_agent.organisation, "60000.00")
    pks = list(Action.objects.order_by("pk").values_list("pk", flat=True))
    scenario = a_scenario(people, pks, "9000.00")
    prefet = person(browser, live_server.url, "prefet@vienne.pref.demo")
    address = f"{live_server.url}/demandes/?annee=2026&scenario={scenario.pk}"

    found = problems(prefet.page, address, unfolded=True)

    expect(prefet.page.get_by_role("button", name="Appliquer la version 1")).to_be_visible()
    assert found == []

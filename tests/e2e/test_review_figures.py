"""The review as one types: the envelope and the difference follow, and still do when the form comes back refused."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from tests.e2e.browsing import person
from tests.factories.funding import a_file, an_action, an_envelope
from tests.people import People

pytestmark = pytest.mark.postgres


def test_a_reduction_without_reason_comes_back_with_the_figures_that_were_typed(
    browser: Browser, live_server: LiveServer, transactional_db: None, people: People
) -> None:
    an_envelope(people.vienne_agent.organisation, "60000.00")
    contract = a_file(people, "under_review")
    an_action(contract, people.poitiers_agent, requested=True)
    agent = person(browser, live_server.url, "agent@vienne.pref.demo")
    page = agent.go(f"/contrats/{contract.reference}/instruction/").page
    needed, left = page.locator("[data-envelope-needed]"), page.locator("[data-envelope-left]")
    difference = page.locator("[data-amount-difference]")

    page.locator("details[data-action-review] summary").click()
    page.get_by_label("Retenue", exact=True).check(force=True)
    page.locator("input[data-draws]").fill("9 000,50")
    typed = [needed.inner_text(), left.inner_text(), difference.inner_text()]
    page.get_by_role("button", name="Enregistrer la proposition").click()
    expect(page.locator(".fr-error-text")).to_contain_text("Indiquez pourquoi le montant 2026")

    assert typed == ["9\u00a0000,50\u00a0€", "Reste\u00a0: 50\u00a0999,50\u00a0€.", "\u2212\u00a0999,50\u00a0€"]
    assert [needed.inner_text(), left.inner_text(), difference.inner_text()] == typed

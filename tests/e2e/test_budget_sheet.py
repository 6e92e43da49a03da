"""The budget as a spreadsheet: a block pasted from Excel, the keys that move, what is sent, and what is kept."""

from __future__ import annotations

from decimal import Decimal

import pytest
from playwright.sync_api import Browser, Request, expect
from pytest_django.live_server_helper import LiveServer

from funding.models import Action, BudgetLine
from tests.e2e.browsing import person
from tests.factories.accounts import PASSWORD
from tests.factories.funding import a_file, an_action
from tests.people import People

pytestmark = pytest.mark.postgres

#: Two rows and two years as Excel copies them: names at the left, several no-break spaces, « - € » for nil.
BLOCK = "60 – Achats\t1\u202f234,56\u00a0€\t2\u00a0\u00a0000,00 €\r\n61 – Services\t -   €\t3,50\u00a0€\r\n"

PASTE = """(input, text) => {
    const data = new DataTransfer();
    data.setData("text/plain", text);
    input.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}"""


def test_a_block_of_excel_is_pasted_and_changed_cells_alone_are_sent(
    browser: Browser, live_server: LiveServer, transactional_db: None, people: People
) -> None:
    contract = a_file(people, "proposal", last=2027)
    for title in ("Un", "Deux"):
        an_action(contract, people.poitiers_agent, title=title)
    mayor = person(browser, live_server.url, "agent@poitiers.demo")
    page = mayor.go(f"/contrats/{contract.reference}/proposition/actions/1/budget/").page
    first = page.get_by_label("60 – Achats, 2026")

    first.focus()
    first.evaluate(PASTE, BLOCK)
    expect(page.locator("[data-total='charge'][data-year='2026']")).to_have_text("16\u00a0234,56\u00a0€")
    expect(page.locator("[data-total='charge'][data-year='2027']")).to_have_text("17\u00a0003,50\u00a0€")
    expect(page.locator("[data-difference][data-year='2027']")).to_contain_text("Il manque")
    expect(page.locator("[data-pasted]")).to_have_text("4\u00a0cases remplies par le collage (Ctrl+Z pour l’annuler).")
    page.keyboard.press("Control+z")
    expect(first).to_have_value("")
    expect(page.locator("[data-total='charge'][data-year='2026']")).to_have_text("15\u00a0000,00\u00a0€")
    page.get_by_label("Montant de la ligne ajoutée 2, 2027").first.evaluate(PASTE, BLOCK)
    expect(page.locator("[data-pasted]")).to_contain_text("1\u00a0case remplie par le collage")
    expect(page.locator("[data-pasted]")).to_contain_text("2\u00a0montants n’ont pas trouvé de place.")
    page.keyboard.press("Control+z")
    first.evaluate(PASTE, BLOCK)
    first.press("Enter")
    expect(page.get_by_label("61 – Services extérieurs, 2026")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_label("61 – Services extérieurs, 2027")).to_be_focused()
    total = page.locator("[data-difference][data-year='2026']")
    page.get_by_label("62 – Autres services extérieurs, 2026").fill("1.234,56")
    expect(total).to_have_text("Une case n’est pas un montant\u00a0: corrigez-la.")
    page.get_by_label("62 – Autres services extérieurs, 2026").fill("")
    expect(total).to_contain_text("Il manque")
    page.get_by_label("Précision 1").first.press("Enter")
    expect(page.get_by_label("Montant de la ligne ajoutée 1, 2026").first).to_be_focused()
    sent: list[Request] = []
    page.on("request", lambda request: sent.append(request) if request.method == "POST" else None)
    mayor.press("Enregistrer les budgets").reads("Budget de l’action 1 enregistré.")

    names = sorted(part.partition("=")[0] for part in (sent[0].post_data or "").split("&") if "amount" in part)
    assert names == ["amount-charge-60-2026", "amount-charge-60-2027", "amount-charge-61-2027"]
    lines = BudgetLine.objects.filter(action__number=1, account__in=("60", "61")).order_by("account", "year")
    assert [(row.account, row.year, row.amount) for row in lines] == [
        ("60", 2026, Decimal("1234.56")),
        ("60", 2027, Decimal("2000.00")),
        ("61", 2027, Decimal("3.50")),
    ]

    mayor.go(f"/contrats/{contract.reference}/proposition/")
    page.locator("tr[data-number='2']").drag_to(page.locator("tr[data-number='1']"), target_position={"x": 60, "y": 4})
    mayor.reads("Action 2 déplacée.")
    assert [each.title for each in Action.objects.order_by("rank")] == ["Deux", "Un"]

    page.get_by_role("button", name="Descendre l’action 2").focus()
    page.keyboard.press("Enter")
    mayor.reads("Action 2 déplacée.")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Monter l’action 2")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Descendre l’action 2")).to_be_visible()
    assert [each.title for each in Action.objects.order_by("rank")] == ["Deux", "Un"]


def test_another_body_chosen_brings_its_own_number(
    browser: Browser, live_server: LiveServer, transactional_db: None, people: People
) -> None:
    contract = a_file(people, "proposal")
    for name, number in (("Passerelles", "90100001800019"), ("Toit et Clés", "90100003400016")):
        an_action(contract, people.poitiers_agent, holder_name=name, holder_siret=number)
    agent = person(browser, live_server.url, "agent@poitiers.demo")
    page = agent.go(f"/contrats/{contract.reference}/proposition/actions/nouvelle/").page
    body, siret = page.locator("#id_holder_name"), page.locator("#id_holder_siret")

    for typed, brought in (
        ("Passerelles", "90100001800019"),
        ("Toit et Clés", "90100003400016"),
        ("Autre", "90100003400016"),
    ):
        body.fill(typed)
        body.press("Tab")
        expect(siret).to_have_value(brought)


def test_what_was_typed_outlives_the_session(
    browser: Browser, live_server: LiveServer, transactional_db: None, people: People
) -> None:
    contract = a_file(people, "proposal")
    an_action(contract, people.poitiers_agent)
    sheet = f"/contrats/{contract.reference}/proposition/actions/1/budget/2026/"
    agent = person(browser, live_server.url, "agent@poitiers.demo").go(sheet)
    page = agent.page
    page.get_by_label("63 – Impôts et taxes").fill("77,70")
    page.context.clear_cookies(name="sessionid")

    agent.press("Enregistrer le budget 2026").reads("ce dernier envoi n’a pas été enregistré")
    page.get_by_label("Adresse électronique").fill("agent@poitiers.demo")
    page.get_by_label("Mot de passe", exact=True).fill(PASSWORD)
    agent.press("Se connecter")

    expect(page).to_have_url(f"{live_server.url}{sheet}")
    agent.press("Reprendre ma saisie")
    expect(page.get_by_label("63 – Impôts et taxes")).to_have_value("77,70")
    agent.press("Enregistrer le budget 2026").reads("Budget 2026 enregistré.")
    assert BudgetLine.objects.get(account="63").amount == Decimal("77.70")
    agent.go(sheet)
    expect(page.get_by_role("button", name="Reprendre ma saisie")).to_have_count(0)

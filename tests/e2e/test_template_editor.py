"""The editor of templates: accessible, written by keyboard alone, and never losing what is typed."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.axe import problems
from tests.e2e.portal import Portal

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]


def test_article_is_written_by_keyboard_beside_its_preview(portal: Portal, browser: Browser) -> None:
    context = portal.context(browser, "national_manager")
    page = context.new_page()
    page.goto(f"{portal.url}/modeles/contrat/")
    page.get_by_role("button", name="Préparer une nouvelle version").press("Enter")
    expect(page.get_by_role("link", name="Ajouter un article")).to_be_visible()
    draft = page.url.removeprefix(portal.url)

    wrong = [
        each
        for path in (draft, f"{draft}nouvel-article/", f"{draft}articles/donnees/")
        for each in problems(page, portal.url + path, unfolded=True)
    ]
    assert wrong == []

    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(f"{portal.url}{draft}nouvel-article/")
    text = page.locator("#id_body-rich")
    text.wait_for()
    page.locator("#id_title").press_sequentially("Santé mentale")
    text.press_sequentially("La collectivité agit avec ")
    page.locator("summary", has_text="Collectivité porteuse").press("Enter")
    page.get_by_role("button", name="Insérer : Collectivité porteuse", exact=True).press("Enter")
    expect(page.locator("#preview")).to_contain_text("agit avec Commune")
    page.locator("#dossier").select_option("exemple")
    page.get_by_role("button", name="Voir", exact=True).press("Enter")
    expect(text).to_contain_text("agit avec {{ porteur.nom }}")
    page.locator("#id_after").select_option("objet")
    page.get_by_role("button", name="Enregistrer l’article").press("Enter")

    expect(page.get_by_text("Article enregistré dans le brouillon.")).to_be_visible()
    headings = page.locator("section[aria-labelledby='articles-title'] h3").all_inner_texts()
    assert headings[headings.index("Objet du contrat") + 1] == "Santé mentale"
    context.close()

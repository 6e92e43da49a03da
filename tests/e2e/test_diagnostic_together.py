"""The town and the préfecture write the same section at once, each in their own browser."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.actors import Actor
from diagnostics.models import Section, SectionApproval, SectionVersion
from diagnostics.services import approve
from tests.factories.diagnostics import begun, section, written
from tests.people import People

pytestmark = pytest.mark.postgres

KEY = "axe-francais"


@dataclass
class Writer:
    """Someone at their screen, on the page of a section."""

    context: BrowserContext
    page: Page
    base: str

    @property
    def text(self) -> object:
        return self.page.get_by_role("textbox", name="Texte de la section")

    def read(self) -> None:
        self.page.goto(self.base)

    def write(self) -> None:
        """Open the section to write in it, taking it over if somebody holds it."""
        self.read()
        self.page.get_by_role("button", name="Modifier cette section").or_(
            self.page.get_by_role("button", name="Prendre la main")
        ).click()
        expect(self.page.get_by_role("toolbar", name="Mise en forme")).to_be_visible()

    def type(self, words: str) -> None:
        """Add words at the end of the text."""
        editor = self.page.locator("#id_text-rich")
        editor.click()
        self.page.keyboard.press("Control+End")
        self.page.keyboard.type(words)

    def saved(self) -> None:
        expect(self.page.locator("[data-status]")).to_contain_text("Enregistré à")


def _open(browser: Browser, server: str, people: People, actor: Actor, path: str) -> Writer:
    context = browser.new_context(locale="fr-FR", timezone_id="Europe/Paris", viewport={"width": 1280, "height": 900})
    cookies = people.client_for(actor).cookies
    context.add_cookies([{"name": name, "value": each.value, "url": server} for name, each in cookies.items()])
    page = context.new_page()
    page.set_default_timeout(15_000)
    return Writer(context, page, f"{server}{path}")


@pytest.fixture
def both(
    browser: Browser, live_server: LiveServer, transactional_db: None, people: People
) -> Iterator[tuple[Writer, Writer]]:
    """The agent of the town and that of the préfecture; the section is written once."""
    now = timezone.now()
    diagnostic = begun(people, now)
    written(diagnostic, people.poitiers_agent, now)
    path = f"/contrats/{diagnostic.contract.reference}/diagnostic/{KEY}/"
    town = _open(browser, live_server.url, people, people.poitiers_agent, path)
    service = _open(browser, live_server.url, people, people.vienne_agent, path)
    yield town, service
    town.context.close()
    service.context.close()


def current() -> Section:
    return Section.objects.get(question__key=KEY)


def test_a_lock_is_seen_taken_over_and_told(both: tuple[Writer, Writer]) -> None:
    town, service = both
    town.write()

    service.read()
    expect(service.page.get_by_text("rédige cette section en ce moment")).to_contain_text("Éloïse Lefèvre (")
    service.page.get_by_role("button", name="Prendre la main").click()
    expect(service.page.get_by_role("toolbar", name="Mise en forme")).to_be_visible()

    town.type(" Encore un mot.")
    expect(town.page.locator("[data-stopped]")).to_contain_text("Inès Robert (Préfecture de la Vienne) a pris la main")
    assert "Encore un mot" not in current().text

    town.page.get_by_role("button", name="Reprendre la main").click()
    town.saved()
    assert "Encore un mot" in current().text
    assert current().lock_holder is not None

    town.page.get_by_role("button", name="Enregistrer et revenir").click()
    expect(town.page.get_by_text("Section enregistrée.")).to_be_visible()
    assert current().lock_holder is None


def test_one_leaves_and_the_section_is_free(both: tuple[Writer, Writer]) -> None:
    town, service = both
    town.write()
    # The browser tells it on leaving, in a request of its own that the next page does not wait for.
    town.page.goto(f"{town.base}versions/")

    for _ in range(20):
        service.read()
        if service.page.get_by_role("button", name="Modifier cette section").count():
            break
        service.page.wait_for_timeout(250)
    expect(service.page.get_by_role("button", name="Modifier cette section")).to_be_visible()


def test_writing_saves_itself_in_one_version(both: tuple[Writer, Writer]) -> None:
    town, _ = both
    town.write()
    town.type(" Une phrase 🙂.")
    town.saved()
    expect(town.page.locator("[data-printing]")).to_contain_text("🙂")
    first = current()
    town.page.locator("#id_need-1-text").fill("Des cours le samedi")
    town.page.locator("#id_figures-1-label").fill("Chiffre commencé")
    expect(town.page.locator("[data-status]")).to_contain_text("sauf ce qui reste à compléter : Chiffre 2")

    again = current()
    assert (first.version, again.version) == (2, 2)
    assert again.revision > first.revision
    assert [row.text for row in again.rows.filter(kind="need").order_by("rank")] == [
        "Pas d’atelier en soirée",
        "Des cours le samedi",
    ]
    kept = again.rows.get(text="Des cours le samedi").pk
    with town.page.expect_response(town.page.url):  # « Enregistrement en cours » may pass too quickly to be seen
        town.page.locator("#id_need-1-text").fill("Des cours le samedi matin")
    town.saved()
    assert again.rows.get(text="Des cours le samedi matin").pk == kept
    assert SectionVersion.objects.count() == 1


def test_two_who_write_at_once_choose(both: tuple[Writer, Writer]) -> None:
    town, service = both
    town.write()
    service.write()  # takes it over
    service.type(" Vu de la préfecture.")
    service.saved()
    service.page.get_by_role("button", name="Enregistrer et revenir").click()
    expect(service.page.get_by_text("Section enregistrée.")).to_be_visible()

    town.type(" Vu de la ville.")
    expect(town.page.locator("[data-stopped]")).to_contain_text("a été modifiée pendant que vous l’écriviez")
    town.page.get_by_role("button", name="Comparer les deux textes").click()
    expect(town.page.get_by_role("heading", name="Ma saisie", exact=True)).to_be_visible()
    expect(town.page.locator("section", has=town.page.locator("#theirs-title"))).to_contain_text("Vu de la préfecture")
    expect(town.page.locator("section", has=town.page.locator("#mine-title"))).to_contain_text("Vu de la ville")
    assert "Vu de la ville" not in current().text

    town.page.get_by_role("button", name="Enregistrer ma version à la place").first.click()
    expect(town.page.get_by_text("Section enregistrée.")).to_be_visible()
    assert "Vu de la ville" in current().text
    assert current().version == 3


def test_what_a_cut_network_kept_is_offered_back(both: tuple[Writer, Writer]) -> None:
    town, _ = both
    town.write()
    town.context.set_offline(True)
    town.type(" Tapé hors ligne.")
    expect(town.page.locator("[data-status]")).to_contain_text("gardée sur cet ordinateur")
    assert "hors ligne" not in current().text

    town.page.on("dialog", lambda dialog: dialog.accept())
    town.page.goto("about:blank")
    town.context.set_offline(False)
    town.page.goto(f"{town.base}modifier/")
    expect(town.page.locator("[data-found]")).to_contain_text("Une saisie non enregistrée du")
    town.page.get_by_role("button", name="La reprendre").click()
    expect(town.page.locator("#id_text-rich")).to_contain_text("Tapé hors ligne.")
    town.saved()
    assert "Tapé hors ligne." in current().text

    town.page.reload()
    expect(town.page.locator("[data-found]")).to_be_hidden()


def test_the_network_back_sends_what_was_kept(both: tuple[Writer, Writer]) -> None:
    town, _ = both
    town.write()
    town.context.set_offline(True)
    town.type(" Dans le tunnel.")
    expect(town.page.locator("[data-status]")).to_contain_text("gardée sur cet ordinateur")

    town.context.set_offline(False)
    town.saved()
    assert "Dans le tunnel." in current().text


def test_a_comma_withdraws_an_approval(both: tuple[Writer, Writer], people: People) -> None:
    town, service = both
    for actor in (people.poitiers_agent, people.vienne_agent):
        approve(section=section(current().diagnostic, KEY), version=1, by=actor, now=timezone.now())
    town.write()
    town.type(",")
    town.saved()

    service.read()
    expect(service.page.get_by_text("Votre accord portait sur la version 1")).to_be_visible()
    service.page.get_by_role("link", name="Voir ce qui a changé").click()
    expect(service.page.locator(".ctai-diff ins").first).to_contain_text(",")
    service.page.get_by_role("link", name="Voir côte à côte").click()
    expect(service.page.get_by_role("table")).to_contain_text("Version 2")

    service.read()
    service.page.get_by_role("button", name="Approuver cette version").click()
    expect(service.page.get_by_text("Préfecture : approuvé par Inès Robert")).to_be_visible()
    assert SectionApproval.objects.filter(version=2).count() == 1
    assert current().draft_since is None


def test_the_editor_shapes_the_text_and_cleans_what_word_brings(both: tuple[Writer, Writer]) -> None:
    town, _ = both
    violations: list[str] = []
    town.page.on("console", lambda said: violations.append(said.text) if "Content Security" in said.text else None)
    town.write()
    expect(town.page.locator("#id_text")).to_be_hidden()
    editor = town.page.locator("#id_text-rich")
    editor.click()
    town.page.keyboard.press("Control+End")
    town.page.keyboard.press("Enter")
    town.page.get_by_role("button", name="Gras").click()
    expect(town.page.get_by_role("button", name="Gras")).to_have_attribute("aria-pressed", "true")
    expect(editor).to_be_focused()  # the button gives it back at the next frame
    town.page.keyboard.type("En gras")
    town.page.keyboard.press("Enter")
    editor.evaluate(
        """(node) => {
            const data = new DataTransfer();
            data.setData("text/html", `<p class=MsoListParagraph style='mso-list:l0 level1 lfo1'>
              <span style='mso-list:Ignore'>·</span>Un<o:p></o:p></p>
              <p class=MsoListParagraph style='mso-list:l0 level1 lfo1'><span style='mso-list:Ignore'>·</span>Deux</p>
              <table><tr><td>A</td><td>B</td></tr><tr><td>C</td></tr></table><script>window.bad = 1</script>`);
            node.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
        }"""
    )
    expect(town.page.locator("[data-status]")).to_contain_text("Enregistré à")
    town.page.get_by_role("button", name="Enregistrer et revenir").click()
    expect(town.page.get_by_text("Section enregistrée.")).to_be_visible()

    text = current().text
    assert "<strong>En gras</strong>" in text
    assert "<ul><li>Un</li><li>Deux</li></ul>" in text
    assert "<tr><td>C</td><td></td></tr>" in text
    assert "mso" not in text
    assert "script" not in text
    assert not violations
    expect(town.page.locator(".ctai-rich table")).to_be_visible()

    town.write()
    town.type(" Fin.")
    town.page.get_by_role("button", name="Tableau", exact=True).click()
    town.saved()
    assert not violations

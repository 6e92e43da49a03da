"""Every page, for everyone: no axe violation, light and dark; no sideways scroll at 320 px; usable by keyboard."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.access.world import WHO
from tests.e2e.axe import problems
from tests.e2e.portal import Portal

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]

#: What has the focus, whether it shows, and whether it is a main button of the page.
FOCUSED = """() => {
    const e = document.activeElement, style = getComputedStyle(e);
    const box = e.labels && e.labels.length ? getComputedStyle(e.labels[0], '::before') : style;
    const ring = each => each.outlineStyle !== 'none' && parseFloat(each.outlineWidth) > 0;
    return {
        name: `${e.tagName} ${e.id} ${(e.textContent || '').trim().slice(0, 40)}`,
        shown: ring(style) || ring(box) || ring(getComputedStyle(e, '::before')) || style.boxShadow !== 'none',
        button: e.matches('main .fr-btn'),
    };
}"""


class _Shape(HTMLParser):
    """How a page is drawn, without its words."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(" ".join([tag, dict(attrs).get("class") or "", *(name for name, _ in attrs)]))


def _is_new(text: str, seen: set[tuple[str, ...]]) -> bool:
    """Tell whether the page, or what surrounds it, is drawn as none before: two people may read the same one."""
    before, _, rest = text.partition("<main")
    main, _, after = rest.partition("</main>")
    shapes = {tuple(_Shape(f"<main{main}").tags), tuple(_Shape(before + after).tags)}
    new = not shapes <= seen
    seen |= shapes
    return new


@pytest.fixture(scope="module")
def seen() -> set[tuple[str, ...]]:
    """How the pages that were examined are drawn."""
    return set()


@pytest.mark.parametrize("who", WHO)
def test_every_page_is_accessible(portal: Portal, browser: Browser, seen: set[tuple[str, ...]], who: str) -> None:
    context = portal.context(browser, who)
    page = context.new_page()

    wrong = [
        f"{url}: {each}"
        for url, text in portal.pages(who)
        if _is_new(text, seen)
        for each in problems(page, portal.url + url)
    ]

    context.close()
    assert wrong == []


@pytest.mark.parametrize(
    ("who", "step", "path"),
    [
        ("contributor", "diagnostic", "diagnostic/contexte/modifier/"),
        ("contributor", "proposal", "proposition/actions/nouvelle/"),
        ("contributor", "approved", "signature/deliberation/"),
        ("local_signatory", "proposal", "actes/submit_proposal/"),
        ("instructor", "exchange", "echange/rencontres/nouvelle/"),
        ("instructor", "diagnostic", "actes/return_to_exchange/"),
    ],
)
def test_form_is_used_by_keyboard(portal: Portal, browser: Browser, who: str, step: str, path: str) -> None:
    """Tab reaches the button; what has the focus shows, nothing on the way is left without a mark."""
    context = portal.context(browser, who)
    page = context.new_page()
    page.goto(f"{portal.url}/contrats/{portal.steps[step]}/{path}")
    page.locator("main form").first.wait_for()

    hidden, reached = [], False
    for _ in range(200):
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED)
        if not focused["shown"]:
            hidden.append(focused["name"])
        if focused["button"]:
            reached = True
            break
    context.close()

    assert reached
    assert hidden == []


def _expect_focus_on_first_error(page: Page) -> None:
    """Check that the first faulty field has the focus and says what is wrong, below a summary that links to it."""
    summary = page.locator("main [data-error-summary]").first
    faulty = page.locator("main [aria-invalid='true']").first
    expect(faulty).to_be_focused()
    expect(summary).to_be_visible()
    described = (faulty.get_attribute("aria-describedby") or "").split()
    assert any(page.locator(f"#{each}").inner_text() for each in described)
    assert summary.locator("a[href^='#']").count() > 0


def test_refused_form_gives_the_focus_to_its_errors(portal: Portal, browser: Browser) -> None:
    context = portal.context(browser, "visitor")
    page = context.new_page()
    page.goto(f"{portal.url}/connexion/")
    page.get_by_role("button", name="Se connecter").last.press("Enter")

    _expect_focus_on_first_error(page)
    context.close()


@pytest.mark.parametrize(
    ("who", "step", "path", "button"),
    [
        ("contributor", "proposal", "proposition/actions/nouvelle/", "Enregistrer la fiche"),
        ("contributor", "approved", "signature/deliberation/", "Enregistrer la délibération"),
        ("instructor", "exchange", "echange/rencontres/nouvelle/", "Enregistrer"),
    ],
)
def test_refused_file_form_gives_the_focus_to_its_errors(
    portal: Portal, browser: Browser, who: str, step: str, path: str, button: str
) -> None:
    context = portal.context(browser, who)
    page = context.new_page()
    page.goto(f"{portal.url}/contrats/{portal.steps[step]}/{path}")
    for field in page.locator("main input[type=text], main input[type=date]").all():
        field.fill("")
    page.locator("main").get_by_role("button", name=button, exact=True).press("Enter")

    _expect_focus_on_first_error(page)
    context.close()

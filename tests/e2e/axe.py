"""What axe finds wrong in a page: light and dark, wide and narrow."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, ViewportSize

WIDE, NARROW = ViewportSize(width=1280, height=900), ViewportSize(width=320, height=800)
ALL: dict[str, Any] = {"resultTypes": ["violations"]}
COLOURS = ALL | {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
EXAMINE = """options => axe.run(document, options).then(found => found.violations.map(
    rule => `${rule.id}: ${rule.nodes.slice(0, 2).map(node => node.html.slice(0, 160)).join(' … ')}`))"""


def _examined(page: Page, options: dict[str, Any], name: str) -> list[str]:
    return [f"{name} – {each}" for each in page.evaluate(EXAMINE, options)]


def problems(page: Page, url: str, *, unfolded: bool = False) -> list[str]:
    """Open a page and return what is wrong with it, all that folds open if asked; theme and width change in place."""
    page.set_viewport_size(WIDE)
    answer = page.goto(url)
    if answer is None or answer.status != 200:
        return [f"answers {answer and answer.status}"]
    if unfolded:
        page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
    page.evaluate(Axe().axe_script)
    found = _examined(page, ALL, "light")
    page.evaluate("document.documentElement.dataset.frTheme = 'dark'")
    found += _examined(page, COLOURS, "dark")
    page.evaluate("document.documentElement.dataset.frTheme = 'light'")
    page.set_viewport_size(NARROW)
    width = page.evaluate("document.scrollingElement.scrollWidth")
    if width > NARROW["width"]:
        found.append(f"is {width} px wide on a screen of 320")
    return found + _examined(page, ALL, "narrow")

"""A person in front of the portal: what they type, press and read, in the words of the page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Locator, Page, expect

from tests.factories.accounts import PASSWORD


@dataclass
class Person:
    """Someone with a browser of their own."""

    page: Page
    address: str
    file: str = ""

    # --- going somewhere

    def go(self, path: str) -> Person:
        """Open an address of the portal."""
        answer = self.page.goto(f"{self.address}{path}")
        assert answer is not None
        assert answer.status < 500, f"{path}: {answer.status}"
        return self

    def go_to_file(self, path: str = "") -> Person:
        """Open a page of the file under way."""
        return self.go(f"{self.file}{path}")

    def sign_in(self, email: str) -> Person:
        self.go("/connexion/")
        self.page.locator("main form").first.get_by_label("Adresse électronique").fill(email)
        self.page.get_by_label("Mot de passe", exact=True).fill(PASSWORD)
        self.press("Se connecter")
        expect(self.page.get_by_role("button", name="Se déconnecter").first).to_be_visible()
        return self

    # --- forms

    def fill(self, values: dict[str, Any], within: Locator | None = None) -> Person:
        """Type each value in the field of that label: a text, a day, a choice, a tick, a file."""
        place = within or self.page.locator("main")
        for label, value in values.items():
            field = place.get_by_label(_begins_with(label)).and_(self.page.locator("input, textarea, select"))
            self._fill_one(field.first, value)
        return self

    @staticmethod
    def _fill_one(field: Locator, value: Any) -> None:
        if isinstance(value, bool):
            field.set_checked(value, force=True)
        elif isinstance(value, Path):
            field.set_input_files(value)
        elif field.evaluate("field => field.tagName") == "SELECT":
            option = field.locator("option").filter(has_text=str(value)).first
            field.select_option(option.get_attribute("value"))
        else:
            field.fill(value.isoformat() if isinstance(value, date) else str(value))

    def press(self, name: str, within: Locator | None = None) -> Person:
        """Press the button, follow the link, or unfold what bears that name."""
        place = within or self.page.locator("main")
        found = place.get_by_role("button", name=name).or_(place.get_by_role("link", name=name))
        found.or_(place.locator("summary").filter(has_text=name)).first.click()
        return self

    def act(self, label: str, **values: Any) -> Person:
        """Do an act from the file's page: its button, then the page that says what it will do."""
        self.go_to_file()
        self.press(label)
        self.fill({name.replace("_", " "): value for name, value in values.items()})
        return self.press(label)

    # --- reading

    def reads(self, *sentences: str) -> Person:
        """Check that the page says each of these."""
        for sentence in sentences:
            expect(self.page.locator("main")).to_contain_text(sentence)
        return self

    def cannot(self, label: str, because: str) -> Person:
        """Check that the act is shown, disabled, with this reason; and that its page refuses for this reason."""
        self.go_to_file()
        button = self.page.get_by_role("button", name=label, exact=True)
        expect(button).to_have_attribute("aria-disabled", "true")
        told = (button.get_attribute("aria-describedby") or "").split()
        expect(self.page.locator(f"#{told[-1]}")).to_contain_text(because)
        return self

    def keep_file(self) -> Person:
        """Remember the file of the page."""
        found = re.search(r"/contrats/[^/]+/", self.page.url)
        assert found, self.page.url
        self.file = found[0]
        return self


def _begins_with(label: str) -> re.Pattern[str]:
    """Match a label by its first words, whatever the kind of spaces between them."""
    return re.compile(r"^\s*" + r"\s".join(re.escape(word) for word in label.split()))


def person(browser: Browser, address: str, email: str, **options: Any) -> Person:
    """Return a person signed in, in a browser of their own."""
    context = browser.new_context(locale="fr-FR", timezone_id="Europe/Paris", **options)
    context.set_default_timeout(10_000)
    return Person(context.new_page(), address).sign_in(email)

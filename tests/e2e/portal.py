"""The portal with the world of the tests of access, and files at the steps that people write."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from zoneinfo import ZoneInfo

from django.conf import settings
from playwright.sync_api import Browser, BrowserContext

from campaigns.models import Campaign
from ctai.demo_data.journey import Journey
from ctai.demo_data.texts import ATELIER
from funding.models import Envelope
from tests.access.table import ADDRESSES
from tests.access.world import WHO, World, address, build, routes
from tests.contracts.stage import Stage, to_approved, to_diagnostic, to_exchange, to_proposal, to_signed

#: The pages that people write at a step, below the file.
WRITTEN = {
    "exchange": ("", "echange/", "echange/rencontres/nouvelle/", "actes/conclude_exchange/"),
    "diagnostic": (
        "",
        "diagnostic/",
        "diagnostic/contexte/",
        "diagnostic/contexte/modifier/",
        "diagnostic/contexte/versions/",
    ),
    "proposal": (
        "",
        "proposition/",
        "proposition/actions/nouvelle/",
        "proposition/actions/1/",
        "proposition/actions/1/budget/2026/",
        "proposition/actions/1/budget/",
        "proposition/budget/",
        "proposition/cofinancements/",
        "proposition/reconduction/",
        "proposition/demande/",
        f"proposition/demande/versement/{ATELIER[1]}/",
        "actes/submit_proposal/",
    ),
    "approved": ("", "signature/", "signature/deliberation/", "actes/sign/", "actes/reissue/"),
    "signed": ("", "signature/", "documents/", "historique/", "actes/terminate/"),
}


#: Those who write a file.
WRITERS = ("contributor", "local_signatory", "instructor", "state_signatory")

NOW = datetime(2026, 3, 3, 10, 0, tzinfo=ZoneInfo("Europe/Paris"))


def _written(journey: Journey) -> Journey:
    return to_diagnostic(journey).write_diagnostic(limit=2).approve_sections(limit=1, sides=1)


CARRY: dict[str, Callable[[Journey], Journey]] = {
    "exchange": lambda journey: to_exchange(journey).meet(approve=False),
    "diagnostic": _written,
    "proposal": lambda journey: to_proposal(journey).propose(),
    "approved": lambda journey: to_approved(journey).deliberate(),
    "signed": to_signed,
}


@dataclass(frozen=True)
class Portal:
    """Where it answers, who may be asked, and what there is to see."""

    url: str
    world: World
    steps: dict[str, str]

    def context(self, browser: Browser, who: str) -> BrowserContext:
        """Return the browser of somebody already signed in."""
        context = browser.new_context(locale="fr-FR", timezone_id="Europe/Paris", reduced_motion="reduce")
        cookies = self.world.clients[who].cookies
        if settings.SESSION_COOKIE_NAME in cookies:
            session = cookies[settings.SESSION_COOKIE_NAME].value
            context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": self.url}])
        return context

    def pages(self, who: str) -> Iterator[tuple[str, str]]:
        """Yield the address and the text of each page that somebody may open: one of each, then those of the steps."""
        for url in (*self._own_pages(who), *self._written_pages(who)):
            answer = self.world.clients[who].get(url)
            if answer.status_code != HTTPStatus.FORBIDDEN and not answer.streaming:
                text = answer.content.decode(errors="replace")
                if "<html" in text:  # neither a file to download nor a part of a page
                    yield url, text

    def _own_pages(self, who: str) -> list[str]:
        known = self.world.own | self.world.around(who)
        params = routes()
        rows = (line.split() for line in ADDRESSES.strip("\n").splitlines()[1:])
        return [
            address(name, params[name], known)
            for name, method, *codes in rows
            if method == "GET" and codes[WHO.index(who)] == "200"
        ]

    def _written_pages(self, who: str) -> list[str]:
        if who not in WRITERS:
            return []
        return [f"/contrats/{self.steps[step]}/{path}" for step, paths in WRITTEN.items() for path in paths]


def furnish(url: str) -> Portal:
    """Put the world in the database, and a file at each step."""
    world = build(NOW)
    campaign = Campaign.objects.get(year=NOW.year)
    envelope = Envelope.objects.get(campaign=campaign, organisation=world.people.vienne_agent.organisation)
    stage = Stage(world.people, campaign, envelope, NOW)
    return Portal(url, world, {step: carry(stage.journey()).contract.reference for step, carry in CARRY.items()})

"""The portal with the world of the tests of access, and files at the steps that people write."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from zoneinfo import ZoneInfo

from django.conf import settings
from playwright.sync_api import Browser, BrowserContext

from campaigns.models import Campaign
from ctai.demo_data.journey import Journey
from funding.models import Envelope
from tests.access.table import ADDRESSES
from tests.access.world import WHO, World, address, build, routes
from tests.contracts.stage import Stage, to_approved, to_diagnostic, to_exchange, to_proposal, to_signed

#: What cannot be opened in a browser: it is downloaded.
DOWNLOADS = (
    "monitoring:contracts_csv",
    "monitoring:grants_csv",
    "monitoring:export",
    "contracts:upload",
    "contracts:issued",
    "contracts:delegation_act",
    "contracts:list_export",
    "contracts:progress",
    "health",
)
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
        "actes/submit_proposal/",
    ),
    "approved": ("", "signature/", "signature/deliberation/", "actes/sign/", "actes/reissue/"),
    "signed": ("", "signature/", "documents/", "historique/", "actes/terminate/"),
}


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

    def pages(self, who: str) -> list[str]:
        """Return the addresses that answer 200 to somebody, then the pages of the steps that they write."""
        known = self.world.own | self.world.around(who)
        params = routes()
        found = [
            address(name, params[name], known)
            for name, method, *codes in (line.split() for line in ADDRESSES.strip("\n").splitlines()[1:])
            if method == "GET" and name not in DOWNLOADS and codes[WHO.index(who)] == "200"
        ]
        if who in ("contributor", "local_signatory", "instructor", "state_signatory"):
            for step, reference in self.steps.items():
                found += [f"/contrats/{reference}/{path}" for path in WRITTEN[step]]
        client = self.world.clients[who]
        return [url for url in found if client.get(url).status_code != HTTPStatus.FORBIDDEN]


def furnish(url: str) -> Portal:
    """Put the world in the database, and a file at each step."""
    world = build(NOW)
    campaign = Campaign.objects.get(year=NOW.year)
    envelope = Envelope.objects.get(campaign=campaign, organisation=world.people.vienne_agent.organisation)
    stage = Stage(world.people, campaign, envelope, NOW)
    return Portal(url, world, {step: carry(stage.journey()).contract.reference for step, carry in CARRY.items()})

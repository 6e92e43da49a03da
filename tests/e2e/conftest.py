"""How the browser is started: the system's Chromium, without anything that calls home."""

import os
import shutil
import threading
import time
from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.core.signals import request_finished, request_started
from django.dispatch import receiver
from django.test import override_settings
from playwright.sync_api import Browser
from pytest_django import DjangoDbBlocker
from pytest_django.live_server_helper import LiveServer

from tests.e2e.portal import Portal, furnish

CANDIDATES = ("chromium", "chromium-browser", "google-chrome", "/Applications/Chromium.app/Contents/MacOS/Chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

LONGEST_ANSWER = 30  # seconds
QUIET_LOOKS = 5


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, object]:
    """Return what Playwright needs to start the browser; CHROMIUM names another one."""
    names = [os.environ["CHROMIUM"]] if "CHROMIUM" in os.environ else CANDIDATES
    path = next((found for name in names if (found := shutil.which(name))), None)
    return {"executable_path": path, "args": ARGUMENTS}


@pytest.fixture(scope="session")
def browser_context_args() -> dict[str, object]:
    """Return a French reader on an ordinary screen."""
    return {"locale": "fr-FR", "timezone_id": "Europe/Paris", "viewport": {"width": 1280, "height": 900}}


#: The threads of the server that are answering a request.
answering: set[int] = set()


@receiver(request_started)
def _begin(**_: object) -> None:
    if "process_request_thread" in threading.current_thread().name:
        answering.add(threading.get_ident())


@receiver(request_finished)
def _end(**_: object) -> None:
    answering.discard(threading.get_ident())


def _wait_for_answers() -> None:
    """Wait until the server has answered all that was asked by pages that are closed."""
    until = time.monotonic() + LONGEST_ANSWER
    quiet = 0
    while quiet < QUIET_LOOKS:
        assert time.monotonic() < until, "A request is still under way."
        time.sleep(0.02)
        quiet = 0 if answering else quiet + 1


@pytest.fixture(autouse=True)
def answered(request: pytest.FixtureRequest) -> Iterator[None]:
    """Close every page, then empty the database once the last request is answered: it may hold what is emptied."""
    if "transactional_db" not in request.fixturenames and "live_server" not in request.fixturenames:
        yield
        return
    request.getfixturevalue("transactional_db")
    browser: Browser = request.getfixturevalue("browser")
    yield
    for context in browser.contexts:
        context.close()
    _wait_for_answers()


@pytest.fixture(scope="module")
def portal(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Portal]:
    """The portal in service, with its world made once for the tests of the module, and erased after them."""
    with django_db_blocker.unblock(), override_settings(EMAIL_BACKEND="exchanges.outbox.OutboxBackend"):
        server = LiveServer("localhost")
        try:
            yield furnish(server.url)
        finally:
            server.stop()
            _wait_for_answers()
            call_command("flush", interactive=False, verbosity=0)

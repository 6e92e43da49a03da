"""How the browser is started: the system's Chromium, without anything that calls home."""

import os
import shutil

import pytest

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

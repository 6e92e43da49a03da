"""What the portal refuses at boot."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings

from ctai.checks import check_settings

SOUND: dict[str, Any] = {
    "DEBUG": False,
    "DEMO": False,
    "HTTPS": True,
    "BRAND": "neutral",
    "SECRET_KEY": "a-sound-key-of-the-tests-" * 3,
    "ALLOWED_HOSTS": ["ctai.example.org"],
    "SITE_URL": "https://ctai.example.org",
    "DATABASES": {"default": {"ENGINE": "django.db.backends.postgresql"}},
    "PROCONNECT_ISSUER": "",
    "PROCONNECT_CLIENT_ID": "",
    "PROCONNECT_CLIENT_SECRET": "",
}


@pytest.fixture
def refusals(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str | None]]:
    """Answer which checks refuse the sound settings once changed."""

    def check(**changes: Any) -> list[str | None]:
        for name, value in (SOUND | changes).items():
            monkeypatch.setattr(settings, name, value, raising=False)
        return [message.id for message in check_settings(None)]

    return check


def test_sound_settings_are_accepted(refusals: Callable[..., list[str | None]]) -> None:
    assert refusals() == []
    assert refusals(BRAND="state", SITE_URL="https://ctai.gouv.fr", ALLOWED_HOSTS=["ctai.gouv.fr"]) == []
    assert refusals(HTTPS=False, SITE_URL="http://localhost:8000", ALLOWED_HOSTS=["localhost"]) == []
    assert refusals(DEMO=True, ALLOWED_HOSTS=["127.0.0.1"]) == []


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"BRAND": "republic"}, "ctai.E001"),
        ({"BRAND": "state"}, "ctai.E002"),
        ({"DEMO": True, "ALLOWED_HOSTS": ["ctai.example.org"]}, "ctai.E003"),
        ({"SECRET_KEY": "short"}, "ctai.E004"),
        ({"SECRET_KEY": "a" * 80}, "ctai.E004"),
        ({"ALLOWED_HOSTS": ["ctai.example.org", "*"]}, "ctai.E005"),
        ({"DATABASES": {"default": {"ENGINE": "django.db.backends.sqlite3"}}}, "ctai.E006"),
        ({"SITE_URL": "http://ctai.example.org"}, "ctai.E007"),
        ({"SITE_URL": "https://elsewhere.example.org"}, "ctai.E007"),
        ({"SITE_URL": "https://ctai.example.org/portail"}, "ctai.E007"),
        ({"HTTPS": False, "SITE_URL": "http://ctai.example.org"}, "ctai.E008"),
        ({"PROCONNECT_CLIENT_ID": "portal"}, "ctai.E009"),
    ],
)
def test_unsafe_setting_is_refused(
    refusals: Callable[..., list[str | None]], changes: dict[str, Any], refusal: str
) -> None:
    assert refusals(**changes) == [refusal]

"""The health page tells the truth about each engine that is configured."""

from datetime import datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client, override_settings
from django.urls import reverse

from ctai.health import MISSED_BEATS
from ctai.tasks import HEARTBEAT, heartbeat
from exchanges.models import Mail

pytestmark = pytest.mark.django_db


def test_health_without_other_engines() -> None:
    response = Client().get(reverse("health"))

    assert response.status_code == 200
    assert response.json() == {
        "status": "ok",
        "database": "ok",
        "cache": "non configuré",
        "worker": "non configuré",
        "storage": "ok",
        "version": "0.1.0",
    }


@override_settings(CELERY_TASK_ALWAYS_EAGER=False)
def test_worker_is_up_while_its_heart_beats() -> None:
    cache.delete(HEARTBEAT)
    silent = Client().get(reverse("health"))
    heartbeat()
    alive = Client().get(reverse("health"))
    cache.set(HEARTBEAT, cache.get(HEARTBEAT) - MISSED_BEATS * settings.HEARTBEAT_SECONDS - 1)
    dead = Client().get(reverse("health"))

    assert (silent.status_code, silent.json()["worker"]) == (503, "en panne")
    assert (alive.status_code, alive.json()["worker"], alive.json()["cache"]) == (200, "ok", "ok")
    assert (dead.status_code, dead.json()["status"]) == (503, "en panne")


@override_settings(
    CACHES={
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1/0"}
    },
    CELERY_TASK_ALWAYS_EAGER=False,
)
def test_cache_that_does_not_answer_is_down() -> None:
    response = Client().get(reverse("health"))

    assert response.status_code == 503
    assert response.json()["cache"] == response.json()["worker"] == "en panne"


def test_storage_that_cannot_be_written_is_down(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("a file where a folder is needed")
    with override_settings(MEDIA_ROOT=blocked):
        response = Client().get(reverse("health"))

    assert (response.status_code, response.json()["storage"]) == (503, "en panne")


def test_mails_of_the_demonstration(now: datetime) -> None:
    mail = Mail.objects.create(
        message_id="<1@ctai>", to="agent@poitiers.demo", subject="Lettre envoyée", created_at=now,
        text="Voir http://127.0.0.1:8000/contrats/ <b>gras</b>", html="<b>gras</b>",
    )  # fmt: skip

    listed = Client().get(reverse("demo_mails")).content.decode()
    shown = Client().get(reverse("demo_mail", args=[mail.pk])).content.decode()

    assert "Lettre envoyée" in listed
    assert "&lt;b&gt;gras&lt;/b&gt;" in shown
    assert 'href="http://127.0.0.1:8000/contrats/"' in shown
    with override_settings(DEMO=False):
        assert Client().get(reverse("demo_mails")).status_code == 404
        assert Client().get(reverse("demo_mail", args=[mail.pk])).status_code == 404

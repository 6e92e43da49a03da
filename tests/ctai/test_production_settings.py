"""The production settings start from a whole environment and from nothing less."""

import os
import subprocess
import sys

import pytest

from tests.consistency.sources import ROOT

WHOLE = {
    "SECRET_KEY": "a-sound-key-of-the-tests-" * 3,
    "DATABASE_URL": "postgres://ctai@db.invalid/ctai",
    "REDIS_URL": "redis+socket:///run/redis.sock",
    "ALLOWED_HOSTS": "ctai.example.org",
    "SITE_URL": "https://ctai.example.org",
    "EMAIL_URL": "smtp+tls://portal%40example.org:se%2Fcret@mail.invalid:587",
    "STORAGE_URL": "/srv/ctai/media",
    "DEFAULT_FROM_EMAIL": "ne-pas-repondre@ctai.example.org",
}
SHOW = """
from ctai.settings import production as p
print(p.CELERY_BROKER_URL, p.CACHES["default"]["LOCATION"], p.CELERY_TASK_ALWAYS_EAGER)
print(p.EMAIL_BACKEND, p.DELIVERY_EMAIL_BACKEND)
print(p.EMAIL_HOST, p.EMAIL_HOST_USER, p.EMAIL_HOST_PASSWORD, p.EMAIL_USE_TLS)
print(p.DATABASES["default"].get("OPTIONS", {}).get("pool"), p.DATABASES["default"].get("CONN_MAX_AGE"))
"""


def _start(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", SHOW],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_whole_environment_starts() -> None:
    done = _start(WHOLE | {"DB_POOL": "8"})

    assert done.stderr == ""
    assert done.stdout.splitlines() == [
        "redis+socket:///run/redis.sock unix:///run/redis.sock False",
        "exchanges.outbox.OutboxBackend django.core.mail.backends.smtp.EmailBackend",
        "mail.invalid portal@example.org se/cret True",
        "{'min_size': 1, 'max_size': 8, 'timeout': 10} None",
    ]


@pytest.mark.parametrize("missing", sorted(WHOLE))
def test_missing_variable_stops_the_start(missing: str) -> None:
    done = _start({name: value for name, value in WHOLE.items() if name != missing})

    assert done.returncode != 0
    assert missing in done.stderr.splitlines()[-1]

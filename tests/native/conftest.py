"""A real broker and real processes beside the database of the test."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from ctai.celery import app
from tests.native.processes import Stack, new_stack


@pytest.fixture
def stack(transactional_db: None, settings: Settings) -> Iterator[Stack]:
    """A broker that runs; what the test does in the process goes through it too."""
    stack = new_stack()
    settings.MEDIA_ROOT = stack.folder / "media"
    settings.EMAIL_BACKEND = "exchanges.outbox.OutboxBackend"  # pytest-django puts another in its place
    before = {name: app.conf[name] for name in ("broker_url", "task_always_eager")}
    try:
        stack.start_broker()
        _use_broker(broker_url=stack.redis_url, task_always_eager=False)
        yield stack
    finally:
        _use_broker(**before)
        stack.stop()


def _use_broker(**options: object) -> None:
    app.conf.update(**options)
    app.set_current()
    app._after_fork()  # type: ignore[attr-defined]  # not in the stubs; forgets the connections to the previous broker

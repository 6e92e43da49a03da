"""The world of the tests of access, made once per module; each test leaves it as it found it."""

import logging
from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from django.test import override_settings
from pytest_django import DjangoDbBlocker

from tests.access.world import World, build


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Thousands of refusals are asked for on purpose: their lines of log would take half of the time."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture(scope="module")
def mails_are_rows() -> Iterator[None]:
    """Mails as in life: the test runner would otherwise put its own box in their place."""
    with override_settings(EMAIL_BACKEND="exchanges.outbox.OutboxBackend"):
        yield


@pytest.fixture(scope="module")
def made_world(mails_are_rows: None, django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """The world, in a transaction that is undone after the last test of the module."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield build(datetime(2026, 3, 3, 10, 0, tzinfo=ZoneInfo("Europe/Paris")))
        transaction.set_rollback(True)


@pytest.fixture
def world(made_world: World, db: None) -> World:
    """The world, which a test may change: what it writes is undone."""
    return made_world

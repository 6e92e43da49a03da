"""Files to carry through the machine, on a stage that is set once per test."""

from collections.abc import Iterator
from datetime import datetime

import pytest

from ctai.celery import app
from ctai.demo_data.journey import Journey
from tests.contracts.stage import Stage, set_stage
from tests.people import People


@pytest.fixture
def stage(people: People, now: datetime) -> Stage:
    """The year 2026 open, the Vienne endowed."""
    return set_stage(people, now)


@pytest.fixture
def journey(stage: Stage) -> Journey:
    """A file of Poitiers about to begin, for 2026 alone."""
    return stage.journey()


@pytest.fixture
def absent_worker() -> Iterator[None]:
    """Tasks wait in the broker, as when no worker runs: what is committed draws no document."""
    eager = app.conf.task_always_eager
    app.conf.task_always_eager = False
    yield
    app.conf.task_always_eager = eager

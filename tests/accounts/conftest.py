"""Mails as rows, as in life: the test runner would otherwise put its own box in their place."""

from collections.abc import Iterator

import pytest
from django.test import override_settings


@pytest.fixture(autouse=True)
def _mails_are_rows() -> Iterator[None]:
    with override_settings(EMAIL_BACKEND="exchanges.outbox.OutboxBackend"):
        yield

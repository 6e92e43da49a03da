"""Files of Poitiers at the steps where money is written."""

from __future__ import annotations

import pytest

from contracts.models import Contract
from tests.factories.funding import a_file
from tests.people import People


@pytest.fixture
def proposal(people: People) -> Contract:
    """A file whose proposal is being written, for 2026 and 2027."""
    return a_file(people, "proposal", last=2027)


@pytest.fixture
def review(people: People) -> Contract:
    """A file under review, for 2026 and 2027; only the campaign of 2026 is open."""
    return a_file(people, "under_review", last=2027)

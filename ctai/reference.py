"""The rows that a portal needs before its first user: axes and models of documents; done again, nothing changes."""

from __future__ import annotations

from datetime import datetime

from campaigns.services import ensure_reference_rows
from documents.defaults import ensure_templates


def prepare(now: datetime) -> None:
    """Create the axes and the templates that are missing."""
    ensure_reference_rows()
    ensure_templates(now)

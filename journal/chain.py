"""The seal of each journal row: a hash over its content and over the row before."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from django.core.serializers.json import DjangoJSONEncoder

if TYPE_CHECKING:
    from journal.models import Event


def canonical(data: Any) -> str:
    """Return the one JSON text of some data: sorted keys, no spaces, unicode kept."""
    return json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":"), cls=DjangoJSONEncoder)


def seal(event: Event) -> str:
    """Return the SHA-256 (hexadecimal) that seals an event and its predecessor."""
    content = {
        "sequence": event.sequence,
        "kind": event.kind,
        "at": event.at.timestamp(),
        "recorded_at": event.recorded_at.timestamp(),
        "contract": event.contract_id,
        "actor": event.actor_id,
        "organisation": event.organisation_id,
        "role": event.role,
        "payload": event.payload,
        "previous": event.previous_hash,
    }
    return hashlib.sha256(canonical(content).encode()).hexdigest()

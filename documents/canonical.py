"""The one way to write data as bytes, so that the same data have the same hash everywhere."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any


def canonical_json(data: Mapping[str, Any]) -> bytes:
    """Return sorted, compact UTF-8 JSON.

    Raises:
        TypeError: a value that JSON cannot write exactly (a float, a Decimal, a date).
    """
    _refuse_inexact(data)
    text = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return text.encode()


def sha256_of(content: bytes) -> str:
    """Return the hash in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def _refuse_inexact(value: Any) -> None:
    if isinstance(value, float):
        raise TypeError("Amounts and rates are frozen as strings, never as floats.")
    if isinstance(value, Mapping):
        for item in value.values():
            _refuse_inexact(item)
    elif isinstance(value, list | tuple):
        for item in value:
            _refuse_inexact(item)

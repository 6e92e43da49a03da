"""The benchmarks of the portal, run by `make bench` on PostgreSQL; Django is ready once this package is imported."""

import os
import sys
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ctai.settings.test")
django.setup()

#: Where each benchmark writes its figures.
RESULTS = Path(__file__).resolve().parents[2] / "bench"


def say(text: str, end: str = "\n") -> None:
    """Say how far it is, beside the table."""
    print(text, end=end, file=sys.stderr, flush=True)

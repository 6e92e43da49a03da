"""How a page without a form of its own answers a write: what was done, or why it could not be."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse

from contracts.errors import TransitionRefused
from contracts.mixins import FileView
from exchanges.errors import Refused
from funding.errors import FundingRefused

REFUSALS = (TransitionRefused, FundingRefused, Refused)


def reasons_of(refusal: Exception) -> list[str]:
    """Return the sentences of a refusal."""
    return list(getattr(refusal, "reasons", None) or [str(refusal)])


def answer(view: FileView, act: Callable[[], object], *, done: str, anchor: str = "") -> HttpResponse:
    """Do an act, then go back to the page, which says what was done or why it could not be."""
    try:
        act()
    except REFUSALS as refusal:
        for reason in reasons_of(refusal):
            messages.error(view.request, reason)
    else:
        messages.success(view.request, done)
    return view.back(anchor=anchor)

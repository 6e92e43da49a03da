"""How the portal speaks HTTP: answers to bad input, safe returns, references of errors."""

from __future__ import annotations

import secrets
from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

from ctai.printable import told
from ctai.restructured import restructured

_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # no figure that reads as a letter: people dictate it on the telephone


class PayloadTooLarge(SuspiciousOperation):
    """A request heavier than the portal accepts: answered 413."""


def new_reference() -> str:
    """Return the reference that links what a person saw to the line of the log, as « 7KQ2-M4XD »."""
    figures = "".join(secrets.choice(_ALPHABET) for _ in range(8))
    return f"{figures[:4]}-{figures[4:]}"


def invalid(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """Return the page again with its form and its errors: 422, the entry kept."""
    return render(request, template, context, status=422)


def safe_next(request: HttpRequest, default: str) -> str:
    """Return the address that the page asked to come back to, if it is a path of ours.

    A word alone is none: ``redirect`` would look for a view of that name.
    """
    target = request.POST.get("next") or request.GET.get("next") or ""
    ours = url_has_allowed_host_and_scheme(target, allowed_hosts=None, require_https=request.is_secure())
    return target if ours and target.startswith("/") else default


def sent_from(request: HttpRequest) -> str:
    """Return the path of the page that a form was sent from, if it is one of ours; an empty text otherwise."""
    page = request.headers.get("Referer", "")
    ours = url_has_allowed_host_and_scheme(page, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return urlsplit(page).path if ours else ""


def is_fragment(request: HttpRequest) -> bool:
    """Tell whether htmx asks for a part of the page only."""
    return request.headers.get("HX-Request") == "true" and request.headers.get("HX-Boosted") != "true"


def posted(request: HttpRequest) -> list[str]:
    """Return what was typed in a form, and the names of the files, which documents list."""
    typed = [str(value) for name, value in request.POST.items() if name != "csrfmiddlewaretoken"]
    return typed + [str(getattr(each, "name", "")) for each in request.FILES.values()]


def tell_printing(request: HttpRequest, *texts: str) -> None:
    """Tell an author which of the characters just typed documents will not print as they are.

    Args:
        request: the form that was posted.
        texts: what was brought; without any, all that was posted.
    """
    if sentence := told(*(texts or posted(request))):
        messages.warning(request, sentence)


def tell_structure(request: HttpRequest, source: str, *, simple: bool = False) -> None:
    """Tell an author how the structure of the rich text just saved was changed.

    Args:
        request: the form that was posted.
        source: the text as it was posted.
        simple: paragraphs, lists and bold alone are kept.
    """
    if sentence := restructured(source, simple=simple):
        messages.warning(request, sentence)

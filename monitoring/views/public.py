"""The pages that anybody may read: what a contract is, help, accessibility, legal notice."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ctai.text import euros_short, long_date, number
from monitoring.queries import public_totals

CONTACT = "territoires-integration-dgef-diair@interieur.gouv.fr"
LEGAL = (
    ("publisher", "Éditeur", "LEGAL_PUBLISHER"),
    ("director", "Direction de la publication", "LEGAL_DIRECTOR"),
    ("host", "Hébergeur", "LEGAL_HOST"),
    ("officer", "Délégué à la protection des données", "LEGAL_DATA_OFFICER"),
)
TO_FILL = "Renseigné à la mise en service"


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show what a contract is, for whom, and how to begin."""
    totals = public_totals()
    figures = (
        (number(totals.contracts), "contrats signés", ""),
        (number(totals.authorities), "collectivités engagées", ""),
        (euros_short(totals.granted), "accordés par l’État", "montants cumulés"),
    )
    context = {"figures": figures, "as_of": long_date(totals.at), "contact": CONTACT}
    return render(request, "monitoring/public/home.html", context)


@login_not_required
@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """Show the help: steps, roles, questions, glossary."""
    return render(request, "monitoring/public/help.html", {"contact": CONTACT})


@login_not_required
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """Show the accessibility statement."""
    context = {"contact": CONTACT, "publisher": _legal()["publisher"]}
    return render(request, "monitoring/public/accessibility.html", context)


@login_not_required
@require_safe
def legal(request: HttpRequest) -> HttpResponse:
    """Show the legal notice and what becomes of personal data."""
    notice = _legal()
    pairs = [(label, notice[key]) for key, label, _ in LEGAL]
    context = {"pairs": pairs, "officer": notice["officer"], "contact": CONTACT}
    return render(request, "monitoring/public/legal.html", context)


def _legal() -> dict[str, str]:
    return {key: getattr(settings, setting, "") or TO_FILL for key, _, setting in LEGAL}

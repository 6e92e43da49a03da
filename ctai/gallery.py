"""The components on one page, to look at them and to run axe on them; in the demonstration only."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from crispy_forms.layout import Column, Fieldset, Layout, Row
from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ctai.forms import (
    DayField,
    DsfrForm,
    EuroField,
    FrenchPhoneField,
    Hinted,
    LineField,
    ProseField,
    ReasonField,
    SirenField,
    SiretField,
    UploadField,
)
from ctai.templatetags.ctai import state_badge
from ctai.text import euros

AT = datetime(2026, 3, 3, 13, 32, tzinfo=UTC)
MODES = [("paper", "Manuscrite"), ("electronic", Hinted("Électronique", "dans un parapheur"))]
STATES = {
    "letter_draft": "Lettre en préparation",
    "letter_sent": "Lettre déposée",
    "diagnostic": "Diagnostic en cours",
    "correction_requested": "Correction demandée",
    "approved": "Contrat à signer",
    "signed": "Contrat signé",
    "refused": "Refusé",
}


class SampleForm(DsfrForm):
    """One field of each kind."""

    title = LineField(label="Intitulé de l’action", help_text="Une ligne, sans sigle.")
    description = ProseField(label="Description", max_length=300)
    amount = EuroField(label="Montant demandé")
    day = DayField(label="Date de la réunion", required=False)
    siren = SirenField(label="SIREN de la collectivité")
    siret = SiretField(label="SIRET du bénéficiaire")
    telephone = FrenchPhoneField(required=False)
    axis = forms.ChoiceField(label="Axe", choices=[("", "Choisir un axe"), ("housing", "Accès au logement")])
    mode = forms.ChoiceField(label="Signature", choices=MODES, widget=forms.RadioSelect, help_text="Telle quelle.")
    publics = forms.MultipleChoiceField(
        label="Publics",
        choices=[("bpi", "Bénéficiaires d’une protection"), ("youth", "Jeunes")],
        widget=forms.CheckboxSelectMultiple,
    )
    copy = UploadField(label="Exemplaire signé", accept=("pdf", "jpg", "png"))
    sure = forms.BooleanField(label="J’ai relu le texte arrêté", help_text="Version 3, du 3 mars 2026.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper.layout = Layout(
            Fieldset("Le projet", "title", "description", Row(Column("amount"), Column("day")), "axis"),
            Fieldset("Les organismes", Row(Column("siren"), Column("siret")), "telephone"),
            Fieldset("La signature", "mode", "publics", "copy", "sure"),
        )


class ReasonForm(DsfrForm):
    """The reason asked by a confirmation."""

    reason = ReasonField()


@login_not_required
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Show every component; with ``?erreurs=1``, the form as it comes back with its errors."""
    if not settings.DEMO:
        raise Http404
    form = SampleForm({"f-amount": "1.234,56"}, prefix="f") if "erreurs" in request.GET else SampleForm(prefix="f")
    return render(request, "ctai/gallery.html", _sample() | {"form": form, "reason_form": ReasonForm(prefix="r")})


def _sample() -> dict[str, Any]:
    rows = [
        ["Poitiers", state_badge("diagnostic", "Diagnostic en cours"), "3 mars 2026", euros(Decimal(150000))],
        [
            "Grand Nancy",
            state_badge("signed", "Contrat signé"),
            "1er avril 2026",
            euros(Decimal("89000.5")),
        ],
    ]
    return {
        "states": STATES.items(),
        "columns": [
            {"label": "Collectivité", "sort_url": "?tri=nom", "sorted": "ascending"},
            {"label": "État"},
            {"label": "Depuis"},
            {"label": "Demandé", "numeric": True},
        ],
        "rows": rows,
        "total": ["Total", "", "", euros(Decimal("239000.5"))],
        "events": [
            {"at": AT, "sentence": "La préfecture de la Vienne a accusé réception de la lettre.", "strong": True},
            {"at": AT, "sentence": "Camille Martin a envoyé la lettre d’intention.", "detail": "Deux pièces jointes."},
        ],
        "requirements": [
            {"message": "Le signataire est désigné.", "done": True, "by": "Camille Martin, le 3 mars 2026"},
            {"message": "Choisissez au moins un axe.", "done": False, "url": "#"},
            {"message": "1\u00a0avis attendu (non bloquant)", "done": False, "known": True, "url": "#"},
        ],
        "pairs": [("Porteur", "Poitiers"), ("Durée souhaitée", "36 mois"), ("Élu référent", "")],
        "page_obj": Paginator(range(500), 25).page(7),
        "tabs": [
            {"label": "À nous", "url": "?", "current": True, "count": 3},
            {"label": "À eux", "url": "?onglet=eux", "count": 12},
            {"label": "Signés", "url": "?onglet=signes", "count": 45},
        ],
        "items": [
            {"label": "Lettre", "url": "#", "mark": "approuvée", "tone": "success"},
            {"label": "Diagnostic", "url": "#", "current": True, "mark": "2 remarques ouvertes", "tone": "warning"},
            {"label": "Proposition", "url": "#", "mark": "vide"},
        ],
        "amount": Decimal(150000),
        "day": date(2026, 3, 12),
        "reasons": ["Enregistrez d’abord la délibération."],
    }

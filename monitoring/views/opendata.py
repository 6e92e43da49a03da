"""What anybody may read of signed contracts: the list, the open data, the check of a printed code."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from contracts.lists import shown
from contracts.models import Contract
from ctai.forms import DsfrForm, LineField
from ctai.text import NBSP, count, euros_short, long_date, number
from documents.json_schema import PUBLISHED
from monitoring.exports import csv_lines
from monitoring.queries import parties_of, public_totals, regions_with_signed_contracts, signed_contracts
from monitoring.tables import CONTRACT_COLUMNS, GRANT_COLUMNS, contract_lines, grant_lines, situation
from monitoring.verification import clean_code, verify
from territories.models import Region

PAGE_SIZE = 25
CHUNK = 2000
A_DAY = 24 * 60 * 60


class SignedForm(DsfrForm):
    """The search among signed contracts."""

    texte = LineField(label="Collectivité ou référence", required=False, max_length=100)
    region = forms.ChoiceField(label="Région", required=False)

    def __init__(self, *args: Any, regions: list[Region], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.regions = {each.code: each for each in regions}
        region = self.fields["region"]
        if isinstance(region, forms.ChoiceField):
            region.choices = [("", "Toutes"), *((code, each.name) for code, each in self.regions.items())]


class CodeForm(DsfrForm):
    """The code printed at the foot of a document."""

    code = LineField(
        label="Code de vérification",
        max_length=40,
        help_text="Imprimé au pied du document : 4 groupes de 4 caractères.",
    )


@login_not_required
@require_safe
def signed(request: HttpRequest) -> HttpResponse:
    """List the signed contracts."""
    form = SignedForm(request.GET, regions=regions_with_signed_contracts())
    valid = form.is_valid()
    wanted = form.cleaned_data if valid else {"texte": "", "region": ""}
    found = signed_contracts(text=wanted.get("texte", ""), region=wanted.get("region", ""))
    page = Paginator(found if valid else found.none(), PAGE_SIZE).get_page(request.GET.get("page"))
    total = page.paginator.count
    place = f" {form.regions[wanted['region']].de_name}" if wanted.get("region") else ""
    context = {
        "form": form,
        "is_filtered": any(wanted.values()) or not valid,
        "sentence": (count(total, "contrat signé", "contrats signés") if total else "Aucun contrat signé") + place,
        "page_obj": page,
        "rows": [_row(each) for each in page.object_list],
    }
    return render(request, "monitoring/signed.html", context, status=200 if valid else 400)


def _row(contract: Any) -> dict[str, str]:
    return {
        "name": contract.porteur.full_name,
        "others": ", ".join(party.full_name for party in parties_of(contract)[1:]),
        "reference": contract.reference,
        "place": contract.departement.name if contract.departement else contract.region.name,
        "signed_on": long_date(contract.signed_at) if contract.signed_at else "date inconnue",
        "period": _period(contract),
        "situation": situation(contract, timezone.localdate()).replace(" ", NBSP),
        "granted": shown(contract.granted_cents),
    }


def _period(contract: Contract) -> str:
    years = contract.years
    if not years:
        return "—"
    return str(years[0]) if len(years) == 1 else f"{years[0]}{NBSP}à{NBSP}{years[-1]}"


@login_not_required
@require_safe
def data(request: HttpRequest) -> HttpResponse:
    """Show what is published as open data: files, columns, licence."""
    totals = public_totals()
    context = {
        "as_of": long_date(totals.at),
        "figures": [
            (number(totals.contracts), "contrats signés"),
            (number(totals.authorities), "collectivités engagées"),
            (euros_short(totals.granted), "accordés par l’État"),
        ],
        "categories": [(label, number(total)) for label, total in totals.by_category.items()],
        "contract_columns": CONTRACT_COLUMNS,
        "grant_columns": GRANT_COLUMNS,
        "schemas": PUBLISHED,
    }
    return render(request, "monitoring/signed_data.html", context)


@login_not_required
@require_safe
def contracts_csv(request: HttpRequest) -> StreamingHttpResponse:
    """Publish the signed contracts."""
    found = signed_contracts().iterator(chunk_size=CHUNK)
    header = [each.name for each in CONTRACT_COLUMNS]
    return _csv("contrats.csv", csv_lines(header, contract_lines(found, timezone.localdate())))


@login_not_required
@require_safe
def grants_csv(request: HttpRequest) -> StreamingHttpResponse:
    """Publish what the State granted, by beneficiary."""
    return _csv("subventions.csv", csv_lines([each.name for each in GRANT_COLUMNS], grant_lines()))


@login_not_required
@require_safe
@cache_control(public=True, max_age=A_DAY)
def schema(request: HttpRequest, kind: str, version: int) -> HttpResponse:
    """Publish the schema of the data embedded in a kind of document; a published version never changes."""
    found = next((each for each in PUBLISHED if (each.slug, each.version) == (kind, version)), None)
    if found is None:
        raise Http404("Ce schéma n’existe pas.")
    return HttpResponse(found.read(), content_type="application/schema+json")


def _csv(name: str, lines: Any) -> StreamingHttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers=headers)


@login_not_required
@require_safe
def verify_form(request: HttpRequest) -> HttpResponse:
    """Ask for the code printed on a document."""
    form = CodeForm(request.GET or None)
    if form.is_valid():
        return redirect("monitoring:verify", code=clean_code(form.cleaned_data["code"]) or "inconnu")
    return render(request, "monitoring/verify_form.html", {"form": form}, status=400 if form.errors else 200)


@login_not_required
@require_safe
def verification(request: HttpRequest, code: str) -> HttpResponse:
    """Tell what the portal knows of the document that bears this code."""
    found = verify(code)
    if found is None:
        return render(request, "monitoring/verify_unknown.html", {"code": code, "form": CodeForm()}, status=404)
    return render(request, "monitoring/verify.html", {"found": found, "document": found.document})

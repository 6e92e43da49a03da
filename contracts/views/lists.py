"""The list of files that exist for the person."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.enums import Side
from accounts.roles import Permission, may
from contracts import filters, lists
from contracts.mixins import ActorView

#: What each right lets one begin, from the list.
BEGINNINGS = (
    (Permission.FILE_OPEN, "contracts:new", "Commencer une lettre d’intention"),
    (Permission.LETTER_REGISTER, "contracts:register", "Enregistrer une lettre reçue"),
    (Permission.FILE_TAKE_OVER, "contracts:take_over", "Reprendre un dossier"),
    (Permission.FILE_IMPORT, "contracts:import", "Importer un contrat signé"),
)
COLUMNS = (
    ("nom", "Collectivité", False),
    ("", "État", False),
    ("", "Étape", False),
    ("", "Action attendue de", False),
    ("depuis", "Depuis", False),
    ("", "Demandé", True),
    ("montant", "Retenu", True),
    ("", "Suivi par", False),
)
SORTS = (
    ("", "Dernier événement"),
    ("nom", "Nom de la collectivité"),
    ("depuis", "Attente la plus longue"),
    ("-montant", "Montant retenu le plus élevé"),
)


class ContractListView(ActorView):
    """The list, its filters in the address."""

    def get(self, request: HttpRequest) -> HttpResponse:
        form = filters.FilterForm(request.GET, actor=self.actor, now=self.now)
        order = form.wanted.get("tri", "") or filters.DEFAULT_ORDER
        found = lists.ordered(filters.selected(form), order)
        page = Paginator(found, lists.PAGE_SIZE).get_page(request.GET.get("page"))
        total = page.paginator.count
        context = {
            "form": form,
            "page_obj": page,
            "rows": lists.rows_of(page.object_list, self.actor, self.now),
            "columns": [self._column(order, *each) for each in COLUMNS],
            "sorts": [self._sort(order, *each) for each in SORTS],
            "sentence": lists.sentence(form, total),
            "title": "Nos contrats" if self.actor.side == Side.LOCAL else "Contrats",
            "buttons": [(label, reverse(name)) for right, name, label in BEGINNINGS if may(self.actor, right)],
            "formats": ("csv", "ods", "xlsx") if may(self.actor, Permission.EXPORT) and total else (),
            "empty": "" if total else self._why_empty(form),
        }
        return render(request, "contracts/list.html", context, status=200 if form.is_valid() else 400)

    def _column(self, order: str, key: str, label: str, numeric: bool) -> dict[str, Any]:
        if not key:
            return {"label": label, "numeric": numeric, "sort_url": "", "sorted": ""}
        sorted_by_it = order.removeprefix("-") == key
        descending = order.startswith("-")
        turned = key if sorted_by_it and descending else f"-{key}" if sorted_by_it else key
        return {
            "label": label,
            "numeric": numeric,
            "sort_url": self._address(tri=turned),
            "sorted": ("descending" if descending else "ascending") if sorted_by_it else "",
        }

    def _sort(self, order: str, key: str, label: str) -> dict[str, Any]:
        return {"label": label, "url": self._address(tri=key), "current": order == (key or filters.DEFAULT_ORDER)}

    def _address(self, **changes: str) -> str:
        params = self.request.GET.copy()
        params.pop("page", None)
        for name, value in changes.items():
            params[name] = value
        return f"?{params.urlencode()}"

    def _why_empty(self, form: filters.FilterForm) -> str:
        if not form.is_valid():
            return "Un filtre n’a pas été compris : corrigez-le, ou effacez les filtres."
        if form.is_filtered:
            return "Aucun dossier ne répond à tous ces filtres. Retirez-en un, ou effacez-les tous."
        return {
            Side.LOCAL: "Votre collectivité n’a pas encore de dossier. Une lettre d’intention suffit pour commencer.",
            Side.STATE: "Aucune collectivité n’a encore envoyé de lettre d’intention à votre préfecture. "
            "Une lettre reçue par courrier s’enregistre ici.",
            Side.NATIONAL: "Aucune lettre d’intention n’a encore été envoyée.",
        }.get(self.actor.side, "Votre rôle ne donne accès à aucun dossier.")

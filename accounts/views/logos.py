"""The logo of « Mon organisation »: shown as it is printed, deposited, removed."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse

from accounts.forms.logos import LogoForm
from accounts.mixins import ActorView, FormView
from accounts.models import Organisation
from accounts.queries import logo_of
from accounts.roles import Permission
from accounts.services import logos
from ctai.pictures import MEDIA_TYPE


@dataclass(frozen=True, slots=True)
class ShownLogo:
    """A logo inside a page: no address gives it."""

    source: str
    alternative: str
    width: int
    height: int


def shown_logo(organisation: Organisation) -> ShownLogo | None:
    """Return the logo of a collectivité as a page shows it."""
    logo, authority = logo_of(organisation), organisation.local_authority
    if logo is None or authority is None:
        return None
    source = f"data:{MEDIA_TYPE};base64,{base64.b64encode(bytes(logo.content)).decode()}"
    return ShownLogo(source, f"Logo {authority.de_full_name}", logo.width, logo.height)


class EditLogo(FormView):
    """Deposit or replace the logo."""

    permission = Permission.LOGO_EDIT

    def build(self, data: Any = None) -> LogoForm:
        return LogoForm(data, None if data is None else self.request.FILES)

    def frame(self) -> dict[str, Any]:
        lead = (
            "Il paraîtra sur les contrats, les lettres d’intention et les demandes de financement émis ensuite. "
            "L’image est réduite et ses marges blanches sont ôtées."
        )
        return {"title": "Logo de la collectivité", "lead": lead, "submit": "Enregistrer le logo"}

    def save(self, values: dict[str, Any]) -> str:
        logos.deposit(picture=values["picture"], by=self.actor, now=self.now)
        return "Le logo est enregistré. Les documents déjà émis ne changent pas."


class RemoveLogo(ActorView):
    """Remove the logo."""

    permission = Permission.LOGO_EDIT
    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        return self.act(
            lambda: logos.remove(by=self.actor, now=self.now),
            done="Le logo est retiré. Les documents déjà émis le gardent.",
            to="accounts:organisation",
        )

"""What every page knows: the brand, the ribbon, the person, and the navigation of their role."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

SITE_NAME = "Contrats territoriaux d’accueil et d’intégration"

_HOME = ("Accueil", "dashboard")
_HELP = ("Aide", "monitoring:help")
_STEERING = (
    ("Pilotage", "monitoring:national"),
    ("Contrats", "contracts:list"),
    ("Campagnes", "campaigns:list"),
    ("Modèles", "documents:templates"),
    ("Enveloppes", "funding:envelopes"),
)
_LOCAL = (_HOME, ("Nos contrats", "contracts:list"), ("Notre organisation", "accounts:organisation"), _HELP)
_STATE = (
    ("À traiter", "dashboard"),
    ("Contrats", "contracts:list"),
    ("Demandes", "contracts:collective"),
    ("Enveloppe", "funding:envelopes"),
    ("Organisation", "accounts:organisation"),
    _HELP,
)
_NATIONAL = (*_STEERING[:2], ("Demandes", "contracts:collective"), *_STEERING[2:], _HELP)
_REGIONAL = (
    _HOME,
    *_STEERING[:2],
    ("Demandes", "contracts:collective"),
    _STEERING[4],
    ("Organisation", "accounts:organisation"),
    _HELP,
)
_SUPPORT = (_HOME, ("Personnes", "accounts:assistance"), _HELP)

#: The entries of each role; one whose page does not exist is left out.
ENTRIES: dict[str, tuple[tuple[str, str], ...]] = {
    "contributor": _LOCAL,
    "local_signatory": _LOCAL,
    "instructor": _STATE,
    "state_signatory": _STATE,
    "regional_coordinator": _REGIONAL,
    "national_viewer": _NATIONAL,
    "national_manager": _NATIONAL,
    "administrator": _SUPPORT,
}
#: A visitor's.
PUBLIC_ENTRIES = (
    ("Accueil", "monitoring:home"),
    ("Contrats signés", "monitoring:signed"),
    ("Carte", "monitoring:map"),
    ("Données ouvertes", "monitoring:data"),
    _HELP,
)


class Entry(NamedTuple):
    """One link of the main navigation."""

    label: str
    url: str
    current: str  # the value of aria-current, or ""


def site(request: HttpRequest) -> dict[str, Any]:
    """Return the variables of the frame."""
    actor = getattr(request, "actor", None)
    memberships = getattr(request, "memberships", ())
    return {
        "site_name": SITE_NAME,
        "brand": settings.BRAND,
        "demo": settings.DEMO,
        "actor": actor,
        "navigation": navigation(actor.role if actor else None, request.path),
        "other_memberships": [each for each in memberships if actor and each.pk != actor.membership.pk],
    }


def navigation(role: str | None, path: str) -> list[Entry]:
    """Return the entries that the role can open, with the one that is open now."""
    entries = PUBLIC_ENTRIES if role is None else ENTRIES.get(str(role), (_HOME, _HELP))
    return [Entry(label, url, _current(url, path)) for label, name in entries if (url := address(name)) is not None]


def address(name: str) -> str | None:
    """Return the address of a page without arguments, None where the page does not exist."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return None


def _current(url: str, path: str) -> str:
    if path == url:
        return "page"
    return "true" if url != "/" and path.startswith(url) else ""

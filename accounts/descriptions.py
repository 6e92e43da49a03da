"""The roles in plain French, for those who give or ask for them."""

from __future__ import annotations

from collections.abc import Iterable

from accounts.roles import Role
from ctai.forms import Hinted

DESCRIPTIONS: dict[Role, str] = {
    Role.CONTRIBUTOR: "Rédige la lettre, le diagnostic, la proposition et les bilans, enregistre la délibération, "
    "échange avec la préfecture et dépose les pièces, dont les documents signés.",
    Role.LOCAL_SIGNATORY: "Maire, président ou élu qui a reçu délégation : fait tout ce que fait un agent, envoie, "
    "dépose, retire, signe, et gère les personnes de la collectivité.",
    Role.INSTRUCTOR: "Agent de préfecture, de sous-préfecture ou de DDETS : enregistre, échange, co-écrit le "
    "diagnostic, instruit, demande des corrections, propose des montants et dépose les documents signés.",
    Role.STATE_SIGNATORY: "Préfet, secrétaire général, sous-préfet ou directeur qui a reçu délégation : fait tout ce "
    "que fait un agent, décide, signe, et gère les personnes du service.",
    Role.REGIONAL_COORDINATOR: "SGAR ou DREETS : consulte les dossiers de la région, répartit l’enveloppe régionale "
    "entre les départements et gère les personnes du service.",
    Role.NATIONAL_VIEWER: "DGEF ou Diair : consulte tous les dossiers envoyés et exporte les données.",
    Role.NATIONAL_MANAGER: "DGEF ou Diair : consulte et exporte, ouvre les campagnes, fixe les enveloppes, les axes, "
    "les modèles, et gère les personnes du service.",
    Role.ADMINISTRATOR: "Rattache des personnes à leur organisation, suspend et réactive des comptes. Ne décide ni ne "
    "signe jamais.",
}


def choices(roles: Iterable[Role]) -> list[tuple[str, Hinted]]:
    """Return the roles as choices of a radio list, each with what it may do."""
    return [(role.value, Hinted(str(role.label), DESCRIPTIONS[role])) for role in roles]

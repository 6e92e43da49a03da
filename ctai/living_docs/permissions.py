"""The rights as a page: each right, who holds it, and how one must stand to the file."""

from __future__ import annotations

from accounts.descriptions import DESCRIPTIONS
from accounts.roles import GRANTS, RELATIONS, ROLES_OF_KIND, Permission, Role
from ctai.living_docs.tables import page, table
from ctai.living_docs.words import PERMISSIONS, RELATION_WORDS


def permissions_page() -> str:
    """Return ``docs/permissions.md``."""
    return page(
        "Les droits",
        "Une seule table donne les droits : `GRANTS` dans `accounts/roles.py`, que lit `may()`. Un droit sur un "
        "dossier suppose aussi une relation avec lui. Ce qui existe pour une personne est dit ailleurs, par une seule "
        "fonction : `visible_to()` dans `accounts/scoping.py`. Être superutilisateur ne donne aucun de ces droits.",
        "## Les rôles",
        _roles(),
        "## Les droits de chaque rôle",
        _grants(),
        "La gestion des personnes peut aussi être déléguée à un agent, en personne.",
        "## Les relations avec un dossier",
        "Un droit absent de ce tableau ne porte sur aucun dossier en particulier.",
        _relations(),
        "## Ce que chacun voit",
        _visibility(),
    )


def _roles() -> str:
    kinds = {role: str(kind.label) for kind, roles in reversed(ROLES_OF_KIND.items()) for role in roles}
    rows = [[f"`{role.value}`", str(role.label), kinds[role], DESCRIPTIONS[role]] for role in Role]
    return table(["Rôle", "Nom", "Organisation", "Ce qu’il fait"], rows)


def _grants() -> str:
    rows = [
        [
            PERMISSIONS[permission],
            f"`{permission.value}`",
            *("●" if permission in GRANTS[role] else "" for role in Role),
        ]
        for permission in Permission
    ]
    return table(["Droit", "Code", *(str(role.label) for role in Role)], rows)


def _relations() -> str:
    rows = [
        [PERMISSIONS[permission], ", ".join(RELATION_WORDS[each] for each in sorted(RELATIONS[permission]))]
        for permission in Permission
        if permission in RELATIONS
    ]
    return table(["Droit", "Relation exigée"], rows)


def _visibility() -> str:
    rows = [
        ["Collectivité", "les dossiers dont elle est porteur ou co-signataire"],
        ["Préfecture", "les dossiers envoyés une fois, dont elle est chef de file, pressentie ou associée"],
        ["Coordination régionale", "les dossiers envoyés une fois, de sa région"],
        ["Niveau national", "tous les dossiers envoyés une fois, sans les notes internes"],
        ["Assistance, personne sans organisation", "aucun dossier"],
    ]
    return table(["Qui", "Voit"], rows)

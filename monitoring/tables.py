"""The columns of what is exported: the files of a reader, the signed contracts, the grants."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Sum
from django.utils import timezone

from accounts.actors import Actor
from contracts.enums import Turn
from contracts.filters import SIGNED_STATES, state_labels
from contracts.lists import amount
from contracts.models import Contract
from funding.enums import Stage
from funding.models import Movement
from funding.queries import cents, from_cents
from monitoring.exports import Line
from monitoring.queries import parties_of
from territories.enums import StatisticalCategory


@dataclass(frozen=True, slots=True)
class Column:
    """A column of open data and what it holds."""

    name: str
    meaning: str


FILE_HEADER = (
    "collectivité", "référence", "état", "étape", "action attendue de", "depuis", "demandé", "retenu", "suivi par",
    "catégorie", "département", "région", "signé le", "début", "fin",
)  # fmt: skip


def file_lines(contracts: Iterable[Any], actor: Actor) -> Iterator[Line]:
    """Return the files as the list shows them, with what its filters are about."""
    labels = state_labels(actor)
    for each in contracts:
        yield (
            each.porteur.label,
            each.reference,
            labels[each.state],
            each.step,
            "" if each.turn == Turn.NOBODY else Turn(each.turn).label,
            each.turn_since,
            amount(each.requested_cents),
            amount(each.granted_cents),
            each.instructor.full_name if each.instructor else "",
            StatisticalCategory(each.category).label,
            each.departement_id or "",
            each.region.name if each.region else "",
            each.signed_at,
            each.starts_on,
            each.ends_on,
        )


CONTRACT_COLUMNS = (
    Column("reference", "Référence du contrat sur le portail"),
    Column("collectivite", "Nom de la collectivité qui porte le contrat"),
    Column("code", "Code Insee de la commune, du département ou de la région ; SIREN de l’EPCI"),
    Column("siren", "SIREN de la collectivité, vide s’il n’est pas connu"),
    Column("categorie", "Commune, EPCI, Département ou Région"),
    Column("cosignataires", "Autres collectivités signataires, séparées par une barre verticale"),
    Column("code_departement", "Code Insee du département, vide pour un contrat régional"),
    Column("departement", "Nom du département"),
    Column("code_region", "Code Insee de la région, vide outre-mer quand il n’y en a pas"),
    Column("region", "Nom de la région"),
    Column("prefecture", "Préfecture chef de file"),
    Column("date_signature", "Jour de la dernière signature (AAAA-MM-JJ), vide s’il n’est pas connu"),
    Column("date_debut", "Premier jour du contrat"),
    Column("date_fin", "Dernier jour du contrat"),
    Column("situation", "À venir, en vigueur, échu, clos ou résilié, au jour du téléchargement"),
    Column("montant_retenu", "Montant accordé par l’État, en euros, années indicatives comprises"),
)


def contract_lines(contracts: Iterable[Any], today: date) -> Iterator[Line]:
    """Return the signed contracts as open data."""
    for each in contracts:
        yield (
            each.reference,
            each.porteur.name,
            each.porteur.code,
            each.porteur.siren or "",
            StatisticalCategory(each.category).label,
            "|".join(party.full_name for party in parties_of(each)[1:]),
            each.departement_id or "",
            each.departement.name if each.departement else "",
            each.region_id or "",
            each.region.name if each.region else "",
            each.lead_service.name,
            each.signed_at,
            each.starts_on,
            each.ends_on,
            situation(each, today),
            amount(each.granted_cents),
        )


def situation(contract: Contract, today: date) -> str:
    """Return where a signed contract stands on a day."""
    return contract.life(today) if contract.state == "signed" else contract.get_state_display().lower()


GRANT_COLUMNS = (
    Column("reference", "Référence du contrat"),
    Column("attribuant", "Préfecture qui attribue"),
    Column("annee", "Année de la tranche"),
    Column("beneficiaire", "Nom de celui qui reçoit le versement"),
    Column("siret_beneficiaire", "Son SIRET ou son SIREN, vide s’il n’est pas connu"),
    Column("objet", "Intitulé de l’action, vide pour un contrat importé"),
    Column("date_convention", "Jour de la dernière signature (AAAA-MM-JJ)"),
    Column("montant", "Montant accordé par l’État, en euros"),
)


def grant_lines() -> Iterator[Line]:
    """Return what is granted in signed contracts, by action, year and beneficiary; one query."""
    rows = (
        Movement.objects.filter(contract__state__in=SIGNED_STATES, stage=Stage.GRANTED)
        .values_list(
            "contract__reference", "contract__lead_service__name", "year", "beneficiary_name", "beneficiary_siret",
            "contract__porteur__name", "contract__porteur__siren", "action__title", "contract__signed_at",
        )
        .annotate(total=Sum(cents()))
        .order_by("contract__reference", "year", "beneficiary_siret", "action__title")
    )  # fmt: skip
    for reference, service, year, name, siret, porteur, siren, title, signed_at, total in rows.iterator():
        if total:
            own = (name, siret) if name else (porteur, siren or "")
            day = timezone.localtime(signed_at) if signed_at else None
            yield (reference, service, year, *own, title or "", day, from_cents(total))

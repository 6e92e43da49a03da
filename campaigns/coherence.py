"""The coherence rules of a proposal: their names and thresholds, which each campaign may change or set aside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import models, transaction

from accounts.actors import Actor
from campaigns.models import Campaign
from campaigns.questions import require_manager
from journal.services import record


class CoherenceRule(models.TextChoices):
    """What the portal compares; a finding is shown and may be justified, it never blocks."""

    STATE_RATE = "state_rate", "Taux de l’État au-dessus du seuil pour une action"
    WHOLE_RATE = "whole_rate", "Taux de l’État au-dessus du seuil pour l’année"
    PUBLIC_OVER_DIAGNOSTIC = "public_over_diagnostic", "Public d’une action plus nombreux que celui du diagnostic"
    MANDATORY_AXIS = "mandatory_axis", "Axe obligatoire sans action la première année"
    ANNOUNCED_AXIS = "announced_axis", "Axe annoncé dans la lettre sans action"
    AXIS_WITHOUT_DIAGNOSTIC = "axis_without_diagnostic", "Action sur un axe absent du diagnostic"
    MAJOR_NEED = "major_need", "Besoin majeur auquel aucune action ne répond"
    OUTSIDE_PERIOD = "outside_period", "Action hors des dates du contrat"
    EARLY_START = "early_start", "Action commencée avant la décision"
    SHORT_ACTION = "short_action", "Action plus courte que la durée habituelle"
    LATE_DEPOSIT = "late_deposit", "Dépôt après la date limite de la campagne"
    UNPROVEN_COFUNDING = "unproven_cofunding", "Cofinancement acquis sans justificatif"
    UNCERTAIN_COFUNDING = "uncertain_cofunding", "Aucun cofinancement acquis"
    NO_OWN_SHARE = "no_own_share", "Année sans part propre de la collectivité"
    BENEFICIARY_TWICE = "beneficiary_twice", "Même bénéficiaire dans un autre dossier la même année"
    BENEFICIARY_NAMES = "beneficiary_names", "Même SIRET sous deux noms"
    MISSING_RIB = "missing_rib", "Bénéficiaire à payer sans relevé d’identité bancaire"
    COST_PER_PERSON = "cost_per_person", "Montant par personne éloigné de la médiane"
    AGIR_NOTE = "agir_note", "Articulation avec AGIR à préciser"
    INELIGIBLE_CHARGE = "ineligible_charge", "Charge non éligible dans la campagne"
    STAFF_SHARE = "staff_share", "Part du personnel au-dessus du seuil"
    INDIRECT_SHARE = "indirect_share", "Part des charges indirectes au-dessus du seuil"
    VOLUNTARY_SHARE = "voluntary_share", "Part des contributions volontaires au-dessus du seuil"
    GROWTH = "growth", "Demande en forte hausse d’une année à l’autre"
    CONCENTRATION = "concentration", "Action qui porte l’essentiel de la demande"
    SAME_TITLE = "same_title", "Deux actions du même intitulé"
    PUBLIC_PARTS = "public_parts", "Publics détaillés plus nombreux que le total"
    NO_RESULT = "no_result", "Aucun indicateur de résultat"
    RENEWED_UNKNOWN = "renewed_unknown", "Reconduction sans action d’origine dans le portail"


@dataclass(frozen=True, slots=True)
class Threshold:
    """The default threshold of a rule, with its unit; inferred from practice, so each campaign may change it."""

    value: Decimal
    unit: str


THRESHOLDS: dict[CoherenceRule, Threshold] = {
    CoherenceRule.SHORT_ACTION: Threshold(Decimal(30), "jours"),
    CoherenceRule.COST_PER_PERSON: Threshold(Decimal(3), "fois la médiane, ou le tiers"),
    CoherenceRule.STAFF_SHARE: Threshold(Decimal(80), "% des charges"),
    CoherenceRule.INDIRECT_SHARE: Threshold(Decimal(15), "% des charges"),
    CoherenceRule.VOLUNTARY_SHARE: Threshold(Decimal(50), "% du coût"),
    CoherenceRule.GROWTH: Threshold(Decimal(50), "% de hausse"),
    CoherenceRule.CONCENTRATION: Threshold(Decimal(70), "% de la demande"),
}


@dataclass(frozen=True, slots=True)
class RuleSetting:
    """A rule as a campaign has it."""

    active: bool = True
    threshold: Decimal | None = None


def rule_settings(campaign: Campaign | None) -> dict[CoherenceRule, RuleSetting]:
    """Return every rule as the campaign has it; those that it does not name are active, at their default threshold."""
    changed: Mapping[str, Any] = campaign.coherence if campaign else {}
    settings = {}
    for rule in CoherenceRule:
        own, default = changed.get(rule.value, {}), THRESHOLDS.get(rule)
        threshold = own.get("threshold") or (default.value if default else None)
        settings[rule] = RuleSetting(
            active=own.get("active", True), threshold=None if threshold is None else Decimal(threshold)
        )
    return settings


@transaction.atomic
def set_rules(*, campaign: Campaign, settings: Mapping[CoherenceRule, RuleSetting], by: Actor, now: datetime) -> None:
    """Set which rules a campaign keeps and their thresholds; what was justified stays so.

    Raises:
        PermissionDenied: the actor does not manage campaigns.
    """
    require_manager(by)
    campaign.coherence = {
        rule.value: {"active": each.active, "threshold": None if each.threshold is None else str(each.threshold)}
        for rule, each in settings.items()
    }
    campaign.save(update_fields=["coherence"])
    record(
        kind="campaign_changed",
        by=by,
        now=now,
        payload={"campaign": campaign.pk, "year": campaign.year, "settings": ["coherence"]},
    )

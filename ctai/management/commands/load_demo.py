"""Loads the demonstration: campaigns, people, the 45 signed contracts of 2023, and files at every step."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from accounts.actors import Actor
from accounts.models import Organisation
from campaigns.enums import ChargeAccount
from campaigns.models import Campaign, CampaignTarget
from campaigns.services import close_campaign, open_campaign
from campaigns.settings import extend_deadline, set_targets
from contracts.models import Contract
from ctai.demo_data import files, people, signed
from ctai.demo_data.journey import Duo
from ctai.reference import prepare
from funding.models import Envelope
from funding.services.distribution import allot, redeploy
from territories.models import Departement, LocalAuthority

#: Charges that the demonstration's instruction leaves to the other funders.
NOT_ELIGIBLE = ("66", "67", "69")
#: Fictitious envelopes of the current year, in euros.
NATIONAL, REGIONAL, VIENNE, GIRONDE = (
    Decimal(value) for value in ("9000000.00", "1500000.00", "460000.00", "340000.00")
)

#: The part of the envelopes that may be paid in their own year, the balance coming later.
PAID_IN_THE_YEAR = Decimal("0.8")
REDEPLOYED = Decimal("20000.00")


class Command(BaseCommand):
    help = "Charge les données de démonstration (idempotent)."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("Les données de démonstration ne se chargent que sur un portail de démonstration.")
        if not LocalAuthority.objects.filter(uid="commune:86194").exists():
            raise CommandError("Chargez d’abord la liste officielle : manage.py import_territories")
        now = timezone.now()
        began = now - timedelta(days=400)
        prepare(began)
        national = people.national(began)
        vienne, gironde = people.vienne(began), people.gironde(began)
        self._campaigns(national["dgef"], now)
        self._territories(national, vienne, gironde, now)
        self._envelopes(national, vienne, gironde, now)
        added = signed.import_all(
            by=national["dgef"], now=began, progress=lambda rows: tqdm(rows, desc="Contrats de 2023")
        )
        added += files.carry_all(
            vienne=vienne, gironde=gironde, now=now, progress=lambda rows: tqdm(rows, desc="Dossiers de démonstration")
        )
        files.compare(vienne, now)
        self.stdout.write(f"{added} dossiers ajoutés, {Contract.objects.count()} au total.")

    def _campaigns(self, dgef: Actor, now: datetime) -> None:
        for year in (now.year - 1, now.year):
            if Campaign.objects.filter(year=year).exists():
                continue
            campaign = open_campaign(
                year=year,
                opens_on=date(year, 1, 15),
                submission_deadline=date(year, 12, 15) if year == now.year else date(year, 9, 30),
                closes_on=date(year, 12, 31),
                by=dgef,
                now=now - timedelta(days=300 if year == now.year else 390),
                mandatory_axes=["FRANCAIS"],
                instruction_reference=f"Instruction ministérielle {year} (démonstration)",
                contract_target=60,
                agir_threshold=Decimal("30000.00"),
                eligible_accounts=[code for code in ChargeAccount.values if code not in NOT_ELIGIBLE],
            )
            if year < now.year:
                close_campaign(campaign=campaign, by=dgef, now=now - timedelta(days=301))

    def _territories(self, national: dict[str, Actor], vienne: Duo, gironde: Duo, now: datetime) -> None:
        """Give the préfets their targets, and one département more time."""
        campaign, dgef, when = Campaign.objects.get(year=now.year), national["dgef"], now - timedelta(days=240)
        if CampaignTarget.objects.filter(campaign=campaign).exists():
            return
        expected = (
            (vienne.agent.organisation, 6),
            (gironde.agent.organisation, 8),
            (national["sgar"].organisation, 1),
        )
        set_targets(campaign=campaign, targets={each.pk: count for each, count in expected}, by=dgef, now=when)
        extend_deadline(
            campaign=campaign,
            territory=Departement.objects.get(code="86"),
            deadline=date(now.year, 12, 24),
            reason="Inondations de l’automne (démonstration)",
            by=dgef,
            now=when,
        )

    def _envelopes(self, national: dict[str, Actor], vienne: Duo, gironde: Duo, now: datetime) -> None:
        campaign = Campaign.objects.get(year=now.year)
        if Envelope.objects.filter(campaign=campaign).exists():
            return
        dgef, sgar = national["dgef"], national["sgar"]
        when = now - timedelta(days=250)

        def give(target: Organisation, amount: Decimal, source: Organisation | None, by: Actor, reason: str) -> None:
            origin = Envelope.objects.get(campaign=campaign, organisation=source) if source else None
            allot(
                campaign=campaign,
                organisation=target,
                amount=amount,
                cp_amount=amount * PAID_IN_THE_YEAR,
                source=origin,
                reason=reason,
                by=by,
                now=when,
            )

        region = sgar.organisation
        give(dgef.organisation, NATIONAL, None, dgef, "Loi de finances (démonstration)")
        give(region, REGIONAL, dgef.organisation, dgef, "Répartition nationale (démonstration)")
        give(vienne.agent.organisation, VIENNE, region, sgar, "Répartition régionale (démonstration)")
        give(gironde.agent.organisation, GIRONDE, region, sgar, "Répartition régionale (démonstration)")
        redeploy(
            source=Envelope.objects.select_related("campaign", "organisation").get(
                campaign=campaign, organisation=region
            ),
            origin=gironde.agent.organisation,
            receiver=vienne.agent.organisation,
            amount=REDEPLOYED,
            cp_amount=REDEPLOYED * PAID_IN_THE_YEAR,
            reason="Sous-consommation constatée à mi-année (démonstration)",
            by=sgar,
            now=now - timedelta(days=120),
        )

"""Loads plausible files by the thousand, to measure lists and totals with."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from tqdm import tqdm

from accounts.models import User
from campaigns.models import Campaign
from ctai.demo_data import scale
from territories.models import LocalAuthority


class Command(BaseCommand):
    help = "Charge des milliers de dossiers fictifs, pour mesurer (idempotent)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--contracts", type=int, default=3_000, help="nombre de dossiers fictifs à atteindre")

    def handle(self, *args: Any, contracts: int, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("Les dossiers fictifs ne se chargent que sur un portail de démonstration.")
        by = User.objects.order_by("pk").first()
        if by is None or not Campaign.objects.exists() or not LocalAuthority.objects.exists():
            raise CommandError("Chargez d’abord la démonstration : manage.py load_demo")
        added = scale.load(
            total=contracts,
            by=by,
            now=timezone.now(),
            progress=lambda batches: tqdm(
                batches, desc="Dossiers fictifs", unit="lot", disable=options["verbosity"] == 0
            ),
        )
        self.stdout.write(f"{added} dossiers fictifs ajoutés.")

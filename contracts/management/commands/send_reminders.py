"""Sends the reminders of the day, as the scheduler does; run again, it sends nothing twice."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from tqdm import tqdm

from contracts.schedule import send_reminders


class Command(BaseCommand):
    help = "Envoie les rappels du jour\u00a0: avis bientôt attendus ou en retard. Relancée, n’envoie rien deux fois."

    def handle(self, *args: Any, **options: Any) -> None:
        sent = send_reminders(now=timezone.now(), progress=lambda files: tqdm(files, desc="Rappels", unit=" dossiers"))
        self.stdout.write(f"Rappels envoyés\u00a0: {sent}.")

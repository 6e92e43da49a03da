"""Checks that no row of the journal was altered or lost."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from journal.services import verify_chain


class Command(BaseCommand):
    help = "Vérifie la chaîne des événements du journal."

    def handle(self, *args: Any, **options: Any) -> None:
        broken = verify_chain(lambda events: tqdm(events, desc="Journal", unit=" lignes"))
        if broken:
            rows = ", ".join(str(event.sequence) for event in broken[:20])
            raise CommandError(f"{len(broken)} ligne(s) rompue(s) : {rows}")
        self.stdout.write("Le journal est intact.")

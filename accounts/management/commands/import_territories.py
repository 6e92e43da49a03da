"""Brings the official list of territories in, then the organisations of the State that go with it."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from accounts.services.organisations import sync_state_organisations
from ctai.text import count
from territories.importer import OlderListError, import_territories


class Command(BaseCommand):
    help = "Import the official list of territories and make the organisations of the State; may be run again."

    def handle(self, *args: Any, **options: Any) -> None:
        shown = options["verbosity"] > 0
        try:
            report = import_territories(progress=shown)
        except OlderListError as error:
            raise CommandError(str(error)) from error
        bar = partial(tqdm, disable=not shown, unit=" organisations", desc="Organisations")
        changed = sync_state_organisations(bar)
        if shown:
            self.stdout.write(
                f"Liste de {report.vintage}\u00a0: "
                f"{count(report.created, 'collectivité créée', 'collectivités créées')}, "
                f"{count(report.updated, 'mise à jour', 'mises à jour')}, {report.ceased} disparues\u00a0; "
                f"{count(changed, 'service de l’État créé ou renommé', 'services de l’État créés ou renommés')}."
            )

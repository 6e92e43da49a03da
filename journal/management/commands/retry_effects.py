"""Gives another chance to the effects that failed for good, once their cause is mended."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from journal.leases import give_another_chance


class Command(BaseCommand):
    help = "Relance ce qui a été abandonné après plusieurs échecs : documents, courriels, scellements."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", nargs="?", default="", help="seulement cette nature, par exemple seal_document")

    def handle(self, *args: Any, **options: Any) -> None:
        given = give_another_chance(options["kind"], now=timezone.now())
        self.stdout.write(f"Relancés : {given}. Le prochain passage du planificateur les confie à un processus.")

"""Creates the axes and the models of documents of a new portal."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from ctai.reference import prepare


class Command(BaseCommand):
    help = "Crée les axes et les modèles de documents manquants."

    def handle(self, *args: Any, **options: Any) -> None:
        prepare(timezone.now())
        self.stdout.write("Axes et modèles de documents en place.")

"""Says what a PDF is worth: whether the portal issued it, who signed it, whether it was changed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from contracts.services.copies import examine_file
from documents.enums import Verdict


class Command(BaseCommand):
    """`manage.py verify_contract FILE.pdf`: exit code 0 when the file conforms, 1 otherwise."""

    help = "Vérifie un PDF : version émise par le portail, signatures, modifications. Code de sortie 0 ou 1."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="le fichier PDF à vérifier")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            content = path.read_bytes()
        except OSError as error:
            raise CommandError(f"Ce fichier ne peut pas être lu : {path}") from error
        finding = examine_file(content)
        self.stdout.write(finding.label)
        for sentence in finding.sentences:
            self.stdout.write(f"- {sentence}")
        if finding.verdict == Verdict.REFUSED:
            raise SystemExit(1)

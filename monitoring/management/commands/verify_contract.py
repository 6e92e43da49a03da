"""Says what a PDF is worth: whether the portal issued it, who signed it, whether it was changed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from contracts.services.copies import examine_file
from documents.enums import Verdict
from documents.models import IssuedDocument
from monitoring.verification import verification_of


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
        finding, document = examine_file(content)
        self.stdout.write(finding.label)
        for sentence in finding.sentences:
            self.stdout.write(f"- {sentence}")
        if document is not None:
            self._tell(document)
        if finding.verdict == Verdict.REFUSED:
            raise SystemExit(1)

    def _tell(self, document: IssuedDocument) -> None:
        """Say of the document what the public page of its code says."""
        found = verification_of(document)
        self.stdout.write(f"{found.status}. {found.explanation}".strip())
        for name, value in (*found.facts, ("SHA-256 de la version émise", document.sha256)):
            self.stdout.write(f"- {name}\u00a0: {value}")

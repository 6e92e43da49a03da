"""Writes the pages of ``docs/`` that come from the code, or checks that they are current."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from ctai.living_docs.permissions import permissions_page
from ctai.living_docs.workflow import workflow_page
from ctai.settings.env import BASE_DIR

DOCS = BASE_DIR / "docs"
PAGES: dict[str, Callable[[], str]] = {"workflow.md": workflow_page, "permissions.md": permissions_page}


def stale_pages() -> list[str]:
    """Return the pages that are missing or no longer say what the code does."""
    return [
        name
        for name, write in PAGES.items()
        if not (DOCS / name).exists() or (DOCS / name).read_text(encoding="utf-8") != write()
    ]


class Command(BaseCommand):
    help = "Écrit docs/workflow.md et docs/permissions.md d’après le code."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="vérifie seulement que les pages sont à jour")

    def handle(self, *args: Any, **options: Any) -> None:
        stale = stale_pages()
        if options["check"]:
            if stale:
                raise CommandError(f"Pages à réécrire par manage.py write_docs : {', '.join(stale)}")
            self.stdout.write("Les pages tirées du code sont à jour.")
            return
        for name in stale:
            (DOCS / name).write_text(PAGES[name](), encoding="utf-8")
            self.stdout.write(f"docs/{name} réécrit.")

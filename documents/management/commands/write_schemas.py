"""Writes the published schemas that do not exist yet; one that differs needs a new version."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from documents.json_schema import FOLDER, PUBLISHED, Published, schema_text


def stale_schemas() -> list[Published]:
    """Return the current versions whose file is missing or says something else than the code."""
    return [
        each
        for each in PUBLISHED
        if each.is_current and not ((FOLDER / each.path).exists() and each.read() == schema_text(each.kind).encode())
    ]


class Command(BaseCommand):
    help = "Écrit dans data/schemas/ les schémas des données jointes aux documents ; un schéma publié ne change plus."

    def handle(self, *args: Any, **options: Any) -> None:
        stale = stale_schemas()
        changed = [each.path for each in stale if (FOLDER / each.path).exists()]
        if changed:
            raise CommandError(
                f"Schémas publiés dont le code s’écarte : {', '.join(changed)}. Donnez une version de plus à ces"
                " natures de document dans documents/json_schema.py."
            )
        for each in stale:
            path = FOLDER / each.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(schema_text(each.kind), encoding="utf-8")
            self.stdout.write(f"data/schemas/{each.path} écrit.")

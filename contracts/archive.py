"""The file of a contract as a ZIP: documents, pieces, history and data, as far as a person may read them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models.fields.files import FieldFile
from zipstream import ZIP_STORED, ZipStream

from accounts.actors import Actor
from contracts.enums import State
from contracts.history import all_events
from contracts.models import Contract
from ctai.text import safe_cell
from documents.canonical import canonical_json, sha256_of
from documents.enums import DocumentStatus
from documents.mixins import download_name
from documents.models import IssuedDocument, Seal, Upload

CHUNK = 64 * 1024
HISTORY = ("numero", "date", "evenement", "par", "precisions", "empreinte")


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of the archive: stored bytes, or bytes made now."""

    name: str
    sha256: str
    size: int
    content: bytes | FieldFile
    what: str

    def chunks(self) -> Iterator[bytes]:
        """Read the content by pieces, opened only when its turn comes."""
        if isinstance(self.content, bytes):
            yield self.content
            return
        with self.content.open("rb") as stored:
            while piece := stored.read(CHUNK):
                yield piece


def archive(contract: Contract, *, by: Actor, now: datetime) -> ZipStream:
    """Return the archive of a file, to stream; nothing but what this person may read."""
    entries = [*_issued(contract, by), *_sealed(contract, by), *_deposited(contract, by), _history(contract)]
    manifest = {
        "reference": contract.reference,
        "etat": State(contract.state).label,
        "etabli_le": now.isoformat(timespec="seconds"),
        "fichiers": [
            {"nom": each.name, "nature": each.what, "taille": each.size, "sha256": each.sha256} for each in entries
        ],
    }
    text = json.dumps(manifest, ensure_ascii=False, indent=2).encode()
    stream = ZipStream(compress_type=ZIP_STORED)
    for each in (*entries, Entry("manifest.json", "", len(text), text, "")):
        stream.add(each.chunks(), each.name)
    return stream


def _issued(contract: Contract, by: Actor) -> Iterator[Entry]:
    documents = IssuedDocument.objects.visible_to(by).filter(contract=contract, status=DocumentStatus.READY)
    for each in documents.order_by("pk"):
        if not each.content.storage.exists(each.content.name):
            continue
        name = f"{each.pk}-{download_name(each)}"
        label = each.get_kind_display()
        yield Entry(f"documents/{name}", each.sha256, each.size or 0, each.content, label)
        data = canonical_json(each.data)
        yield Entry(f"donnees/{name}.json", sha256_of(data), len(data), data, f"Données : {label}")


def _sealed(contract: Contract, by: Actor) -> Iterator[Entry]:
    seals = Seal.objects.visible_to(by).filter(document__contract=contract).select_related("document")
    for each in seals.order_by("pk"):
        if each.content.storage.exists(each.content.name):
            name = f"documents/{each.document_id}-{download_name(each)}"
            yield Entry(name, each.sha256, each.size, each.content, "Exemplaire scellé")


def _deposited(contract: Contract, by: Actor) -> Iterator[Entry]:
    for each in Upload.objects.visible_to(by).filter(contract=contract).order_by("pk"):
        if each.file.storage.exists(each.file.name):
            name = f"pieces/{each.pk}-{download_name(each)}"
            yield Entry(name, each.sha256, each.size, each.file, each.get_kind_display())


def _history(contract: Contract) -> Entry:
    out = io.StringIO()
    out.write("\ufeff")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(HISTORY)
    for line in all_events(contract):
        row: list[Any] = [line.sequence, line.at.isoformat(timespec="seconds"), line.title, line.who, line.details]
        writer.writerow([*map(safe_cell, row), line.hash])
    content = out.getvalue().encode()
    return Entry("historique.csv", sha256_of(content), len(content), content, "Historique du dossier")

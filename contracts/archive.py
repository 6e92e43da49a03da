"""The file of a contract as a ZIP: documents, pieces, history and data, as far as a person may read them."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from django.db.models.fields.files import FieldFile
from django.template.loader import render_to_string
from django.utils import timezone
from zipstream import ZIP_STORED, ZipStream

from accounts.actors import Actor
from contracts.enums import State
from contracts.history import all_events
from contracts.models import Contract
from ctai.text import safe_cell
from documents.canonical import canonical_json, sha256_of
from documents.enums import KIND_SLUGS, DocumentKind, DocumentStatus
from documents.models import IssuedDocument, Seal, Upload
from documents.uploads import safe_name
from funding.queries import account_papers

CHUNK = 64 * 1024
HISTORY = ("numero", "date", "evenement", "par", "precisions", "empreinte")
READ_ME = "LISEZ-MOI.txt"


@dataclass(slots=True)
class Entry:
    """A file of the archive, opened only when its turn comes; measured as it is sent."""

    name: str
    what: str
    sha256: str
    content: Callable[[], Iterable[bytes]]
    facts: dict[str, Any] = field(default_factory=dict)
    size: int = 0
    sent: str = ""

    def chunks(self) -> Iterator[bytes]:
        """Send the content by pieces."""
        digest = hashlib.sha256()
        for piece in self.content():
            digest.update(piece)
            self.size += len(piece)
            yield piece
        self.sent = digest.hexdigest()

    def line(self) -> dict[str, Any]:
        """Return what the manifest says of it, once it was sent."""
        found = {"nom": self.name, "nature": self.what, **self.facts, "taille": self.size, "sha256": self.sha256}
        if self.sent != self.sha256:
            found["alerte"] = "Le fichier conservé ne correspond plus à l’empreinte enregistrée."
        return found


@dataclass(slots=True)
class Contents:
    """What an archive holds, under names used once, and what it should hold and does not."""

    entries: list[Entry] = field(default_factory=list)
    absent: list[dict[str, str]] = field(default_factory=list)
    _names: set[str] = field(default_factory=set)

    def add(self, entry: Entry) -> None:
        """Add a file; two of one name, on a disk that ignores case, are told apart by a number."""
        stem, dot, extension = entry.name.rpartition(".")
        number, name = 1, entry.name
        while name.casefold() in self._names:
            number += 1
            name = f"{stem}-{number}{dot}{extension}"
        entry.name = name
        self._names.add(name.casefold())
        self.entries.append(entry)

    def add_stored(self, entry: Entry, stored: FieldFile) -> None:
        """Add a file kept in the storage, or say that its bytes are not there."""
        if stored.storage.exists(stored.name or ""):
            self.add(entry)
        else:
            self.absent.append({"nature": entry.what, "nom": entry.name, "raison": "Fichier introuvable."})


def archive(contract: Contract, *, by: Actor, now: datetime) -> ZipStream:
    """Return the archive of a file, to stream; nothing but what this person may read, nothing held whole in memory."""
    found = Contents()
    _add_issued(found, contract, by)
    _add_sealed(found, contract, by)
    _add_deposited(found, contract, by)
    _add_made(found, "historique.csv", "Historique du dossier", _history(contract))
    _add_made(found, READ_ME, "Mode d’emploi", render_to_string("contracts/archive.txt").encode())
    stream = ZipStream(compress_type=ZIP_STORED)
    for each in found.entries:
        stream.add(each.chunks(), each.name)
    stream.add(_manifest(found, contract, by, now), "manifest.json")
    return stream


def _manifest(found: Contents, contract: Contract, by: Actor, now: datetime) -> Iterator[bytes]:
    """Tell what was sent; asked last, it knows every size."""
    manifest = {
        "reference": contract.reference,
        "etat": State(contract.state).label,
        "etabli_le": _instant(now),
        "etabli_pour": by.organisation.name,
        "perimetre": "Ce que cette organisation peut lire du dossier.",
        "fichiers": [each.line() for each in found.entries],
        "absents": found.absent,
    }
    yield json.dumps(manifest, ensure_ascii=False, indent=2).encode()


def _add_issued(found: Contents, contract: Contract, by: Actor) -> None:
    documents = IssuedDocument.objects.visible_to(by).filter(contract=contract).defer("data").order_by("pk")
    for each in documents:
        label, name = each.get_kind_display(), _document_name(contract, each)
        facts = {"numero": each.number, "emis_le": _instant(each.created_at), "version_de_travail": each.is_draft}
        if each.superseded_at:
            facts["remplace_le"] = _instant(each.superseded_at)
        if each.status == DocumentStatus.READY:
            entry = Entry(f"documents/{name}.pdf", label, each.sha256, partial(_stored, each.content), facts)
            found.add_stored(entry, each.content)
        else:
            reason = f"Document {each.get_status_display().lower()} : ses données sont jointes."
            found.absent.append({"nature": label, "nom": f"documents/{name}.pdf", "raison": reason})
        data = Entry(f"donnees/{name}.json", f"Données : {label}", each.data_sha256, partial(_data, each.pk))
        found.add(data)


def _add_sealed(found: Contents, contract: Contract, by: Actor) -> None:
    seals = Seal.objects.visible_to(by).filter(document__contract=contract).select_related("document")
    for each in seals.defer("document__data").order_by("pk"):
        name = f"documents/{_document_name(contract, each.document)}-scelle.pdf"
        facts = {"scelle_le": _instant(each.sealed_at)}
        entry = Entry(name, "Exemplaire scellé", each.sha256, partial(_stored, each.content), facts)
        found.add_stored(entry, each.content)


def _add_deposited(found: Contents, contract: Contract, by: Actor) -> None:
    uploads = Upload.objects.visible_to(by).filter(contract=contract).select_related("organisation")
    accounts = account_papers(contract.pk)
    for each in uploads.order_by("pk"):
        facts = {"depose_le": _instant(each.uploaded_at), "depose_par": each.organisation.name}
        original = each.original_name
        if beneficiary := accounts.get(each.pk):
            facts["beneficiaire"] = beneficiary
            original = f"{beneficiary[:60].replace('/', '-')}-{original}"
        name = f"pieces/{_day(each.uploaded_at)}-{safe_name(original)}"
        entry = Entry(name, each.get_kind_display(), each.sha256, partial(_stored, each.file), facts)
        found.add_stored(entry, each.file)


def _add_made(found: Contents, name: str, what: str, content: bytes) -> None:
    found.add(Entry(name, what, sha256_of(content), lambda: [content]))


def _document_name(contract: Contract, document: IssuedDocument) -> str:
    """Return « 2026-05-23-CTAI-2026-086-0008-contrat-1 »: a kind gives a number once."""
    draft = "-version-de-travail" if document.is_draft else ""
    slug = KIND_SLUGS[DocumentKind(document.kind)]
    return safe_name(f"{_day(document.created_at)}-{contract.reference}-{slug}-{document.number}{draft}")


def _stored(stored: FieldFile) -> Iterator[bytes]:
    with stored.open("rb") as opened:
        while piece := opened.read(CHUNK):
            yield piece


def _data(document_id: int) -> Iterator[bytes]:
    """Read the data of one document when its turn comes, for all of them may weigh."""
    yield canonical_json(IssuedDocument.objects.values_list("data", flat=True).get(pk=document_id))


def _history(contract: Contract) -> bytes:
    out = io.StringIO()
    out.write("\ufeff")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(HISTORY)
    for line in all_events(contract):
        row: list[Any] = [line.sequence, _instant(line.at), line.title, line.who, line.details]
        writer.writerow([*map(safe_cell, row), line.hash])
    return out.getvalue().encode()


def _instant(at: datetime) -> str:
    return timezone.localtime(at).isoformat(timespec="seconds")


def _day(at: datetime) -> str:
    return timezone.localdate(at).isoformat()

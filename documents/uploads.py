"""The one door by which a deposited file enters: recognised, hashed, stored under a random name."""

import hashlib
import re
import unicodedata
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.core.files.base import File

from documents.enums import UploadKind, Visibility
from documents.filetypes import recognise
from documents.models import Upload

if TYPE_CHECKING:
    from accounts.actors import Actor
    from accounts.models import Organisation

# What must come back as a PDF that can be compared and verified.
SIGNED_ACTS = frozenset({UploadKind.SIGNED_CONTRACT, UploadKind.SIGNED_LETTER, UploadKind.SIGNED_REQUEST})
NAME_LENGTH = 150
_UNSAFE = re.compile(r"[\x00-\x1f\x7f\"<>|*?:;\\/]+")


def accept(
    file: File[Any],
    *,
    kind: UploadKind,
    contract_id: int | None,
    organisation: "Organisation",
    by: "Actor",
    now: datetime,
    visibility: Visibility = Visibility.SHARED,
) -> Upload:
    """Store a file that somebody deposits.

    The bytes are written before the row: a transaction rolled back leaves a file without a row, never the reverse.

    Raises:
        UploadRefused: the file is not one that the portal accepts.
    """
    found = recognise(file, must_be_plain_pdf=kind in SIGNED_ACTS)
    size, sha256 = measured(file)
    name = safe_name(file.name or "")
    file.seek(0)
    upload = Upload(
        original_name=name,
        content_type=found.content_type,
        size=size,
        sha256=sha256,
        kind=kind,
        visibility=visibility,
        contract_id=contract_id,
        organisation=organisation,
        uploaded_by=by.user,
        uploaded_at=now,
    )
    upload.file.save(name, file, save=False)
    upload.save()
    return upload


def measured(file: File[Any]) -> tuple[int, str]:
    """Return the size and the SHA-256 of a file, read by pieces."""
    digest, size = hashlib.sha256(), 0
    file.seek(0)
    for chunk in file.chunks():
        digest.update(chunk)
        size += len(chunk)
    return size, digest.hexdigest()


def safe_name(name: str) -> str:
    """Return the sender’s file name without its folders nor anything that a header or a disk could misread."""
    name = unicodedata.normalize("NFC", name.replace("\\", "/").rpartition("/")[2])
    name = "".join(char for char in name if unicodedata.category(char)[0] != "C")
    name = _UNSAFE.sub("-", name).strip(" .-")
    stem, dot, extension = name.rpartition(".")
    return f"{stem[: NAME_LENGTH - len(extension) - 1]}{dot}{extension}" if dot else name[:NAME_LENGTH] or "fichier"

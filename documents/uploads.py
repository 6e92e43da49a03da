"""The one door by which a deposited file enters: recognised, hashed, stored under a random name."""

import contextlib
import hashlib
import re
import unicodedata
from datetime import datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError
from django.core.files.base import File

from documents.enums import UploadKind, Visibility
from documents.filetypes import recognise
from documents.models import Upload, upload_path

if TYPE_CHECKING:
    from accounts.actors import Actor
    from accounts.models import Organisation

# What must come back as a PDF that can be compared and verified.
SIGNED_ACTS = frozenset({UploadKind.SIGNED_CONTRACT, UploadKind.SIGNED_LETTER, UploadKind.SIGNED_REQUEST})
NAME_LENGTH = 150
# What a folder or a bucket lets through when it is full, read-only or out of reach.
STORAGE_ERRORS = (OSError, BotoCoreError, ClientError)
_UNSAFE = re.compile(r"[\x00-\x1f\x7f\"<>|*?:;\\/]+")


class FileNotKept(Exception):
    """The storage did not take the file; `ctai.middleware` says it to the person, whatever page they were on."""


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
        FileNotKept: the storage is full, read-only or out of reach; nothing of the file stays there.
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
    upload.file = _stored(upload, file)
    upload.save()
    return upload


def _stored(upload: Upload, file: File[Any]) -> str:
    """Write the bytes and return their place; what a failure wrote of them is taken back."""
    storage, path = upload.file.storage, upload_path(upload, upload.original_name)
    try:
        return str(storage.save(path, file))
    except STORAGE_ERRORS as error:
        with contextlib.suppress(*STORAGE_ERRORS):
            storage.delete(path)
        raise FileNotKept from error


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

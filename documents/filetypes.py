"""What a deposited file really is: judged by its bytes, never by what its name or its sender says."""

import struct
import zipfile
import zlib
from dataclasses import dataclass
from typing import IO, Any, BinaryIO, cast

import pikepdf
import puremagic
from django.conf import settings
from django.core.files.base import File

from ctai.text import file_size

HEAD = 8192
PDF_MARK = b"%PDF-"
ZIP_MARK = b"PK\x03\x04"
MAX_ENTRIES = 2_000
MAX_UNPACKED = 200 * 1024 * 1024
MAX_RATIO = 150  # an office file packs ten times at most; a bomb a thousand
# What zipfile lets through on an archive that is cut, altered or forged.
DAMAGED = (
    zipfile.BadZipFile,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,
    struct.error,
    zlib.error,
)


class UploadRefused(Exception):
    """The file cannot be accepted; the message says why, in French, to the person who sent it."""


@dataclass(frozen=True, slots=True)
class FileType:
    """A type that the portal accepts."""

    name: str
    content_type: str
    extensions: tuple[str, ...]


PDF = FileType("PDF", "application/pdf", ("pdf",))
PNG = FileType("image PNG", "image/png", ("png",))
JPEG = FileType("image JPEG", "image/jpeg", ("jpg", "jpeg"))
DOCX = FileType("Word", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", ("docx",))
XLSX = FileType("Excel", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ("xlsx",))
ODT = FileType("texte OpenDocument", "application/vnd.oasis.opendocument.text", ("odt",))
ODS = FileType("classeur OpenDocument", "application/vnd.oasis.opendocument.spreadsheet", ("ods",))
CSV = FileType("CSV", "text/csv", ("csv",))
ACCEPTED = (PDF, PNG, JPEG, DOCX, XLSX, ODT, ODS, CSV)
EXTENSIONS = tuple(extension for each in ACCEPTED for extension in each.extensions)

_BY_MIME = {each.content_type: each for each in (PDF, PNG, JPEG)}
_OPEN_DOCUMENTS = {each.content_type.encode(): each for each in (ODT, ODS)}
_WEB_MARKS = (b"<!doctype html", b"<html", b"<script", b"<svg", b"<?xml")


def recognise(file: File[Any], *, must_be_plain_pdf: bool = False) -> FileType:
    """Return the type of the file, or refuse it.

    Args:
        file: open for reading; its name gives the extension to confront with the bytes.
        must_be_plain_pdf: for a signed act: a PDF, without encryption.

    Raises:
        UploadRefused: empty, too large, of another type, not what its name says, encrypted, or a trap.
    """
    size = file.size or 0
    if size == 0:
        raise UploadRefused("Ce fichier est vide. Choisissez-en un autre.")
    if size > settings.UPLOAD_MAX_BYTES:
        limit = file_size(settings.UPLOAD_MAX_BYTES)
        raise UploadRefused(f"Ce fichier pèse {file_size(size)}. La limite est de {limit}.")
    extension = (file.name or "").rpartition(".")[2].lower()
    found = _by_bytes(file, extension)
    if extension not in found.extensions:
        raise UploadRefused(
            f"Le nom de ce fichier finit par « .{extension} », mais son contenu est un fichier {found.name}."
        )
    if must_be_plain_pdf and found is not PDF:
        raise UploadRefused("Déposez un fichier PDF : l’acte signé, numérisé ou signé électroniquement.")
    if found is PDF:
        _check_pdf(file, refuse_encryption=must_be_plain_pdf)
    file.seek(0)
    return found


def _by_bytes(file: File[Any], extension: str) -> FileType:
    file.seek(0)
    head = file.read(HEAD)
    if head.startswith(ZIP_MARK):
        return _office_type(file)
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith(_WEB_MARKS):
        raise UploadRefused("Le contenu de ce fichier est une page web ou un dessin vectoriel : il n’est pas accepté.")
    if extension in CSV.extensions:
        return _csv(file)
    mime = _mime(head)
    found = _BY_MIME.get(mime)
    if found is None or (found is PDF and not head.startswith(PDF_MARK)):
        raise UploadRefused("Ce type de fichier n’est pas accepté. Déposez un PDF, une image, un texte ou un tableur.")
    return found


def _mime(head: bytes) -> str:
    try:
        return str(puremagic.from_string(head, mime=True))
    except (puremagic.PureError, ValueError):
        return ""


def _csv(file: File[Any]) -> FileType:
    """Accept text only: no zero byte, in UTF-8 or in the Windows code page."""
    file.seek(0)
    for chunk in file.chunks():
        if b"\x00" in chunk:
            raise UploadRefused("Ce fichier n’est pas un fichier CSV lisible.")
    return CSV


def _office_type(file: File[Any]) -> FileType:
    """Tell office files apart by what they contain, after checking that they unpack to a reasonable size."""
    try:
        file.seek(0)
        with zipfile.ZipFile(_stream(file)) as archive:
            entries = archive.infolist()
            _check_archive(entries, file.size or 1)
            names = {entry.filename for entry in entries}
            if "mimetype" in names:
                with archive.open("mimetype") as mark:
                    found = _OPEN_DOCUMENTS.get(mark.read(100).strip())
            elif "[Content_Types].xml" in names:
                found = DOCX if "word/document.xml" in names else XLSX if "xl/workbook.xml" in names else None
            else:
                found = None
    except DAMAGED as error:
        raise UploadRefused("Ce fichier est endommagé ou protégé : il ne peut pas être lu.") from error
    if found is None:
        raise UploadRefused("Les archives ne sont pas acceptées. Déposez chaque document séparément.")
    return found


def _check_archive(entries: list[zipfile.ZipInfo], packed: int) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > MAX_ENTRIES or unpacked > MAX_UNPACKED or unpacked > packed * MAX_RATIO:
        raise UploadRefused("Ce fichier occupe une place anormale une fois décompressé : il n’est pas accepté.")
    if any(entry.filename.lower().endswith("vbaproject.bin") for entry in entries):
        raise UploadRefused("Ce fichier contient des macros. Enregistrez-le sans macros, ou au format PDF.")
    if any(entry.flag_bits & 1 for entry in entries):
        raise UploadRefused("Ce fichier est protégé par un mot de passe. Retirez la protection avant de le déposer.")


def _check_pdf(file: File[Any], *, refuse_encryption: bool) -> None:
    try:
        file.seek(0)
        with pikepdf.open(_stream(file)) as pdf:
            encrypted, pages = pdf.is_encrypted, len(pdf.pages)
    except pikepdf.PasswordError as error:
        raise UploadRefused(
            "Ce PDF est protégé par un mot de passe. Retirez la protection avant de le déposer."
        ) from error
    except pikepdf.PdfError as error:
        raise UploadRefused("Ce PDF est endommagé : il ne peut pas être lu.") from error
    if pages == 0:
        raise UploadRefused("Ce PDF ne contient aucune page.")
    if encrypted and refuse_encryption:
        raise UploadRefused(
            "Ce PDF est chiffré : sa signature ne pourrait pas être vérifiée. Déposez-le sans chiffrement."
        )


def _stream(file: File[Any]) -> BinaryIO:
    """Return the file object under Django’s wrapper, which zipfile and pikepdf read at will."""
    stream: IO[Any] = file.file if file.file is not None else file.open("rb")
    return cast("BinaryIO", stream)

"""How a private file leaves the portal: its own type, never guessed, never kept by a proxy."""

from django.http import FileResponse, Http404

from documents.enums import KIND_SLUGS, DocumentKind, DocumentStatus
from documents.filetypes import PDF
from documents.models import IssuedDocument, Seal, Upload
from documents.uploads import safe_name


def file_response(stored: Upload | IssuedDocument | Seal, *, inline: bool = False) -> FileResponse:
    """Answer with a file whose right to be read the caller has checked (`visible_to`).

    Args:
        stored: a deposited file, an issued document, or its sealed copy.
        inline: show it in the page; only documents of the portal may be, deposited files are always downloaded.

    Raises:
        Http404: the document is not ready, or its bytes are missing.
    """
    if isinstance(stored, IssuedDocument):
        if stored.status != DocumentStatus.READY:
            raise Http404("Ce document n’est pas encore disponible.")
        content, content_type, shown = stored.content, PDF.content_type, inline
    elif isinstance(stored, Seal):
        content, content_type, shown = stored.content, PDF.content_type, False
    else:
        content, content_type, shown = stored.file, stored.content_type, False
    try:
        opened = content.open("rb")
    except FileNotFoundError as error:
        raise Http404("Ce fichier n’est plus disponible.") from error
    response = FileResponse(
        opened,
        as_attachment=not shown,
        filename=download_name(stored),
        content_type=content_type,
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    if not shown:
        response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def download_name(stored: Upload | IssuedDocument | Seal) -> str:
    """Return the name under which a file is saved by whoever downloads it."""
    if isinstance(stored, Upload):
        return safe_name(stored.original_name)
    if isinstance(stored, Seal):
        return safe_name(f"{download_name(stored.document).removesuffix('.pdf')}-scelle.pdf")
    draft = "-version-de-travail" if stored.is_draft else ""
    return safe_name(f"{stored.data['reference']}-{KIND_SLUGS[DocumentKind(stored.kind)]}-{stored.number}{draft}.pdf")

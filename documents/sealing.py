"""The seal of the service on a PDF: an invisible signature by its own certificate, added at the end of the file."""

import io
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from ctai.text import long_date
from documents.enums import Verdict
from documents.returned import Known, examine

FIELD = "CachetDuPortail"
REASON = "Cachet du portail"
TIMESTAMP_SECONDS = 20
UNREADABLE = "SEAL_PKCS12 is not a PKCS#12 file with a certificate and a key that SEAL_PASSWORD opens."


class SealImpossible(Exception):
    """The certificate cannot be used, or the file takes no seal."""


def sealed(content: bytes, *, issued: Known, now: datetime) -> bytes:
    """Return the content followed by the seal, once the portal itself has found the whole good.

    Args:
        content: the issued bytes, alone or followed by the signatures of the parties.
        issued: the version that they are.
        now: when the certificate must be valid.

    Raises:
        SealImpossible: the certificate cannot be used, or the content forbids one more signature.
        OSError: the timestamping service does not answer.
    """
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter  # noqa: PLC0415 (heavy engine)
    from pyhanko.pdf_utils.misc import PdfError  # noqa: PLC0415
    from pyhanko.sign import PdfSignatureMetadata, sign_pdf  # noqa: PLC0415
    from pyhanko.sign.fields import SigSeedSubFilter  # noqa: PLC0415
    from pyhanko.sign.general import SigningError  # noqa: PLC0415

    signer = certificate(now)
    metadata = PdfSignatureMetadata(
        field_name=FIELD, md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES, reason=REASON
    )
    try:
        writer = IncrementalPdfFileWriter(io.BytesIO(content))
        out = sign_pdf(writer, metadata, signer=signer, timestamper=_timestamper())
    except (PdfError, SigningError) as error:
        raise SealImpossible(f"The file takes no further signature: {error}") from error
    result = bytes(out.getvalue())
    finding = examine(result, issued=issued)
    if finding.verdict == Verdict.REFUSED:
        raise SealImpossible(" ".join(finding.sentences))
    return result


def certificate(now: datetime) -> Any:
    """Return who seals: the certificate and the key of ``SEAL_PKCS12``.

    Raises:
        SealImpossible: the file is missing, is not PKCS#12, has another password, or its certificate is not valid now.
    """
    from pyhanko.sign import SimpleSigner  # noqa: PLC0415

    try:
        content = Path(settings.SEAL_PKCS12).read_bytes()
    except OSError as error:
        raise SealImpossible("SEAL_PKCS12 cannot be read.") from error
    password = settings.SEAL_PASSWORD.encode() or None
    try:
        signer = SimpleSigner.load_pkcs12_data(content, other_certs=[], passphrase=password)
    except ValueError as error:
        raise SealImpossible(UNREADABLE) from error
    if signer is None or signer.signing_cert is None:
        raise SealImpossible(UNREADABLE)
    validity = signer.signing_cert["tbs_certificate"]["validity"]
    first, last = validity["not_before"].native, validity["not_after"].native
    if not first <= now <= last:
        raise SealImpossible(f"The certificate of SEAL_PKCS12 is valid from {first:%Y-%m-%d} to {last:%Y-%m-%d} only.")
    return signer


def _timestamper() -> Any:
    """Return the service that certifies the time (RFC 3161), None where none is configured."""
    from pyhanko.sign.timestamps.requests_client import RequestsHTTPTimeStamper  # noqa: PLC0415

    url = settings.SEAL_TIMESTAMP_URL
    return RequestsHTTPTimeStamper(url, timeout=TIMESTAMP_SECONDS) if url else None


def recognised(sealed_at: datetime) -> str:
    """Say that a file is, byte for byte, one that the portal sealed."""
    day = long_date(timezone.localdate(sealed_at))
    return (
        f"Exemplaire scellé par le portail le {day} : ce fichier est celui que le portail a scellé, octet pour octet."
    )

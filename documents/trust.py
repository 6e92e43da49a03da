"""With what the chain of a certificate is checked: the authorities that the service trusts, the proofs of the file."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings


def context(reader: Any, revocation_mode: str) -> Any:
    """Return what a chain is checked with today: the configured roots, the proofs of the file, nothing fetched."""
    from pyhanko_certvalidator import ValidationContext  # noqa: PLC0415 (heavy engine, only where files are examined)

    store = _proofs(reader)
    options = {**_options(revocation_mode), "crls": [], "ocsps": []}
    return ValidationContext(**options) if store is None else store.as_validation_context(options)


def context_at(reader: Any, revocation_mode: str, *, moment: datetime, certificate: Any) -> Any:
    """Return what a certificate is checked with at the instant that a trusted timestamp certifies.

    Proofs gathered after that instant count, for they tell since when a certificate is revoked; but not those made
    after the certificate expired, for an authority may then drop it from its list.
    """
    from pyhanko_certvalidator import ValidationContext  # noqa: PLC0415

    known = context(reader, revocation_mode)
    last = certificate.not_valid_after
    store = _proofs(reader)
    return ValidationContext(
        **_options(revocation_mode),
        moment=moment,
        best_signature_time=moment,
        retroactive_revinfo=True,
        other_certs=[] if store is None else list(store.load_certs()),
        crls=[each for each in known.crls if each["tbs_cert_list"]["this_update"].native <= last],
        ocsps=[each for each in known.ocsps if _told_at(each) <= last],
    )


def trust_roots() -> Sequence[Any]:
    """Return the authorities that the service trusts: the PEM files of ``PDF_TRUST_STORE``, none by default."""
    return _loaded(settings.PDF_TRUST_STORE) if settings.PDF_TRUST_STORE else ()


@cache
def _loaded(location: str) -> tuple[Any, ...]:
    from pyhanko.keys import load_certs_from_pemder  # noqa: PLC0415

    path = Path(location)
    files = sorted(each for each in path.iterdir() if each.is_file()) if path.is_dir() else [path]
    return tuple(load_certs_from_pemder([str(each) for each in files]))


def _options(revocation_mode: str) -> dict[str, Any]:
    return {"trust_roots": list(trust_roots()), "allow_fetching": False, "revocation_mode": revocation_mode}


def _proofs(reader: Any) -> Any:
    """Return the certificates and lists of revocation that the file holds, None when it holds none."""
    from pyhanko.sign.validation.dss import DocumentSecurityStore  # noqa: PLC0415
    from pyhanko.sign.validation.errors import NoDSSFoundError  # noqa: PLC0415

    try:
        return DocumentSecurityStore.read_dss(reader)
    except NoDSSFoundError:
        return None


def _told_at(answer: Any) -> datetime:
    """Return when an OCSP responder told the state of a certificate."""
    found: datetime = answer.response_data["responses"][0]["this_update"].native
    return found

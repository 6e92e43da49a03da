"""The electronic signatures of a PDF, judged by pyHanko: integrity, changes since, chain and revocation."""

import io
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from typing import Any

from django.utils import timezone

from ctai.text import long_date
from documents.findings import SignatureFinding, TimestampFinding
from documents.trust import context, context_at, trust_roots

READERS = frozenset({"pyhanko", "pyhanko_certvalidator", "asn1crypto", "cryptography"})
OURS = __name__.partition(".")[0]

UNREADABLE = "La structure du fichier ne permet pas de vérifier ce qui y a été ajouté."
ABNORMAL = "La structure du fichier est anormale : elle ne permet pas de le vérifier."
NO_STORE = (
    "La chaîne du certificat et sa révocation n’ont pas été contrôlées :"
    " aucune autorité de confiance n’est configurée."
)
UNKNOWN_ISSUER = "Le certificat ne remonte à aucune des autorités de confiance configurées."
NO_REVOCATION = (
    "Le certificat remonte à une autorité de confiance ; sa révocation n’a pas pu être contrôlée, faute de preuve"
    " dans le fichier."
)
TRUSTED = "Le certificat remonte à une autorité de confiance et n’était pas révoqué."
TRUSTED_THEN = (
    "Le certificat remonte à une autorité de confiance ; à l’instant de l’horodatage, il était valable et n’était pas"
    " révoqué."
)
REVOKED = "Le certificat de la personne qui signe est révoqué."
BROKEN = "La signature ne correspond pas au contenu du fichier : il a été modifié."
ALTERED = "Le contenu a été modifié après cette signature."
BROKEN_STAMP = "L’horodatage ne correspond pas à la signature : il a été modifié, ou vient d’une autre."

# What is known of a timestamping authority: how the sentence on a signature’s instant ends.
STAMP_TRUSTED = "qui remonte à une autorité de confiance"
STAMP_REVOKED = "dont le certificat est révoqué"
STAMP_NO_STORE = "service d’horodatage non contrôlé, aucune autorité de confiance n’étant configurée"
STAMP_UNKNOWN = "service d’horodatage qui ne remonte à aucune des autorités de confiance configurées"
STAMP_NO_REVOCATION = "qui remonte à une autorité de confiance, sans preuve qu’il n’était pas révoqué"


class Untouchable(Exception):
    """The structure of the file cannot be trusted; the message says why, in French."""


def examined(content: bytes, *, issued: bytes) -> list[SignatureFinding]:
    """Return the signatures of a file that begins with the issued bytes; empty when it bears none.

    Raises:
        Untouchable: something else than signatures was added since the issue, or the file cannot be read.
    """
    trust_roots()  # a store that cannot be read is no fault of the file
    with _reading():
        reader = _reader(content)
        _check_updates(reader, _reader(issued).total_revisions)
        return [_finding(reader, each) for each in reader.embedded_regular_signatures]


def has_signature(content: bytes) -> bool:
    """Tell whether a file that is not an issued one bears an electronic signature."""
    try:
        with _reading():
            return bool(_reader(content).embedded_regular_signatures)
    except Untouchable:
        return False


@contextmanager
def _reading() -> Iterator[None]:
    """Refuse the file on which a reader fails; a fault of our own goes through.

    pyHanko documents `PdfError` and `ValueError`. On files made to mislead it, it raises much else: `TypeError`,
    `KeyError`, `AttributeError`, `InvalidOperation` were seen when bytes were changed at random. So what counts is
    where an exception comes from, not what it is.
    """
    from pyhanko.pdf_utils.misc import PdfError  # noqa: PLC0415 (0.3 s, only where files are examined)

    try:
        yield
    except PdfError as error:
        raise Untouchable(UNREADABLE) from error
    except Exception as error:
        if not _comes_from_a_reader(error):
            raise
        raise Untouchable(ABNORMAL) from error


def _comes_from_a_reader(error: Exception) -> bool:
    """Tell whether the innermost code that is a reader’s or ours, when this was raised, was a reader’s."""
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    packages = [str(each.f_globals.get("__name__")).partition(".")[0] for each in frames]
    return [each for each in packages if each in READERS or each == OURS][-1] in READERS


def _reader(content: bytes) -> Any:
    from pyhanko.pdf_utils.reader import PdfFileReader  # noqa: PLC0415

    return PdfFileReader(io.BytesIO(content))


def _check_updates(reader: Any, issued_revisions: int) -> None:
    """Compare the file with the issue it begins with: signatures and their proofs may be added, nothing else."""
    from pyhanko.sign.diff_analysis import DiffResult, ModificationLevel  # noqa: PLC0415

    result = _policy().review_file(reader, base_revision=issued_revisions - 1)
    if not isinstance(result, DiffResult) or result.modification_level > ModificationLevel.FORM_FILLING:
        raise Untouchable("Le contenu du document a été modifié après son émission, par un ajout à la fin du fichier.")


@cache
def _policy() -> Any:
    """Return pyHanko’s own policy, but for the mark that a first signature sets on the empty form of the issue."""
    from pyhanko.sign.diff_analysis import DEFAULT_DIFF_POLICY, StandardDiffPolicy  # noqa: PLC0415
    from pyhanko.sign.diff_analysis.constants import ACROFORM_EXEMPT_STRICT_COMPARISON  # noqa: PLC0415
    from pyhanko.sign.diff_analysis.form_rules_api import FormUpdatingRule  # noqa: PLC0415

    usual: Any = DEFAULT_DIFF_POLICY
    exempt = {*ACROFORM_EXEMPT_STRICT_COMPARISON, "/SigFlags"}
    return StandardDiffPolicy(usual.global_rules, FormUpdatingRule(usual.form_rule.field_rules, exempt))


def _finding(reader: Any, signature: Any) -> SignatureFinding:
    """Judge one signature; the difference analysis is never skipped."""
    status = _validated(reader, signature, "require")
    found = status.timestamp_validity
    stamp = _timestamp(reader, signature, found) if found is not None and _is_sound(found) else None
    moment = stamp.at if stamp is not None and stamp.is_trusted else None
    trusted, revoked, sentence = _trust(reader, signature, status, moment)
    return SignatureFinding(
        signer=_name(status.signing_cert.subject),
        issuer=_name(status.signing_cert.issuer),
        declared_at=status.signer_reported_dt,
        timestamp=stamp,
        is_intact=_is_sound(status),
        is_trusted=trusted,
        is_revoked=revoked,
        trust=sentence,
        alteration=_alteration(status),
    )


def _is_sound(status: Any) -> bool:
    """Tell whether a signature or a timestamp is one of what it claims to be of, whoever made it."""
    return bool(status.intact and status.valid)


def _alteration(status: Any) -> str:
    """Say what was changed: the signed content, what follows it, or the timestamp; empty when nothing was."""
    from pyhanko.sign.diff_analysis import ModificationLevel  # noqa: PLC0415

    if not _is_sound(status):
        return BROKEN
    altered = status.modification_level is None or status.modification_level > ModificationLevel.FORM_FILLING
    if altered or not status.docmdp_ok:
        return ALTERED
    stamp = status.timestamp_validity
    return "" if stamp is None or _is_sound(stamp) else BROKEN_STAMP


def _timestamp(reader: Any, signature: Any, stamp: Any) -> TimestampFinding:
    if stamp.revoked:
        sentence = STAMP_REVOKED
    elif not trust_roots():
        sentence = STAMP_NO_STORE
    elif stamp.trusted:
        sentence = STAMP_TRUSTED
    else:
        lenient = _validated(reader, signature, "soft-fail").timestamp_validity
        sentence = STAMP_NO_REVOCATION if lenient.trusted else STAMP_UNKNOWN
    return TimestampFinding(
        at=stamp.timestamp,
        authority=_name(stamp.signing_cert.subject),
        is_trusted=sentence == STAMP_TRUSTED,
        trust=sentence,
    )


def _trust(reader: Any, signature: Any, status: Any, moment: datetime | None) -> tuple[bool, bool, str]:
    """Judge the certificate at the instant that a trusted timestamp certifies, today where there is none.

    Returns:
        Whether it is trusted, whether it is revoked, and the sentence that says so.
    """
    certificate = status.signing_cert
    strict = status if moment is None else _validated(reader, signature, "require", moment, certificate)
    if strict.revoked:
        return False, True, REVOKED
    if not trust_roots():
        return False, False, NO_STORE
    if strict.trusted:
        return True, False, TRUSTED if moment is None else TRUSTED_THEN
    lenient = _validated(reader, signature, "soft-fail", moment, certificate)
    if lenient.revoked:
        return False, True, REVOKED
    if lenient.trusted:
        return False, False, NO_REVOCATION
    return False, False, _out_of_date(certificate, moment) or UNKNOWN_ISSUER


def _out_of_date(certificate: Any, moment: datetime | None) -> str:
    """Say that the certificate was not valid at the instant when it is judged; empty when it was."""
    first, last = certificate.not_valid_before, certificate.not_valid_after
    if first <= (moment or timezone.now()) <= last:
        return ""
    if moment is not None:
        days = f"du {long_date(first)} au {long_date(last)}"
        return f"À l’instant de l’horodatage, le certificat n’était pas valable : il l’est {days}."
    if timezone.now() < first:
        return f"Le certificat n’est valable qu’à compter du {long_date(first)}."
    return (
        f"Le certificat a expiré le {long_date(last)} ; aucun horodatage de confiance ne prouve qu’il a servi avant."
    )


def _validated(
    reader: Any, signature: Any, revocation_mode: str, moment: datetime | None = None, certificate: Any = None
) -> Any:
    from pyhanko.sign.validation import validate_pdf_signature  # noqa: PLC0415

    today = context(reader, revocation_mode)
    then = today
    if moment is not None:
        then = context_at(reader, revocation_mode, moment=moment, certificate=certificate)
    return validate_pdf_signature(signature, then, today, skip_diff=False)


def _name(name: Any) -> str:
    """Return the common name of a certificate, or its organisation."""
    native = name.native
    for key in ("common_name", "organization_name"):
        value = native.get(key)
        if value:
            return value if isinstance(value, str) else ", ".join(value)
    return "sans nom"

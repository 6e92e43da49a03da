"""What anybody learns of a document from the code printed on it, and of a file from its SHA-256.

The page that bears a code is given hashes of whole files, never a name nor a content. Every file of the portal bears a
code that nobody can guess, so that its hash tells nothing to whoever does not hold the file. How many parties have
signed so far is told to nobody: the hashes of signed copies are given once every party has signed, or once their
version was replaced.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from contracts.filters import SIGNED_STATES
from contracts.models import Contract, Signature
from ctai.text import join_and, long_date
from documents.enums import DocumentKind
from documents.models import CODE_GROUP_LENGTH, CODE_GROUPS, IssuedDocument, Seal
from monitoring.queries import parties_of, signed_contracts

NOT_SIGNED = "Toutes les parties n’ont pas signé : ce document n’est pas encore un contrat."
COPIES_LATER = "Les exemplaires signés ne sont reconnus ici qu’une fois le contrat signé par toutes les parties."


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said of a file that has one of these hashes; ``is_good`` when it is what the document is worth."""

    hashes: tuple[str, ...]
    text: str
    is_good: bool


@dataclass(frozen=True, slots=True)
class Verification:
    """What the portal says of a printed code; no party before every one has signed."""

    document: IssuedDocument
    reference: str
    status: str
    explanation: str
    is_valid: bool
    signed_on: datetime | None = None
    parties: tuple[str, ...] = ()
    seal: Seal | None = None
    answers: tuple[Answer, ...] = ()
    otherwise: str = ""

    @property
    def facts(self) -> list[tuple[str, str]]:
        """What is known, each with its name: reference, version, parties, date, hash."""
        document = self.document
        pairs = [
            ("Référence", self.reference),
            ("Version", f"n°\u00a0{document.number}, émise le {long_date(document.created_at)}"),
            ("Parties", join_and(self.parties) if self.parties else ""),
            ("Signé le", long_date(self.signed_on) if self.signed_on else ""),
        ]
        return [(name, value) for name, value in pairs if value]


def clean_code(typed: str) -> str:
    """Return a code as it is stored, whatever its case, spaces and hyphens."""
    figures = re.sub(r"[^0-9A-Z]", "", typed.upper())
    size = CODE_GROUP_LENGTH
    return "-".join(
        figures[start : start + size] for start in range(0, min(len(figures), CODE_GROUPS * size + 1), size)
    )


def verify(code: str) -> Verification | None:
    """Return what is known of the document that bears this code, None when no document does."""
    found = IssuedDocument.objects.filter(verification_code=clean_code(code)).select_related("contract")
    document = found.defer("data").first()
    return None if document is None else verification_of(document)


def verification_of(document: IssuedDocument) -> Verification:
    """Return what anybody may know of a document; at most seven queries."""
    contract = document.contract
    reference = contract.reference if contract and contract.first_sent_at else ""
    if document.is_draft:
        answer = Answer((document.sha256,), "C’est cette version de travail, octet pour octet.", is_good=False)
        told = Verification(document, reference, "Version de travail", "Elle n’engage personne.", is_valid=False)
        return replace(told, answers=(answer,), otherwise=_otherwise())
    versions = _versions(document)
    is_signed = contract is not None and contract.state in SIGNED_STATES
    answers, otherwise = _answers(document, versions, is_signed=is_signed)
    told = _worth(document, contract, reference, versions)
    return replace(told, answers=answers, otherwise=otherwise)


def _worth(
    document: IssuedDocument, contract: Contract | None, reference: str, versions: list[IssuedDocument]
) -> Verification:
    """Return what a document that is no working version is worth today."""
    if document.superseded_at is not None:
        status, text = _fate(document, versions)
        return Verification(document, reference, status, text, is_valid=False)
    if contract is None or document.kind != DocumentKind.CONTRACT:
        return Verification(document, reference, "Document émis par le portail", "", is_valid=True)
    if contract.state not in SIGNED_STATES:
        return Verification(document, contract.reference, "Contrat non signé", NOT_SIGNED, is_valid=False)
    read = signed_contracts().get(pk=contract.pk)
    return Verification(
        document,
        contract.reference,
        "Contrat signé" if contract.state == "signed" else f"Contrat {contract.get_state_display().lower()}",
        "",
        is_valid=True,
        signed_on=contract.signed_at,
        parties=("L’État", *(each.full_name for each in parties_of(read))),
        seal=Seal.objects.filter(document=document).first(),
    )


def _versions(document: IssuedDocument) -> list[IssuedDocument]:
    """Return the versions of the same document, itself included, the latest first; working ones are nobody’s."""
    if document.contract_id is None:
        return [document]
    peers = IssuedDocument.objects.filter(
        contract=document.contract_id, kind=document.kind, subject_id=document.subject_id, is_draft=False
    )
    return list(peers.defer("data").order_by("-number", "-pk"))


def _fate(document: IssuedDocument, versions: Iterable[IssuedDocument]) -> tuple[str, str]:
    """Return what became of a version that is no longer in force."""
    when = long_date(document.superseded_at) if document.superseded_at else ""
    later = [each.number for each in versions if each.number > document.number]
    if later:
        text = f"Elle a été remplacée le {when} ; la dernière émise est la version {max(later)}. Elle ne vaut plus."
        return "Version remplacée", text
    return "Version annulée", f"Elle a été annulée le {when} et aucune autre n’a été émise depuis. Elle ne vaut plus."


# --- what is said of a file, from its hash ---------------------------------------------------------------------------


def _answers(
    document: IssuedDocument, versions: list[IssuedDocument], *, is_signed: bool
) -> tuple[tuple[Answer, ...], str]:
    copies, seals = _copies(versions, is_signed=is_signed), _seals(versions, is_signed=is_signed)
    found = [
        answer
        for each in versions
        for answer in _of_version(each, document, versions, copies.get(each.pk, ()), seals.get(each.pk, ""))
    ]
    is_waiting = document.kind == DocumentKind.CONTRACT and document.superseded_at is None and not is_signed
    otherwise = _otherwise(
        copies=any(copies.values()), seal=bool(seals), others=len(versions) > 1, is_waiting=is_waiting
    )
    return tuple(each for each in found if any(each.hashes)), otherwise


def _of_version(
    version: IssuedDocument,
    document: IssuedDocument,
    versions: list[IssuedDocument],
    copies: tuple[str, ...],
    seal: str,
) -> Iterator[Answer]:
    end, is_good = "", True
    if version.superseded_at is not None:
        became = "remplacée" if any(each.number > version.number for each in versions) else "annulée"
        end = f" : version {version.number}, {became} le {long_date(version.superseded_at)}, qui ne vaut plus"
        is_good = False
    elif version.pk != document.pk:
        end = f" : version {version.number}, émise le {long_date(version.created_at)}, qui a remplacé celle-ci"
    yield Answer((version.sha256,), f"C’est le fichier émis par le portail, octet pour octet{end}.", is_good)
    signed = "C’est un exemplaire signé de ce document, tel qu’il a été déposé sur le portail"
    yield Answer(copies, f"{signed}{end}.", is_good)
    yield Answer((seal,), f"C’est l’exemplaire scellé par le portail, octet pour octet{end}.", is_good)


def _copies(versions: list[IssuedDocument], *, is_signed: bool) -> dict[int, tuple[str, ...]]:
    """Return the hashes of the copies of each version: those of a version in force once every party has signed."""
    told = [each.pk for each in versions if each.superseded_at is not None or is_signed]
    rows = Signature.objects.filter(document__in=told, upload__isnull=False).order_by("signed_on", "pk")
    found: dict[int, tuple[str, ...]] = {}
    for document_id, sha256 in rows.values_list("document", "upload__sha256"):
        found[document_id] = (*found.get(document_id, ()), sha256)
    return found


def _seals(versions: list[IssuedDocument], *, is_signed: bool) -> dict[int, str]:
    rows = Seal.objects.filter(document__in=[each.pk for each in versions]) if is_signed else Seal.objects.none()
    return dict(rows.values_list("document", "sha256"))


def _otherwise(*, copies: bool = False, seal: bool = False, others: bool = False, is_waiting: bool = False) -> str:
    """Say of a file that nothing is known of it, and of what this page could have known."""
    known = [
        "un exemplaire signé qui y a été déposé" if copies else "",
        "l’exemplaire qu’il a scellé" if seal else "",
        "une autre version de ce document" if others else "",
    ]
    more = "".join(f", ni {each}" for each in known if each)
    first = "ni celui que le portail a émis" if more else "pas celui que le portail a émis"
    return f"Ce fichier n’est {first}{more}.{f' {COPIES_LATER}' if is_waiting else ''}"

"""What each kind of document offers to its template: fields, conditions, and what the page adds to an article."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from documents.enums import DocumentKind
from documents.merging import CONDITIONS, FIELDS, Condition, MergeField

_EVERYWHERE = ("dossier.reference", "document.date", "document.numero", "porteur")
_DECISION = ("signataire", "service", "tribunal", "decision.date", "demande.date", "montant.demande")

#: Printed by texts written before, offered no more: the court is named without its address, so no file fills it.
RETIRED = frozenset({"tribunal.adresse"})

#: By kind, the fields whose value its data hold: a whole group, or one field.
OFFERED: dict[DocumentKind, tuple[str, ...]] = {
    DocumentKind.LETTER: ("signataire", "lettre.date", "contrat.axes"),
    DocumentKind.REGISTRATION_RECEIPT: ("reception", "service"),
    DocumentKind.LETTER_ACKNOWLEDGEMENT: ("agent", "lettre.date", "reception.date", "service"),
    DocumentKind.DIAGNOSTIC: ("service",),
    DocumentKind.REQUEST_ACKNOWLEDGEMENT: (
        "agent", "service", "tribunal", "silence", "reception.date", "montant.demande",
    ),
    DocumentKind.CONTRACT: (
        "collectivites", "etat", "contrat", "montant", "campagne", "tribunal", "lettre.date", "diagnostic.date",
        "demande.date",
    ),
    DocumentKind.REFUSAL: _DECISION,
    DocumentKind.DISMISSAL: _DECISION,
}  # fmt: skip

_CONDITIONS: dict[DocumentKind, tuple[str, ...]] = {
    DocumentKind.REQUEST_ACKNOWLEDGEMENT: ("silence_vaut_rejet", "hors_calendrier"),
    DocumentKind.CONTRACT: ("plusieurs_collectivites", "plusieurs_annees", "annees_indicatives", "seuil_agir"),
    DocumentKind.REFUSAL: ("demande_deposee",),
    DocumentKind.DISMISSAL: ("demande_deposee",),
}


#: What the fields are about, by the first part of their name, in the order of the list.
SUBJECTS: dict[str, str] = {
    "dossier": "Dossier et document",
    "document": "Dossier et document",
    "porteur": "Collectivité porteuse",
    "collectivites": "Collectivités signataires",
    "etat": "État",
    "contrat": "Contrat",
    "montant": "Montants",
    "campagne": "Dates et étapes",
    "lettre": "Dates et étapes",
    "diagnostic": "Dates et étapes",
    "demande": "Dates et étapes",
    "silence": "Dates et étapes",
    "decision": "Dates et étapes",
    "reception": "Dates et étapes",
    "signataire": "Signataire du document",
    "agent": "Agent et service",
    "service": "Agent et service",
    "tribunal": "Juridiction",
}


@dataclass(frozen=True, slots=True)
class Slot:
    """What the page adds to the article of this key; the document is not whole without a kept one.

    A pinned one opens or closes the document, whatever the order asked.
    """

    sentence: str
    kept: bool = True
    pinned: Literal["first", "", "last"] = ""


_REASON = {"corps": Slot("Le portail y ajoute le motif de la décision.")}
SLOTS: dict[DocumentKind, dict[str, Slot]] = {
    DocumentKind.CONTRACT: {
        "visas": Slot(
            "Le portail y ajoute l’instruction de l’année, la lettre d’intention, le diagnostic, la demande et les "
            "délibérations du dossier.",
            pinned="first",
        ),
        "preambule": Slot("Le portail y ajoute la motivation de la lettre d’intention.", kept=False),
        "publics": Slot("Le portail y ajoute les publics retenus par les parties.", kept=False),
        "axes": Slot("Le portail y ajoute le tableau des actions."),
        "financement": Slot("Le portail y ajoute les tableaux du financement."),
        "signatures": Slot(
            "Le portail place avant lui les clauses particulières de la préfecture, et y ajoute le bloc des "
            "signatures.",
            pinned="last",
        ),
    },
    DocumentKind.REFUSAL: _REASON,
    DocumentKind.DISMISSAL: _REASON,
}
EDITABLE = tuple(OFFERED)
#: The kinds whose articles bear a number, by which another article may cite them.
NUMBERED = frozenset({DocumentKind.CONTRACT})
#: Printed without a heading, in a document whose other articles all have one.
UNTITLED = frozenset({"visas"})


def fields_of(kind: DocumentKind) -> list[MergeField]:
    """Return the merge fields that this kind of document can fill, in the order of the list."""
    offered = _EVERYWHERE + OFFERED[kind]
    return [each for each in FIELDS if each.name not in RETIRED and any(_is_of(each.name, name) for name in offered)]


def conditions_of(kind: DocumentKind) -> dict[str, Condition]:
    """Return the conditions that make sense for this kind of document."""
    return {name: CONDITIONS[name] for name in _CONDITIONS.get(kind, ())}


def slot_of(kind: DocumentKind, key: str) -> Slot | None:
    """Return what the page adds to this article, if anything."""
    return SLOTS.get(kind, {}).get(key)


def needs_title(kind: DocumentKind, key: str) -> bool:
    """Tell whether the document prints a heading above this article, and names it in its table of contents."""
    return kind in NUMBERED and key not in UNTITLED


def _is_of(name: str, offered: str) -> bool:
    return name == offered or name.startswith((f"{offered}.", f"{offered}_"))

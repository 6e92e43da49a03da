"""Each kind of event as a sentence, as history, mails and home pages tell it."""

from __future__ import annotations

from datetime import date
from typing import Any

from ctai.text import long_date
from documents.findings import label_of

#: Subject of the mail and title of the event.
TITLES: dict[str, str] = {
    "open_file": "Lettre d’intention commencée",
    "register_letter": "Lettre d’intention enregistrée par la préfecture",
    "take_over": "Dossier repris",
    "import_signed": "Contrat signé importé",
    "send_letter": "Lettre d’intention envoyée",
    "return_letter": "Lettre d’intention renvoyée à la collectivité",
    "acknowledge": "Accusé de réception délivré",
    "conclude_exchange": "Temps d’échange conclu",
    "return_to_exchange": "Retour au temps d’échange",
    "conclude_diagnostic": "Diagnostic partagé conclu",
    "return_to_diagnostic": "Diagnostic rouvert",
    "submit_proposal": "Proposition et demande de financement déposées",
    "request_correction": "Correction demandée",
    "resubmit": "Correction déposée",
    "approve": "Contrat approuvé",
    "refuse": "Demande refusée",
    "dismiss": "Dossier classé sans suite",
    "withdraw": "Dossier retiré par la collectivité",
    "reinstate": "Dossier rétabli",
    "reopen": "Instruction rouverte",
    "reissue": "Nouvelle version du contrat émise",
    "sign": "Signature enregistrée",
    "complete": "Contrat signé par toutes les parties",
    "terminate": "Contrat résilié",
    "contract_sealed": "Contrat scellé par le portail",
    "letter_saved": "Lettre d’intention modifiée",
    "cosignatory_added": "Co-signataire ajouté",
    "cosignatory_left": "Co-signataire sorti du contrat",
    "service_associated": "Préfecture associée",
    "lead_transfer_proposed": "Transfert du dossier proposé à une autre préfecture",
    "lead_transfer_cancelled": "Proposition de transfert abandonnée",
    "lead_transferred": "Dossier transféré à une autre préfecture",
    "agent_assigned": "Agent en charge désigné",
    "deliberation_saved": "Délibération enregistrée",
    "deliberation_confirmed": "Délibération confirmée pour la nouvelle version",
    "special_clause_added": "Clause particulière ajoutée par la préfecture",
    "special_clause_changed": "Clause particulière modifiée par la préfecture",
    "special_clause_removed": "Clause particulière retirée par la préfecture",
    "special_clause_moved": "Clauses particulières réordonnées par la préfecture",
    "contract_completed": "Mentions du contrat complétées par la préfecture",
    "rectification_proposed": "Rectification d’erreur matérielle proposée",
    "rectification_accepted": "Rectification d’erreur matérielle acceptée par une partie",
    "rectification_complete": "Rectification d’erreur matérielle acceptée par toutes les parties",
    "rectification_withdrawn": "Rectification d’erreur matérielle retirée",
    "tranche_confirmed": "Tranche annuelle confirmée",
    "tranche_withdrawn": "Confirmation d’une tranche annuelle retirée",
    "commitment_recorded": "Engagement de la dépense enregistré",
    "payment_recorded": "Versement enregistré",
    "expenditure_corrected": "Engagement ou versement corrigé",
    "credits_given_back": "Crédits non engagés rendus",
    "draft_issued": "Version de travail du contrat demandée",
    "attachment_added": "Pièce ajoutée",
    "own_attachment_added": "Pièce ajoutée, non affichée à l’autre partie",
}

UNKNOWN = "Dossier modifié"

#: What the person who receives the mail may do next, by event and side.
WHAT_NEXT: dict[tuple[str, str], str] = {
    ("send_letter", "state"): "La lettre attend votre accusé de réception.",
    ("send_letter", "local"): "L’accusé d’enregistrement est joint au dossier.",
    ("return_letter", "local"): "Le motif figure au dossier ; vous pouvez modifier la lettre et l’envoyer de nouveau.",
    ("acknowledge", "local"): "La préfecture vous proposera un échange.",
    ("conclude_exchange", "local"): "Le diagnostic partagé est ouvert : vous pouvez le rédiger avec la préfecture.",
    ("conclude_exchange", "state"): "Le diagnostic partagé est ouvert aux deux parties.",
    ("conclude_diagnostic", "local"): "Vous pouvez préparer vos fiches-actions et votre demande de financement.",
    ("return_to_diagnostic", "local"): "Le motif figure au dossier.",
    ("return_to_exchange", "local"): "Le motif figure au dossier.",
    ("submit_proposal", "state"): "Le dossier est à instruire.",
    ("submit_proposal", "local"): "L’accusé de réception est joint au dossier.",
    ("request_correction", "local"): "Les remarques auxquelles répondre figurent au dossier.",
    ("resubmit", "state"): "Vous pouvez reprendre l’instruction.",
    ("approve", "local"): (
        "Le contrat est prêt à signer. Cette approbation ne vaut pas encore attribution de la subvention."
    ),
    ("approve", "state"): "Le contrat est prêt à signer.",
    ("refuse", "local"): "La décision et les voies de recours figurent au dossier.",
    ("complete", "local"): "L’exemplaire signé et le certificat de preuve sont disponibles sur le dossier.",
    ("complete", "state"): "L’exemplaire signé et le certificat de preuve sont disponibles sur le dossier.",
}


def title_of(kind: str) -> str:
    """Return the title of an event; an unknown kind reads as a change of the file."""
    return TITLES.get(kind, EDITS.get(kind, UNKNOWN))


def details_of(payload: dict[str, Any]) -> str:
    """Return what the payload adds to the title: reason, dates."""
    parts = []
    if payload.get("reason"):
        parts.append(f"Motif : {payload['reason']}")
    if payload.get("reply_by"):
        parts.append(f"Réponse attendue avant le {long_date_of(payload['reply_by'])}.")
    if payload.get("expected_on"):
        parts.append(f"Avis attendu avant le {long_date_of(payload['expected_on'])}.")
    if payload.get("mailed"):
        parts.append("Message envoyé au service.")
    if payload.get("effective_on"):
        parts.append(f"Effet au {long_date_of(payload['effective_on'])}.")
    if payload.get("verdict"):
        label = label_of(payload["verdict"], electronic=bool(payload.get("is_electronic")))
        parts.append(f"Exemplaire examiné par le portail : {label[0].lower()}{label[1:]}.")
    if payload.get("label"):
        parts.append(str(payload["label"]))
    return " ".join(parts)


def long_date_of(text: str) -> str:
    """Return an ISO day as « 3 mars 2026 »."""
    return long_date(date.fromisoformat(text))


#: Events of the lower floors.
EDITS: dict[str, str] = {
    "meeting_recorded": "Échange enregistré",
    "meeting_updated": "Compte rendu modifié",
    "minutes_sent": "Compte rendu soumis à l’accord des parties",
    "minutes_approved": "Compte rendu approuvé",
    "minutes_objected": "Observation sur le compte rendu",
    "decision_done": "Décision d’échange réalisée",
    "message_posted": "Message envoyé",
    "note_written": "Note interne ajoutée",
    "remark_added": "Remarque ajoutée",
    "remark_answered": "Réponse à une remarque",
    "remark_resolved": "Remarque close",
    "remark_reopened": "Remarque rouverte",
    "piece_requested": "Pièce complémentaire demandée",
    "piece_provided": "Pièce complémentaire fournie",
    "section_saved": "Section du diagnostic modifiée",
    "section_approved": "Section du diagnostic approuvée",
    "section_approval_withdrawn": "Approbation d’une section retirée",
    "section_approvals_void": "Accords sur une section devenus caducs : elle a changé",
    "figures_imported": "Chiffres du diagnostic importés",
    "figure_confirmed": "Chiffre prérempli confirmé",
    "diagnostic_draft_issued": "Version de travail du diagnostic préparée",
    "finding_justified": "Point de vigilance justifié",
    "action_saved": "Fiche-action enregistrée",
    "action_removed": "Fiche-action retirée",
    "action_file_added": "Pièce jointe à une action",
    "action_file_removed": "Pièce retirée d’une action",
    "cofunding_proved": "Cofinancements justifiés",
    "cofunding_disproved": "Justificatif de cofinancement retiré",
    "action_moved": "Fiches-actions réordonnées",
    "action_duplicated": "Fiche-action dupliquée",
    "budget_saved": "Budget d’une action enregistré",
    "budgets_imported": "Budgets importés d’un classeur",
    "actions_carried_over": "Actions d’un contrat précédent reconduites",
    "budgets_carried_over": "Budgets d’une année repris pour une autre",
    "payee_saved": "Coordonnées bancaires d’un bénéficiaire enregistrées",
    "request_draft_issued": "Version de travail de la demande préparée",
    "request_prepared": "Demande de financement préparée",
    "action_reviewed": "Proposition de la préfecture enregistrée",
    "requested_adopted": "Montants demandés repris par la préfecture",
    "criteria_assessed": "Grille d’instruction remplie",
    "scenario_saved": "Scénario enregistré",
    "scenario_applied": "Montants d’un scénario appliqués",
    "scenario_removed": "Scénario retiré",
    "opinion_asked": "Avis demandé",
    "opinion_reminded": "Rappel d’un avis attendu",
    "opinion_given": "Avis rendu",
}

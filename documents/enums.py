"""The kinds and states of files that people deposit and of documents that the portal issues."""

from django.db import models


class UploadKind(models.TextChoices):
    SIGNED_LETTER = "signed_letter", "Lettre d’intention signée"
    PAPER_LETTER = "paper_letter", "Lettre d’intention reçue par courrier"
    SIGNED_REQUEST = "signed_request", "Demande de financement signée"
    DELIBERATION = "deliberation", "Délibération"
    SIGNED_CONTRACT = "signed_contract", "Contrat signé"
    MINUTES = "minutes", "Compte rendu"
    PREFIGURATION = "prefiguration", "Document de préfiguration"
    DELEGATION_ACT = "delegation_act", "Acte de délégation de signature"
    OPINION = "opinion", "Avis"
    DECISION = "decision", "Décision"
    SIGNED_RECTIFICATION = "signed_rectification", "Rectification signée"
    IBAN = "iban", "Relevé d’identité bancaire"
    COFUNDING_PROOF = "cofunding_proof", "Justificatif de cofinancement"
    TAKEN_OVER = "taken_over", "Document repris d’un dossier antérieur"
    ATTACHMENT = "attachment", "Pièce jointe"


class Visibility(models.TextChoices):
    SHARED = "shared", "Visible des deux parties"
    OWN_SIDE = "own_side", "Non affiché à l’autre partie"


class DocumentKind(models.TextChoices):
    LETTER = "letter", "Lettre d’intention"
    REGISTRATION_RECEIPT = "registration_receipt", "Accusé d’enregistrement"
    LETTER_ACKNOWLEDGEMENT = "letter_acknowledgement", "Accusé de réception de la lettre d’intention"
    MINUTES = "minutes", "Compte rendu d’échange"
    DIAGNOSTIC = "diagnostic", "Diagnostic partagé"
    FUNDING_REQUEST = "funding_request", "Demande de financement"
    REQUEST_ACKNOWLEDGEMENT = "request_acknowledgement", "Accusé de réception de la demande de financement"
    CONTRACT = "contract", "Contrat territorial d’accueil et d’intégration"
    REFUSAL = "refusal", "Décision de refus"
    DISMISSAL = "dismissal", "Classement sans suite"
    RECTIFICATION = "rectification", "Rectification d’erreur matérielle"
    PROOF = "proof", "Certificat de preuve"


#: What the names of files and addresses call each kind.
KIND_SLUGS: dict[DocumentKind, str] = {
    DocumentKind.LETTER: "lettre",
    DocumentKind.REGISTRATION_RECEIPT: "accuse-enregistrement",
    DocumentKind.LETTER_ACKNOWLEDGEMENT: "accuse-reception-lettre",
    DocumentKind.MINUTES: "compte-rendu",
    DocumentKind.DIAGNOSTIC: "diagnostic",
    DocumentKind.FUNDING_REQUEST: "demande-financement",
    DocumentKind.REQUEST_ACKNOWLEDGEMENT: "accuse-reception-demande",
    DocumentKind.CONTRACT: "contrat",
    DocumentKind.REFUSAL: "refus",
    DocumentKind.DISMISSAL: "classement-sans-suite",
    DocumentKind.RECTIFICATION: "rectification",
    DocumentKind.PROOF: "certificat-de-preuve",
}


class DocumentStatus(models.TextChoices):
    PENDING = "pending", "En attente"
    RENDERING = "rendering", "En préparation"
    READY = "ready", "Disponible"
    FAILED = "failed", "En échec"


class Verdict(models.TextChoices):
    VERIFIED = "verified", "Conforme et vérifié"
    UNVERIFIABLE = "unverifiable", "Conforme, signature manuscrite non vérifiable"
    REFUSED = "refused", "Non conforme"


class MatchedBy(models.TextChoices):
    BYTES = "bytes", "Octets du fichier"
    QR_CODE = "qr_code", "Code QR"
    DECLARATION = "declaration", "Déclaration de la personne"
    NOTHING = "nothing", "Aucun rapprochement"

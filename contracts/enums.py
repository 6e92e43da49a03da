"""The states and closed lists of a file."""

from django.db import models


class State(models.TextChoices):
    LETTER_DRAFT = "letter_draft", "Lettre en préparation"
    LETTER_SENT = "letter_sent", "Lettre déposée"
    EXCHANGE = "exchange", "Échange en cours"
    DIAGNOSTIC = "diagnostic", "Diagnostic en cours"
    PROPOSAL = "proposal", "Proposition à déposer"
    CORRECTION_REQUESTED = "correction_requested", "Correction demandée"
    UNDER_REVIEW = "under_review", "En instruction"
    APPROVED = "approved", "Contrat à signer"
    SIGNED = "signed", "Contrat signé"
    CLOSED = "closed", "Clos"
    TERMINATED = "terminated", "Résilié"
    REFUSED = "refused", "Refusé"
    DISMISSED = "dismissed", "Classé sans suite"
    WITHDRAWN = "withdrawn", "Retiré"


#: What the préfecture reads where it differs.
STATE_SIDE_LABELS: dict[State, str] = {
    State.LETTER_DRAFT: "Lettre renvoyée",
    State.LETTER_SENT: "Lettre reçue, à enregistrer",
    State.PROPOSAL: "Proposition en préparation",
    State.CORRECTION_REQUESTED: "En attente de correction",
    State.UNDER_REVIEW: "Dossier à instruire",
}

#: The five steps of the ministry's flyer.
STEPS: dict[int, str] = {
    1: "Lettre d’intention",
    2: "Temps d’échange",
    3: "Diagnostic partagé",
    4: "Proposition de projet et demande de financement",
    5: "Validation et signature",
}

STEP_OF_STATE: dict[State, int] = {
    State.LETTER_DRAFT: 1,
    State.LETTER_SENT: 1,
    State.EXCHANGE: 2,
    State.DIAGNOSTIC: 3,
    State.PROPOSAL: 4,
    State.CORRECTION_REQUESTED: 4,
    State.UNDER_REVIEW: 5,
    State.APPROVED: 5,
}

IN_PROGRESS = frozenset(STEP_OF_STATE)
#: From the first sending to the approval: what a refusal, a dismissal or a withdrawal may end.
SENT = IN_PROGRESS - {State.LETTER_DRAFT}
ENDED = frozenset({State.REFUSED, State.DISMISSED, State.WITHDRAWN})
FINAL = frozenset({State.CLOSED, State.TERMINATED})
#: The states in which a file under way before the portal may be taken over.
TAKE_OVER_STATES = (State.EXCHANGE, State.DIAGNOSTIC, State.PROPOSAL)


class Origin(models.TextChoices):
    PORTAL = "portal", "Portail"
    PAPER = "paper", "Lettre reçue par courrier"
    TAKEN_OVER = "taken_over", "Reprise"
    IMPORTED = "imported", "Importé"


class Turn(models.TextChoices):
    """The sides from which an act is expected."""

    NOBODY = "nobody", "Aucune action attendue"
    LOCAL = "local", "Collectivité"
    STATE = "state", "Préfecture"
    BOTH = "both", "Collectivité et préfecture"


class ActMode(models.TextChoices):
    PORTAL = "portal", "Sur le portail"
    PAPER = "paper", "Document signé déposé"


class DeliberationOrgan(models.TextChoices):
    ASSEMBLY = "assembly", "Conseil"
    BUREAU = "bureau", "Bureau"
    STANDING_COMMITTEE = "standing_committee", "Commission permanente"
    DELEGATED_DECISION = "delegated_decision", "Décision par délégation"


class OpinionVerdict(models.TextChoices):
    FAVOURABLE = "favourable", "Favorable"
    RESERVED = "reserved", "Favorable avec réserves"
    UNFAVOURABLE = "unfavourable", "Défavorable"

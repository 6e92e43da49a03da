"""What each side does in each state, in a few words."""

from __future__ import annotations

from contracts.enums import State

#: What a collectivité is expected to do: the sentence, the page where it is done, the button.
LOCAL_TASKS: dict[str, tuple[str, str, str]] = {
    State.LETTER_DRAFT: ("Complétez la lettre d’intention, puis envoyez-la.", "letter", "Ouvrir la lettre"),
    State.EXCHANGE: ("Lisez les comptes rendus et donnez votre accord.", "exchange", "Ouvrir les échanges"),
    State.DIAGNOSTIC: ("Rédigez le diagnostic et approuvez ses sections.", "diagnostic", "Ouvrir le diagnostic"),
    State.PROPOSAL: (
        "Préparez vos fiches-actions et votre demande de financement, puis déposez-les.", "proposal",
        "Ouvrir la proposition",
    ),
    State.CORRECTION_REQUESTED: (
        "Répondez aux remarques de la préfecture, puis déposez la correction.", "proposal", "Répondre aux remarques",
    ),
    State.APPROVED: ("Enregistrez la délibération, puis la signature.", "signature", "Ouvrir la signature"),
}  # fmt: skip
#: What the préfecture does meanwhile.
STATE_IS_DOING: dict[str, str] = {
    State.LETTER_SENT: "La préfecture doit accuser réception de votre lettre",
    State.EXCHANGE: "La préfecture conduit le temps d’échange",
    State.DIAGNOSTIC: "La préfecture complète et approuve le diagnostic",
    State.UNDER_REVIEW: "La préfecture instruit votre demande",
    State.APPROVED: "La préfecture recueille la signature de l’État",
}
#: What a préfecture is expected to do.
STATE_TASKS: dict[str, str] = {
    State.LETTER_SENT: "Accuser réception de la lettre",
    State.EXCHANGE: "Conduire l’échange",
    State.DIAGNOSTIC: "Compléter et approuver le diagnostic",
    State.UNDER_REVIEW: "Instruire et décider",
    State.APPROVED: "Signer au nom de l’État",
}
#: What the collectivité does meanwhile.
LOCAL_IS_DOING: dict[str, str] = {
    State.LETTER_DRAFT: "Reprend sa lettre",
    State.EXCHANGE: "Relit le compte rendu",
    State.DIAGNOSTIC: "Complète et approuve le diagnostic",
    State.PROPOSAL: "Prépare sa proposition",
    State.CORRECTION_REQUESTED: "Répond aux remarques",
    State.APPROVED: "Délibère et signe",
}

"""What happens to the text of a contract of the demonstration: clauses of its own, a new version, a rectification."""

from __future__ import annotations

from contracts.acts import Reissue
from contracts.queries import current_contract_document
from contracts.services.clauses import add_clause
from contracts.services.rectifications import RectificationInput, accept_rectification, propose
from ctai.demo_data.journey import Journey

HOUSING = (
    "Accès au parc social",
    "<p>La collectivité réserve chaque année à des ménages primo-arrivants une part des logements dont elle désigne "
    "les candidats. Le comité technique en suit l’emploi.</p>",
)
DATA_SHARING = (
    "Échange de données de suivi",
    "<p>Les services de l’État transmettent chaque semestre à la collectivité le nombre de contrats d’intégration "
    "républicaine signés sur son territoire, sous une forme qui ne permet d’identifier personne.</p>",
)
ERROR = RectificationInput(
    place="Annexe 2, action 1, partenaires",
    wrong="Centre communal d’action social",
    right="Centre communal d’action sociale",
    reason="Faute d’accord dans le nom du partenaire.",
)


def with_clause(journey: Journey) -> Journey:
    """Add a clause of the préfecture, during the review."""
    return _clause(journey, HOUSING)


def reissued(journey: Journey) -> Journey:
    """Add a second clause to an approved contract, and issue it again."""
    _clause(journey, DATA_SHARING)
    journey.later(2)
    document = current_contract_document(journey.contract)
    reason = "Une clause sur l’échange de données est ajoutée à la demande de la collectivité."
    act = Reissue(reason=reason, document_id=document.pk if document else None)
    return journey.go("reissue", journey.state.agent, act)


def rectification_proposed(journey: Journey) -> Journey:
    """Propose a rectification of a signed contract; the préfet accepts it."""
    journey.later(4)
    found = propose(journey.contract.pk, data=ERROR, by=journey.state.agent, now=journey.now)
    journey.later(1)
    signatory = journey.state.signatory
    person = journey.person(signatory)
    accept_rectification(journey.contract.pk, found.pk, person=person, by=signatory, now=journey.now)
    return journey


def rectified(journey: Journey) -> Journey:
    """Carry the rectification to its end: the collectivité accepts it too."""
    rectification_proposed(journey).later(3)
    found = journey.contract.rectifications.get()
    signatory = journey.local.signatory
    person = journey.person(signatory)
    accept_rectification(journey.contract.pk, found.pk, person=person, by=signatory, now=journey.now)
    return journey


def _clause(journey: Journey, clause: tuple[str, str]) -> Journey:
    journey.later(1)
    title, body = clause
    add_clause(journey.contract.pk, title=title, body=body, by=journey.state.agent, now=journey.now)
    return journey

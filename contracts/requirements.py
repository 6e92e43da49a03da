"""What each transition asks of a file: pure functions of the facts, with the sentence a person reads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from accounts.enums import Side
from contracts.capacity import own_party_problems
from contracts.facts import ZERO, ActionFacts, Facts, YearFacts
from ctai.text import count, euros
from documents.merging import FIELDS

#: The merge fields that the préfecture may fill for a contract, by the field of its wording.
FILLED_BY: dict[str, str] = {
    "representative": "porteur.representant",
    "capacity": "porteur.qualite",
    "diagnostic_on": "diagnostic.date",
    "public": "contrat.public",
}
LABELS = {field.name: field.label for field in FIELDS}

LOCAL = frozenset({Side.LOCAL})
STATE = frozenset({Side.STATE})
BOTH = LOCAL | STATE


@dataclass(frozen=True, slots=True)
class Unmet:
    """Something that remains to be done: the sentence, who can do it, and on which page of the file."""

    message: str
    sides: frozenset[Side]
    page: str


@dataclass(frozen=True, slots=True)
class Requirement:
    """A condition of a transition: its label when met, and what is unmet otherwise.

    ``begun`` tells whether there is already something to judge: until then nothing is missing, and nothing is done.
    ``known`` tells what is good to know where nothing forbids the transition: neither done nor to do.
    """

    label: str
    page: str
    check: Callable[[Facts], Iterable[Unmet]]
    begun: Callable[[Facts], bool] = lambda facts: True
    known: Callable[[Facts], str] = lambda facts: ""


def unmet(requirements: Iterable[Requirement], facts: Facts) -> list[Unmet]:
    """Return all that remains to be done, in the order of the requirements."""
    return [each for requirement in requirements for each in requirement.check(facts)]


# --- 1. letter -------------------------------------------------------------------------------------------------------


def _letter_names_its_people(facts: Facts) -> Iterator[Unmet]:
    letter = facts.letter
    if not (letter.signatory and letter.signatory_title):
        yield Unmet("Indiquer le signataire de la lettre et sa qualité.", LOCAL, "letter")
    if not letter.elected_referent:
        yield Unmet("Indiquer l’élu référent.", LOCAL, "letter")
    if not letter.technical_referent:
        yield Unmet("Indiquer le référent technique.", LOCAL, "letter")


def _letter_says_why(facts: Facts) -> Iterator[Unmet]:
    if not facts.letter.motivation:
        yield Unmet("Exposer la motivation de la collectivité.", LOCAL, "letter")
    if facts.letter.axis_count == 0:
        yield Unmet("Choisir au moins un axe.", LOCAL, "letter")


def _letter_says_when(facts: Facts) -> Iterator[Unmet]:
    if facts.letter.starts_on is None:
        yield Unmet("Indiquer la date de début souhaitée.", LOCAL, "letter")
    if not facts.letter.months:
        yield Unmet("Indiquer la durée souhaitée, en mois.", LOCAL, "letter")


LETTER_PEOPLE = Requirement("Signataire et référents indiqués", "letter", _letter_names_its_people)
LETTER_MOTIVATION = Requirement("Motivation et axes indiqués", "letter", _letter_says_why)
LETTER_PERIOD = Requirement("Début et durée souhaités indiqués", "letter", _letter_says_when)


# --- 2. exchange -----------------------------------------------------------------------------------------------------


def _meeting_is_settled(facts: Facts) -> Iterator[Unmet]:
    if not facts.meetings:
        yield Unmet("Tenir un échange et en enregistrer le compte rendu.", STATE, "exchange")
        return
    tacit = timedelta(days=facts.minutes_days)
    pending: frozenset[Side] = BOTH
    for meeting in facts.meetings:
        if meeting.approved_by >= BOTH:
            return
        if meeting.minutes_sent_at and not meeting.objected and facts.now >= meeting.minutes_sent_at + tacit:
            return
        if meeting.minutes_sent_at is None:
            pending = STATE
        elif len(BOTH - meeting.approved_by) <= len(pending):
            pending = BOTH - meeting.approved_by
    who = "la collectivité et de la préfecture" if pending == BOTH else _names(pending)
    yield Unmet(
        f"Obtenir l’accord de {who} sur un compte rendu "
        f"(réputé acquis {facts.minutes_days} jours après l’envoi sans observation).",
        pending,
        "exchange",
    )


def _names(sides: frozenset[Side]) -> str:
    return "la collectivité" if Side.LOCAL in sides else "la préfecture"


def _question_set_is_published(facts: Facts) -> Iterator[Unmet]:
    if not facts.question_set_ready:
        yield Unmet(
            "Aucune campagne ouverte n’a de questionnaire publié : le ministère doit en ouvrir une.", STATE, "exchange"
        )


MEETING_SETTLED = Requirement("Un compte rendu d’échange approuvé", "exchange", _meeting_is_settled)
QUESTIONS_READY = Requirement("Une campagne ouverte", "exchange", _question_set_is_published)


# --- 3. diagnostic ---------------------------------------------------------------------------------------------------


def _sections_are_approved(facts: Facts) -> Iterator[Unmet]:
    for section in facts.sections:
        if not section.mandatory:
            continue
        if not section.filled:
            yield Unmet(f"Rédiger la section « {section.title} ».", BOTH, f"diagnostic#{section.key}")
            continue
        missing = BOTH - section.approved_by
        if missing == BOTH:
            yield Unmet(
                f"Approuver la section « {section.title} » (collectivité et préfecture).",
                BOTH,
                f"diagnostic#{section.key}",
            )
        elif missing:
            yield Unmet(
                f"Approuver la section « {section.title} » ({_names(missing)}).",
                missing,
                f"diagnostic#{section.key}",
            )


SECTIONS_APPROVED = Requirement(
    "Chaque section obligatoire approuvée par les deux parties", "diagnostic", _sections_are_approved
)


# --- 4. proposal -----------------------------------------------------------------------------------------------------


def _there_is_an_action(facts: Facts) -> Iterator[Unmet]:
    if not facts.actions:
        yield Unmet("Décrire au moins une action.", LOCAL, "proposal")


def _actions_are_complete(facts: Facts) -> Iterator[Unmet]:
    for action in facts.actions:
        if action.missing:
            yield Unmet(
                f"Compléter l’action {action.number} « {action.title} » : {', '.join(action.missing)}.",
                LOCAL,
                f"proposal#{action.number}",
            )


def year_imbalance(year: YearFacts) -> str:
    """Return what is wrong with the balance of a year, or an empty text."""
    if year.charges != year.products:
        gap = abs(year.charges - year.products)
        return (
            f"les charges ({euros(year.charges)}) et les produits ({euros(year.products)}) diffèrent de {euros(gap)}"
        )
    if year.voluntary_charges != year.voluntary_products:
        return (
            f"les contributions volontaires (compte 86 : {euros(year.voluntary_charges)}, "
            f"compte 87 : {euros(year.voluntary_products)}) doivent être égales"
        )
    return ""


def _budgets_balance(facts: Facts) -> Iterator[Unmet]:
    for action in facts.actions:
        for year in action.years:
            wrong = year_imbalance(year)
            if wrong:
                yield Unmet(
                    f"Équilibrer le budget {year.year} de l’action {action.number} « {action.title} » : {wrong}.",
                    LOCAL,
                    f"budget#{action.number}",
                )


def _mandatory_axes_have_an_action(facts: Facts) -> Iterator[Unmet]:
    if not facts.actions or not facts.contract_years:
        return
    first = facts.contract_years[0]
    covered = {action.axis for action in facts.actions if any(year.year == first for year in action.years)}
    for code, label in facts.mandatory_axes.items():
        if code not in covered:
            yield Unmet(f"Prévoir en {first} une action sur l’axe obligatoire « {label} ».", LOCAL, "proposal")


def _each_year_is_requested(facts: Facts) -> Iterator[Unmet]:
    years = {year.year for action in facts.actions for year in action.years if year.state_line > ZERO}
    for year in sorted(years - facts.requested_years):
        yield Unmet(f"Établir la demande de financement {year}.", LOCAL, "proposal#demande")
    if facts.actions and not years:
        yield Unmet("Demander un financement de l’État pour au moins une action.", LOCAL, "proposal")


def _remarks_are_answered(facts: Facts) -> Iterator[Unmet]:
    if facts.remarks_open:
        plural = "s" if facts.remarks_open > 1 else ""
        yield Unmet(f"Répondre à {facts.remarks_open} remarque{plural} de la préfecture.", LOCAL, "proposal#remarques")


HAS_ACTION = Requirement("Au moins une action", "proposal", _there_is_an_action)
ACTIONS_COMPLETE = Requirement("Fiches-actions complètes", "proposal", _actions_are_complete)
BUDGETS_BALANCED = Requirement("Budgets équilibrés", "proposal", _budgets_balance)
AXES_COVERED = Requirement("Axes obligatoires couverts la première année", "proposal", _mandatory_axes_have_an_action)
YEARS_REQUESTED = Requirement("Une demande de financement par année", "proposal", _each_year_is_requested)
REMARKS_ANSWERED = Requirement("Une réponse à chaque remarque", "proposal", _remarks_are_answered)


# --- 5. review and decision ------------------------------------------------------------------------------------------


def _actions_are_decided(facts: Facts) -> Iterator[Unmet]:
    for action in facts.actions:
        where = f"review#{action.number}"
        if action.decision == "pending":
            yield Unmet(f"Retenir ou écarter l’action {action.number} « {action.title} ».", STATE, where)
        elif action.decision == "rejected" and action.reason_missing:
            yield Unmet(f"Motiver le rejet de l’action {action.number} « {action.title} ».", STATE, where)
    if all(action.decision == "rejected" for action in facts.actions):
        yield Unmet("Retenir au moins une action, ou refuser la demande.", STATE, "review")


def _amounts_match_budgets(facts: Facts) -> Iterator[Unmet]:
    for action in facts.retained:
        for year in action.years:
            problem = _amount_problem(action, year)
            if problem:
                yield problem


def _amount_problem(action: ActionFacts, year: YearFacts) -> Unmet | None:
    name = f"l’action {action.number} « {action.title} » en {year.year}"
    if year.proposed is None:
        return Unmet(f"Indiquer le montant retenu pour {name}.", STATE, f"review#{action.number}")
    if year.proposed != year.state_line:
        return Unmet(
            f"Pour {name}, le montant retenu ({euros(year.proposed)}) diffère de la ligne « État – programme 104 » "
            f"du budget ({euros(year.state_line)}) : demander une correction ou revoir le montant.",
            STATE,
            f"review#{action.number}",
        )
    wrong = year_imbalance(year)
    if wrong:
        return Unmet(f"Faire équilibrer le budget de {name} : {wrong}.", STATE, f"review#{action.number}")
    return None


def _remarks_are_resolved(facts: Facts) -> Iterator[Unmet]:
    if facts.remarks_unresolved:
        plural = "s" if facts.remarks_unresolved > 1 else ""
        yield Unmet(
            f"Clore {facts.remarks_unresolved} remarque{plural} encore ouverte{plural}.", STATE, "review#remarques"
        )


def _envelopes_cover(facts: Facts) -> Iterator[Unmet]:
    for year in sorted(facts.open_years):
        needed, remaining = facts.needed(year), facts.envelopes.get(year, ZERO)
        if needed > remaining:
            yield Unmet(
                f"Enveloppe {year} insuffisante : {euros(needed)} retenus pour {euros(remaining)} disponibles, "
                f"il manque {euros(needed - remaining)}.",
                STATE,
                "review#enveloppe",
            )


def _opinions_are_given(facts: Facts) -> Iterator[Unmet]:
    if facts.opinions_block and facts.opinions_pending:
        yield Unmet("Recueillir les avis demandés : la campagne les rend obligatoires.", STATE, "review#avis")


def _no_transfer_is_pending(facts: Facts) -> Iterator[Unmet]:
    if facts.lead_transfer_pending:
        yield Unmet("Achever le transfert du dossier à l’autre préfecture, ou y renoncer.", STATE, "file")


def _text_has_no_gap(facts: Facts) -> Iterator[Unmet]:
    for name in facts.text_gaps:
        label = LABELS[name]
        if name in FILLED_BY.values():
            yield Unmet(f"Indiquer « {label} », que le texte du contrat emploie.", STATE, "wording")
        else:
            yield Unmet(
                f"« {label} » n’a pas de valeur dans ce dossier, et le modèle du contrat l’emploie : "
                "le ministère doit publier un modèle sans ce champ.",
                STATE,
                "wording",
            )


def _opinions_awaited(facts: Facts) -> str:
    awaited = facts.opinions_pending
    return count(awaited, "avis attendu (non bloquant)", "avis attendus (non bloquants)") if awaited else ""


def _every_action_is_decided(facts: Facts) -> bool:
    return bool(facts.retained) and all(action.decision != "pending" for action in facts.actions)


ACTIONS_DECIDED = Requirement("Chaque action retenue ou écartée", "review", _actions_are_decided)
AMOUNTS_MATCH = Requirement(
    "Montants retenus égaux aux budgets équilibrés", "review", _amounts_match_budgets, _every_action_is_decided
)
REMARKS_RESOLVED = Requirement("Remarques closes", "review", _remarks_are_resolved)
ENVELOPES_COVER = Requirement("Enveloppe suffisante", "review", _envelopes_cover, _every_action_is_decided)
OPINIONS_GIVEN = Requirement("Pas d’avis en attente", "review#avis", _opinions_are_given, known=_opinions_awaited)
TEXT_FILLED = Requirement("Texte du contrat complet", "wording", _text_has_no_gap)
NO_TRANSFER = Requirement("Pas de transfert en attente", "file", _no_transfer_is_pending)


# --- signature -------------------------------------------------------------------------------------------------------


def _document_is_ready(facts: Facts) -> Iterator[Unmet]:
    if not facts.document_ready:
        yield Unmet("Attendre la mise à disposition du contrat émis.", STATE, "signature")


def _everyone_has_signed(facts: Facts) -> Iterator[Unmet]:
    for party in facts.parties:
        if party.signed:
            continue
        if party.side == Side.LOCAL and not party.deliberation_recorded:
            yield Unmet(f"Enregistrer la délibération {party.name}.", LOCAL, "signature")
        elif party.side == Side.LOCAL and not party.deliberation_covers:
            yield Unmet(f"Confirmer que la délibération {party.name} couvre la nouvelle version.", LOCAL, "signature")
        elif party.side == Side.LOCAL and party.enforceable_on is None:
            yield Unmet(
                f"Rendre exécutoire la délibération {party.name} : publication et transmission au préfet.",
                LOCAL,
                "signature",
            )
        else:
            yield Unmet(f"Recueillir la signature {party.name}.", frozenset({party.side}), "signature")


def _own_party_can_sign(facts: Facts) -> Iterator[Unmet]:
    for message in own_party_problems(facts):
        yield Unmet(message, BOTH, "signature")


DOCUMENT_READY = Requirement("Contrat émis", "signature", _document_is_ready)
EVERYONE_SIGNED = Requirement("Toutes les parties ont signé", "signature", _everyone_has_signed)
OWN_PARTY_CAN_SIGN = Requirement("Signature possible pour votre partie", "signature", _own_party_can_sign)

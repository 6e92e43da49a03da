"""What every page of a file shows: where it stands, what is expected of whom, what one may do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse

from accounts.actors import Actor
from accounts.enums import Side
from contracts.enums import FINAL, STEPS, Origin, State, Turn
from contracts.facts import Facts
from contracts.models import Contract
from contracts.queries import own_party
from contracts.requirements import Requirement, unmet
from contracts.services.advance import can_start, permitted
from contracts.workflow import FORWARD, SPECS, Spec
from ctai.text import elapsed
from exchanges.queries import RemarkCounts

PAGES: dict[str, str] = {
    "file": "Vue d’ensemble",
    "letter": "Lettre d’intention",
    "exchange": "Échanges",
    "diagnostic": "Diagnostic partagé",
    "proposal": "Proposition et financement",
    "review": "Instruction",
    "signature": "Signature",
    "tranches": "Tranches annuelles",
    "documents": "Documents",
    "history": "Historique",
}


@dataclass(frozen=True, slots=True)
class Offer:
    """An act that the person is entitled to, with what still forbids it."""

    name: str
    label: str
    url: str
    consequence: str
    danger: bool
    reasons: tuple[str, ...]

    @property
    def key(self) -> str:
        return f"act-{self.name}"

    @property
    def listed(self) -> str:
        """The id of the list that says the reasons of the way forward; nothing for the other acts."""
        return "remaining" if self.name in FORWARD.values() else ""


@dataclass(frozen=True, slots=True)
class Item:
    """A line of the checklist."""

    message: str
    done: bool
    url: str = ""
    known: bool = False  # good to know, neither done nor to do


def page_url(contract: Contract, page: str) -> str:
    """Return the address of a page of the file; ``page`` may carry an anchor after « # »."""
    name, _, anchor = page.partition("#")
    address = reverse(f"contracts:{'proposal' if name == 'budget' else name}", args=[contract.reference])
    return f"{address}#{anchor}" if anchor else address


def checklist(contract: Contract, facts: Facts) -> list[Item]:
    """Return the requirements of the next step: those met by their label, the others by what remains to be done."""
    name = FORWARD.get(State(contract.state))
    if name is None:
        return []
    items: list[Item] = []
    for requirement in SPECS[name].requirements:
        items += _items(contract, requirement, facts)
    return items


def missing_items(contract: Contract, spec: Spec, facts: Facts) -> list[Item]:
    """Return what remains to be done for one act, each with the page where it is done."""
    return [
        Item(each.message, done=False, url=page_url(contract, each.page)) for each in unmet(spec.requirements, facts)
    ]


def _items(contract: Contract, requirement: Requirement, facts: Facts) -> list[Item]:
    missing = list(requirement.check(facts))
    if not missing and (told := requirement.known(facts)):
        return [Item(told, done=False, url=page_url(contract, requirement.page), known=True)]
    if not missing:
        return [Item(requirement.label, done=requirement.begun(facts))]
    return [Item(each.message, done=False, url=page_url(contract, each.page)) for each in missing]


def offers(contract: Contract, actor: Actor, facts: Facts) -> tuple[Offer | None, list[Offer]]:
    """Return the main act of the person in this state, if any, and the secondary ones."""
    main, others = None, []
    for name, spec in SPECS.items():
        if name == "complete" or not can_start(contract, name) or not permitted(contract, name, actor):
            continue
        if name == "sign" and _own_signature_is_given(actor, facts):
            continue
        reasons = tuple(each.message for each in unmet(spec.requirements, facts))
        offer = Offer(
            name,
            spec.label,
            reverse("contracts:act", args=[contract.reference, name]),
            spec.consequence,
            spec.danger,
            reasons,
        )
        if spec.main or name == "sign":
            main = offer
        else:
            others.append(offer)
    return main, others


def _own_signature_is_given(actor: Actor, facts: Facts) -> bool:
    return any(party.key == own_party(actor) and party.signed for party in facts.parties)


@dataclass(frozen=True, slots=True)
class Expected:
    """« Action attendue de… » and since when."""

    title: str
    text: str
    is_mine: bool


def expected(contract: Contract, actor: Actor, now: datetime) -> Expected:
    """Tell from whom an act is expected, in the words of the reader."""
    turn = Turn(contract.turn)
    if turn == Turn.NOBODY:
        return Expected("Aucune action attendue", _ending(contract, now), is_mine=False)
    since = f"depuis {elapsed(contract.turn_since, now)}" if contract.turn_since else ""
    mine = turn == Turn.BOTH or turn.value == actor.side.value
    if turn == Turn.BOTH and actor.side in (Side.LOCAL, Side.STATE):
        other = contract.lead_service.name if actor.side == Side.LOCAL else "la collectivité"
        return Expected(f"Action attendue de vous et de {_article(other)}", since, is_mine=True)
    if mine:
        return Expected("Action attendue de vous", since, is_mine=True)
    who = {
        Turn.LOCAL: "de la collectivité",
        Turn.STATE: "de la préfecture",
        Turn.BOTH: "de la collectivité et de la préfecture",
    }[turn]
    return Expected(f"Action attendue {who}", since, is_mine=False)


def _article(name: str) -> str:
    return "la préfecture" if name.lower().startswith("préfecture") else name


def _ending(contract: Contract, now: datetime) -> str:
    state = State(contract.state)
    if state == State.SIGNED:
        return f"Contrat {contract.life(now.date())}."
    if state in FINAL:
        return "Le contrat a pris fin."
    return "Le dossier est clos ; l’historique et les documents restent consultables."


def menu(contract: Contract, page: str, actor: Actor, counts: RemarkCounts) -> list[dict[str, Any]]:
    """Return the side menu: one entry a page, with its mark."""
    marks = _marks(contract, counts)
    entries = []
    for key, label in PAGES.items():
        signed = contract.signed_at is not None or contract.origin == Origin.IMPORTED
        if key == "tranches" and page != key and not signed:
            continue
        mark, tone = marks.get(key, ("", ""))
        entries.append(
            {
                "label": label,
                "url": reverse(f"contracts:{key}", args=[contract.reference]),
                "current": key == page,
                "mark": mark,
                "tone": tone,
            }
        )
    return entries


_ORDER = ["letter", "exchange", "diagnostic", "proposal", "review", "signature"]
_PAGE_OF_STATE: dict[State, str] = {
    State.LETTER_DRAFT: "letter",
    State.LETTER_SENT: "letter",
    State.EXCHANGE: "exchange",
    State.DIAGNOSTIC: "diagnostic",
    State.PROPOSAL: "proposal",
    State.CORRECTION_REQUESTED: "proposal",
    State.UNDER_REVIEW: "review",
    State.APPROVED: "signature",
}


def _marks(contract: Contract, counts: RemarkCounts) -> dict[str, tuple[str, str]]:
    current = _PAGE_OF_STATE.get(State(contract.state))
    marks: dict[str, tuple[str, str]] = {}
    if current is not None:
        position = _ORDER.index(current)
        marks = dict.fromkeys(_ORDER[:position], ("terminé", "success"))
        marks[current] = ("en cours", "")
    elif contract.state == State.SIGNED:
        marks = dict.fromkeys(_ORDER, ("terminé", "success"))
    if counts.unresolved:
        text = f"{counts.unresolved} remarque{'s' if counts.unresolved > 1 else ''}"
        place = "diagnostic" if contract.state == State.DIAGNOSTIC else "proposal"
        marks[place] = (text, "warning")
    return marks


def steps(contract: Contract) -> dict[str, Any] | None:
    """Return the variables of the stepper, or None once signed or ended."""
    if contract.step is None:
        return None
    return {"current": contract.step, "title": STEPS[contract.step], "next_title": STEPS.get(contract.step + 1, "")}

"""What a person brings to a transition: reason, dates, named signatory. Each tells what is wrong with itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from django.utils import timezone

from accounts.enums import Side
from contracts.capacity import deliberation_problems
from contracts.enums import ActMode
from contracts.facts import DelegationFacts, Facts
from ctai.text import join_and, long_date
from documents.enums import Verdict
from documents.findings import Finding

MINIMUM_REASON = 10
REPLACED = "Une nouvelle version du contrat a été émise depuis l’affichage de cette page : relisez-la d’abord."


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedPerson:
    """Who decided, sent or signed: a named person, in a capacity, on a day, here or on a document deposited."""

    name: str = ""
    title: str = ""
    acted_on: date | None = None
    mode: ActMode = ActMode.PORTAL
    in_title: bool = False
    delegation: DelegationFacts | None = None
    upload_id: int | None = None
    within_territory: bool = False  # the person declares that the file lies in the territory of the delegation

    @property
    def day(self) -> date:
        """The day of the act, once it passed ``problems``."""
        if self.acted_on is None:
            raise ValueError("An act that was accepted has its day.")
        return self.acted_on

    @property
    def declared(self) -> dict[str, bool]:
        """What the person declares of a delegation limited to a territory, for the journal."""
        limited = self.delegation is not None and self.delegation.territory
        return {"within_territory": self.within_territory} if limited else {}

    def problems(self, facts: Facts) -> Iterator[str]:
        """Yield what forbids this person's act; capacity and delegation are tested at the day of the act."""
        if not self.name or not self.title:
            yield "Indiquez le nom et la qualité de la personne qui a signé."
        if self.acted_on is None:
            yield "Indiquez la date de l’acte."
        elif self.acted_on > facts.today:
            yield f"La date de l’acte ({long_date(self.acted_on)}) est dans l’avenir."
        if self.mode == ActMode.PAPER and self.upload_id is None:
            yield "Joignez le document signé."
        if not facts.actor_is_signatory and self.mode == ActMode.PORTAL:
            yield "Seul le signataire peut accomplir cet acte en personne : joignez le document qu’il a signé."
        if self.acted_on is not None and not self.in_title:
            yield from self._delegation_problems(self.acted_on)

    def _delegation_problems(self, day: date) -> Iterator[str]:
        """Yield why the delegation does not let this person act on that day."""
        if self.delegation is None:
            yield "Indiquez la délégation de signature en vertu de laquelle cette personne agit."
            return
        named = f"La délégation {self.delegation.reference}"
        if problem := self.delegation.problem(day):
            yield problem
        if self.name and not self.delegation.is_held_by(self.name):
            yield f"{named} est donnée à {self.delegation.holder}, et non à {self.name}."
        if self.delegation.territory and not self.within_territory:
            yield (
                f"{named} ne vaut que pour « {self.delegation.territory} » : déclarez que ce dossier en relève, ou"
                " choisissez une autre délégation."
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Nothing but the wish to do it."""

    def problems(self, facts: Facts) -> Iterator[str]:
        """Yield, as French sentences, what forbids the transition with these inputs."""
        yield from ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reasoned(Act):
    """An act that must say why."""

    reason: str = ""

    def problems(self, facts: Facts) -> Iterator[str]:
        if len(self.reason.strip()) < MINIMUM_REASON:
            yield f"Indiquez le motif ({MINIMUM_REASON} caractères au moins)."


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending(Act):
    """A letter or request that a named signatory sends."""

    person: NamedPerson = field(default_factory=NamedPerson)

    def problems(self, facts: Facts) -> Iterator[str]:
        yield from self.person.problems(facts)


#: What the signatory of a funding request attests; printed on the request with the name, the capacity and the day.
ATTESTATION = (
    "Les informations de la demande sont exactes et sincères.",
    "Les cofinancements déclarés acquis le sont\u00a0; les autres demandes de subvention sont mentionnées au budget.",
    "Les sommes versées seront employées aux seules actions décrites, et il en sera rendu compte.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission(Sending):
    """A request that a named signatory sends, and whose truth that person attests."""

    attested: bool = False

    def problems(self, facts: Facts) -> Iterator[str]:
        yield from Sending.problems(self, facts)
        if not self.attested:
            yield "La personne qui signe doit attester l’exactitude de la demande."


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal(Reasoned):
    person: NamedPerson = field(default_factory=NamedPerson)

    def problems(self, facts: Facts) -> Iterator[str]:
        yield from Reasoned.problems(self, facts)
        yield from self.person.problems(facts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledgement(Act):
    """Takes charge of a letter: the agent who will follow the file."""

    agent_id: int | None = None

    def problems(self, facts: Facts) -> Iterator[str]:
        if self.agent_id is None:
            yield "Choisissez l’agent chargé du dossier."


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionRequest(Reasoned):
    reply_by: date | None = None

    def problems(self, facts: Facts) -> Iterator[str]:
        yield from Reasoned.problems(self, facts)
        if self.reply_by is None:
            yield "Indiquez la date de réponse attendue."
        elif self.reply_by <= facts.today:
            yield "La date de réponse attendue doit être à venir."
        if facts.remarks_open == 0:
            yield "Ajoutez au moins une remarque : elle dit à la collectivité ce qu’il faut corriger."


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval(Act):
    """The décision of the State to grant what was reviewed."""

    person: NamedPerson = field(default_factory=NamedPerson)

    def problems(self, facts: Facts) -> Iterator[str]:
        yield from self.person.problems(facts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision(Reasoned):
    """A reasoned decision of the State: refusal, dismissal, reinstatement, reopening."""

    person: NamedPerson = field(default_factory=NamedPerson)

    def problems(self, facts: Facts) -> Iterator[str]:
        yield from Reasoned.problems(self, facts)
        yield from self.person.problems(facts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Termination(Decision):
    effective_on: date | None = None
    denounced_by_authority: bool = False

    def problems(self, facts: Facts) -> Iterator[str]:
        yield from Decision.problems(self, facts)
        if self.effective_on is None:
            yield "Indiquez la date d’effet de la résiliation."
        elif facts.signed_on is not None and self.effective_on < facts.signed_on:
            yield f"La résiliation ne peut pas prendre effet avant la signature, le {long_date(facts.signed_on)}."


@dataclass(frozen=True, slots=True, kw_only=True)
class Reissue(Reasoned):
    """A new version of the text, in place of the one that the person saw."""

    document_id: int | None = None

    def problems(self, facts: Facts) -> Iterator[str]:
        yield from Reasoned.problems(self, facts)
        if self.document_id != facts.document_id:
            yield REPLACED


@dataclass(frozen=True, slots=True, kw_only=True)
class Signing(Act):
    """A party signs the current issue of the contract, the one that the person saw."""

    party: str = ""
    person: NamedPerson = field(default_factory=NamedPerson)
    document_id: int | None = None
    check: Finding | None = None  # of the copy deposited, examined before the file is locked

    def problems(self, facts: Facts) -> Iterator[str]:
        if self.check is not None and self.check.verdict == Verdict.REFUSED:
            yield from self.check.sentences
        if self.document_id != facts.document_id:
            yield REPLACED
            return
        party = next((each for each in facts.parties if each.key == self.party), None)
        issued_on, day = facts.document_issued_on, self.person.acted_on
        if issued_on is not None and day is not None and day < issued_on:
            yield f"Cette version a été émise le {long_date(issued_on)} : elle n’a pas pu être signée avant."
        yield from self._stamp_problems()
        if party is None:
            yield "Cette partie ne signe pas ce contrat."
            return
        if party.signed:
            yield f"La signature {party.name} est déjà enregistrée pour cette version."
        yield from self.person.problems(facts)
        if party.side == Side.LOCAL:
            yield from deliberation_problems(party, self.person.acted_on, same_day=facts.same_day_signature)

    def _stamp_problems(self) -> Iterator[str]:
        """Yield that the day told is none of those that trusted timestamps certify, at Paris."""
        certified = sorted({timezone.localdate(each) for each in self.check.certified_at}) if self.check else []
        day = self.person.acted_on
        if day is not None and certified and day not in certified:
            said = join_and([f"le {long_date(each)}" for each in certified])
            yield (
                f"Un horodatage de confiance certifie que cet exemplaire a été signé {said}, et non"
                f" le {long_date(day)} : corrigez la date de la signature."
            )

"""What the machine and the pages read of a file, each in a constant number of queries."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from accounts.actors import Actor
from accounts.enums import Side
from campaigns.queries import current_campaign, deadline_for
from contracts.enums import ENDED, State
from contracts.facts import ActionFacts, Facts, LetterFacts, MeetingFacts, PartyFacts, SectionFacts, YearFacts
from contracts.models import Contract, CoSignatory, Deliberation, Letter, Opinion, Signature
from contracts.powers import delegation_facts, delegations_of
from contracts.wording import text_gaps
from diagnostics.queries import section_states
from documents.enums import DocumentKind, DocumentStatus
from documents.models import IssuedDocument
from exchanges.queries import RemarkCounts, meeting_states, remark_counts
from funding.enums import Funder
from funding.models import Action
from funding.queries import action_states, envelope_states, requested_years
from territories.enums import StatisticalCategory

STATE_PARTY = "state"
#: Where the contract is about to be issued, or may be again: its text must have no gap.
ISSUING = (State.UNDER_REVIEW, State.APPROVED)


def submission_deadline(contract: Contract) -> date | None:
    """Return the last day to submit the requests of a file, extensions of its territory counted; one query."""
    if contract.campaign is None:
        return None
    return deadline_for(
        contract.campaign,
        region=contract.region_id,
        departement=contract.departement_id,
        authority=contract.porteur_id,
    )


_FUNDERS = {
    StatisticalCategory.COMMUNE: Funder.COMMUNE,
    StatisticalCategory.EPCI: Funder.EPCI,
    StatisticalCategory.DEPARTEMENT: Funder.DEPARTEMENT,
    StatisticalCategory.REGION: Funder.REGION,
}


def signing_funders(contract: Contract) -> frozenset[str]:
    """Return the funders of a budget that the porteur and the co-signataires are; one query."""
    cosigners = CoSignatory.objects.filter(contract=contract, left_at__isnull=True)
    categories = {contract.porteur.category, *cosigners.values_list("authority__category", flat=True)}
    return frozenset(_FUNDERS[StatisticalCategory(each)].value for each in categories)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a page has already read of a file, so that its facts do not read it again; None: not read."""

    actions: Sequence[Action] | None = None
    needs_exist: bool | None = None
    requested_years: frozenset[int] | None = None
    remarks: RemarkCounts | None = None


def load_facts(contract: Contract, *, by: Actor | None, now: datetime, given: Known | None = None) -> Facts:
    """Freeze what the machine needs to know of a file in its present state.

    Args:
        contract: the file, locked by the caller when it is about to move.
        by: the person about to act, if any.
        now: the instant of the facts.
        given: what a page has just read of the file; never given by a write, which reads under its lock.
    """
    known: dict[str, Any] = {
        "now": now,
        "today": timezone.localdate(now),
        "actor_is_signatory": by is None or by.is_signatory,
        "contract_years": contract.years,
        "actor_party": own_party(by) if by else "",
        "lead_transfer_pending": contract.proposed_lead_service_id is not None,
        "signed_on": timezone.localdate(contract.signed_at) if contract.signed_at else None,
    }
    if contract.campaign is not None:
        known["minutes_days"] = contract.campaign.minutes_days
        known["opinions_block"] = contract.campaign.opinions_block
        known["same_day_signature"] = contract.campaign.same_day_signature
    for loader in _LOADERS.get(_state_to_judge(contract), ()):
        known.update(loader(contract, now, given or Known()))
    if contract.state == State.APPROVED and by is not None and by.is_signatory and not by.membership.in_title:
        held = delegations_of(by.organisation.pk)
        known["sign_delegations"] = tuple(delegation_facts(each, "sign") for each in held)
    if contract.state in ISSUING or _comes_back_to_signature(contract):
        known["text_gaps"] = text_gaps(contract, known.get("open_years"))
    return Facts(**known)


def _state_to_judge(contract: Contract) -> State:
    """The state whose facts matter; a file to reinstate is judged where it would go back to."""
    return State.UNDER_REVIEW if _comes_back_to_signature(contract) else State(contract.state)


def _comes_back_to_signature(contract: Contract) -> bool:
    """Tell whether reinstating the file would issue its contract again."""
    return State(contract.state) in ENDED and contract.state_before_end == State.APPROVED


def _letter(contract: Contract, now: datetime, given: Known) -> dict[str, Any]:
    letter = Letter.objects.prefetch_related("axes").filter(contract=contract).first()
    if letter is None:
        return {}
    return {
        "letter": LetterFacts(
            signatory=letter.signatory_name,
            signatory_title=letter.signatory_title,
            elected_referent=letter.elected_name,
            technical_referent=letter.technical_name,
            motivation=letter.motivation,
            axis_count=len(letter.axes.all()),
            starts_on=letter.starts_on,
            months=letter.months,
        )
    }


def _exchange(contract: Contract, now: datetime, given: Known) -> dict[str, Any]:
    campaign = current_campaign(now)
    known: dict[str, Any] = {
        "meetings": tuple(
            MeetingFacts(
                approved_by=frozenset(each.approved_by),
                minutes_sent_at=each.minutes_sent_at,
                objected=each.objected,
            )
            for each in meeting_states(contract.pk)
        ),
        "question_set_ready": campaign is not None,
    }
    if campaign is not None:
        known["minutes_days"] = campaign.minutes_days
    return known


def _diagnostic(contract: Contract, now: datetime, given: Known) -> dict[str, Any]:
    return {
        "sections": tuple(
            SectionFacts(
                key=each.key,
                title=each.title,
                mandatory=each.mandatory,
                filled=each.filled,
                approved_by=frozenset(each.approved_by),
            )
            for each in section_states(contract.pk)
        )
    }


def _actions(contract: Contract, now: datetime, given: Known) -> dict[str, Any]:
    return {
        "actions": tuple(
            ActionFacts(
                number=each.number,
                title=each.title,
                axis=each.axis_code,
                missing=tuple(each.missing),
                years=tuple(
                    YearFacts(
                        year=year.year,
                        charges=year.charges,
                        products=year.products,
                        voluntary_charges=year.voluntary_charges,
                        voluntary_products=year.voluntary_products,
                        state_line=year.state_line,
                        proposed=year.proposed,
                    )
                    for year in each.years
                ),
                decision=each.decision,
                reason_missing=each.reason_missing,
            )
            for each in action_states(
                contract.pk, years=contract.years, actions=given.actions, needs_exist=given.needs_exist
            )
        )
    }


def _remarks(contract: Contract, now: datetime, given: Known) -> dict[str, Any]:
    counts = given.remarks or remark_counts(contract.pk)
    return {"remarks_open": counts.open_from_state, "remarks_unresolved": counts.unresolved}


def _proposal(contract: Contract, now: datetime, given: Known) -> dict[str, Any]:
    axes = contract.campaign.axes.filter(mandatory=True).select_related("axis") if contract.campaign else []
    years = requested_years(contract.pk) if given.requested_years is None else given.requested_years
    return {"mandatory_axes": {each.axis.code: each.axis.label for each in axes}, "requested_years": years}


def _envelopes(contract: Contract, now: datetime, given: Known) -> dict[str, Any]:
    states = envelope_states(contract)
    return {"open_years": frozenset(states), "envelopes": states}


def _opinions(contract: Contract, now: datetime, given: Known) -> dict[str, Any]:
    pending = Opinion.objects.filter(contract=contract, given_on__isnull=True).count()
    return {"opinions_pending": pending}


def _signature(contract: Contract, now: datetime, given: Known) -> dict[str, Any]:
    document = current_contract_document(contract)
    return {
        "document_id": document.pk if document else None,
        "document_issued_on": timezone.localdate(document.created_at) if document else None,
        "document_ready": document is not None and document.status == DocumentStatus.READY,
        "parties": parties_of(contract, document),
    }


Loader = Callable[[Contract, datetime, Known], dict[str, Any]]

_LOADERS: dict[State, tuple[Loader, ...]] = {
    State.LETTER_DRAFT: (_letter,),
    State.LETTER_SENT: (_letter,),
    State.EXCHANGE: (_exchange,),
    State.DIAGNOSTIC: (_diagnostic,),
    State.PROPOSAL: (_actions, _proposal, _remarks),
    State.CORRECTION_REQUESTED: (_actions, _proposal, _remarks),
    State.UNDER_REVIEW: (_actions, _remarks, _envelopes, _opinions),
    State.APPROVED: (_signature,),
}


def own_party(by: Actor) -> str:
    """Return the key of the party that the actor’s organisation is."""
    return STATE_PARTY if by.side == Side.STATE else str(by.organisation.local_authority_id)


def current_contract_document(contract: Contract) -> IssuedDocument | None:
    """Return the version of the contract that is to be signed or was signed: issued, not superseded."""
    return (
        IssuedDocument.objects.filter(
            contract=contract, kind=DocumentKind.CONTRACT, is_draft=False, superseded_at__isnull=True
        )
        .defer("data")
        .first()
    )


def contract_versions(contract: Contract) -> QuerySet[IssuedDocument]:
    """Return every version of the contract, working ones too."""
    return IssuedDocument.objects.filter(contract=contract, kind=DocumentKind.CONTRACT)


def parties_of(contract: Contract, document: IssuedDocument | None) -> tuple[PartyFacts, ...]:
    """Return the State, the porteur and the co-signataires, each with its délibération and signature."""
    signed = set()
    if document is not None:
        signatures = Signature.objects.filter(document=document, voided_at__isnull=True)
        signed = {str(each.authority_id or STATE_PARTY) for each in signatures}
    deliberations = {each.authority_id: each for each in Deliberation.objects.filter(contract=contract)}
    cosigners = CoSignatory.objects.filter(contract=contract, left_at__isnull=True).select_related("authority")
    authorities = [contract.porteur, *(each.authority for each in cosigners.order_by("pk"))]
    parties = [PartyFacts(key=STATE_PARTY, name="de l’État", side=Side.STATE, signed=STATE_PARTY in signed)]
    for authority in authorities:
        deliberation = deliberations.get(authority.pk)
        parties.append(
            PartyFacts(
                key=str(authority.pk),
                name=authority.de_name,
                side=Side.LOCAL,
                deliberation_recorded=deliberation is not None,
                enforceable_on=deliberation.enforceable_on if deliberation else None,
                deliberation_covers=_covers(deliberation, document),
                signed=str(authority.pk) in signed,
            )
        )
    return tuple(parties)


def _covers(deliberation: Deliberation | None, document: IssuedDocument | None) -> bool:
    """A délibération recorded before any issue covers the first one; a new issue asks for a confirmation."""
    if deliberation is None or document is None:
        return True
    return deliberation.covers_id == document.pk or (deliberation.covers_id is None and document.number == 1)

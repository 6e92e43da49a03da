"""What each transition changes in other rows, in its transaction: one table, no exception."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from campaigns.queries import current_campaign, latest_question_set
from contracts.acts import Acknowledgement, Act, Decision, NamedPerson, Reasoned, Signing, Submission, Termination
from contracts.case import Case
from contracts.enums import State
from contracts.models import Contract, NamedAct, ReferenceCounter, Signature
from contracts.queries import STATE_PARTY, current_contract_document
from contracts.services.returning import give_back
from diagnostics import services as diagnostics
from diagnostics.prefill import prefill
from documents.enums import DocumentKind
from documents.issuing import void_current
from documents.models import CopyCheck
from funding.services import envelopes, requests

Consequence = Callable[[Case], None]
Preparation = Callable[[Contract, datetime], None]


# --- before: locks and numbers, in the order contract, envelopes, counter, journal -----------------------------------


def number_file(contract: Contract, now: datetime) -> None:
    """Give the file its reference at the first deposit: ``CTAI-2026-086-0001``, never reused."""
    if not contract.is_draft:
        return
    territory = territory_code(contract)
    ReferenceCounter.objects.get_or_create(year=now.year, territory=territory)
    counter = ReferenceCounter.objects.select_for_update(no_key=True).get(year=now.year, territory=territory)
    counter.last += 1
    counter.save(update_fields=["last"])
    contract.reference = f"CTAI-{now.year}-{territory}-{counter.last:04d}"


def territory_code(contract: Contract) -> str:
    """Return the territory of a reference: ``086``, ``02A``, ``971``, or ``R24`` for a région."""
    if contract.departement_id is None:
        return f"R{contract.region_id}"[:3]
    return str(contract.departement_id).rjust(3, "0")


def lock_envelopes(contract: Contract, now: datetime) -> None:
    """Lock the envelopes that the file draws on, before the facts are read."""
    envelopes.lock_envelopes(contract, contract.years)


def freeze_campaign(contract: Contract, now: datetime) -> None:
    """Give the file the campaign now open, which it keeps."""
    if contract.campaign is None:
        contract.campaign = current_campaign(now)


PREPARATIONS: dict[str, tuple[Preparation, ...]] = {
    "send_letter": (number_file,),
    "conclude_exchange": (freeze_campaign,),
    "approve": (lock_envelopes,),
    "reopen": (lock_envelopes,),
    "refuse": (lock_envelopes,),
    "dismiss": (lock_envelopes,),
    "withdraw": (lock_envelopes,),
    "reinstate": (lock_envelopes,),
    "terminate": (lock_envelopes,),
}


# --- after: the rows that follow -------------------------------------------------------------------------------------


def keep_person(case: Case) -> None:
    """Write down the sending or decision as a fact about a named person."""
    person: NamedPerson = case.act.person
    NamedAct.objects.create(
        contract=case.contract,
        transition=case.name,
        person_name=person.name,
        person_title=person.title,
        delegation_id=person.delegation.id if person.delegation else None,
        acted_on=person.day,
        mode=person.mode,
        upload_id=person.upload_id,
        reason=case.act.reason if isinstance(case.act, Reasoned) else "",
        event=case.event,
    )


def assign_agent(case: Case) -> None:
    """Name the agent who takes charge of the file."""
    act: Acknowledgement = case.act
    case.contract.instructor_id = act.agent_id
    case.contract.save(update_fields=["instructor"])


def begin_diagnostic(case: Case) -> None:
    """Freeze the version of the questions and open the diagnostic with what is known already, or find it as it was."""
    campaign = case.contract.campaign
    question_set = latest_question_set(campaign) if campaign else None
    begun = diagnostics.start(contract_id=case.contract.pk, question_set=question_set, now=case.now)
    prefill(diagnostic=begun, authority=case.contract.porteur, now=case.now)


def conclude_diagnostic(case: Case) -> None:
    """Close the diagnostic to any change."""
    diagnostics.conclude(contract_id=case.contract.pk, now=case.now)


def reopen_diagnostic(case: Case) -> None:
    """Open the diagnostic again; the approved versions are kept."""
    diagnostics.reopen(contract_id=case.contract.pk, now=case.now)


def freeze_requests(case: Case) -> None:
    """Write to the ledger what is requested, action by action and year by year."""
    requests.freeze_requests(contract_id=case.contract.pk, event=case.event, now=case.now)


def take_envelope(case: Case) -> None:
    """Take what is granted from the envelopes of the open years."""
    envelopes.take(case.contract, event=case.event, now=case.now)


def release_envelope(case: Case) -> None:
    """Give back to the envelopes all that the file took."""
    envelopes.release(case.contract, event=case.event, now=case.now)


def give_back_uncommitted(case: Case) -> None:
    """Give back to the envelopes what a signed contract was granted and nothing commits."""
    give_back(case.contract, by=case.by, now=case.now)


def take_again(case: Case) -> None:
    """Take the envelopes again when a file comes back to the signature."""
    if case.contract.state == State.APPROVED:
        envelopes.retake(case.contract, event=case.event, now=case.now)


def notify_grants(case: Case) -> None:
    """Write down that what was granted is notified: the last signature makes it a dated act."""
    envelopes.notify(case.contract, event=case.event, now=case.now)


def void_signatures(case: Case) -> None:
    """Void the signatures of the version in course; they stay as rows, with the reason."""
    reason = case.act.reason if isinstance(case.act, Reasoned) else ""
    Signature.objects.filter(contract=case.contract, voided_at__isnull=True).update(
        voided_at=case.now, void_reason=reason[:200]
    )


def supersede_contract(case: Case) -> None:
    """Leave the file without a version to sign; the former ones are kept."""
    void_current(kind=DocumentKind.CONTRACT, contract_id=case.contract.pk, now=case.now)


def keep_signature(case: Case) -> None:
    """Bind the party's signature to the bytes of the issued version."""
    act: Signing = case.act
    document = current_contract_document(case.contract)
    if document is None or case.by is None:
        raise AssertionError("A signature needs an issued version and a person.")
    Signature.objects.create(
        contract=case.contract,
        document=document,
        authority_id=None if act.party == STATE_PARTY else int(act.party),
        signatory_name=act.person.name,
        signatory_title=act.person.title,
        delegation_id=act.person.delegation.id if act.person.delegation else None,
        signed_on=act.person.day,
        mode=act.person.mode,
        upload_id=act.person.upload_id,
        document_sha256=document.sha256,
        recorded_by=case.by.user,
        recorded_at=case.now,
        event=case.event,
    )
    if act.check is not None and act.person.upload_id is not None:
        CopyCheck.objects.create(
            upload_id=act.person.upload_id,
            document=document,
            document_sha256=document.sha256,
            verdict=act.check.verdict,
            matched_by=act.check.matched_by,
            sentences=list(act.check.sentences),
            signatures=[each.as_data() for each in act.check.signatures],
            checked_at=case.now,
        )


END: tuple[Consequence, ...] = (keep_person, release_envelope, void_signatures, supersede_contract)

CONSEQUENCES: dict[str, tuple[Consequence, ...]] = {
    "send_letter": (keep_person,),
    "return_letter": (),
    "acknowledge": (assign_agent,),
    "conclude_exchange": (begin_diagnostic,),
    "return_to_exchange": (),
    "conclude_diagnostic": (conclude_diagnostic,),
    "return_to_diagnostic": (reopen_diagnostic,),
    "submit_proposal": (keep_person, freeze_requests),
    "request_correction": (),
    "resubmit": (keep_person, freeze_requests),
    "approve": (keep_person, take_envelope),
    "refuse": END,
    "dismiss": END,
    "withdraw": END,
    "reinstate": (keep_person, take_again),
    "reopen": (keep_person, release_envelope, void_signatures, supersede_contract),
    "reissue": (void_signatures,),
    "sign": (keep_signature,),
    "complete": (notify_grants,),
    "terminate": (keep_person, give_back_uncommitted),
}


def describe(contract: Contract, before: str, act: Act) -> dict[str, Any]:
    """Return the journal's payload of a transition: states, reason, dates; no name of a person."""
    payload: dict[str, Any] = {"from": str(before), "to": str(contract.state)}
    if isinstance(act, Reasoned):
        payload["reason"] = act.reason
    if isinstance(act, Submission):
        payload["attested"] = act.attested
    if isinstance(act, Signing):
        payload["party"] = act.party
        if act.check is not None:
            payload |= {"verdict": act.check.verdict.value, "is_electronic": bool(act.check.signatures)}
    if isinstance(act, Termination | Decision) and act.person.delegation:
        payload["delegation"] = act.person.delegation.id
    person: NamedPerson | None = getattr(act, "person", None)
    if person is not None:
        payload |= person.declared
    for name in ("reply_by", "effective_on"):
        value: date | None = getattr(act, name, None)
        if value is not None:
            payload[name] = value.isoformat()
    return payload

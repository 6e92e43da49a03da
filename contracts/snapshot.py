"""The one place that turns a file into the data that documents freeze and render."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.utils import timezone

from accounts.actors import Actor
from accounts.models import Organisation, User
from contracts.acts import ATTESTATION, Decision
from contracts.budgets import masked_iban
from contracts.case import Case
from contracts.clock import implicit_decision_on
from contracts.enums import Origin
from contracts.letterhead import office_of, with_logos
from contracts.models import Contract, CoSignatory, Deliberation, Letter, NamedAct, Rectification, SpecialClause
from contracts.proof import proof_of
from contracts.queries import submission_deadline
from contracts.wording import TextSource
from diagnostics.queries import content
from documents import schemas
from documents.enums import DocumentKind
from documents.queries import shared_files
from exchanges.models import Meeting
from exchanges.queries import meeting_with_parts
from funding.queries import actions_data, payees_due, totals_data
from territories.models import LocalAuthority


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What a builder looks at: the file, the instant, and the act that asks for the document, if any."""

    contract: Contract
    now: datetime
    act: Any = None
    by: Actor | None = None

    @property
    def today(self) -> date:
        return timezone.localdate(self.now)


def of_case(case: Case) -> View:
    """Return what a builder looks at, from a transition under way."""
    return View(contract=case.contract, now=case.now, act=case.act, by=case.by)


def iso(day: date | None) -> str | None:
    """Return a day as ISO text, or None."""
    return day.isoformat() if day else None


def day_of(moment: datetime | None) -> str | None:
    """Return the Paris day of an instant as ISO text, or None."""
    return timezone.localdate(moment).isoformat() if moment else None


def base(view: View) -> dict[str, Any]:
    """Return what every document says of its file."""
    return {
        "reference": view.contract.reference,
        "demo": settings.DEMO,
        "issued_on": view.today.isoformat(),
    }


# --- parties ---------------------------------------------------------------------------------------------------------


def local_party(
    contract: Contract, authority: LocalAuthority, deliberation: Deliberation | None = None
) -> schemas.LocalParty:
    """Return a collectivité as a party; the porteur with the signatory of its letter."""
    letter = Letter.objects.filter(contract=contract).first() if authority.pk == contract.porteur_id else None
    organisation = Organisation.objects.filter(local_authority=authority).first()
    return {
        "full_name": authority.full_name,
        "siren": authority.siren or "",
        "category": authority.get_legal_nature_display(),
        "representative": letter.signatory_name if letter else "",
        "capacity": letter.signatory_title if letter else authority.executive_full_title,
        "address": organisation.address if organisation else "",
        "is_lead": authority.pk == contract.porteur_id,
        "deliberation": _deliberation(deliberation),
    }


def _deliberation(row: Deliberation | None) -> schemas.Deliberation | None:
    if row is None:
        return None
    return {
        "body": row.get_organ_display(),
        "number": row.number,
        "voted_on": row.voted_on.isoformat(),
        "subject": row.purpose,
        "published_on": iso(row.published_on),
        "transmitted_on": iso(row.transmitted_on),
        "enforceable_on": iso(row.enforceable_on),
    }


def cosigning(contract: Contract) -> list[LocalAuthority]:
    """Return the co-signataires who have not stepped out, in the order of their entry; one query."""
    rows = CoSignatory.objects.filter(contract=contract, left_at__isnull=True).select_related(
        "authority__departement", "authority__region"
    )
    return [each.authority for each in rows.order_by("pk")]


def porteur_and_others(contract: Contract) -> dict[str, Any]:
    """Return the porteur and the co-signataires as what they send names them, with their logos."""
    authorities = [contract.porteur, *cosigning(contract)]
    first, *others = with_logos(authorities, [local_party(contract, each) for each in authorities])
    return {"porteur": first, "co_signatories": others}


def shown_parties(view: View) -> schemas.ShownParties:
    """Return the parties as the contract shows them, with the logos of the collectivités."""
    found, contract = parties(view), view.contract
    return {
        "state": found["state"],
        "local": with_logos([contract.porteur, *cosigning(contract)], found["local"]),
    }


def parties(view: View) -> schemas.Parties:
    """Return the State and the collectivités, with their délibérations."""
    contract = view.contract
    deliberations = {each.authority_id: each for each in Deliberation.objects.filter(contract=contract)}
    authorities = [contract.porteur, *cosigning(contract)]
    local = [local_party(contract, each, deliberations.get(each.pk)) for each in authorities]
    source = TextSource(contract)
    capacity = source.value("capacity") or local[0]["capacity"]
    local[0] |= {"representative": source.value("representative"), "capacity": capacity}
    decision = NamedAct.objects.filter(contract=contract, transition="approve").order_by("-pk").first()
    return {
        "state": {
            "organisation": contract.lead_service.name,
            "representative": decision.person_name if decision else "",
            "capacity": decision.person_title if decision else office_of(contract),
            "address": contract.lead_service.address,
        },
        "local": local,
    }


def service(contract: Contract) -> schemas.Service:
    """Return the service of the préfecture to call: the one shown on files, else the préfecture."""
    organisation = contract.lead_service
    shown = organisation.services.filter(shown_on_files=True).order_by("pk").first()
    contact = shown or organisation
    return {
        "organisation": organisation.name,
        "name": shown.name if shown else "",
        "address": contact.address or organisation.address,
        "telephone": contact.telephone or organisation.telephone,
        "email": contact.email or organisation.email,
    }


def tribunal() -> schemas.Tribunal:
    """Return the court of the recours, named without a list of jurisdictions."""
    return {"name": "tribunal administratif territorialement compétent", "address": ""}


def person_of(user: User, capacity: str) -> schemas.Person:
    """Return a user as a named person."""
    return {"full_name": user.full_name, "capacity": capacity, "email": user.email, "telephone": user.phone}


def agent(contract: Contract) -> schemas.Person:
    """Return the agent in charge, with empty fields while there is none."""
    if contract.instructor is None:
        return {"full_name": "", "capacity": "", "email": "", "telephone": ""}
    membership = contract.instructor.memberships.filter(organisation=contract.lead_service_id).order_by("-pk").first()
    return person_of(contract.instructor, membership.title if membership and membership.title else "agent en charge")


def named_act(contract: Contract, *names: str) -> NamedAct | None:
    """Return the latest sending or decision among these transitions."""
    return NamedAct.objects.filter(contract=contract, transition__in=names).order_by("-pk").first()


# --- steps 1 and 2 ---------------------------------------------------------------------------------------------------


def letter_data(view: View) -> dict[str, Any]:
    """Return the data of the letter of intent."""
    contract = view.contract
    letter = Letter.objects.get(contract=contract)
    sent = named_act(contract, "send_letter")
    return base(view) | {
        **porteur_and_others(contract),
        "recipient": f"{contract.lead_service.name}",
        "signatory": {"full_name": letter.signatory_name, "capacity": letter.signatory_title},
        "place": contract.porteur.name,
        "letter_on": iso(sent.acted_on if sent else None) or view.today.isoformat(),
        "elected_referent": {
            "full_name": letter.elected_name,
            "capacity": letter.elected_title,
            "email": letter.elected_email,
        },
        "technical_referent": {
            "full_name": letter.technical_name,
            "capacity": letter.technical_title,
            "email": letter.technical_email,
            "telephone": letter.technical_phone,
        },
        "motivation": letter.motivation,
        "axes": [each.label for each in letter.axes.order_by("rank", "pk")],
        "expected_public": letter.expected_public,
        "expected_count": letter.expected_count,
        "starts_on": iso(letter.starts_on),
        "duration_months": letter.months,
        "first_contacts": letter.first_contacts,
        "attachments": shared_files(contract.pk),
    }


def registration_data(view: View) -> dict[str, Any]:
    """Return the data of the accusé d’enregistrement."""
    contract = view.contract
    letter = Letter.objects.get(contract=contract)
    return base(view) | {
        "office": office_of(contract),
        "porteur": local_party(contract, contract.porteur),
        "received_at": (contract.letter_sent_at or view.now).isoformat(timespec="seconds"),
        "channel": "par courrier" if contract.origin == Origin.PAPER else "sur le portail",
        "sent_by": f"{letter.signatory_name}, {letter.signatory_title}",
        "attachments": shared_files(contract.pk),
        "service": service(contract),
    }


def acknowledgement_data(view: View) -> dict[str, Any]:
    """Return the data of the accusé de réception of the letter, which starts no clock."""
    contract = view.contract
    sent = named_act(contract, "send_letter", "register_letter")
    return base(view) | {
        "office": office_of(contract),
        "porteur": local_party(contract, contract.porteur),
        "received_on": day_of(contract.letter_sent_at) or view.today.isoformat(),
        "letter_on": iso(sent.acted_on if sent else None) or view.today.isoformat(),
        "service": service(contract),
        "agent": agent(contract),
    }


def minutes_data(view: View, meeting: Meeting) -> dict[str, Any]:
    """Return the data of the minutes of one meeting; the meeting belongs to the file."""
    contract, whole = view.contract, meeting_with_parts(meeting.pk)
    approvals = {each.side: each for each in whole.approvals.all() if each.version == whole.minutes_version}
    names = {
        "local": ("Collectivité", contract.porteur.full_name),
        "state": ("Préfecture", contract.lead_service.name),
    }
    number = Meeting.objects.filter(contract=contract, pk__lte=meeting.pk).count()
    return base(view) | {
        "porteur": local_party(contract, contract.porteur),
        "meeting_number": number,
        "subject": whole.subject,
        "held_on": whole.held_on.isoformat(),
        "place": whole.place or whole.get_mode_display(),
        "agenda": whole.agenda,
        "text": whole.minutes,
        "participants": [
            {"full_name": each.name, "organisation": each.organisation, "capacity": each.title}
            for each in whole.participants.all()
        ],
        "decisions": [
            {"text": each.text, "owner": each.owner, "due_on": iso(each.due_on)} for each in whole.decisions.all()
        ],
        "approvals": [
            {
                "side": label,
                "organisation": organisation,
                "approved_on": day_of(approvals[side].approved_at) if side in approvals else None,
            }
            for side, (label, organisation) in names.items()
        ],
        "service": service(contract),
    }


# --- steps 3 to 5 ----------------------------------------------------------------------------------------------------


def campaign_data(contract: Contract) -> list[schemas.Campaign]:
    """Return the campaign of the file, as a list of at most one."""
    campaign = contract.campaign
    if campaign is None:
        return []
    threshold = campaign.agir_threshold
    return [
        {
            "year": campaign.year,
            "instruction": campaign.instruction_reference,
            "agir_threshold": f"{threshold:.2f}" if threshold is not None else None,
        }
    ]


def diagnostic_data(view: View) -> dict[str, Any]:
    """Return the data of the shared diagnostic."""
    contract = view.contract
    campaigns = campaign_data(contract)
    return base(view) | {
        "porteur": local_party(contract, contract.porteur),
        "service": service(contract),
        "campaign": campaigns[0]
        if campaigns
        else {"year": view.today.year, "instruction": "", "agir_threshold": None},
        "diagnostic": content(contract.pk),
    }


def period(contract: Contract) -> schemas.Period:
    """Return the period of the contract, in whole months."""
    starts, ends = contract.starts_on, contract.ends_on
    if starts is None or ends is None:
        return {"starts_on": "", "ends_on": "", "months": 0}
    months = (ends.year - starts.year) * 12 + ends.month - starts.month + (1 if ends.day >= starts.day else 0)
    return {"starts_on": starts.isoformat(), "ends_on": ends.isoformat(), "months": months}


def payments(contract: Contract) -> list[schemas.Payment]:
    """Return who is to be paid, with what is asked for each year, and the account without its middle figures."""
    return [
        {
            "name": each.name,
            "siret": each.siret,
            "amounts": [{"year": year, "amount": f"{amount:.2f}"} for year, amount in sorted(each.amounts.items())],
            "total": f"{each.total:.2f}",
            "account": f"{each.account.holder}, {masked_iban(each.account.iban)}" if each.account else "",
        }
        for each in payees_due(contract.pk)
    ]


def request_data(view: View, *, draft: bool = False) -> dict[str, Any]:
    """Return the data of the funding request; a draft names no signatory and attests nothing."""
    contract = view.contract
    sent = None if draft else named_act(contract, "submit_proposal", "resubmit")
    return base(view) | {
        **porteur_and_others(contract),
        "recipient": contract.lead_service.name,
        "title": contract.title,
        "period": period(contract),
        "campaigns": campaign_data(contract),
        "signatory": {
            "full_name": sent.person_name if sent else "",
            "capacity": sent.person_title if sent else "",
        },
        "submitted_on": view.today.isoformat(),
        "actions": actions_data(contract.pk),
        "totals": totals_data(contract.pk),
        "payments": payments(contract),
        "attestation": {"statements": list(ATTESTATION), "on": iso(sent.acted_on) or ""} if sent else None,
        "attachments": shared_files(contract.pk),
    }


def request_acknowledgement_data(view: View) -> dict[str, Any]:
    """Return the data of the accusé de réception of the request (CRPA, art. L. 112-3 and R. 112-5)."""
    contract = view.contract
    sent = named_act(contract, "submit_proposal", "resubmit")
    totals = totals_data(contract.pk)
    deadline = submission_deadline(contract)
    return base(view) | {
        "office": office_of(contract),
        "porteur": local_party(contract, contract.porteur),
        "received_on": day_of(contract.submitted_at) or view.today.isoformat(),
        "submitted_by": f"{sent.person_name}, {sent.person_title}" if sent else "",
        "requested": totals["requested"],
        "by_year": totals["by_year"],
        "service": service(contract),
        "agent": agent(contract) if contract.instructor else None,
        "implicit_decision_on": iso(implicit_decision_on(contract, view.now)) or "",
        "silence_means": "rejet",
        "is_late": deadline is not None and view.today > deadline,
        "tribunal": tribunal(),
        "attachments": shared_files(contract.pk),
    }


def decision_data(view: View) -> dict[str, Any]:
    """Return the data of a refusal or of a dismissal."""
    contract, act = view.contract, view.act
    decision: Decision | None = act if isinstance(act, Decision) else None
    delegation = decision.person.delegation if decision else None
    requested = totals_data(contract.pk)["requested"] if contract.submitted_at else None
    return base(view) | {
        "office": office_of(contract),
        "porteur": local_party(contract, contract.porteur),
        "title": contract.title,
        "decided_on": iso(decision.person.acted_on if decision else None) or view.today.isoformat(),
        "reason": decision.reason if decision else "",
        "signatory": {
            "full_name": decision.person.name if decision else "",
            "capacity": decision.person.title if decision else "",
        },
        "delegation": f"par délégation, {delegation.reference}" if delegation else "",
        "service": service(contract),
        "requested": requested,
        "request_received_on": day_of(contract.submitted_at),
        "tribunal": tribunal(),
    }


def contract_data(view: View) -> dict[str, Any]:
    """Return everything that is signed; amounts are those retained, rejected actions are left out by the template."""
    contract = view.contract
    letter = Letter.objects.prefetch_related("axes").filter(contract=contract).first()
    sent = named_act(contract, "send_letter", "register_letter")
    source, actions = TextSource(contract), actions_data(contract.pk)
    axes = [each.label for each in letter.axes.order_by("rank", "pk")] if letter else []
    return base(view) | {
        "office": office_of(contract),
        "parties": shown_parties(view),
        "title": contract.title,
        "period": period(contract),
        "motivation": letter.motivation if letter else "",
        "public": source.value("public"),
        "expected_count": letter.expected_count if letter else None,
        "axes": axes or list(dict.fromkeys(each["axis"] for each in actions)),
        "campaigns": campaign_data(contract),
        "letter_on": iso(sent.acted_on if sent else None) or day_of(contract.letter_sent_at),
        "diagnostic_approved_on": source.value("diagnostic_on") or None,
        "request_received_on": day_of(contract.submitted_at),
        "diagnostic": content(contract.pk),
        "actions": actions,
        "totals": totals_data(contract.pk, retained_only=contract.approved_at is not None),
        "calendar": calendar(contract),
        "special_clauses": special_clauses(contract),
        "tribunal": tribunal(),
        "place": contract.porteur.name,
    }


def special_clauses(contract: Contract) -> list[schemas.SpecialClause]:
    """Return the clauses that the préfecture added to this contract, in order."""
    rows = SpecialClause.objects.filter(contract=contract).order_by("rank", "pk")
    return [{"title": each.title, "text": each.body} for each in rows]


def calendar(contract: Contract) -> list[schemas.CalendarStep]:
    """Return the dates of the life of the contract: start, yearly reports, end."""
    if contract.starts_on is None or contract.ends_on is None:
        return []
    steps: list[schemas.CalendarStep] = [{"label": "Prise d’effet du contrat", "on": contract.starts_on.isoformat()}]
    steps += [
        {"label": f"Bilan de l’année {year}", "on": date(year + 1, 6, 30).isoformat()} for year in contract.years
    ]
    steps.append({"label": "Échéance du contrat", "on": contract.ends_on.isoformat()})
    return sorted(steps, key=lambda step: step["on"])


def rectification_data(view: View, rectification: Rectification) -> dict[str, Any]:
    """Return the data of the rectification of a material error, with the acceptances recorded so far."""
    contract, rectified = view.contract, rectification.rectified
    rows = rectification.acceptances.select_related("authority").order_by("recorded_at", "pk")
    return base(view) | {
        "porteur": local_party(contract, contract.porteur),
        "parties": parties(view),
        "title": contract.title,
        "number": rectification.number,
        "contract_version": rectified.number if rectified else None,
        "contract_sha256": rectified.sha256 if rectified else "",
        "signed_on": day_of(contract.signed_at),
        "proposed_on": day_of(rectification.proposed_at),
        "proposed_by": rectification.organisation.name,
        "location": rectification.place,
        "wrong": rectification.wrong,
        "right": rectification.right,
        "reason": rectification.reason,
        "acceptances": [
            {
                "party": each.authority.full_name if each.authority else contract.lead_service.name,
                "full_name": each.person_name,
                "capacity": each.person_title,
                "accepted_on": each.accepted_on.isoformat(),
            }
            for each in rows
        ],
        "accepted_on": day_of(rectification.accepted_at),
        "service": service(contract),
    }


Builder = Callable[[View], dict[str, Any]]


def proof_data(view: View) -> dict[str, Any]:
    """Return the data of the certificate of proof, once every party signed."""
    contract = view.contract
    return (
        base(view)
        | {
            "porteur": local_party(contract, contract.porteur),
            "title": contract.title,
            "organisation": contract.lead_service.name,
        }
        | proof_of(contract)
    )


BUILD: dict[DocumentKind, Builder] = {
    DocumentKind.LETTER: letter_data,
    DocumentKind.REGISTRATION_RECEIPT: registration_data,
    DocumentKind.LETTER_ACKNOWLEDGEMENT: acknowledgement_data,
    DocumentKind.DIAGNOSTIC: diagnostic_data,
    DocumentKind.FUNDING_REQUEST: request_data,
    DocumentKind.REQUEST_ACKNOWLEDGEMENT: request_acknowledgement_data,
    DocumentKind.CONTRACT: contract_data,
    DocumentKind.REFUSAL: decision_data,
    DocumentKind.DISMISSAL: decision_data,
    DocumentKind.PROOF: proof_data,
}


def build(kind: DocumentKind, case: Case) -> dict[str, Any]:
    """Return the data of a document that a transition issues."""
    return BUILD[kind](of_case(case))

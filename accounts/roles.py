"""Who may do what: the roles, the permissions, and the one function that answers."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from django.db import models

from accounts.enums import OrganisationKind, Side

if TYPE_CHECKING:
    from accounts.actors import Actor


class Role(models.TextChoices):
    CONTRIBUTOR = "contributor", "Agent de la collectivité"
    LOCAL_SIGNATORY = "local_signatory", "Signataire de la collectivité"
    INSTRUCTOR = "instructor", "Agent instructeur"
    STATE_SIGNATORY = "state_signatory", "Signataire de l’État"
    REGIONAL_COORDINATOR = "regional_coordinator", "Coordination régionale"
    NATIONAL_VIEWER = "national_viewer", "Lecture nationale"
    NATIONAL_MANAGER = "national_manager", "Pilotage national"
    ADMINISTRATOR = "administrator", "Assistance"


SIDES: dict[Role, Side] = {
    Role.CONTRIBUTOR: Side.LOCAL,
    Role.LOCAL_SIGNATORY: Side.LOCAL,
    Role.INSTRUCTOR: Side.STATE,
    Role.STATE_SIGNATORY: Side.STATE,
    Role.REGIONAL_COORDINATOR: Side.STATE,
    Role.NATIONAL_VIEWER: Side.NATIONAL,
    Role.NATIONAL_MANAGER: Side.NATIONAL,
    Role.ADMINISTRATOR: Side.SUPPORT,
}

#: The roles that a member of each kind of organisation may hold.
ROLES_OF_KIND: dict[OrganisationKind, tuple[Role, ...]] = {
    OrganisationKind.LOCAL: (Role.CONTRIBUTOR, Role.LOCAL_SIGNATORY),
    OrganisationKind.PREFECTURE: (Role.INSTRUCTOR, Role.STATE_SIGNATORY),
    OrganisationKind.REGIONAL: (Role.REGIONAL_COORDINATOR, Role.INSTRUCTOR, Role.STATE_SIGNATORY),
    OrganisationKind.NATIONAL: (Role.NATIONAL_VIEWER, Role.NATIONAL_MANAGER),
    OrganisationKind.SUPPORT: (Role.ADMINISTRATOR,),
}


class Relation(StrEnum):
    """How an organisation stands to a contract."""

    LEAD_AUTHORITY = "lead_authority"
    COSIGNATORY = "cosignatory"
    WRITING_COSIGNATORY = "writing_cosignatory"
    LEAD_SERVICE = "lead_service"
    ASSOCIATED_SERVICE = "associated_service"
    REGION = "region"
    NATIONAL = "national"
    NONE = "none"


class Permission(StrEnum):
    # opening a file
    FILE_OPEN = "file.open"
    LETTER_REGISTER = "letter.register"
    FILE_TAKE_OVER = "file.take_over"
    FILE_IMPORT = "file.import"
    # letter
    LETTER_WRITE = "letter.write"
    LETTER_SEND = "letter.send"
    LETTER_RETURN = "letter.return"
    LETTER_ACKNOWLEDGE = "letter.acknowledge"
    # exchange
    EXCHANGE_TALK = "exchange.talk"
    NOTE_WRITE = "note.write"
    REMARK_WRITE = "remark.write"
    MEETING_RECORD = "meeting.record"
    MINUTES_APPROVE = "minutes.approve"
    EXCHANGE_CONCLUDE = "exchange.conclude"
    PIECE_REQUEST = "piece.request"
    PIECE_PROVIDE = "piece.provide"
    UPLOAD = "document.upload"
    # diagnostic
    EXCHANGE_RETURN = "exchange.return"
    DIAGNOSTIC_WRITE = "diagnostic.write"
    DIAGNOSTIC_APPROVE = "diagnostic.approve"
    DIAGNOSTIC_CONCLUDE = "diagnostic.conclude"
    DIAGNOSTIC_RETURN = "diagnostic.return"
    # proposal
    PROPOSAL_WRITE = "proposal.write"
    PROPOSAL_SUBMIT = "proposal.submit"
    # review and decision
    CORRECTION_REQUEST = "correction.request"
    AMOUNT_PROPOSE = "amount.propose"
    OPINION_RECORD = "opinion.record"
    DECIDE = "decision.decide"
    WITHDRAW = "file.withdraw"
    REISSUE = "contract.reissue"
    CLAUSE_WRITE = "clause.write"
    # signature
    DELIBERATION_RECORD = "deliberation.record"
    SIGN_LOCAL = "signature.local"
    SIGN_STATE = "signature.state"
    RECTIFY = "rectification.propose"
    RECTIFICATION_ACCEPT = "rectification.accept"
    TRANCHE_CONFIRM = "tranche.confirm"
    EXPENDITURE_RECORD = "expenditure.record"
    # parties
    PARTIES_MANAGE = "parties.manage"
    SERVICES_MANAGE = "services.manage"
    LEAD_PROPOSE = "lead.propose"
    LEAD_ACCEPT = "lead.accept"
    # organisation
    ORGANISATION_EDIT = "organisation.edit"
    LOGO_EDIT = "logo.edit"
    PEOPLE_MANAGE = "people.manage"
    DELEGATION_EDIT = "delegation.edit"
    ACCESS_VALIDATE = "access.validate"
    ADMINISTER = "people.administer"
    # money and steering
    ENVELOPE_READ = "envelope.read"
    ENVELOPE_DISTRIBUTE = "envelope.distribute"
    REQUESTS_READ = "requests.read"
    REQUESTS_COMPARE = "requests.compare"
    CAMPAIGN_MANAGE = "campaign.manage"
    TEMPLATE_MANAGE = "template.manage"
    NATIONAL_READ = "national.read"
    EXPORT = "national.export"


P = Permission

_LOCAL_AGENT = frozenset(
    {
        P.FILE_OPEN,
        P.LETTER_WRITE,
        P.LETTER_SEND,
        P.EXCHANGE_TALK,
        P.NOTE_WRITE,
        P.REMARK_WRITE,
        P.MINUTES_APPROVE,
        P.PIECE_PROVIDE,
        P.UPLOAD,
        P.DIAGNOSTIC_WRITE,
        P.DIAGNOSTIC_APPROVE,
        P.PROPOSAL_WRITE,
        P.PROPOSAL_SUBMIT,
        P.DELIBERATION_RECORD,
        P.SIGN_LOCAL,
        P.RECTIFY,
        P.RECTIFICATION_ACCEPT,
        P.PARTIES_MANAGE,
        P.DELEGATION_EDIT,
        P.ORGANISATION_EDIT,
        P.LOGO_EDIT,
    }
)
_STATE_AGENT = frozenset(
    {
        P.LETTER_REGISTER,
        P.FILE_TAKE_OVER,
        P.LETTER_RETURN,
        P.LETTER_ACKNOWLEDGE,
        P.EXCHANGE_TALK,
        P.NOTE_WRITE,
        P.REMARK_WRITE,
        P.MEETING_RECORD,
        P.MINUTES_APPROVE,
        P.EXCHANGE_CONCLUDE,
        P.PIECE_REQUEST,
        P.UPLOAD,
        P.EXCHANGE_RETURN,
        P.DIAGNOSTIC_WRITE,
        P.DIAGNOSTIC_APPROVE,
        P.DIAGNOSTIC_CONCLUDE,
        P.DIAGNOSTIC_RETURN,
        P.CORRECTION_REQUEST,
        P.AMOUNT_PROPOSE,
        P.OPINION_RECORD,
        P.DECIDE,
        P.REISSUE,
        P.CLAUSE_WRITE,
        P.SIGN_STATE,
        P.RECTIFY,
        P.RECTIFICATION_ACCEPT,
        P.TRANCHE_CONFIRM,
        P.EXPENDITURE_RECORD,
        P.SERVICES_MANAGE,
        P.LEAD_PROPOSE,
        P.LEAD_ACCEPT,
        P.DELEGATION_EDIT,
        P.ORGANISATION_EDIT,
        P.ACCESS_VALIDATE,
        P.ENVELOPE_READ,
        P.REQUESTS_READ,
        P.REQUESTS_COMPARE,
        P.EXPORT,
    }
)
_NATIONAL_READER = frozenset({P.NATIONAL_READ, P.ENVELOPE_READ, P.REQUESTS_READ, P.EXPORT})

#: An agent holds the acts of signature too: the *requirements* of the machine then ask for the signed document,
#: since deciding, sending and signing are facts about a named person, whoever records them.
GRANTS: dict[Role, frozenset[Permission]] = {
    Role.CONTRIBUTOR: _LOCAL_AGENT,
    Role.LOCAL_SIGNATORY: _LOCAL_AGENT | {P.WITHDRAW, P.PEOPLE_MANAGE},
    Role.INSTRUCTOR: _STATE_AGENT,
    Role.STATE_SIGNATORY: _STATE_AGENT | {P.PEOPLE_MANAGE},
    Role.REGIONAL_COORDINATOR: frozenset({P.ENVELOPE_READ, P.ENVELOPE_DISTRIBUTE, P.NATIONAL_READ, P.EXPORT})
    | {P.REQUESTS_READ, P.REQUESTS_COMPARE, P.PEOPLE_MANAGE, P.ORGANISATION_EDIT},
    Role.NATIONAL_VIEWER: _NATIONAL_READER,
    Role.NATIONAL_MANAGER: _NATIONAL_READER
    | {
        P.ENVELOPE_DISTRIBUTE,
        P.CAMPAIGN_MANAGE,
        P.TEMPLATE_MANAGE,
        P.FILE_IMPORT,
        P.PEOPLE_MANAGE,
        P.ORGANISATION_EDIT,
    },
    Role.ADMINISTRATOR: frozenset({P.ADMINISTER, P.PEOPLE_MANAGE, P.ACCESS_VALIDATE}),
}

_LEAD = frozenset({Relation.LEAD_AUTHORITY})
_WRITERS = _LEAD | {Relation.WRITING_COSIGNATORY}
_LOCALS = _WRITERS | {Relation.COSIGNATORY}
_SERVICE = frozenset({Relation.LEAD_SERVICE})
_SERVICES = _SERVICE | {Relation.ASSOCIATED_SERVICE}

#: For the permissions that are about a file: how one's organisation must stand to it.
RELATIONS: dict[Permission, frozenset[Relation]] = {
    P.LETTER_WRITE: _WRITERS,
    P.LETTER_SEND: _LEAD,
    P.LETTER_RETURN: _SERVICE,
    P.LETTER_ACKNOWLEDGE: _SERVICE,
    P.EXCHANGE_TALK: _LOCALS | _SERVICES,
    P.NOTE_WRITE: _LOCALS | _SERVICES,
    P.REMARK_WRITE: _LOCALS | _SERVICES,
    P.MEETING_RECORD: _SERVICE,
    P.MINUTES_APPROVE: _LEAD | _SERVICE,
    P.EXCHANGE_CONCLUDE: _SERVICE,
    P.PIECE_REQUEST: _SERVICE,
    P.PIECE_PROVIDE: _LOCALS,
    P.UPLOAD: _LOCALS | _SERVICES,
    P.EXCHANGE_RETURN: _SERVICE,
    P.DIAGNOSTIC_WRITE: _WRITERS | _SERVICE,
    P.DIAGNOSTIC_APPROVE: _LEAD | _SERVICE,
    P.DIAGNOSTIC_CONCLUDE: _SERVICE,
    P.DIAGNOSTIC_RETURN: _SERVICE,
    P.PROPOSAL_WRITE: _WRITERS,
    P.PROPOSAL_SUBMIT: _LEAD,
    P.CORRECTION_REQUEST: _SERVICE,
    P.AMOUNT_PROPOSE: _SERVICE,
    P.OPINION_RECORD: _SERVICE,
    P.DECIDE: _SERVICE,
    P.WITHDRAW: _LEAD,
    P.REISSUE: _SERVICE,
    P.DELIBERATION_RECORD: _LOCALS,
    P.SIGN_LOCAL: _LOCALS,
    P.SIGN_STATE: _SERVICE,
    P.CLAUSE_WRITE: _SERVICE,
    P.RECTIFY: _LEAD | _SERVICE,
    P.RECTIFICATION_ACCEPT: _LOCALS | _SERVICE,
    P.TRANCHE_CONFIRM: _SERVICE,
    P.EXPENDITURE_RECORD: _SERVICE,
    P.PARTIES_MANAGE: _LEAD,
    P.SERVICES_MANAGE: _SERVICE,
    P.LEAD_PROPOSE: _SERVICE,
}


class RelatedFile(Protocol):
    """What rights need to know of a contract."""

    def relation_to(self, actor: Actor) -> Relation: ...


def may(actor: Actor | None, permission: Permission, contract: RelatedFile | None = None) -> bool:
    """Tell whether the actor holds the permission, on this contract where the permission is about one.

    Args:
        actor: the person acting for an organisation; None for a visitor, who may nothing.
        permission: the act.
        contract: the file; required for the permissions of ``RELATIONS``, ignored by the others.
    """
    if actor is None or permission not in granted(actor):
        return False
    if permission not in RELATIONS:
        return True
    return contract is not None and contract.relation_to(actor) in RELATIONS[permission]


def granted(actor: Actor) -> frozenset[Permission]:
    """Return the permissions of the role, with the management of people where it was delegated to the person."""
    grants = GRANTS[actor.role]
    if actor.membership.manages_people:
        grants |= {Permission.PEOPLE_MANAGE}
    return grants

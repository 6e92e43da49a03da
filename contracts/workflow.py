"""THE machine: every state of a file and every transition, as a préfecture would tell the procedure.

A transition sets the contract's own dates and nothing else. Only ``contracts.services.advance`` calls one; it checks
the permission, the requirements and the inputs, and writes what follows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from django.db import models
from django_fsm import GET_STATE, ConcurrentTransitionMixin, FSMField, transition

from accounts.roles import Permission, may
from contracts import requirements as req
from contracts.acts import (
    Acknowledgement,
    Act,
    Approval,
    CorrectionRequest,
    Decision,
    Reasoned,
    Reissue,
    Sending,
    Signing,
    Submission,
    Termination,
    Withdrawal,
)
from contracts.enums import ENDED, IN_PROGRESS, SENT, State
from contracts.facts import Facts
from contracts.requirements import Requirement


def allowed(permission: Permission) -> Callable[[Any, Any], bool]:
    """Return the FSM permission that asks the one table of rights; superusers have no privilege."""

    def check(contract: Any, actor: Any) -> bool:
        return may(actor, permission, contract)

    return check


def nobody(contract: Any, actor: Any) -> bool:
    """Refuse everyone: the system alone does this."""
    return False


def met(*requirements: Requirement) -> list[Callable[[Any], bool]]:
    """Return the FSM condition that every requirement is met by the facts laid on the contract."""

    def check(contract: Any) -> bool:
        return not req.unmet(requirements, contract.facts)

    return [check]


@dataclass(frozen=True, slots=True)
class Spec:
    """What a page says of a transition, and what the door needs to know of it."""

    label: str
    permission: Permission | None
    requirements: tuple[Requirement, ...] = ()
    act: type[Act] = Act
    main: bool = False  # a step forward, as opposed to a secondary act
    danger: bool = False
    consequence: str = ""


SPECS: dict[str, Spec] = {
    "send_letter": Spec(
        "Envoyer la lettre",
        Permission.LETTER_SEND,
        (req.LETTER_PEOPLE, req.LETTER_MOTIVATION, req.LETTER_PERIOD),
        Sending,
        main=True,
        consequence="La préfecture reçoit la lettre et un accusé d’enregistrement vous est délivré.",
    ),
    "return_letter": Spec(
        "Renvoyer la lettre",
        Permission.LETTER_RETURN,
        act=Reasoned,
        consequence="La collectivité pourra modifier sa lettre et l’envoyer de nouveau.",
    ),
    "acknowledge": Spec(
        "Accuser réception",
        Permission.LETTER_ACKNOWLEDGE,
        act=Acknowledgement,
        main=True,
        consequence="La collectivité reçoit l’accusé de réception ; aucun délai ne court.",
    ),
    "conclude_exchange": Spec(
        "Passer au diagnostic partagé",
        Permission.EXCHANGE_CONCLUDE,
        (req.MEETING_SETTLED, req.QUESTIONS_READY),
        main=True,
        consequence="La campagne et le questionnaire du diagnostic sont fixés pour ce dossier.",
    ),
    "return_to_exchange": Spec(
        "Revenir au temps d’échange",
        Permission.EXCHANGE_RETURN,
        act=Reasoned,
        consequence="Le diagnostic est conservé ; l’échange reprend.",
    ),
    "conclude_diagnostic": Spec(
        "Conclure le diagnostic",
        Permission.DIAGNOSTIC_CONCLUDE,
        (req.SECTIONS_APPROVED,),
        main=True,
        consequence="Le diagnostic n’est plus modifiable ; la collectivité prépare sa proposition.",
    ),
    "return_to_diagnostic": Spec(
        "Rouvrir le diagnostic",
        Permission.DIAGNOSTIC_RETURN,
        act=Reasoned,
        consequence="Le diagnostic redevient modifiable ; sa version approuvée est conservée.",
    ),
    "submit_proposal": Spec(
        "Déposer la proposition",
        Permission.PROPOSAL_SUBMIT,
        (req.HAS_ACTION, req.ACTIONS_COMPLETE, req.BUDGETS_BALANCED, req.AXES_COVERED, req.YEARS_REQUESTED),
        Submission,
        main=True,
        consequence="La préfecture instruit la demande ; un accusé de réception vous est délivré.",
    ),
    "request_correction": Spec(
        "Demander une correction",
        Permission.CORRECTION_REQUEST,
        act=CorrectionRequest,
        consequence="La collectivité reprend la main ; le délai d’instruction est suspendu.",
    ),
    "resubmit": Spec(
        "Déposer la correction",
        Permission.PROPOSAL_SUBMIT,
        (
            req.REMARKS_ANSWERED,
            req.HAS_ACTION,
            req.ACTIONS_COMPLETE,
            req.BUDGETS_BALANCED,
            req.AXES_COVERED,
            req.YEARS_REQUESTED,
        ),
        Submission,
        main=True,
        consequence="La préfecture reprend l’instruction ; le délai court de nouveau.",
    ),
    "approve": Spec(
        "Approuver le contrat",
        Permission.DECIDE,
        (
            req.ACTIONS_DECIDED,
            req.AMOUNTS_MATCH,
            req.REMARKS_RESOLVED,
            req.OPINIONS_GIVEN,
            req.ENVELOPES_COVER,
            req.TEXT_FILLED,
            req.NO_TRANSFER,
        ),
        Approval,
        main=True,
        consequence="Les montants retenus sont pris sur l’enveloppe et le contrat est émis pour signature.",
    ),
    "refuse": Spec(
        "Refuser",
        Permission.DECIDE,
        act=Decision,
        danger=True,
        consequence="La collectivité reçoit la décision avec les voies et délais de recours.",
    ),
    "dismiss": Spec(
        "Classer sans suite",
        Permission.DECIDE,
        act=Decision,
        danger=True,
        consequence="Le dossier est clos sans décision ; l’enveloppe est libérée.",
    ),
    "withdraw": Spec(
        "Retirer le dossier",
        Permission.WITHDRAW,
        act=Withdrawal,
        danger=True,
        consequence="La collectivité renonce ; l’enveloppe est libérée et les signatures sont annulées.",
    ),
    "reinstate": Spec(
        "Rétablir le dossier",
        Permission.DECIDE,
        (req.TEXT_FILLED,),
        Decision,
        consequence=(
            "Le dossier reprend là où il s’était arrêté. Un contrat qui était à signer est émis de nouveau : les "
            "signatures sont à recueillir et chaque délibération à confirmer."
        ),
    ),
    "reopen": Spec(
        "Rouvrir l’instruction",
        Permission.DECIDE,
        act=Decision,
        danger=True,
        consequence="La version émise est remplacée, les signatures sont annulées, l’enveloppe est libérée.",
    ),
    "reissue": Spec(
        "Émettre une nouvelle version",
        Permission.REISSUE,
        (req.TEXT_FILLED, req.NO_TRANSFER),
        Reissue,
        consequence="Ni les actions ni les montants ne changent ; les signatures sont à recueillir de nouveau.",
    ),
    "sign": Spec(
        "Enregistrer une signature",
        None,
        (req.DOCUMENT_READY, req.OWN_PARTY_CAN_SIGN),
        Signing,
        consequence="La signature porte sur la version émise, identifiée par son empreinte.",
    ),
    "complete": Spec("Contrat signé par toutes les parties", None, (req.DOCUMENT_READY, req.EVERYONE_SIGNED)),
    "terminate": Spec(
        "Résilier",
        Permission.DECIDE,
        act=Termination,
        danger=True,
        consequence=(
            "Le contrat prend fin à la date indiquée. Ce qui n’est pas engagé est aussitôt rendu à l’enveloppe, pour "
            "chaque année : enregistrez d’abord les engagements déjà passés dans Chorus. Ce qui est engagé pourra "
            "encore être versé."
        ),
    ),
}

#: The transition that each state waits for; whose turn it is follows from what it lacks.
FORWARD: dict[State, str] = {
    State.LETTER_DRAFT: "send_letter",
    State.LETTER_SENT: "acknowledge",
    State.EXCHANGE: "conclude_exchange",
    State.DIAGNOSTIC: "conclude_diagnostic",
    State.PROPOSAL: "submit_proposal",
    State.CORRECTION_REQUESTED: "resubmit",
    State.UNDER_REVIEW: "approve",
    State.APPROVED: "complete",
}


def _needs(name: str) -> list[Callable[[Any], bool]]:
    return met(*SPECS[name].requirements)


def _permission(name: str) -> Callable[[Any, Any], bool]:
    permission = SPECS[name].permission
    return allowed(permission) if permission else nobody


def may_sign(contract: Any, actor: Any) -> bool:
    """Tell whether the actor records the signature of one of the parties."""
    return may(actor, Permission.SIGN_LOCAL, contract) or may(actor, Permission.SIGN_STATE, contract)


def step(name: str, source: State | list[State], target: Any, permission: Any = None) -> Callable[[Any], Any]:
    """Declare a transition from its specification."""
    return transition(
        field="state",
        source=source,
        target=target,
        permission=permission or _permission(name),
        conditions=_needs(name),
        custom={"label": SPECS[name].label},
    )


def _where_it_was(contract: Any, *_args: Any) -> str:
    return cast("str", contract.state_before_end)


class Workflow(ConcurrentTransitionMixin, models.Model):
    """The state of a file and the dates that its transitions set."""

    state = FSMField(default=State.LETTER_DRAFT, choices=State.choices, protected=True, db_index=True)
    state_before_end = models.CharField(max_length=24, blank=True)
    first_sent_at = models.DateTimeField("première réception par l’État", null=True, blank=True)
    letter_sent_at = models.DateTimeField(null=True, blank=True)
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    exchange_concluded_at = models.DateTimeField(null=True, blank=True)
    diagnostic_concluded_at = models.DateTimeField(null=True, blank=True)
    submitted_at = models.DateTimeField("dépôt de la demande", null=True, blank=True)
    suspended_at = models.DateTimeField("délai suspendu depuis", null=True, blank=True)
    suspended_seconds = models.BigIntegerField(default=0)
    reply_by = models.DateField("réponse attendue avant le", null=True, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)
    signed_at = models.DateTimeField(null=True, blank=True)
    notified_on = models.DateField("notifié le", null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    terminated_on = models.DateField(null=True, blank=True)

    facts: Facts  # laid here by the door before each transition

    class Meta:
        abstract = True

    # 1. Lettre d'intention

    @step("send_letter", State.LETTER_DRAFT, State.LETTER_SENT)
    def send_letter(self, act: Sending) -> None:
        self.letter_sent_at = self.facts.now
        self.first_sent_at = self.first_sent_at or self.facts.now

    @step("return_letter", State.LETTER_SENT, State.LETTER_DRAFT)
    def return_letter(self, act: Reasoned) -> None:
        self.letter_sent_at = None

    @step("acknowledge", State.LETTER_SENT, State.EXCHANGE)
    def acknowledge(self, act: Acknowledgement) -> None:
        self.acknowledged_at = self.facts.now

    # 2. Temps d'échange

    @step("conclude_exchange", State.EXCHANGE, State.DIAGNOSTIC)
    def conclude_exchange(self, act: Act) -> None:
        self.exchange_concluded_at = self.facts.now

    # 3. Diagnostic partagé

    @step("return_to_exchange", State.DIAGNOSTIC, State.EXCHANGE)
    def return_to_exchange(self, act: Reasoned) -> None:
        self.exchange_concluded_at = None

    @step("conclude_diagnostic", State.DIAGNOSTIC, State.PROPOSAL)
    def conclude_diagnostic(self, act: Act) -> None:
        self.diagnostic_concluded_at = self.facts.now

    @step(
        "return_to_diagnostic",
        [State.PROPOSAL, State.CORRECTION_REQUESTED, State.UNDER_REVIEW],
        State.DIAGNOSTIC,
    )
    def return_to_diagnostic(self, act: Reasoned) -> None:
        self.diagnostic_concluded_at = None
        self._stop_clock()

    # 4. Proposition et demande de financement

    @step("submit_proposal", State.PROPOSAL, State.UNDER_REVIEW)
    def submit_proposal(self, act: Submission) -> None:
        self.submitted_at = self.facts.now
        self.suspended_at, self.suspended_seconds, self.reply_by = None, 0, None

    @step("request_correction", State.UNDER_REVIEW, State.CORRECTION_REQUESTED)
    def request_correction(self, act: CorrectionRequest) -> None:
        self.suspended_at, self.reply_by = self.facts.now, act.reply_by

    @step("resubmit", State.CORRECTION_REQUESTED, State.UNDER_REVIEW)
    def resubmit(self, act: Submission) -> None:
        self._resume_clock()

    # 5. Validation et signature

    @step("approve", State.UNDER_REVIEW, State.APPROVED)
    def approve(self, act: Approval) -> None:
        self.approved_at = self.facts.now

    @step("reopen", State.APPROVED, State.UNDER_REVIEW)
    def reopen(self, act: Decision) -> None:
        self.approved_at = None

    @step("reissue", State.APPROVED, State.APPROVED)
    def reissue(self, act: Reissue) -> None:
        """Leave the dates: only the text is issued again."""

    @step("sign", State.APPROVED, State.APPROVED, permission=may_sign)
    def sign(self, act: Signing) -> None:
        """Leave the dates: the signature is a row of its own."""

    @step("complete", State.APPROVED, State.SIGNED)
    def complete(self, act: Act) -> None:
        self.signed_at, self.notified_on = self.facts.now, self.facts.today

    # Ends, and the ways back

    @step("refuse", sorted(SENT), State.REFUSED)
    def refuse(self, act: Decision) -> None:
        self._end()

    @step("dismiss", sorted(SENT), State.DISMISSED)
    def dismiss(self, act: Decision) -> None:
        self._end()

    @step("withdraw", sorted(IN_PROGRESS), State.WITHDRAWN)
    def withdraw(self, act: Withdrawal) -> None:
        self._end()

    @step("reinstate", sorted(ENDED), GET_STATE(_where_it_was, states=sorted(IN_PROGRESS)))
    def reinstate(self, act: Decision) -> None:
        self.ended_at = None

    @step("terminate", State.SIGNED, State.TERMINATED)
    def terminate(self, act: Termination) -> None:
        self.ended_at, self.terminated_on = self.facts.now, act.effective_on

    def _end(self) -> None:
        self.state_before_end, self.ended_at = self.state, self.facts.now

    def _stop_clock(self) -> None:
        self.submitted_at = self.suspended_at = self.reply_by = None

    def _resume_clock(self) -> None:
        if self.suspended_at is not None:
            self.suspended_seconds += int((self.facts.now - self.suspended_at).total_seconds())
        self.suspended_at = self.reply_by = None

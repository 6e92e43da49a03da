"""Random acts of random people on files in the database: whatever they try, the rows stay true."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.actors import Actor
from accounts.roles import Permission
from contracts.acts import (
    Acknowledgement,
    Act,
    Approval,
    CorrectionRequest,
    Decision,
    NamedPerson,
    Reasoned,
    Reissue,
    Sending,
    Signing,
    Submission,
    Termination,
    Withdrawal,
)
from contracts.enums import ActMode, State
from contracts.errors import TransitionRefused
from contracts.models import Contract, Deliberation, NamedAct, Signature
from contracts.queries import current_contract_document, load_facts, own_party
from contracts.services.advance import advance
from contracts.services.deliberations import confirm_coverage, save_deliberation
from contracts.services.editing import editing
from contracts.services.locks import whose_turn
from contracts.services.parties import accept_transfer, propose_transfer
from contracts.workflow import SPECS
from ctai.demo_data.journey import Duo, Journey
from diagnostics import services as diagnostics
from diagnostics.errors import Refused as DiagnosticRefused
from diagnostics.models import Section
from exchanges.errors import Refused as ExchangeRefused
from exchanges.models import Remark
from exchanges.services import remarks
from funding.errors import FundingRefused
from funding.models import Action, Envelope, Movement
from funding.queries import exact_sum
from funding.services import review
from journal.chain import seal
from journal.models import Event, StateSpan
from journal.services import verify_chain
from tests.contracts.stage import (
    Stage,
    prefet_of_gironde,
    print_documents,
    to_approved,
    to_correction,
    to_diagnostic,
    to_exchange,
    to_letter,
    to_proposal,
    to_review,
    to_sent,
    to_signed,
)

REASON = "Un motif tiré au hasard, assez long."
REFUSALS = (TransitionRefused, FundingRefused, DiagnosticRefused, ExchangeRefused)
STARTS: tuple[Callable[[Journey], Journey], ...] = (
    to_letter, to_sent, to_diagnostic, to_correction, to_approved, to_signed,
    lambda journey: to_exchange(journey).meet(),
    lambda journey: to_diagnostic(journey).write_diagnostic().approve_sections(),
    lambda journey: to_proposal(journey).propose(),
    lambda journey: to_review(journey).adopt(),
    lambda journey: to_approved(journey).deliberate(),
    lambda journey: to_approved(journey).withdraw(),
    lambda journey: to_correction(journey).refuse(),
)  # fmt: skip


@dataclass
class World:
    """One file among others, and the people who try things on it."""

    journey: Journey
    people: list[Actor]
    elsewhere: Actor

    @property
    def contract_id(self) -> int:
        pk: int = self.journey.contract.pk
        return pk

    @property
    def now(self) -> Any:
        return self.journey.now


# --- what people try ------------------------------------------------------------------------------------------------


def _person(world: World, actor: Actor) -> NamedPerson:
    """Return someone who acts in title, on paper when an agent records it."""
    return NamedPerson(
        name="Alex Martin",
        title="maire",
        acted_on=timezone.localdate(world.now),
        in_title=True,
        mode=ActMode.PORTAL,
    )


def _act(world: World, name: str, actor: Actor) -> Act:
    person, today = _person(world, actor), timezone.localdate(world.now)
    document = current_contract_document(world.journey.contract)
    document_id = document.pk if document else None
    makers: dict[type[Act], Callable[[], Act]] = {
        Act: Act,
        Reasoned: lambda: Reasoned(reason=REASON),
        Sending: lambda: Sending(person=person),
        Submission: lambda: Submission(person=person, attested=True),
        Withdrawal: lambda: Withdrawal(reason=REASON, person=person),
        Acknowledgement: lambda: Acknowledgement(agent_id=actor.user.pk),
        CorrectionRequest: lambda: CorrectionRequest(reason=REASON, reply_by=today + timedelta(days=9)),
        Approval: lambda: Approval(person=person),
        Decision: lambda: Decision(reason=REASON, person=person),
        Termination: lambda: Termination(reason=REASON, person=person, effective_on=today),
        Reissue: lambda: Reissue(reason=REASON, document_id=document_id),
        Signing: lambda: Signing(party=own_party(actor), person=person, document_id=document_id),
    }
    return makers[SPECS[name].act]()


def _transition(name: str) -> Callable[[World, Actor], object]:
    def attempt(world: World, actor: Actor) -> object:
        return advance(world.contract_id, name, by=actor, now=world.now, act=_act(world, name, actor))

    return attempt


def _section(world: World) -> Section | None:
    sections = Section.objects.filter(diagnostic__contract=world.contract_id).select_related("question")
    found: Section | None = sections.order_by("rank", "pk").first()
    return found


def _write_section(world: World, actor: Actor) -> None:
    section = _section(world)
    with editing(world.contract_id, Permission.DIAGNOSTIC_WRITE, by=actor, now=world.now, kind="section_saved"):
        if section is not None:
            diagnostics.save_section(
                section=section,
                expected_version=section.version,
                text=f"Un constat du {world.now:%d}.",
                rows=[],
                indicators=[],
                by=actor,
                now=world.now,
            )


def _approve_sections(world: World, actor: Actor) -> None:
    for section in Section.objects.filter(diagnostic__contract=world.contract_id, version__gt=0).order_by("pk"):
        with editing(
            world.contract_id, Permission.DIAGNOSTIC_APPROVE, by=actor, now=world.now, kind="section_approved"
        ):
            diagnostics.approve(section=section, version=section.version, by=actor, now=world.now)


def _adopt(world: World, actor: Actor) -> None:
    with editing(world.contract_id, Permission.AMOUNT_PROPOSE, by=actor, now=world.now, kind="amounts_proposed"):
        review.adopt_requested(contract_id=world.contract_id, by=actor, now=world.now)


def _set_aside(world: World, actor: Actor) -> None:
    with editing(world.contract_id, Permission.AMOUNT_PROPOSE, by=actor, now=world.now, kind="amounts_proposed"):
        action = Action.objects.filter(contract=world.contract_id).order_by("number").first()
        if action is not None:
            review.propose(
                action=action, decision="rejected", rejection_reason=REASON, amounts={}, by=actor, now=world.now
            )


def _remark(world: World, actor: Actor) -> None:
    with editing(world.contract_id, Permission.REMARK_WRITE, by=actor, now=world.now, kind="remark_added"):
        remarks.add_remark(contract_id=world.contract_id, body="Préciser.", by=actor, now=world.now)


def _settle_remarks(world: World, actor: Actor) -> None:
    for remark in Remark.objects.filter(contract=world.contract_id).exclude(status="resolved").order_by("pk"):
        with editing(world.contract_id, Permission.REMARK_WRITE, by=actor, now=world.now, kind="remark_answered"):
            if actor.side == "local":
                remarks.answer_remark(remark=remark, answer="Voici.", by=actor, now=world.now)
            else:
                remarks.resolve_remark(remark=remark, by=actor, now=world.now)


def _deliberate(world: World, actor: Actor) -> None:
    day = timezone.localdate(world.now) - timedelta(days=2)
    save_deliberation(
        world.contract_id,
        authority=world.journey.porteur,
        fields={
            "organ": "assembly",
            "number": "1",
            "purpose": "Contrat",
            "voted_on": day,
            "published_on": day,
            "transmitted_on": day,
        },
        by=actor,
        now=world.now,
    )


def _confirm(world: World, actor: Actor) -> None:
    confirm_coverage(world.contract_id, authority=world.journey.porteur, by=actor, now=world.now)


def _propose_transfer(world: World, actor: Actor) -> None:
    organisation = world.elsewhere.organisation if world.now.day % 3 else None
    propose_transfer(world.contract_id, organisation=organisation, by=actor, now=world.now)


def _accept_transfer(world: World, actor: Actor) -> None:
    accept_transfer(world.contract_id, by=actor, now=world.now)


ATTEMPTS: dict[str, Callable[[World, Actor], object]] = {
    **{name: _transition(name) for name in SPECS},
    "write a section": _write_section,
    "approve the sections": _approve_sections,
    "adopt what is asked": _adopt,
    "set an action aside": _set_aside,
    "remark": _remark,
    "settle the remarks": _settle_remarks,
    "vote": _deliberate,
    "confirm the vote": _confirm,
    "propose a transfer": _propose_transfer,
    "accept a transfer": _accept_transfer,
}


# --- what must stay true --------------------------------------------------------------------------------------------


@dataclass
class Watch:
    """The journal and the moves of a file since it was looked at last."""

    last: Event
    moves: dict[str, int] = field(default_factory=dict)

    def check_journal(self) -> list[Event]:
        """Return the new events, once sure that each is sealed and linked to the one before."""
        new = list(Event.objects.filter(sequence__gt=self.last.sequence).order_by("sequence"))
        for event in new:
            assert event.sequence == self.last.sequence + 1
            assert event.previous_hash == self.last.hash
            assert event.hash == seal(event)
            self.last = event
        return new


def assert_rows_are_true(contract: Contract, world: World) -> None:
    [open_span] = StateSpan.objects.filter(contract=contract, left_at__isnull=True)
    assert open_span.state == contract.state
    assert not StateSpan.objects.filter(contract=contract, left_at__lt=contract.created_at).exists()
    for envelope in Envelope.objects.all():
        assert envelope.taken == exact_sum(Movement.objects.filter(envelope=envelope))
    granted = exact_sum(Movement.objects.filter(contract=contract, stage="granted"))
    if contract.state == State.TERMINATED:  # what was not committed is given back
        assert granted == exact_sum(Movement.objects.filter(contract=contract, stage="committed"))
    else:
        assert (granted > 0) == (contract.state in (State.APPROVED, State.SIGNED))
    current = Signature.objects.filter(contract=contract, voided_at__isnull=True)
    assert contract.state in (State.APPROVED, State.SIGNED, State.TERMINATED) or not current.exists()
    assert contract.turn == whose_turn(State(contract.state), load_facts(contract, by=None, now=world.now))
    assert contract.last_event_at == world.now


def fingerprint(contract_id: int) -> tuple[Any, ...]:
    """Return what a refused act must leave as it was."""
    file = Contract.objects.filter(pk=contract_id).values().get()
    counts = [model.objects.count() for model in (Event, StateSpan, Movement, NamedAct, Signature, Deliberation)]
    return file, counts, list(Envelope.objects.order_by("pk").values_list("taken", "allotted"))


def attempt(world: World, watch: Watch, what: str, actor: Actor) -> None:
    """Try one thing: either it is done, journaled and true, or it is refused and leaves nothing."""
    before = fingerprint(world.contract_id)
    state = before[0]["state"]
    try:
        with transaction.atomic():
            ATTEMPTS[what](world, actor)
    except (PermissionDenied, *REFUSALS) as refusal:
        reasons = getattr(refusal, "reasons", ["Interdit"])
        assert reasons
        assert all(reasons)
        assert fingerprint(world.contract_id) == before
        assert watch.check_journal() == []
        return
    contract = Contract.objects.get(pk=world.contract_id)
    world.journey.contract = contract
    new = watch.check_journal()
    moves = [event for event in new if event.kind in SPECS]
    if what in SPECS:
        assert moves[0].kind == what
        assert moves[0].payload["from"] == state
        assert moves[0].actor_id == actor.user.pk
        assert moves[-1].payload["to"] == contract.state
        watch.moves[what] = watch.moves.get(what, 0) + 1
    else:
        assert moves == []
        assert contract.state == state
    if new:
        assert_rows_are_true(contract, world)


# --- the walks ------------------------------------------------------------------------------------------------------

NEXT: dict[str, list[str]] = {
    "letter_draft": ["send_letter"],
    "letter_sent": ["acknowledge", "return_letter", "dismiss"],
    "exchange": ["conclude_exchange"],
    "diagnostic": ["conclude_diagnostic", "write a section", "approve the sections", "return_to_exchange"],
    "proposal": ["submit_proposal", "return_to_diagnostic"],
    "correction_requested": ["settle the remarks", "resubmit"],
    "under_review": [
        "adopt what is asked",
        "approve",
        "approve",
        "remark",
        "request_correction",
        "settle the remarks",
        "refuse",
    ],
    "approved": ["vote", "confirm the vote", "sign", "sign", "reopen", "reissue", "withdraw"],
    "signed": ["terminate"],
}


def _take_steps(world: World, watch: Watch, dice: Random) -> None:
    """Try four to ten things: often what the file waits for, by those who may, sometimes anything by anyone."""
    for _ in range(dice.randint(4, 10)):
        guided = dice.random() < 0.7
        likely = NEXT.get(world.journey.contract.state, ["reinstate"])
        what = dice.choice(likely if guided else sorted(ATTEMPTS))
        actor = dice.choice(world.people[: 2 if dice.random() < 0.8 else 4] if guided else world.people)
        world.journey.now += timedelta(days=dice.randint(0, 3), minutes=1)
        attempt(world, watch, what, actor)
        if dice.random() < 0.4:
            print_documents(world.journey.contract)


def test_no_sequence_of_acts_leaves_a_row_untrue(stage: Stage) -> None:
    cast = stage.people
    elsewhere = prefet_of_gironde()
    people = [cast.poitiers_maire, cast.vienne_prefet, cast.poitiers_agent, cast.vienne_agent, elsewhere]
    people += [cast.bordeaux_agent, cast.gironde_agent, cast.sgar, cast.diair, cast.dgef, cast.support]
    journeys = [start(stage.journey()) for start in STARTS]
    done: dict[str, int] = {}

    @settings(
        max_examples=130,
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(st.integers(0, 2**32))
    def walk(seed: int) -> None:
        dice = Random(seed)
        world = World(replace_journey(dice.choice(journeys)), people, elsewhere)
        with transaction.atomic():
            watch = Watch(last=Event.objects.order_by("sequence")[Event.objects.count() - 1])
            _take_steps(world, watch, dice)
            assert verify_chain() == []
            for name, times in watch.moves.items():
                done[name] = done.get(name, 0) + times
            transaction.set_rollback(True)

    walk()

    assert sorted(set(SPECS) - set(done)) == ["complete"]


def replace_journey(journey: Journey) -> Journey:
    """Return a journey at the same step whose clock and file are its own."""
    copy = Journey(
        local=Duo(journey.local.agent, journey.local.signatory),
        state=journey.state,
        now=journey.now,
        starts_on=journey.starts_on,
    )
    copy.contract = Contract.objects.get(pk=journey.contract.pk)
    return copy

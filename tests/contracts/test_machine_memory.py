"""The machine walked at random in memory, against a table of the procedure that was written apart from the code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, cast
from zoneinfo import ZoneInfo

from django_fsm import TransitionNotAllowed, has_transition_perm
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.actors import Actor
from accounts.enums import OrganisationKind, Side
from accounts.models import Membership, Organisation, User
from accounts.roles import Relation, Role
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
from contracts.facts import (
    ActionFacts,
    DelegationFacts,
    Facts,
    LetterFacts,
    MeetingFacts,
    PartyFacts,
    SectionFacts,
    YearFacts,
)
from contracts.models import Contract
from contracts.services.advance import permitted, refusals
from contracts.workflow import FORWARD, SPECS

NOW = datetime(2026, 3, 3, 10, 0, tzinfo=ZoneInfo("Europe/Paris"))
TODAY = date(2026, 3, 3)
BOTH = frozenset({Side.LOCAL, Side.STATE})

# --- the procedure, as the specification tells it -------------------------------------------------------------------

BEFORE_SIGNATURE = (
    "letter_draft", "letter_sent", "exchange", "diagnostic", "proposal", "correction_requested", "under_review",
    "approved",
)  # fmt: skip
#: transition: where it starts, where it leads; None is « where it was ».
PROCEDURE: dict[str, tuple[tuple[str, ...], str | None]] = {
    "send_letter": (("letter_draft",), "letter_sent"),
    "return_letter": (("letter_sent",), "letter_draft"),
    "acknowledge": (("letter_sent",), "exchange"),
    "conclude_exchange": (("exchange",), "diagnostic"),
    "return_to_exchange": (("diagnostic",), "exchange"),
    "conclude_diagnostic": (("diagnostic",), "proposal"),
    "return_to_diagnostic": (("proposal", "correction_requested", "under_review"), "diagnostic"),
    "submit_proposal": (("proposal",), "under_review"),
    "request_correction": (("under_review",), "correction_requested"),
    "resubmit": (("correction_requested",), "under_review"),
    "approve": (("under_review",), "approved"),
    "refuse": (BEFORE_SIGNATURE[1:], "refused"),
    "dismiss": (BEFORE_SIGNATURE[1:], "dismissed"),
    "withdraw": (BEFORE_SIGNATURE, "withdrawn"),
    "reinstate": (("refused", "dismissed", "withdrawn"), None),
    "reopen": (("approved",), "under_review"),
    "reissue": (("approved",), "approved"),
    "sign": (("approved",), "approved"),
    "complete": (("approved",), "signed"),
    "terminate": (("signed",), "terminated"),
}
LOCAL_ROLES = {Role.CONTRIBUTOR, Role.LOCAL_SIGNATORY}
STATE_ROLES = {Role.INSTRUCTOR, Role.STATE_SIGNATORY}
BY_THE_PORTEUR = {"send_letter", "submit_proposal", "resubmit"}
BY_THE_SERVICE = {
    "return_letter", "acknowledge", "conclude_exchange", "return_to_exchange", "conclude_diagnostic",
    "return_to_diagnostic", "request_correction", "approve", "refuse", "dismiss", "reinstate", "reopen", "reissue",
    "terminate",
}  # fmt: skip
PARTIES = {Relation.LEAD_AUTHORITY, Relation.COSIGNATORY, Relation.WRITING_COSIGNATORY}


def is_entitled(name: str, role: Role, relation: Relation) -> bool:
    """Tell, from the specification, whether this person does this."""
    if name in BY_THE_PORTEUR:
        return role in LOCAL_ROLES and relation == Relation.LEAD_AUTHORITY
    if name == "withdraw":
        return role == Role.LOCAL_SIGNATORY and relation == Relation.LEAD_AUTHORITY
    if name in BY_THE_SERVICE:
        return role in STATE_ROLES and relation == Relation.LEAD_SERVICE
    if name == "sign":
        of_a_party = role in LOCAL_ROLES and relation in PARTIES
        return of_a_party or (role in STATE_ROLES and relation == Relation.LEAD_SERVICE)
    return False  # complete: the system alone


# --- people ---------------------------------------------------------------------------------------------------------

KIND_OF_ROLE = {
    Role.CONTRIBUTOR: OrganisationKind.LOCAL,
    Role.LOCAL_SIGNATORY: OrganisationKind.LOCAL,
    Role.INSTRUCTOR: OrganisationKind.PREFECTURE,
    Role.STATE_SIGNATORY: OrganisationKind.PREFECTURE,
    Role.REGIONAL_COORDINATOR: OrganisationKind.REGIONAL,
    Role.NATIONAL_VIEWER: OrganisationKind.NATIONAL,
    Role.NATIONAL_MANAGER: OrganisationKind.NATIONAL,
    Role.ADMINISTRATOR: OrganisationKind.SUPPORT,
}
RELATIONS_OF_KIND = {
    OrganisationKind.LOCAL: (*sorted(PARTIES), Relation.NONE),
    OrganisationKind.PREFECTURE: (Relation.LEAD_SERVICE, Relation.ASSOCIATED_SERVICE, Relation.NONE),
    OrganisationKind.REGIONAL: (Relation.REGION, Relation.NONE),
    OrganisationKind.NATIONAL: (Relation.NATIONAL,),
    OrganisationKind.SUPPORT: (Relation.NONE,),
}


def _person(number: int, role: Role, relation: Relation) -> tuple[Actor, Relation]:
    """Return an unsaved superuser in a role: a superuser has no privilege here."""
    user = User(pk=number, email=f"p{number}@example.org", is_superuser=True, is_staff=True)
    organisation = Organisation(pk=number, kind=KIND_OF_ROLE[role], name=f"Organisation {number}")
    if organisation.kind == OrganisationKind.LOCAL:
        organisation.local_authority_id = number
    return Actor(Membership(pk=number, user=user, organisation=organisation, role=role)), relation


PEOPLE = [
    _person(number, role, relation)
    for number, (role, relation) in enumerate(
        ((role, relation) for role in Role for relation in RELATIONS_OF_KIND[KIND_OF_ROLE[role]]), start=1
    )
]


# --- facts: complete ones, and what may be wrong with them ----------------------------------------------------------

YEAR = YearFacts(
    year=2026,
    charges=Decimal("1000.00"),
    products=Decimal("1000.00"),
    state_line=Decimal("600.00"),
    proposed=Decimal("600.00"),
)
ACTION = ActionFacts(number=1, title="Ateliers", axis="FRANCAIS", years=(YEAR,), decision="retained")
DOCUMENT = 7


def complete_facts(actor: Actor) -> Facts:
    """Return facts that lack nothing for any transition, but the open remark of a request for corrections."""
    return Facts(
        now=NOW,
        today=TODAY,
        actor_is_signatory=actor.is_signatory,
        letter=LetterFacts(
            signatory="Claire Dumont",
            signatory_title="maire",
            elected_referent="Camille Renaud",
            technical_referent="Éloïse Lefèvre",
            motivation="Accueillir",
            axis_count=1,
            starts_on=date(2026, 9, 1),
            months=12,
        ),
        meetings=(MeetingFacts(approved_by=BOTH, minutes_sent_at=NOW - timedelta(days=2)),),
        sections=(SectionFacts(key="contexte", title="Contexte", approved_by=BOTH),),
        actions=(ACTION,),
        contract_years=(2026,),
        requested_years=frozenset({2026}),
        mandatory_axes={"FRANCAIS": "Apprentissage du français"},
        open_years=frozenset({2026}),
        envelopes={2026: Decimal("600.00")},
        parties=(_party_of(actor), PartyFacts(key="other", name="de l’autre partie", side=Side.STATE, signed=True)),
        document_id=DOCUMENT,
        document_ready=True,
    )


def _party_of(actor: Actor, **changes: Any) -> PartyFacts:
    values: dict[str, Any] = {
        "key": "own",
        "name": "de la partie",
        "side": Side.LOCAL if actor.side == Side.LOCAL else Side.STATE,
        "deliberation_recorded": True,
        "enforceable_on": TODAY - timedelta(days=1),
    }
    return PartyFacts(**(values | changes))


def _year(facts: Facts, **changes: Any) -> Facts:
    return _action(facts, years=(replace(YEAR, **changes),))


def _action(facts: Facts, **changes: Any) -> Facts:
    return replace(facts, actions=(replace(ACTION, **changes),))


def _letter(facts: Facts, **changes: Any) -> Facts:
    return replace(facts, letter=replace(facts.letter, **changes))


def _section(facts: Facts, **changes: Any) -> Facts:
    return replace(facts, sections=(replace(facts.sections[0], **changes),))


def _own(facts: Facts, **changes: Any) -> Facts:
    return replace(facts, parties=(replace(facts.parties[0], **changes), *facts.parties[1:]))


SUBMISSIONS = frozenset({"submit_proposal", "resubmit"})
CENT = Decimal("0.01")


@dataclass(frozen=True)
class Flaw:
    """Something wrong with the facts, and the transitions that it forbids."""

    group: str
    spoil: Callable[[Facts], Facts]
    forbids: frozenset[str]
    local_only: bool = False


FLAWS: dict[str, Flaw] = {
    "no signatory": Flaw("letter", lambda f: _letter(f, signatory_title=""), frozenset({"send_letter"})),
    "no elected": Flaw("letter", lambda f: _letter(f, elected_referent=""), frozenset({"send_letter"})),
    "no technician": Flaw("letter", lambda f: _letter(f, technical_referent=""), frozenset({"send_letter"})),
    "no motivation": Flaw("letter", lambda f: _letter(f, motivation=""), frozenset({"send_letter"})),
    "no axis": Flaw("letter", lambda f: _letter(f, axis_count=0), frozenset({"send_letter"})),
    "no start": Flaw("letter", lambda f: _letter(f, starts_on=None), frozenset({"send_letter"})),
    "no length": Flaw("letter", lambda f: _letter(f, months=None), frozenset({"send_letter"})),
    "no meeting": Flaw("meeting", lambda f: replace(f, meetings=()), frozenset({"conclude_exchange"})),
    "minutes of one side": Flaw(
        "meeting",
        lambda f: replace(f, meetings=(replace(f.meetings[0], approved_by=frozenset({Side.STATE})),)),
        frozenset({"conclude_exchange"}),
    ),
    "no questions": Flaw("campaign", lambda f: replace(f, question_set_ready=False), frozenset({"conclude_exchange"})),
    "empty section": Flaw("section", lambda f: _section(f, filled=False), frozenset({"conclude_diagnostic"})),
    "section of one side": Flaw(
        "section", lambda f: _section(f, approved_by=frozenset({Side.LOCAL})), frozenset({"conclude_diagnostic"})
    ),
    "optional section": Flaw(
        "section", lambda f: _section(f, mandatory=False, filled=False, approved_by=frozenset()), frozenset()
    ),
    "no action": Flaw("action", lambda f: replace(f, actions=()), SUBMISSIONS | {"approve"}),
    "incomplete action": Flaw("action", lambda f: _action(f, missing=("objectifs",)), SUBMISSIONS),
    "unbalanced by a cent": Flaw("action", lambda f: _year(f, charges=YEAR.charges + CENT), SUBMISSIONS | {"approve"}),
    "axis not covered": Flaw("axis", lambda f: replace(f, mandatory_axes={"EMPLOI": "Emploi"}), SUBMISSIONS),
    "year not requested": Flaw("request", lambda f: replace(f, requested_years=frozenset()), SUBMISSIONS),
    "action not decided": Flaw("action", lambda f: _action(f, decision="pending"), frozenset({"approve"})),
    "every action set aside": Flaw("action", lambda f: _action(f, decision="rejected"), frozenset({"approve"})),
    "no amount": Flaw("action", lambda f: _year(f, proposed=None), frozenset({"approve"})),
    "amount off by a cent": Flaw(
        "action", lambda f: _year(f, proposed=YEAR.state_line - CENT), frozenset({"approve"})
    ),
    "envelope short of a cent": Flaw(
        "envelope", lambda f: replace(f, envelopes={2026: Decimal("599.99")}), frozenset({"approve"})
    ),
    "year not open": Flaw("envelope", lambda f: replace(f, open_years=frozenset(), envelopes={}), frozenset()),
    "remark open": Flaw(
        "remark", lambda f: replace(f, remarks_open=1, remarks_unresolved=1), frozenset({"resubmit", "approve"})
    ),
    "remark answered": Flaw("remark", lambda f: replace(f, remarks_unresolved=1), frozenset({"approve"})),
    "opinion awaited": Flaw("opinion", lambda f: replace(f, opinions_pending=1), frozenset()),
    "opinion blocking": Flaw(
        "opinion", lambda f: replace(f, opinions_pending=1, opinions_block=True), frozenset({"approve"})
    ),
    "transfer pending": Flaw(
        "transfer", lambda f: replace(f, lead_transfer_pending=True), frozenset({"approve", "reissue"})
    ),
    "document not ready": Flaw("document", lambda f: replace(f, document_ready=False), frozenset({"sign"})),
    "signed already": Flaw("party", lambda f: _own(f, signed=True), frozenset({"sign"})),
    "not a party": Flaw("party", lambda f: _own(f, key="someone"), frozenset({"sign"})),
    "no vote": Flaw("party", lambda f: _own(f, deliberation_recorded=False), frozenset({"sign"}), local_only=True),
    "vote of another text": Flaw(
        "party", lambda f: _own(f, deliberation_covers=False), frozenset({"sign"}), local_only=True
    ),
    "vote not transmitted": Flaw(
        "party", lambda f: _own(f, enforceable_on=None), frozenset({"sign"}), local_only=True
    ),
    "vote of the same day": Flaw(
        "party", lambda f: _own(f, enforceable_on=TODAY), frozenset({"sign"}), local_only=True
    ),
}


# --- acts: good ones, and what may be wrong with them ---------------------------------------------------------------

REASONED = {
    "return_letter", "return_to_exchange", "return_to_diagnostic", "request_correction", "refuse", "dismiss",
    "withdraw", "reinstate", "reopen", "reissue", "terminate",
}  # fmt: skip
NAMED = {
    "send_letter", "submit_proposal", "resubmit", "approve", "refuse", "dismiss", "withdraw", "reinstate", "reopen",
    "sign", "terminate",
}  # fmt: skip
ON_A_DOCUMENT = {"reissue", "sign"}
#: What is wrong with the inputs, and the transitions that mind.
SLIPS: dict[str, set[str]] = {
    "short reason": REASONED,
    "no name": NAMED,
    "no day": NAMED,
    "tomorrow": NAMED,
    "paper without document": NAMED,
    "agent in person": NAMED,
    "no capacity": NAMED,
    "delegation expired": NAMED,
    "delegation to come": NAMED,
    "delegation of another power": NAMED,
    "delegation revoked": NAMED,
    "old document": ON_A_DOCUMENT,
    "no agent": {"acknowledge"},
    "reply today": {"request_correction"},
    "no effective day": {"terminate"},
}


def _delegation(slip: str) -> DelegationFacts:
    starts = TODAY + timedelta(days=1) if slip == "delegation to come" else date(2026, 1, 1)
    return DelegationFacts(
        id=1,
        reference="2026-12",
        holder="Paul Martin",
        covers=slip != "delegation of another power",
        starts_on=starts,
        published_on=date(2026, 1, 1),
        ends_on=TODAY - timedelta(days=1) if slip == "delegation expired" else None,
        revoked_on=TODAY if slip == "delegation revoked" else None,
    )


def _person_of(slip: str, actor: Actor) -> NamedPerson:
    on_paper = not actor.is_signatory or slip == "paper without document"
    by_delegation = slip.startswith("delegation")
    return NamedPerson(
        name="" if slip == "no name" else "Paul Martin",
        title="secrétaire général",
        acted_on={"no day": None, "tomorrow": TODAY + timedelta(days=1)}.get(slip, TODAY),
        mode=ActMode.PAPER if on_paper and slip != "agent in person" else ActMode.PORTAL,
        in_title=not by_delegation and slip != "no capacity",
        delegation=_delegation(slip) if by_delegation else None,
        upload_id=None if slip == "paper without document" else 3,
    )


def act_of(name: str, slip: str, actor: Actor) -> Act:
    """Return the inputs of a transition, with one thing wrong or none."""
    reason = "   court   " if slip == "short reason" else "Un motif assez long."
    person = _person_of(slip, actor)
    document = DOCUMENT - 1 if slip == "old document" else DOCUMENT
    makers: dict[type[Act], Callable[[], Act]] = {
        Act: Act,
        Reasoned: lambda: Reasoned(reason=reason),
        Sending: lambda: Sending(person=person),
        Submission: lambda: Submission(person=person, attested=True),
        Withdrawal: lambda: Withdrawal(reason=reason, person=person),
        Acknowledgement: lambda: Acknowledgement(agent_id=None if slip == "no agent" else 1),
        CorrectionRequest: lambda: CorrectionRequest(
            reason=reason, reply_by=TODAY + timedelta(days=0 if slip == "reply today" else 21)
        ),
        Approval: lambda: Approval(person=person),
        Decision: lambda: Decision(reason=reason, person=person),
        Termination: lambda: Termination(
            reason=reason, person=person, effective_on=None if slip == "no effective day" else TODAY
        ),
        Reissue: lambda: Reissue(reason=reason, document_id=document),
        Signing: lambda: Signing(party="own", person=person, document_id=document),
    }
    return makers[SPECS[name].act]()


def is_minded(slip: str, name: str, actor: Actor) -> bool:
    """Tell whether the transition minds what is wrong with its inputs."""
    if slip == "agent in person" and actor.is_signatory:
        return False
    return name in SLIPS.get(slip, ())


# --- the walk -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Move:
    """What a person tries."""

    forward: bool
    entitled: bool
    pick: int
    person: int
    flaws: tuple[str, ...]
    slip: str


MOVES = st.builds(
    Move,
    forward=st.booleans(),
    entitled=st.sampled_from([True, True, True, False]),
    pick=st.integers(0, 10_000),
    person=st.integers(0, 10_000),
    flaws=st.lists(st.sampled_from(sorted(FLAWS)), max_size=2).map(tuple),
    slip=st.sampled_from([*[""] * 20, *sorted(SLIPS)]),
)


def _choose(move: Move, state: str) -> tuple[str, Actor, Relation]:
    """Return a transition and a person: often those that the state waits for, sometimes anything."""
    names = sorted(PROCEDURE)
    starting = [name for name in names if state in PROCEDURE[name][0]]
    name = names[move.pick % len(names)]
    if move.entitled and starting:
        name = starting[move.pick % len(starting)]
    if move.forward and State(state) in FORWARD:
        name = FORWARD[State(state)]
    people = [each for each in PEOPLE if not move.entitled or is_entitled(name, each[0].role, each[1])] or PEOPLE
    return name, *people[move.person % len(people)]


def _facts(move: Move, name: str, actor: Actor) -> tuple[Facts, set[str]]:
    """Return the facts of a move, and the transitions that they forbid; corrections mostly have their remark."""
    wrong = (*move.flaws, "remark open") if name == "request_correction" and move.entitled else move.flaws
    kept = {FLAWS[each].group: each for each in wrong}
    facts, forbidden = complete_facts(actor), {"request_correction"}
    for each in kept.values():
        flaw = FLAWS[each]
        facts = flaw.spoil(facts)
        if not flaw.local_only or actor.side == Side.LOCAL:
            forbidden |= flaw.forbids
    if "remark open" in kept.values():
        forbidden.discard("request_correction")
    return facts, forbidden


def _file(state: str) -> Contract:
    contract: Contract = Contract(state=state, pk=1, reference="CTAI-2026-086-0001")
    contract.__dict__["_relations"] = {(actor.organisation.pk, actor.role): relation for actor, relation in PEOPLE}
    return contract


@dataclass
class Walk:
    """A file in memory, and where the procedure says that it is."""

    contract: Contract
    state: str = "letter_draft"
    before: str = ""

    def attempt(self, move: Move) -> str:
        """Try a move as the door does; return the transition that was made, or an empty text."""
        name, actor, relation = _choose(move, self.state)
        facts, forbidden = _facts(move, name, actor)
        act = act_of(name, move.slip, actor)
        self.contract.facts = facts
        entitled = is_entitled(name, actor.role, relation)
        startable = self.state in PROCEDURE[name][0]
        expected = startable and name not in forbidden and not is_minded(move.slip, name, actor)

        assert permitted(self.contract, name, actor) == entitled
        if name != "complete":
            assert (refusals(self.contract, name, act) == []) == expected, (name, self.state, move)
        if has_transition_perm(getattr(self.contract, name), cast("User", actor)):
            assert entitled
            assert startable
        if not startable or (name in forbidden and name != "request_correction" and not _is_an_input(move)):
            self._assert_machine_refuses(name, act)
        if entitled and expected:
            self._go(name, act)
            return name
        return ""

    def _assert_machine_refuses(self, name: str, act: Act) -> None:
        try:
            getattr(self.contract, name)(act)
        except TransitionNotAllowed:
            assert self.contract.state == self.state
        else:
            raise AssertionError(f"{name} left {self.state} although it may not.")

    def _go(self, name: str, act: Act) -> None:
        getattr(self.contract, name)(act)
        target = PROCEDURE[name][1] or self.before
        if target in ("refused", "dismissed", "withdrawn"):
            self.before = self.state
        self.state = target
        assert self.contract.state == target

    def complete_if_signed(self) -> None:
        """Do what the system does once the last party has signed."""
        self.contract.facts = replace(self.contract.facts, parties=())
        self.contract.complete(Act())
        self.state = "signed"
        assert self.contract.state == "signed"


#: What is judged from the inputs of ``sign`` rather than by the machine's own conditions.
INPUT_FLAWS = {name for name, flaw in FLAWS.items() if flaw.group == "party"}


def _is_an_input(move: Move) -> bool:
    return bool(INPUT_FLAWS & set(move.flaws))


def test_no_sequence_of_acts_leaves_the_procedure() -> None:
    visited: set[str] = set()
    made: dict[str, int] = dict.fromkeys(PROCEDURE, 0)

    @settings(max_examples=250, derandomize=True, deadline=None, database=None)
    @given(st.lists(MOVES, min_size=30, max_size=60), st.booleans())
    def walk(moves: list[Move], completes: bool) -> None:
        file = Walk(_file("letter_draft"))
        for move in moves:
            name = file.attempt(move)
            if name:
                made[name] += 1
            if name == "sign" and completes:
                file.complete_if_signed()
                made["complete"] += 1
            visited.add(file.state)

    walk()

    assert visited == set(State) - {State.CLOSED}
    assert [name for name, times in made.items() if not times] == []
    assert sum(made.values()) > 2000


def test_machine_has_the_transitions_of_the_procedure_and_no_other() -> None:
    found: dict[str, tuple[set[str], set[str]]] = {}
    for each in Contract._meta.get_field("state").get_all_transitions(Contract):
        sources, targets = found.setdefault(each.name, (set(), set()))
        sources.add(str(each.source))
        targets.update(map(str, getattr(each.target, "allowed_states", None) or [each.target]))

    expected = {
        name: (set(sources), {target} if target else set(BEFORE_SIGNATURE))
        for name, (sources, target) in PROCEDURE.items()
    }
    assert found == expected


def test_every_state_but_closed_is_reached_from_the_first() -> None:
    reached = {"letter_draft"}
    while more := {
        target
        for sources, target in PROCEDURE.values()
        if target is not None and target not in reached and reached & set(sources)
    }:
        reached |= more

    assert reached == {state.value for state in State} - {"closed"}


def test_state_cannot_be_assigned() -> None:
    contract = _file("under_review")

    try:
        contract.state = State.SIGNED
    except AttributeError:
        pass
    else:
        raise AssertionError("The state of a file was assigned outside the machine.")

    assert contract.state == "under_review"


def test_reinstatement_goes_back_to_each_state_that_may_end() -> None:
    actor = next(each for each, relation in PEOPLE if each.role == Role.STATE_SIGNATORY)

    for state in BEFORE_SIGNATURE:
        contract = _file(state)
        contract.facts = complete_facts(actor)
        contract.withdraw(act_of("withdraw", "", actor))
        assert contract.state == "withdrawn"
        assert contract.ended_at == NOW

        contract.reinstate(act_of("reinstate", "", actor))

        assert contract.state == state
        assert contract.ended_at is None


def test_clock_is_suspended_by_a_correction_and_stopped_by_a_return_to_diagnostic() -> None:
    actor = PEOPLE[0][0]
    contract = _file("under_review")
    contract.submitted_at = NOW - timedelta(days=5)
    contract.facts = replace(complete_facts(actor), remarks_open=1)
    contract.request_correction(CorrectionRequest(reason="Un motif assez long.", reply_by=TODAY + timedelta(days=9)))
    contract.facts = replace(complete_facts(actor), now=NOW + timedelta(days=4))

    contract.resubmit(Submission())

    assert contract.suspended_seconds == 4 * 86_400
    assert contract.suspended_at is None
    assert contract.reply_by is None
    contract.return_to_diagnostic(Reasoned(reason="Un motif assez long."))
    assert contract.submitted_at is None

"""Three files and whatever can be addressed in them: one of Poitiers, one of Bordeaux Métropole, one never sent."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from accounts.actors import Actor
from accounts.models import AccessRequest, Delegation, Invitation, Organisation, OrganisationService, User
from accounts.roles import ROLES_OF_KIND, Permission, Role
from accounts.tokens import digest
from contracts.models import Contract, CoSignatory, Opinion, Rectification, SpecialClause
from contracts.services.clauses import add_clause
from contracts.services.drafting import issue_draft
from contracts.services.editing import editing
from contracts.services.opinions import ask_opinion
from contracts.services.parties import add_cosignatory, associate_service
from ctai.demo_data.journey import Duo, Journey
from ctai.demo_data.texts import THEMES
from diagnostics.models import Indicator, Section
from documents.enums import DocumentKind, DocumentStatus, UploadKind, Visibility
from documents.models import IssuedDocument, Seal, Upload
from documents.uploads import accept
from exchanges.models import Mail, Meeting, MeetingDecision, PieceRequest, Remark
from exchanges.services.messages import write_note
from exchanges.services.pieces import request_piece
from exchanges.services.remarks import add_remark
from funding.enums import ExpenditureKind
from funding.models import ActionFile, Expenditure
from funding.services.files import cofundings_of, join_file
from journal.models import Event
from tests.contracts.stage import Stage, prefet_of_gironde, set_stage, to_correction, to_letter
from tests.documents.test_filetypes import pdf_bytes
from tests.factories.accounts import local_organisation, member, prefecture
from tests.factories.territories import CommuneFactory, DepartementFactory, gironde, nouvelle_aquitaine, vienne
from tests.people import People, cast

#: Who asks, in the order of the columns of the matrix.
WHO = (
    "visitor",
    "stranger",
    "contributor",
    "local_signatory",
    "cosigner",
    "instructor",
    "state_signatory",
    "associated",
    "regional_coordinator",
    "national_viewer",
    "national_manager",
    "administrator",
)
Known = dict[str, Any]

#: What an address ending in a key points to.
PK_OF = {
    "contracts:confirm_figure": "figure",
    "accounts:service_edit": "service",
    "accounts:service_remove": "service",
    "accounts:member_edit": "member",
    "accounts:member_delegate": "member",
    "accounts:member_end": "member",
    "accounts:invitation_resend": "invitation",
    "accounts:invitation_revoke": "invitation",
    "accounts:request_accept": "request",
    "accounts:request_refuse": "request",
    "accounts:delegation_revoke": "delegation",
    "accounts:assistance_person": "person",
    "accounts:assistance_attach": "person",
    "accounts:assistance_detach": "person",
    "accounts:assistance_suspend": "person",
    "accounts:assistance_reactivate": "person",
    "contracts:delegation_act": "delegation",
    "contracts:keep_delegation_act": "delegation",
    "contracts:leave": "cosigner",
    "contracts:upload": "upload",
    "contracts:issued": "issued",
    "contracts:sealed": "issued",
    "contracts:progress": "issued",
    "contracts:meeting": "meeting",
    "contracts:minutes": "meeting",
    "contracts:meeting_decision": "decision",
    "contracts:remark": "remark",
    "contracts:piece": "piece",
    "contracts:answer_on_proposal": "remark",
    "contracts:record_opinion": "opinion",
    "contracts:clause": "clause",
    "contracts:move_clause": "clause",
    "contracts:differences": "compared",
    "contracts:accept_rectification": "rectification",
    "contracts:withdraw_rectification": "rectification",
    "contracts:correct_entry": "expenditure",
    "contracts:review_remark_state": "remark",
    "contracts:remove_action_file": "action_file",
    "contracts:disprove": "cofunding",
    "demo_mail": "mail",
}


@dataclass(frozen=True)
class World:
    """Who asks, and what they ask for."""

    people: People
    askers: dict[str, Actor | User | None]
    clients: dict[str, Client]
    own: Known
    foreign: Known
    draft: Known
    belongings: dict[int, Known]
    pages: dict[str, dict[str, str]] = field(default_factory=dict)

    def around(self, who: str) -> Known:
        """Return what belongs to the organisation of the asker; that of Poitiers for those who have none."""
        asker = self.askers[who]
        actor = asker if isinstance(asker, Actor) else self.people.poitiers_agent
        return self.belongings[actor.organisation.pk]

    def elsewhere(self) -> Known:
        """Return what belongs to an organisation where nobody of the columns works."""
        return self.belongings[self.people.bordeaux_agent.organisation.pk]


def build(now: datetime) -> World:
    """Make the world; two journeys by the services, about two seconds."""
    people = cast()
    stage = set_stage(people, now)
    cosigner, associated = _chasseneuil(), _deux_sevres()
    own, foreign, draft = _own(stage, cosigner, associated), _foreign(stage), _draft(stage)
    askers: dict[str, Actor | User | None] = {
        "visitor": None,
        "stranger": people.stranger,
        "contributor": people.poitiers_agent,
        "local_signatory": people.poitiers_maire,
        "cosigner": cosigner,
        "instructor": people.vienne_agent,
        "state_signatory": people.vienne_prefet,
        "associated": associated,
        "regional_coordinator": people.sgar,
        "national_viewer": people.diair,
        "national_manager": people.dgef,
        "administrator": people.support,
    }
    actors = [each for each in askers.values() if isinstance(each, Actor)] + [people.bordeaux_agent]
    organisations = {each.organisation.pk: each.organisation for each in actors}
    belongings = {pk: _belongings(each, people.support) for pk, each in organisations.items()}
    shared = {"mail": Mail.objects.order_by("pk")[0].pk} | _public(own)
    return World(
        people=people,
        askers=askers,
        clients={who: people.client_for(asker) for who, asker in askers.items()},
        own=own | shared,
        foreign=foreign | shared,
        draft=own | shared | draft,
        belongings=belongings,
    )


def _chasseneuil() -> Actor:
    town = CommuneFactory.create(code="86062", name="Chasseneuil-du-Poitou", siren="218600625", departement=vienne())
    return member(
        local_organisation(town), Role.CONTRIBUTOR, "agent@chasseneuil.demo", first_name="Nora", last_name="Petit"
    )


def _deux_sevres() -> Actor:
    departement = DepartementFactory.create(code="79", name="Deux-Sèvres", region=nouvelle_aquitaine())
    return member(
        prefecture(departement), Role.INSTRUCTOR, "agent@deux-sevres.demo", first_name="Luc", last_name="Morin"
    )


# --- files ----------------------------------------------------------------------------------------------------------


def _own(stage: Stage, cosigner: Actor, associated: Actor) -> Known:
    journey = _full(stage.journey())
    _with_parties(journey, cosigner, associated)
    return _known(journey)


def _foreign(stage: Stage) -> Known:
    agent = stage.people.bordeaux_agent
    president = member(
        agent.organisation,
        Role.LOCAL_SIGNATORY,
        "presidence@bordeaux-metropole.demo",
        first_name="Alice",
        last_name="Garat",
        title="présidente",
        in_title=True,
    )
    journey = stage.journey(local=Duo(agent, president), state=Duo(stage.people.gironde_agent, prefet_of_gironde()))
    journey.themes = THEMES[:3]
    _full(journey)
    town = CommuneFactory.create(code="33281", name="Mérignac", departement=gironde())
    add_cosignatory(journey.contract.pk, authority=town, may_write=True, by=agent, now=journey.now)
    return _known(journey)


def _draft(stage: Stage) -> Known:
    contract = to_letter(stage.journey()).contract
    return {"contract": contract, "reference": contract.reference}


def _full(journey: Journey) -> Journey:
    """Carry a file to its review after a correction, with everything that both sides can leave in it."""
    to_correction(journey).correct()
    state, local = journey.state.agent, journey.local.agent
    with _writing(journey, Permission.REMARK_WRITE, state, "remark_added"):
        add_remark(contract_id=journey.contract.pk, body="Préciser le nombre d’heures.", by=state, now=journey.now)
    with _writing(journey, Permission.PIECE_REQUEST, state, "piece_requested"):
        request_piece(contract_id=journey.contract.pk, label="RIB", by=state, now=journey.now)
    for actor in (state, local):
        name = journey.porteur.name
        with _writing(journey, Permission.NOTE_WRITE, actor, "note_written"):
            write_note(contract_id=journey.contract.pk, body=secret_note(name, actor), by=actor, now=journey.now)
        for visibility in Visibility:
            kind = "attachment_added" if visibility == Visibility.SHARED else "own_attachment_added"
            with _writing(journey, Permission.UPLOAD, actor, kind):
                _deposit(journey, actor, visibility)
    action = journey.contract.actions.latest("number")
    upload = Upload.objects.filter(contract=journey.contract, visibility=Visibility.SHARED).latest("pk")
    join_file(action=action, upload_id=upload.pk, by=local, now=journey.now)
    ask_opinion(
        journey.contract.pk,
        service="DDETS",
        due_on=timezone.localdate(journey.now) + timedelta(days=10),
        by=state,
        now=journey.now,
    )
    add_clause(journey.contract.pk, title="Logement", body="<p>Dix places.</p>", by=state, now=journey.now)
    _rectified(journey)
    _committed(journey)
    for _ in range(2):
        issue_draft(journey.contract.pk, by=local, now=journey.now)
    _print(journey.contract)
    return journey


def _rectified(journey: Journey) -> None:
    """Write down a rectification, as a signed contract may have."""
    Rectification.objects.create(
        contract=journey.contract,
        number=1,
        place="Action 2",
        wrong="un",
        right="deux",
        reason="Une faute de frappe.",
        organisation=journey.state.agent.organisation,
        proposed_by=journey.state.agent.user,
        proposed_at=journey.now,
    )


def _committed(journey: Journey) -> None:
    """Write down a commitment, as a signed contract may have."""
    Expenditure.objects.create(
        contract=journey.contract,
        year=2026,
        kind=ExpenditureKind.COMMITMENT,
        chorus_number="2104567890",
        amount=Decimal("1.00"),
        day=timezone.localdate(journey.now),
        recorded_by=journey.state.agent.user,
        recorded_at=journey.now,
        event=Event.objects.filter(contract_id=journey.contract.pk).latest("pk"),
    )


def secret_note(name: str, actor: Actor) -> str:
    """Return the text of the internal note of a side on the file of a town."""
    return f"Note confidentielle {actor.side.value} {name}"


def upload_name(actor: Actor, visibility: Visibility) -> str:
    """Return the name of the file that a side deposited with this visibility."""
    return f"piece-{actor.side.value}-{visibility.value}.pdf"


def _deposit(journey: Journey, actor: Actor, visibility: Visibility) -> Upload:
    return accept(
        ContentFile(pdf_bytes(), name=upload_name(actor, visibility)),
        kind=UploadKind.ATTACHMENT,
        contract_id=journey.contract.pk,
        organisation=actor.organisation,
        by=actor,
        now=journey.now,
        visibility=visibility,
    )


def _writing(journey: Journey, permission: Permission, by: Actor, kind: str) -> Any:
    return editing(journey.contract.pk, permission, by=by, now=journey.now, kind=kind)


def _with_parties(journey: Journey, cosigner: Actor, associated: Actor) -> None:
    authority = cosigner.organisation.local_authority
    assert authority is not None
    now = journey.now
    add_cosignatory(journey.contract.pk, authority=authority, may_write=False, by=journey.local.agent, now=now)
    associate_service(
        journey.contract.pk, organisation=associated.organisation, by=journey.state.agent, now=journey.now
    )


def _print(contract: Contract) -> None:
    """Give bytes to the documents, without drawing them."""
    for document in IssuedDocument.objects.filter(contract=contract):
        document.content.save("document.pdf", ContentFile(pdf_bytes()), save=False)
        document.status, document.progress = DocumentStatus.READY, 100
        document.sha256, document.size, document.page_count = "0" * 64, len(pdf_bytes()), 1
        document.ready_at = document.created_at
        document.save()
    last = IssuedDocument.objects.filter(contract=contract).latest("pk")
    seal = Seal(document=last, sha256="1" * 64, source_sha256="0" * 64, size=1, sealed_at=last.created_at)
    seal.content.save("scelle.pdf", ContentFile(pdf_bytes()))


def _known(journey: Journey) -> Known:
    contract = Contract.objects.get(pk=journey.contract.pk)
    meeting = Meeting.objects.filter(contract=contract).latest("pk")
    section = Section.objects.filter(diagnostic__contract=contract).order_by("rank", "pk")[0]
    uploads = {each.original_name: each.pk for each in Upload.objects.filter(contract=contract)}
    return {
        "contract": contract,
        "reference": contract.reference,
        "transition": "return_to_diagnostic",
        "number": max(contract.actions.values_list("number", flat=True)),
        "siret": contract.actions.latest("number").beneficiary_siret,
        "year": 2026,
        "version": 1,
        "model": "contrat",
        "article": "objet",
        "key": section.question.key,
        "section": section.pk,
        "figure": Indicator.objects.filter(section__diagnostic__contract=contract).latest("pk").pk,
        "uploads": uploads,
        "upload": uploads[upload_name(journey.state.agent, Visibility.SHARED)],
        "issued": IssuedDocument.objects.filter(contract=contract).latest("pk").pk,
        "compared": IssuedDocument.objects.filter(contract=contract, kind=DocumentKind.CONTRACT).latest("pk").pk,
        "clause": SpecialClause.objects.filter(contract=contract).latest("pk").pk,
        "rectification": Rectification.objects.filter(contract=contract).latest("pk").pk,
        "expenditure": Expenditure.objects.get(contract=contract).pk,
        "meeting": meeting.pk,
        "decision": MeetingDecision.objects.filter(meeting=meeting).latest("pk").pk,
        "remark": Remark.objects.filter(contract=contract).latest("pk").pk,
        "piece": PieceRequest.objects.filter(contract=contract).latest("pk").pk,
        "opinion": Opinion.objects.filter(contract=contract).latest("pk").pk,
        "action_file": ActionFile.objects.get(action__contract=contract).pk,
        "cofunding": cofundings_of(contract.pk)[0].pk,
        "cosigner": (CoSignatory.objects.filter(contract=contract).values_list("pk", flat=True).first()),
    }


# --- organisations --------------------------------------------------------------------------------------------------


def _belongings(organisation: Organisation, by: Actor) -> Known:
    """Give an organisation a colleague, a service, an invitation, a delegation and an access request."""
    role = ROLES_OF_KIND[organisation.kind][0]  # type: ignore[index]  # a stored value is one of the enumeration
    now = timezone.now()
    slug = f"o{organisation.pk}"
    colleague = member(organisation, role, f"collegue-{slug}@example.org", first_name="Dominique", last_name=slug)
    known = {
        "member": colleague.membership.pk,
        "membership": colleague.membership.pk,
        "person": colleague.user.pk,
        "service": OrganisationService.objects.create(organisation=organisation, kind="ddets", name=slug).pk,
        "delegation": Delegation.objects.create(
            organisation=organisation,
            holder_name="Paul Durand",
            holder_title="secrétaire général",
            covers_sign=True,
            reference=slug,
            starts_on=date(2026, 1, 1),
            published_on=date(2026, 1, 1),
            created_by=by.user,
        ).pk,
        "request": AccessRequest.objects.create(
            organisation=organisation,
            routed_to=organisation,
            email=f"demande-{slug}@example.org",
            first_name="Zoé",
            last_name="Martin",
            title="agente",
            role=role,
        ).pk,
    }
    invitation = Invitation.objects.create(
        organisation=organisation,
        email=f"invitation-{slug}@example.org",
        role=role,
        token=digest(f"jeton-{slug}"),
        invited_by=by.user,
        expires_at=now + timedelta(days=14),
    )
    return known | {"invitation": invitation.pk, "token": f"jeton-{slug}"}


def _public(own: Known) -> Known:
    code = IssuedDocument.objects.filter(contract=own["contract"]).latest("pk").verification_code
    return {"code": code, "kind": "contrat", "extension": "csv", "uidb64": "MQ", "token": "inconnu"}


# --- addresses ------------------------------------------------------------------------------------------------------


def routes() -> dict[str, tuple[str, ...]]:
    """Return every named address of the portal with its parameters; of the technical administration, the index."""
    found: dict[str, tuple[str, ...]] = {"admin:index": ()}
    _walk(get_resolver().url_patterns, "", (), found)
    return found


def _walk(patterns: Any, namespace: str, before: tuple[str, ...], found: dict[str, tuple[str, ...]]) -> None:
    for each in patterns:
        params = (*before, *each.pattern.converters)
        if isinstance(each, URLResolver):
            if each.namespace != "admin":
                inner = f"{namespace}{each.namespace}:" if each.namespace else namespace
                _walk(each.url_patterns, inner, params, found)
        elif isinstance(each, URLPattern):
            found[f"{namespace}{each.name}"] = params


def address(name: str, params: tuple[str, ...], known: Known) -> str:
    """Return the address of a page about what is known."""
    values = {param: known[pointed(name, param)] for param in params}
    return reverse(name, kwargs=values)


def pointed(name: str, param: str) -> str:
    if param == "number" and name.startswith("campaigns:"):
        return "version"
    if name.startswith("documents:") and param in ("number", "key"):
        return {"number": "version", "key": "article"}[param]
    return PK_OF[name] if param == "pk" else param


def ask(world: World, who: str, method: str, url: str, **options: Any) -> Answer:
    """Send a request as somebody, and undo whatever it wrote."""
    client = world.clients[who]
    client.raise_request_exception = False
    cookies = client.cookies.output(header="", sep=";")
    with undone():
        response: Any = getattr(client, method)(url, **options)
        content = b"".join(response.streaming_content) if response.streaming else response.content
    client.cookies = type(client.cookies)(cookies)
    return Answer(code_of(response), content, response)


@dataclass(frozen=True)
class Answer:
    """What came back; ``code`` is a status, or where a redirection leads."""

    code: str
    content: bytes
    response: Any

    @property
    def text(self) -> str:
        return self.content.decode(errors="replace")


def code_of(response: Any) -> str:
    """Return ``in`` for a redirection to the sign-in page, ``ask`` to the page of those without organisation."""
    if response.status_code == 302:
        path = response["Location"].partition("?")[0]
        known = {reverse("accounts:login"): "in", reverse("accounts:no_organisation"): "ask"}
        return known.get(path, "302")
    return str(response.status_code)


@contextmanager
def undone() -> Iterator[None]:
    """Undo whatever is written inside."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)

"""The stage of the tests of the machine: an open year, its envelopes, people on both sides, files at any step."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from accounts.actors import Actor
from accounts.models import Organisation
from accounts.roles import Role
from campaigns.models import Campaign
from contracts.models import Contract
from ctai.demo_data.journey import Duo, Journey
from ctai.demo_data.texts import THEMES
from ctai.reference import prepare
from documents.enums import DocumentStatus
from documents.models import IssuedDocument
from funding.models import Action, Envelope, YearAmount
from funding.services.distribution import allot
from tests.factories.accounts import local_organisation, member, prefecture, regional_prefecture
from tests.factories.campaigns import open_year
from tests.factories.territories import CommuneFactory, RegionalAuthorityFactory, RegionFactory, gironde, vienne
from tests.people import People

ENOUGH = Decimal("500000.00")
#: What the State is asked for one theme and one year in the files of ``Journey``, in euros.
ONE_YEAR = {
    theme.code: ((theme.staff + theme.services + theme.supplies) * Decimal("0.6")).quantize(Decimal("0.01"))
    for theme in THEMES
}


@dataclass(frozen=True)
class Stage:
    """People, year and envelope: whatever a file of Poitiers needs."""

    people: People
    campaign: Campaign
    envelope: Envelope
    now: datetime

    @property
    def town(self) -> Duo:
        return Duo(self.people.poitiers_agent, self.people.poitiers_maire)

    @property
    def service(self) -> Duo:
        return Duo(self.people.vienne_agent, self.people.vienne_prefet)

    def journey(
        self,
        *,
        local: Duo | None = None,
        state: Duo | None = None,
        starts_on: date = date(2026, 9, 1),
        months: int = 4,
    ) -> Journey:
        """Return a file about to begin; it touches 2026 alone unless told otherwise."""
        return Journey(
            local=local or self.town,
            state=state or self.service,
            now=self.now,
            starts_on=starts_on,
            months=months,
            themes=THEMES[:2],
        )


def set_stage(people: People, now: datetime, *, allotted: Decimal = ENOUGH) -> Stage:
    """Open the year 2026 and give the préfecture de la Vienne its envelope."""
    prepare(now)
    campaign = open_year(people.dgef, now)
    envelope = endow(people, people.vienne_agent.organisation, campaign, allotted, now)
    return Stage(people, campaign, envelope, now)


def endow(people: People, organisation: Organisation, campaign: Campaign, amount: Decimal, now: datetime) -> Envelope:
    """Give money of a year to an organisation, from the ministry; return its envelope."""
    centre = people.dgef.organisation
    allot(campaign=campaign, organisation=centre, amount=amount, source=None, reason="Loi", by=people.dgef, now=now)
    source = Envelope.objects.get(campaign=campaign, organisation=centre)
    allot(
        campaign=campaign,
        organisation=organisation,
        amount=amount,
        source=source,
        reason="Répartition",
        by=people.dgef,
        now=now,
    )
    return Envelope.objects.get(campaign=campaign, organisation=organisation)


def print_documents(contract: Contract) -> None:
    """Make the issued documents of a file available, as the worker does, without drawing them."""
    waiting = IssuedDocument.objects.filter(contract=contract).exclude(status=DocumentStatus.READY)
    for document in waiting.order_by("pk"):
        IssuedDocument.objects.filter(pk=document.pk).update(
            status=DocumentStatus.READY,
            progress=100,
            content=f"issued/{document.pk}.pdf",
            sha256=hashlib.sha256(document.data_sha256.encode()).hexdigest(),
            size=1,
            page_count=1,
            ready_at=document.created_at + timedelta(seconds=5),
        )


def first_action(journey: Journey) -> Action:
    """Return the first action of the file."""
    action: Action = Action.objects.filter(contract=journey.contract).order_by("number")[0]
    return action


def proposed(contract: Contract) -> Decimal:
    """Return what is proposed for a file over all its years, in euros."""
    rows = YearAmount.objects.filter(action__contract=contract, proposed__isnull=False)
    return sum((row.proposed or Decimal(0) for row in rows), Decimal("0.00"))


# --- files at a step ------------------------------------------------------------------------------------------------


def to_letter(journey: Journey) -> Journey:
    return journey.open().write_letter()


def to_sent(journey: Journey) -> Journey:
    return to_letter(journey).send_letter()


def to_exchange(journey: Journey) -> Journey:
    return to_sent(journey).acknowledge()


def to_diagnostic(journey: Journey) -> Journey:
    return to_exchange(journey).meet().conclude_exchange()


def to_proposal(journey: Journey) -> Journey:
    return to_diagnostic(journey).write_diagnostic().approve_sections().conclude_diagnostic()


def to_review(journey: Journey) -> Journey:
    return to_proposal(journey).propose().submit()


def to_correction(journey: Journey) -> Journey:
    return to_review(journey).request_correction()


def to_approved(journey: Journey) -> Journey:
    """Carry the file to the signature: approved, its contract available."""
    to_review(journey).adopt().approve()
    print_documents(journey.contract)
    return journey


def to_signed(journey: Journey) -> Journey:
    return to_approved(journey).deliberate().sign("local").sign("state")


# --- other people ---------------------------------------------------------------------------------------------------


def second_town() -> Duo:
    """Return the people of Chasseneuil-du-Poitou, in the Vienne."""
    town = local_organisation(
        CommuneFactory.create(code="86062", name="Chasseneuil-du-Poitou", siren="218600625", departement=vienne())
    )
    return Duo(
        member(town, Role.CONTRIBUTOR, "agent@chasseneuil.demo", first_name="Nora", last_name="Petit", title="agente"),
        member(
            town,
            Role.LOCAL_SIGNATORY,
            "maire@chasseneuil.demo",
            first_name="Alain",
            last_name="Roux",
            title="maire",
            in_title=True,
        ),
    )


def centre_val_de_loire() -> tuple[Duo, Duo]:
    """Return the people of the Région Centre-Val de Loire, and those of its préfecture."""
    region = RegionFactory.create(code="24", name="Centre-Val de Loire")
    authority = RegionalAuthorityFactory.create(region=region, departement=None, siren="234500023")
    council, service = local_organisation(authority), regional_prefecture(region)
    local = Duo(
        member(council, Role.CONTRIBUTOR, "agent@centre.demo", first_name="Ana", last_name="Lima", title="chargée"),
        member(
            council,
            Role.LOCAL_SIGNATORY,
            "presidence@centre.demo",
            first_name="Marc",
            last_name="Noël",
            title="président",
            in_title=True,
        ),
    )
    state = Duo(
        member(
            service, Role.INSTRUCTOR, "agent@centre.pref.demo", first_name="Ines", last_name="Blot", title="agente"
        ),
        member(
            service,
            Role.STATE_SIGNATORY,
            "prefet@centre.pref.demo",
            first_name="Jeanne",
            last_name="Prat",
            title="préfète de région",
            in_title=True,
        ),
    )
    return local, state


def prefet_of_gironde() -> Actor:
    """Return the préfet of the neighbouring département."""
    return member(
        prefecture(gironde()),
        Role.STATE_SIGNATORY,
        "prefet@gironde.pref.demo",
        first_name="Marc",
        last_name="Delaunay",
        title="préfet",
        in_title=True,
    )

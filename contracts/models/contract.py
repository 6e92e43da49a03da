"""The case file: its state, parties in the lead, period and whose turn it is."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q

from accounts.enums import OrganisationKind
from accounts.roles import Relation, Role
from accounts.scoping import ScopedQuerySet
from contracts.enums import STATE_SIDE_LABELS, STEP_OF_STATE, Origin, State, Turn
from contracts.workflow import Workflow
from territories.enums import StatisticalCategory

if TYPE_CHECKING:
    from accounts.actors import Actor

BEFORE_PORTAL = (Origin.TAKEN_OVER, Origin.IMPORTED)
DRAFT_PREFIX = "BROUILLON"


class ContractQuerySet(ScopedQuerySet):
    contract_path = ""

    def with_places(self) -> ContractQuerySet:
        """Load the names that every page of a file shows, at one query.

        No more than these: PostgreSQL plans a dozen joins in the time that the rest of a page takes.
        """
        return self.select_related(
            "porteur__departement",
            "porteur__region",
            "lead_service__departement",
            "lead_service__region",
            "campaign",
            "instructor",
        )


class Contract(Workflow):
    """A contract's file, from the letter of intent to the end."""

    reference = models.CharField("référence", max_length=40, unique=True)
    draft_reference = models.CharField(max_length=40, unique=True)
    origin = models.CharField(max_length=10, choices=Origin.choices, default=Origin.PORTAL)
    porteur = models.ForeignKey("territories.LocalAuthority", on_delete=models.PROTECT, related_name="contracts")
    category = models.CharField("catégorie", max_length=20, choices=StatisticalCategory.choices)
    departement = models.ForeignKey("territories.Departement", null=True, blank=True, on_delete=models.PROTECT)
    region = models.ForeignKey("territories.Region", null=True, blank=True, on_delete=models.PROTECT)
    lead_service = models.ForeignKey(
        "accounts.Organisation", on_delete=models.PROTECT, related_name="led_contracts", verbose_name="chef de file"
    )
    proposed_lead_service = models.ForeignKey(
        "accounts.Organisation", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    instructor = models.ForeignKey(
        "accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="suivi par"
    )
    campaign = models.ForeignKey("campaigns.Campaign", null=True, blank=True, on_delete=models.PROTECT)
    starts_on = models.DateField("début", null=True, blank=True)
    ends_on = models.DateField("fin", null=True, blank=True)
    turn = models.CharField("action attendue de", max_length=8, choices=Turn.choices, default=Turn.LOCAL)
    turn_since = models.DateTimeField(null=True, blank=True)
    last_event_at = models.DateTimeField()
    created_at = models.DateTimeField()
    created_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")

    objects = ContractQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="contract_state_is_known"),
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True, ends_on__isnull=True)
                | Q(starts_on__isnull=False, ends_on__gt=F("starts_on")),
                name="contract_period_in_order",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["letter_draft", "withdrawn"]) | Q(first_sent_at__isnull=False),
                name="contract_beyond_draft_was_sent",
            ),
            models.CheckConstraint(
                condition=Q(first_sent_at__isnull=True, reference__startswith=DRAFT_PREFIX)
                | (Q(first_sent_at__isnull=False) & ~Q(reference__startswith=DRAFT_PREFIX)),
                name="contract_is_numbered_once_sent",
            ),
            models.CheckConstraint(
                condition=~Q(
                    state__in=[
                        "exchange",
                        "diagnostic",
                        "proposal",
                        "under_review",
                        "correction_requested",
                        "approved",
                        "signed",
                    ]
                )
                | Q(origin__in=BEFORE_PORTAL)
                | Q(acknowledged_at__isnull=False),
                name="contract_in_exchange_was_acknowledged",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["diagnostic", "proposal", "under_review", "correction_requested", "approved"])
                | Q(campaign__isnull=False),
                name="contract_in_diagnostic_has_its_campaign",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["under_review", "correction_requested", "approved"])
                | Q(submitted_at__isnull=False),
                name="contract_under_review_was_submitted",
            ),
            models.CheckConstraint(
                condition=Q(state="correction_requested", suspended_at__isnull=False, reply_by__isnull=False)
                | ~Q(state="correction_requested"),
                name="contract_in_correction_has_its_clock_stopped",
            ),
            models.CheckConstraint(
                condition=Q(state="approved", approved_at__isnull=False) | ~Q(state="approved"),
                name="contract_approved_has_its_date",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["signed", "terminated", "closed"])
                | Q(signed_at__isnull=False, notified_on__isnull=False)
                | Q(origin="imported"),
                name="contract_signed_has_its_dates",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["refused", "dismissed", "withdrawn"], ended_at__isnull=False)
                & ~Q(state_before_end="")
                | Q(state__in=["terminated", "closed"], ended_at__isnull=False)
                | (
                    ~Q(state__in=["refused", "dismissed", "withdrawn", "terminated", "closed"])
                    & Q(ended_at__isnull=True)
                ),
                name="contract_ended_has_its_date",
            ),
        ]
        indexes = [
            models.Index(fields=["lead_service", "turn", "-last_event_at", "id"], name="contract_queue"),
            models.Index(fields=["-last_event_at", "-id"], name="contract_latest"),
            models.Index(fields=["region", "state"], name="contract_region_state"),
            models.Index(fields=["departement", "state"], name="contract_departement_state"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def title(self) -> str:
        if self.starts_on is None or self.ends_on is None:
            return self.porteur.name
        first, last = self.starts_on.year, self.ends_on.year
        return f"{self.porteur.name} — contrat {first if first == last else f'{first}-{last}'}"

    @property
    def step(self) -> int | None:
        """The step of the flyer, 1 to 5; None once signed or ended."""
        return STEP_OF_STATE.get(State(self.state))

    @property
    def years(self) -> tuple[int, ...]:
        """The civil years that the contract touches."""
        if self.starts_on is None or self.ends_on is None:
            return ()
        return tuple(range(self.starts_on.year, self.ends_on.year + 1))

    @property
    def is_draft(self) -> bool:
        return self.first_sent_at is None

    def life(self, today: date) -> str:
        """Return what dates make of a signed contract: à venir, en vigueur, échu."""
        if self.starts_on is None or self.ends_on is None:
            return ""
        if today < self.starts_on:
            return "à venir"
        return "échu" if today > self.ends_on else "en vigueur"

    def state_label(self, *, for_state_side: bool) -> str:
        """Return the name of the state as this side reads it."""
        state = State(self.state)
        return STATE_SIDE_LABELS.get(state, state.label) if for_state_side else state.label

    def relation_to(self, actor: Actor) -> Relation:
        """Tell how the actor's organisation stands to this file; at most two queries, kept on the instance."""
        known: dict[tuple[int, str], Relation] = self.__dict__.setdefault("_relations", {})
        key = (actor.organisation.pk, actor.role)
        if key not in known:
            known[key] = self._relation_to(actor)
        return known[key]

    def _relation_to(self, actor: Actor) -> Relation:
        organisation = actor.organisation
        authority = organisation.local_authority_id
        if authority is not None:
            if authority == self.porteur_id:
                return Relation.LEAD_AUTHORITY
            cosigner = self.cosignatories.filter(authority=authority, left_at__isnull=True).first()
            if cosigner is None:
                return Relation.NONE
            return Relation.WRITING_COSIGNATORY if cosigner.may_write else Relation.COSIGNATORY
        if organisation.kind == OrganisationKind.NATIONAL:
            return Relation.NATIONAL
        if organisation.pk == self.lead_service_id and actor.role != Role.REGIONAL_COORDINATOR:
            return Relation.LEAD_SERVICE
        if organisation.kind == OrganisationKind.REGIONAL and organisation.region_id == self.region_id:
            return Relation.REGION
        if self.associated_services.filter(organisation=organisation.pk).exists():
            return Relation.ASSOCIATED_SERVICE
        return Relation.NONE


class ReferenceCounter(models.Model):
    """The last number given in a year and territory; never reused."""

    year = models.PositiveSmallIntegerField()
    territory = models.CharField(max_length=3)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["year", "territory"], name="one_counter_per_year_and_place")]

    def __str__(self) -> str:
        return f"{self.year} {self.territory} {self.last}"

"""The case file and what belongs to it alone: letter, parties, délibérations, signatures, opinions."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q

from accounts.enums import OrganisationKind
from accounts.roles import Relation, Role
from accounts.scoping import ScopedQuerySet
from contracts.enums import (
    STATE_SIDE_LABELS,
    STEP_OF_STATE,
    ActMode,
    DeliberationOrgan,
    OpinionVerdict,
    Origin,
    State,
    Turn,
)
from contracts.workflow import Workflow
from territories.enums import StatisticalCategory

if TYPE_CHECKING:
    from accounts.actors import Actor

BEFORE_PORTAL = (Origin.TAKEN_OVER, Origin.IMPORTED)
DRAFT_PREFIX = "BROUILLON"


class ContractQuerySet(ScopedQuerySet):
    contract_path = ""

    def with_places(self) -> ContractQuerySet:
        """Load the names that every page of a file shows, at one query."""
        return self.select_related(
            "porteur__departement",
            "porteur__region",
            "porteur__organisation",
            "lead_service__departement",
            "lead_service__region",
            "departement",
            "region",
            "campaign",
            "instructor",
            "proposed_lead_service",
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


class Letter(models.Model):
    """The letter of intent of a file."""

    contract = models.OneToOneField(Contract, on_delete=models.PROTECT, related_name="letter")
    signatory_name = models.CharField("signataire", max_length=160, blank=True)
    signatory_title = models.CharField("qualité du signataire", max_length=160, blank=True)
    elected_name = models.CharField("élu référent", max_length=160, blank=True)
    elected_title = models.CharField("mandat ou délégation", max_length=160, blank=True)
    elected_email = models.EmailField("adresse électronique", blank=True)
    technical_name = models.CharField("référent technique", max_length=160, blank=True)
    technical_title = models.CharField("fonction", max_length=160, blank=True)
    technical_email = models.EmailField("adresse électronique", blank=True)
    technical_phone = models.CharField("téléphone", max_length=30, blank=True)
    motivation = models.TextField("motivation", max_length=10000, blank=True)
    axes = models.ManyToManyField("campaigns.Axis", blank=True, related_name="+")
    expected_public = models.TextField("public attendu", max_length=3000, blank=True)
    expected_count = models.PositiveIntegerField("nombre de personnes", null=True, blank=True)
    starts_on = models.DateField("début souhaité", null=True, blank=True)
    months = models.PositiveSmallIntegerField("durée souhaitée, en mois", null=True, blank=True)
    first_contacts = models.TextField("premiers contacts", max_length=3000, blank=True)
    scan = models.ForeignKey("documents.Upload", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    received_on = models.DateField("reçue le", null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(months__isnull=True) | (Q(months__gte=1) & Q(months__lte=72)),
                name="letter_months_in_bounds",
            )
        ]

    def __str__(self) -> str:
        return f"Lettre {self.contract_id}"


class CoSignatory(models.Model):
    """Another collectivité that signs; it may step out before signature."""

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="cosignatories")
    authority = models.ForeignKey("territories.LocalAuthority", on_delete=models.PROTECT, related_name="+")
    may_write = models.BooleanField("peut rédiger", default=False)
    joined_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True, blank=True)
    left_reason = models.TextField("motif", max_length=2000, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["contract", "authority"], condition=Q(left_at__isnull=True), name="one_cosignatory_each"
            )
        ]

    def __str__(self) -> str:
        return f"{self.contract_id} {self.authority_id}"


class AssociatedService(models.Model):
    """Another préfecture that reads the file and gives an opinion."""

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="associated_services")
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contract", "organisation"], name="one_associated_service_each")
        ]

    def __str__(self) -> str:
        return f"{self.contract_id} {self.organisation_id}"


class NamedAct(models.Model):
    """A sending or a decision as a fact about a named person, whoever recorded it."""

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="named_acts")
    transition = models.CharField(max_length=24)
    person_name = models.CharField(max_length=160)
    person_title = models.CharField(max_length=160)
    delegation = models.ForeignKey(
        "accounts.Delegation", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    acted_on = models.DateField()
    mode = models.CharField(max_length=6, choices=ActMode.choices)
    upload = models.ForeignKey("documents.Upload", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(blank=True)
    event = models.OneToOneField("journal.Event", on_delete=models.PROTECT, related_name="named_act")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(mode="portal") | Q(mode="paper", upload__isnull=False), name="paper_act_has_its_document"
            )
        ]

    def __str__(self) -> str:
        return f"{self.transition} {self.contract_id}"


class Deliberation(models.Model):
    """The vote that authorises the executive of a collectivité to sign."""

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="deliberations")
    authority = models.ForeignKey("territories.LocalAuthority", on_delete=models.PROTECT, related_name="+")
    organ = models.CharField("organe", max_length=20, choices=DeliberationOrgan.choices)
    number = models.CharField("numéro", max_length=60)
    purpose = models.CharField("objet", max_length=300)
    voted_on = models.DateField("votée le")
    votes_for = models.PositiveSmallIntegerField("pour", null=True, blank=True)
    votes_against = models.PositiveSmallIntegerField("contre", null=True, blank=True)
    abstentions = models.PositiveSmallIntegerField("abstentions", null=True, blank=True)
    published_on = models.DateField("publiée le", null=True, blank=True)
    transmitted_on = models.DateField("transmise au préfet le", null=True, blank=True)
    upload = models.ForeignKey("documents.Upload", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    covers = models.ForeignKey(
        "documents.IssuedDocument", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    recorded_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contract", "authority"], name="one_deliberation_per_party"),
            models.CheckConstraint(
                condition=(Q(published_on__isnull=True) | Q(published_on__gte=F("voted_on")))
                & (Q(transmitted_on__isnull=True) | Q(transmitted_on__gte=F("voted_on"))),
                name="deliberation_dates_in_order",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def enforceable_on(self) -> date | None:
        """The day it became enforceable: published and transmitted (CGCT, art. L. 2131-1); None until then."""
        if self.published_on is None or self.transmitted_on is None:
            return None
        return max(self.published_on, self.transmitted_on)


class Signature(models.Model):
    """A party's signature of one issued version; authority is empty for the State."""

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="signatures")
    document = models.ForeignKey("documents.IssuedDocument", on_delete=models.PROTECT, related_name="signatures")
    authority = models.ForeignKey(
        "territories.LocalAuthority", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    signatory_name = models.CharField("signataire", max_length=160)
    signatory_title = models.CharField("qualité", max_length=160)
    delegation = models.ForeignKey(
        "accounts.Delegation", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    signed_on = models.DateField("signé le")
    mode = models.CharField(max_length=6, choices=ActMode.choices)
    upload = models.ForeignKey("documents.Upload", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    document_sha256 = models.CharField(max_length=64)
    recorded_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    event = models.ForeignKey("journal.Event", on_delete=models.PROTECT, related_name="+")
    voided_at = models.DateTimeField(null=True, blank=True)
    void_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["document", "authority"],
                condition=Q(voided_at__isnull=True, authority__isnull=False),
                name="one_signature_per_version_and_authority",
            ),
            models.UniqueConstraint(
                fields=["document"],
                condition=Q(voided_at__isnull=True, authority__isnull=True),
                name="one_signature_of_the_state_per_version",
            ),
            models.CheckConstraint(
                condition=Q(document_sha256__regex="^[0-9a-f]{64}$"), name="signature_binds_a_hash"
            ),
            models.CheckConstraint(
                condition=Q(mode="portal") | Q(mode="paper", upload__isnull=False),
                name="paper_signature_has_its_document",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contract_id} {self.signatory_name}"


class SpecialClause(models.Model):
    """A clause that the préfecture adds to one contract; what was issued keeps its own copy."""

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="special_clauses")
    rank = models.PositiveIntegerField("rang")
    title = models.CharField("titre", max_length=200)
    body = models.TextField("texte")
    written_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()

    class Meta:
        verbose_name = "clause particulière"
        verbose_name_plural = "clauses particulières"
        constraints = [models.UniqueConstraint(fields=["contract", "rank"], name="special_clause_rank_is_unique")]

    def __str__(self) -> str:
        return self.title


class Rectification(models.Model):
    """The correction of a material error of a signed contract: it holds once every party accepted it."""

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="rectifications")
    number = models.PositiveIntegerField("numéro")
    place = models.CharField("emplacement", max_length=200)
    wrong = models.TextField("au lieu de", max_length=3000)
    right = models.TextField("lire", max_length=3000)
    reason = models.TextField("explication", max_length=2000)
    rectified = models.ForeignKey(
        "documents.IssuedDocument", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    proposed_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField("proposée le")
    accepted_at = models.DateTimeField("acceptée par tous le", null=True, blank=True)
    withdrawn_at = models.DateTimeField("retirée le", null=True, blank=True)

    class Meta:
        verbose_name = "rectification d’erreur matérielle"
        verbose_name_plural = "rectifications d’erreur matérielle"
        constraints = [
            models.UniqueConstraint(fields=["contract", "number"], name="rectification_number_is_unique"),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True) | Q(withdrawn_at__isnull=True),
                name="rectification_accepted_is_not_withdrawn",
            ),
        ]

    def __str__(self) -> str:
        return f"rectification n° {self.number}"


class RectificationAcceptance(models.Model):
    """A party's acceptance of a rectification; authority is empty for the State."""

    rectification = models.ForeignKey(Rectification, on_delete=models.PROTECT, related_name="acceptances")
    authority = models.ForeignKey(
        "territories.LocalAuthority", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    person_name = models.CharField("nom", max_length=160)
    person_title = models.CharField("qualité", max_length=160)
    delegation = models.ForeignKey(
        "accounts.Delegation", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    accepted_on = models.DateField("acceptée le")
    mode = models.CharField(max_length=6, choices=ActMode.choices)
    upload = models.ForeignKey("documents.Upload", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    recorded_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        verbose_name = "acceptation d’une rectification"
        verbose_name_plural = "acceptations de rectifications"
        constraints = [
            models.UniqueConstraint(
                fields=["rectification", "authority"],
                condition=Q(authority__isnull=False),
                name="one_acceptance_per_authority",
            ),
            models.UniqueConstraint(
                fields=["rectification"], condition=Q(authority__isnull=True), name="one_acceptance_of_the_state"
            ),
            models.CheckConstraint(
                condition=Q(mode="portal") | Q(mode="paper", upload__isnull=False),
                name="paper_acceptance_has_its_document",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rectification_id} {self.person_name}"


class Opinion(models.Model):
    """The opinion (avis) of another service: asked, given, late."""

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="opinions")
    service = models.CharField("service", max_length=200)
    asked_at = models.DateTimeField()
    due_on = models.DateField("attendu avant le")
    given_on = models.DateField("rendu le", null=True, blank=True)
    verdict = models.CharField("sens", max_length=12, choices=OpinionVerdict.choices, blank=True)
    text = models.TextField("avis", max_length=5000, blank=True)
    upload = models.ForeignKey("documents.Upload", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    recorded_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(given_on__isnull=True, verdict="") | (Q(given_on__isnull=False) & ~Q(verdict="")),
                name="opinion_given_has_its_verdict",
            )
        ]

    def __str__(self) -> str:
        return self.service


class Assessment(models.Model):
    """What the préfecture thinks of a request on one criterion of the campaign's grid; internal to the State."""

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="assessments")
    criterion = models.ForeignKey("campaigns.ReviewCriterion", on_delete=models.PROTECT, related_name="+")
    grade = models.PositiveSmallIntegerField("note", null=True, blank=True)
    comment = models.TextField("commentaire", max_length=2000, blank=True)
    recorded_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    objects = ScopedQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["contract", "criterion"], name="one_assessment_per_criterion")]

    def __str__(self) -> str:
        return f"{self.contract_id} {self.criterion_id} {self.grade}"


class Scenario(models.Model):
    """What a préfecture or a région would propose for every request of a year, under a name; nothing is decided."""

    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField("année")
    name = models.CharField("nom du scénario", max_length=120)
    saved_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    saved_at = models.DateTimeField()
    applied_by = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    applied_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "year", "name"], name="scenario_name_of_year"),
            models.CheckConstraint(
                condition=Q(applied_by__isnull=True, applied_at__isnull=True)
                | Q(applied_by__isnull=False, applied_at__isnull=False),
                name="applied_scenario_has_its_author",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ScenarioAmount(models.Model):
    """The amount that a scenario gives to one action for the year, in euros, and why it is less than asked."""

    scenario = models.ForeignKey(Scenario, on_delete=models.CASCADE, related_name="amounts")  # a part of the scenario
    action = models.ForeignKey("funding.Action", on_delete=models.PROTECT, related_name="+")
    amount = models.DecimalField("montant", max_digits=14, decimal_places=2)
    reason = models.CharField("motif", max_length=1000, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["scenario", "action"], name="one_scenario_amount_per_action"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="scenario_amount_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.scenario_id} {self.action_id} {self.amount}"


class ReferenceCounter(models.Model):
    """The last number given in a year and territory; never reused."""

    year = models.PositiveSmallIntegerField()
    territory = models.CharField(max_length=3)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["year", "territory"], name="one_counter_per_year_and_place")]

    def __str__(self) -> str:
        return f"{self.year} {self.territory} {self.last}"

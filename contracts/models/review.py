"""What the State weighs before it decides: opinions, grades, what-if scenarios."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from accounts.scoping import ScopedQuerySet
from contracts.enums import OpinionVerdict
from contracts.models.contract import Contract


class Opinion(models.Model):
    """The opinion (avis) of another service: asked, given, late."""

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="opinions")
    service = models.CharField("service", max_length=200)
    email = models.EmailField("adresse du service", blank=True)
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
    """What a préfecture or a région would propose for every request of a year, under a name; nothing is decided.

    One that was applied or removed never changes again; a removed one leaves its name to another.
    """

    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField("année")
    name = models.CharField("nom du scénario", max_length=120)
    version = models.PositiveIntegerField(default=1)
    saved_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    saved_at = models.DateTimeField()
    applied_by = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    applied_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "year", "name"],
                condition=Q(removed_at__isnull=True),
                name="one_kept_scenario_per_name",
            ),
            models.CheckConstraint(
                condition=Q(applied_by__isnull=True, applied_at__isnull=True)
                | Q(applied_by__isnull=False, applied_at__isnull=False),
                name="applied_scenario_has_its_author",
            ),
            models.CheckConstraint(
                condition=Q(removed_by__isnull=True, removed_at__isnull=True)
                | Q(removed_by__isnull=False, removed_at__isnull=False),
                name="removed_scenario_has_its_author",
            ),
            models.CheckConstraint(
                condition=Q(applied_at__isnull=True) | Q(removed_at__isnull=True), name="applied_scenario_is_kept"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_frozen(self) -> bool:
        """True once it was applied or removed."""
        return self.applied_at is not None or self.removed_at is not None


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

"""The envelopes, what moves between them, and the ledger of movements."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import F, Q

from accounts.scoping import ScopedQuerySet
from funding.enums import Stage
from funding.models.actions import Action

ZERO = Decimal("0.00")


class Envelope(models.Model):
    """What an organisation may commit (AE) and pay (CP) in a year: allotted, less what it distributed and used."""

    campaign = models.ForeignKey("campaigns.Campaign", on_delete=models.PROTECT, related_name="envelopes")
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="envelopes")
    allotted = models.DecimalField(max_digits=14, decimal_places=2, default=ZERO)
    distributed = models.DecimalField(max_digits=14, decimal_places=2, default=ZERO)
    taken = models.DecimalField(max_digits=14, decimal_places=2, default=ZERO)
    cp_allotted = models.DecimalField(max_digits=14, decimal_places=2, default=ZERO)
    cp_distributed = models.DecimalField(max_digits=14, decimal_places=2, default=ZERO)
    cp_paid = models.DecimalField(max_digits=14, decimal_places=2, default=ZERO)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "organisation"], name="one_envelope_per_year"),
            models.CheckConstraint(
                condition=Q(taken__gte=0) & Q(distributed__gte=0) & Q(allotted__gte=F("distributed") + F("taken")),
                name="envelope_never_below_zero",
            ),
            models.CheckConstraint(
                condition=Q(cp_paid__gte=0)
                & Q(cp_distributed__gte=0)
                & Q(cp_allotted__gte=F("cp_distributed") + F("cp_paid")),
                name="envelope_cp_never_below_zero",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} {self.campaign}"

    @property
    def remaining(self) -> Decimal:
        """What may still be committed (AE)."""
        return self.allotted - self.distributed - self.taken

    @property
    def cp_remaining(self) -> Decimal:
        """What may still be paid (CP)."""
        return self.cp_allotted - self.cp_distributed - self.cp_paid


class Allocation(models.Model):
    """Money given to an envelope, or taken back (negative), from another or from the budget law; append-only.

    ``amount`` is in AE and ``cp_amount`` in CP; the two rows of a redeployment bear the same event.
    """

    envelope = models.ForeignKey(Envelope, on_delete=models.PROTECT, related_name="allocations")
    source = models.ForeignKey(Envelope, null=True, blank=True, on_delete=models.PROTECT, related_name="given")
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    cp_amount = models.DecimalField(max_digits=14, decimal_places=2, default=ZERO)
    reason = models.CharField("motif", max_length=500)
    decided_by = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    event = models.ForeignKey("journal.Event", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(amount=0) | ~Q(cp_amount=0), name="allocation_is_not_nothing"),
            models.CheckConstraint(
                condition=Q(source__isnull=True) | ~Q(source=F("envelope")), name="allocation_has_two_ends"
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=0, cp_amount__gte=0) | Q(amount__lte=0, cp_amount__lte=0),
                name="allocation_goes_one_way",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="allocation_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.envelope_id} {self.amount}"


class Movement(models.Model):
    """A movement of the ledger, in euros, signed; append-only: what holds at a date is a sum."""

    contract = models.ForeignKey("contracts.Contract", on_delete=models.PROTECT, related_name="movements")
    action = models.ForeignKey(Action, null=True, blank=True, on_delete=models.PROTECT, related_name="movements")
    year = models.PositiveSmallIntegerField()
    beneficiary_siret = models.CharField(max_length=14, blank=True)
    beneficiary_name = models.CharField(max_length=200, blank=True)
    stage = models.CharField(max_length=10, choices=Stage.choices)
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    envelope = models.ForeignKey(Envelope, null=True, blank=True, on_delete=models.PROTECT, related_name="movements")
    recorded_at = models.DateTimeField()
    effective_on = models.DateField()
    event = models.ForeignKey("journal.Event", on_delete=models.PROTECT, related_name="movements")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(amount=0), name="movement_is_not_nothing"),
            models.CheckConstraint(condition=Q(stage__in=Stage.values), name="movement_stage_is_known"),
            models.CheckConstraint(
                condition=Q(envelope__isnull=True) | Q(stage__in=("granted", "paid")),
                name="only_grants_and_payments_draw_on_an_envelope",
            ),
        ]
        indexes = [
            models.Index(fields=["contract", "stage", "year"], name="movement_of_contract"),
            models.Index(fields=["stage", "effective_on"], name="movement_stage_day"),
        ]

    def __str__(self) -> str:
        return f"{self.contract_id} {self.stage} {self.amount}"

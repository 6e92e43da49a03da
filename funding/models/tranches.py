"""The yearly tranches confirmed: what was promised for a later year, and what the State takes for it."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from accounts.scoping import ScopedQuerySet
from funding.models.actions import Action


class Tranche(models.Model):
    """The decision that confirms the money of a later year; withdrawn, it gives everything back."""

    contract = models.ForeignKey("contracts.Contract", on_delete=models.PROTECT, related_name="tranches")
    year = models.PositiveSmallIntegerField("année")
    confirmed_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField("confirmée le")
    event = models.OneToOneField("journal.Event", on_delete=models.PROTECT, related_name="tranche")
    withdrawn_by = models.ForeignKey(
        "accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    withdrawn_at = models.DateTimeField("retirée le", null=True, blank=True)
    withdrawal_reason = models.CharField("motif du retrait", max_length=1000, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "tranche annuelle"
        verbose_name_plural = "tranches annuelles"
        constraints = [
            models.UniqueConstraint(
                fields=["contract", "year"], condition=Q(withdrawn_at__isnull=True), name="one_tranche_a_year"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True, withdrawal_reason="")
                | (Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False) & ~Q(withdrawal_reason="")),
                name="withdrawn_tranche_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contract_id} {self.year}"


class TrancheAmount(models.Model):
    """What a tranche confirms for one action, in euros, beside what was promised; append-only."""

    tranche = models.ForeignKey(Tranche, on_delete=models.PROTECT, related_name="amounts")
    action = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="+")
    promised = models.DecimalField("indicatif", max_digits=14, decimal_places=2)
    amount = models.DecimalField("confirmé", max_digits=14, decimal_places=2)
    reason = models.CharField("motif", max_length=1000, blank=True)

    class Meta:
        verbose_name = "montant d’une tranche"
        verbose_name_plural = "montants des tranches"
        constraints = [
            models.UniqueConstraint(fields=["tranche", "action"], name="one_tranche_amount_per_action"),
            models.CheckConstraint(
                condition=Q(amount__gte=0, amount__lte=F("promised")), name="tranche_amount_within_promise"
            ),
            models.CheckConstraint(
                condition=Q(amount=F("promised")) | ~Q(reason=""), name="lowered_tranche_amount_says_why"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tranche_id} {self.action_id} {self.amount}"

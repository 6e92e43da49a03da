"""What is asked, proposed and granted, and who is paid."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce

from accounts.scoping import ScopedQuerySet
from funding.models.actions import Action
from funding.models.ledger import ZERO


class Payee(models.Model):
    """The bank account of who is paid under a file: the collectivité, or directly an association."""

    contract = models.ForeignKey("contracts.Contract", on_delete=models.PROTECT, related_name="payees")
    siret = models.CharField("SIRET ou SIREN", max_length=14)
    holder = models.CharField("titulaire du compte", max_length=200)
    iban = models.CharField("IBAN", max_length=34)
    upload = models.ForeignKey(
        "documents.Upload", on_delete=models.PROTECT, related_name="+", verbose_name="relevé d’identité bancaire"
    )
    recorded_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    objects = ScopedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contract", "siret"], name="one_account_per_payee"),
            models.CheckConstraint(condition=Q(iban__regex=r"^[A-Z]{2}[0-9]{2}[A-Z0-9]{10,30}$"), name="payee_iban"),
        ]

    def __str__(self) -> str:
        return self.holder


class YearAmount(models.Model):
    """What is asked, proposed and granted for one action and year, then committed and paid, in euros."""

    action = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="amounts")
    year = models.PositiveSmallIntegerField()
    requested = models.DecimalField("demandé", max_digits=14, decimal_places=2, null=True, blank=True)
    proposed = models.DecimalField("proposé", max_digits=14, decimal_places=2, null=True, blank=True)
    granted = models.DecimalField("retenu", max_digits=14, decimal_places=2, null=True, blank=True)
    committed = models.DecimalField("engagé", max_digits=14, decimal_places=2, default=ZERO)
    paid = models.DecimalField("versé", max_digits=14, decimal_places=2, default=ZERO)
    reduction_reason = models.TextField("motif de la réduction", max_length=1000, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["action", "year"], name="one_amount_per_action_and_year"),
            models.CheckConstraint(
                condition=(Q(requested__isnull=True) | Q(requested__gte=0))
                & (Q(proposed__isnull=True) | Q(proposed__gte=0))
                & (Q(granted__isnull=True) | Q(granted__gte=0)),
                name="year_amounts_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(paid__gte=0)
                & Q(committed__gte=F("paid"))
                & Q(committed__lte=Coalesce(F("granted"), Value(ZERO))),
                name="year_paid_within_committed_within_granted",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.action_id} {self.year}"


class FundingRequest(models.Model):
    """The request for one year; its amount is the sum of the actions' State lines, frozen at submission."""

    contract = models.ForeignKey("contracts.Contract", on_delete=models.PROTECT, related_name="funding_requests")
    year = models.PositiveSmallIntegerField("année")
    comment = models.TextField("précisions", max_length=2000, blank=True)
    amount = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    prepared_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    prepared_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contract", "year"], name="one_request_per_year"),
            models.CheckConstraint(
                condition=Q(submitted_at__isnull=True, amount__isnull=True)
                | Q(submitted_at__isnull=False, amount__gte=0),
                name="submitted_request_has_its_amount",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contract_id} {self.year}"

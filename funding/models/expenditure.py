"""What Chorus holds of a tranche: the money committed and the money paid, an entry each."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from accounts.scoping import ScopedQuerySet
from funding.enums import ExpenditureKind

#: The number that Chorus gives to a legal commitment (engagement juridique).
CHORUS_NUMBER = r"^[0-9]{10}$"


class Expenditure(models.Model):
    """A commitment or a payment, in euros; append-only: a wrong entry is undone by one of the opposite amount."""

    contract = models.ForeignKey("contracts.Contract", on_delete=models.PROTECT, related_name="expenditures")
    year = models.PositiveSmallIntegerField("année de la tranche")
    kind = models.CharField("nature", max_length=10, choices=ExpenditureKind.choices)
    beneficiary_siret = models.CharField("SIRET du bénéficiaire", max_length=14, blank=True)
    beneficiary_name = models.CharField("bénéficiaire", max_length=200, blank=True)
    chorus_number = models.CharField("numéro d’engagement juridique", max_length=10)
    amount = models.DecimalField("montant", max_digits=14, decimal_places=2)
    day = models.DateField("date")
    corrects = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="correction", verbose_name="corrige"
    )
    reason = models.CharField("motif de la correction", max_length=1000, blank=True)
    recorded_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField("enregistrée le")
    event = models.OneToOneField("journal.Event", on_delete=models.PROTECT, related_name="expenditure")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "engagement ou versement"
        verbose_name_plural = "engagements et versements"
        constraints = [
            models.CheckConstraint(
                condition=Q(corrects__isnull=True, amount__gt=0, reason="")
                | (Q(corrects__isnull=False, amount__lt=0) & ~Q(reason="")),
                name="expenditure_is_positive_or_corrects",
            ),
            models.CheckConstraint(condition=Q(chorus_number__regex=CHORUS_NUMBER), name="expenditure_chorus_number"),
            models.CheckConstraint(condition=Q(kind__in=ExpenditureKind.values), name="expenditure_kind_is_known"),
        ]
        indexes = [models.Index(fields=["contract", "year"], name="expenditure_of_tranche")]

    def __str__(self) -> str:
        return f"{self.contract_id} {self.year} {self.kind} {self.amount}"

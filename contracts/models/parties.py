"""The letter of intent, the collectivités that sign along, the services that read along."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from contracts.models.contract import Contract


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

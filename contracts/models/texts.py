"""What is added to the text of one contract: special clauses and corrections of material errors."""

from __future__ import annotations

import hashlib

from django.db import models
from django.db.models import Q

from contracts.enums import ActMode
from contracts.models.contract import Contract


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

    @property
    def mark(self) -> str:
        """What tells this text from another one, to find out that it changed since it was read."""
        return hashlib.sha256(f"{self.title}\n{self.body}".encode()).hexdigest()[:16]


class ContractWording(models.Model):
    """What the text of one contract needs and its file does not say, as the préfecture wrote it.

    A letter that was sent is never changed: what it leaves out is written here.
    """

    contract = models.OneToOneField(Contract, on_delete=models.PROTECT, related_name="wording")
    representative = models.CharField("représentant de la collectivité", max_length=160, blank=True)
    capacity = models.CharField("qualité de ce représentant", max_length=160, blank=True)
    diagnostic_on = models.DateField("date d’approbation du diagnostic", null=True, blank=True)
    public = models.TextField("publics visés", max_length=3000, blank=True)
    written_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()

    class Meta:
        verbose_name = "mentions d’un contrat"
        verbose_name_plural = "mentions des contrats"

    def __str__(self) -> str:
        return f"Mentions {self.contract_id}"


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

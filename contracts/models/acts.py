"""What named persons decide and sign, and the votes that authorise them."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q

from contracts.enums import ActMode, DeliberationOrgan
from contracts.models.contract import Contract


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

"""What is done and what it costs: the fiches-actions, their indicators, budget lines and files."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from accounts.scoping import ScopedQuerySet
from funding.enums import (
    CHARGE_ACCOUNTS,
    PRODUCT_ACCOUNTS,
    Account,
    BudgetSide,
    Decision,
    Funder,
    FundingStatus,
    HolderKind,
    IndicatorKind,
)


class Action(models.Model):
    """A fiche-action: what is done, by whom, for whom, and who receives the money (maybe not the collectivité)."""

    contract = models.ForeignKey("contracts.Contract", on_delete=models.PROTECT, related_name="actions")
    number = models.PositiveSmallIntegerField("numéro")
    rank = models.PositiveSmallIntegerField("ordre", default=0)
    title = models.CharField("intitulé", max_length=200)
    axis = models.ForeignKey("campaigns.Axis", on_delete=models.PROTECT, related_name="+", verbose_name="axe")
    need = models.ForeignKey(
        "diagnostics.Row",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,  # a need may leave the diagnostic when it is reopened; the action then says so
        related_name="actions",
        verbose_name="besoin du diagnostic",
    )
    objectives = models.TextField("objectifs", max_length=5000, blank=True)
    description = models.TextField("description", max_length=10000, blank=True)
    holder_kind = models.CharField("nature du porteur", max_length=16, choices=HolderKind.choices, blank=True)
    holder_name = models.CharField("porteur de l’action", max_length=200, blank=True)
    holder_siret = models.CharField("SIRET ou SIREN du porteur", max_length=14, blank=True)
    beneficiary_name = models.CharField("bénéficiaire du versement", max_length=200, blank=True)
    beneficiary_siret = models.CharField("SIRET ou SIREN du bénéficiaire", max_length=14, blank=True)
    partners = models.TextField("partenaires", max_length=3000, blank=True)
    publics = models.CharField("publics", max_length=500, blank=True)
    expected_count = models.PositiveIntegerField("nombre de personnes", null=True, blank=True)
    epa_count = models.PositiveIntegerField("étrangers primo-arrivants (EPA)", null=True, blank=True)
    bpi_count = models.PositiveIntegerField("dont protection internationale (BPI)", null=True, blank=True)
    bpt_count = models.PositiveIntegerField("protection temporaire (BPT)", null=True, blank=True)
    women_count = models.PositiveIntegerField("femmes", null=True, blank=True)
    under_26_count = models.PositiveIntegerField("moins de 26 ans", null=True, blank=True)
    starts_on = models.DateField("début", null=True, blank=True)
    ends_on = models.DateField("fin", null=True, blank=True)
    renewed = models.BooleanField("action reconduite", default=False)
    carried_from = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,  # the copy stands alone once its source is gone
        related_name="+",
        verbose_name="action reprise",
    )
    #: What was carried over and nobody looked at since, as codes of ``funding.renewal``.
    to_update = models.JSONField(default=list, blank=True)
    innovative = models.BooleanField("action innovante", default=False)
    complementarity = models.TextField("complémentarité avec le droit commun et AGIR", max_length=3000, blank=True)
    means = models.TextField("moyens", max_length=3000, blank=True)
    decision = models.CharField(max_length=8, choices=Decision.choices, default=Decision.PENDING)
    rejection_reason = models.TextField("motif", max_length=2000, blank=True)
    version = models.PositiveIntegerField(default=1)
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contract", "number"], name="action_number_in_contract"),
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True) | Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="action_dates_in_order",
            ),
            models.CheckConstraint(
                condition=~Q(decision="rejected") | ~Q(rejection_reason=""), name="rejected_action_has_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(bpi_count__isnull=True) | Q(epa_count__isnull=True) | Q(bpi_count__lte=F("epa_count")),
                name="action_bpi_among_epa",
            ),
            models.CheckConstraint(condition=Q(decision__in=Decision.values), name="action_decision_is_known"),
            models.CheckConstraint(
                condition=Q(holder_kind__in=["", *HolderKind.values]), name="action_holder_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.title}"


class ActionIndicator(models.Model):
    """How the action will be judged: baseline and target."""

    action = models.ForeignKey(Action, on_delete=models.CASCADE, related_name="indicators")  # a part of the action
    kind = models.CharField("nature", max_length=8, choices=IndicatorKind.choices, default=IndicatorKind.OUTPUT)
    label = models.CharField("indicateur", max_length=200)
    unit = models.CharField("unité", max_length=40, blank=True)
    baseline = models.DecimalField("valeur initiale", max_digits=14, decimal_places=2, null=True, blank=True)
    target = models.DecimalField("cible", max_digits=14, decimal_places=2, null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=IndicatorKind.values), name="indicator_kind_is_known"),
        ]

    def __str__(self) -> str:
        return self.label


class BudgetLine(models.Model):
    """A line of the budget of an action for one year, in euros."""

    action = models.ForeignKey(Action, on_delete=models.CASCADE, related_name="budget_lines")  # a part of the action
    year = models.PositiveSmallIntegerField("année")
    side = models.CharField(max_length=8, choices=BudgetSide.choices)
    account = models.CharField("compte", max_length=8, choices=Account.choices)
    funder = models.CharField("financeur", max_length=12, choices=Funder.choices, blank=True)
    label = models.CharField("précision", max_length=160, blank=True)
    status = models.CharField("état", max_length=10, choices=FundingStatus.choices, blank=True)
    amount = models.DecimalField("montant", max_digits=14, decimal_places=2)
    proof = models.ForeignKey(
        "documents.Upload",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="justificatif",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["action", "year", "side", "account", "funder", "label"], name="one_budget_line_each"
            ),
            models.CheckConstraint(condition=Q(amount__gte=0), name="budget_amount_not_negative"),
            models.CheckConstraint(
                condition=Q(side="charge", account__in=CHARGE_ACCOUNTS)
                | Q(side="product", account__in=PRODUCT_ACCOUNTS),
                name="budget_account_is_of_its_side",
            ),
            models.CheckConstraint(
                condition=(Q(account="74") & ~Q(funder="")) | (~Q(account="74") & Q(funder="")),
                name="budget_funder_for_grants_only",
            ),
            models.CheckConstraint(
                condition=Q(proof__isnull=True) | Q(status="obtained"), name="budget_proof_of_what_is_obtained"
            ),
            models.CheckConstraint(condition=Q(funder__in=["", *Funder.values]), name="budget_funder_is_known"),
            models.CheckConstraint(
                condition=Q(status="") | (Q(status__in=FundingStatus.values) & ~Q(funder="")),
                name="budget_status_of_grants_only",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.action_id} {self.year} {self.account} {self.amount}"


class ActionFile(models.Model):
    """A file joined to an action."""

    action = models.ForeignKey(Action, on_delete=models.CASCADE, related_name="files")  # a part of the action
    upload = models.OneToOneField("documents.Upload", on_delete=models.PROTECT, related_name="+")
    removed_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return str(self.upload_id)

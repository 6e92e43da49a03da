"""The year: its calendar, axes, thresholds and questions. Nothing of this is a constant, since each year's
ministerial instruction changes it.
"""

from __future__ import annotations

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from campaigns.enums import ChargeAccount


def every_charge() -> list[str]:
    """Return the accounts of every charge: what is eligible until the ministry says otherwise."""
    return list(ChargeAccount.values)


def _share(label: str, default: str) -> models.DecimalField[Decimal, Decimal]:
    return models.DecimalField(
        label,
        max_digits=5,
        decimal_places=2,
        default=Decimal(default),
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )


class Axis(models.Model):
    """A theme of the contracts (employment, housing, French lessons…)."""

    code = models.CharField(max_length=20, unique=True)
    label = models.CharField("libellé", max_length=120)
    rank = models.PositiveSmallIntegerField("ordre", default=0)
    active = models.BooleanField("actif", default=True)

    def __str__(self) -> str:
        return self.label


class Campaign(models.Model):
    """One budget year, opened by the ministry."""

    year = models.PositiveSmallIntegerField("année", unique=True)
    instruction_reference = models.CharField("instruction ministérielle", max_length=200, blank=True)
    opens_on = models.DateField("ouverture")
    submission_deadline = models.DateField("date limite de dépôt")
    closes_on = models.DateField("clôture")
    is_open = models.BooleanField("ouverte", default=False)
    silence_months = models.PositiveSmallIntegerField("délai de décision implicite (mois)", default=2)
    minutes_days = models.PositiveSmallIntegerField("délai d’observation du compte rendu (jours)", default=15)
    correction_days = models.PositiveSmallIntegerField("délai de correction proposé (jours)", default=21)
    opinion_days = models.PositiveSmallIntegerField("délai d’avis (jours)", default=15)
    opinions_block = models.BooleanField("un avis demandé et non rendu bloque la décision", default=False)
    same_day_signature = models.BooleanField(
        "signature possible le jour même où la délibération devient exécutoire", default=False
    )
    agir_threshold = models.DecimalField(
        "seuil de la note d’articulation avec AGIR", max_digits=14, decimal_places=2, null=True, blank=True
    )
    rate_threshold = models.DecimalField(
        "taux d’alerte du financement de l’État (%)",
        max_digits=5,
        decimal_places=2,
        default=80,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    #: The coherence rules that the year changes: code → {"active": …, "threshold": …} (``campaigns.coherence``).
    coherence = models.JSONField("règles de cohérence", default=dict, blank=True)
    contract_target = models.PositiveIntegerField("objectif national de contrats", null=True, blank=True)
    eligible_accounts = models.JSONField("charges éligibles", default=every_charge)
    advance_share = _share("avance (%)", "50")
    instalment_share = _share("acompte (%)", "30")
    balance_share = _share("solde (%)", "20")
    opened_by = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(opens_on__lte=F("submission_deadline")) & Q(submission_deadline__lte=F("closes_on")),
                name="campaign_dates_in_order",
            ),
            models.CheckConstraint(condition=Q(year__gte=2019) & Q(year__lte=2100), name="campaign_year_is_sane"),
            models.CheckConstraint(
                condition=Q(advance_share=100 - F("instalment_share") - F("balance_share"))
                & Q(advance_share__gte=0, instalment_share__gte=0, balance_share__gte=0),
                name="campaign_payments_add_to_hundred",
            ),
        ]

    def __str__(self) -> str:
        return f"Campagne {self.year}"

    @property
    def eligible_words(self) -> str:
        """The eligible charges in words; nothing when every one is."""
        if set(self.eligible_accounts) >= set(ChargeAccount.values):
            return ""
        return ", ".join(str(label) for code, label in ChargeAccount.choices if code in self.eligible_accounts)


class CampaignAxis(models.Model):
    """An axis as the year has it: its order, whether actions may bear it, and whether one is mandatory."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="axes")  # a part of the campaign
    axis = models.ForeignKey(Axis, on_delete=models.PROTECT, related_name="+")
    active = models.BooleanField("actif", default=True)
    mandatory = models.BooleanField("obligatoire", default=False)
    rank = models.PositiveSmallIntegerField("ordre", default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "axis"], name="axis_once_per_campaign"),
            models.CheckConstraint(condition=Q(active=True) | Q(mandatory=False), name="mandatory_axis_is_active"),
        ]

    def __str__(self) -> str:
        return f"{self.campaign} — {self.axis}"


class DeadlineExtension(models.Model):
    """A later submission deadline for the files of one territory: a région, a département or a collectivité."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="extensions")  # a part of it
    region = models.ForeignKey("territories.Region", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    departement = models.ForeignKey(
        "territories.Departement", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    authority = models.ForeignKey(
        "territories.LocalAuthority", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    deadline = models.DateField("nouvelle date limite")
    reason = models.CharField("motif", max_length=500)
    granted_by = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    granted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(region__isnull=False, departement__isnull=True, authority__isnull=True)
                | Q(region__isnull=True, departement__isnull=False, authority__isnull=True)
                | Q(region__isnull=True, departement__isnull=True, authority__isnull=False),
                name="extension_for_one_territory",
            ),
            models.UniqueConstraint(fields=["campaign", "region"], name="one_extension_per_region"),
            models.UniqueConstraint(fields=["campaign", "departement"], name="one_extension_per_departement"),
            models.UniqueConstraint(fields=["campaign", "authority"], name="one_extension_per_authority"),
        ]

    def __str__(self) -> str:
        return f"{self.campaign} — {self.territory}"

    @property
    def territory(self) -> str:
        """The name of the territory; its row must have been loaded."""
        return str(self.region or self.departement or self.authority)


class CampaignTarget(models.Model):
    """The contracts that the ministry expects of one préfet in the year."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="targets")  # a part of the campaign
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    contracts = models.PositiveIntegerField("contrats attendus")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["campaign", "organisation"], name="one_target_per_prefet")]

    def __str__(self) -> str:
        return f"{self.organisation} {self.contracts}"


class ReviewCriterion(models.Model):
    """A criterion of the grid with which the préfectures review the requests of the year."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="criteria")  # a part of the campaign
    rank = models.PositiveSmallIntegerField("ordre", default=0)
    label = models.CharField("critère", max_length=160)
    guidance = models.CharField("aide", max_length=500, blank=True)
    points = models.PositiveSmallIntegerField("note maximale", default=5, validators=[MinValueValidator(1)])
    active = models.BooleanField("actif", default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "label"], name="criterion_once_per_campaign"),
            models.CheckConstraint(condition=Q(points__gte=1, points__lte=100), name="criterion_points_are_sane"),
        ]

    def __str__(self) -> str:
        return self.label


class QuestionSet(models.Model):
    """A version of the diagnostic's questions; once published it never changes (a trigger of PostgreSQL holds it)."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="question_sets")
    number = models.PositiveSmallIntegerField("version")
    published_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "number"], name="question_set_number"),
            models.UniqueConstraint(
                fields=["campaign"], condition=Q(published_at__isnull=True), name="one_draft_of_questions"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.campaign}, version {self.number}"


class Question(models.Model):
    """A section that the diagnostic must or may hold, with its guidance and the figures expected."""

    question_set = models.ForeignKey(QuestionSet, on_delete=models.CASCADE, related_name="questions")  # a part of it
    key = models.SlugField(max_length=40)
    title = models.CharField("titre", max_length=160)
    guidance = models.TextField("aide à la rédaction", blank=True)
    axis = models.ForeignKey(Axis, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    mandatory = models.BooleanField("obligatoire", default=True)
    rank = models.PositiveSmallIntegerField("ordre", default=0)
    expected_indicators = models.JSONField(default=list, blank=True)  # [{"label": …, "unit": …}]

    class Meta:
        constraints = [models.UniqueConstraint(fields=["question_set", "key"], name="question_key_in_set")]

    def __str__(self) -> str:
        return self.title

"""The shared diagnostic: sections written by both sides, versioned, approved by each."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from accounts.scoping import ScopedQuerySet
from diagnostics.enums import RowKind, Unit

#: Observed counts below this are not shown, so that nobody can be recognised; 0 says nothing of anyone.
SMALL_COUNT = 5


class Diagnostic(models.Model):
    """The diagnostic of one file; it keeps the version of the questions it began with."""

    contract = models.OneToOneField("contracts.Contract", on_delete=models.PROTECT, related_name="diagnostic")
    question_set = models.ForeignKey("campaigns.QuestionSet", on_delete=models.PROTECT, related_name="diagnostics")
    started_at = models.DateTimeField()
    concluded_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedQuerySet.as_manager()

    def __str__(self) -> str:
        return f"Diagnostic {self.contract_id}"


class Section(models.Model):
    """One section as it stands: what is written is here, and copied to a version once that version is closed.

    ``version`` is the number that people read and approve; ``revision`` grows with every write, and tells a page that
    something was written since it was opened. A version is a draft, from ``draft_since``, while its author goes on.
    """

    diagnostic = models.ForeignKey(Diagnostic, on_delete=models.PROTECT, related_name="sections")
    question = models.ForeignKey("campaigns.Question", on_delete=models.PROTECT, related_name="+")
    rank = models.PositiveSmallIntegerField()
    text = models.TextField("texte", blank=True)
    version = models.PositiveIntegerField(default=0)
    revision = models.PositiveIntegerField(default=0)
    draft_since = models.DateTimeField(null=True, blank=True)
    draft_organisation = models.ForeignKey(
        "accounts.Organisation", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    updated_at = models.DateTimeField(null=True, blank=True)
    updated_by = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    lock_holder = models.ForeignKey(
        "accounts.Membership", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    lock_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["diagnostic", "question"], name="one_section_per_question"),
            models.CheckConstraint(
                condition=Q(lock_holder__isnull=True, lock_until__isnull=True)
                | Q(lock_holder__isnull=False, lock_until__isnull=False),
                name="section_lock_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(draft_since__isnull=True, draft_organisation__isnull=True)
                | Q(draft_since__isnull=False, draft_organisation__isnull=False, updated_by__isnull=False),
                name="section_draft_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.diagnostic_id}/{self.question_id}"


class Row(models.Model):
    """A structured row of a section: what is found, what exists, what is missing, what comes first.

    The columns of an offer are ``actor``, ``text``, ``capacity``, ``funder``; of a priority ``text`` (the stake),
    ``objective`` and, outside the section of an axis, ``axis``; findings and needs are a ``text`` each.
    """

    section = models.ForeignKey(Section, on_delete=models.PROTECT, related_name="rows")
    kind = models.CharField(max_length=8, choices=RowKind.choices)
    rank = models.PositiveSmallIntegerField(default=0)
    text = models.CharField("intitulé", max_length=1000)
    actor = models.CharField("acteur", max_length=200, blank=True)
    capacity = models.CharField("capacité", max_length=120, blank=True)
    funder = models.CharField("financeur", max_length=200, blank=True)
    objective = models.CharField("objectif", max_length=1000, blank=True)
    major = models.BooleanField("majeur", default=False)
    axis = models.ForeignKey(
        "campaigns.Axis", null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="axe"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="offer") | Q(actor="", capacity="", funder=""), name="only_offers_have_an_actor"
            ),
            models.CheckConstraint(condition=Q(kind="priority") | Q(objective=""), name="only_priorities_aim"),
            models.CheckConstraint(
                condition=Q(kind="priority") | Q(axis__isnull=True), name="only_priorities_name_an_axis"
            ),
        ]

    def __str__(self) -> str:
        return self.text[:60]


class Indicator(models.Model):
    """A figure: value, unit, territory, day it is of, source. A count from 1 to 4 is kept as « moins de 5 »."""

    section = models.ForeignKey(Section, on_delete=models.PROTECT, related_name="indicators")
    rank = models.PositiveSmallIntegerField(default=0)
    label = models.CharField("indicateur", max_length=200)
    value = models.DecimalField("valeur", max_digits=16, decimal_places=2, null=True, blank=True)
    below_five = models.BooleanField("moins de 5", default=False)
    unit = models.CharField("unité", max_length=10, choices=Unit.choices, default=Unit.PERSONS)
    unit_label = models.CharField("unité (précision)", max_length=40, blank=True)
    territory = models.CharField("territoire", max_length=160)
    as_of = models.DateField("date d’arrêté")
    source = models.CharField("source", max_length=200)
    comment = models.CharField("commentaire", max_length=500, blank=True)
    prefilled = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(below_five=True, value__isnull=True) | Q(below_five=False, value__isnull=False),
                name="indicator_has_one_value",
            ),
            models.CheckConstraint(
                condition=~Q(unit="persons") | Q(value__isnull=True) | Q(value=0) | Q(value__gte=SMALL_COUNT),
                name="indicator_hides_small_counts",
            ),
            models.CheckConstraint(
                condition=~Q(unit="share") | (Q(value__gte=0) & Q(value__lte=100)), name="indicator_share_in_bounds"
            ),
        ]

    def __str__(self) -> str:
        return self.label


class SectionVersion(models.Model):
    """What a section held at one version, once closed: text, rows and figures as JSON; append-only."""

    section = models.ForeignKey(Section, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    content = models.JSONField()
    author = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(
        "accounts.Organisation", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["section", "number"], name="section_version_number")]

    def __str__(self) -> str:
        return f"{self.section_id} v{self.number}"


class SectionApproval(models.Model):
    """One side approves one version of a section; it counts only while that version is current."""

    section = models.ForeignKey(Section, on_delete=models.PROTECT, related_name="approvals")
    version = models.PositiveIntegerField()
    side = models.CharField(max_length=8)
    approved_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["section", "version", "side"],
                condition=Q(withdrawn_at__isnull=True),
                name="section_approved_once_per_side",
            ),
            models.CheckConstraint(condition=Q(side__in=["local", "state"]), name="section_approval_side"),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gte=F("approved_at")),
                name="section_approval_dates",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.section_id} v{self.version} {self.side}"

"""What happened, never altered, and what must follow, never lost."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from journal.enums import EffectStatus


class JournalHead(models.Model):
    """The last link of the chain; locked while a row is added."""

    sequence = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="journal_has_one_head")]

    def __str__(self) -> str:
        return f"{self.sequence}"


class Event(models.Model):
    """One thing that happened: append-only and chained; ids and roles, no personal names.

    The actor and organisation carry no database constraint, so that erasing a person leaves the chain whole.
    """

    sequence = models.BigIntegerField(unique=True)
    kind = models.CharField(max_length=60)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    contract = models.ForeignKey(
        "contracts.Contract", null=True, blank=True, on_delete=models.PROTECT, related_name="events"
    )
    actor = models.ForeignKey(
        "accounts.User", null=True, blank=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    organisation = models.ForeignKey(
        "accounts.Organisation",
        null=True,
        blank=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
    )
    role = models.CharField(max_length=24, blank=True)
    payload = models.JSONField(default=dict)
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64, unique=True)

    class Meta:
        indexes = [
            models.Index(fields=["contract", "-sequence"], name="event_of_contract"),
            models.Index(fields=["kind", "at"], name="event_kind_at"),
        ]

    def __str__(self) -> str:
        return f"{self.sequence} {self.kind}"


class StateSpan(models.Model):
    """From when to when a contract was in a state."""

    contract = models.ForeignKey("contracts.Contract", on_delete=models.PROTECT, related_name="spans")
    state = models.CharField(max_length=24)
    entered_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True, blank=True)
    entered_by = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["contract"], condition=Q(left_at__isnull=True), name="one_open_span_per_contract"
            ),
            models.CheckConstraint(
                condition=Q(left_at__isnull=True) | Q(left_at__gte=F("entered_at")), name="span_ends_after_it_begins"
            ),
        ]
        indexes = [models.Index(fields=["state", "entered_at"], name="span_state_entered")]

    def __str__(self) -> str:
        return f"{self.contract_id} {self.state}"


class Effect(models.Model):
    """What must follow an event, done after commit by a task that holds a lease on the row."""

    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=120, unique=True)
    payload = models.JSONField(default=dict)
    event = models.ForeignKey(Event, null=True, blank=True, on_delete=models.PROTECT, related_name="effects")
    status = models.CharField(max_length=8, choices=EffectStatus.choices, default=EffectStatus.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField()
    lease_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    last_error = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status="done", done_at__isnull=False) | (~Q(status="done") & Q(done_at__isnull=True)),
                name="effect_done_has_its_date",
            ),
            models.CheckConstraint(
                condition=Q(status="running", lease_until__isnull=False) | ~Q(status="running"),
                name="effect_running_has_a_lease",
            ),
        ]
        indexes = [
            models.Index(fields=["not_before"], condition=~Q(status__in=["done", "failed"]), name="effect_to_do"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.status}"
